//! `silhueta-scenes`: makes video of people whose truth is known to the pixel.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use silhueta_scenes::film::Film;
use silhueta_scenes::script::Script;

#[derive(Parser)]
#[command(name = "silhueta-scenes", about = "Makes video of people whose truth is known to the pixel", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// One frame as PNG
    Still {
        /// The script
        script: PathBuf,
        /// Which moment, in seconds
        #[arg(long, default_value_t = 0.0)]
        at: f32,
        /// The file to write
        #[arg(long, default_value = "still.png")]
        out: PathBuf,
    },
}

fn main() -> Result<()> {
    match Cli::parse().task {
        Task::Still { script, at, out } => {
            let text = std::fs::read_to_string(&script).with_context(|| script.display().to_string())?;
            let script = Script::parse(&text).with_context(|| script.display().to_string())?;
            let start = Instant::now();
            let film = Film::new(&script);
            let ready = start.elapsed();
            let frame = film.frame((at * script.fps as f32).round() as u32);
            let drawn = start.elapsed() - ready;
            frame.picture.write_png(std::fs::File::create(&out).with_context(|| out.display().to_string())?)?;
            println!("{}: set up {:.0?}, drawn {:.0?}", out.display(), ready, drawn);
            Ok(())
        }
    }
}
