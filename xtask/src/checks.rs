//! `cargo xtask ci`: all that must hold before a change is taken.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::setup::{Setup, has, rust_target};
use crate::shell::{cargo, run, seconds, step, succeeds};
use crate::{packages, testing};

/// What compiles for Windows: all but vision and worker, which want the system's video libraries.
const WINDOWS: [&str; 5] =
    ["silhueta-shared", "silhueta-tracking", "silhueta-results", "silhueta-registry", "silhueta-daemon"];

/// Runs every check, also after one failed, and ends with a table.
pub(crate) fn ci() -> Result<ExitCode> {
    let setup = Setup::prepare()?;
    let mut rows: Vec<(&str, Duration, bool)> = Vec::new();
    let mut check = |name: &'static str, work: &mut dyn FnMut() -> Result<()>| {
        let start = Instant::now();
        let done = step(name, work);
        if let Err(error) = &done {
            eprintln!("{error:#}");
        }
        rows.push((name, start.elapsed(), done.is_ok()));
    };
    // With soak's feature, or its tests would be looked at by nobody until somebody runs them.
    let native = "clippy --workspace --exclude silhueta-app --all-targets --features silhueta-e2e/soak -- -D warnings";
    let native: Vec<_> = native.split(' ').collect();
    let wasm = [
        "clippy",
        "--target",
        "wasm32-unknown-unknown",
        "-p",
        "silhueta-app",
        "-p",
        "silhueta-shared",
        "--",
        "-D",
        "warnings",
    ];
    check("format", &mut || run(&mut cargo(&["fmt", "--all", "--check"])));
    check("clippy, native", &mut || run(setup.dress(&mut cargo(&native))));
    check("clippy, wasm32", &mut || run(&mut cargo(&wasm)));
    check("documentation", &mut || {
        run(cargo(&["doc", "--quiet", "--no-deps", "--workspace", "--exclude", "silhueta-app"])
            .env("RUSTDOCFLAGS", "-D warnings"))
    });
    check("dependencies", &mut || {
        if !has("cargo-deny") && !succeeds("cargo", &["deny", "--version"]) {
            run(&mut cargo(&["install", "--quiet", "--locked", "cargo-deny"]))?;
        }
        run(&mut cargo(&["deny", "check", "bans", "licenses", "sources"]))
    });
    check("Windows compiles", &mut || {
        packages::for_windows()?;
        rust_target("x86_64-pc-windows-gnu")?;
        let mut command = cargo(&["check", "--quiet", "--target", "x86_64-pc-windows-gnu"]);
        WINDOWS.iter().for_each(|package| {
            command.args(["-p", package]);
        });
        run(&mut command)
    });
    check("tests", &mut || match testing::test(&[])? {
        ExitCode::SUCCESS => Ok(()),
        _ => anyhow::bail!("some tests failed"),
    });
    println!();
    for (name, time, good) in &rows {
        println!("{name:<24}{:>14}  {}", seconds(*time), if *good { "good" } else { "FAILED" });
    }
    Ok(if rows.iter().all(|(.., good)| *good) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
