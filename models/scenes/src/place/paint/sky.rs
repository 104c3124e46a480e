//! The sky: clouds by noise over half the dome; the other half mirrors it.

use super::noise::Noise;
use super::{Rgb, rgb, step, texel};
use crate::texture::Texture;

/// Colours of a sky.
#[derive(Clone, Copy, Debug)]
pub(in crate::place) struct Sky {
    /// Straight up.
    pub zenith: Rgb,
    /// At the horizon.
    pub horizon: Rgb,
    /// The lit and the dark side of clouds.
    pub clouds: [Rgb; 2],
    /// How much of it is covered: 0..1.
    pub cover: f32,
}

/// Half a dome: u from right (0) to left (1) of +y, v from the zenith (0) to the horizon (1).
pub(in crate::place) fn dome(noise: &Noise, sky: Sky) -> Texture {
    Texture::paint(512, |u, v| {
        let (height, around) = ((1.0 - v) * std::f32::consts::FRAC_PI_2, u * std::f32::consts::PI);
        // A layer of clouds as seen from below: far ones lie flat over the horizon.
        let reach = 0.16 / (libm::sinf(height) + 0.12);
        let (x, y) = (libm::cosf(around) * reach, libm::sinf(around) * reach);
        let cloud = noise.cloud(x, y) + 0.4 * noise.cloud(x * 3.0, y * 3.0) + 0.2 * noise.cloud(x * 9.0, y * 9.0);
        let thick = step(0.55 - sky.cover * 1.2, 1.0 - sky.cover * 0.9, cloud);
        let shade = step(-0.3, 0.6, noise.cloud(x + 0.03, y + 0.02) + 0.3 * noise.cloud(x * 5.0, y * 5.0));
        let clear = sky.horizon.lerp(sky.zenith, libm::powf(1.0 - v, 0.6));
        let cloudy = sky.clouds[0].lerp(sky.clouds[1], shade);
        let haze = step(0.75, 1.0, v) * 0.85;
        texel(clear.lerp(cloudy, thick).lerp(sky.horizon, haze) + rgb(1, 1, 1) * (noise.grain(u * 2.0, v * 2.0) * 1.2))
    })
}
