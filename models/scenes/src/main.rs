//! `silhueta-scenes`: makes video of people whose truth is known to the pixel.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

use std::collections::BTreeSet;
use std::fs::File;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use silhueta_results::metrics::Scores;
use silhueta_results::metrics::counted::Verdict;
use silhueta_results::mot::{self, MotTrack};
use silhueta_scenes::film::Film;
use silhueta_scenes::follow::follow;
use silhueta_scenes::judge::{self, Judge};
use silhueta_scenes::library::{self, LIBRARY};
use silhueta_scenes::make::make;
use silhueta_scenes::observed::Observed;
use silhueta_scenes::render::Picture;
use silhueta_scenes::score::{identities, score, score_tracks};
use silhueta_scenes::script::Script;
use silhueta_scenes::{sheet, skeletons};
use silhueta_vision::runtime::Runtime;

#[derive(Parser)]
#[command(name = "silhueta-scenes", about = "Makes video of people whose truth is known to the pixel", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The scripts that come with it
    List,
    /// Video and truth of scenes: OUT/NAME.mp4 and OUT/NAME.truth/
    Make {
        /// Names of the library, or files; none makes the whole library
        scenes: Vec<String>,
        /// Folder to write into
        #[arg(long, default_value = "scenes")]
        out: PathBuf,
        /// Another seed than the script's: the same scene with other people
        #[arg(long)]
        seed: Option<u64>,
    },
    /// One frame as PNG
    Still {
        /// A name of the library, or a file
        scene: String,
        /// Which moment, in seconds
        #[arg(long, default_value_t = 0.0)]
        at: f32,
        /// The file to write
        #[arg(long, default_value = "still.png")]
        out: PathBuf,
    },
    /// Frames side by side as PNG
    Sheet {
        /// A name of the library, or a file
        scene: String,
        /// How many frames
        #[arg(long, default_value_t = 12)]
        frames: u32,
        /// How many in a row
        #[arg(long, default_value_t = 3)]
        across: u32,
        /// Shrink each by this
        #[arg(long, default_value_t = 2)]
        shrink: u32,
        /// Draw boxes, joints and faces
        #[arg(long)]
        truth: bool,
        /// The file to write
        #[arg(long, default_value = "sheet.png")]
        out: PathBuf,
    },
    /// What real networks say of the looks: people found, OKS, people told apart
    Judge {
        /// Names of the library, or files; none takes the whole library
        scenes: Vec<String>,
        /// How many frames of each
        #[arg(long, default_value_t = 8)]
        frames: u32,
        /// Folder of the networks
        #[arg(long, env = "SILHUETA_MODELS")]
        models: PathBuf,
        /// The detector's file in it
        #[arg(long, default_value = "yolov8n.onnx")]
        detector: PathBuf,
        /// The pose network's file in it
        #[arg(long, default_value = "tinypose_256x192_simcc.onnx")]
        pose: PathBuf,
        /// The re-identification network's file in it
        #[arg(long, default_value = "osnet_x0_25_msmt17.onnx")]
        reid: PathBuf,
        /// ONNX Runtime's library
        #[arg(long, env = "SILHUETA_ONNXRUNTIME")]
        runtime: PathBuf,
    },
    /// Joints in space of people who do this and that, without pictures: one array for NumPy (.npy), f32
    /// [clips, frames, 17, 3], COCO's order, metres, z up, 25 frames a second
    Skeletons {
        /// How many clips, each of another person
        #[arg(long, default_value_t = 100)]
        clips: u32,
        /// Frames of each
        #[arg(long, default_value_t = 200)]
        frames: u32,
        /// Another seed gives other people
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The file to write
        #[arg(long, default_value = "skeletons.npy")]
        out: PathBuf,
    },
    /// A job's results against truth: HOTA, IDF1, MOTA, OKS
    Score {
        /// The folder NAME.truth
        truth: PathBuf,
        /// The job's record.parquet, or the folder that it is in; or a tracker's file (.txt), which has no OKS
        record: PathBuf,
    },
    /// Identities against people who were counted by eye: who was split, merged, missed
    Count {
        /// Who was seen where, by eye (TOML, as in e2e/tests/identities/clips)
        counted: PathBuf,
        /// The job's record.parquet, or the folder that it is in; or a tracker's file (.txt)
        results: PathBuf,
    },
    /// What the networks say of videos, as files that any tracker can be given: OUT/NAME/
    Observe {
        /// The videos
        #[arg(required = true)]
        videos: Vec<PathBuf>,
        /// Folder to write into
        #[arg(long, default_value = "observed")]
        out: PathBuf,
        /// Folder of the networks
        #[arg(long, env = "SILHUETA_MODELS")]
        models: PathBuf,
        /// The detector's file in it
        #[arg(long, default_value = "rtmdet_nano.onnx")]
        detector: PathBuf,
        /// The re-identification network's file in it
        #[arg(long, default_value = "osnet_x0_25_msmt17.onnx")]
        reid: PathBuf,
        /// ONNX Runtime's library
        #[arg(long, env = "SILHUETA_ONNXRUNTIME")]
        runtime: PathBuf,
    },
    /// Our tracker on what was observed: FOLDER/tracks.txt, after joining FOLDER/people.txt, and FOLDER/online.txt: people
    /// as a camera would have told them at the time
    Follow {
        /// Folders that `observe` wrote
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Use the embeddings of everybody in every frame, not only those that the worker would compute
        #[arg(long)]
        all_embeddings: bool,
        /// Tell each cut and each join, and why
        #[arg(long)]
        joins: bool,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::List => {
            for entry in LIBRARY {
                println!("{:20} {}", entry.name, entry.script().map(|script| script.title)?);
            }
        }
        Task::Make { scenes, out, seed } => {
            for scene in or_all(scenes) {
                let (name, mut script) = load(&scene)?;
                script.seed = seed.unwrap_or(script.seed);
                make_one(&name, &script, &out)?;
            }
        }
        Task::Still { scene, at, out } => {
            let (_, script) = load(&scene)?;
            write(&Film::new(&script).frame((at * script.fps as f32).round() as u32).picture, &out)?;
        }
        Task::Sheet { scene, frames, across, shrink, truth, out } => {
            let (_, script) = load(&scene)?;
            write(&sheet::sheet(&Film::new(&script), frames, across, shrink, truth), &out)?;
        }
        Task::Judge { scenes, frames, models, detector, pose, reid, runtime } => {
            let runtime = Runtime::load(&runtime)?;
            let [detector, pose, reid] = [detector, pose, reid].map(|file| models.join(file));
            let mut judge = Judge::open(&runtime, &detector, &pose, &reid)?;
            let mut all = judge::Verdict::default();
            for scene in or_all(scenes) {
                let (name, script) = load(&scene)?;
                let verdict = judge.look(&Film::new(&script), frames)?;
                println!("{name:20} {verdict}");
                all.add(&verdict);
            }
            println!("{:20} {all}", "together");
        }
        Task::Skeletons { clips, frames, seed, out } => {
            let file = File::create(&out).with_context(|| out.display().to_string())?;
            skeletons::write_npy(std::io::BufWriter::new(file), seed, clips, frames)?;
            println!("{}", out.display());
        }
        Task::Count { counted, results } => {
            let text = std::fs::read_to_string(&counted).with_context(|| counted.display().to_string())?;
            let counted = toml::from_str(&text).with_context(|| counted.display().to_string())?;
            print!("{}", Verdict::of(&counted, &identities(&results)?));
        }
        Task::Observe { videos, out, models, detector, reid, runtime } => {
            let runtime = Runtime::load(&runtime)?;
            for video in videos {
                let folder = out.join(video.file_stem().unwrap_or_default());
                std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
                let observed = Observed::of(&video, &runtime, &models.join(&detector), &models.join(&reid))?;
                observed.write(&folder)?;
                println!("{}: {} frames", folder.display(), observed.frames.len());
            }
        }
        Task::Follow { folders, all_embeddings, joins } => {
            for folder in folders {
                let followed = follow(&Observed::read(&folder)?, all_embeddings);
                mot::write_tracks(&folder.join("tracks.txt"), &followed.tracks)?;
                mot::write_tracks(&folder.join("people.txt"), &followed.people)?;
                mot::write_tracks(&folder.join("online.txt"), &followed.online)?;
                let numbers = |rows: &[MotTrack]| rows.iter().map(|row| row.id).collect::<BTreeSet<u32>>().len();
                println!(
                    "{}: {} tracks are {} people ({} online), by {} embeddings",
                    folder.display(),
                    followed.tracklets.len(),
                    numbers(&followed.people),
                    numbers(&followed.online),
                    followed.embeddings
                );
                if joins {
                    followed.stitching.splits.iter().for_each(|split| println!("  {split:?}"));
                    followed.stitching.joins.iter().for_each(|join| println!("  {join:?}"));
                }
            }
        }
        Task::Score { truth, record } if record.extension().is_some_and(|e| e == "txt") => {
            tell("tracks", &score_tracks(&truth, &record)?);
        }
        Task::Score { truth, record } => {
            let record = if record.is_dir() { record.join("record.parquet") } else { record };
            let score = score(&truth, &record)?;
            for (name, figures) in [("tracks", &score.tracks), ("identities", &score.identities)] {
                tell(name, figures);
            }
            println!(
                "poses       OKS {:.3}, {} of {} people found",
                score.poses.mean, score.poses.found, score.poses.people
            );
        }
    }
    Ok(())
}

fn tell(name: &str, figures: &Scores) {
    let hota = figures.hota.mean();
    println!(
        "{name:10}  HOTA {:.1}  DetA {:.1}  AssA {:.1}  IDF1 {:.1}  MOTA {:.1}  switches {}",
        hota.hota * 100.0,
        hota.det_a * 100.0,
        hota.ass_a * 100.0,
        figures.identity.idf1() * 100.0,
        figures.clear.mota() * 100.0,
        figures.clear.idsw
    );
}

fn or_all(scenes: Vec<String>) -> Vec<String> {
    if scenes.is_empty() { LIBRARY.iter().map(|entry| entry.name.to_owned()).collect() } else { scenes }
}

fn make_one(name: &str, script: &Script, out: &Path) -> Result<()> {
    let start = Instant::now();
    let film = Film::new(script);
    let frames = script.frames();
    let shown = std::io::stderr().is_terminal();
    let made = make(&film, name, out, &|done| {
        if shown && (done + 1) % script.fps == 0 {
            let left = start.elapsed().as_secs_f32() / (done + 1) as f32 * (frames - done - 1) as f32;
            eprint!("\r\x1b[2K{name}: {} of {frames} frames, {left:.0} s left", done + 1);
        }
    })?;
    let seconds = start.elapsed().as_secs_f32();
    if shown {
        eprint!("\r\x1b[2K");
    }
    println!("{}: {frames} frames in {seconds:.1} s ({:.1} a second)", made.video.display(), frames as f32 / seconds);
    Ok(())
}

/// A script and what its files are called.
fn load(scene: &str) -> Result<(String, Script)> {
    if let Some(entry) = library::find(scene) {
        return Ok((scene.to_owned(), entry.script()?));
    }
    let path = Path::new(scene);
    if !path.is_file() {
        bail!("{scene} is neither a file nor in the library: `silhueta-scenes list` shows what is");
    }
    let text = std::fs::read_to_string(path).with_context(|| scene.to_owned())?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((name, Script::parse(&text).with_context(|| scene.to_owned())?))
}

fn write(picture: &Picture, out: &Path) -> Result<()> {
    let file = File::create(out).with_context(|| out.display().to_string())?;
    picture.write_png(std::io::BufWriter::new(file))?;
    println!("{}", out.display());
    Ok(())
}
