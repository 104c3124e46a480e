//! How the videos are worked through. Settings are the run's while one works; the preview, and what happens
//! when the page is closed, can be switched at any time.

use leptos::prelude::*;
use silhueta_shared::job::{Device, IdentityPreset, Precision, TrackerKind, TrackerPreset};
use silhueta_shared::model::Role;
use silhueta_shared::protocol::JobSettings;

use crate::components::{Choice, Field, Select, Switch};
use crate::i18n::processar::Processar;
use crate::i18n::queue::Queue;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::start::has_precision;
use crate::state::toasts::Toasts;

/// Frames a second that are offered.
const RATES: [u32; 5] = [30, 25, 15, 10, 5];

const DEVICES: [Device; 4] = [Device::Tensorrt, Device::Cuda, Device::Openvino, Device::Cpu];

/// The card with the settings.
#[component]
pub(super) fn Settings() -> impl IntoView {
    let t = use_texts::<Processar>();
    let queue = use_texts::<Queue>();
    let bench = expect_context::<Bench>();
    let toasts = expect_context::<Toasts>();
    let held = Memo::new(move |_| !bench.editable());
    let running = move || bench.merged.with(|merged| merged.active);
    let set = move |change: &dyn Fn(&mut JobSettings)| bench.settings.update(|settings| change(settings));
    view! {
        <section class="card settings">
            <div class="card-head">
                <h2>{move || t().settings}</h2>
            </div>
            <DeviceChoice held />
            <PrecisionChoice held />
            <ModelChoice role=Role::Detector testid="detector" held />
            <ModelChoice role=Role::Reid testid="reid" held />
            <ModelChoice role=Role::Pose testid="pose" held />
            <TrackerChoice held />
            <IdentitiesChoice held />
            <RateChoice held />
            <Show when=running>
                <p class="quiet note">{move || t().settings_held}</p>
            </Show>
            <div class="switches">
                <Switch
                    label=Signal::derive(move || t().video)
                    hint=Signal::derive(move || t().video_hint)
                    on=Signal::derive(move || bench.settings.with(|settings| settings.video))
                    on_change=move |on| set(&|settings| settings.video = on)
                    disabled=held
                    testid="video-toggle"
                />
                <Switch
                    label=Signal::derive(move || t().again)
                    hint=Signal::derive(move || t().again_hint)
                    on=Signal::derive(move || bench.settings.with(|settings| settings.again))
                    on_change=move |on| set(&|settings| settings.again = on)
                    disabled=held
                    testid="again-toggle"
                />
                <Switch
                    label=Signal::derive(move || queue().attached)
                    hint=Signal::derive(move || queue().attached_hint)
                    on=Signal::derive(move || bench.is_attached())
                    on_change=move |on| bench.attach(on, toasts)
                    testid="attached-toggle"
                />
                <Switch
                    label=Signal::derive(move || t().preview)
                    hint=Signal::derive(move || t().preview_hint)
                    on=bench.preview
                    on_change=move |on| bench.preview.set(on)
                    testid="preview-toggle"
                />
            </div>
        </section>
    }
}

#[component]
fn DeviceChoice(held: Memo<bool>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let machine = expect_context::<HelperState>().machine;
    let chosen = Memo::new(move |_| bench.settings.with(|settings| settings.device));
    let usable = move |device| machine.with(|machine| machine.as_ref().is_none_or(|m| m.devices.contains(&device)));
    let choices = Signal::derive(move || {
        let name = |device| notices::device(locale.get(), device);
        let first = machine.with(|machine| machine.as_ref().and_then(|machine| machine.devices.first().copied()));
        let auto = first.map_or_else(|| name(Device::Auto).to_owned(), |device| (t().device_auto)(name(device)));
        let mut choices = vec![Choice::new(Device::Auto.name(), auto)];
        for device in DEVICES {
            let usable = usable(device);
            let label = if usable { name(device).to_owned() } else { (t().device_out)(name(device)) };
            choices.push(Choice { value: device.name().into(), label, usable });
        }
        choices
    });
    let bad = Signal::derive(move || chosen.get() != Device::Auto && !usable(chosen.get()));
    // Why the one that was chosen can't be used, in the runtime's own words.
    let why = move || {
        let wanted = chosen.get().name();
        machine.with(|machine| {
            let passed =
                machine.as_ref()?.passed_over.iter().find(|passed| passed.name.eq_ignore_ascii_case(wanted))?;
            Some(passed.why.clone())
        })
    };
    view! {
        <Field label=Signal::derive(move || t().device)>
            <Select
                choices
                value=Signal::derive(move || chosen.get().name().to_owned())
                on_choose=move |name| {
                    let device = DEVICES.into_iter().find(|device| device.name() == name).unwrap_or_default();
                    bench.settings.update(|settings| settings.device = device);
                }
                disabled=held
                bad
                testid="device"
            />
        </Field>
        <p class="wrong" class:hidden=move || !bad.get()>{move || bad.get().then(why).flatten()}</p>
    }
}

#[component]
fn PrecisionChoice(held: Memo<bool>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let bench = expect_context::<Bench>();
    let helper = expect_context::<HelperState>();
    let chosen = Memo::new(move |_| bench.settings.with(|settings| settings.precision));
    let choices = Signal::derive(move || {
        let name =
            |precision: Precision| if precision == Precision::Auto { t().precision_auto } else { precision.name() };
        Precision::ALL.map(|precision| Choice::new(precision.name(), name(precision))).to_vec()
    });
    let bad = Memo::new(move |_| {
        let (models, machine) = (helper.models.get(), helper.machine.get());
        bench.settings.with(|settings| !has_precision(settings, models.as_ref(), machine.as_ref()))
    });
    // What the choice means, or what it lacks.
    let line = move || match (chosen.get(), bad.get()) {
        (Precision::Fp16, true) => t().precision_no_half,
        (Precision::Int8, true) => t().precision_no_copy,
        (Precision::Auto, _) => t().precision_auto_hint,
        (Precision::Fp32, _) => t().precision_fp32_hint,
        (Precision::Fp16, _) => t().precision_fp16_hint,
        (Precision::Int8, _) => t().precision_int8_hint,
    };
    view! {
        <Field label=Signal::derive(move || t().precision)>
            <Select
                choices
                value=Signal::derive(move || chosen.get().name().to_owned())
                on_choose=move |name| {
                    let precision = Precision::ALL.into_iter().find(|precision| precision.name() == name);
                    bench.settings.update(|settings| settings.precision = precision.unwrap_or_default());
                }
                disabled=held
                bad
                testid="precision"
            />
        </Field>
        <p class=move || if bad.get() { "wrong" } else { "quiet note" } data-testid="precision-note">{line}</p>
    }
}

#[component]
fn ModelChoice(role: Role, testid: &'static str, held: Memo<bool>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let shelf = expect_context::<HelperState>().models;
    let chosen = Memo::new(move |_| bench.settings.with(|settings| of_role(settings, role).clone()));
    let bad = Signal::derive(move || bench.merged.with(|merged| merged.gone.contains(&role)));
    let choices = Signal::derive(move || {
        let fits = shelf.with(|shelf| {
            let models = shelf.iter().flat_map(|shelf| &shelf.models);
            models.filter(|model| model.role == Some(role)).cloned().collect::<Vec<_>>()
        });
        let auto = match fits.first() {
            Some(model) => (t().model_auto)(&model.id),
            None if shelf.with(Option::is_none) => String::new(),
            None => t().model_none.into(),
        };
        let mut choices = vec![Choice::new("", auto)];
        let locale = locale.get();
        choices.extend(
            fits.iter()
                .map(|model| Choice::new(model.id.clone(), format!("{} · {}", model.id, locale.bytes(model.size)))),
        );
        if let Some(id) = chosen.get().filter(|id| fits.iter().all(|model| model.id != *id)) {
            let label = if bad.get() { (t().model_gone)(&id) } else { id.clone() };
            choices.push(Choice { value: id, label, usable: false });
        }
        choices
    });
    view! {
        <Field label=Signal::derive(move || notices::role(locale.get(), role))>
            <Select
                choices
                value=Signal::derive(move || chosen.get().unwrap_or_default())
                on_choose=move |id| {
                    let id = (!id.is_empty()).then_some(id);
                    bench.settings.update(|settings| *of_role_mut(settings, role) = id);
                }
                disabled=held
                bad
                testid
            />
        </Field>
    }
}

/// Trackers with their presets, in one list: no choice is left that means nothing.
fn trackers() -> Vec<(TrackerKind, TrackerPreset)> {
    let presets = |tracker: TrackerKind| match tracker.has_presets() {
        true => TrackerPreset::ALL.to_vec(),
        false => vec![TrackerPreset::default()],
    };
    TrackerKind::ALL.into_iter().flat_map(|tracker| presets(tracker).into_iter().map(move |p| (tracker, p))).collect()
}

fn tracker_value(tracker: TrackerKind, preset: TrackerPreset) -> String {
    if tracker.has_presets() { format!("{tracker} {preset}") } else { tracker.name().to_owned() }
}

#[component]
fn TrackerChoice(held: Memo<bool>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let bench = expect_context::<Bench>();
    let chosen = Memo::new(move |_| bench.settings.with(|settings| (settings.tracker, settings.preset)));
    let name = move |tracker, preset| match (tracker, preset) {
        (TrackerKind::Bytetrack, _) => "ByteTrack",
        (TrackerKind::Botsort, TrackerPreset::Silhueta) => "BoT-SORT · Silhueta",
        (TrackerKind::Botsort, TrackerPreset::Original) => t().tracker_original,
        (TrackerKind::Botsort, TrackerPreset::Ultralytics) => "BoT-SORT · Ultralytics",
        (TrackerKind::Botsort, TrackerPreset::Boxmot) => "BoT-SORT · boxmot",
        (TrackerKind::Botsort, TrackerPreset::Neurapose) => "BoT-SORT · NeuraPose",
        (TrackerKind::Botsort, TrackerPreset::NeuraposeFirst) => t().tracker_first,
    };
    let choice = move |(tracker, preset)| Choice::new(tracker_value(tracker, preset), name(tracker, preset));
    view! {
        <Field label=Signal::derive(move || t().tracker)>
            <Select
                choices=Signal::derive(move || trackers().into_iter().map(choice).collect::<Vec<_>>())
                value=Signal::derive(move || { let (tracker, preset) = chosen.get(); tracker_value(tracker, preset) })
                on_choose=move |value| {
                    let known = trackers().into_iter().find(|&(tracker, preset)| tracker_value(tracker, preset) == value);
                    let (tracker, preset) = known.unwrap_or_default();
                    bench.settings.update(|settings| (settings.tracker, settings.preset) = (tracker, preset));
                }
                disabled=held
                testid="tracker"
            />
        </Field>
    }
}

#[component]
fn IdentitiesChoice(held: Memo<bool>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let bench = expect_context::<Bench>();
    let chosen = Memo::new(move |_| bench.settings.with(|settings| settings.identities));
    let name = move |identities| match identities {
        IdentityPreset::Silhueta => t().identities_ours,
        IdentityPreset::Neurapose => t().identities_neurapose,
        IdentityPreset::Off => t().identities_off,
    };
    let line = move || match chosen.get() {
        IdentityPreset::Silhueta => t().identities_ours_hint,
        IdentityPreset::Neurapose => t().identities_neurapose_hint,
        IdentityPreset::Off => t().identities_off_hint,
    };
    view! {
        <Field label=Signal::derive(move || t().identities)>
            <Select
                choices=Signal::derive(move || {
                    IdentityPreset::ALL.map(|preset| Choice::new(preset.name(), name(preset))).to_vec()
                })
                value=Signal::derive(move || chosen.get().name().to_owned())
                on_choose=move |name| {
                    let known = IdentityPreset::ALL.into_iter().find(|preset| preset.name() == name);
                    bench.settings.update(|settings| settings.identities = known.unwrap_or_default());
                }
                disabled=held
                testid="identities"
            />
        </Field>
        <p class="quiet note" data-testid="identities-note">{line}</p>
    }
}

#[component]
fn RateChoice(held: Memo<bool>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let chosen = Memo::new(move |_| bench.settings.with(|settings| settings.fps));
    let choices = Signal::derive(move || {
        let mut choices = vec![Choice::new("", t().fps_all)];
        let some = |fps: f64| Choice::new(fps.to_string(), (t().fps_some)(&locale.get().decimal(fps, 2)));
        choices.extend(RATES.iter().map(|fps| some(f64::from(*fps))));
        // Another program may have started with a rate of its own.
        if let Some(fps) = chosen.get().filter(|fps| RATES.iter().all(|rate| f64::from(*rate) != *fps)) {
            choices.push(some(fps));
        }
        choices
    });
    view! {
        <Field label=Signal::derive(move || t().fps)>
            <Select
                choices
                value=Signal::derive(move || chosen.get().map(|fps| fps.to_string()).unwrap_or_default())
                on_choose=move |fps| bench.settings.update(|settings| settings.fps = fps.parse().ok())
                disabled=held
                testid="fps"
            />
        </Field>
    }
}

const fn of_role(settings: &JobSettings, role: Role) -> &Option<String> {
    match role {
        Role::Reid => &settings.reid,
        Role::Pose => &settings.pose,
        Role::Detector | Role::Face | Role::Landmarks | Role::Lifter => &settings.detector,
    }
}

const fn of_role_mut(settings: &mut JobSettings, role: Role) -> &mut Option<String> {
    match role {
        Role::Reid => &mut settings.reid,
        Role::Pose => &mut settings.pose,
        Role::Detector | Role::Face | Role::Landmarks | Role::Lifter => &mut settings.detector,
    }
}
