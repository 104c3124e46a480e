//! What lens and sensor make of the light: exposure, blur, noise, eight bits.

use std::io::{self, Write};
use std::sync::LazyLock;

use glam::Vec3;

use crate::script;
use crate::seed::Seed;

/// A finished frame, 8-bit sRGB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across and down.
    pub size: [u32; 2],
    /// `height × width × 3` bytes, red first.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// Writes it as PNG.
    ///
    /// # Errors
    /// What `to` says.
    pub fn write_png(&self, to: impl Write) -> io::Result<()> {
        let mut encoder = png::Encoder::new(to, self.size[0], self.size[1]);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&self.rgb).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)
    }
}

/// A camera's optics and sensor.
#[derive(Clone, Copy, Debug)]
pub struct Lens {
    picture: script::Picture,
    seed: Seed,
}

/// Steps of the tone curve, and the light at its end.
const STEPS: usize = 1 << 15;
const BRIGHTEST: f32 = 4.0;

/// From linear light to 0..=255: a shoulder above 0.6 as sensors have it, then the sRGB curve.
static TONE: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let value = |n: usize| {
        let x = n as f32 / STEPS as f32 * BRIGHTEST;
        let bent = if x < 0.6 { x } else { 0.6 + 0.4 * (1.0 - libm::expf(-(x - 0.6) / 0.4)) };
        let curve = if bent < 0.003_130_8 { 12.92 * bent } else { 1.055 * libm::powf(bent, 1.0 / 2.4) - 0.055 };
        curve * 255.0
    };
    (0..=STEPS).map(value).collect()
});

impl Lens {
    /// The lens and sensor of a script.
    pub fn new(picture: script::Picture, seed: Seed) -> Self {
        Self { picture, seed: seed.of("sensor") }
    }

    /// The picture that frame `number` becomes.
    pub fn develop(&self, light: &[Vec3], size: [u32; 2], number: u32) -> Picture {
        let exposure = self.picture.exposure * STEPS as f32 / BRIGHTEST;
        let tone = &*TONE;
        // NaN becomes 0 on its way to a whole number.
        let curve = |value: f32| tone[(value * exposure).clamp(0.0, STEPS as f32) as i32 as usize];
        let mut values = vec![0.0; light.len() * 3];
        for (value, light) in values.chunks_exact_mut(3).zip(light) {
            value.copy_from_slice(&[curve(light.x), curve(light.y), curve(light.z)]);
        }
        if self.picture.blur > 0.0 {
            blur(&mut values, size, self.picture.blur);
        }
        let noise = &*NOISE;
        let seed = self.seed.at(u64::from(number));
        let mut rgb = vec![0; values.len()];
        let row = size[0] as usize * 3;
        for (y, (bytes, values)) in rgb.chunks_exact_mut(row).zip(values.chunks_exact(row)).enumerate() {
            // Each row of each frame begins elsewhere in the table.
            let start = seed.at(y as u64).index(NOISES);
            let noise = noise[start..].iter().chain(noise.iter().cycle());
            for ((byte, value), noise) in bytes.iter_mut().zip(values).zip(noise) {
                *byte = (value + self.picture.noise * noise + 0.5) as u8;
            }
        }
        Picture { size, rgb }
    }
}

/// How many numbers of noise there are.
const NOISES: usize = 1 << 16;

/// Numbers about 0 of standard deviation 1.
static NOISE: LazyLock<Vec<f32>> = LazyLock::new(|| (0..NOISES).map(|n| Seed::new(17).at(n as u64).normal()).collect());

/// Gaussian blur, across and then down.
fn blur(values: &mut [f32], size: [u32; 2], sigma: f32) {
    let reach = (sigma * 3.0).ceil().max(1.0) as usize;
    let weight = |d: usize| libm::expf(-((d * d) as f32) / (2.0 * sigma * sigma));
    let total: f32 = weight(0) + (1..=reach).map(|d| 2.0 * weight(d)).sum::<f32>();
    let weights: Vec<f32> = (0..=reach).map(|d| weight(d) / total).collect();
    let row = size[0] as usize * 3;
    // A line with its ends repeated, so that every value has all its neighbours.
    let mut line = vec![0.0; row + 6 * reach];
    for values in values.chunks_exact_mut(row) {
        line[3 * reach..3 * reach + row].copy_from_slice(values);
        for d in 0..reach {
            line[3 * d..3 * d + 3].copy_from_slice(&values[..3]);
            line[3 * (reach + d) + row..3 * (reach + d) + row + 3].copy_from_slice(&values[row - 3..]);
        }
        values.iter_mut().zip(&line[3 * reach..]).for_each(|(value, old)| *value = old * weights[0]);
        for (d, weight) in weights.iter().enumerate().skip(1) {
            let (left, right) = (&line[3 * (reach - d)..], &line[3 * (reach + d)..]);
            for (value, (a, b)) in values.iter_mut().zip(left.iter().zip(right)) {
                *value += (a + b) * weight;
            }
        }
    }
    let before = values.to_vec();
    let rows = size[1] as usize;
    for (y, values) in values.chunks_exact_mut(row).enumerate() {
        let line = |y: usize| &before[y * row..(y + 1) * row];
        values.iter_mut().zip(line(y)).for_each(|(value, old)| *value = old * weights[0]);
        for (d, weight) in weights.iter().enumerate().skip(1) {
            let (above, below) = (line(y.saturating_sub(d)), line((y + d).min(rows - 1)));
            for (value, (a, b)) in values.iter_mut().zip(above.iter().zip(below)) {
                *value += (a + b) * weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lens(picture: script::Picture) -> Lens {
        Lens::new(picture, Seed::new(4))
    }

    fn clean() -> script::Picture {
        script::Picture { noise: 0.0, blur: 0.0, ..script::Picture::default() }
    }

    #[test]
    fn brightness_rises_with_light_and_ends_below_white() {
        let light: Vec<Vec3> = (0..64).map(|n| Vec3::splat(n as f32 / 16.0)).collect();
        let rgb = lens(clean()).develop(&light, [64, 1], 0).rgb;
        assert!(rgb.chunks(3).zip(rgb.chunks(3).skip(1)).all(|(a, b)| a[0] <= b[0]));
        assert_eq!((rgb[0], rgb[63 * 3]), (0, 255));
        let grey = lens(clean()).develop(&[Vec3::splat(0.2140)], [1, 1], 0).rgb;
        assert_eq!(grey, [127; 3], "sRGB's middle");
    }

    #[test]
    fn blur_keeps_the_sum_and_spreads_it() {
        let mut values = vec![0.0; 15 * 15 * 3];
        values[(7 * 15 + 7) * 3] = 100.0;
        blur(&mut values, [15, 15], 1.2);
        assert!((values.iter().sum::<f32>() - 100.0).abs() < 0.1);
        assert!(values[(7 * 15 + 7) * 3] < 20.0 && values[(7 * 15 + 8) * 3] > 5.0);
        assert_eq!(values[(7 * 15 + 7) * 3 + 1], 0.0, "colours stay apart");
        let mut plain = vec![50.0; 9 * 5 * 3];
        blur(&mut plain, [9, 5], 2.0);
        assert!(plain.iter().all(|v| (v - 50.0).abs() < 1e-3), "edges don't darken");
    }

    #[test]
    fn noise_is_as_strong_as_said_and_new_in_each_frame() {
        let lens = lens(script::Picture { noise: 5.0, ..clean() });
        let light = vec![Vec3::splat(0.214); 64 * 64];
        let (first, second) = (lens.develop(&light, [64, 64], 0), lens.develop(&light, [64, 64], 1));
        assert_ne!(first, second);
        assert_eq!(first, lens.develop(&light, [64, 64], 0));
        let deviation = |p: &Picture| {
            let mean = p.rgb.iter().map(|v| f32::from(*v)).sum::<f32>() / p.rgb.len() as f32;
            (p.rgb.iter().map(|v| (f32::from(*v) - mean).powi(2)).sum::<f32>() / p.rgb.len() as f32).sqrt()
        };
        assert!((deviation(&first) - 5.0).abs() < 0.25, "{}", deviation(&first));
    }
}
