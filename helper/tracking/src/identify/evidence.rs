//! What speaks for and against two tracklets being one person, in log-odds: 0 says nothing, +2 is seven to one for it,
//! and what is independent is added.

use crate::Embedding;
use crate::embedding::dot;
use crate::tracklet::{End, Tracklet, View};

use super::StitchConfig;

/// Galleries whose mean views are farther apart than this are not compared view by view.
const HOPELESS: f32 = 0.45;
/// What appearance counts with one view, and with two; with more it counts in full.
const FEW_VIEWS: [f64; 2] = [0.6, 0.8];

/// The most views by which two tracklets are compared.
pub(super) const GALLERY: usize = 6;

/// Views of a tracklet, and their mean, which is taken once.
#[derive(Clone, Debug)]
pub(super) struct Portrait<'a> {
    views: Vec<&'a Embedding>,
    mean: Vec<f32>,
}

impl<'a> Portrait<'a> {
    /// Of these views, or of some of them where there are more than `most`, spread over their time.
    pub(super) fn new(views: &'a [View], most: usize) -> Self {
        let last = views.len().saturating_sub(1);
        Self::of(match last < most || most < 2 {
            true => views.iter().map(|view| &view.look).collect(),
            false => (0..most).map(|i| &views[i * last / (most - 1)].look).collect(),
        })
    }

    /// Of these views.
    pub(super) fn of(views: Vec<&'a Embedding>) -> Self {
        let mut mean = vec![0.0; views.first().map_or(0, |v| v.as_slice().len())];
        for view in &views {
            mean.iter_mut().zip(view.as_slice()).for_each(|(sum, v)| *sum += v / views.len() as f32);
        }
        Self { views, mean }
    }

    /// How many views it has.
    pub(super) fn len(&self) -> usize {
        self.views.len()
    }
}

/// Appearance distance of two tracklets, 0..=2: the mean over the nearer half of the views, each with its nearest
/// in the other gallery. So a person who is seen from the back in one and from both sides in the other is still
/// recognised, and one view that happens to resemble is not enough. `None` where either has no view, or the views
/// are of different networks.
pub(super) fn appearance(a: &Portrait<'_>, b: &Portrait<'_>) -> Option<f32> {
    if a.mean.is_empty() || a.mean.len() != b.mean.len() {
        return None;
    }
    // The mean distance of all pairs of views is one product of the mean views.
    let all = 1.0 - dot(&a.mean, &b.mean);
    if all > HOPELESS {
        return Some(all);
    }
    let (a, b) = (&a.views, &b.views);
    let mut nearest = vec![2.0f32; a.len() + b.len()];
    for (i, v) in a.iter().enumerate() {
        for (j, w) in b.iter().enumerate() {
            let distance = v.cosine_distance(w);
            nearest[i] = nearest[i].min(distance);
            nearest[a.len() + j] = nearest[a.len() + j].min(distance);
        }
    }
    nearest.sort_by(f32::total_cmp);
    let half = nearest.len().div_ceil(2);
    Some(nearest[..half].iter().sum::<f32>() / half as f32)
}

/// What an appearance distance says, between galleries of which the smaller has so many views.
pub(super) fn appearance_log_odds(distance: f32, views: usize, config: &StitchConfig) -> f64 {
    let nearer = f64::from(config.even_appearance) - f64::from(distance);
    let slope = if nearer > 0.0 { config.likeness_slope } else { config.unlikeness_slope };
    let trust = views.checked_sub(1).and_then(|i| FEW_VIEWS.get(i)).copied().unwrap_or(1.0);
    (trust * slope * nearer).clamp(-config.most_log_odds, config.most_log_odds)
}

/// That whoever begins after such a gap is one given person from before it, when nothing else is known: the longer the
/// gap, the more others may have come instead.
pub(super) fn stranger_log_odds(gap: f64, config: &StitchConfig) -> f64 {
    let gaps = gap / config.long_gap_seconds;
    config.stranger - (gaps * gaps).min(config.most_for_gap)
}

/// What the motion says of who ended at `last` being who began at `first`: how far each is from where the other's
/// velocity puts it, against what the gap and the size of the box allow, and how alike the sizes are. `None` where the
/// gap is too long for it to say anything. Where no looks are `known` it decides alone, and has to fit better.
pub(super) fn motion_log_odds(last: &End, first: &End, known: bool, config: &StitchConfig) -> Option<f64> {
    let gap = gap_seconds(last, first);
    let (short, slope) = match known {
        true => (config.short_gap_seconds, config.motion_slope),
        false => (config.alone_gap_seconds, config.alone_slope),
    };
    if gap > short {
        return None;
    }
    // The longer the gap, the more others could be there by chance.
    let most = config.motion_at_once + (config.motion_at_last - config.motion_at_once) * gap / short;
    Some((most - slope * misfit(last, first)).max(-config.most_log_odds))
}

/// How badly the motion fits: the square of the miss and of the growth, each in units of what the gap allows.
fn misfit(last: &End, first: &End) -> f64 {
    let gap = gap_seconds(last, first);
    let height = mean_height(last, first);
    let ((x0, y0), (x1, y1)) = (last.bbox.center(), first.bbox.center());
    let (dx, dy) = (f64::from(x1 - x0), f64::from(y1 - y0));
    let error = |velocity: [f32; 2]| (dx - f64::from(velocity[0]) * gap).hypot(dy - f64::from(velocity[1]) * gap);
    let miss = (error(last.velocity) + error(first.velocity)) / 2.0 / (height * (0.15 + 0.5 * gap));
    let growth = (f64::from(first.bbox.height()) / f64::from(last.bbox.height())).ln() / (0.15 + 0.2 * gap);
    miss * miss + growth * growth
}

/// Plausibility of the motion, 0..=1, for people to read.
pub(super) fn plausibility(last: &End, first: &End) -> f32 {
    (-0.5 * misfit(last, first)).exp() as f32
}

/// Seconds from `last` to `first`; 0 where they overlap.
pub(super) fn gap_seconds(last: &End, first: &End) -> f64 {
    (first.seconds - last.seconds).max(0.0)
}

/// Whether two tracklets can't be one person: seen together, or too far apart for the time between them. `a` began
/// no later than `b`.
pub(super) fn excluded(a: &Tracklet, b: &Tracklet, config: &StitchConfig) -> bool {
    let together = b.first.frame <= a.last.frame;
    (together && !is_doubled(a, b, config)) || !is_within_reach(&a.last, &b.first, config.max_heights_per_second)
}

/// Whether `b` began on the person of `a` shortly before `a` ended there: one person, found twice for a moment. Two
/// people seen together for long, or not in the same place, are two; and so are two of whom one is seen before and
/// after the other, because the moment they share can't be told from a crossing.
pub(super) fn is_doubled(a: &Tracklet, b: &Tracklet, config: &StitchConfig) -> bool {
    let shared = a.last.seconds - b.first.seconds;
    let hands_over = a.first.frame < b.first.frame && a.last.frame < b.last.frame;
    hands_over
        && (0.0..=config.double_seconds).contains(&shared)
        && a.last.bbox.iou(&moved(&b.first, shared)) >= config.double_iou
        && b.first.bbox.iou(&moved(&a.last, -shared)) >= config.double_iou
}

/// The box at an end, as many seconds later by its velocity.
fn moved(end: &End, seconds: f64) -> silhueta_shared::geometry::Bbox {
    let (dx, dy) = (end.velocity[0] * seconds as f32, end.velocity[1] * seconds as f32);
    let b = end.bbox;
    silhueta_shared::geometry::Bbox::new(b.x1 + dx, b.y1 + dy, b.x2 + dx, b.y2 + dy)
}

/// Whether somebody could come from `last` to `first` in time; false where a number is broken.
pub(super) fn is_within_reach(last: &End, first: &End, max_heights_per_second: f64) -> bool {
    let ((x0, y0), (x1, y1)) = (last.bbox.center(), first.bbox.center());
    let gap = gap_seconds(last, first);
    // Half a height is left to the jitter of the boxes.
    f64::from(x1 - x0).hypot(f64::from(y1 - y0)) <= mean_height(last, first) * (0.5 + max_heights_per_second * gap)
}

fn mean_height(a: &End, b: &End) -> f64 {
    (f64::from(a.bbox.height()) + f64::from(b.bbox.height())) / 2.0
}
