//! `cargo xtask bench`: our chain and the peers' naive one (YOLO, boxmot, rtmlib, person by person), the
//! same files, in turns, in one run. Ratios are what counts; the load is said beside them.
//! The peers leave their first frame out of their figures; ours count the start of each pass.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::Value;

use crate::packages;
use crate::setup::{Setup, test_data};
use crate::shell::{output, root, run, step, target};
use crate::tracker_bench;

#[derive(Args)]
pub(crate) struct Options {
    /// The video; without one a street of the test data
    video: Option<PathBuf>,
    /// Only so many frames of it
    #[arg(long, default_value_t = 40)]
    frames: u32,
    /// How often each side runs
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// YOLOv8/11 export
    #[arg(long, value_name = "FILE", default_value = "yolov8n.onnx")]
    detector: PathBuf,
    /// OSNet export
    #[arg(long, value_name = "FILE", default_value = "osnet_x0_25_msmt17.onnx")]
    reid: PathBuf,
    /// RTMPose export
    #[arg(long, value_name = "FILE", default_value = "tinypose_256x192_simcc.onnx")]
    pose: PathBuf,
    /// Where networks are that are no files as they are named; without it, the test data's
    #[arg(long, value_name = "FOLDER")]
    networks: Option<PathBuf>,
    /// The trackers alone, without a video and networks, beside boxmot's in C++
    #[arg(long)]
    trackers: bool,
    /// The folder with the peers' `bench.py`
    #[arg(long, default_value = "../shared/tools/peers")]
    peers: PathBuf,
}

impl Options {
    fn peers_script(&self) -> PathBuf {
        root().join(&self.peers).join("bench.py")
    }

    /// Detector, re-identification and pose, as both sides get them.
    fn files(&self) -> Result<[String; 3]> {
        let folder = self.networks.clone().unwrap_or_else(|| test_data().join("models"));
        let find = |file: &PathBuf| -> Result<String> {
            let path = if file.is_file() { file.clone() } else { folder.join(file) };
            path.canonicalize().map(|path| text(&path)).with_context(|| text(&path))
        };
        Ok([find(&self.detector)?, find(&self.reid)?, find(&self.pose)?])
    }
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
    if options.trackers {
        return tracker_bench::bench(&peers_python()?, &options.peers_script());
    }
    let networks = options.files()?;
    packages::for_testing()?;
    let setup = Setup::prepare()?;
    setup.build()?;
    let work = tempfile::tempdir()?;
    let clip = work.path().join("clip.mp4");
    let video = options.video.clone().unwrap_or_else(|| test_data().join("clips/street_720p.mp4"));
    let (frames, from, to) = (options.frames.to_string(), text(&video), text(&clip));
    let cut = ["-v", "error", "-i", &from, "-frames:v", &frames, "-c:v", "libx264", "-crf", "12", "-an", &to];
    step("cutting the clip", || run(Command::new("ffmpeg").args(cut)))?;
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for round in 0..options.rounds.max(1) {
        ours.push(step(&format!("silhueta, round {}", round + 1), || {
            our_times(&setup, &networks, &clip, work.path())
        })?);
        match step(&format!("naive chain, round {}", round + 1), || peer_times(options, &networks, &clip)) {
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

fn our_times(setup: &Setup, [detector, reid, pose]: &[String; 3], clip: &Path, work: &Path) -> Result<Times> {
    let out = work.join("out");
    let mut command = Command::new(target().join("debug/silhueta"));
    command.arg("run").arg(clip).arg("--out").arg(&out).args(["--force", "--no-video", "--device", "cpu"]);
    command.args(["--detector", detector, "--reid", reid, "--pose", pose]);
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

/// The interpreter that the peers were installed for.
fn peers_python() -> Result<String> {
    let home = std::env::var("PEERS_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cache/silhueta-peers")))?;
    Ok(format!("{home}/venv/bin/python"))
}

fn peer_times(options: &Options, [detector, reid, pose]: &[String; 3], clip: &Path) -> Result<Times> {
    let script = text(&options.peers_script());
    let (frames, clip) = (options.frames.to_string(), text(clip));
    let args =
        [&script, "naive", "--video", &clip, "--frames", &frames, "--det", detector, "--reid", reid, "--pose", pose];
    let printed = output(&peers_python()?, &args)?;
    let line = printed.lines().rfind(|line| line.starts_with('{')).context("the peers printed no figures")?;
    let figures: Value = serde_json::from_str(line)?;
    peer_chain(&figures)
}

/// The peers' two passes. Only whole steps are added up: beside them stand their parts (`yolo.inference`
/// within `det(all)`, `pose.inference` within `pose(all)`), which would count the same time twice.
fn peer_chain(figures: &Value) -> Result<Times> {
    let seconds = |step: &str| -> Result<f64> {
        let ms = figures["stages"][step]["ms_per_frame"].as_f64();
        Ok(ms.with_context(|| format!("the peers printed no figure for {step}"))? / 1e3)
    };
    let track = seconds("decode")? + seconds("det(all)")? + seconds("boxmot.update(cmc+reid+assoc)")?;
    Ok(Times { track, pose: seconds("pose(all)")? })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As `bench.py naive` printed it; it measured 2.26 frames a second by the clock.
    const FIGURES: &str = r#"{"fps": 2.26, "stages": {
        "decode": {"ms_per_frame": 2.61}, "det(all)": {"ms_per_frame": 60.69},
        "boxmot.update(cmc+reid+assoc)": {"ms_per_frame": 56.89},
        "pose.preprocess": {"ms_per_frame": 8.71}, "pose.inference": {"ms_per_frame": 310.6},
        "pose.postprocess": {"ms_per_frame": 2.2}, "pose(all)": {"ms_per_frame": 321.74},
        "yolo.preprocess": {"ms_per_frame": 1.33}, "yolo.inference": {"ms_per_frame": 57.66},
        "yolo.postprocess": {"ms_per_frame": 1.19}}}"#;

    #[test]
    fn the_peers_steps_add_up_to_their_own_clock() {
        let figures: Value = serde_json::from_str(FIGURES).unwrap();
        let fps = peer_chain(&figures).unwrap().fps();
        assert!((fps - figures["fps"].as_f64().unwrap()).abs() < 0.02, "{fps}");
    }

    #[test]
    fn a_step_that_is_not_there_is_an_error() {
        assert!(peer_chain(&serde_json::json!({"stages": {}})).is_err());
    }
}
