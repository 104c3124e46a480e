//! From nothing to a running helper: packages, target, runtime, build, models.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::runtime::Build;
use crate::shell::{cargo, output, root, run as run_command, step, succeeds, target};
use crate::{packages, page, runtime};

/// What a helper needs in its environment.
#[derive(Debug)]
pub(crate) struct Setup {
    /// ONNX Runtime's library.
    pub(crate) runtime: PathBuf,
}

impl Setup {
    /// Brings what is missing; seconds when nothing is.
    pub(crate) fn prepare() -> Result<Self> {
        Self::with(Build::Cpu)
    }

    /// The same with this build of ONNX Runtime.
    fn with(build: Build) -> Result<Self> {
        packages::for_building()?;
        let runtime = runtime::library(build)?;
        wasm_target()?;
        Ok(Self { runtime })
    }

    /// Builds the page, daemon and worker.
    pub(crate) fn build(&self) -> Result<()> {
        page::build()?;
        step("building", || {
            run_command(&mut cargo(&["build", "--quiet", "-p", "silhueta-daemon", "-p", "silhueta-worker"]))
        })
    }

    /// Builds a worker that fails on purpose, for tests, and lays it aside: the real one gets its place back by
    /// [`Setup::build`].
    pub(crate) fn build_faulty(&self) -> Result<()> {
        step("building the worker that fails on purpose", || {
            run_command(&mut cargo(&[
                "build",
                "--quiet",
                "-p",
                "silhueta-worker",
                "--features",
                "silhueta-worker/faults",
            ]))
        })?;
        let built = target().join("debug").join(format!("silhueta-worker{}", std::env::consts::EXE_SUFFIX));
        let aside = target().join("debug/faulty");
        std::fs::create_dir_all(&aside).with_context(|| aside.display().to_string())?;
        let copy = aside.join(built.file_name().unwrap_or_default());
        std::fs::copy(&built, &copy).with_context(|| copy.display().to_string())?;
        Ok(())
    }

    /// Gives a command this environment.
    pub(crate) fn dress<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("SILHUETA_ONNXRUNTIME", &self.runtime).env("SILHUETA_PAGE", page::folder())
    }
}

/// Makes sure that the page can be compiled.
pub(crate) fn wasm_target() -> Result<()> {
    rust_target("wasm32-unknown-unknown")
}

/// Adds a compilation target by rustup; a toolchain without rustup must have it already.
pub(crate) fn rust_target(name: &str) -> Result<()> {
    let folder = output("rustc", &["--print", "target-libdir", "--target", name]);
    if folder.is_ok_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    let hint = || format!("install Rust's target {name}, by rustup or your distribution's package");
    step(&format!("adding the target {name}"), || run_command(Command::new("rustup").args(["target", "add", name])))
        .with_context(hint)
}

/// `cargo xtask run`.
pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let (build, args) = wanted(args)?;
    let setup = Setup::with(build)?;
    setup.build()?;
    let mut command = Command::new(target().join("debug").join("silhueta"));
    setup.dress(&mut command);
    command.args(for_silhueta(&with_sample(&args)?));
    // Ctrl+C reaches the helper from the terminal; this process waits for how it ends.
    ctrlc::set_handler(|| {}).context("Ctrl+C can't be listened for")?;
    let status = command.status().context("the helper can't be started")?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// The build of ONNX Runtime that is asked for, and the arguments that are not about it.
fn wanted(args: &[String]) -> Result<(Build, Vec<String>)> {
    const FLAGS: [(&str, Build); 3] = [
        ("--gpu", Build::Gpu { anyway: false }),
        ("--gpu-anyway", Build::Gpu { anyway: true }),
        ("--openvino", Build::Openvino),
    ];
    let flag = |arg: &String| FLAGS.iter().find(|(name, _)| name == arg).map(|(_, build)| *build);
    let mut builds = args.iter().filter_map(flag);
    let build = builds.next().unwrap_or(Build::Cpu);
    if builds.any(|other| other != build) {
        bail!("one of --gpu, --gpu-anyway and --openvino at a time: each is another build of ONNX Runtime");
    }
    Ok((build, args.iter().filter(|arg| flag(arg).is_none()).cloned().collect()))
}

/// The arguments, with `--sample` replaced by the sample's video, which is made if need be.
fn with_sample(args: &[String]) -> Result<Vec<String>> {
    let put = |arg: &String| if arg == SAMPLE { sample() } else { Ok(arg.clone()) };
    args.iter().map(put).collect()
}

/// Stands for the sample's video among the videos.
const SAMPLE: &str = "--sample";

/// The sample's video: generated on first use, and again when the generator is newer.
fn sample() -> Result<String> {
    build_scenes()?;
    let program = target().join("debug").join("silhueta-scenes");
    let folder = target().join("scenes");
    let video = folder.join("sample.mp4");
    let age = |path: &Path| std::fs::metadata(path).and_then(|facts| facts.modified());
    if age(&video).is_ok_and(|made| age(&program).is_ok_and(|built| made > built)) {
        return Ok(video.display().to_string());
    }
    step("making the sample, once", || {
        run_command(Command::new(&program).args(["make", "sample", "--out"]).arg(&folder))
    })?;
    Ok(video.display().to_string())
}

/// Builds what makes video with known truth.
pub(crate) fn build_scenes() -> Result<()> {
    step("building the scene generator", || run_command(&mut cargo(&["build", "--quiet", "-p", "silhueta-scenes"])))
}

/// What `silhueta` gets: a command of its own as it is, nothing for the page, all else as videos.
fn for_silhueta(args: &[String]) -> Vec<&str> {
    let implied = match args.first().map(String::as_str) {
        None => Some("serve"),
        Some(command) if COMMANDS.contains(&command) => None,
        Some(_) => Some("run"),
    };
    implied.into_iter().chain(args.iter().map(String::as_str)).collect()
}

/// The commands of `silhueta`; a video of such a name is written `./serve`.
const COMMANDS: [&str; 11] =
    ["serve", "run", "resume", "jobs", "stop", "models", "doctor", "help", "--help", "-h", "--version"];

/// Real weights and clips, where a development checkout has them.
pub(crate) fn test_data() -> PathBuf {
    std::env::var_os("SILHUETA_TEST_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from)
}

/// Whether a program can be run, for tasks that can do without.
pub(crate) fn has(program: &str) -> bool {
    succeeds(program, &["--version"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_of_the_runtime_is_named_anywhere_and_only_one() {
        let got = |line: &str| wanted(&line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>());
        let (build, args) = got("a.mp4 --gpu --out x").unwrap();
        assert_eq!((build, args.join(" ").as_str()), (Build::Gpu { anyway: false }, "a.mp4 --out x"));
        assert_eq!(got("--openvino").unwrap(), (Build::Openvino, vec![]));
        assert_eq!(got("serve").unwrap().0, Build::Cpu);
        assert!(got("--gpu --openvino").unwrap_err().to_string().contains("at a time"));
    }

    #[test]
    fn videos_are_for_run_and_commands_are_their_own() {
        let got = |line: &str| {
            let args: Vec<_> = line.split_whitespace().map(ToOwned::to_owned).collect();
            for_silhueta(&args).join(" ")
        };
        assert_eq!(got(""), "serve");
        assert_eq!(got("serve --port 9000"), "serve --port 9000");
        assert_eq!(got("a.mp4 --out x"), "run a.mp4 --out x");
        assert_eq!(got("--no-video a.mp4"), "run --no-video a.mp4");
        assert_eq!(got("doctor"), "doctor");
        assert_eq!(got("--help"), "--help");
    }
}
