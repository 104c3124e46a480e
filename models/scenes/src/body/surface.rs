//! A body's surface while it is built: corners with the joints that move them, and triangles between rows of them.

use glam::{Vec2, Vec3};

use crate::figure::Joint;
use crate::model::{Face, Material};

/// Joints that move a corner, with their shares, which add up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bones {
    pub(super) joints: [Joint; 3],
    pub(super) shares: [f32; 3],
}

impl Bones {
    /// One joint alone.
    pub(super) const fn of(joint: Joint) -> Self {
        Self { joints: [joint; 3], shares: [1.0, 0.0, 0.0] }
    }

    /// Partly these, and `other` by `share`. Of more than three joints the weakest are let go.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let share = share.clamp(0.0, 1.0);
        let mut found: Vec<(Joint, f32)> = Vec::with_capacity(6);
        for (bones, part) in [(self, 1.0 - share), (other, share)] {
            for (joint, of) in bones.joints.into_iter().zip(bones.shares) {
                match found.iter_mut().find(|(known, _)| *known == joint) {
                    Some((_, sum)) => *sum += of * part,
                    None => found.push((joint, of * part)),
                }
            }
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.resize(3, (found[0].0, 0.0));
        let total: f32 = found.iter().map(|(_, share)| share).sum();
        Self { joints: [0, 1, 2].map(|i| found[i].0), shares: [0, 1, 2].map(|i| found[i].1 / total) }
    }
}

/// What moves a corner besides its bones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Hang {
    /// Nothing.
    Bones,
    /// Cloth around both legs, by this share: it lies on the one that pushes it farther out.
    Legs(f32),
    /// It hangs plumb from the right hand.
    Plumb,
}

/// A corner of the surface at rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Corner {
    pub(super) position: Vec3,
    pub(super) normal: Vec3,
    pub(super) uv: Vec2,
    pub(super) bones: Bones,
    pub(super) hang: Hang,
}

impl Corner {
    pub(super) fn new(position: Vec3, uv: Vec2, bones: Bones) -> Self {
        Self { position, normal: Vec3::Z, uv, bones, hang: Hang::Bones }
    }
}

/// The surface so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Surface {
    pub(super) corners: Vec<Corner>,
    pub(super) faces: Vec<Face>,
    pub(super) materials: Vec<Material>,
}

impl Surface {
    /// Adds a material and returns its index.
    pub(super) fn material(&mut self, material: Material) -> u16 {
        self.materials.push(material);
        (self.materials.len() - 1) as u16
    }

    /// Lays a skin over rows of equally many corners each. Rows that close upon themselves repeat their first
    /// corner at the end; a row in one point closes a tube. Normals look away from the rows' middles.
    pub(super) fn loft(&mut self, rows: &[Vec<Corner>], material: u16) {
        let Some(columns) = rows.first().map(Vec::len) else { return };
        let base = self.corners.len();
        let at = |row: usize, column: usize| rows[row][column].position;
        let mut normals = vec![Vec3::ZERO; rows.len() * columns];
        let mut triangles = Vec::new();
        for row in 1..rows.len() {
            for column in 1..columns {
                let [a, b, c, d] = [(row - 1, column - 1), (row - 1, column), (row, column), (row, column - 1)];
                for three in [[a, b, c], [a, c, d]] {
                    let [p, q, r] = three.map(|(row, column)| at(row, column));
                    let normal = (q - p).cross(r - p);
                    if normal.length_squared() > 1e-16 {
                        let three = three.map(|(row, column)| row * columns + column);
                        three.iter().for_each(|&i| normals[i] += normal);
                        triangles.push(three);
                    }
                }
            }
        }
        let mut outwards = 0.0;
        for (row, corners) in rows.iter().enumerate() {
            let line = &mut normals[row * columns..(row + 1) * columns];
            let near = |a: Vec3, b: Vec3| (a - b).length_squared() < 1e-12;
            if corners.iter().all(|c| near(c.position, corners[0].position)) {
                line.fill(line.iter().sum());
            } else if near(corners[0].position, corners[columns - 1].position) {
                let both = line[0] + line[columns - 1];
                (line[0], line[columns - 1]) = (both, both);
            }
            let middle = corners.iter().map(|c| c.position).sum::<Vec3>() / columns as f32;
            outwards += line.iter().zip(corners).map(|(n, c)| n.dot(c.position - middle)).sum::<f32>();
        }
        let sign = if outwards < 0.0 { -1.0 } else { 1.0 };
        for (corner, normal) in rows.iter().flatten().zip(normals) {
            self.corners.push(Corner { normal: (normal * sign).normalize_or(Vec3::Z), ..*corner });
        }
        self.faces.extend(triangles.into_iter().map(|[a, b, c]| {
            let corners = if sign > 0.0 { [a, b, c] } else { [a, c, b] };
            Face { corners: corners.map(|i| (base + i) as u32), material }
        }));
    }
}

/// The value at `x` of a smooth curve through `keys`, which are in order of their places; held beyond the ends.
pub(super) fn curve<const N: usize>(keys: &[(f32, [f32; N])], x: f32) -> [f32; N] {
    let Some((&(first, start), &(last, end))) = keys.first().zip(keys.last()) else { return [0.0; N] };
    if x <= first {
        return start;
    }
    if x >= last {
        return end;
    }
    let next = keys.partition_point(|key| key.0 <= x);
    let (a, b) = (keys[next - 1], keys[next]);
    let width = b.0 - a.0;
    let t = (x - a.0) / width;
    let slope = |i: usize, n: usize| {
        let (before, after) = (keys[i.saturating_sub(1)], keys[(i + 1).min(keys.len() - 1)]);
        (after.1[n] - before.1[n]) / (after.0 - before.0).max(1e-6)
    };
    std::array::from_fn(|n| {
        let (p, q) = (a.1[n], b.1[n]);
        // Slopes are held to thrice the step's own, so that the curve doesn't swing beyond its keys.
        let limit = 3.0 * ((q - p) / width).abs();
        let (m, k) = (slope(next - 1, n).clamp(-limit, limit), slope(next, n).clamp(-limit, limit));
        let (t2, t3) = (t * t, t * t * t);
        (2.0 * t3 - 3.0 * t2 + 1.0) * p
            + (t3 - 2.0 * t2 + t) * width * m
            + (3.0 * t2 - 2.0 * t3) * q
            + (t3 - t2) * width * k
    })
}

/// A bell around 0, of height 1 and about this standard deviation; nothing beyond four of them. Painting asks for
/// it so often that the exponential itself would take a quarter of a body's set-up.
pub(super) fn bell(x: f32, width: f32) -> f32 {
    let t = x / width;
    let near = (1.0 - t * t / 16.0).max(0.0);
    let squared = near * near;
    let fourth = squared * squared;
    fourth * fourth
}

/// From 0 at `low` to 1 at `high`, smoothly; the other way round where `low` is the greater.
pub(super) fn step(low: f32, high: f32, x: f32) -> f32 {
    crate::seed::ease((x - low) / (high - low))
}

/// A point on the outline of a rounded box of half-width 1 around 0, at this angle: `round` 2 is a circle.
pub(super) fn outline(angle: f32, round: f32) -> Vec2 {
    let (sin, cos) = libm::sincosf(angle);
    if round == 2.0 {
        return Vec2::new(cos, sin);
    }
    let bend = |v: f32| libm::powf(v.abs(), 2.0 / round).copysign(v);
    Vec2::new(bend(cos), bend(sin))
}
