//! The command line.

use std::io::{ErrorKind, Write as _};
use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use silhueta_shared::job::{Device, FPS, Precision};

use crate::exit::CliError;
pub(crate) use crate::tracker_names::{IdentityOptions, TrackerOptions};

/// Finds people in video, keeps their identity and draws their skeletons.
#[derive(Debug, Parser)]
#[command(name = "silhueta", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Work through videos: detect, track, identify, pose, export
    Run(RunOptions),
    /// Go on with videos whose work was stopped, interrupted or cut off
    Resume(ResumeOptions),
    /// Tell what this machine has: runtime, devices, codecs, models, disk
    Doctor,
    /// Open the page in the browser and do what it asks
    Serve(Box<ServeOptions>),
    /// Tell what the helper that serves works on
    Jobs,
    /// Stop jobs of the helper that serves, whatever they do
    Stop {
        /// Their numbers, as `silhueta jobs` tells them; `all` for every one that has not ended
        #[arg(required = true, value_name = "JOB|all")]
        jobs: Vec<String>,
    },
    /// Bring networks, check them, take them away
    #[command(subcommand, after_help = MODELS_HELP)]
    Models(ModelsCommand),
    /// Follow people through detections in MOTChallenge's form, without pictures
    #[command(after_help = TRACK_HELP)]
    Track(TrackOptions),
    /// Tell who was seen when in finished results, and why tracks were taken for one person
    Identities(IdentitiesOptions),
    /// Hold results against truth
    #[command(subcommand)]
    Eval(EvalCommand),
}

#[derive(Debug, Args)]
pub(crate) struct IdentitiesOptions {
    /// The results of a video
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// In JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const TRACK_HELP: &str = "Without --online the whole file is looked at before anybody is named: tracks are joined into \
people. Motion alone decides, as there are no pictures. The same detections give the same file.";

#[derive(Debug, Args)]
pub(crate) struct TrackOptions {
    /// A det.txt, the folder of a sequence, or a folder of sequences (SEQ/det/det.txt or SEQ/det.txt)
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) detections: PathBuf,
    /// What the sequence is [default: the seqinfo.ini in its folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) seqinfo: Option<PathBuf>,
    /// Where the tracks go: a file, or for a folder of sequences the folder for their SEQ.txt
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) tracker: TrackerOptions,
    /// Write only what was known at each frame: nothing is joined or filled afterwards
    #[arg(long)]
    pub(crate) online: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvalCommand {
    /// Score tracks: HOTA, CLEAR and IDF1, number for number as TrackEval
    #[command(after_help = EVAL_MOT_HELP)]
    Mot(EvalMotOptions),
    /// Score poses: COCO's keypoint AP and AR, number for number as pycocotools, and the mean OKS
    #[command(after_help = EVAL_KEYPOINTS_HELP)]
    Keypoints(EvalKeypointsOptions),
}

const EVAL_KEYPOINTS_HELP: &str = "\
Poses of 17, 26 and 133 joints are scored by COCO's 17. OKS is of the people whose box (the hull of a pose) was met by at
least half. Tables tell percent; - is nobody of that size.

JSON is {\"images\", \"people\", \"poses\", \"ap\", \"ap50\", \"ap75\", \"ap_medium\", \"ap_large\", \"ar\", \"ar50\", \"ar75\",
\"ar_medium\", \"ar_large\", \"oks\": {\"mean\", \"found\", \"people\"}}, shares from 0 to 1, null for nobody of that size.";

#[derive(Debug, Args)]
pub(crate) struct EvalKeypointsOptions {
    /// Annotated people: a COCO dataset in JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) gt: PathBuf,
    /// Poses that were found: a COCO results file in JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) results: PathBuf,
    /// In JSON, to the last digit
    #[arg(long)]
    pub(crate) json: bool,
}

const EVAL_MOT_HELP: &str = "\
Truth is compared by the rules of the MOT16 and MOT17 challenges: pedestrians that count are scored, and a track that
lies on somebody who rides, sits or is mirrored costs nothing. Tables tell shares in percent.

JSON is {\"sequences\": [{\"name\", \"frames\", FIGURES…}], \"combined\": {FIGURES…}}, shares from 0 to 1. FIGURES are
hota, det_a, ass_a, loc_a, det_re, det_pr, ass_re, ass_pr; mota, motp, tp, fn, fp, idsw, frag, mt, pt, ml;
idf1, idp, idr, idtp, idfn, idfp.";

#[derive(Debug, Args)]
pub(crate) struct EvalMotOptions {
    /// A gt.txt, the folder of a sequence, or a folder of sequences (SEQ/gt/gt.txt or SEQ/gt.txt)
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) gt: PathBuf,
    /// Tracks in MOTChallenge's form, a folder of them (SEQ.txt), or results of `silhueta run` (their folder or a
    /// folder of such SEQ folders)
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) tracks: PathBuf,
    /// Score these sequences only
    #[arg(long, value_name = "SEQ", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Whose rules say what is compared
    #[arg(long, value_enum, default_value = "mot17")]
    pub(crate) rules: RulesName,
    /// Which numbers of our own results are scored
    #[arg(long, value_enum, default_value = "people")]
    pub(crate) ids: IdsName,
    /// In JSON, to the last digit
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesName {
    /// MOT16, MOT17, and truth of one's own
    Mot17,
    /// MOT20, where vehicles excuse tracks as well
    Mot20,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IdsName {
    /// Those of the people, after tracks were joined
    People,
    /// Those of the tracker
    Tracks,
}

const MODELS_HELP: &str = "They are kept in the folder that SILHUETA_MODELS names, else in the user's own one. \
SILHUETA_MANIFEST names a file in place of the built-in list of models, for who has a mirror.";

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Tell what is there and what could be
    List {
        /// In JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch models by their names, or what does better where only built-in ones are there; goes on where it was stopped
    Fetch {
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// Seconds without a byte after which a connection is tried anew
        #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
        stall: u64,
        /// How often in a row a connection is tried anew without a byte gained
        #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=20))]
        retries: u32,
        /// Forget the digest that was recorded when the model came before
        #[arg(long)]
        renew: bool,
        /// How progress is shown
        #[arg(long, value_enum, default_value = "human")]
        progress: ProgressStyle,
    },
    /// Check whether files are what they were: all, or the ones named
    Verify {
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// In JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy networks into the models folder: ONNX files, or zip archives with one
    Import {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Its name from now on [default: the file's]
        #[arg(long, value_name = "ID")]
        name: Option<String>,
    },
    /// Take models away; they can be brought back for 7 days
    Remove {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Bring back models that were taken away
    Restore {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Make an int8 copy for the CPU and say what it costs in accuracy and saves in time
    Quantize(QuantizeOptions),
}

#[derive(Debug, Args)]
pub(crate) struct QuantizeOptions {
    /// The network: a detector, re-identification or pose network's id or file
    #[arg(value_name = "ID|FILE")]
    pub(crate) model: String,
    /// Videos like those that it will work on
    #[arg(long, required = true, num_args = 1.., value_name = "VIDEO")]
    pub(crate) calibrate: Vec<PathBuf>,
    /// Frames to measure its ranges on, and as many to compare it on
    #[arg(long, default_value_t = 48, value_parser = clap::value_parser!(u32).range(4..=1000))]
    pub(crate) frames: u32,
    /// Finds the people that pose and re-identification networks look at: an id or file
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) detector: Option<String>,
    /// Annotated people to score a pose network on: COCO keypoints as JSON, with the pictures beside it
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
    /// Keep it even if it is slower than the original
    #[arg(long)]
    pub(crate) keep: bool,
    /// Make it anew where it is there already
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Videos, or folders of videos
    #[arg(required = true, value_name = "VIDEO")]
    pub(crate) videos: Vec<PathBuf>,
    /// Where results go: a folder for each video, named like it
    #[arg(long, value_name = "DIR", default_value = "silhueta-out")]
    pub(crate) out: PathBuf,
    /// Where the networks run
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) device: DeviceName,
    /// How exact the networks' numbers are; int8 takes the copies that `models quantize` made
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) precision: PrecisionName,
    /// Finds people: a model's id (its file's stem) or file
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) detector: Option<String>,
    /// Tells people apart: a model's id or file
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) reid: Option<String>,
    /// Finds joints: a model's id or file
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) pose: Option<String>,
    #[command(flatten)]
    pub(crate) tracker: TrackerOptions,
    #[command(flatten)]
    pub(crate) identities: IdentityOptions,
    /// Frames a second to look at: `source` for all of them
    #[arg(long, value_name = "source|N", default_value = "source", value_parser = parse_fps)]
    pub(crate) fps: Fps,
    /// Don't write the annotated video
    #[arg(long)]
    pub(crate) no_video: bool,
    /// Work again through videos that are finished or unfinished, from the first frame
    #[arg(long)]
    pub(crate) force: bool,
    /// How progress is shown
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) progress: ProgressStyle,
    /// Inferences side by side on the CPU [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// People per run of the pose network [default: 1 on the CPU, where more gains nothing; else 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) pose_batch: Option<u16>,
    /// Feed the pose network BGR, as rtmlib does by mistake: only for comparisons with it
    #[arg(long, hide = true)]
    pub(crate) pose_bgr: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeOptions {
    /// Results folders that hold unfinished work, or numbers of jobs that the page began
    #[arg(required = true, value_name = "FOLDER|JOB")]
    pub(crate) targets: Vec<String>,
    /// How progress is shown
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) progress: ProgressStyle,
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Address to listen at; others than this machine's own need --auth token and a certificate
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Port to listen at; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    pub(crate) port: u16,
    /// Where results go: a folder for each video, named like it
    #[arg(long, value_name = "DIR", default_value = "silhueta-out")]
    pub(crate) out: PathBuf,
    /// Seconds that a closed page may take to come back: what is attached to it stops after that
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) grace: u64,
    /// Tasks of the task API that work at the same time, 1 to 5 [default: what cores and memory take]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5))]
    pub(crate) tasks: Option<u32>,
    /// Tasks that may wait; further ones are refused until there is room
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) task_queue: u32,
    /// Where the results of tasks go [default: predictions/ and visualizations/ beside each video]
    #[arg(long, value_name = "DIR")]
    pub(crate) task_out: Option<PathBuf>,
    /// Don't open the page in the browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Another address that the page may come from, for work on the page itself
    #[arg(long, value_name = "URL", value_parser = parse_origin)]
    pub(crate) dev_origin: Option<String>,
    /// Who may use it: anyone on this machine, or who has the token
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) auth: Auth,
    /// Certificate chain in PEM, to serve https
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    /// Anyone on this machine
    None,
    /// Who has the token
    Token,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceName {
    Auto,
    Cpu,
    Cuda,
    Tensorrt,
    Openvino,
}

impl From<DeviceName> for Device {
    fn from(name: DeviceName) -> Self {
        match name {
            DeviceName::Auto => Self::Auto,
            DeviceName::Cpu => Self::Cpu,
            DeviceName::Cuda => Self::Cuda,
            DeviceName::Tensorrt => Self::Tensorrt,
            DeviceName::Openvino => Self::Openvino,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrecisionName {
    Auto,
    Fp32,
    Fp16,
    Int8,
}

impl From<PrecisionName> for Precision {
    fn from(name: PrecisionName) -> Self {
        match name {
            PrecisionName::Auto => Self::Auto,
            PrecisionName::Fp32 => Self::Fp32,
            PrecisionName::Fp16 => Self::Fp16,
            PrecisionName::Int8 => Self::Int8,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressStyle {
    /// A bar for each stage
    Human,
    /// One JSON object a line on stdout
    Json,
}

/// Frames a second to look at; `None` for all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fps(pub(crate) Option<f64>);

fn parse_fps(text: &str) -> Result<Fps, String> {
    if text == "source" {
        return Ok(Fps(None));
    }
    match text.parse::<f64>() {
        Ok(fps) if FPS.contains(&fps) => Ok(Fps(Some(fps))),
        _ => Err("say `source` or a number from 0.001 to 1000".into()),
    }
}

/// An origin as browsers send it: scheme, host, and port where it is not the scheme's own.
fn parse_origin(text: &str) -> Result<String, String> {
    let wrong = || "say it like http://127.0.0.1:8080".to_owned();
    let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
    match (uri.scheme_str(), uri.authority(), uri.path(), uri.query()) {
        (Some(scheme @ ("http" | "https")), Some(authority), "" | "/", None) if !authority.as_str().contains('@') => {
            Ok(format!("{scheme}://{authority}").to_lowercase())
        }
        _ => Err(wrong()),
    }
}

/// Tells an error on stderr: what happened, to which thing, what to do.
pub(crate) fn complain(error: &CliError) {
    note(&format!("error: {error}"));
    if let Some(hint) = error.hint() {
        note(&format!("  hint: {hint}"));
    }
}

/// Tells a line on stderr, beside the results.
pub(crate) fn note(text: &str) {
    // There is no place left to complain at.
    let _unread = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints a result on stdout. Who stops reading (`silhueta doctor | head`) doesn't end the work.
pub(crate) fn say(text: &str) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        note(&format!("stdout can't be written: {error}"));
    }
}

/// Prints a result in JSON on stdout.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|e| CliError::Runtime(e.to_string()))?;
    say(&text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_dev_origin_is_a_scheme_and_a_host_and_nothing_else() {
        assert_eq!(parse_origin("http://127.0.0.1:8080/"), Ok("http://127.0.0.1:8080".into()));
        for bad in ["127.0.0.1:8080", "http://a/b", "http://u@a", "ftp://a", "*", "null", ""] {
            assert!(parse_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rates_are_source_or_sensible_numbers() {
        assert_eq!(parse_fps("source"), Ok(Fps(None)));
        assert_eq!(parse_fps("12.5"), Ok(Fps(Some(12.5))));
        for bad in ["0", "-1", "NaN", "inf", "abc", ""] {
            assert!(parse_fps(bad).is_err(), "{bad}");
        }
    }
}
