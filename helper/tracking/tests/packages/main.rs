//! Our trackers against those of boxmot and Ultralytics: the same detections, looks and motion of the camera give
//! the same identities, frame by frame and number by number. What the packages answer is in
//! `reference/answers.txt`; `reference/answers.py` asks them. `SILHUETA_ANSWERS=FOLDER` with what it writes for
//! `--full` shows where two differ. Deep OC-SORT numbers its births in another order than boxmot's, so its identities
//! are counted as they are first told of.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

mod scene;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scene::Frame;
use silhueta_shared::track::TrackId;
use silhueta_tracking::botsort::Preset;
use silhueta_tracking::deepocsort::{self, DeepOcSort};
use silhueta_tracking::{Input, Method, TrackedBox, Tracker};

/// Identities by index of the detection, 0 for none, frame by frame.
type Told = Vec<Vec<u32>>;

/// One answer of a package.
struct Answer {
    scene: String,
    tracker: String,
    told: Result<Told, u64>,
}

fn answers() -> Vec<Answer> {
    let text = include_str!("../../reference/answers.txt");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut answers = Vec::new();
    while let Some(head) = lines.next() {
        let words: Vec<&str> = head.split(' ').collect();
        let [how, kind, seed, tracker, value] = words[..] else { panic!("{head}") };
        let frame = |line: &str| line.split_whitespace().map(|id| id.parse().unwrap_or(0)).collect();
        let told = match how {
            "told" => Ok(lines.by_ref().take(value.parse().unwrap()).map(frame).collect()),
            _ => Err(u64::from_str_radix(value, 16).unwrap()),
        };
        answers.push(Answer { scene: format!("{kind} {seed}"), tracker: tracker.to_owned(), told });
    }
    answers
}

/// Our tracker of that name, set as the package is.
fn tracker(name: &str, rate: f64) -> Option<Tracker> {
    match name {
        "ultralytics" => Some(Tracker::new(Method::BotSort(Preset::Ultralytics), rate)),
        "boxmot" => Some(Tracker::new(Method::BotSort(Preset::Boxmot), rate)),
        "bytetrack" => Some(Tracker::new(Method::ByteTrack, rate)),
        "deepocsort" => Some(Tracker::DeepOcSort(DeepOcSort::new(deepocsort::Config::BOXMOT))),
        _ => None,
    }
}

/// What we answer.
fn ours(frames: &[Frame], rate: f64, name: &str) -> Option<Told> {
    let kind = name.trim_end_matches("+looks");
    let mut tracker = tracker(kind, rate)?;
    let identities = |frame: &Frame| {
        let embeddings = if kind == name { &[] } else { frame.embeddings.as_slice() };
        let input = Input { detections: &frame.detections, embeddings, motion: Some(frame.motion) };
        let mut ids = vec![0; frame.detections.len()];
        for TrackedBox { track, detection, .. } in tracker.update(&input) {
            ids[detection] = track.map_or(0, TrackId::get);
        }
        ids
    };
    let mut told: Told = frames.iter().map(identities).collect();
    if kind == "deepocsort" {
        renumber(&mut told);
    }
    Some(told)
}

/// Numbers in the order in which they are first told of.
fn renumber(told: &mut Told) {
    let mut numbers = BTreeMap::new();
    for id in told.iter_mut().flatten().filter(|id| **id != 0) {
        let next = numbers.len() as u32 + 1;
        *id = *numbers.entry(*id).or_insert(next);
    }
}

/// As `answers.py` says.
fn digest(told: &Told) -> u64 {
    let mut value = 0xcbf2_9ce4_8422_2325u64;
    for ids in told {
        let pairs = || (0u32..).zip(ids).filter(|(_, id)| **id != 0);
        let numbers = std::iter::once(pairs().count() as u32).chain(pairs().flat_map(|(i, id)| [i, *id]));
        for byte in numbers.flat_map(u32::to_le_bytes) {
            value = (value ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    value
}

/// Where the two differ first, if the whole answer is at hand.
fn first_difference(answer: &Answer, ours: &Told) -> String {
    let name = format!("{} {}.txt", answer.scene, answer.tracker);
    let full = || {
        let file = PathBuf::from(std::env::var_os("SILHUETA_ANSWERS")?).join(name);
        let frame = |line: &str| line.split_whitespace().map(|id| id.parse().unwrap_or(0)).collect();
        Some(std::fs::read_to_string(file).ok()?.split_terminator('\n').map(frame).collect::<Told>())
    };
    let Some(told) = answer.told.as_ref().ok().cloned().or_else(full) else { return String::new() };
    let boxes = told.iter().flatten().zip(ours.iter().flatten());
    let unequal = boxes.filter(|(a, b)| a != b).count();
    let frames = told.iter().zip(ours).filter(|(a, b)| a != b).count();
    let first = told.iter().zip(ours).position(|(a, b)| a != b);
    let Some(first) = first else { return "only the digest".to_owned() };
    format!("{unequal} boxes in {frames} frames, first in {}: {:?} and ours {:?}", first + 1, told[first], ours[first])
}

/// The answers that ours are not equal to, and how many were compared.
fn differing(scenes: impl Fn(&str) -> Option<(Vec<Frame>, f64)>) -> (Vec<String>, usize) {
    let (mut differing, mut compared) = (Vec::new(), 0);
    for answer in answers() {
        let Some((frames, rate)) = scenes(&answer.scene) else { continue };
        let Some(ours) = ours(&frames, rate, &answer.tracker) else { continue };
        compared += 1;
        let equal = match &answer.told {
            Ok(told) => *told == ours,
            Err(expected) => *expected == digest(&ours),
        };
        if !equal {
            let where_ = first_difference(&answer, &ours);
            differing.push(format!("{} {}: {where_}", answer.scene, answer.tracker));
        }
    }
    (differing, compared)
}

#[test]
fn identities_equal_those_of_the_packages() {
    let (differing, compared) = differing(|name| {
        let (kind, seed) = name.split_once(' ')?;
        (kind != "mot").then(|| (scene::scene(kind, seed.parse().unwrap()), 30.0))
    });
    assert!(compared > 250, "{compared}");
    assert!(differing.is_empty(), "{} of {compared} differ:\n{}", differing.len(), differing.join("\n"));
}

/// The detections themselves are not ours to keep, so this says nothing where they are not at hand.
#[test]
fn identities_on_mot17_equal_those_of_the_packages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mot");
    let (differing, compared) = differing(|name| {
        let sequence = folder.join(name.strip_prefix("mot ")?);
        sequence.join("det.txt").is_file().then(|| scene::mot(&sequence))
    });
    assert!(differing.is_empty(), "{} of {compared} differ:\n{}", differing.len(), differing.join("\n"));
}
