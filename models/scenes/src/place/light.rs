//! How bright it is: the sun or lamps, the sky, the air.

use glam::Vec3;

use super::paint::rgb;
use super::paint::sky::Sky;
use super::{Light, Lighting};
use crate::seed::Seed;

/// The light of a place under the open sky.
pub(super) fn outdoors(light: Light, seed: Seed) -> Lighting {
    let around = seed.of("around").range(-62.0, 62.0);
    let hazy = seed.of("haze").range(350.0, 900.0);
    let day = Lighting {
        towards: towards(around, seed.of("height").range(42.0, 58.0)),
        direct: Vec3::new(1.52, 1.42, 1.24),
        sky: Vec3::new(0.27, 0.32, 0.41),
        bounce: Vec3::new(0.22, 0.2, 0.17),
        haze: Vec3::new(0.62, 0.7, 0.79),
        haze_distance: hazy,
        shadow_softness: 0.03,
    };
    match light {
        Light::Sun => day,
        Light::Overcast => Lighting {
            towards: towards(around, 78.0),
            direct: Vec3::new(0.3, 0.31, 0.32),
            sky: Vec3::new(0.92, 0.95, 1.0),
            bounce: Vec3::new(0.34, 0.33, 0.31),
            haze: Vec3::new(0.66, 0.69, 0.72),
            haze_distance: hazy * 0.7,
            shadow_softness: 0.7,
        },
        Light::Evening => Lighting {
            towards: towards(around, seed.of("low").range(17.0, 26.0)),
            direct: Vec3::new(1.75, 1.12, 0.6),
            sky: Vec3::new(0.27, 0.29, 0.37),
            bounce: Vec3::new(0.22, 0.17, 0.13),
            haze: Vec3::new(0.78, 0.62, 0.48),
            haze_distance: hazy * 0.7,
            shadow_softness: 0.05,
        },
        Light::Lamps => Lighting {
            towards: towards(around * 0.5, 68.0),
            direct: Vec3::new(0.9, 0.7, 0.46),
            sky: Vec3::new(0.13, 0.12, 0.12),
            bounce: Vec3::new(0.15, 0.115, 0.08),
            haze: Vec3::new(0.035, 0.035, 0.05),
            haze_distance: 120.0,
            shadow_softness: 0.12,
        },
        Light::Night => Lighting {
            towards: towards(around * 0.5, 60.0),
            direct: Vec3::new(0.17, 0.17, 0.18),
            sky: Vec3::new(0.09, 0.105, 0.14),
            bounce: Vec3::new(0.06, 0.06, 0.065),
            haze: Vec3::new(0.02, 0.025, 0.04),
            haze_distance: 140.0,
            shadow_softness: 0.25,
        },
    }
}

/// The light of a place under a roof: lamps or a window, always from above, and much of it back from the walls.
pub(super) fn indoors(light: Light, seed: Seed) -> Lighting {
    let (direct, sky, bounce, softness) = match light {
        Light::Sun => ([0.75, 0.72, 0.66], [0.5, 0.5, 0.49], [0.42, 0.39, 0.35], 0.22),
        Light::Overcast => ([0.5, 0.53, 0.57], [0.47, 0.49, 0.52], [0.36, 0.36, 0.36], 0.4),
        Light::Evening => ([0.62, 0.48, 0.33], [0.34, 0.29, 0.24], [0.3, 0.23, 0.17], 0.25),
        Light::Lamps => ([0.72, 0.69, 0.63], [0.5, 0.485, 0.45], [0.39, 0.365, 0.325], 0.2),
        Light::Night => ([0.16, 0.17, 0.2], [0.1, 0.11, 0.14], [0.08, 0.08, 0.09], 0.3),
    };
    let lean = Vec3::new(seed.of("lean").range(-0.3, 0.3), seed.of("fore").range(-0.5, -0.3), 1.0);
    // Bulbs and tubes are warmer or colder from house to house.
    let tint = Vec3::new(1.0, 1.0, 1.0) + Vec3::new(0.05, 0.0, -0.07) * seed.of("tint").range(-1.0, 1.0);
    Lighting {
        towards: lean.normalize(),
        direct: Vec3::from(direct) * tint,
        sky: Vec3::from(sky) * tint,
        bounce: Vec3::from(bounce) * tint,
        haze: Vec3::ZERO,
        haze_distance: f32::INFINITY,
        shadow_softness: softness,
    }
}

/// The sky that goes with a light.
pub(super) fn sky(light: Light, seed: Seed) -> Sky {
    let cover = seed.of("cover").range(0.15, 0.75);
    let of = |zenith, horizon, lit, dark, cover| Sky { zenith, horizon, clouds: [lit, dark], cover };
    match light {
        Light::Sun => of(rgb(74, 122, 184), rgb(204, 217, 229), rgb(250, 250, 250), rgb(204, 210, 220), cover),
        Light::Overcast => of(rgb(188, 194, 202), rgb(216, 219, 222), rgb(222, 225, 228), rgb(176, 181, 188), 1.0),
        Light::Evening => of(rgb(92, 116, 160), rgb(252, 206, 154), rgb(255, 206, 158), rgb(150, 128, 138), cover),
        Light::Lamps => of(rgb(14, 18, 34), rgb(54, 48, 52), rgb(40, 40, 50), rgb(28, 30, 42), cover),
        Light::Night => of(rgb(8, 11, 24), rgb(34, 36, 48), rgb(26, 29, 42), rgb(18, 21, 34), cover),
    }
}

/// A direction: degrees from the front (positive to the right) and above the horizon.
fn towards(around: f32, height: f32) -> Vec3 {
    let (around, height) = (around.to_radians(), height.to_radians());
    let flat = libm::cosf(height);
    Vec3::new(libm::sinf(around) * flat, -libm::cosf(around) * flat, libm::sinf(height))
}
