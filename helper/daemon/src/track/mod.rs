//! `silhueta track`: our tracker on detections in MOTChallenge's form, without pictures.

mod follow;

use std::path::{Path, PathBuf};

use silhueta_results::mot::{MotDetection, SeqInfo, read_detections, write_tracks};
use silhueta_tracking::Method;

use self::follow::{How, follow};
use crate::cli::{TrackOptions, note, say};
use crate::exit::{CliError, Exit};
use crate::sequences::{Found, Kind, Sequences, find, read_info};

const FORM: &str = "a line of detections is frame,-1,left,top,width,height,score: frames from 1, boxes in pixels";

/// Follows people through what was named.
pub(crate) fn track(options: &TrackOptions) -> Result<Exit, CliError> {
    let found = find(&options.detections, Kind::Detections)?;
    let (kind, preset) = options.tracker.chosen()?;
    let how = How { method: Method::of(kind, preset), online: options.online };
    let jobs: Vec<(&Found, SeqInfo, PathBuf)> = match &found {
        Sequences::One(one) => vec![(one, info(one, options.seqinfo.as_deref())?, file_of(&options.out)?)],
        Sequences::Many(_) if options.seqinfo.is_some() => {
            return Err(CliError::advised(
                format!("--seqinfo is of one sequence, but {} has several", options.detections.display()),
                "leave it out: each sequence has its own seqinfo.ini in its folder",
            ));
        }
        Sequences::Many(all) => {
            let job = |one| Ok((one, info(one, None)?, options.out.join(format!("{}.txt", one.name))));
            all.iter().map(job).collect::<Result<_, CliError>>()?
        }
    };
    let folder = jobs.iter().filter_map(|(_, _, out)| out.parent()).find(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)
            .map_err(|e| CliError::Input(format!("the folder {} can't be made: {e}", folder.display())))?;
    }
    for (one, info, out) in jobs {
        let detections = read(one, &info)?;
        let rows = follow(&detections, &info, how);
        write_tracks(&out, &rows).map_err(|error| CliError::Runtime(error.to_string()))?;
        let people: std::collections::BTreeSet<u32> = rows.iter().map(|row| row.id).collect();
        say(&format!("{}: {} people, {} boxes in {}", one.name, people.len(), rows.len(), out.display()));
    }
    Ok(Exit::Done)
}

/// What the sequence is: how long, how fast, how large.
fn info(one: &Found, named: Option<&Path>) -> Result<SeqInfo, CliError> {
    let info = match (named, &one.info) {
        (Some(path), _) => read_info(path)?,
        (None, Some(info)) => info.clone(),
        (None, None) => {
            return Err(CliError::advised(
                format!("nothing tells how long and how fast {} is", one.file.display()),
                "name its seqinfo.ini with --seqinfo, or put it into the folder of the sequence",
            ));
        }
    };
    if info.frame_rate.is_finite() && info.frame_rate > 0.0 {
        return Ok(info);
    }
    Err(CliError::advised(
        format!("the seqinfo.ini of {} has the frame rate {}", one.name, info.frame_rate),
        "frameRate is a number above 0: frames a second",
    ))
}

/// Where the tracks of one sequence go.
fn file_of(out: &Path) -> Result<PathBuf, CliError> {
    if out.is_dir() {
        return Err(CliError::advised(
            format!("{} is a folder, but there is one sequence", out.display()),
            "name a file for its tracks",
        ));
    }
    Ok(out.to_owned())
}

fn read(one: &Found, info: &SeqInfo) -> Result<Vec<MotDetection>, CliError> {
    let detections = read_detections(&one.file).map_err(|error| CliError::advised(error.to_string(), FORM))?;
    if let Some(late) = detections.iter().find(|row| row.frame > info.length) {
        let lines = silhueta_results::mot::lines_of(&one.file, late.frame, None).unwrap_or_default();
        let at = lines.first().map(|line| format!(", line {line}")).unwrap_or_default();
        return Err(CliError::advised(
            format!(
                "{}{at}: frame {} is beyond the {} frames of {}",
                one.file.display(),
                late.frame,
                info.length,
                one.name
            ),
            "frames count from 1; its seqinfo.ini tells how many there are (seqLength)",
        ));
    }
    let outside = detections.iter().filter(|row| !(0.0..=1.0).contains(&row.score)).count();
    if outside > 0 {
        note(&format!(
            "{}: {outside} of {} scores are not between 0 and 1, for which the tracker's limits are made",
            one.file.display(),
            detections.len()
        ));
    }
    Ok(detections)
}
