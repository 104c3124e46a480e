//! `silhueta`: finds people in video, keeps their identity, draws their skeletons.

mod cli;
mod doctor;
mod exit;
mod models;
mod place;
mod run;
mod signals;
mod worker;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command};

#[tokio::main]
async fn main() -> ExitCode {
    // clap ends the process itself: 0 for --help and --version, 2 for a wrong command line.
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("SILHUETA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let exit = match cli.command {
        Command::Run(options) => run::run(&options).await,
        Command::Doctor => doctor::doctor().await,
    };
    exit.unwrap_or_else(|error| {
        cli::complain(&error);
        error.exit()
    })
    .into()
}
