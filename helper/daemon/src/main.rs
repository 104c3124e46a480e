//! `silhueta`: finds people in video, keeps their identity, draws their skeletons.

mod cli;
mod disk;
mod doctor;
mod eval;
mod exit;
mod farewell;
mod folders;
mod identities;
mod models;
mod place;
mod providers;
mod remote;
mod run;
mod sequences;
mod serve;
mod signals;
mod tls;
mod track;
mod tracker_names;
mod videos;
mod worker;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command};
use crate::exit::{CliError, Exit};
use crate::farewell::{Farewell, farewell};

fn main() -> ExitCode {
    // clap ends the process itself: 0 for --help and --version, 2 for a wrong command line.
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("SILHUETA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    // Returning from here ends the process whatever its other threads hang in.
    let (farewell, waiting) = farewell();
    std::thread::spawn(move || {
        let exit = work(cli.command, &farewell).unwrap_or_else(|error| {
            cli::complain(&error);
            error.exit()
        });
        farewell.end(exit);
    });
    waiting.wait().map_or(ExitCode::FAILURE, ExitCode::from)
}

fn work(command: Command, farewell: &Farewell) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Runtime::new();
    let runtime = runtime.map_err(|e| CliError::Runtime(format!("threads can't be started: {e}")))?;
    models::read_manifest()?;
    let exit = runtime.block_on(async {
        match command {
            Command::Models(command) => models::terminal::models(command).await,
            Command::Eval(command) => eval::eval(&command),
            Command::Identities(options) => identities::identities(&options),
            Command::Track(options) => track::track(&options),
            Command::Run(options) => run::run(&options, farewell).await,
            Command::Resume(options) => run::resume(&options, farewell).await,
            Command::Jobs => remote::jobs().await,
            Command::Stop { jobs } => remote::stop(&jobs).await,
            Command::Doctor => doctor::doctor().await,
            Command::Serve(options) => serve::serve(*options, farewell).await,
        }
    });
    // A thread that still reads a large file keeps nobody waiting.
    runtime.shutdown_timeout(Duration::from_millis(100));
    exit
}
