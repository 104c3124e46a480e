//! The constant-velocity Kalman filters of BoT-SORT (Aharon, Orfaig & Bobrovsky, 2022): state
//! (cx, cy, w, h, vcx, vcy, vw, vh) in pixels and pixels a frame, noise in proportion to the box; and of
//! ByteTrack, which has it from DeepSORT (Wojke, Bewley & Paulus, 2017): w / h in place of w.

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::{Affine, Bbox};

/// Standard deviation of a position, as a share of the box's width (x, w) or height (y, h).
const POSITION: f64 = 1.0 / 20.0;
/// Standard deviation of a velocity, likewise.
const VELOCITY: f64 = 1.0 / 160.0;
/// Standard deviations of w / h and of its velocity in [`BoxModel::Aspect`], at the start and in each step,
const ASPECT: [f64; 2] = [1e-2, 1e-5];
/// and of w / h as seen.
const SEEN_ASPECT: [f64; 2] = [1e-1, 0.0];
/// Standard deviations in [`BoxModel::Area`] at the start (variances 10, and 10,000 of velocities never seen),
const UNKNOWN_AREA: [f64; 8] = [ROOT_10, ROOT_10, ROOT_10, ROOT_10, 100.0, 100.0, 100.0, 0.0];
/// in each step,
const AREA: [f64; 8] = [1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.01, 0.0];
/// and of a box as seen.
const SEEN_AREA: [f64; 8] = [1.0, 1.0, ROOT_10, ROOT_10, 0.0, 0.0, 0.0, 0.0];
const ROOT_10: f64 = 3.162_277_660_168_379_5;
/// Boxes never shrink below this many pixels, or the noise would vanish with them.
const MIN_SIZE: f64 = 1e-4;

type Matrix8 = [[f64; 8]; 8];

/// How a camera's rotation acts on the size of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CameraModel {
    /// As on any vector, so that a quarter turn makes a width negative (the original BoT-SORT).
    Signed,
    /// The size of the upright box around the turned one.
    Enclosing,
}

/// What is believed of a box beside its centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BoxModel {
    /// Width and height (BoT-SORT).
    #[default]
    Size,
    /// Width by height, which hardly changes, and height (DeepSORT, ByteTrack).
    Aspect,
    /// Area, and width by height, which does not move by itself; noise is the same for boxes of all sizes (SORT,
    /// OC-SORT). Q and R are those of Bewley et al., 2016.
    Area,
}

/// Gaussian belief over the state of one box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KalmanFilter {
    model: BoxModel,
    mean: [f64; 8],
    covariance: Matrix8,
}

impl KalmanFilter {
    /// Belief after one measurement: at rest, with a wide spread.
    pub fn new(bbox: &Bbox, model: BoxModel) -> Self {
        let [x, y, first, second] = model.measurement(bbox);
        let mut covariance = [[0.0; 8]; 8];
        let noise = match model {
            BoxModel::Area => UNKNOWN_AREA,
            BoxModel::Size | BoxModel::Aspect => model.noise(first, second, [2.0, 10.0], ASPECT),
        };
        for (i, std) in noise.into_iter().enumerate() {
            covariance[i][i] = std * std;
        }
        Self { model, mean: [x, y, first, second, 0.0, 0.0, 0.0, 0.0], covariance }
    }

    /// Moves the belief one frame on.
    pub fn predict(&mut self) {
        // Noise follows the size before the step.
        let std = self.model.noise(self.mean[2], self.mean[3], [1.0, 1.0], ASPECT);
        if self.model == BoxModel::Area && self.mean[2] + self.mean[6] <= 0.0 {
            self.mean[6] = 0.0;
        }
        for i in 0..4 {
            self.mean[i] += self.mean[i + 4];
        }
        // F P Fᵀ with F = [I I; 0 I]: first the rows, then the columns.
        let (positions, velocities) = self.covariance.split_at_mut(4);
        for (row, velocity) in positions.iter_mut().zip(velocities) {
            row.iter_mut().zip(velocity).for_each(|(p, v)| *p += *v);
        }
        for (i, (row, std)) in self.covariance.iter_mut().zip(std).enumerate() {
            for k in 0..4 {
                row[k] += row[k + 4];
            }
            row[i] += std * std;
        }
        self.keep_size();
    }

    /// Stops growth and shrinkage, for a track that was not seen in the last frame.
    pub fn hold_size(&mut self) {
        if self.model != BoxModel::Aspect {
            self.mean[6] = 0.0;
        }
        self.mean[7] = 0.0;
    }

    /// Takes in a measured box.
    pub fn update(&mut self, bbox: &Bbox) {
        let std = match self.model {
            BoxModel::Area => SEEN_AREA,
            BoxModel::Size | BoxModel::Aspect => self.model.noise(self.mean[2], self.mean[3], [1.0, 0.0], SEEN_ASPECT),
        };
        let mut s = [[0.0; 4]; 4];
        for i in 0..4 {
            s[i].copy_from_slice(&self.covariance[i][..4]);
            s[i][i] += std[i] * std[i];
        }
        let Some(l) = cholesky(&s) else {
            // The covariance has lost its meaning: start anew from what was seen.
            *self = Self::new(bbox, self.model);
            return;
        };
        let z = self.model.measurement(bbox);
        let innovation = solve_lower(&l, std::array::from_fn(|i| z[i] - self.mean[i]));
        // With S = L Lᵀ and W = P Hᵀ L⁻ᵀ: mean += W L⁻¹ y, and P -= W Wᵀ.
        let w: [[f64; 4]; 8] = std::array::from_fn(|i| solve_lower(&l, std::array::from_fn(|k| self.covariance[i][k])));
        for i in 0..8 {
            self.mean[i] += dot(&w[i], &innovation);
            for k in 0..8 {
                self.covariance[i][k] -= dot(&w[i], &w[k]);
            }
        }
        self.keep_size();
    }

    /// Follows the camera: `motion` maps the last frame to this one. A map with NaN or infinities moves nothing.
    /// [`BoxModel::Aspect`] keeps its shape.
    pub fn apply_camera(&mut self, motion: &Affine, model: CameraModel) {
        let [a, b, tx, c, d, ty] = motion.0;
        if *motion == Affine::IDENTITY || motion.0.iter().any(|v| !v.is_finite()) {
            return;
        }
        let r = [[a, b], [c, d]];
        let size = match (self.model, model) {
            (BoxModel::Size, CameraModel::Signed) => r,
            (BoxModel::Size, CameraModel::Enclosing) => r.map(|row| row.map(f64::abs)),
            (BoxModel::Aspect, _) => [[1.0, 0.0], [0.0, 1.0]],
            // Each by itself, so that the two stay independent: a filter that takes a turn for a bond between area
            // and shape soon believes in boxes without width (as boxmot 25's does).
            (BoxModel::Area, _) => {
                let [area, ratio] = turned_area(self.mean[2], self.mean[3], &r);
                [[area / self.mean[2], 0.0], [0.0, ratio / self.mean[3]]]
            }
        };
        // One 2×2 block for each of position, size and their velocities.
        let blocks = [r, size, r, size];
        let turn = |v: &[f64; 8]| -> [f64; 8] {
            std::array::from_fn(|i| {
                let (block, row) = (i / 2, i % 2);
                blocks[block][row][0] * v[2 * block] + blocks[block][row][1] * v[2 * block + 1]
            })
        };
        self.mean = turn(&self.mean);
        self.mean[0] += tx;
        self.mean[1] += ty;
        // M P Mᵀ: P is symmetric, so turning its rows and transposing, twice, is enough.
        for _ in 0..2 {
            let turned: Matrix8 = std::array::from_fn(|i| turn(&self.covariance[i]));
            self.covariance = std::array::from_fn(|i| std::array::from_fn(|k| turned[k][i]));
        }
        self.keep_size();
    }

    /// The believed box.
    pub fn bbox(&self) -> Bbox {
        let [cx, cy, first, second, ..] = self.mean;
        let (w, h) = match self.model {
            BoxModel::Size => (first, second),
            BoxModel::Aspect => (first * second, second),
            BoxModel::Area => sides(first, second),
        };
        let (left, top) = (cx - w / 2.0, cy - h / 2.0);
        Bbox::new(left as f32, top as f32, (left + w) as f32, (top + h) as f32)
    }

    /// (cx, cy, then as the model says) in pixels, then their velocities in pixels a frame.
    pub const fn mean(&self) -> &[f64; 8] {
        &self.mean
    }

    fn keep_size(&mut self) {
        self.mean[2] = self.mean[2].max(MIN_SIZE);
        self.mean[3] = self.mean[3].max(MIN_SIZE);
    }
}

impl BoxModel {
    /// Centre, then the two values that describe the box.
    fn measurement(self, bbox: &Bbox) -> [f64; 4] {
        let [x1, y1, x2, y2] = bbox.to_array().map(f64::from);
        let (w, h) = (x2 - x1, y2 - y1);
        let (first, second) = match self {
            Self::Size => (w, h),
            Self::Aspect => (w / h, h),
            Self::Area => (w * h, w / h),
        };
        [(x1 + x2) / 2.0, (y1 + y2) / 2.0, first, second]
    }

    /// Standard deviations of the eight values of a box; `scale` is that of positions and velocities, `aspect`
    /// the deviations of w / h and of its velocity.
    fn noise(self, width: f64, h: f64, scale: [f64; 2], aspect: [f64; 2]) -> [f64; 8] {
        let (position, velocity) = (scale[0] * POSITION, scale[1] * VELOCITY);
        let (p, v) = (position * h, velocity * h);
        match self {
            Self::Size => {
                let (pw, vw) = (position * width, velocity * width);
                [pw, p, pw, p, vw, v, vw, v]
            }
            Self::Aspect => [p, p, aspect[0], p, v, v, aspect[1], v],
            Self::Area => AREA,
        }
    }
}

/// Width and height of a box of this area and width by height.
fn sides(area: f64, ratio: f64) -> (f64, f64) {
    let w = (area * ratio).sqrt();
    (w, area / w)
}

/// Area and width by height of the upright box around a turned one.
fn turned_area(area: f64, ratio: f64, r: &[[f64; 2]; 2]) -> [f64; 2] {
    let (w, h) = sides(area, ratio);
    let (w, h) = (r[0][0].abs() * w + r[0][1].abs() * h, r[1][0].abs() * w + r[1][1].abs() * h);
    [w * h, w / h]
}

/// The lower triangle L with L Lᵀ = `s`; `None` unless `s` is positive definite.
fn cholesky(s: &[[f64; 4]; 4]) -> Option<[[f64; 4]; 4]> {
    let mut l = [[0.0; 4]; 4];
    for i in 0..4 {
        for k in 0..=i {
            let rest = s[i][k] - dot(&l[i], &l[k]);
            if i == k {
                if !(rest > 0.0 && rest.is_finite()) {
                    return None;
                }
                l[i][i] = rest.sqrt();
            } else {
                l[i][k] = rest / l[k][k];
            }
        }
    }
    Some(l)
}

/// Solves L x = `b`.
fn solve_lower(l: &[[f64; 4]; 4], b: [f64; 4]) -> [f64; 4] {
    let mut x = [0.0; 4];
    for i in 0..4 {
        x[i] = (b[i] - dot(&l[i], &x)) / l[i][i];
    }
    x
}

fn dot(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values here were computed with numpy from the formulas of the paper (F P Fᵀ + Q, gain by inverse).
    fn moved() -> KalmanFilter {
        moved_as(BoxModel::Size)
    }

    fn moved_as(model: BoxModel) -> KalmanFilter {
        let mut kf = KalmanFilter::new(&Bbox::new(80.0, 160.0, 120.0, 240.0), model);
        kf.predict();
        // Centre (104, 199), size 41 × 82.
        kf.update(&Bbox::new(83.5, 158.0, 124.5, 240.0));
        kf.predict();
        kf
    }

    fn assert_near(actual: &[f64], expected: &[f64]) {
        for (a, e) in actual.iter().zip(expected) {
            assert!((a - e).abs() <= 1e-9 * e.abs().max(1.0), "{actual:?} against {expected:?}");
        }
    }

    #[test]
    fn predict_and_update_agree_with_numpy() {
        let kf = moved();
        assert_near(
            kf.mean(),
            &[
                104.29752066115702,
                198.92561983471074,
                41.074380165289256,
                82.14876033057851,
                0.8264462809917356,
                -0.2066115702479339,
                0.2066115702479339,
                0.4132231404958678,
            ],
        );
        let p = &kf.covariance;
        assert_near(
            &std::array::from_fn::<_, 8, _>(|i| p[i][i]),
            &[
                14.320580902943789,
                57.282323611775155,
                14.320580902943789,
                57.282323611775155,
                5.08641887774486,
                20.34567551097944,
                5.08641887774486,
                20.34567551097944,
            ],
        );
        assert_near(
            &[p[0][4], p[4][0], p[3][7], p[0][1]],
            &[5.847623966942148, 5.847623966942148, 23.390495867768593, 0.0],
        );
    }

    #[test]
    fn the_filter_of_aspects_agrees_with_numpy() {
        let kf = moved_as(BoxModel::Aspect);
        assert_near(&kf.mean()[..4], &[104.29752066115702, 198.92561983471074, 0.5, 82.14876033057851]);
        assert_near(&kf.mean()[4..], &[0.8264462809917356, -0.2066115702479339, 0.0, 0.4132231404958678]);
        let p = &kf.covariance;
        // The variances of w / h are small: compared by ratio.
        assert_near(&[p[2][2] / 0.0002960789235678547, p[6][6] / 2.999999990196079e-10], &[1.0, 1.0]);
        assert_near(
            &[p[0][0], p[3][3], p[4][4], p[7][7], p[3][7], p[2][6] / 2.9803921374471367e-10],
            &[57.282323611775155, 57.282323611775155, 20.34567551097944, 20.34567551097944, 23.390495867768593, 1.0],
        );
        let edges = kf.bbox().to_array();
        for (edge, expected) in edges.into_iter().zip([83.7603305785124, 157.8512396694215, 124.83471074380165, 240.0])
        {
            assert!((f64::from(edge) - expected).abs() < 1e-4, "{edges:?}");
        }
    }

    #[test]
    fn camera_turn_agrees_with_numpy_in_both_models() {
        let turn = Affine([0.8, -0.6, 5.0, 0.6, 0.8, -3.0]);
        let mut kf = moved();
        kf.apply_camera(&turn, CameraModel::Enclosing);
        assert_near(&kf.mean()[..4], &[-30.91735537190081, 218.71900826446281, 82.14876033057851, 90.36363636363637]);
        assert_near(&kf.mean()[4..], &[0.7851239669421488, 0.3305785123966942, 0.4132231404958678, 0.4545454545454546]);
        let p = &kf.covariance;
        assert_near(&[p[0][1], p[2][3], p[0][5]], &[-20.621636500239052, 34.36939416706509, -8.420578512396695]);

        // Off-diagonal terms take part in the update.
        let (cx, cy) = (kf.mean()[0] + 2.0, kf.mean()[1] - 1.0);
        kf.update(&Bbox::new((cx - 25.0) as f32, (cy - 45.0) as f32, (cx + 25.0) as f32, (cy + 45.0) as f32));
        let expected = [-29.624245451556227, 217.76360918844966, 69.47532468035155, 77.10436110826159];
        for (a, e) in kf.mean().iter().zip(expected) {
            assert!((a - e).abs() < 1e-4, "{:?}", kf.mean());
        }

        let mut kf = moved();
        kf.apply_camera(&turn, CameraModel::Signed);
        let p = &kf.covariance;
        assert_near(&[p[0][1], p[2][3], p[0][5]], &[-20.621636500239052, -20.621636500239052, -8.420578512396695]);
        // 0.8 * 41.07 - 0.6 * 82.15 is negative: held at the least size.
        assert_near(&kf.mean()[2..4], &[MIN_SIZE, 90.36363636363637]);
    }

    #[test]
    fn the_filter_of_areas_turns_and_zooms_as_that_of_sizes() {
        // The same box for both.
        let seen = Bbox::new(80.0, 150.0, 130.0, 250.0);
        let both = [BoxModel::Area, BoxModel::Size].map(|model| KalmanFilter::new(&seen, model));
        let [mut areas, mut sizes] = both.clone();
        for motion in [Affine([1.1, 0.0, 3.0, 0.0, 0.9, 0.0]), Affine([0.6, -0.8, 500.0, 0.8, 0.6, 2.0])] {
            [areas, sizes] = both.clone();
            areas.apply_camera(&motion, CameraModel::Enclosing);
            sizes.apply_camera(&motion, CameraModel::Enclosing);
            for (a, b) in areas.bbox().to_array().into_iter().zip(sizes.bbox().to_array()) {
                assert!((a - b).abs() < 1e-3, "{:?} {:?}", areas.bbox(), sizes.bbox());
            }
        }
        // After many small turns the shape is still a person's.
        for step in 0..30 {
            let turn = if step % 2 == 0 { 0.01 } else { -0.01 };
            areas.apply_camera(&Affine([1.0, -turn, 0.0, turn, 1.0, 0.0]), CameraModel::Enclosing);
            areas.predict();
            areas.update(&sizes.bbox());
        }
        assert!(areas.bbox().iou(&sizes.bbox()) > 0.9, "{:?} {:?}", areas.bbox(), sizes.bbox());
    }

    #[test]
    fn a_broken_motion_moves_nothing() {
        let mut kf = moved();
        kf.apply_camera(&Affine([f64::NAN, 0.0, 0.0, 0.0, 1.0, 0.0]), CameraModel::Enclosing);
        assert_eq!(kf, moved());
    }

    #[test]
    fn a_lost_covariance_starts_anew() {
        let mut kf = moved();
        kf.covariance = [[f64::NAN; 8]; 8];
        let seen = Bbox::new(0.0, 0.0, 10.0, 20.0);
        kf.update(&seen);
        assert_eq!(kf, KalmanFilter::new(&seen, BoxModel::Size));
    }

    #[test]
    fn sizes_stay_positive() {
        let mut kf = KalmanFilter::new(&Bbox::new(0.0, 0.0, 100.0, 100.0), BoxModel::Size);
        for step in 1..60u16 {
            let size = 100.0 / f32::from(step);
            kf.predict();
            kf.update(&Bbox::new(0.0, 0.0, size, size));
        }
        for _ in 0..500 {
            kf.predict();
            assert!(kf.mean()[2] > 0.0 && kf.bbox().x1.is_finite());
        }
    }
}
