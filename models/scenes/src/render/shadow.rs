//! What stands between a point and a light: a picture of the surfaces as the light sees them.

use glam::{Vec2, Vec3};

use crate::model::{Face, Vertex};

/// Distances along the light's direction, over a square across it.
#[derive(Clone, Debug)]
pub(super) struct DepthMap {
    across: Vec3,
    up: Vec3,
    towards: Vec3,
    low: Vec2,
    /// Texels a metre.
    scale: f32,
    side: i32,
    /// The greatest `towards · point` of each texel: the surface next to the light.
    height: Vec<f32>,
}

/// A surface doesn't shade itself within this distance, in metres.
const BIAS: f32 = 0.03;

/// Places in a disc of radius 1, evenly spread (a golden spiral).
const DISC: [(f32, f32); 12] = [
    (0.204, 0.0),
    (-0.261, 0.239),
    (0.040, -0.455),
    (0.329, 0.429),
    (-0.603, -0.107),
    (0.571, -0.363),
    (-0.191, 0.711),
    (-0.362, -0.703),
    (0.792, 0.285),
    (-0.819, 0.342),
    (0.381, -0.854),
    (0.317, 0.926),
];

impl DepthMap {
    /// Seen from `towards` (length 1), wide enough for a ball around `middle`.
    pub(super) fn new(towards: Vec3, middle: Vec3, radius: f32, side: i32) -> Self {
        let across = if towards.z.abs() > 0.99 { Vec3::X } else { Vec3::Z.cross(towards).normalize() };
        let up = towards.cross(across);
        let low = Vec2::new(across.dot(middle), up.dot(middle)) - Vec2::splat(radius);
        let height = vec![f32::NEG_INFINITY; (side * side) as usize];
        Self { across, up, towards, low, scale: side as f32 / (2.0 * radius), side, height }
    }

    fn texel(&self, point: Vec3) -> Vec3 {
        let flat = (Vec2::new(self.across.dot(point), self.up.dot(point)) - self.low) * self.scale;
        flat.extend(self.towards.dot(point))
    }

    /// Adds surfaces.
    pub(super) fn cast<'a>(&mut self, vertices: &[Vertex], faces: impl Iterator<Item = &'a Face>) {
        let texels: Vec<Vec3> = vertices.iter().map(|vertex| self.texel(vertex.position)).collect();
        for face in faces {
            self.triangle(face.corners.map(|i| texels[i as usize]));
        }
    }

    fn triangle(&mut self, [a, b, c]: [Vec3; 3]) {
        let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
        if area.abs() < 1e-9 || !area.is_finite() {
            return;
        }
        let dx = ((b.z - a.z) * (c.y - a.y) - (c.z - a.z) * (b.y - a.y)) / area;
        let dy = ((c.z - a.z) * (b.x - a.x) - (b.z - a.z) * (c.x - a.x)) / area;
        let top = (a.y.min(b.y).min(c.y) - 0.5).ceil().max(0.0) as i32;
        let bottom = (a.y.max(b.y).max(c.y) - 0.5).ceil().min(self.side as f32) as i32;
        for row in top..bottom {
            let y = row as f32 + 0.5;
            let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
            for (p, q) in [(a, b), (b, c), (c, a)] {
                if (p.y <= y) != (q.y <= y) {
                    let x = p.x + (y - p.y) / (q.y - p.y) * (q.x - p.x);
                    left = left.min(x);
                    right = right.max(x);
                }
            }
            let from = (left - 0.5).ceil().max(0.0) as i32;
            let to = (right - 0.5).ceil().min(self.side as f32) as i32;
            for x in from..to {
                let height = a.z + (x as f32 + 0.5 - a.x) * dx + (y - a.y) * dy;
                let texel = &mut self.height[(row * self.side + x) as usize];
                *texel = texel.max(height);
            }
        }
    }

    fn height(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x as i32, y as i32);
        if x < 0 || y < 0 || x >= self.side || y >= self.side {
            return f32::NEG_INFINITY;
        }
        self.height[(y * self.side + x) as usize]
    }

    fn is_beside(&self, at: Vec3, margin: f32) -> bool {
        let high = self.side as f32 + margin;
        at.x < -margin || at.y < -margin || at.x > high || at.y > high
    }

    /// Whether anything on the map could change the light at a point.
    pub(super) fn may_reach(&self, point: Vec3) -> bool {
        !self.is_beside(self.texel(point), 0.6 * self.scale)
    }

    /// The share of light that reaches a point, 0..=1. The edge is `softness` metres wide; `turn` (a cosine and a
    /// sine) turns the places that are asked, so that neighbours ask others.
    pub(super) fn lit(&self, point: Vec3, softness: f32, turn: Vec2) -> f32 {
        let at = self.texel(point);
        let reach = (softness * self.scale).max(0.9);
        if self.is_beside(at, reach) {
            return 1.0;
        }
        // A slope rises towards the light within the disc: that isn't a shadow.
        let limit = at.z + BIAS + 1.2 * reach / self.scale;
        let blocked = DISC.iter().filter(|(x, y)| {
            let (dx, dy) = (x * turn.x - y * turn.y, x * turn.y + y * turn.x);
            self.height(at.x + dx * reach, at.y + dy * reach) > limit
        });
        1.0 - blocked.count() as f32 / DISC.len() as f32
    }

    /// The share of the sky that is open above a point, 0..=1, for a map seen from straight above: what rises close
    /// beside it takes most.
    pub(super) fn open(&self, point: Vec3, turn: Vec2) -> f32 {
        let at = self.texel(point);
        if self.is_beside(at, 0.6 * self.scale) {
            return 1.0;
        }
        let mut taken = 0.0;
        for (n, (x, y)) in DISC.iter().enumerate() {
            let (dx, dy) = (x * turn.x - y * turn.y, x * turn.y + y * turn.x);
            // Every other one far and near: 0.55 and 0.2 metres.
            let reach = if n % 2 == 0 { 0.55 } else { 0.2 };
            let rise = self.height(at.x + dx * reach * self.scale, at.y + dy * reach * self.scale) - at.z;
            if rise > 0.04 {
                taken += (rise / (rise + reach)).min(0.85);
            }
        }
        1.0 - taken / DISC.len() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    fn block() -> Model {
        let mut model = Model::default();
        model.block(Vec3::new(0.0, 0.0, 1.0), Vec3::splat(1.0), Vec2::ONE, 0);
        model
    }

    #[test]
    fn a_block_shades_what_is_behind_it_and_nothing_else() {
        let towards = Vec3::new(0.0, -1.0, 1.0).normalize();
        let mut map = DepthMap::new(towards, Vec3::ZERO, 4.0, 256);
        let model = block();
        map.cast(&model.vertices, model.faces.iter());
        let lit = |y: f32, z: f32| map.lit(Vec3::new(0.0, y, z), 0.05, Vec2::X);
        assert_eq!(lit(1.5, 0.0), 0.0, "the block is 1.5 m up and the light falls at 45 degrees");
        assert_eq!([lit(-1.5, 0.0), lit(0.0, 0.0), lit(3.5, 0.0)], [1.0, 1.0, 1.0]);
        assert_eq!(lit(0.0, 2.0), 1.0, "it doesn't shade its own lit side");
        assert_eq!(lit(100.0, 0.0), 1.0, "what isn't on the map is lit");
    }

    #[test]
    fn under_and_beside_a_block_it_is_darker_than_far_from_it() {
        let mut map = DepthMap::new(Vec3::Z, Vec3::ZERO, 4.0, 128);
        let model = block();
        map.cast(&model.vertices, model.faces.iter());
        let open = |x: f32| map.open(Vec3::new(x, 0.0, 0.0), Vec2::X);
        assert!(open(0.0) < open(0.6) && open(0.6) < open(1.2), "{} {} {}", open(0.0), open(0.6), open(1.2));
        assert_eq!(open(3.0), 1.0);
    }
}
