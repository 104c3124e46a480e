//! `silhueta models quantize`: a static int8 copy of a network for the CPU, and what it costs.
//!
//! A worker writes down what the network is fed with on real frames, Python's quantizer of ONNX Runtime makes the copy
//! ([`python`]), and a worker compares both on other frames. The copy gets its name only with its report beside it.

mod python;
mod report;

use std::path::Path;

use silhueta_registry::ResolveError;
use silhueta_registry::locate::inspect;
use silhueta_results::file::write_whole;
use silhueta_shared::job::{Failure, FailureCode, JobModels};
use silhueta_shared::model::{INT8_SUFFIX, ModelFile, Role};
use silhueta_shared::quantize::{Calibrate, Compare, Comparison, Frames};
use silhueta_shared::worker::{Command, Event};
use tokio_util::sync::CancellationToken;

use crate::cli::{QuantizeOptions, note, say};
use crate::exit::{CliError, Exit};
use crate::models;
use crate::worker::Worker;

/// Makes the copy, compares it and keeps both it and the report in the models folder.
pub(super) async fn quantize(options: &QuantizeOptions, stop: &CancellationToken) -> Result<Exit, CliError> {
    let (role, original, models) = networks(options)?;
    let folder = models::folder();
    let copy = folder.join(format!("{}{INT8_SUFFIX}.onnx", original.id));
    if copy.exists() && !options.force {
        return Err(CliError::Input(format!("{} is there already; --force makes it anew", copy.display())));
    }
    tokio::select! {
        made = make(options, (role, &original), &models, &folder, &copy) => made.map(|()| Exit::Done),
        // Workers and Python end with the futures that hold them.
        () = stop.cancelled() => {
            note("stopped; nothing was kept");
            Ok(Exit::Interrupted)
        }
    }
}

async fn make(
    options: &QuantizeOptions,
    (role, original): (Role, &ModelFile),
    models: &JobModels,
    folder: &Path,
    copy: &Path,
) -> Result<(), CliError> {
    let unwritable = |e: std::io::Error| CliError::Runtime(format!("{} can't be written: {e}", folder.display()));
    // In the models folder, so that the copy only needs a new name; no model is looked for in folders within it.
    let work = tempfile::Builder::new().prefix(".quantize-").tempdir_in(folder).map_err(unwritable)?;
    let inputs = work.path().join("inputs.f32");
    let made = work.path().join("copy.onnx");
    let frames = Frames { videos: videos(options)?, count: options.frames };

    let interpreter = python::interpreter().await?;
    note(&format!("measuring {} on {} frames", original.id, options.frames));
    let ask = Calibrate { role, models: models.clone(), frames: frames.clone(), out: text(&inputs)? };
    let calibrated = match ask_worker(Command::Calibrate(Box::new(ask))).await? {
        Event::Calibrated(calibrated) => calibrated,
        other => return Err(unexpected(&other)),
    };
    note(&format!("quantizing it with {} inputs", calibrated.count));
    python::static_int8(&interpreter, Path::new(&original.file), &inputs, calibrated.shape, &made).await?;
    let (before, after) = (inspect(Path::new(&original.file)), inspect(&made));
    let (before, after) = match (before, after) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(error), _) | (_, Err(error)) => return Err(CliError::Runtime(error.to_string())),
    };
    if before.family != after.family {
        return Err(CliError::Runtime(format!("the copy came out as {after}, not as {before}")));
    }
    note("comparing both on other frames");
    let truth = options.truth.as_deref().map(text).transpose()?;
    let ask = Compare { role, models: models.clone(), copy: text(&made)?, frames, truth };
    let comparison = match ask_worker(Command::Compare(Box::new(ask))).await? {
        Event::Compared(comparison) => *comparison,
        other => return Err(unexpected(&other)),
    };
    for line in report::lines(original, &comparison) {
        say(&line);
    }
    if comparison.copy_ms >= comparison.original_ms && !options.keep {
        say("not kept, because nothing is won by it (--keep keeps it all the same)");
        return Ok(());
    }
    keep(&made, copy, original, &comparison, options).map_err(|why| CliError::Runtime(why.to_string()))?;
    say(&format!("kept as {}: use it by its id, {}{INT8_SUFFIX}", copy.display(), original.id));
    Ok(())
}

/// What was asked for with its role, and all networks that are needed to feed it.
fn networks(options: &QuantizeOptions) -> Result<(Role, ModelFile, JobModels), CliError> {
    let warn = |warning: String| note(&format!("warning: {warning}"));
    let registry = models::registry();
    let named = |role| registry.resolve(role, Some(&options.model));
    let roles = [Role::Detector, Role::Reid, Role::Pose];
    for role in roles {
        match named(role) {
            Ok(original) => {
                let choice = |this| (this == role).then_some(options.model.as_str());
                let detector = choice(Role::Detector).or(options.detector.as_deref());
                let models = models::resolve(detector, choice(Role::Reid), choice(Role::Pose), warn);
                return Ok((role, original.model, models.map_err(CliError::Job)?));
            }
            // A file that is something else is asked for its next role.
            Err(ResolveError::WrongRole { .. }) => {}
            Err(error) => return Err(CliError::Job(unfit(error.to_string()))),
        }
    }
    let message =
        format!("{} is no detector, re-identification or pose network; only those get int8 copies", options.model);
    Err(CliError::Job(unfit(message)))
}

fn unfit(message: String) -> Failure {
    Failure { code: FailureCode::ModelUnfit, message, hint: None }
}

fn videos(options: &QuantizeOptions) -> Result<Vec<String>, CliError> {
    options.calibrate.iter().map(|path| text(path)).collect()
}

fn text(path: &Path) -> Result<String, CliError> {
    let absolute = std::path::absolute(path).map_err(|e| CliError::Input(format!("{}: {e}", path.display())))?;
    absolute
        .to_str()
        .map(str::to_owned)
        .ok_or_else(|| CliError::Input(format!("{} has a name that is not UTF-8: rename it", path.display())))
}

/// Lets a worker do one thing and returns its last event, which is no failure.
async fn ask_worker(command: Command) -> Result<Event, CliError> {
    let mut worker = Worker::spawn().await.map_err(CliError::Job)?;
    worker.send(&command).await.map_err(CliError::Job)?;
    loop {
        match worker.next().await.map_err(CliError::Job)? {
            Event::Failed(failure) => return Err(CliError::Job(failure)),
            event if event.is_last() => {
                worker.finish().await;
                return Ok(event);
            }
            _ => {}
        }
    }
}

fn unexpected(event: &Event) -> CliError {
    CliError::Runtime(format!("the worker gave another answer than it was asked for: {event:?}"))
}

/// The report first: a copy is never without one.
fn keep(
    made: &Path,
    copy: &Path,
    original: &ModelFile,
    comparison: &Comparison,
    options: &QuantizeOptions,
) -> silhueta_results::Result<()> {
    let report = report::file(original, comparison, &options.calibrate);
    let path = copy.with_extension("json");
    write_whole(&path, |out| serde_json::to_writer_pretty(out, &report).map_err(std::io::Error::other))?;
    std::fs::rename(made, copy).map_err(|source| silhueta_results::Error::Write { path: copy.into(), source })
}
