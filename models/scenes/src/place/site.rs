//! What a place is built with: surfaces by the metre, rounds, cards, and one material for all that share it.

use glam::{Quat, Vec2, Vec3};

use super::paint::noise::Noise;
use crate::model::{Face, Material, Model, Vertex};
use crate::seed::Seed;

/// A material with the size of its picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stuff {
    index: u16,
    /// Metres that the picture covers, across and down; 0 for once over each face that way.
    covers: Vec2,
}

impl Stuff {
    /// How often its picture fits into a face of this size.
    fn repeat(self, size: Vec2) -> Vec2 {
        let often = |size: f32, covers: f32| if covers > 0.0 { size / covers } else { 1.0 };
        Vec2::new(often(size.x, self.covers.x), often(size.y, self.covers.y))
    }
}

/// A model under construction.
#[derive(Debug)]
pub(super) struct Site {
    model: Model,
    pub(super) noise: Noise,
    pub(super) seed: Seed,
    known: Vec<(String, Stuff)>,
    at: Vec3,
    turn: Quat,
    /// Where lamps stand at night, and which way the ground between them is bent away from their light.
    pools: Option<(Vec<Vec2>, Vec3)>,
}

impl Site {
    pub(super) fn new(seed: Seed) -> Self {
        let noise = Noise::new(seed.of("noise"));
        Self {
            model: Model::default(),
            noise,
            seed,
            known: Vec::new(),
            at: Vec3::ZERO,
            turn: Quat::IDENTITY,
            pools: None,
        }
    }

    /// From now on [`Self::ground`] is brighter around these places than between them; `towards` is where the light
    /// of all comes from.
    pub(super) fn pools(&mut self, places: Vec<Vec2>, towards: Vec3) {
        self.pools = Some((places, -towards.with_z(0.0).normalize_or(Vec3::Y)));
    }

    fn up(&self, at: Vec3) -> Vec3 {
        let Some((places, away)) = &self.pools else { return Vec3::Z };
        let near = places.iter().map(|p| libm::expf(-p.distance_squared(at.truncate()) / 18.0)).fold(0.0, f32::max);
        (Vec3::Z + *away * 1.3 * (1.0 - near)).normalize_or(Vec3::Z)
    }

    pub(super) fn finish(self) -> Model {
        self.model
    }

    /// The material of this name, made by `make` where it isn't there yet.
    pub(super) fn stuff(&mut self, name: &str, covers: [f32; 2], make: impl FnOnce(&Noise, Seed) -> Material) -> Stuff {
        if let Some((_, stuff)) = self.known.iter().find(|(known, _)| known == name) {
            return *stuff;
        }
        let index = self.model.material(make(&self.noise, self.seed.of(name)));
        let stuff = Stuff { index, covers: Vec2::from(covers) };
        self.known.push((name.into(), stuff));
        stuff
    }

    /// Builds at `at`, with +y turned to point away from where `facing` (degrees, -90 is to the front) looks.
    pub(super) fn within<T>(&mut self, at: Vec3, facing: f32, build: impl FnOnce(&mut Self) -> T) -> T {
        let before = (self.at, self.turn);
        self.at = before.0 + before.1 * at;
        self.turn = before.1 * Quat::from_rotation_z((facing + 90.0).to_radians());
        let built = build(self);
        (self.at, self.turn) = before;
        built
    }

    fn vertex(&mut self, position: Vec3, normal: Vec3, uv: Vec2) -> u32 {
        let position = self.at + self.turn * position;
        self.model.vertices.push(Vertex { position, normal: self.turn * normal, uv });
        (self.model.vertices.len() - 1) as u32
    }

    fn triangle(&mut self, corners: [u32; 3], stuff: Stuff) {
        self.model.faces.push(Face { corners, material: stuff.index });
    }

    /// A flat face, corners in turn from the lower left one; the picture's foot is at the first side.
    pub(super) fn face(&mut self, corners: [Vec3; 4], stuff: Stuff) {
        let normal = (corners[1] - corners[0]).cross(corners[3] - corners[0]).normalize_or(Vec3::Z);
        self.bent(corners, [normal; 4], stuff);
    }

    /// A face with a normal of its own at each corner.
    pub(super) fn bent(&mut self, corners: [Vec3; 4], normals: [Vec3; 4], stuff: Stuff) {
        let size = Vec2::new((corners[1] - corners[0]).length(), (corners[3] - corners[0]).length());
        let repeat = stuff.repeat(size);
        let uvs = [
            Vec2::ONE * Vec2::Y,
            Vec2::new(repeat.x, 1.0),
            Vec2::new(repeat.x, 1.0 - repeat.y),
            Vec2::new(0.0, 1.0 - repeat.y),
        ];
        let at: [u32; 4] = std::array::from_fn(|i| self.vertex(corners[i], normals[i], uvs[i]));
        self.triangle([at[0], at[1], at[2]], stuff);
        self.triangle([at[0], at[2], at[3]], stuff);
    }

    /// An upright wall that is seen from the side where `from` is on the left.
    pub(super) fn wall(&mut self, from: [f32; 2], to: [f32; 2], low: f32, high: f32, stuff: Stuff) {
        let p = |[x, y]: [f32; 2], z: f32| Vec3::new(x, y, z);
        self.face([p(from, low), p(to, low), p(to, high), p(from, high)], stuff);
    }

    /// A piece of the plane y = `y`, seen from the front; the pictures of pieces that touch go on from one another.
    pub(super) fn patch(&mut self, [x0, x1]: [f32; 2], [z0, z1]: [f32; 2], y: f32, stuff: Stuff) {
        if x1 - x0 < 1e-3 || z1 - z0 < 1e-3 {
            return;
        }
        let covers = if stuff.covers == Vec2::ZERO { Vec2::ONE } else { stuff.covers };
        let corner =
            |site: &mut Self, x: f32, z: f32| site.vertex(Vec3::new(x, y, z), -Vec3::Y, Vec2::new(x, -z) / covers);
        let at = [corner(self, x0, z0), corner(self, x1, z0), corner(self, x1, z1), corner(self, x0, z1)];
        self.triangle([at[0], at[1], at[2]], stuff);
        self.triangle([at[0], at[2], at[3]], stuff);
    }

    /// An upright face whose picture covers its height once and starts at `shift` of its width.
    pub(super) fn hoarding(&mut self, from: [f32; 2], to: [f32; 2], high: f32, shift: f32, stuff: Stuff) {
        let wide = Vec2::from(to).distance(Vec2::from(from)) / stuff.covers.x.max(1e-3);
        let normal = Vec3::new(-from[0], -from[1], 0.0).normalize_or(-Vec3::Y);
        let corners = [(from, 0.0), (to, 0.0), (to, high), (from, high)];
        let at: [u32; 4] = std::array::from_fn(|i| {
            let ([x, y], z) = corners[i];
            // Not quite to the picture's edges, where it would repeat.
            let uv = Vec2::new(if i == 1 || i == 2 { shift + wide } else { shift }, if z > 0.0 { 0.01 } else { 0.99 });
            self.vertex(Vec3::new(x, y, z), normal, uv)
        });
        self.triangle([at[0], at[1], at[2]], stuff);
        self.triangle([at[0], at[2], at[3]], stuff);
    }

    /// Half a ball seen from inside: its picture covers the half towards +y from right to left and from the top down,
    /// the other half mirrors it.
    pub(super) fn dome(&mut self, radius: f32, [around, up]: [usize; 2], stuff: Stuff) {
        let mut grid = Vec::new();
        for j in 0..=up {
            let share = j as f32 / up as f32;
            for i in 0..=around {
                let turn = i as f32 / around as f32 * 2.0;
                let (angle, height) = (turn * std::f32::consts::PI, share * std::f32::consts::FRAC_PI_2);
                let flat = libm::cosf(height);
                let out = Vec3::new(libm::cosf(angle) * flat, libm::sinf(angle) * flat, libm::sinf(height));
                // The lowest ring goes below the horizon, so that nothing shines through under it.
                let at = if j == 0 { (out * radius).with_z(-radius * 0.2) } else { out * radius };
                let u = if turn <= 1.0 { turn } else { 2.0 - turn };
                let uv = Vec2::new(0.002 + 0.996 * u, 0.002 + 0.996 * (1.0 - share));
                grid.push(self.vertex(at, -out, uv));
            }
        }
        for j in 0..up {
            for i in 0..around {
                let n = |i: usize, j: usize| grid[i + j * (around + 1)];
                self.triangle([n(i, j), n(i, j + 1), n(i + 1, j + 1)], stuff);
                self.triangle([n(i, j), n(i + 1, j + 1), n(i + 1, j)], stuff);
            }
        }
    }

    /// A level rectangle seen from above.
    pub(super) fn level(&mut self, [x0, x1]: [f32; 2], [y0, y1]: [f32; 2], z: f32, stuff: Stuff) {
        let p = |x: f32, y: f32| Vec3::new(x, y, z);
        self.face([p(x0, y0), p(x1, y0), p(x1, y1), p(x0, y1)], stuff);
    }

    /// A level rectangle seen from below.
    pub(super) fn overhead(&mut self, [x0, x1]: [f32; 2], [y0, y1]: [f32; 2], z: f32, stuff: Stuff) {
        let p = |x: f32, y: f32| Vec3::new(x, y, z);
        self.face([p(x0, y1), p(x1, y1), p(x1, y0), p(x0, y0)], stuff);
    }

    /// Ground made of tiles as large as the picture of `stuffs`, which are told apart by chance.
    pub(super) fn ground(&mut self, [x0, x1]: [f32; 2], [y0, y1]: [f32; 2], z: f32, stuffs: &[Stuff]) {
        let Some(first) = stuffs.first() else { return };
        let step = first.covers.max(Vec2::splat(0.1));
        let count = |from: f32, to: f32, step: f32| ((to - from) / step).ceil() as usize;
        for i in 0..count(x0, x1, step.x) {
            for j in 0..count(y0, y1, step.y) {
                let (x, y) = (x0 + i as f32 * step.x, y0 + j as f32 * step.y);
                let stuff = stuffs[self.seed.of("tile").at(i as u64).at(j as u64).index(stuffs.len())];
                let (right, back) = ((x + step.x).min(x1), (y + step.y).min(y1));
                let corners = [(x, y), (right, y), (right, back), (x, back)].map(|(x, y)| Vec3::new(x, y, z));
                self.bent(corners, corners.map(|corner| self.up(corner)), stuff);
            }
        }
    }

    /// A grid over four corners whose brightness is `shade` (0..1 of what its own normal would get from straight
    /// ahead): its normals are bent away, as light from one direction leaves flat surfaces all alike.
    pub(super) fn sheet(&mut self, corners: [Vec3; 4], cells: [usize; 2], stuff: Stuff, shade: impl Fn(Vec3) -> Vec3) {
        let [a, b, c, d] = corners;
        let at = |i: usize, j: usize| {
            let (s, t) = (i as f32 / cells[0] as f32, j as f32 / cells[1] as f32);
            a.lerp(b, s).lerp(d.lerp(c, s), t)
        };
        let normal = (b - a).cross(d - a).normalize_or(Vec3::Z);
        let size = Vec2::new((b - a).length(), (d - a).length());
        let repeat = stuff.repeat(size);
        let mut grid = Vec::with_capacity((cells[0] + 1) * (cells[1] + 1));
        for j in 0..=cells[1] {
            for i in 0..=cells[0] {
                let p = at(i, j);
                let uv = Vec2::new(i as f32 / cells[0] as f32, -(j as f32) / cells[1] as f32) * repeat;
                grid.push(self.vertex(p, (normal + shade(p)).normalize_or(normal), uv + Vec2::Y));
            }
        }
        for j in 0..cells[1] {
            for i in 0..cells[0] {
                let n = |i: usize, j: usize| grid[i + j * (cells[0] + 1)];
                self.triangle([n(i, j), n(i + 1, j), n(i + 1, j + 1)], stuff);
                self.triangle([n(i, j), n(i + 1, j + 1), n(i, j + 1)], stuff);
            }
        }
    }

    /// A box that stands at `foot`, the middle of its underside.
    pub(super) fn block(&mut self, foot: Vec3, size: Vec3, stuff: Stuff) {
        let half = Vec3::new(size.x / 2.0, size.y / 2.0, 0.0);
        let (low, high) = (foot - half, foot + half + Vec3::Z * size.z);
        let (l, h) = (low, high);
        self.wall([l.x, l.y], [h.x, l.y], l.z, h.z, stuff);
        self.wall([h.x, l.y], [h.x, h.y], l.z, h.z, stuff);
        self.wall([h.x, h.y], [l.x, h.y], l.z, h.z, stuff);
        self.wall([l.x, h.y], [l.x, l.y], l.z, h.z, stuff);
        self.level([l.x, h.x], [l.y, h.y], h.z, stuff);
        if l.z > 0.005 {
            self.overhead([l.x, h.x], [l.y, h.y], l.z, stuff);
        }
    }

    /// A round body around a line upwards from `foot`: `profile` names radius and height, from below; its ends are
    /// open unless their radius is 0.
    pub(super) fn lathe(&mut self, foot: Vec3, profile: &[[f32; 2]], sides: usize, stuff: Stuff) {
        let covers = if stuff.covers == Vec2::ZERO { Vec2::splat(0.7) } else { stuff.covers };
        let round = profile.iter().map(|p| p[0]).fold(0.0, f32::max) * std::f32::consts::TAU;
        let repeat = (round / covers.x).round().max(1.0);
        let mut rings: Vec<Vec<u32>> = Vec::new();
        for (n, [radius, height]) in profile.iter().copied().enumerate() {
            let before = profile[n.saturating_sub(1)];
            let after = profile[(n + 1).min(profile.len() - 1)];
            let slope = Vec2::new(after[1] - before[1], before[0] - after[0]).normalize_or(Vec2::X);
            let ring = (0..=sides).map(|i| {
                let angle = i as f32 / sides as f32 * std::f32::consts::TAU;
                let out = Vec3::new(libm::cosf(angle), libm::sinf(angle), 0.0);
                let uv = Vec2::new(i as f32 / sides as f32 * repeat, -height / covers.y);
                self.vertex(foot + out * radius + Vec3::Z * height, out * slope.x + Vec3::Z * slope.y, uv)
            });
            rings.push(ring.collect());
        }
        for pair in rings.windows(2) {
            for i in 0..sides {
                self.triangle([pair[0][i], pair[0][i + 1], pair[1][i + 1]], stuff);
                self.triangle([pair[0][i], pair[1][i + 1], pair[1][i]], stuff);
            }
        }
    }

    /// A round bar between two points, thinner at its end by `taper`.
    pub(super) fn rod(&mut self, from: Vec3, to: Vec3, radius: f32, taper: f32, sides: usize, stuff: Stuff) {
        let before = (self.at, self.turn);
        self.at = before.0 + before.1 * from;
        self.turn = before.1 * Quat::from_rotation_arc(Vec3::Z, (to - from).normalize_or(Vec3::Z));
        let length = (to - from).length();
        self.lathe(Vec3::ZERO, &[[radius, 0.0], [radius * taper, length], [0.0, length]], sides, stuff);
        (self.at, self.turn) = before;
    }

    /// A skin over rings of points that all have as many, smooth across it. It looks to where the turn from one point
    /// of a ring to the next, then from ring to ring, is right-handed.
    pub(super) fn loft(&mut self, rings: &[Vec<Vec3>], stuff: Stuff) {
        let covers = if stuff.covers == Vec2::ZERO { Vec2::ONE } else { stuff.covers };
        let width = rings.iter().map(Vec::len).min().unwrap_or(0);
        let mut grid = Vec::with_capacity(rings.len() * width);
        for (j, ring) in rings.iter().enumerate() {
            for i in 0..width {
                let along = rings[(j + 1).min(rings.len() - 1)][i] - rings[j.saturating_sub(1)][i];
                let around = ring[(i + 1).min(width - 1)] - ring[i.saturating_sub(1)];
                let uv = Vec2::new(ring[i].y / covers.x, (ring[i].x.abs() - ring[i].z) / covers.y);
                grid.push(self.vertex(ring[i], around.cross(along).normalize_or(Vec3::Z), uv));
            }
        }
        for j in 1..rings.len() {
            for i in 1..width {
                let n = |i: usize, j: usize| grid[i + j * width];
                self.triangle([n(i - 1, j - 1), n(i, j - 1), n(i, j)], stuff);
                self.triangle([n(i - 1, j - 1), n(i, j), n(i - 1, j)], stuff);
            }
        }
    }

    /// Builds something around the origin, then stretches it to stand on z = 0 and fill `size` exactly.
    pub(super) fn fitted(&mut self, size: Vec3, build: impl FnOnce(&mut Self)) {
        let before = (self.at, self.turn);
        (self.at, self.turn) = (Vec3::ZERO, Quat::IDENTITY);
        let first = self.model.vertices.len();
        build(self);
        (self.at, self.turn) = before;
        let (at, turn) = before;
        let vertices = &mut self.model.vertices[first..];
        let low = vertices.iter().fold(Vec3::INFINITY, |low, v| low.min(v.position));
        let high = vertices.iter().fold(Vec3::NEG_INFINITY, |high, v| high.max(v.position));
        let stretch = size / (high - low).max(Vec3::splat(1e-3));
        let foot = ((low + high) / 2.0).with_z(low.z);
        for vertex in vertices {
            vertex.position = at + turn * ((vertex.position - foot) * stretch);
            vertex.normal = turn * vertex.normal;
        }
    }

    /// A card with holes around `middle`, `right` and `up` from it to its edges, lit as if it faced `normal`.
    pub(super) fn card(&mut self, middle: Vec3, right: Vec3, up: Vec3, normal: Vec3, stuff: Stuff) {
        let corners = [middle - right - up, middle + right - up, middle + right + up, middle - right + up];
        self.bent(corners, [normal; 4], Stuff { covers: Vec2::ZERO, ..stuff });
    }
}
