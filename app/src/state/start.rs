//! What start would do, and what keeps it from doing it. Pure: the button says the reason.

use silhueta_shared::job::{Device, Precision};
use silhueta_shared::model::{INT8_SUFFIX, Role};
use silhueta_shared::protocol::{JobSettings, ModelOrigin, ModelShelf, Page, SourceRef};
use silhueta_shared::worker::DoctorReport;

use super::merge::Merged;

/// Why nothing can be started now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// There is no connection.
    Offline,
    /// Another page works.
    Locked(Page),
    /// The chosen network of a role is gone.
    Gone(Role),
    /// The chosen device can't be used.
    Device(Device),
    /// The chosen precision is not to be had with these models and this device.
    Precision(Precision),
    /// The list is empty.
    NoVideos,
    /// Nothing of the list can be worked on.
    NoUsable,
}

/// What the decision rests on.
pub(crate) struct Facts<'a> {
    pub(crate) online: bool,
    /// The page that holds the workbench, if it is another.
    pub(crate) locked_by: Option<Page>,
    pub(crate) merged: &'a Merged,
    /// Videos that the helper could not open.
    pub(crate) bad: &'a [SourceRef],
    pub(crate) models: Option<&'a ModelShelf>,
    pub(crate) machine: Option<&'a DoctorReport>,
}

/// The videos that start would begin with, or why it can't.
pub(crate) fn startable(facts: &Facts<'_>) -> Result<Vec<SourceRef>, Blocked> {
    if !facts.online {
        return Err(Blocked::Offline);
    }
    if let Some(page) = facts.locked_by {
        return Err(Blocked::Locked(page));
    }
    let memory = &facts.merged.memory;
    if memory.sources.is_empty() {
        return Err(Blocked::NoVideos);
    }
    let usable: Vec<SourceRef> = memory
        .sources
        .iter()
        .zip(&facts.merged.marks)
        .filter(|(remembered, mark)| mark.is_none() && !facts.bad.contains(&remembered.source))
        .map(|(remembered, _)| remembered.source.clone())
        .collect();
    if usable.is_empty() {
        return Err(Blocked::NoUsable);
    }
    if let Some(role) = facts.merged.gone.first() {
        return Err(Blocked::Gone(*role));
    }
    let device = memory.settings.device;
    let there = facts.machine.is_none_or(|machine| device == Device::Auto || machine.devices.contains(&device));
    if !there {
        return Err(Blocked::Device(device));
    }
    if !has_precision(&memory.settings, facts.models, facts.machine) {
        return Err(Blocked::Precision(memory.settings.precision));
    }
    Ok(usable)
}

/// The networks built in that start would run.
pub(crate) fn small(settings: &JobSettings, shelf: &ModelShelf) -> Vec<String> {
    let runs = |(role, choice): (Role, &Option<String>)| {
        let mut fits = shelf.models.iter().filter(|model| model.role == Some(role));
        fits.find(|model| choice.as_ref().is_none_or(|id| model.id == *id))
    };
    let runs = settings.choices().into_iter().filter_map(runs);
    runs.filter(|model| model.origin == ModelOrigin::BuiltIn).map(|model| model.id.clone()).collect()
}

/// Whether the precision can be had: half precision from the device, int8 from a copy of at least one of the models.
/// What is not known yet is no objection.
pub(crate) fn has_precision(
    settings: &JobSettings,
    models: Option<&ModelShelf>,
    machine: Option<&DoctorReport>,
) -> bool {
    const HALF: [Device; 2] = [Device::Tensorrt, Device::Openvino];
    match (settings.precision, settings.device) {
        (Precision::Auto | Precision::Fp32, _) => true,
        (Precision::Fp16, Device::Auto) => {
            machine.is_none_or(|machine| machine.devices.iter().any(|device| HALF.contains(device)))
        }
        (Precision::Fp16, device) => HALF.contains(&device),
        (Precision::Int8, _) => models.is_none_or(|shelf| {
            settings.choices().into_iter().any(|(role, choice)| has_copy(shelf, role, choice.as_deref()))
        }),
    }
}

/// Whether the model of a role, by itself the first, is an int8 copy or has one.
fn has_copy(shelf: &ModelShelf, role: Role, choice: Option<&str>) -> bool {
    let mut fits = shelf.models.iter().filter(|model| model.role == Some(role));
    let Some(id) = choice.or_else(|| fits.clone().next().map(|model| model.id.as_str())) else { return false };
    id.ends_with(INT8_SUFFIX) || fits.any(|model| model.id.strip_suffix(INT8_SUFFIX) == Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, model, root, shelf};
    use crate::state::memory::{Memory, Remembered};
    use crate::state::merge::{Heard, merge};
    use silhueta_shared::protocol::{ModelView, QueueView};

    fn listed(names: &[&str]) -> Memory {
        let source = |name: &&str| Remembered { source: file(1, name), root: Some("/v".into()), facts: None };
        Memory { sources: names.iter().map(source).collect(), ..Memory::default() }
    }

    fn merged(memory: &Memory, open: bool) -> Merged {
        let roots = if open { vec![root(1, "/v")] } else { Vec::new() };
        merge(memory, Heard { jobs: &[], queue: &QueueView::default(), roots: &roots, models: None })
    }

    fn facts(merged: &Merged) -> Facts<'_> {
        Facts { online: true, locked_by: None, merged, bad: &[], models: None, machine: None }
    }

    #[test]
    fn what_can_be_worked_on_is_started_and_the_rest_left() {
        let merged = merged(&listed(&["a", "b"]), true);
        let bad = [file(1, "a")];
        assert_eq!(startable(&Facts { bad: &bad, ..facts(&merged) }), Ok(vec![file(1, "b")]));
        assert_eq!(startable(&facts(&merged)).unwrap().len(), 2);
    }

    fn machine(devices: &[Device]) -> DoctorReport {
        DoctorReport {
            runtime: Err(String::new()),
            devices: devices.to_vec(),
            passed_over: Vec::new(),
            ffmpeg: String::new(),
            codecs: Vec::new(),
            opencv: String::new(),
            cpu: String::new(),
            cores: 2,
            disk_free: 0,
        }
    }

    #[test]
    fn half_precision_comes_from_the_device_and_int8_from_copies() {
        let (cpu, trt) = (machine(&[Device::Cpu]), machine(&[Device::Tensorrt, Device::Cpu]));
        let on = |device, machine| {
            let settings = JobSettings { device, precision: Precision::Fp16, ..JobSettings::default() };
            has_precision(&settings, None, machine)
        };
        assert!(on(Device::Auto, None) && on(Device::Auto, Some(&trt)) && on(Device::Tensorrt, Some(&trt)));
        assert!(!on(Device::Auto, Some(&cpu)) && !on(Device::Cpu, None) && !on(Device::Cuda, None));

        let with = |models: &[&str], detector: Option<&str>| {
            let shelf = shelf(models.iter().map(|id| model(id, Role::Detector)).collect());
            let detector = detector.map(ToOwned::to_owned);
            let settings = JobSettings { precision: Precision::Int8, detector, ..JobSettings::default() };
            has_precision(&settings, Some(&shelf), Some(&cpu))
        };
        assert!(with(&["yolo", "yolo-int8"], None) && with(&["yolox", "yolo", "yolo-int8"], Some("yolo")));
        assert!(with(&["yolox", "yolo-int8"], Some("yolo-int8")), "the copy itself was chosen");
        assert!(!with(&["yolox", "yolo", "yolo-int8"], None), "the one that runs has no copy");
        assert!(!with(&["yolo26n_int8"], None) && !with(&[], None));
    }

    #[test]
    fn small_networks_run_where_there_are_no_others_or_they_are_chosen() {
        let ours = |id, role| ModelView { origin: ModelOrigin::BuiltIn, ..model(id, role) };
        // The helper puts first what runs by itself.
        let models = [model("yolo", Role::Detector), ours("person", Role::Detector), ours("pose", Role::Pose)];
        let shelf = shelf(models.into());
        let small = |detector: Option<&str>| {
            small(&JobSettings { detector: detector.map(ToOwned::to_owned), ..JobSettings::default() }, &shelf)
        };
        assert_eq!(small(None), ["pose"]);
        assert_eq!(small(Some("person")), ["person", "pose"]);
        assert_eq!(small(Some("gone")), ["pose"]);
    }

    #[test]
    fn each_reason_is_said_and_the_hardest_first() {
        let mut memory = listed(&["a"]);
        memory.settings.device = Device::Cuda;
        let good = merged(&memory, true);
        let machine = machine(&[Device::Cpu]);
        let blocked = |facts: Facts<'_>| startable(&facts).unwrap_err();
        assert_eq!(blocked(Facts { machine: Some(&machine), ..facts(&good) }), Blocked::Device(Device::Cuda));
        memory.settings = JobSettings { precision: Precision::Fp16, ..JobSettings::default() };
        let half = merged(&memory, true);
        assert_eq!(blocked(Facts { machine: Some(&machine), ..facts(&half) }), Blocked::Precision(Precision::Fp16));
        let gone = Merged { gone: vec![Role::Pose], ..good.clone() };
        assert_eq!(blocked(Facts { machine: Some(&machine), ..facts(&gone) }), Blocked::Gone(Role::Pose));
        assert_eq!(blocked(facts(&merged(&memory, false))), Blocked::NoUsable);
        assert_eq!(blocked(facts(&merged(&listed(&[]), true))), Blocked::NoVideos);
        let locked = Facts { locked_by: Some(Page::Testes), ..facts(&good) };
        assert_eq!(blocked(locked), Blocked::Locked(Page::Testes));
        let offline = Facts { online: false, locked_by: Some(Page::Testes), ..facts(&good) };
        assert_eq!(blocked(offline), Blocked::Offline);
    }
}
