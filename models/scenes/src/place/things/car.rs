//! A parked car: a lofted body, a glazed cabin, wheels, lights, plates.

use glam::Vec3;

use crate::model::Material;
use crate::place::paint::{rgb, step, texel, wall};
use crate::place::site::{Site, Stuff};
use crate::seed::Seed;
use crate::texture::Texture;

/// What a car is painted in.
const PAINTS: [[u8; 3]; 8] = [
    [196, 198, 200],
    [54, 58, 64],
    [226, 226, 222],
    [122, 24, 28],
    [38, 62, 104],
    [128, 130, 132],
    [24, 25, 28],
    [92, 104, 98],
];

/// Stations of the body from front to rear: place along the length (-0.5..0.5), height of hood, belt or boot as a
/// share of the whole, and half width as a share.
const BODY: [[f32; 3]; 12] = [
    [-0.5, 0.36, 0.74],
    [-0.49, 0.42, 0.84],
    [-0.46, 0.47, 0.93],
    [-0.38, 0.53, 0.985],
    [-0.27, 0.585, 1.0],
    [-0.2, 0.615, 1.0],
    [0.0, 0.63, 1.0],
    [0.2, 0.645, 1.0],
    [0.36, 0.65, 0.985],
    [0.45, 0.64, 0.95],
    [0.49, 0.58, 0.88],
    [0.5, 0.46, 0.82],
];

pub(super) fn car(site: &mut Site, size: Vec3, seed: Seed) {
    let kind = seed.of("paint").index(PAINTS.len());
    let [r, g, b] = PAINTS[kind];
    let paint = site.stuff(&format!("car paint {kind}"), [1.0, 1.0], |n, _| {
        Material::matt(wall::lacquer(n, rgb(r, g, b))).glossy(0.8)
    });
    let dark = site.stuff("car dark", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(26, 27, 28))));
    let glass = site.stuff("car glass", [0.0, 0.0], |n, _| {
        Material::matt(Texture::paint(64, |u, v| {
            let sky = step(0.75, 0.0, v + 0.5 * n.cloud(u * 0.5, v * 0.5));
            texel(rgb(28, 32, 34).lerp(rgb(132, 146, 156), sky))
        }))
        .glossy(0.9)
    });
    let at = |y: f32, x: f32, z: f32| Vec3::new(x * size.x / 2.0, y * size.y, z * size.z);
    let rings: Vec<Vec<Vec3>> = BODY
        .iter()
        .map(|[y, high, wide]| {
            let (sill, h) = (0.15, *high);
            let half = [
                (0.86, sill),
                (0.97, sill + 0.04),
                (1.0, sill + (h - sill) * 0.45),
                (0.985, sill + (h - sill) * 0.78),
                (0.94, h - 0.025),
                (0.86, h),
                (0.45, h + 0.012),
            ];
            let right = half.iter().map(|(x, z)| at(*y, -x * wide, *z));
            let left = half.iter().rev().map(|(x, z)| at(*y, x * wide, *z));
            right.chain(left).collect()
        })
        .collect();
    site.loft(&rings, paint);
    for end in [&rings[0], &rings[rings.len() - 1]] {
        let n = end.len();
        for i in 0..n / 2 - 1 {
            let quad = [end[i], end[n - 1 - i], end[n - 2 - i], end[i + 1]];
            let quad = if end[0].y > 0.0 { [quad[1], quad[0], quad[3], quad[2]] } else { quad };
            site.face(quad, paint);
        }
    }
    cabin(site, &at, paint, glass, dark);
    wheels(site, size, dark);
    trim(site, &at, dark, seed);
}

/// Roof, posts and panes.
fn cabin(site: &mut Site, at: &impl Fn(f32, f32, f32) -> Vec3, paint: Stuff, glass: Stuff, dark: Stuff) {
    // Along the length at the belt and at the roof: windscreen, first post, second post, rear pane.
    let (belt, roof) = (0.61, 0.965);
    let (low, high) = ([-0.23, 0.07, 0.46], [-0.06, 0.085, 0.33]);
    let (wide, narrow) = (0.9, 0.7);
    for side in [-1.0, 1.0] {
        let face = |site: &mut Site, quad: [Vec3; 4], stuff: Stuff| {
            site.face(if side > 0.0 { quad } else { [quad[1], quad[0], quad[3], quad[2]] }, stuff);
        };
        let skin = |y: f32, z: f32, out: f32| {
            let share = (z - belt) / (roof - belt);
            at(y, side * (wide + (narrow - wide) * share + out), z)
        };
        let (y0, y2) = (low[0], low[2]);
        face(
            site,
            [skin(y0, belt, 0.0), skin(y2, belt, 0.0), skin(high[2], roof, 0.0), skin(high[0], roof, 0.0)],
            paint,
        );
        let (z0, z1) = (belt + 0.035, roof - 0.05);
        let slope = |from: f32, to: f32, z: f32| from + (to - from) * (z - belt) / (roof - belt);
        for (a, b) in [(0, 1), (1, 2)] {
            let inset = [0.035, 0.012, 0.05];
            let pane = |z: f32, n: usize, sign: f32| slope(low[n], high[n], z) + sign * inset[n];
            let quad = [(z0, a, 1.0), (z0, b, -1.0), (z1, b, -1.0), (z1, a, 1.0)]
                .map(|(z, n, s)| skin(pane(z, n, s), z, 0.008));
            face(site, quad, glass);
        }
        let mirror = at(-0.19, side * 1.02, 0.62);
        site.block(mirror, Vec3::new(0.14, 0.1, 0.11), paint);
        for y in [-0.17, 0.1, 0.3] {
            let (a, b) = (at(y, side * 1.003, 0.24), at(y + 0.003, side * 0.975, 0.585));
            face(site, [a, a + Vec3::Y * 0.012, b + Vec3::Y * 0.012, b], dark);
        }
        for y in [0.04, 0.26] {
            let (a, b) = (at(y, side * 1.004, 0.515), at(y + 0.035, side * 1.004, 0.54));
            face(site, [a, b.with_z(a.z), b, a.with_z(b.z)], dark);
        }
    }
    let span = |y: f32, wide: f32, z: f32| [at(y, -wide, z), at(y, wide, z)];
    let [a, b] = span(high[0], narrow, roof);
    let [c, d] = span(high[2], narrow, roof);
    let [e, f] = span((high[0] + high[2]) / 2.0, narrow * 0.9, 1.0);
    let side = Vec3::new(0.35, 0.0, 1.0).normalize();
    let mirrored = Vec3::new(-side.x, 0.0, side.z);
    let (fore, aft) = (Vec3::new(0.0, -0.2, 1.0).normalize(), Vec3::new(0.0, 0.2, 1.0).normalize());
    site.bent([a, b, f, e], [(mirrored + fore).normalize(), (side + fore).normalize(), side, mirrored], paint);
    site.bent([e, f, d, c], [mirrored, side, (side + aft).normalize(), (mirrored + aft).normalize()], paint);
    site.face([b, d, f, f], paint);
    site.face([c, a, e, e], paint);
    let screen = |site: &mut Site, from: f32, to: f32, sign: f32| {
        let (bottom, top) = (span(from, wide, belt), span(to, narrow, roof));
        let quad = [bottom[0], bottom[1], top[1], top[0]];
        let turn = |q: [Vec3; 4]| if sign < 0.0 { q } else { [q[1], q[0], q[3], q[2]] };
        site.face(turn(quad), paint);
        let middle = quad.iter().sum::<Vec3>() / 4.0;
        let out = Vec3::new(0.0, sign * 0.012, 0.008);
        site.face(turn(quad.map(|p| middle + (p - middle) * Vec3::new(0.91, 0.86, 0.86) + out)), glass);
    };
    screen(site, low[0], high[0], -1.0);
    screen(site, low[2], high[2], 1.0);
}

fn wheels(site: &mut Site, size: Vec3, dark: Stuff) {
    let wheel = site.stuff("wheel", [0.0, 0.0], |n, _| {
        Material::matt(Texture::paint(128, |u, v| {
            let (x, y) = (u * 2.0 - 1.0, v * 2.0 - 1.0);
            let far = (x * x + y * y).sqrt();
            let spoke = libm::cosf(libm::atan2f(y, x) * 5.0);
            let metal = rgb(150, 152, 154) + rgb(1, 1, 1) * (n.cloud(u, v) * 30.0);
            let colour = if far > 0.68 {
                rgb(32, 32, 33)
            } else if !(0.16..=0.6).contains(&far) || spoke > 0.1 {
                metal
            } else {
                rgb(22, 22, 23)
            };
            let [r, g, b, _] = texel(colour);
            [r, g, b, if far > 0.99 { 0 } else { 255 }]
        }))
        .glossy(0.3)
    });
    let radius = 0.225 * size.z;
    for (x, y) in [(-1.0f32, -0.315), (1.0, -0.315), (-1.0, 0.3), (1.0, 0.3)] {
        let middle = Vec3::new(x * (size.x / 2.0 + 0.004), y * size.y, radius);
        let out = Vec3::X * x;
        let inner = middle - out * 0.22;
        site.rod(inner, middle, radius * 0.995, 1.0, 20, dark);
        // The arch: a dark ring behind the wheel, over the body's side.
        let arch = radius * 1.16;
        let fan: Vec<Vec3> = (0..=12)
            .map(|i| {
                let angle = i as f32 / 12.0 * std::f32::consts::PI;
                Vec3::new(0.0, -libm::cosf(angle) * arch * x, libm::sinf(angle) * arch)
            })
            .collect();
        let hub = middle - out * 0.006;
        for pair in fan.windows(2) {
            site.face([hub, hub + pair[0], hub + pair[1], hub], dark);
        }
        let (right, up) = (Vec3::Y * x * radius, Vec3::Z * radius);
        site.card(middle + out * 0.006, right, up, out, wheel);
    }
}

/// Lights, grille, bumpers and plates.
fn trim(site: &mut Site, at: &impl Fn(f32, f32, f32) -> Vec3, dark: Stuff, seed: Seed) {
    let lamp = site.stuff("head light", [0.0, 0.0], |n, _| {
        Material::matt(Texture::paint(32, |u, v| {
            texel(rgb(206, 210, 214) + rgb(1, 1, 1) * (n.cloud(u * 4.0, v * 4.0) * 70.0))
        }))
        .glossy(0.9)
    });
    let red = site
        .stuff("tail light", [0.0, 0.0], |_, _| Material { glow: 0.1, ..Material::plain([150, 20, 18]) }.glossy(0.6));
    let plate = site.stuff("plate", [0.0, 0.0], |n, _| {
        let number = seed.of("plate").index(200) as i32;
        Material::matt(Texture::paint(64, |u, v| {
            let figure = n.cell((u * 17.0) as i32 + number, (v * 5.0) as i32, 1) > 0.1;
            let inside = (0.12..0.92).contains(&u) && (0.2..0.8).contains(&v) && (u * 17.0) as i32 % 3 != 0;
            texel(if figure && inside { rgb(30, 30, 32) } else { rgb(226, 226, 220) })
        }))
    });
    let front = |site: &mut Site, [x0, x1]: [f32; 2], [z0, z1]: [f32; 2], y: f32, stuff: Stuff| {
        site.face([at(y, x0, z0), at(y, x1, z0), at(y, x1, z1), at(y, x0, z1)], stuff);
    };
    let rear = |site: &mut Site, [x0, x1]: [f32; 2], [z0, z1]: [f32; 2], y: f32, stuff: Stuff| {
        site.face([at(y, x1, z0), at(y, x0, z0), at(y, x0, z1), at(y, x1, z1)], stuff);
    };
    front(site, [-0.45, 0.45], [0.3, 0.39], -0.501, dark);
    front(site, [-0.7, 0.7], [0.16, 0.23], -0.501, dark);
    front(site, [-0.28, 0.28], [0.235, 0.295], -0.503, plate);
    rear(site, [-0.28, 0.28], [0.32, 0.385], 0.502, plate);
    rear(site, [-0.72, 0.72], [0.16, 0.22], 0.501, dark);
    for side in [-1.0f32, 1.0] {
        // Wrapped around the corners.
        let corner = |y: f32, x: f32, z: f32| at(y, side * x, z);
        let turn = |q: [Vec3; 4]| if side > 0.0 { q } else { [q[1], q[0], q[3], q[2]] };
        let head = [
            corner(-0.507, 0.46, 0.335),
            corner(-0.478, 0.95, 0.36),
            corner(-0.468, 0.95, 0.445),
            corner(-0.503, 0.46, 0.41),
        ];
        site.face(turn(head), lamp);
        let tail = [
            corner(0.452, 0.965, 0.45),
            corner(0.503, 0.6, 0.43),
            corner(0.497, 0.62, 0.56),
            corner(0.452, 0.955, 0.59),
        ];
        site.face(turn(tail), red);
    }
}
