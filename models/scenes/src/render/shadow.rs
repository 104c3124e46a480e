//! What stands between a point and a light: a picture of the surfaces as the light sees them.

use glam::{Vec2, Vec3};

use super::scan::scan;
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
    /// The greatest of each [`CELL`]² texels: where it is low, no texel need be asked.
    coarse: Vec<f32>,
    cells: i32,
}

/// Points in a light's own axes (see [`DepthMap::axes`]) lie within these.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    low: Vec3,
    high: Vec3,
}

impl Bounds {
    /// Around nothing.
    pub(super) const NONE: Self = Self { low: Vec3::INFINITY, high: Vec3::NEG_INFINITY };

    /// Grows to hold a point.
    pub(super) fn add(&mut self, point: Vec3) {
        self.low = self.low.min(point);
        self.high = self.high.max(point);
    }
}

/// What rises farther away than this (metres, across the light) takes no light from a point.
const FARTHEST: f32 = 0.75;

/// Texels along the side of a coarse cell.
const CELL: i32 = 16;

/// A surface doesn't shade itself within this distance, in metres.
const BIAS: f32 = 0.03;

/// Places in a disc of radius 1, evenly spread (a golden spiral).
const DISC: [(f32, f32); 8] = [
    (0.250, 0.000),
    (-0.319, 0.292),
    (0.049, -0.557),
    (0.402, 0.525),
    (-0.739, -0.131),
    (0.700, -0.445),
    (-0.234, 0.870),
    (-0.446, -0.859),
];

impl DepthMap {
    /// Seen from `towards` (length 1), wide enough for a ball around `middle`.
    pub(super) fn new(towards: Vec3, middle: Vec3, radius: f32, side: i32) -> Self {
        let across = if towards.z.abs() > 0.99 { Vec3::X } else { Vec3::Z.cross(towards).normalize() };
        let up = towards.cross(across);
        let low = Vec2::new(across.dot(middle), up.dot(middle)) - Vec2::splat(radius);
        let cells = (side + CELL - 1) / CELL;
        let none = |side: i32| vec![f32::NEG_INFINITY; (side * side) as usize];
        let scale = side as f32 / (2.0 * radius);
        Self { across, up, towards, low, scale, side, height: none(side), coarse: none(cells), cells }
    }

    fn texel(&self, point: Vec3) -> Vec3 {
        let at = self.axes(point);
        ((at.truncate() - self.low) * self.scale).extend(at.z)
    }

    /// A point in the light's own axes, in metres: across, up, and towards it. Maps of one light share them.
    pub(super) fn axes(&self, point: Vec3) -> Vec3 {
        Vec3::new(self.across.dot(point), self.up.dot(point), self.towards.dot(point))
    }

    /// Whether anything on the map might change the light at points within these bounds.
    pub(super) fn reaches(&self, bounds: &Bounds) -> bool {
        let reach = Vec2::splat(FARTHEST);
        let (low, high) = (bounds.low.truncate() - reach, bounds.high.truncate() + reach);
        let (low, high) = ((low - self.low) * self.scale, (high - self.low) * self.scale);
        self.rises([low.x, low.y, high.x, high.y], bounds.low.z)
    }

    /// Adds surfaces.
    pub(super) fn cast<'a>(&mut self, vertices: &[Vertex], faces: impl Iterator<Item = &'a Face>) {
        let texels: Vec<Vec3> = vertices.iter().map(|vertex| self.texel(vertex.position)).collect();
        for face in faces {
            self.triangle(face.corners.map(|i| texels[i as usize]));
        }
    }

    fn triangle(&mut self, corners: [Vec3; 3]) {
        scan(corners, self.side, self.side, |span| {
            let mut height = span.value;
            for x in span.from..span.to {
                let texel = &mut self.height[(span.row * self.side + x) as usize];
                *texel = texel.max(height);
                let cell = &mut self.coarse[(span.row / CELL * self.cells + x / CELL) as usize];
                *cell = cell.max(height);
                height += span.slope;
            }
        });
    }

    fn height(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x as i32, y as i32);
        if x < 0 || y < 0 || x >= self.side || y >= self.side {
            return f32::NEG_INFINITY;
        }
        self.height[(y * self.side + x) as usize]
    }

    /// Whether anything in a rectangle of texels (left, top, right, bottom) rises above `limit`.
    fn rises(&self, [left, top, right, bottom]: [f32; 4], limit: f32) -> bool {
        let side = self.side as f32;
        if right < 0.0 || bottom < 0.0 || left >= side || top >= side {
            return false;
        }
        let cell = |x: f32| x.clamp(0.0, side - 1.0) as i32 / CELL;
        let (left, right) = (cell(left), cell(right));
        (cell(top)..=cell(bottom)).any(|y| {
            let row = (y * self.cells) as usize;
            self.coarse[row + left as usize..=row + right as usize].iter().any(|height| *height > limit)
        })
    }

    /// The share of light that reaches a point, 0..=1. The edge is `softness` metres wide; `turn` (a cosine and a
    /// sine) turns the places that are asked, so that neighbours ask others.
    pub(super) fn lit(&self, point: Vec3, softness: f32, turn: Vec2) -> f32 {
        let at = self.texel(point);
        let reach = (softness.min(FARTHEST) * self.scale).max(0.9);
        // A slope rises towards the light within the disc: that isn't a shadow.
        let limit = at.z + BIAS + 1.2 * reach / self.scale;
        if !self.rises([at.x - reach, at.y - reach, at.x + reach, at.y + reach], limit) {
            return 1.0;
        }
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
        let around = 0.6 * self.scale;
        if !self.rises([at.x - around, at.y - around, at.x + around, at.y + around], at.z + 0.04) {
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
