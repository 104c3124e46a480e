//! `silhueta identities`: who was seen when, and why tracks were taken for one person.

use std::path::Path;

use serde::Serialize;
use silhueta_results::identities::{FILE_NAME, Identities, Join, Person, Sighting, Split, Watch};
use silhueta_results::record::{RecordMeta, RecordReader};
use silhueta_shared::track::{JoinReason, SplitReason};

use crate::cli::{IdentitiesOptions, note, print_json, say};
use crate::exit::{CliError, Exit};

/// The answer. Names are those of `identities.json`; without that file nobody knows of joins.
#[derive(Debug, Serialize)]
struct Answer {
    people: Vec<Person>,
    joins: Option<Vec<Join>>,
    splits: Option<Vec<Split>>,
}

/// Tells of the results in a folder.
pub(crate) fn identities(options: &IdentitiesOptions) -> Result<Exit, CliError> {
    let folder = &options.folder;
    let answer = match kept(folder)? {
        Some(Identities { people, joins, splits, .. }) => Answer { people, joins: Some(joins), splits: Some(splits) },
        None => Answer { people: watched(folder)?, joins: None, splits: None },
    };
    if answer.joins.is_none() {
        note(&format!(
            "{} has no {FILE_NAME}: these results are older and don't say why tracks were joined; \
             `silhueta run --force` makes them anew",
            folder.display()
        ));
    }
    if options.json {
        print_json(&answer)?;
    } else {
        tell(&answer).iter().for_each(|line| say(line));
    }
    Ok(Exit::Done)
}

fn kept(folder: &Path) -> Result<Option<Identities>, CliError> {
    Identities::read(&folder.join(FILE_NAME))
        .map_err(|error| CliError::advised(error.to_string(), "make the results anew with `silhueta run --force`"))
}

/// Who was seen when by the record alone.
fn watched(folder: &Path) -> Result<Vec<Person>, CliError> {
    let path = folder.join("record.parquet");
    let way_out = "name the folder that `silhueta run` or the page made for one video, once it has ended";
    if !path.is_file() {
        return Err(CliError::advised(
            format!("{} holds no results: there is no record.parquet", folder.display()),
            way_out,
        ));
    }
    let unreadable = |error: silhueta_results::Error| CliError::advised(error.to_string(), way_out);
    let record = RecordReader::open(&path).map_err(unreadable)?;
    let time_base = record.meta().time_base;
    let RecordMeta { fps, settings, .. } = record.meta();
    let looked_at = settings.fps.map_or(*fps, |asked| asked.min(*fps));
    let mut watch = Watch::of_video(looked_at);
    for row in record {
        let row = row.map_err(unreadable)?;
        Sighting::of(&row, time_base.seconds(row.pts)).into_iter().for_each(|seen| watch.see(seen));
    }
    Ok(watch.end())
}

fn tell(answer: &Answer) -> Vec<String> {
    if answer.people.is_empty() {
        return vec!["nobody was seen".to_owned()];
    }
    let mut lines = Vec::new();
    for person in &answer.people {
        let Person { identity, frames, filled, spans, tracks } = person;
        let spans: Vec<_> =
            spans.iter().map(|s| format!("{} to {}", clock(s.first_seconds), clock(s.last_seconds))).collect();
        let filled = if *filled > 0 { format!(", {filled} of them filled in") } else { String::new() };
        lines.push(format!("person {identity}: {}", spans.join(", ")));
        let mut names: Vec<_> = tracks.iter().map(|span| span.track).collect();
        names.dedup();
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let of = if names.len() == 1 { "track" } else { "tracks" };
        lines.push(format!("  {frames} frames{filled}; {of} {}", names.join(", ")));
        let joins = answer.joins.iter().flatten().filter(|join| join.identity == *identity);
        lines.extend(joins.map(|join| format!("  {}", told(join))));
    }
    for split in answer.splits.iter().flatten() {
        let Split { at, seconds, appearance, reason, confidence } = split;
        let why = match reason {
            SplitReason::Appearance => "its looks changed for good",
        };
        lines.push(format!(
            "track {} is another person from {} (frame {}): {why} (distance {appearance:.2}); {} sure",
            at.track,
            clock(*seconds),
            at.frame,
            percent(*confidence)
        ));
    }
    lines
}

fn told(join: &Join) -> String {
    let Join { into, from, gap_seconds, appearance, motion, reason, confidence, .. } = join;
    let mut why = match reason {
        JoinReason::Appearance => "they look alike",
        JoinReason::Both => "they look alike, and one goes on where the other ended",
        JoinReason::Motion => "one goes on where the other ended",
        JoinReason::Track => "the tracker took them for one",
        JoinReason::Time => "one begins soon after the other",
    }
    .to_owned();
    let measures = [
        appearance.map(|distance| format!("distance {distance:.2}")),
        motion.map(|motion| format!("motion {}", percent(motion))),
    ];
    let measures: Vec<_> = measures.into_iter().flatten().collect();
    if !measures.is_empty() {
        why = format!("{why} ({})", measures.join(", "));
    }
    let gap = if *gap_seconds > 0.0 { format!("after {gap_seconds:.1} s") } else { "at once".to_owned() };
    format!(
        "track {} (to frame {}) goes on {gap} as track {} (from frame {}): {why}; {} sure",
        into.track,
        into.frame,
        from.track,
        from.frame,
        percent(*confidence)
    )
}

/// `1:02.5`, minutes and seconds.
fn clock(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
    let (seconds, tenth) = (rest / 10, rest % 10);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}.{tenth}")
    } else {
        format!("{minutes}:{seconds:02}.{tenth}")
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_on_a_clock() {
        let times = [0.0, 9.96, 59.94, 61.25, 3_725.5].map(clock);
        assert_eq!(times, ["0:00.0", "0:10.0", "0:59.9", "1:01.3", "1:02:05.5"]);
    }
}
