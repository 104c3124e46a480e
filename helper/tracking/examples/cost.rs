//! What the trackers cost: people who walk over 1280 × 720 pixels, embeddings of 512 values given, as in the peers'
//! `bench.py boxmot`. Prints a JSON line with the milliseconds a frame for each tracker and number of people.
//! `cargo xtask bench --trackers` sets them beside boxmot's.

#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::time::Instant;

use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::track::Detection;
use silhueta_tracking::{Embedding, Input, Method, Tracker};

const FRAMES: usize = 60;
/// Left out: the first of them are slower or have nobody to match.
const WARM_UP: usize = 3;

/// Knuth's linear congruential generator (MMIX).
struct Random(u64);

impl Random {
    fn uniform(&mut self, from: f32, to: f32) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + (to - from) * ((self.0 >> 40) as f32 / (1u32 << 24) as f32)
    }

    /// Nearly normal, with a deviation of 1.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform(-0.5, 0.5)).sum()
    }
}

#[derive(Clone)]
struct Frame {
    detections: Vec<Detection>,
    looks: Vec<Vec<f32>>,
}

fn frames(people: usize) -> Vec<Frame> {
    let mut r = Random(people as u64 * 2 + 1);
    let walkers: Vec<([f32; 5], Vec<f32>)> = (0..people)
        .map(|_| {
            let place = [r.uniform(60.0, 1220.0), r.uniform(120.0, 600.0)];
            let way = [r.uniform(-4.0, 4.0), r.uniform(-4.0, 4.0), r.uniform(100.0, 220.0)];
            ([place[0], place[1], way[0], way[1], way[2]], (0..512).map(|_| r.normal()).collect())
        })
        .collect();
    let frame = |t: usize, r: &mut Random| {
        let (mut detections, mut seen) = (Vec::new(), Vec::new());
        for ([x, y, vx, vy, h], looks) in &walkers {
            let (x, y) = (x + vx * t as f32 + r.normal(), y + vy * t as f32 + r.normal());
            let faint = r.uniform(0.0, 1.0) < 0.15;
            let score = if faint { r.uniform(0.12, 0.45) } else { r.uniform(0.6, 0.95) };
            detections.push(Detection { bbox: Bbox::new(x - h * 0.2, y - h / 2.0, x + h * 0.2, y + h / 2.0), score });
            seen.push(looks.iter().map(|v| v + 0.3 * r.normal()).collect());
        }
        Frame { detections, looks: seen }
    };
    (0..FRAMES).map(|t| frame(t, &mut r)).collect()
}

/// Milliseconds of each frame behind the first.
fn times(method: Method, frames: &[Frame]) -> Vec<f64> {
    let mut tracker = Tracker::new(method, 30.0);
    let time = |Frame { detections, looks }: Frame| {
        let start = Instant::now();
        // Scaling them to length 1 is part of it, as it is with the peers.
        let embeddings: Vec<_> = looks.into_iter().map(Embedding::new).collect();
        let input = Input { detections: &detections, embeddings: &embeddings, motion: Some(Affine::IDENTITY) };
        std::hint::black_box(tracker.update(&input));
        start.elapsed().as_secs_f64() * 1e3
    };
    frames.iter().cloned().map(time).skip(WARM_UP).collect()
}

fn main() {
    for people in [10, 50, 100, 500] {
        let frames = frames(people);
        for method in Method::ALL {
            let mut times = times(method, &frames);
            times.sort_by(f64::total_cmp);
            let (median, least) = (times[times.len() / 2], times[0]);
            println!(
                r#"{{"tracker":"{}","preset":"{}","people":{people},"median_ms":{median:.4},"least_ms":{least:.4}}}"#,
                method.name(),
                method.preset().map_or("", |preset| preset.name())
            );
        }
    }
}
