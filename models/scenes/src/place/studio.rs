//! A studio: a backdrop of paper that comes down the wall and runs out over the floor.

use glam::Vec3;

use super::paint::{rgb, wall};
use super::site::Site;
use crate::model::Material;

pub(super) fn build(site: &mut Site) {
    let colours = [rgb(178, 178, 176), rgb(222, 221, 218), rgb(120, 142, 164), rgb(150, 158, 150), rgb(196, 184, 166)];
    let colour = site.seed.of("paper").pick(&colours);
    let paper = site.stuff("paper", [6.0, 6.0], |n, _| Material::matt(wall::paint(n, colour)));
    let (radius, back) = (1.6, 6.0);
    // The paper's section from the front edge up the wall.
    let mut section = vec![[-12.0, 0.0]];
    section.extend((0..12).map(|n| [-11.0 + n as f32 * 1.28, 0.0]));
    for n in 0..=10 {
        let angle = n as f32 / 10.0 * std::f32::consts::FRAC_PI_2;
        section.push([back - radius + radius * libm::sinf(angle), radius - radius * libm::cosf(angle)]);
    }
    section.extend((1..6).map(|n| [back, radius + n as f32 * 1.1]));
    let across = 24;
    let point = |i: usize, [y, z]: [f32; 2]| Vec3::new(-16.0 + 32.0 * i as f32 / across as f32, y, z);
    for pair in section.windows(2) {
        let corners = [point(0, pair[0]), point(across, pair[0]), point(across, pair[1]), point(0, pair[1])];
        // A pool of light in the middle: normals lean away towards the sides and the top.
        site.sheet(corners, [across, 1], paper, |p| {
            let round = (p.z / radius).min(1.0);
            let side = (p.x / 9.0).clamp(-1.2, 1.2);
            Vec3::X * side * side * side * 0.7 + Vec3::Z * 0.5 * round - Vec3::Y * 0.12 * round
        });
    }
}
