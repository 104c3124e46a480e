//! `silhueta-worker`: one pipeline run in one process. It speaks MessagePack over stdin and stdout with
//! the daemon that started it (see `silhueta_shared::worker`), and ends when its stdin ends.

mod control;
mod doctor;
mod engines;
mod faults;
mod latest;
mod limits;
mod order;
mod pipeline;
mod preview;
mod quantize;
mod report;
mod wire;

use std::process::ExitCode;
use std::sync::Arc;

use silhueta_shared::worker::{Command, Event};
use tracing_subscriber::EnvFilter;

use crate::control::Control;
use crate::faults::Point;
use crate::report::Reporter;

fn main() -> ExitCode {
    // First of all: native libraries print to stdout, which is our pipe.
    let pipe = match wire::guard_stdout() {
        Ok(pipe) => pipe,
        Err(error) => return fail(&format!("stdout can't be guarded: {error}")),
    };
    let filter = EnvFilter::try_from_env("SILHUETA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();

    limits::without_core_files();
    if let Err(error) = faults::read() {
        return fail(&error);
    }
    let control = Arc::new(Control::default());
    let events = wire::start_writer(pipe);
    let commands = wire::start_guard(Arc::clone(&control));
    let reporter = Reporter::new(events.clone(), control);
    faults::pass(Point::Start, 0);
    events.send(Event::Hello {
        protocol: silhueta_shared::worker::PROTOCOL_VERSION,
        app: env!("CARGO_PKG_VERSION").into(),
    });
    let Ok(command) = commands.recv() else { return ExitCode::SUCCESS };
    let last = match command {
        Command::Run(spec) => pipeline::run(&spec, &reporter),
        Command::Doctor => Event::Doctor(doctor::report()),
        Command::Inspect { source } => pipeline::inspect(&source, &reporter),
        Command::Calibrate(spec) => quantize::calibrate(&spec, &reporter),
        Command::Compare(spec) => quantize::compare(&spec, &reporter),
        // The others are the guard's; of them only a stop comes here, before there is anything to stop.
        Command::Stop | Command::Pause | Command::Resume | Command::Preview(_) => Event::Stopped,
    };
    events.finish(last);
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "there is no log yet and no pipe to say it on")]
fn fail(message: &str) -> ExitCode {
    eprintln!("silhueta-worker: {message}");
    ExitCode::FAILURE
}
