//! The rules of the house that a machine can check; ARCHITECTURE.md says why they are.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::shell::{output, root};

/// Above this many lines a file holds more than one idea.
const LONGEST_FILE: usize = 600;

/// Checks them all; returns how many there are.
pub(crate) fn check() -> Result<u64> {
    let mut broken = Vec::new();
    let mut rules = 0;
    let mut rule = |name: &str, holds: Result<()>| {
        rules += 1;
        if let Err(error) = holds {
            broken.push(format!("{name}: {error:#}"));
        }
    };
    rule("the daemon links no native code", has_none("silhueta-daemon", &["ort", "ort-sys", "opencv", "ffmpeg-next"]));
    rule(
        "tracking and results are pure",
        has_none("silhueta-tracking", &["ort", "opencv", "ffmpeg-next", "tokio", "silhueta-vision"]),
    );
    rule("results need no native code", has_none("silhueta-results", &["ort", "opencv", "ffmpeg-next", "tokio"]));
    rule("shared has no I/O", has_none("silhueta-shared", &["tokio", "rustix", "reqwest", "rusqlite"]));
    rule("only the worker and the scene generator depend on vision", vision_is_the_workers());
    rule("files stay readable", files_are_short(&root()));
    rule("the papers are there", papers_are_there());
    if !broken.is_empty() {
        bail!("{}", broken.join("\n  "));
    }
    Ok(rules)
}

fn has_none(package: &str, banned: &[&str]) -> Result<()> {
    let tree =
        output("cargo", &["tree", "--quiet", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}"])?;
    for line in tree.lines() {
        let name = line.split_whitespace().next().unwrap_or_default();
        if banned.contains(&name) {
            bail!("{package} depends on {name}");
        }
    }
    Ok(())
}

fn vision_is_the_workers() -> Result<()> {
    let tree = "tree --quiet --workspace -e normal --depth 1 --prefix none --format {p} --invert silhueta-vision";
    let users = output("cargo", &tree.split(' ').collect::<Vec<_>>())?;
    let names = users.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    // The generator is a tool of this workspace and not shipped.
    match names.filter(|name| !["silhueta-worker", "silhueta-scenes"].contains(name)).collect::<Vec<_>>().join(", ") {
        others if others.is_empty() => Ok(()),
        others => bail!("{others} depends on it"),
    }
}

fn files_are_short(folder: &Path) -> Result<()> {
    for file in output("git", &["ls-files", "*.rs"])?.lines() {
        let path = folder.join(file);
        // A file may be deleted and not yet committed.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            bail!("{file} has {lines} lines, more than {LONGEST_FILE}");
        }
    }
    Ok(())
}

fn papers_are_there() -> Result<()> {
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        let text = std::fs::read_to_string(root().join(name)).with_context(|| name.to_owned())?;
        if text.trim().is_empty() {
            bail!("{name} is empty");
        }
    }
    Ok(())
}
