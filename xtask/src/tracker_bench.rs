//! `cargo xtask bench --trackers`: what our trackers cost by themselves, embeddings given, and boxmot's BoT-SORT in
//! C++, in one run. People, frames and noise are of the same kinds; the random numbers differ.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::shell::{output, step};

/// As many people as `examples/cost.rs` has.
const PEOPLE: [u64; 4] = [10, 50, 100, 500];

/// Milliseconds a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cost {
    median: f64,
    least: f64,
}

pub(crate) fn bench(python: &str, script: &Path) -> Result<ExitCode> {
    let printed =
        step("our trackers", || output("cargo", &["run", "-q", "-p", "silhueta-tracking", "--example", "cost"]))?;
    let ours: Vec<Value> = printed.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let mut peers = Vec::new();
    for people in PEOPLE {
        match step(&format!("boxmot, {people} people"), || boxmot(python, script, people)) {
            Ok(cost) => peers.push(Some(cost)),
            Err(error) => {
                println!(
                    "   boxmot can't be run: {error:#}\n   install it with install.sh --cpp beside {}",
                    script.display()
                );
                peers.push(None);
            }
        }
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("\nload {}; median (least) ms a frame", load.split(' ').next().unwrap_or("unknown"));
    let heads: String = PEOPLE.iter().map(|people| format!("{:>20}", format!("{people} people"))).collect();
    println!("{:<28}{heads}", "");
    let mut names: Vec<String> = ours.iter().map(name).collect();
    names.sort_unstable();
    names.dedup();
    for name_of_ours in names {
        let costs = PEOPLE.iter().map(|people| {
            let found = ours.iter().find(|o| name(o) == name_of_ours && o["people"] == *people)?;
            Some(Cost { median: found["median_ms"].as_f64()?, least: found["least_ms"].as_f64()? })
        });
        row(&name_of_ours, costs);
    }
    row("boxmot C++ BoT-SORT", peers.into_iter());
    Ok(ExitCode::SUCCESS)
}

fn name(figures: &Value) -> String {
    let word = |key: &str| figures[key].as_str().unwrap_or_default().to_owned();
    format!("{} {}", word("tracker"), word("preset")).trim_end().to_owned()
}

fn row(name: &str, costs: impl Iterator<Item = Option<Cost>>) {
    let cells: String = costs
        .map(|cost| cost.map_or_else(|| "-".to_owned(), |c| format!("{:.3} ({:.3})", c.median, c.least)))
        .map(|cell| format!("{cell:>20}"))
        .collect();
    println!("{name:<28}{cells}");
}

fn boxmot(python: &str, script: &Path, people: u64) -> Result<Cost> {
    let (script, people) = (script.display().to_string(), people.to_string());
    let args = [&script, "boxmot", "--dets", &people, "--cpp", "--cmc", "none", "--reid", "embs"];
    let printed = output(python, &args)?;
    let line = printed.lines().rfind(|line| line.starts_with('{')).context("boxmot printed no figures")?;
    boxmot_cost(&serde_json::from_str(line)?)
}

fn boxmot_cost(figures: &Value) -> Result<Cost> {
    let ms = |key: &str| figures[key].as_f64().with_context(|| format!("boxmot printed no figure for {key}"));
    Ok(Cost { median: ms("med_frame_ms")?, least: ms("min_frame_ms")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_taken_by_their_names() {
        let figures = serde_json::json!({"cmd": "boxmot", "med_frame_ms": 1.5, "min_frame_ms": 1.1, "dets": 50});
        assert_eq!(boxmot_cost(&figures).unwrap(), Cost { median: 1.5, least: 1.1 });
        assert!(boxmot_cost(&serde_json::json!({"med_frame_ms": 1.5})).is_err());
        assert_eq!(name(&serde_json::json!({"tracker": "bytetrack", "preset": ""})), "bytetrack");
    }
}
