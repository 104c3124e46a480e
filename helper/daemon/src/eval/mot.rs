//! `silhueta eval mot`: tracks against MOTChallenge's truth.

use std::path::{Path, PathBuf};

use serde::Serialize;
use silhueta_results::metrics::Scores;
use silhueta_results::metrics::mot17::{Rules, sequence};
use silhueta_results::metrics::recorded::{Number, Recorded};
use silhueta_results::metrics::sequence::Unfit;
use silhueta_results::mot::{MotTrack, MotTruth, lines_of, read_tracks, read_truth};
use silhueta_results::record::RecordReader;

use super::figures::Figures;
use super::table;
use crate::cli::{EvalMotOptions, IdsName, RulesName, note, print_json, say};
use crate::exit::{CliError, Exit};
use crate::sequences::{Found, Kind, Sequences, find};

const TRUTH_FORM: &str =
    "a line of truth is frame,id,left,top,width,height,counts,class,visibility: frames from 1, boxes in pixels";
const TRACKS_FORM: &str =
    "a line of tracks is frame,id,left,top,width,height,score,-1,-1,-1: frames from 1, boxes in pixels";

/// What is told of a sequence.
#[derive(Debug, Serialize)]
struct Told {
    name: String,
    frames: u32,
    #[serde(flatten)]
    figures: Figures,
}

/// The whole answer.
#[derive(Debug, Serialize)]
struct Answer {
    sequences: Vec<Told>,
    combined: Figures,
}

pub(super) fn eval(options: &EvalMotOptions) -> Result<Exit, CliError> {
    let found = find(&options.gt, Kind::Truth)?;
    let chosen = choose(&options.gt, found.all(), &options.only)?;
    let pairs = chosen.into_iter().map(|truth| Ok((truth, tracks_of(&options.tracks, &found, truth)?)));
    // All are looked for before the first is scored: what is missing is said at once.
    let pairs = pairs.collect::<Result<Vec<_>, CliError>>()?;
    let rules = match options.rules {
        RulesName::Mot17 => Rules::Mot17,
        RulesName::Mot20 => Rules::Mot20,
    };
    let (mut together, mut sequences) = (Scores::default(), Vec::new());
    for (truth, tracks) in pairs {
        let (frames, scores) = score(truth, &tracks, rules, options.ids)?;
        sequences.push(Told { name: truth.name.clone(), frames, figures: Figures::from(&scores) });
        together.add(&scores);
    }
    let answer = Answer { sequences, combined: Figures::from(&together) };
    if options.json {
        print_json(&answer)?;
    } else {
        show(&answer);
    }
    Ok(Exit::Done)
}

/// The sequences that were named; all where none was.
fn choose<'a>(gt: &Path, all: &'a [Found], only: &[String]) -> Result<Vec<&'a Found>, CliError> {
    if let Some(unknown) = only.iter().find(|name| !all.iter().any(|found| is(found, name))) {
        let known: Vec<_> = all.iter().map(|found| found.name.as_str()).collect();
        return Err(CliError::advised(
            format!("{} has no sequence {unknown}", gt.display()),
            format!("it has {}", known.join(", ")),
        ));
    }
    Ok(all.iter().filter(|found| only.is_empty() || only.iter().any(|name| is(found, name))).collect())
}

fn is(found: &Found, name: &str) -> bool {
    found.name == name || found.info.as_ref().is_some_and(|info| info.name == name)
}

/// The tracks of a sequence: the file itself, a folder of results, or what has its name in a folder.
fn tracks_of(tracks: &Path, all: &Sequences, truth: &Found) -> Result<PathBuf, CliError> {
    let single = matches!(all, Sequences::One(_));
    if !tracks.is_dir() {
        tracks.metadata().map_err(|e| CliError::Input(format!("can't read {}: {e}", tracks.display())))?;
        if single {
            return Ok(tracks.to_owned());
        }
        return Err(CliError::advised(
            format!("{} is one file, but the truth is a folder of sequences", tracks.display()),
            "name the truth of one sequence, or a folder of tracks",
        ));
    }
    let record = tracks.join("record.parquet");
    if single && record.is_file() {
        return Ok(record);
    }
    let second = truth.info.as_ref().map(|info| info.name.as_str()).filter(|name| is_plain(name));
    let names = [Some(truth.name.as_str()), second].into_iter().flatten();
    let places = names.flat_map(|name| [format!("{name}.txt"), format!("{name}/record.parquet")]);
    let places: Vec<PathBuf> = places.map(|place| tracks.join(place)).collect();
    places.iter().find(|file| file.is_file()).cloned().ok_or_else(|| {
        CliError::advised(
            format!("{} has no tracks of {}: there is no {}", tracks.display(), truth.name, places[0].display()),
            format!("write them there, or as {}, or score other sequences with --only", places[1].display()),
        )
    })
}

/// A name that stays in its folder.
fn is_plain(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|last| last == name)
}

/// Scores a sequence; says how many frames it has, too.
fn score(found: &Found, tracks: &Path, rules: Rules, ids: IdsName) -> Result<(u32, Scores), CliError> {
    let truth = read_truth(&found.file).map_err(|error| CliError::advised(error.to_string(), TRUTH_FORM))?;
    if truth.is_empty() {
        return Err(CliError::advised(format!("{} has no boxes", found.file.display()), TRUTH_FORM));
    }
    let is_record = tracks.extension().is_some_and(|ending| ending == "parquet");
    let rows = if is_record { read_record(tracks, ids)? } else { read_text(tracks)? };
    if rows.is_empty() {
        note(&format!("{} has no tracks: all of {} is missed", tracks.display(), found.name));
    }
    let last = truth.iter().map(|row| row.frame).chain(rows.iter().map(|row| row.frame)).max().unwrap_or(0);
    let length = found.info.as_ref().map_or(last, |info| info.length);
    within(found, &truth, tracks, &rows, is_record, length)?;
    let compared = sequence(&truth, &rows, length, rules).map_err(|unfit| match unfit {
        Unfit::Twice { frame, id, side } => {
            let file = if side == "tracks" { tracks } else { &found.file };
            let at = if is_record && side == "tracks" { None } else { place(file, frame as u32 + 1, Some(id)) };
            CliError::advised(
                format!("{}{}: frame {} has id {id} twice", file.display(), at.unwrap_or_default(), frame + 1),
                "an id is one person and can be in a frame once: give the second box another id or take it out",
            )
        }
        other => CliError::Input(format!("{}: {other}", tracks.display())),
    })?;
    Ok((length, Scores::of(&compared)))
}

/// Nothing lies beyond the end that `seqinfo.ini` tells.
fn within(
    found: &Found,
    truth: &[MotTruth],
    tracks: &Path,
    rows: &[MotTrack],
    is_record: bool,
    length: u32,
) -> Result<(), CliError> {
    let truth = truth.iter().map(|row| row.frame).find(|&frame| frame > length).map(|frame| (&*found.file, frame));
    let late = rows.iter().map(|row| row.frame).find(|&frame| frame > length).map(|frame| (tracks, frame));
    let Some((file, frame)) = truth.or(late) else { return Ok(()) };
    let at = if is_record && file == tracks { None } else { place(file, frame, None) };
    Err(CliError::advised(
        format!(
            "{}{}: frame {frame} is beyond the {length} frames of {}",
            file.display(),
            at.unwrap_or_default(),
            found.name
        ),
        "frames count from 1; its seqinfo.ini tells how many there are (seqLength)",
    ))
}

/// Where the last such line is, to be shown behind a file's name.
fn place(file: &Path, frame: u32, id: Option<u32>) -> Option<String> {
    let lines = lines_of(file, frame, id).ok()?;
    if id.is_some() { lines.get(1) } else { lines.first() }.map(|line| format!(", line {line}"))
}

fn read_text(path: &Path) -> Result<Vec<MotTrack>, CliError> {
    read_tracks(path).map_err(|error| CliError::advised(error.to_string(), TRACKS_FORM))
}

fn read_record(path: &Path, ids: IdsName) -> Result<Vec<MotTrack>, CliError> {
    const WAY_OUT: &str = "name the record.parquet of finished results, or their folder";
    let record = RecordReader::open(path).map_err(|error| CliError::advised(error.to_string(), WAY_OUT))?;
    if let Some(fps) = record.meta().settings.fps {
        note(&format!(
            "{}: only {fps} frames a second were looked at; people in the frames between count as missed",
            path.display()
        ));
    }
    let number = match ids {
        IdsName::People => Number::Identity,
        IdsName::Tracks => Number::Track,
    };
    let recorded = Recorded::of(record, number).map_err(|error| CliError::advised(error.to_string(), WAY_OUT))?;
    let frames = (1..).zip(recorded.tracks);
    let row = |frame, label: silhueta_results::metrics::sequence::Labelled| MotTrack {
        frame,
        id: label.id,
        bbox: label.bbox,
        score: 1.0,
    };
    Ok(frames.flat_map(|(frame, boxes)| boxes.into_iter().map(move |label| row(frame, label))).collect())
}

fn show(answer: &Answer) {
    let head =
        ["", "HOTA", "DetA", "AssA", "LocA", "MOTA", "IDF1", "IDP", "IDR", "IDSW", "Frag", "FP", "FN", "MT", "ML"];
    let row = |name: &str, f: &Figures| {
        let shares = [f.hota, f.det_a, f.ass_a, f.loc_a, f.mota, f.idf1, f.idp, f.idr].map(table::percent);
        let counts = [f.idsw, f.frag, f.fp, f.fn_, f.mt, f.ml].map(|count| count.to_string());
        [vec![name.to_owned()], shares.into(), counts.into()].concat()
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(answer.sequences.iter().map(|told| row(&told.name, &told.figures)));
    if answer.sequences.len() > 1 {
        rows.push(row("combined", &answer.combined));
    }
    table::lines(&rows).iter().for_each(|line| say(line));
}
