//! Which frames are looked at when fewer than all are wanted.

use silhueta_shared::time::TimeBase;

/// Keeps at most one frame in each interval of `1 / fps` seconds, counted from the first frame's time:
/// decided by times alone, so every pass over the video keeps the same frames.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    fps: Option<f64>,
    time_base: TimeBase,
    first: Option<i64>,
    last_interval: Option<i64>,
}

impl Sampler {
    pub(crate) fn new(fps: Option<f64>, time_base: TimeBase) -> Self {
        Self { fps, time_base, first: None, last_interval: None }
    }

    /// Whether the frame at `pts` is looked at.
    pub(crate) fn keeps(&mut self, pts: i64) -> bool {
        let Some(fps) = self.fps else { return true };
        let first = *self.first.get_or_insert(pts);
        // The small addend keeps a time that is a whole interval from falling below it by rounding.
        let interval = (self.time_base.seconds(pts.saturating_sub(first)) * fps + 1e-6).floor() as i64;
        let keep = self.last_interval != Some(interval);
        self.last_interval = Some(interval);
        keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_a_second_of_thirty_is_every_third_frame() {
        let mut sampler = Sampler::new(Some(10.0), TimeBase::new(1, 30).unwrap());
        let kept: Vec<_> = (5..15).filter(|pts| sampler.keeps(*pts)).collect();
        assert_eq!(kept, [5, 8, 11, 14]);
    }

    #[test]
    fn more_than_there_are_is_all_of_them() {
        let mut sampler = Sampler::new(Some(100.0), TimeBase::new(1, 30).unwrap());
        assert_eq!((0..9).filter(|pts| sampler.keeps(*pts)).count(), 9);
    }
}
