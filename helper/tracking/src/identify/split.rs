//! Tracks that went over from one person to another are cut there.
//!
//! A cut in the wrong place makes two persons of one, so all of this is asked for: another person stood before or
//! behind, or the track was lost for a moment; there are enough views on both sides; no view before resembles any
//! behind (who turns round or is seen from behind again does), and each side is steady in itself.

use super::{Split, StitchConfig};
use crate::tracklet::{End, Tracklet, View};

/// Views that there have to be on either side of a cut.
const SIDE: usize = 4;
/// A cut of this share of pairs may be nearer than the limit: a view that happens to resemble.
const OUTLIERS: usize = 12;

/// A tracklet, or what is left of it between cuts.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) tracklet: Tracklet,
    /// Pieces of a track with the same number are certainly one person.
    pub(super) part: u32,
}

/// The tracklet in pieces, each of one person, in order of time; adds the cuts to `splits`.
pub(super) fn cut(tracklet: &Tracklet, config: &StitchConfig, splits: &mut Vec<Split>) -> Vec<Piece> {
    let mut whole = vec![tracklet.clone()];
    let mut pieces = Vec::new();
    while let Some(piece) = whole.pop() {
        match place(&piece.gallery, config).and_then(|(at, distance)| halves(&piece, at, distance, config)) {
            Some((head, tail, split)) => {
                splits.push(split);
                whole.extend([tail, head]);
            }
            None => pieces.push(piece),
        }
    }
    let is_cut = pieces.len() > 1;
    let part = |piece: &Tracklet| if is_cut { part(tracklet, piece) } else { 0 };
    pieces.into_iter().map(|tracklet| Piece { part: part(&tracklet), tracklet }).collect()
}

/// Both sides of a cut before view `at`, whose looks are `distance` apart.
fn halves(piece: &Tracklet, at: usize, distance: f32, config: &StitchConfig) -> Option<(Tracklet, Tracklet, Split)> {
    let (head, tail) = piece.gallery.split_at(at);
    let (before, behind) = (head.last()?, tail.first()?);
    // The change is somewhere between the two views: in the middle. Which way either went just there nobody knows.
    let frame = before.frame + (behind.frame - before.frame).div_ceil(2);
    let seconds = (before.seconds + behind.seconds) / 2.0;
    let end = |frame| End { frame, seconds, bbox: before.bbox.toward(&behind.bbox, 0.5), velocity: [0.0; 2] };
    let boxes = piece.boxes * head.len() as u64 / piece.gallery.len() as u64;
    let surplus = f64::from((distance - config.cut_appearance) / config.cut_appearance);
    let confidence = (0.75 + 0.25 * surplus.clamp(0.0, 1.0)) as f32;
    let split = Split { track: piece.id, frame, seconds, appearance: distance, confidence };
    Some((
        Tracklet { last: end(frame.saturating_sub(1)), boxes, gallery: head.to_vec(), ..piece.clone() },
        Tracklet { first: end(frame), boxes: piece.boxes - boxes, gallery: tail.to_vec(), ..piece.clone() },
        split,
    ))
}

/// A number for a piece that no other piece of the track has; 0 is for what was never cut.
fn part(whole: &Tracklet, piece: &Tracklet) -> u32 {
    u32::try_from(piece.first.frame - whole.first.frame + 1).unwrap_or(u32::MAX)
}

/// Before which view to cut, and how far apart both sides are there; `None` for one person.
fn place(views: &[View], config: &StitchConfig) -> Option<(usize, f32)> {
    let cuts = (SIDE..=views.len().checked_sub(SIDE)?).filter(|&at| views[at].is_doubtful);
    let cuts = cuts.filter_map(|at| {
        let (before, behind) = views.split_at(at);
        let is_steady = spread(before) <= config.steady_appearance && spread(behind) <= config.steady_appearance;
        let apart = apart(before, behind);
        (is_steady && apart >= config.cut_appearance).then_some((at, apart))
    });
    // The clearest; the first of those.
    cuts.reduce(|best, cut| if cut.1 > best.1 { cut } else { best })
}

/// How far two sides are apart where they are nearest, but for a few outliers.
fn apart(before: &[View], behind: &[View]) -> f32 {
    let mut all: Vec<f32> =
        before.iter().flat_map(|a| behind.iter().map(|b| a.look.cosine_distance(&b.look))).collect();
    all.sort_by(f32::total_cmp);
    all.get(all.len() / OUTLIERS).copied().unwrap_or(0.0)
}

/// Mean distance of each view to the next.
fn spread(views: &[View]) -> f32 {
    let steps = views.windows(2).map(|pair| pair[0].look.cosine_distance(&pair[1].look));
    steps.sum::<f32>() / (views.len() - 1).max(1) as f32
}
