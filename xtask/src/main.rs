//! `cargo xtask run | test | page | ci | bench | soak`: everything that is done with this repository.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

mod bench;
mod checks;
mod house;
mod markup;
mod packages;
mod page;
mod runtime;
mod setup;
mod shell;
mod testing;
mod tracker_bench;
mod wheels;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Everything that is done with this repository")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set up and build what is missing, then open the page; with videos, work through them in the terminal
    #[command(disable_help_flag = true)]
    Run {
        /// `VIDEO… --out DIR …` for `silhueta run`, where `--sample` stands for a generated video with known truth; or a
        /// command of silhueta with what belongs to it: `serve --port 9000`. `--gpu` anywhere brings ONNX Runtime for
        /// NVIDIA with CUDA's libraries, 1.6 GB, and runs with that; `--openvino` brings Intel's, 84 MB
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Set up, then run every test; ends with what was skipped and why
    Test {
        /// Only tests whose name holds one of these
        filters: Vec<String>,
    },
    /// Build the page into the folder that the helper serves
    Page,
    /// Formatting, clippy, tests, docs, dependencies, and whether it compiles for Windows
    Ci,
    /// Our speed beside the peers' naive chain, on the same files in one run
    Bench(bench::Options),
    /// The long checks: endurance and memory
    Soak,
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Run { args } => setup::run(&args),
        Task::Test { filters } => testing::test(&filters),
        Task::Page => page::build().map(|()| ExitCode::SUCCESS),
        Task::Ci => checks::ci(),
        Task::Bench(options) => bench::bench(&options),
        Task::Soak => testing::soak(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
