//! What speaks for and against two tracklets being one person.

use crate::embedding::dot;
use crate::tracklet::{End, Tracklet};

/// Galleries whose mean views are farther apart than this are not compared view by view.
const HOPELESS: f32 = 0.7;

/// A tracklet and the mean of its views, which is taken once.
#[derive(Clone, Debug)]
pub(super) struct Portrait<'a> {
    pub(super) tracklet: &'a Tracklet,
    mean: Vec<f32>,
}

impl<'a> Portrait<'a> {
    pub(super) fn new(tracklet: &'a Tracklet) -> Self {
        let views = &tracklet.gallery;
        let mut mean = vec![0.0; views.first().map_or(0, |v| v.as_slice().len())];
        for view in views {
            mean.iter_mut().zip(view.as_slice()).for_each(|(sum, v)| *sum += v / views.len() as f32);
        }
        Self { tracklet, mean }
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
    let (a, b) = (&a.tracklet.gallery, &b.tracklet.gallery);
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

/// Plausibility, 0..=1, that who ended at `last` is who began at `first`: how far each is from where the other's
/// velocity puts it, against what the gap and the size of the box allow, and how alike the sizes are.
pub(super) fn motion(last: &End, first: &End) -> f32 {
    let gap = (first.seconds - last.seconds).max(0.0);
    let height = mean_height(last, first);
    let ((x0, y0), (x1, y1)) = (last.bbox.center(), first.bbox.center());
    let (dx, dy) = (f64::from(x1 - x0), f64::from(y1 - y0));
    let error = |velocity: [f32; 2]| (dx - f64::from(velocity[0]) * gap).hypot(dy - f64::from(velocity[1]) * gap);
    let miss = (error(last.velocity) + error(first.velocity)) / 2.0 / (height * (0.15 + 0.5 * gap));
    let growth = (f64::from(first.bbox.height()) / f64::from(last.bbox.height())).ln() / (0.15 + 0.2 * gap);
    (-0.5 * (miss * miss + growth * growth)).exp() as f32
}

/// Whether nobody could have come from `last` to `first` in time.
pub(super) fn out_of_reach(last: &End, first: &End, max_heights_per_second: f64) -> bool {
    let ((x0, y0), (x1, y1)) = (last.bbox.center(), first.bbox.center());
    let gap = (first.seconds - last.seconds).max(0.0);
    // Half a height is left to the jitter of the boxes.
    f64::from(x1 - x0).hypot(f64::from(y1 - y0)) > mean_height(last, first) * (0.5 + max_heights_per_second * gap)
}

fn mean_height(a: &End, b: &End) -> f64 {
    (f64::from(a.bbox.height()) + f64::from(b.bbox.height())) / 2.0
}
