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
    settled: Option<Settled>,
}

/// Of each texel, the highest and the lowest one around it, as far as `reach` (metres) along both sides.
#[derive(Clone, Debug)]
struct Settled {
    reach: f32,
    highest: Vec<f32>,
    lowest: Vec<f32>,
}

/// Points lie within these.
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

/// Direct light is asked for at least as far around a point as this, in texels.
const LEAST: f32 = 0.9;

/// What takes light of the sky from a point is looked for as far as this, in metres.
pub(super) const SKY_REACH: f32 = 0.55;

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
        Self { across, up, towards, low, scale, side, height: none(side), coarse: none(cells), cells, settled: None }
    }

    fn texel(&self, point: Vec3) -> Vec3 {
        let at = self.axes(point);
        ((at.truncate() - self.low) * self.scale).extend(at.z)
    }

    /// A point in the light's own axes, in metres: across, up, and towards it.
    fn axes(&self, point: Vec3) -> Vec3 {
        Vec3::new(self.across.dot(point), self.up.dot(point), self.towards.dot(point))
    }

    /// Whether anything on the map might change the light at points within these bounds.
    pub(super) fn reaches(&self, bounds: &Bounds) -> bool {
        if bounds.low.x > bounds.high.x {
            return false;
        }
        let (middle, half) = ((bounds.low + bounds.high) / 2.0, (bounds.high - bounds.low) / 2.0);
        let half = Vec3::new(self.across.abs().dot(half), self.up.abs().dot(half), self.towards.abs().dot(half));
        let (at, reach) = (self.texel(middle), (half.truncate() + FARTHEST) * self.scale);
        self.rises([at.x - reach.x, at.y - reach.y, at.x + reach.x, at.y + reach.y], at.z - half.z)
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

    /// Says that nothing more will be cast, and as far as which `reach` (metres) light will be asked for: then most answers
    /// are a matter of one look.
    pub(super) fn settle(&mut self, reach: f32) {
        // One more, because what is asked lies anywhere in its texel.
        let (texels, side) = ((reach * self.scale).max(LEAST) as usize + 1, self.side as usize);
        let highest = picked(self.height.clone(), side, texels, f32::max);
        let lowest = picked(self.height.clone(), side, texels, f32::min);
        self.settled = Some(Settled { reach, highest, lowest });
    }

    /// Whether anything around a point (texels) is higher than `limit`, as far as `reach` (texels): `None` if that has to
    /// be seen place by place.
    fn is_open(&self, at: Vec3, reach: f32, limit: f32) -> Option<bool> {
        match (&self.settled, self.index(at.x, at.y)) {
            (Some(settled), Some(i)) if settled.reach * self.scale >= reach => {
                if settled.highest[i] <= limit {
                    Some(true)
                } else {
                    (settled.lowest[i] > limit).then_some(false)
                }
            }
            _ => (!self.rises([at.x - reach, at.y - reach, at.x + reach, at.y + reach], limit)).then_some(true),
        }
    }

    fn index(&self, x: f32, y: f32) -> Option<usize> {
        let (x, y) = (x as i32, y as i32);
        let inside = x >= 0 && y >= 0 && x < self.side && y < self.side;
        inside.then(|| (y * self.side + x) as usize)
    }

    fn height(&self, x: f32, y: f32) -> f32 {
        self.index(x, y).map_or(f32::NEG_INFINITY, |i| self.height[i])
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
        let reach = (softness.min(FARTHEST) * self.scale).max(LEAST);
        // A slope rises towards the light within the disc: that isn't a shadow.
        let limit = at.z + BIAS + 1.2 * reach / self.scale;
        if let Some(open) = self.is_open(at, reach, limit) {
            return if open { 1.0 } else { 0.0 };
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
        if self.is_open(at, SKY_REACH * self.scale, at.z + 0.04) == Some(true) {
            return 1.0;
        }
        let mut taken = 0.0;
        for (n, (x, y)) in DISC.iter().enumerate() {
            let (dx, dy) = (x * turn.x - y * turn.y, x * turn.y + y * turn.x);
            // Every other one far and near.
            let reach = if n % 2 == 0 { SKY_REACH } else { 0.2 };
            let rise = self.height(at.x + dx * reach * self.scale, at.y + dy * reach * self.scale) - at.z;
            if rise > 0.04 {
                taken += (rise / (rise + reach)).min(0.85);
            }
        }
        1.0 - taken / DISC.len() as f32
    }
}

/// Of each texel of a square, the `pick`ed one (the greater or the lesser) of all that are within `reach` texels along
/// both sides.
fn picked(mut values: Vec<f32>, side: usize, reach: usize, pick: fn(f32, f32) -> f32) -> Vec<f32> {
    let last = side - 1;
    let mut done = 0;
    while done < reach {
        // Three windows side by side, or over each other; those of the edge stand for what is beyond it.
        let step = (2 * done + 1).min(reach - done);
        let beside = |n: usize| (n.saturating_sub(step), (n + step).min(last));
        let before = values.clone();
        for (line, before) in values.chunks_exact_mut(side).zip(before.chunks_exact(side)) {
            for (x, value) in line.iter_mut().enumerate() {
                let (left, right) = beside(x);
                *value = pick(*value, pick(before[left], before[right]));
            }
        }
        let before = values.clone();
        for (y, line) in values.chunks_exact_mut(side).enumerate() {
            let (above, below) = beside(y);
            let lines = before[above * side..].iter().zip(&before[below * side..]);
            line.iter_mut().zip(lines).for_each(|(value, (above, below))| *value = pick(*value, pick(*above, *below)));
        }
        done += step;
    }
    values
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

    #[test]
    fn a_map_that_is_settled_says_what_it_said_before() {
        let towards = Vec3::new(0.3, -0.8, 0.7).normalize();
        let mut map = DepthMap::new(towards, Vec3::ZERO, 4.0, 256);
        let model = block();
        map.cast(&model.vertices, model.faces.iter());
        let mut settled = map.clone();
        settled.settle(0.1);
        let mut edges = 0;
        for n in 0..40 * 40 * 3 {
            let point =
                Vec3::new((n % 40) as f32 / 10.0 - 2.0, (n / 40 % 40) as f32 / 10.0 - 2.0, (n / 1600) as f32 * 0.7);
            let turn = Vec2::from_angle(n as f32);
            let lit = map.lit(point, 0.1, turn);
            assert_eq!(lit, settled.lit(point, 0.1, turn), "{point}");
            assert_eq!(map.lit(point, 0.3, turn), settled.lit(point, 0.3, turn), "a wider edge than it is settled for");
            edges += usize::from(lit > 0.0 && lit < 1.0);
        }
        assert!(edges > 20, "{edges}");
    }

    #[test]
    fn the_greatest_of_a_window_is_found() {
        let values: Vec<f32> = (0..81).map(|n| ((n * 37) % 81) as f32).collect();
        for reach in [0, 1, 2, 3, 5, 20] {
            let found = picked(values.clone(), 9, reach as usize, f32::max);
            let meant = |n: i32| {
                let near = |a: i32, b: i32| (a - b).abs() <= reach;
                let window = (0..81).filter(|m| near(m % 9, n % 9) && near(m / 9, n / 9));
                window.map(|m| values[m as usize]).fold(f32::MIN, f32::max)
            };
            assert!((0..81).all(|n| found[n as usize] == meant(n)), "{reach}");
        }
    }
}
