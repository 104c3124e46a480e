//! Noise in tables: painting asks for it millions of times.

use super::whole;
use crate::seed::Seed;

const SIDE: usize = 256;

/// Noise that repeats over a square of side 1, so that pictures made of it repeat as well.
#[derive(Debug)]
pub(in crate::place) struct Noise {
    clouds: Vec<f32>,
    grain: Vec<f32>,
}

impl Noise {
    pub(in crate::place) fn new(seed: Seed) -> Self {
        let mut clouds = vec![0.0f32; SIDE * SIDE];
        let mut strength = 0.62;
        for (octave, cells) in [4usize, 8, 16, 32, 64, 128].into_iter().enumerate() {
            let seed = seed.at(octave as u64);
            let knots: Vec<f32> = (0..cells * cells).map(|n| seed.at(n as u64).range(-1.0, 1.0)).collect();
            let knot = |x: usize, y: usize| knots[y % cells * cells + x % cells];
            let scale = SIDE / cells;
            let eased: Vec<f32> = (0..scale).map(|i| crate::seed::ease(i as f32 / scale as f32)).collect();
            for y in 0..SIDE {
                for x in 0..SIDE {
                    let (i, j, fx, fy) = (x / scale, y / scale, eased[x % scale], eased[y % scale]);
                    let top = knot(i, j) + (knot(i + 1, j) - knot(i, j)) * fx;
                    let low = knot(i, j + 1) + (knot(i + 1, j + 1) - knot(i, j + 1)) * fx;
                    clouds[y * SIDE + x] += strength * (top + (low - top) * fy);
                }
            }
            strength *= 0.64;
        }
        let seed = seed.of("grain");
        let grain = (0..SIDE * SIDE).map(|n| seed.at(n as u64).range(-1.0, 1.0)).collect();
        Self { clouds, grain }
    }

    /// Cloudy noise, about -1..1, mostly within ±0.5; its largest features are a quarter wide.
    pub(in crate::place) fn cloud(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x * SIDE as f32, y * SIDE as f32);
        let (x0, y0) = (whole(x), whole(y));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let at = |dx: i32, dy: i32| self.clouds[index(x0 + dx, y0 + dy)];
        let top = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
        let low = at(0, 1) + (at(1, 1) - at(0, 1)) * fx;
        top + (low - top) * fy
    }

    /// Hard grain, -1..1 evenly: 256 grains along the square.
    pub(in crate::place) fn grain(&self, x: f32, y: f32) -> f32 {
        self.grain[index((x * SIDE as f32) as i32, (y * SIDE as f32) as i32)]
    }

    /// A number of -1..1 for a cell, of the `n`th kind.
    pub(in crate::place) fn cell(&self, x: i32, y: i32, n: i32) -> f32 {
        self.grain[index(x * 7 + n * 31 + 5, y * 13 + n * 57 + 3)]
    }

    /// How near a crack is, 1 on it: thin winding lines where the clouds change sign.
    pub(in crate::place) fn crack(&self, x: f32, y: f32, width: f32) -> f32 {
        (1.0 - self.cloud(x, y).abs() / width).max(0.0)
    }
}

fn index(x: i32, y: i32) -> usize {
    let wrap = |n: i32| (n & (SIDE as i32 - 1)) as usize;
    wrap(y) * SIDE + wrap(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_repeats_without_a_seam_and_spreads_around_zero() {
        let noise = Noise::new(Seed::new(1));
        let mut sum = 0.0;
        for n in 0..1000 {
            let (x, y) = (n as f32 * 0.0371, n as f32 * 0.0113);
            assert!((noise.cloud(x, y) - noise.cloud(x + 1.0, y - 2.0)).abs() < 1e-2);
            assert!((noise.cloud(x, y) - noise.cloud(x + 1e-4, y)).abs() < 0.05);
            sum += noise.cloud(x, y);
        }
        assert!(sum.abs() < 250.0, "{sum}");
    }
}
