//! How good a job's results are, measured against a scene's truth.

use std::path::Path;

use silhueta_results::coco::Dataset;
use silhueta_results::metrics::keypoints::{FoundOks, Image};
use silhueta_results::metrics::recorded::{Number, Recorded};
use silhueta_results::metrics::sequence::{Labelled, Sequence, Unfit};
use silhueta_results::metrics::{Scores, mot17};
use silhueta_results::mot::{self, MotTrack, SeqInfo};
use silhueta_results::record::RecordReader;

/// Why results can't be scored.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// A file can't be read.
    #[error(transparent)]
    File(#[from] silhueta_results::Error),
    /// The record is of another video.
    #[error("the results don't fit the truth: {0}")]
    Unfit(#[from] Unfit),
}

/// HOTA, IDF1 and MOTA of a tracker's file (MOTChallenge's text) against the folder of truth that belongs to its video.
///
/// # Errors
/// A file isn't there or is damaged, or the tracks go on after the scene.
pub fn score_tracks(truth: &Path, tracks: &Path) -> Result<Scores, ScoreError> {
    let people = mot::read_truth(&truth.join("gt").join("gt.txt"))?;
    let length = SeqInfo::read(&truth.join("seqinfo.ini"))?.length;
    Ok(Scores::of(&mot17::sequence(&people, &mot::read_tracks(tracks)?, length, mot17::Rules::Mot17)?))
}

/// The boxes of a job's people, frame by frame: of its record, of the folder that this is in, or of a tracker's file.
///
/// # Errors
/// The file isn't there or is damaged.
pub fn identities(results: &Path) -> Result<Vec<Vec<Labelled>>, ScoreError> {
    if results.extension().is_some_and(|ending| ending == "txt") {
        let mut frames = Vec::new();
        for row in mot::read_tracks(results)? {
            let frame = row.frame as usize;
            frames.resize(frames.len().max(frame), Vec::new());
            frames[frame - 1].push(Labelled { id: row.id, bbox: row.bbox });
        }
        return Ok(frames);
    }
    let record = if results.is_dir() { results.join("record.parquet") } else { results.into() };
    Ok(Recorded::of(RecordReader::open(&record)?, Number::Identity)?.tracks)
}

/// A job's figures on one scene.
#[derive(Clone, Debug)]
pub struct Score {
    /// Tracks, by the tracker's own numbers.
    pub tracks: Scores,
    /// Tracks, by the identities they were joined to.
    pub identities: Scores,
    /// Poses of people who were found and can be seen.
    pub poses: FoundOks,
}

/// Scores `record.parquet` of a job against the folder of truth that belongs to its video. People who are seen less
/// than a tenth are not asked for; poses are asked for where at least half is seen.
///
/// # Errors
/// A file isn't there or is damaged, or the record has more frames than the scene.
pub fn score(truth: &Path, record: &Path) -> Result<Score, ScoreError> {
    let people = mot::read_truth(&truth.join("gt").join("gt.txt"))?;
    let length = SeqInfo::read(&truth.join("seqinfo.ini"))?.length;
    let scores = |number: Number| -> Result<(Scores, Recorded), ScoreError> {
        let recorded = Recorded::of(RecordReader::open(record)?, number)?;
        let frames = recorded.tracks.iter().enumerate();
        let row = |frame: usize, b: &Labelled| MotTrack { frame: frame as u32 + 1, id: b.id, bbox: b.bbox, score: 1.0 };
        let tracks: Vec<MotTrack> = frames.flat_map(|(n, boxes)| boxes.iter().map(move |b| row(n, b))).collect();
        let sequence: Sequence = mot17::sequence(&people, &tracks, length, mot17::Rules::Mot17)?;
        Ok((Scores::of(&sequence), recorded))
    };
    let (tracks, recorded) = scores(Number::Track)?;
    let (identities, _) = scores(Number::Identity)?;

    let dataset = Dataset::read(&truth.join("coco.json"))?;
    let mut images: Vec<Image> = vec![Image::default(); length as usize];
    for annotation in dataset.annotations.iter().filter(|a| a.visibility.is_some_and(|share| share >= 0.5)) {
        if let Some(image) = images.get_mut(annotation.image_id as usize - 1) {
            image.people.push(annotation.truth());
        }
    }
    for (image, poses) in images.iter_mut().zip(recorded.poses) {
        image.poses = poses;
    }
    Ok(Score { tracks, identities, poses: FoundOks::of(&images, 0.5) })
}
