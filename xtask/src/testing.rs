//! Every test, in groups, with times; at the end what was skipped and why.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::setup::{Setup, build_scenes};
use crate::shell::{cache, cargo, command, root, run, seconds, step, succeeds, target};
use crate::{house, packages, page};

/// The whole of `test` should stay below this on two quiet cores.
const BUDGET: Duration = Duration::from_secs(45 * 60);

/// What a group of tests came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    /// What did not run, and why.
    skipped: Vec<String>,
}

impl Counts {
    fn passed(passed: u64) -> Self {
        Self { passed, ..Self::default() }
    }

    /// Adds a line of cargo's, if it is a result.
    fn add(&mut self, line: &str) {
        if let Some((name, _)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... ignored")) {
            self.skipped.push(format!("{name}: ignored by its own mark"));
        }
        let Some(rest) = line.trim().strip_prefix("test result: ") else { return };
        for part in rest.split(['.', ';']) {
            if let Some((n, what)) = part.trim().split_once(' ')
                && let Ok(n) = n.parse::<u64>()
            {
                match what {
                    "passed" => self.passed += n,
                    "failed" => self.failed += n,
                    _ => {}
                }
            }
        }
    }
}

/// `cargo xtask test`.
pub(crate) fn test(filters: &[String]) -> Result<ExitCode> {
    let start = Instant::now();
    packages::for_testing()?;
    let setup = Setup::prepare()?;
    let reference = reference_python();
    let mut groups: Vec<(&str, Duration, Counts)> = Vec::new();
    let mut group = |name: &'static str, work: &mut dyn FnMut() -> Result<Counts>| {
        println!("── {name}");
        let began = Instant::now();
        let counts = work().unwrap_or_else(|error| {
            eprintln!("{name} failed: {error:#}");
            Counts { failed: 1, ..Counts::default() }
        });
        println!("   {name}: {}", seconds(began.elapsed()));
        groups.push((name, began.elapsed(), counts));
    };
    let tests = |args: &[&str]| {
        let skips = tempfile::NamedTempFile::new()?;
        let mut command = cargo(&["test", "--no-fail-fast"]);
        command.args(args).arg("--").args(filters);
        setup.dress(&mut command).env("SILHUETA_SKIP_LIST", skips.path());
        command.env("SILHUETA_BIN_DIR", target().join("debug"));
        if let Ok(python) = &reference {
            command.env("SILHUETA_REFERENCE_PYTHON", python);
        }
        let mut counts = count(&mut command)?;
        let list = std::fs::read_to_string(skips.path())?;
        // A test that skips itself returns early, which cargo takes for a pass.
        counts.passed = counts.passed.saturating_sub(list.lines().count() as u64);
        counts.skipped.extend(list.lines().map(ToOwned::to_owned));
        Ok(counts)
    };
    group("house rules", &mut || house::check().map(Counts::passed));
    // The page's own tests are of its pure parts, which build natively too.
    group("crates", &mut || tests(&["--workspace", "--exclude", "silhueta-e2e"]));
    // With the protocol, which it must share with the helper: this is also where that compiles for wasm32.
    group("page", &mut || page::build().map(|()| Counts::passed(1)));
    group("journeys", &mut || {
        // Here, not before all: a page or helper that doesn't build fails what needs it, and nothing else.
        setup.build_faulty()?;
        setup.build()?;
        build_scenes()?;
        tests(&["-p", "silhueta-e2e"])
    });
    println!("\n{:<32}{:>14}{:>9}{:>9}{:>9}", "group", "time", "passed", "failed", "skipped");
    let mut sum = Counts::default();
    for (name, time, Counts { passed, failed, skipped }) in groups {
        println!("{name:<32}{:>14}{passed:>9}{failed:>9}{:>9}", seconds(time), skipped.len());
        sum.passed += passed;
        sum.failed += failed;
        sum.skipped.extend(skipped);
    }
    println!("{:<32}{:>14}", "in all", seconds(start.elapsed()));
    if start.elapsed() > BUDGET {
        println!("warning: above the budget of {}", seconds(BUDGET));
    }
    if let Err(why) = &reference {
        println!("\nno Python for the reference numbers: {why:#}");
    }
    println!("\n{}", if sum.skipped.is_empty() { "nothing was skipped" } else { "skipped:" });
    sum.skipped.sort();
    sum.skipped.iter().for_each(|line| println!("  {line}"));
    println!("\n{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped.len());
    Ok(if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `cargo xtask soak`.
pub(crate) fn soak() -> Result<ExitCode> {
    packages::for_soak()?;
    let setup = Setup::prepare()?;
    setup.build_faulty()?;
    setup.build()?;
    let long = |what: &str, args: &[&str]| {
        let mut command = cargo(&["test", "-p", "silhueta-e2e", "--features", "soak"]);
        setup.dress(command.args(args)).env("SILHUETA_BIN_DIR", target().join("debug"));
        step(what, || run(&mut command))
    };
    // One after another: each measures.
    long("soak", &["--test", "soak", "--test", "soak_preview", "--", "--nocapture", "--test-threads", "1"])?;
    long("two hundred kills", &["--test", "resume", "--", "--nocapture", "killed_at_random_moments"])?;
    long("kills under a queue", &["--test", "socket", "--", "--nocapture", "whatever_is_killed"])?;
    long("five hundred tasks", &["--test", "tasks", "--", "--nocapture", "many_come_and_the_helper_is_killed"])?;
    long("an hour of video", &["--test", "soak_task", "--", "--nocapture"])?;
    Ok(ExitCode::SUCCESS)
}

/// Runs cargo's tests, shows what they print, counts what they say.
fn count(command: &mut Command) -> Result<Counts> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cargo can't be run")?;
    let mut counts = Counts::default();
    let stdout = child.stdout.take().context("cargo's output is missing")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        counts.add(&line);
        if !line.ends_with("... ok") && !line.is_empty() {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    if !status.success() && counts.failed == 0 {
        // No test says so: it doesn't build, or a test's process died.
        eprintln!("cargo ended with {status} though no test failed");
        counts.failed = 1;
    }
    Ok(counts)
}

/// A Python with the peers' libraries for reference numbers, made once.
fn reference_python() -> Result<PathBuf> {
    let pins = root().join("e2e/reference/requirements.txt");
    let text = std::fs::read_to_string(&pins).with_context(|| pins.display().to_string())?;
    let name: u32 = text.bytes().fold(17, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let folder = cache().join(format!("reference-{name:08x}"));
    let python = folder.join("bin/python");
    let ready = folder.join("ready");
    if !ready.exists() {
        step("making the Python of the reference numbers", || {
            let at = folder.display().to_string();
            run(&mut command("python3", &["-m", "venv", "--clear", &at]))?;
            let python = python.display().to_string();
            let file = pins.display().to_string();
            run(&mut command(
                &python,
                &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", &file],
            ))?;
            std::fs::File::create(&ready)?;
            Ok(())
        })?;
    }
    if !succeeds(&python.display().to_string(), &["-c", "import numpy, cv2, onnxruntime, rtmlib"]) {
        bail!("{} doesn't work: remove {} and try again", python.display(), folder.display());
    }
    Ok(python)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up_and_other_lines_are_not() {
        let mut counts = Counts::default();
        for line in [
            "test a::b ... ok",
            "test a::c ... ignored",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.05s",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        ] {
            counts.add(line);
        }
        let skipped = vec!["a::c: ignored by its own mark".to_owned()];
        assert_eq!(counts, Counts { passed: 16, failed: 2, skipped });
    }
}
