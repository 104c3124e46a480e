//! Which cells of a grid a triangle covers, row by row.

use glam::Vec3;

/// Neighbouring cells of a row whose middles lie in a triangle. There is at least one.
pub(super) struct Span {
    /// The row, from the top.
    pub(super) row: i32,
    /// The first cell and the one behind the last.
    pub(super) from: i32,
    pub(super) to: i32,
    /// The triangle's third coordinate in the middle of the first cell, and how much it grows from cell to cell.
    pub(super) value: f32,
    pub(super) slope: f32,
}

/// Calls `fill` for each row of a grid of `width` × `height` cells that a triangle covers any of. Corners are in cells;
/// the third coordinate is linear between them.
pub(super) fn scan([a, b, c]: [Vec3; 3], width: i32, height: i32, mut fill: impl FnMut(Span)) {
    let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
    if area.abs() < 1e-7 || !area.is_finite() {
        return;
    }
    let slope = ((b.z - a.z) * (c.y - a.y) - (c.z - a.z) * (b.y - a.y)) / area;
    let down = ((c.z - a.z) * (b.x - a.x) - (b.z - a.z) * (c.x - a.x)) / area;
    let (leftmost, rightmost) = (a.x.min(b.x).min(c.x), a.x.max(b.x).max(c.x));
    if rightmost < 0.0 || leftmost > width as f32 {
        return;
    }
    let edges = [(a, b), (b, c), (c, a)].map(|(p, q)| (p, q.y, (q.x - p.x) / (q.y - p.y)));
    let top = ceil(a.y.min(b.y).min(c.y) - 0.5).max(0);
    let bottom = ceil(a.y.max(b.y).max(c.y) - 0.5).min(height);
    for row in top..bottom {
        let y = row as f32 + 0.5;
        let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
        for (p, end, across) in edges {
            if (p.y <= y) != (end <= y) {
                let x = p.x + (y - p.y) * across;
                left = left.min(x);
                right = right.max(x);
            }
        }
        let (from, to) = (ceil(left - 0.5).max(0), ceil(right - 0.5).min(width));
        if from < to {
            let value = a.z + (from as f32 + 0.5 - a.x) * slope + (y - a.y) * down;
            fill(Span { row, from, to, value, slope });
        }
    }
}

/// The least whole number that isn't below `x`, at the ends of `i32` where it is beyond them. (`f32::ceil` is a call
/// into the system's library where the processor isn't told to be a newer one.)
fn ceil(x: f32) -> i32 {
    let whole = x as i32;
    if (whole as f32) < x { whole.saturating_add(1) } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(corners: [Vec3; 3]) -> Vec<(i32, i32, i32)> {
        let mut cells = Vec::new();
        scan(corners, 8, 8, |span| {
            for x in span.from..span.to {
                cells.push((x, span.row, (span.value + (x - span.from) as f32 * span.slope).round() as i32));
            }
        });
        cells
    }

    #[test]
    fn two_triangles_of_a_square_cover_each_cell_once_with_the_planes_values() {
        // The third coordinate is 10 x + 100 y.
        let p = |x: f32, y: f32| Vec3::new(x, y, 10.0 * x + 100.0 * y);
        let mut all = cells([p(1.0, 1.0), p(5.0, 1.0), p(5.0, 5.0)]);
        all.extend(cells([p(1.0, 5.0), p(1.0, 1.0), p(5.0, 5.0)]));
        all.sort_unstable();
        let meant: Vec<_> = (1..5).flat_map(|x| (1..5).map(move |y| (x, y, 10 * x + 5 + 100 * y + 50))).collect();
        assert_eq!(all, meant);
    }

    #[test]
    fn what_lies_beside_the_grid_or_has_no_area_covers_nothing() {
        let p = |x: f32, y: f32| Vec3::new(x, y, 0.0);
        assert_eq!(cells([p(-5.0, 0.0), p(-1.0, 0.0), p(-1.0, 7.0)]), []);
        assert_eq!(cells([p(1.0, 1.0), p(2.0, 2.0), p(3.0, 3.0)]), []);
        assert_eq!(cells([p(f32::NAN, 1.0), p(2.0, 2.0), p(3.0, 1.0)]), []);
        assert_eq!(cells([p(-1e9, -1e9), p(1e9, -1e9), p(0.0, 1e9)]).len(), 64, "one that covers all");
    }
}
