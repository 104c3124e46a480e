//! `silhueta doctor`: what is there, what isn't, and what to do about it.

use silhueta_registry::Builtin;
use silhueta_shared::job::Failure;
use silhueta_shared::worker::{Command, DoctorReport, Event};

use crate::cli::say;
use crate::exit::{CliError, Exit};
use crate::models;
use crate::worker::Worker;

/// Asks a worker and prints its answer.
pub(crate) async fn doctor() -> Result<Exit, CliError> {
    let report = ask().await.map_err(CliError::Job)?;
    print(&report);
    Ok(if report.runtime.is_ok() { Exit::Done } else { Exit::Runtime })
}

/// What a worker finds on this machine.
pub(crate) async fn ask() -> Result<DoctorReport, Failure> {
    let mut worker = Worker::spawn().await?;
    worker.send(&Command::Doctor).await?;
    loop {
        if let Event::Doctor(report) = worker.next().await? {
            worker.finish().await;
            return Ok(report);
        }
    }
}

fn print(report: &DoctorReport) {
    say(&format!("silhueta {}", env!("CARGO_PKG_VERSION")));
    match &report.runtime {
        Ok(runtime) => say(&format!("  runtime   ONNX Runtime {} ({})", runtime.version, runtime.file)),
        Err(why) => say(&format!("  runtime   missing: {why}")),
    }
    let devices: Vec<_> = report.devices.iter().map(|device| device.name()).collect();
    say(&format!("  devices   {}", if devices.is_empty() { "none".into() } else { devices.join(", ") }));
    for device in &report.passed_over {
        say(&format!("            not {}: {}", device.name, device.why));
    }
    say(&format!("  processor {} ({} cores)", report.cpu, report.cores));
    say(&format!("  FFmpeg    {}", report.ffmpeg));
    for (codec, there) in &report.codecs {
        say(&format!("            {codec}: {}", if *there { "yes" } else { "missing" }));
    }
    say(&format!("  OpenCV    {}", report.opencv));
    let folder = models::folder();
    say(&format!("  models    in {}", folder.display()));
    let found = models::registry().scan();
    if found.is_empty() {
        say("            none: `silhueta models fetch` brings some; or set SILHUETA_MODELS to a folder");
    }
    for model in found {
        match &model.contract {
            Ok(contract) => {
                say(&format!("            {:32} {:9} {}", model.id, contract.role().name(), contract.family));
            }
            Err(error) => say(&format!("            {:32} not usable: {error}", model.id)),
        }
    }
    for network in Builtin::all() {
        let about = network.contract().map_or_else(|error| error.to_string(), |contract| contract.family.to_string());
        say(&format!(
            "            {:32} {:9} {about}, built in: runs where there is no other",
            network.id,
            network.role.name()
        ));
    }
    say(&format!("  disk      {} GB free here", report.disk_free >> 30));
}
