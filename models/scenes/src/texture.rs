//! Pictures on surfaces, kept at every half size so that what is far away doesn't flicker.

use glam::{Vec2, Vec4};

/// A square picture, sRGB with alpha, repeated beyond its edges.
#[derive(Clone, Debug)]
pub struct Texture {
    /// Each half as large as the one before, down to one texel.
    levels: Vec<Vec<[u8; 4]>>,
    /// Texels along a side of the first level, a power of two.
    side: u32,
    holes: bool,
}

impl Texture {
    /// Paints each texel; `paint` gets its middle as u, v in 0..1 (v down). `side` is raised to a power of two.
    pub fn paint(side: u32, paint: impl Fn(f32, f32) -> [u8; 4]) -> Self {
        let side = side.clamp(1, 4096).next_power_of_two();
        let at = |i: u32| (i as f32 + 0.5) / side as f32;
        let first: Vec<[u8; 4]> = (0..side * side).map(|i| paint(at(i % side), at(i / side))).collect();
        let mut levels = vec![first];
        let mut size = side as usize;
        while size > 1 {
            let Some(above) = levels.last() else { break };
            let half = size / 2;
            let texel = |i: usize| {
                let (x, y) = (i % half * 2, i / half * 2);
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| above[(y + dy) * size + x + dx]);
                std::array::from_fn(|c| (four.iter().map(|t| u32::from(t[c])).sum::<u32>().div_ceil(4)) as u8)
            };
            let below = (0..half * half).map(texel).collect();
            levels.push(below);
            size = half;
        }
        let holes = levels[0].iter().any(|texel| texel[3] < 128);
        Self { levels, side, holes }
    }

    /// One colour.
    pub fn plain([r, g, b]: [u8; 3]) -> Self {
        Self::paint(1, |_, _| [r, g, b, 255])
    }

    /// Texels along a side.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// Whether any texel is a hole (alpha below 128).
    pub fn has_holes(&self) -> bool {
        self.holes
    }

    /// Its mean colour.
    pub fn mean(&self) -> [u8; 4] {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    /// The level at which a texel is about as large as a pixel, where a pixel covers this share of the side.
    pub fn level(&self, pixel: f32) -> usize {
        let texels = (pixel * self.side as f32).max(1.0);
        // The exponent of a number from 1 on is its logarithm, rounded down.
        let exponent = (texels.to_bits() >> 23) as usize - 127;
        exponent.min(self.levels.len() - 1)
    }

    /// The colour at `uv`, evened out between the four texels around it; 0..=255 each.
    pub fn sample(&self, uv: Vec2, level: usize) -> Vec4 {
        let side = self.side >> level;
        let texels = &self.levels[level];
        let colour = |texel: &[u8; 4]| Vec4::from_array(texel.map(f32::from));
        if side <= 1 {
            return colour(&texels[0]);
        }
        let (scale, mask) = (side as f32, side - 1);
        let ((x0, fx), (y0, fy)) = (split(uv.x * scale - 0.5), split(uv.y * scale - 0.5));
        let (x1, y1) = (x0.wrapping_add(1) & mask, y0.wrapping_add(1) & mask);
        let (x0, y0) = (x0 & mask, y0 & mask);
        let at = |x: u32, y: u32| colour(&texels[(y * side + x) as usize]);
        let (above, below) = ((at(x0, y0), at(x1, y0)), (at(x0, y1), at(x1, y1)));
        let between = |(a, b): (Vec4, Vec4), share: f32| a + (b - a) * share;
        between((between(above, fx), between(below, fx)), fy)
    }
}

/// The whole number below `x`, of which only the lower 22 bits count, and what `x` is above it (0..=1). Exact for numbers
/// within ±2^21: added to 1.5·2^23, a number loses its fraction (rounded) and has the rest as the last bits.
fn split(x: f32) -> (u32, f32) {
    const WHOLE: f32 = 12_582_912.0;
    let below = (x - 0.5) + WHOLE;
    (below.to_bits(), x - (below - WHOLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texels_are_found_and_repeat() {
        let texture = Texture::paint(4, |u, v| [(u * 4.0) as u8 * 10, (v * 4.0) as u8 * 10, 0, 255]);
        let at = |x: f32, y: f32| texture.sample(Vec2::new((x + 0.5) / 4.0, (y + 0.5) / 4.0), 0);
        assert_eq!([at(2.0, 1.0).x, at(2.0, 1.0).y], [20.0, 10.0]);
        assert_eq!(at(6.0, -3.0), at(2.0, 1.0));
        assert_eq!(at(1.5, 0.0)[0], 15.0);
    }

    #[test]
    fn far_away_only_the_mean_is_left() {
        let texture =
            Texture::paint(64, |u, _| if ((u * 32.0) as u32).is_multiple_of(2) { [0, 0, 0, 255] } else { [200; 4] });
        let far = texture.sample(Vec2::splat(0.3), texture.level(1.0));
        assert_eq!(far[0], 100.0);
        assert_eq!(texture.level(1.0 / 64.0), 0);
        assert_eq!(texture.level(1.0 / 16.0), 2);
    }
}
