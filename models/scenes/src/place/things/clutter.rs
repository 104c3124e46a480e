//! Small things along a street's fronts: bins, boards, cabinets, covers in the ground.

use glam::Vec3;

use super::seat::metal;
use crate::model::Material;
use crate::place::paint::{letters, rgb, step, texel, wall};
use crate::place::site::Site;
use crate::seed::Seed;
use crate::texture::Texture;

/// A litter bin.
pub(in crate::place) fn bin(site: &mut Site, at: [f32; 2]) {
    let coat = site.stuff("bin", [1.0, 1.0], |n, seed| {
        let colour = seed.pick(&[rgb(44, 66, 50), rgb(58, 60, 62), rgb(46, 56, 74)]);
        Material::matt(wall::lacquer(n, colour)).glossy(0.3)
    });
    let metal = metal(site);
    let foot = Vec3::new(at[0], at[1], 0.0);
    let belly = [[0.2, 0.06], [0.235, 0.1], [0.25, 0.75], [0.26, 0.76], [0.26, 0.8], [0.2, 0.81]];
    site.lathe(foot, &belly, 16, coat);
    site.lathe(foot, &[[0.16, 0.0], [0.16, 0.06]], 10, metal);
    site.lathe(foot, &[[0.2, 0.78], [0.0, 0.76]], 12, metal);
}

/// A board that stands before a shop.
pub(in crate::place) fn board(site: &mut Site, at: [f32; 2], seed: Seed) {
    let wood = site.stuff("board edge", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(112, 78, 50))));
    let name = seed.pick(&letters::NAMES);
    let slate = site.stuff(&format!("slate {name}"), [0.0, 0.0], |n, _| {
        Material::matt(letters::sign(n, name, rgb(40, 42, 42), rgb(206, 204, 196)))
    });
    site.within(Vec3::new(at[0], at[1], 0.0), -90.0 + seed.range(-25.0, 25.0), |site| {
        let p = Vec3::new;
        let (w, h, d) = (0.3, 0.95, 0.22);
        for sign in [-1.0, 1.0] {
            let front =
                [p(-w * sign, -d * sign, 0.0), p(w * sign, -d * sign, 0.0), p(w * sign, 0.0, h), p(-w * sign, 0.0, h)];
            site.face(front, wood);
            let inner = |x: f32, share: f32| p(x * sign, (-d * (1.0 - share) - 0.006) * sign, h * share);
            for n in 0..4 {
                let low = 0.12 + 0.2 * n as f32;
                site.face(
                    [
                        inner(-w * 0.86, low),
                        inner(w * 0.86, low),
                        inner(w * 0.86, low + 0.2),
                        inner(-w * 0.86, low + 0.2),
                    ],
                    slate,
                );
            }
        }
    });
}

/// A cabinet of the power or telephone company.
pub(in crate::place) fn cabinet(site: &mut Site, at: [f32; 2]) {
    let coat = site.stuff("cabinet", [1.2, 1.2], |n, _| Material::matt(wall::concrete(n, rgb(146, 150, 144))));
    let foot = Vec3::new(at[0], at[1], 0.0);
    site.block(foot, Vec3::new(0.8, 0.32, 1.12), coat);
    site.block(foot + Vec3::Z * 1.12, Vec3::new(0.86, 0.38, 0.05), coat);
}

/// A cast cover in the ground.
pub(in crate::place) fn cover(site: &mut Site, [x, y]: [f32; 2]) {
    let iron = site.stuff("cover", [0.0, 0.0], |n, _| {
        Material::matt(Texture::paint(128, |u, v| {
            let (dx, dy) = (u * 2.0 - 1.0, v * 2.0 - 1.0);
            let far = (dx * dx + dy * dy).sqrt();
            let knobs = libm::sinf(u * 75.0) * libm::sinf(v * 75.0);
            let rim = step(0.03, 0.01, (far - 0.84).abs());
            let light = knobs * 16.0 - rim * 40.0 + n.cloud(u, v) * 22.0 + n.grain(u * 0.5, v * 0.5) * 8.0;
            let [r, g, b, _] = texel(rgb(92, 86, 80) + rgb(1, 1, 1) * light);
            [r, g, b, if far > 0.98 { 0 } else { 255 }]
        }))
        .glossy(0.2)
    });
    site.level([x - 0.32, x + 0.32], [y - 0.32, y + 0.32], 0.005, iron);
}
