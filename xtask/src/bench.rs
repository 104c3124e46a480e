//! `cargo xtask bench`: our chain and the peers' naive one (YOLO, boxmot, rtmlib, person by person), the
//! same files, in turns, in one run. Ratios are what counts; the load is said beside them.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::Value;

use crate::setup::Setup;
use crate::shell::{output, root, run, step, target};

#[derive(Args)]
pub(crate) struct Options {
    /// The video
    video: PathBuf,
    /// Only so many frames of it
    #[arg(long, default_value_t = 40)]
    frames: u32,
    /// How often each side runs
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// YOLOv8/11 export
    #[arg(long)]
    detector: PathBuf,
    /// OSNet export
    #[arg(long)]
    reid: PathBuf,
    /// RTMPose export
    #[arg(long)]
    pose: PathBuf,
    /// The folder with the peers' `bench.py`
    #[arg(long, default_value = "../shared/tools/peers")]
    peers: PathBuf,
}

/// Seconds a frame in the first pass (decode, detect, track) and in the second (decode, pose).
#[derive(Clone, Copy, Debug)]
struct Times {
    track: f64,
    pose: f64,
}

impl Times {
    fn fps(self) -> f64 {
        1.0 / (self.track + self.pose)
    }
}

pub(crate) fn bench(options: &Options) -> Result<ExitCode> {
    let setup = Setup::prepare()?;
    setup.build()?;
    let work = tempfile::tempdir()?;
    let clip = work.path().join("clip.mp4");
    let (frames, from, to) = (options.frames.to_string(), text(&options.video), text(&clip));
    let cut = ["-v", "error", "-i", &from, "-frames:v", &frames, "-c:v", "libx264", "-crf", "12", "-an", &to];
    step("cutting the clip", || run(Command::new("ffmpeg").args(cut)))?;
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for round in 0..options.rounds.max(1) {
        ours.push(step(&format!("silhueta, round {}", round + 1), || our_times(&setup, options, &clip, work.path()))?);
        match step(&format!("naive chain, round {}", round + 1), || peer_times(options, &clip)) {
            Ok(times) => peers.push(times),
            Err(error) => println!(
                "   the peers can't be run: {error:#}\n   install them with {}/install.sh",
                options.peers.display()
            ),
        }
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\nload {}", load.split(' ').next().unwrap_or("unknown"));
    let ours = median(&ours);
    println!("{:<24}{:>14}{:>14}{:>10}", "", "track ms", "pose ms", "fps");
    row("silhueta", ours);
    if !peers.is_empty() {
        let peers = median(&peers);
        row("naive chain", peers);
        println!(
            "{:<24}{:>13.2}×{:>13.2}×{:>9.2}×",
            "naive / silhueta",
            peers.track / ours.track,
            peers.pose / ours.pose,
            ours.fps() / peers.fps()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn row(name: &str, times: Times) {
    println!("{name:<24}{:>14.1}{:>14.1}{:>10.2}", times.track * 1e3, times.pose * 1e3, times.fps());
}

fn our_times(setup: &Setup, options: &Options, clip: &Path, work: &Path) -> Result<Times> {
    let out = work.join("out");
    let mut command = Command::new(target().join("debug/silhueta"));
    command.arg("run").arg(clip).arg("--out").arg(&out).args(["--force", "--no-video", "--device", "cpu"]);
    command.arg("--detector").arg(&options.detector).arg("--reid").arg(&options.reid).arg("--pose").arg(&options.pose);
    run(setup.dress(&mut command))?;
    let summary = std::fs::read_to_string(out.join("clip/summary.json"))?;
    let summary: Value = serde_json::from_str(&summary)?;
    let per_frame = |stage: &str| -> Result<f64> {
        let stages = summary["stages"].as_array().context("no stages")?;
        let found = stages.iter().find(|s| s["name"] == stage).context("a stage is missing")?;
        Ok(found["seconds"].as_f64().context("no seconds")? / found["frames"].as_f64().context("no frames")?)
    };
    Ok(Times { track: per_frame("track")?, pose: per_frame("pose")? })
}

fn peer_times(options: &Options, clip: &Path) -> Result<Times> {
    let home = std::env::var("PEERS_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cache/silhueta-peers")))?;
    let script = text(&root().join(&options.peers).join("bench.py"));
    let absolute = |path: &Path| path.canonicalize().map(|path| text(&path)).with_context(|| text(path));
    let (detector, reid, pose) = (absolute(&options.detector)?, absolute(&options.reid)?, absolute(&options.pose)?);
    let (frames, clip) = (options.frames.to_string(), text(clip));
    let args =
        [&script, "naive", "--video", &clip, "--frames", &frames, "--det", &detector, "--reid", &reid, "--pose", &pose];
    let printed = output(&format!("{home}/venv/bin/python"), &args)?;
    let line = printed.lines().rfind(|line| line.starts_with('{')).context("the peers printed no figures")?;
    let figures: Value = serde_json::from_str(line)?;
    let stages = figures["stages"].as_object().context("no stages")?;
    let sum = |of_pose: bool| -> f64 {
        let chosen = stages.iter().filter(|(name, _)| name.starts_with("pose") == of_pose);
        chosen.filter_map(|(_, stage)| stage["ms_per_frame"].as_f64()).sum::<f64>() / 1e3
    };
    Ok(Times { track: sum(false), pose: sum(true) })
}

fn median(times: &[Times]) -> Times {
    let of = |pick: fn(&Times) -> f64| {
        let mut values: Vec<f64> = times.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Times { track: of(|t| t.track), pose: of(|t| t.pose) }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
