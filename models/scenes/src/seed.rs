//! Chance that repeats itself: numbers that depend on a seed and on names, never on the order of asking.

/// Where chance starts. One thing's numbers don't change when another thing is added: each takes a seed
/// [`of`](Self::of) its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The seed of a whole scene.
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x5117_0e7a))
    }

    /// The seed of the part with this name.
    pub fn of(self, name: &str) -> Self {
        // FNV-1a, then mixed: names that differ in one letter get seeds that have nothing in common.
        let hash = |h: u64, byte: u8| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(mix(name.bytes().fold(self.0 ^ 0xcbf2_9ce4_8422_2325, hash)))
    }

    /// The seed of the `n`th part.
    pub const fn at(self, n: u64) -> Self {
        Self(mix(self.0 ^ mix(n)))
    }

    /// A number in 0..1.
    pub fn unit(self) -> f32 {
        (mix(self.0) >> 40) as f32 / (1u64 << 24) as f32
    }

    /// A number in `low..high`.
    pub fn range(self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A number around 0, of standard deviation 1 and never beyond ±3.5: the sum of twelve evenly spread ones.
    pub fn normal(self) -> f32 {
        let sum: f32 = (0..12).map(|n| self.at(n).unit()).sum();
        (sum - 6.0).clamp(-3.5, 3.5)
    }

    /// One of `choices`, all as likely. `choices` must not be empty.
    pub fn pick<T: Copy>(self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    /// A number in `0..count`; 0 when `count` is 0.
    pub fn index(self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count.saturating_sub(1))
    }

    /// True with this likelihood.
    pub fn chance(self, likelihood: f32) -> bool {
        self.unit() < likelihood
    }

    /// Smooth noise in -1..1 with features about 1 apart.
    pub fn noise(self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (libm::floorf(x), libm::floorf(y));
        let (u, v) = (ease(x - x0), ease(y - y0));
        let corner = |dx: f32, dy: f32| {
            let (i, j) = ((x0 + dx) as i64 as u64, (y0 + dy) as i64 as u64);
            Self(self.0 ^ i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ j.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)).unit()
        };
        let top = corner(0.0, 0.0) * (1.0 - u) + corner(1.0, 0.0) * u;
        let bottom = corner(0.0, 1.0) * (1.0 - u) + corner(1.0, 1.0) * u;
        (top * (1.0 - v) + bottom * v) * 2.0 - 1.0
    }

    /// Noise in about -1..1 with features from 1 down to `2^-(octaves-1)`, each octave half as strong.
    pub fn fractal(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut strength, mut total, mut scale) = (0.0, 1.0, 0.0, 1.0);
        for octave in 0..octaves {
            sum += strength * self.at(u64::from(octave)).noise(x * scale, y * scale);
            total += strength;
            strength *= 0.5;
            scale *= 2.0;
        }
        if total > 0.0 { sum / total } else { 0.0 }
    }
}

/// From 0 to 1 with flat ends.
pub fn ease(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// SplitMix64's mixing function (Steele, Lea and Flood, 2014).
const fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_depend_on_names_and_not_on_the_order() {
        let seed = Seed::new(7);
        let (ana, bia) = (seed.of("ana").unit(), seed.of("bia").unit());
        assert_ne!(ana, bia);
        assert_eq!((seed.of("bia").unit(), seed.of("ana").unit()), (bia, ana));
        assert_ne!(Seed::new(8).of("ana").unit(), ana);
    }

    #[test]
    fn units_fill_their_range_evenly() {
        let mean = (0..4000).map(|n| Seed::new(3).at(n).unit()).sum::<f32>() / 4000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert!((0..4000).all(|n| (0.0..1.0).contains(&Seed::new(3).at(n).unit())));
        let square = (0..4000).map(|n| Seed::new(5).at(n).normal().powi(2)).sum::<f32>() / 4000.0;
        assert!((square - 1.0).abs() < 0.1, "{square}");
    }

    #[test]
    fn noise_is_smooth_and_bounded() {
        let seed = Seed::new(1);
        for n in -500..500 {
            let x = n as f32 * 0.037;
            let (here, near) = (seed.fractal(x, 0.3, 4), seed.fractal(x + 0.001, 0.3, 4));
            assert!(here.abs() <= 1.0 && (here - near).abs() < 0.02, "{here} {near} at {x}");
        }
    }
}
