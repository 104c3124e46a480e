//! Which triangle is nearest at each sample of the picture.

use std::cell::RefCell;

use glam::{Mat3, Vec2, Vec3};

use super::scan::scan;
use crate::camera::Camera;
use crate::model::{Face, Material, Vertex};

/// Samples along a pixel's side.
pub const SAMPLES: usize = 2;

/// Nearer than this (metres) nothing is seen.
const NEAR: f32 = 0.05;

/// What a sample shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// 0 is what doesn't move, above it the actors in their order.
    pub object: usize,
    /// Index of its face.
    pub face: usize,
}

/// Faces of one object must be fewer than this, objects fewer than 2^12.
const FACE_BITS: u32 = 20;

impl Seen {
    fn pack(self) -> u32 {
        ((self.object as u32) << FACE_BITS | self.face as u32) + 1
    }

    fn unpack(value: u32) -> Option<Self> {
        let value = value.checked_sub(1)?;
        Some(Self { object: (value >> FACE_BITS) as usize, face: (value & ((1 << FACE_BITS) - 1)) as usize })
    }
}

/// A rectangle of samples: how far and what.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Left and top end, in samples of the picture.
    left: i32,
    top: i32,
    /// Samples across and down.
    width: i32,
    height: i32,
    /// 1 / distance ahead of the camera; 0 is nothing.
    nearness: Vec<f32>,
    seen: Vec<u32>,
}

thread_local! {
    /// Memory of samples that are gone, of this thread: to get a picture's 30 MB anew from the system takes a tenth of
    /// the time that the picture does.
    static SPARE: RefCell<Vec<(Vec<f32>, Vec<u32>)>> = const { RefCell::new(Vec::new()) };
}

/// How many are kept.
const SPARES: usize = 8;

impl Drop for Samples {
    fn drop(&mut self) {
        let memory = (std::mem::take(&mut self.nearness), std::mem::take(&mut self.seen));
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < SPARES {
                spare.push(memory);
            }
        });
    }
}

impl Samples {
    /// Of a picture of this many pixels, empty.
    pub fn whole(size: [u32; 2]) -> Self {
        let [width, height] = size.map(|side| side as i32 * SAMPLES as i32);
        Self::empty(0, 0, width, height)
    }

    fn empty(left: i32, top: i32, width: i32, height: i32) -> Self {
        let count = (width * height) as usize;
        let (mut nearness, mut seen) = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        nearness.clear();
        nearness.resize(count, 0.0);
        seen.clear();
        seen.resize(count, 0);
        Self { left, top, width, height, nearness, seen }
    }

    /// The part of a picture that these surfaces may fall on; `None` when they fall beside it.
    pub fn around(vertices: &[Vertex], camera: &Camera, size: [u32; 2]) -> Option<Self> {
        let [width, height] = size.map(|side| side as f32 * SAMPLES as f32);
        let (mut low, mut high) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        for vertex in vertices {
            match camera.project(vertex.position) {
                Some((at, depth)) if depth > NEAR => {
                    low = low.min(at * SAMPLES as f32);
                    high = high.max(at * SAMPLES as f32);
                }
                // Partly behind the camera: it may fall anywhere.
                _ => (low, high) = (Vec2::ZERO, Vec2::new(width, height)),
            }
        }
        let (low, high) = (low.max(Vec2::ZERO).floor(), high.min(Vec2::new(width, height)).ceil());
        let part = (high - low).max(Vec2::ZERO);
        (part.x >= 1.0 && part.y >= 1.0).then(|| Self::empty(low.x as i32, low.y as i32, part.x as i32, part.y as i32))
    }

    /// Left, top, right and bottom end, in samples of the picture.
    pub(super) fn rectangle(&self) -> [i32; 4] {
        [self.left, self.top, self.left + self.width, self.top + self.height]
    }

    /// What is seen at a sample of the picture, and how far ahead it is.
    pub fn at(&self, x: i32, y: i32) -> Option<(Seen, f32)> {
        let i = self.index(x, y)?;
        Seen::unpack(self.seen[i]).map(|seen| (seen, 1.0 / self.nearness[i]))
    }

    /// What is seen in a pixel: up to four different things with the number of samples that show them. The
    /// number of things comes first; samples without any are left out.
    pub fn pixel(&self, x: usize, y: usize) -> (usize, [(Seen, u8); 4]) {
        let row = self.width as usize;
        let first = y * SAMPLES * row + x * SAMPLES;
        let four = [first, first + 1, first + row, first + row + 1].map(|i| self.seen[i]);
        let mut things = [(Seen { object: 0, face: 0 }, 0); 4];
        let mut count = 0;
        for (n, value) in four.into_iter().enumerate() {
            if let Some(seen) = Seen::unpack(value)
                && !four[..n].contains(&value)
            {
                things[count] = (seen, four[n..].iter().filter(|other| **other == value).count() as u8);
                count += 1;
            }
        }
        (count, things)
    }

    /// The one thing that all samples of a square of pixels show, of which `x`, `y` is the upper left one.
    pub(super) fn block(&self, x: usize, y: usize, side: usize) -> Option<Seen> {
        let (side, row) = (side * SAMPLES, self.width as usize);
        let first = y * SAMPLES * row + x * SAMPLES;
        let value = *self.seen.get(first)?;
        let mut lines = (0..side).map(|line| self.seen.get(first + line * row..first + line * row + side));
        let same = lines.all(|line| line.is_some_and(|line| line.iter().all(|v| *v == value)));
        if same { Seen::unpack(value) } else { None }
    }

    /// Whether anything but object 0 is seen in a pixel.
    pub fn is_still(&self, x: usize, y: usize) -> bool {
        let row = self.width as usize;
        let first = y * SAMPLES * row + x * SAMPLES;
        [first, first + 1, first + row, first + row + 1].iter().all(|i| self.seen[*i] <= 1 << FACE_BITS)
    }

    fn index(&self, x: i32, y: i32) -> Option<usize> {
        let (x, y) = (x - self.left, y - self.top);
        let inside = (0..self.width).contains(&x) && (0..self.height).contains(&y);
        inside.then(|| (y * self.width + x) as usize)
    }

    /// Lays another one, which lies within it, over it: of each sample the nearer one stays.
    pub fn lay(&mut self, upper: &Self) {
        for y in 0..upper.height {
            let from = (y * upper.width) as usize;
            let to = ((y + upper.top - self.top) * self.width + upper.left - self.left) as usize;
            let width = upper.width as usize;
            let above = upper.nearness[from..from + width].iter().zip(&upper.seen[from..from + width]);
            let below = self.nearness[to..to + width].iter_mut().zip(&mut self.seen[to..to + width]);
            for ((near, seen), (nearest, what)) in above.zip(below) {
                if near > nearest {
                    (*nearest, *what) = (*near, *seen);
                }
            }
        }
    }

    /// How many samples show something, and the rectangle (left, top, right, bottom in samples of the picture,
    /// right and bottom exclusive) around those for which `counts` holds of their place.
    pub fn extent(&self, counts: impl Fn(i32, i32) -> bool) -> (u32, Option<[i32; 4]>) {
        let (mut count, mut bounds) = (0, None::<[i32; 4]>);
        for (n, seen) in self.seen.iter().enumerate() {
            let (x, y) = (self.left + n as i32 % self.width, self.top + n as i32 / self.width);
            if *seen != 0 && counts(x, y) {
                count += 1;
                let [l, t, r, b] = bounds.unwrap_or([x, y, x + 1, y + 1]);
                bounds = Some([l.min(x), t.min(y), r.max(x + 1), b.max(y + 1)]);
            }
        }
        (count, bounds)
    }

    /// Draws an object's faces.
    pub fn draw(
        &mut self,
        camera: &Camera,
        object: usize,
        vertices: &[Vertex],
        faces: &[Face],
        materials: &[Material],
    ) {
        let seen: Vec<Vec3> = vertices.iter().map(|vertex| camera.view(vertex.position)).collect();
        let scale = SAMPLES as f32;
        let (focal, middle) = (camera.focal * scale, camera.middle * scale);
        let middle = middle - Vec2::new(self.left as f32, self.top as f32);
        // What is near first: most of what is behind it then leaves memory as it is.
        let farthest = |face: &Face| face.corners.iter().fold(0f32, |far, i| far.max(seen[*i as usize].z));
        let mut order: Vec<_> = faces.iter().enumerate().map(|(n, face)| (farthest(face), n)).collect();
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (n, face) in order.into_iter().map(|(_, n)| (n, &faces[n])) {
            let corners = face.corners.map(|i| seen[i as usize]);
            let what = Seen { object, face: n }.pack();
            let holes = materials.get(usize::from(face.material)).filter(|m| m.texture.has_holes());
            let hole = holes.map(|material| {
                let uvs = face.corners.map(|i| vertices[i as usize].uv);
                Holes { material, shares: share_planes(corners), uvs, focal, middle }
            });
            let screen = |p: Vec3| Vec3::new(middle.x + p.x * focal / p.z, middle.y + p.y * focal / p.z, 1.0 / p.z);
            if corners.iter().all(|p| p.z > NEAR) {
                self.triangle(corners.map(screen), what, hole.as_ref());
            } else if corners.iter().any(|p| p.z > NEAR) {
                let (count, cut) = clip(corners);
                for i in 2..count {
                    self.triangle([cut[0], cut[i - 1], cut[i]].map(screen), what, hole.as_ref());
                }
            }
        }
    }

    /// Fills a triangle; corners are samples from this rectangle's own left and top, and nearness, which is linear in
    /// the picture.
    fn triangle(&mut self, corners: [Vec3; 3], what: u32, holes: Option<&Holes<'_>>) {
        scan(corners, self.width, self.height, |span| {
            let row = (span.row * self.width) as usize;
            let (start, end) = (row + span.from as usize, row + span.to as usize);
            let (nearness, seen) = (&mut self.nearness[start..end], &mut self.seen[start..end]);
            let Some(holes) = holes else { return fill(nearness, seen, span.value, span.slope, what) };
            let y = span.row as f32 + 0.5;
            for (n, (nearest, seen)) in nearness.iter_mut().zip(seen).enumerate() {
                let near = span.value + n as f32 * span.slope;
                if near > *nearest && holes.is_solid((span.from as usize + n) as f32 + 0.5, y) {
                    (*nearest, *seen) = (near, what);
                }
            }
        });
    }
}

/// Puts a face at every sample of a line where it is the nearest; `value` is its nearness at the first one and grows by
/// `slope`. Nothing in it depends on what was there, so that the compiler does several samples at once.
fn fill(nearness: &mut [f32], seen: &mut [u32], value: f32, slope: f32, what: u32) {
    for (n, (nearest, seen)) in (0i32..).zip(nearness.iter_mut().zip(seen)) {
        let near = value + n as f32 * slope;
        let (before, there) = (*nearest, *seen);
        *nearest = if near > before { near } else { before };
        *seen = if near > before { what } else { there };
    }
}

/// A face with holes in its texture.
struct Holes<'a> {
    material: &'a Material,
    shares: Mat3,
    uvs: [Vec2; 3],
    focal: f32,
    middle: Vec2,
}

impl Holes<'_> {
    fn is_solid(&self, x: f32, y: f32) -> bool {
        let ray = Vec3::new((x - self.middle.x) / self.focal, (y - self.middle.y) / self.focal, 1.0);
        let shares = self.shares * ray;
        let uv = self.uvs[0] * shares.x + self.uvs[1] * shares.y + self.uvs[2] * shares.z;
        let uv = uv / (shares.x + shares.y + shares.z);
        self.material.texture.sample(uv, 0).w >= 128.0
    }
}

/// The products of these rows with a ray from the camera are in proportion to the corners' shares of the point where
/// it meets the triangle's plane: signed volumes of the tetrahedra between the ray and each edge (Möller and
/// Trumbore, 1997). All in the camera's axes.
pub(super) fn share_planes([a, b, c]: [Vec3; 3]) -> Mat3 {
    Mat3::from_cols(b.cross(c), c.cross(a), a.cross(b)).transpose()
}

/// The part of a triangle beyond the near plane, as up to four corners.
fn clip(corners: [Vec3; 3]) -> (usize, [Vec3; 4]) {
    let (mut count, mut cut) = (0, [Vec3::ZERO; 4]);
    for i in 0..3 {
        let (p, q) = (corners[i], corners[(i + 1) % 3]);
        let mut push = |point: Vec3| {
            if count < cut.len() {
                cut[count] = point;
                count += 1;
            }
        };
        if p.z > NEAR {
            push(p);
        }
        if (p.z > NEAR) != (q.z > NEAR) {
            let met = p.lerp(q, (NEAR - p.z) / (q.z - p.z));
            push(Vec3::new(met.x, met.y, NEAR));
        }
    }
    (count, cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    fn camera() -> Camera {
        Camera::new(Vec3::new(0.0, -4.0, 0.0), Vec3::ZERO, 90f32.to_radians(), [64, 64])
    }

    fn wall(y: f32, half: f32) -> Model {
        let mut model = Model::default();
        let grey = model.material(Material::plain([128; 3]));
        let p = |x: f32, z: f32| Vec3::new(x * half, y, z * half);
        model.quad([p(-1.0, -1.0), p(1.0, -1.0), p(1.0, 1.0), p(-1.0, 1.0)], Vec2::ONE, grey);
        model
    }

    fn draw(samples: &mut Samples, object: usize, model: &Model) {
        samples.draw(&camera(), object, &model.vertices, &model.faces, &model.materials);
    }

    #[test]
    fn a_square_covers_just_its_pixels() {
        // At 4 m and 90 degrees a metre is 8 pixels.
        let mut samples = Samples::whole([64, 64]);
        draw(&mut samples, 1, &wall(0.0, 2.0));
        let (count, bounds) = samples.extent(|_, _| true);
        assert_eq!((count, bounds), (64 * 64, Some([32, 32, 96, 96])));
        let (_, distance) = samples.at(64, 64).unwrap();
        assert!((distance - 4.0).abs() < 1e-4);
        assert_eq!(samples.at(31, 64), None);
    }

    #[test]
    fn the_nearer_one_is_seen_whatever_the_order() {
        for order in [[1, 2], [2, 1]] {
            let mut samples = Samples::whole([64, 64]);
            for object in order {
                draw(&mut samples, object, &wall(if object == 1 { 0.0 } else { -2.0 }, 0.5));
            }
            assert_eq!(samples.at(64, 64).unwrap().0.object, 2);
            let (things, seen) = samples.pixel(32, 32);
            assert_eq!((things, seen[0].0.object, seen[0].1), (1, 2, 4));
        }
    }

    #[test]
    fn what_is_drawn_apart_and_laid_over_is_the_same() {
        let (far, near) = (wall(1.0, 2.0), wall(-1.0, 0.7));
        let mut at_once = Samples::whole([64, 64]);
        draw(&mut at_once, 0, &far);
        draw(&mut at_once, 1, &near);
        let mut laid = Samples::whole([64, 64]);
        draw(&mut laid, 0, &far);
        let mut part = Samples::around(&near.vertices, &camera(), [64, 64]).unwrap();
        draw(&mut part, 1, &near);
        laid.lay(&part);
        let differ = (0..128 * 128).filter(|i| {
            let object = |samples: &Samples| samples.at(i % 128, i / 128).map(|(seen, _)| seen.object);
            object(&laid) != object(&at_once)
        });
        assert_eq!(differ.count(), 0);
    }

    #[test]
    fn a_floor_that_goes_under_the_camera_is_cut_and_not_lost() {
        let mut model = Model::default();
        let grey = model.material(Material::plain([128; 3]));
        let p = |x: f32, y: f32| Vec3::new(x * 50.0, y * 50.0, -1.0);
        model.quad([p(-1.0, -1.0), p(1.0, -1.0), p(1.0, 1.0), p(-1.0, 1.0)], Vec2::ONE, grey);
        let mut samples = Samples::whole([64, 64]);
        draw(&mut samples, 0, &model);
        let (_, distance) = samples.at(64, 127).unwrap();
        assert!((distance - 1.0).abs() < 0.03, "{distance}");
        assert_eq!(samples.at(64, 60), None, "above the horizon");
    }

    #[test]
    fn holes_show_what_is_behind() {
        let mut model = wall(0.0, 2.0);
        model.materials[0] =
            Material::matt(crate::texture::Texture::paint(2, |u, _| [9, 9, 9, if u < 0.5 { 0 } else { 255 }]));
        let mut samples = Samples::whole([64, 64]);
        draw(&mut samples, 1, &model);
        assert_eq!(samples.at(40, 64), None);
        assert!(samples.at(80, 64).is_some());
    }
}
