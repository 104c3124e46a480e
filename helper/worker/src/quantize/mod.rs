//! What an int8 copy of a network needs: inputs of real frames to measure its ranges on ([`calibrate`]), and what it
//! loses against the original on other frames ([`compare`]). Both on the CPU, in one thread.

mod change;
mod frames;
mod truth;

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::{ChannelOrder, Device, JobModels, Stage};
use silhueta_shared::model::{ModelFile, Role};
use silhueta_shared::quantize::{Calibrate, Calibrated, Compare, Comparison};
use silhueta_shared::track::Detection;
use silhueta_shared::worker::Event;
use silhueta_vision::detector::Detector;
use silhueta_vision::frame::Frame;
use silhueta_vision::networks;
use silhueta_vision::osnet::Osnet;
use silhueta_vision::pose::PoseNetwork;
use silhueta_vision::runtime::Runtime;

use crate::doctor;
use crate::pipeline::failure::JobError;
use crate::report::Reporter;
use change::Changes;
use frames::{Half, each};

/// Only people that are found with this score or more are looked at.
const SURE: f32 = 0.5;

/// People of a frame that are looked at: the surest.
const MOST_PEOPLE: usize = 8;

/// Inputs that are kept at most: they lie on the disk, 0.6 MB for a person, 5 MB for a frame.
const MOST_INPUTS: u64 = 300;

/// Writes down what a network is fed with.
pub(crate) fn calibrate(spec: &Calibrate, reporter: &Reporter) -> Event {
    ended(write_inputs(spec, reporter).map(Event::Calibrated), reporter)
}

/// Says what a copy of a network loses.
pub(crate) fn compare(spec: &Compare, reporter: &Reporter) -> Event {
    ended(measure(spec, reporter).map(|comparison| Event::Compared(Box::new(comparison))), reporter)
}

fn ended(result: Result<Event, JobError>, reporter: &Reporter) -> Event {
    match result {
        Ok(event) => event,
        Err(_) if reporter.control().is_stopped() => Event::Stopped,
        Err(JobError::Stopped) => Event::Stopped,
        Err(error) => Event::Failed(error.into_failure()),
    }
}

fn runtime() -> Result<Runtime, JobError> {
    Ok(Runtime::load(&doctor::runtime_file().map_err(JobError::NoRuntime)?)?)
}

/// A network in its role.
#[derive(Debug)]
enum Network {
    Detector(Detector),
    Reid(Osnet),
    Pose(PoseNetwork),
}

impl Network {
    fn open(runtime: &Runtime, role: Role, model: &ModelFile) -> Result<Self, JobError> {
        let on = Device::Cpu;
        Ok(match role {
            Role::Detector => Self::Detector(networks::detector(runtime, on, model)?),
            Role::Reid => Self::Reid(networks::reid(runtime, on, model)?),
            Role::Pose => Self::Pose(networks::pose(runtime, on, model, ChannelOrder::Rgb)?),
            Role::Face | Role::Landmarks | Role::Lifter => {
                return Err(JobError::NotQuantized(format!("{} is a {} network", model.id, role.name())));
            }
        })
    }

    /// What it says of a frame, of these people in it. One person a run, as the CPU runs them.
    fn run(&mut self, frame: &Arc<Frame>, people: &[Bbox]) -> Result<change::Output, JobError> {
        Ok(match self {
            Self::Detector(detector) => change::Output::People(detector.detect(frame)?),
            Self::Reid(reid) => change::Output::Embeddings(reid.embed(frame, people)?),
            Self::Pose(pose) => {
                let mut poses = Vec::with_capacity(people.len());
                for bbox in people {
                    poses.extend(pose.estimate(&[(Arc::clone(frame), *bbox)])?);
                }
                change::Output::Poses(poses)
            }
        })
    }
}

/// The network that is quantized.
fn original(models: &JobModels, role: Role) -> Result<&ModelFile, JobError> {
    let unfit = || JobError::NotQuantized(format!("networks for {} get no int8 copy", role.name()));
    models.of(role).ok_or_else(unfit)
}

/// The surest people of a frame, for networks that look at people.
fn people(detector: &mut Option<Detector>, frame: &Frame) -> Result<Vec<Bbox>, JobError> {
    let Some(detector) = detector else { return Ok(Vec::new()) };
    let found = detector.detect(frame)?;
    let sure = found.iter().filter(|person: &&Detection| person.score >= SURE);
    Ok(sure.take(MOST_PEOPLE).map(|person| person.bbox).collect())
}

/// A detector to find people with, where the network itself isn't one.
fn finder(runtime: &Runtime, role: Role, models: &JobModels) -> Result<Option<Detector>, JobError> {
    if role == Role::Detector {
        return Ok(None);
    }
    models
        .detector
        .as_ref()
        .map(|detector| networks::detector(runtime, Device::Cpu, detector))
        .transpose()
        .map_err(Into::into)
}

fn write_inputs(spec: &Calibrate, reporter: &Reporter) -> Result<Calibrated, JobError> {
    let mut runtime = runtime()?;
    let mut finder = finder(&runtime, spec.role, &spec.models)?;
    let model = original(&spec.models, spec.role)?;
    let recording = runtime.record(Path::new(&model.file));
    let mut network = Network::open(&runtime, spec.role, model)?;
    // Opening tries a network out; that isn't video.
    recording.take();
    let path = Path::new(&spec.out);
    let unwritable = |e: std::io::Error| JobError::folder(path, &e);
    let mut out = BufWriter::new(std::fs::File::create(path).map_err(unwritable)?);
    let (mut count, mut shape) = (0, None);
    let mut meter = reporter.stage(Stage::Track, Some(u64::from(spec.frames.count)));
    each(&spec.frames, Half::First, reporter, &mut |frame| {
        let people = people(&mut finder, &frame)?;
        network.run(&frame, &people)?;
        for (this, input) in recording.take() {
            if count < MOST_INPUTS && *shape.get_or_insert(this) == this {
                let bytes: Vec<u8> = input.iter().flat_map(|value| value.to_ne_bytes()).collect();
                out.write_all(&bytes).map_err(unwritable)?;
                count += 1;
            }
        }
        meter.advance();
        Ok(())
    })?;
    meter.end();
    out.into_inner().map_err(|e| unwritable(e.into_error()))?.sync_all().map_err(unwritable)?;
    let shape = shape.ok_or_else(|| JobError::NotQuantized("nobody is found in these videos; take others".into()))?;
    Ok(Calibrated { count, shape })
}

fn measure(spec: &Compare, reporter: &Reporter) -> Result<Comparison, JobError> {
    let runtime = runtime()?;
    let mut finder = finder(&runtime, spec.role, &spec.models)?;
    let model = original(&spec.models, spec.role)?;
    let copy = ModelFile { id: format!("{} in int8", model.id), file: spec.copy.clone(), ..ModelFile::default() };
    let mut pair = [Network::open(&runtime, spec.role, model)?, Network::open(&runtime, spec.role, &copy)?];
    let mut times = [Vec::new(), Vec::new()];
    let mut changes = Changes::default();
    let mut meter = reporter.stage(Stage::Pose, Some(u64::from(spec.frames.count)));
    each(&spec.frames, Half::Second, reporter, &mut |frame| {
        let people = people(&mut finder, &frame)?;
        let runs = if spec.role == Role::Detector { 1 } else { people.len() };
        let mut outputs = [None, None];
        // Neither always goes first: the second one finds a warmer cache.
        let order = if times[0].len() % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let start = Instant::now();
            outputs[which] = Some(pair[which].run(&frame, &people)?);
            if runs > 0 {
                times[which].push(start.elapsed().as_secs_f64() * 1000.0 / runs as f64);
            }
        }
        if let [Some(original), Some(copy)] = &outputs {
            changes.add(original, copy, &people);
        }
        meter.advance();
        Ok(())
    })?;
    meter.end();
    let runs = times[0].len() as u64;
    let change =
        changes.sum(spec.role).ok_or_else(|| JobError::NotQuantized("nobody is found in these videos".into()))?;
    let truth = match (&spec.truth, pair) {
        (Some(file), [Network::Pose(mut original), Network::Pose(mut copy)]) => {
            Some(truth::against(Path::new(file), &mut original, &mut copy, reporter)?)
        }
        _ => None,
    };
    let [original_ms, copy_ms] = times.map(median);
    Ok(Comparison { runs, original_ms, copy_ms, change, truth })
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}
