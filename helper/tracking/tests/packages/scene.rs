//! Seeded scenes of people, the same numbers as `reference/scenes.py` makes: both sides change together.
//!
//! Only +, -, * and comparisons of doubles are used, so that they agree to the last bit in every language.

use std::path::Path;

use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::track::Detection;
use silhueta_tracking::Embedding;

pub(crate) const KINDS: [&str; 6] = ["crowd", "crossing", "absence", "camera", "thresholds", "doubles"];
const THRESHOLDS: [f64; 8] = [0.1, 0.25, 0.45, 0.5, 0.6, 0.7, 0.3, 0.9];
const WIDTH: f64 = 1280.0;
const LOOKS: usize = 16;

/// What a tracker is given of one frame.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) detections: Vec<Detection>,
    pub(crate) embeddings: Vec<Option<Embedding>>,
    pub(crate) motion: Affine,
}

/// Knuth's linear congruential generator (MMIX); the upper 53 bits as a share of 1.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed * 2 + 1)
    }

    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Within `size / 2` of 0.
    fn around(&mut self, size: f64) -> f64 {
        (self.next() - 0.5) * size
    }
}

struct Person {
    x: f64,
    y: f64,
    vx: f64,
    vy: f64,
    h: f64,
    away: std::ops::Range<i64>,
    looks: Vec<f64>,
}

/// Box, score and looks of a person found.
type Found = ([f64; 4], f64, Vec<f64>);

impl Person {
    fn new(kind: &str, index: usize, r: &mut Random) -> Self {
        let (x, mut y) = (60.0 + r.next() * 1160.0, 150.0 + r.next() * 420.0);
        let (mut vx, mut vy, h) = (r.around(8.0), r.around(3.0), 100.0 + r.next() * 120.0);
        if kind == "crossing" {
            // Two rows that walk through each other.
            (y, vy) = (300.0 + (index % 2) as f64 * 25.0, 0.0);
            vx = if index.is_multiple_of(2) { 5.0 } else { -5.0 };
        }
        let away = if kind == "absence" {
            let from = (r.next() * 60.0) as i64;
            from..from + (r.next() * 50.0) as i64
        } else {
            0..0
        };
        Self { x, y, vx, vy, h, away, looks: (0..LOOKS).map(|_| r.around(1.0)).collect() }
    }

    fn bbox(&self, r: &mut Random) -> [f64; 4] {
        let w = self.h * (0.38 + r.next() * 0.04);
        let (x, y) = (self.x + r.around(3.0), self.y + r.around(3.0));
        [x - w * 0.5, y - self.h * 0.5, x + w * 0.5, y + self.h * 0.5]
    }
}

fn iou(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let (w, h) = (a[2].min(b[2]) - a[0].max(b[0]), a[3].min(b[3]) - a[1].max(b[1]));
    if w <= 0.0 || h <= 0.0 {
        return 0.0;
    }
    w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h)
}

/// The frames of a scene, best scores first.
pub(crate) fn scene(kind: &str, seed: u64) -> Vec<Frame> {
    let number = KINDS.iter().position(|k| *k == kind).unwrap();
    let mut r = Random::new(seed * KINDS.len() as u64 + number as u64);
    let count = if kind == "crossing" || kind == "absence" { 8 } else { 14 };
    let mut people: Vec<Person> = (0..count).map(|i| Person::new(kind, i, &mut r)).collect();
    let mut frames = Vec::new();
    for t in 0..if kind == "absence" { 100 } else { 60 } {
        let mut motion = Affine::IDENTITY;
        if kind == "camera" && t > 0 {
            let (zoom, turn) = (1.0 + r.around(0.02), r.around(0.01));
            motion = Affine([zoom, -turn, r.around(30.0), turn, zoom, r.around(20.0)]);
        }
        let [a, b, tx, c, d, ty] = motion.0;
        let mut found: Vec<Found> = Vec::new();
        for p in &mut people {
            (p.x, p.y) = (p.x + p.vx + r.around(1.0), p.y + p.vy + r.around(1.0));
            if !(0.0..=WIDTH).contains(&p.x) {
                p.vx = -p.vx;
            }
            if !(80.0..=640.0).contains(&p.y) {
                p.vy = -p.vy;
            }
            (p.x, p.y, p.h) = (a * p.x + b * p.y + tx, c * p.x + d * p.y + ty, p.h * a);
            let (bbox, mut score) = (p.bbox(&mut r), 0.3 + r.next() * 0.7);
            let looks = |r: &mut Random| p.looks.iter().map(|v| v + r.around(0.5)).collect();
            let seen_as = looks(&mut r);
            let (missed, faint, choice) = (r.next() < 0.06, r.next() < 0.15, r.next());
            if faint {
                score = 0.05 + choice * 0.4;
            }
            if kind == "thresholds" {
                score = THRESHOLDS[(choice * THRESHOLDS.len() as f64) as usize];
            }
            if !missed && !p.away.contains(&t) {
                found.push((bbox, score, seen_as));
            }
            if kind == "doubles" && r.next() < 0.15 {
                let by = r.around(8.0);
                found.push((bbox.map(|v| v + by), score * 0.9, looks(&mut r)));
            }
        }
        if kind == "crossing" {
            // Who is hidden by somebody nearer is mostly missed, or scored low.
            let hides = |a: &Found, b: &Found| a.0[3] > b.0[3] && iou(&a.0, &b.0) > 0.3;
            let all = found.clone();
            found.retain_mut(|f| {
                if !all.iter().any(|other| hides(other, f)) {
                    return true;
                }
                f.1 = 0.2;
                r.next() > 0.6
            });
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        frames.push(frame(&found, motion));
    }
    frames
}

/// A MOTChallenge sequence's detections, with looks that change smoothly over the picture, and some noise; and its
/// frame rate.
pub(crate) fn mot(folder: &Path) -> (Vec<Frame>, f64) {
    let info = std::fs::read_to_string(folder.join("seqinfo.ini")).unwrap();
    let setting = |name: &str| info.lines().find_map(|l| l.trim().strip_prefix(name)?.strip_prefix('=')).unwrap();
    let (length, rate): (usize, f64) = (setting("seqLength").parse().unwrap(), setting("frameRate").parse().unwrap());
    let name = folder.file_name().unwrap().to_str().unwrap();
    let mut r = Random::new(name.split('-').nth(1).unwrap().parse().unwrap());
    let slopes: Vec<[f64; 3]> = (0..LOOKS).map(|_| [r.around(1.0), r.around(1.0), r.around(1.0)]).collect();
    let mut found: Vec<Vec<Found>> = vec![Vec::new(); length];
    for line in std::fs::read_to_string(folder.join("det.txt")).unwrap().lines() {
        let v: Vec<f64> = line.split(',').map(|v| v.trim().parse().unwrap()).collect();
        let (x, y) = (v[2] - 1.0, v[3] - 1.0);
        let looks = slopes.iter().map(|s| s[0] + s[1] * (x * 0.004) + s[2] * (y * 0.004) + r.around(0.4)).collect();
        found[v[0] as usize - 1].push(([x, y, x + v[4], y + v[5]], v[6], looks));
    }
    (found.iter().map(|found| frame(found, Affine::IDENTITY)).collect(), rate)
}

fn frame(found: &[Found], motion: Affine) -> Frame {
    let bbox = |b: &[f64; 4]| Bbox::new(b[0] as f32, b[1] as f32, b[2] as f32, b[3] as f32);
    Frame {
        detections: found.iter().map(|f| Detection { bbox: bbox(&f.0), score: f.1 as f32 }).collect(),
        embeddings: found.iter().map(|f| Embedding::new(f.2.iter().map(|&v| v as f32).collect())).collect(),
        motion,
    }
}
