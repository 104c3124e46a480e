//! Pictures on surfaces, kept at every half size so that what is far away doesn't flicker.

use glam::Vec2;

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
    pub fn sample(&self, uv: Vec2, level: usize) -> [f32; 4] {
        let side = self.side >> level;
        let texels = &self.levels[level];
        if side <= 1 {
            return texels[0].map(f32::from);
        }
        let (x, y) = (uv.x * side as f32 - 0.5, uv.y * side as f32 - 0.5);
        let (x0, y0) = (floor(x), floor(y));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let mask = side as i32 - 1;
        let at = |x: i32, y: i32| &texels[((y & mask) * side as i32 + (x & mask)) as usize];
        let (a, b, c, d) = (at(x0, y0), at(x0 + 1, y0), at(x0, y0 + 1), at(x0 + 1, y0 + 1));
        let (wa, wb, wc, wd) = ((1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy);
        std::array::from_fn(|i| {
            f32::from(a[i]) * wa + f32::from(b[i]) * wb + f32::from(c[i]) * wc + f32::from(d[i]) * wd
        })
    }
}

fn floor(x: f32) -> i32 {
    let i = x as i32;
    if (i as f32) > x { i - 1 } else { i }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texels_are_found_and_repeat() {
        let texture = Texture::paint(4, |u, v| [(u * 4.0) as u8 * 10, (v * 4.0) as u8 * 10, 0, 255]);
        let at = |x: f32, y: f32| texture.sample(Vec2::new((x + 0.5) / 4.0, (y + 0.5) / 4.0), 0);
        assert_eq!(at(2.0, 1.0)[..2], [20.0, 10.0]);
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
