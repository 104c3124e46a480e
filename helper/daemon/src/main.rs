//! `silhueta`: finds people in video, keeps their identity, draws their skeletons.

mod cli;
mod disk;
mod doctor;
mod exit;
mod folders;
mod models;
mod place;
mod run;
mod serve;
mod signals;
mod videos;
mod worker;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command};
use crate::exit::{CliError, Exit};

fn main() -> ExitCode {
    // clap ends the process itself: 0 for --help and --version, 2 for a wrong command line.
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("SILHUETA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let exit = work(cli.command).unwrap_or_else(|error| {
        cli::complain(&error);
        error.exit()
    });
    exit.into()
}

fn work(command: Command) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Runtime::new();
    let runtime = runtime.map_err(|e| CliError::Runtime(format!("threads can't be started: {e}")))?;
    models::read_manifest()?;
    let exit = runtime.block_on(async {
        match command {
            Command::Models(command) => models::terminal::models(command).await,
            Command::Run(options) => run::run(&options).await,
            Command::Resume(options) => run::resume(&options).await,
            Command::Doctor => doctor::doctor().await,
            Command::Serve(options) => serve::serve(*options).await,
        }
    });
    // A thread that still reads a large file keeps nobody waiting.
    runtime.shutdown_timeout(Duration::from_millis(100));
    exit
}
