//! Heatmap pose networks (HRNet, arXiv 1902.09212; ViTPose, arXiv 2204.12484; PP-TinyPose): one small picture
//! for each joint, bright where it is. Pure.

use silhueta_shared::pose::Keypoint;

use crate::rtmpose::first_largest;

/// The extents of one person's heatmaps, and how they lie on the network's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Cells across.
    pub columns: usize,
    /// Cells down.
    pub rows: usize,
    /// Pixels of the input per cell.
    pub stride: usize,
    /// The first and the last cell stand for the first and the last pixel (UDP, arXiv 1911.07524), instead of
    /// each cell for the first pixel of its `stride`.
    pub corners: bool,
}

impl Grid {
    /// A place on the grid, in pixels of the input.
    fn to_input(self, x: f32, y: f32) -> (f32, f32) {
        let pixels = |cells: usize| match self.corners {
            true if cells > 1 => (cells * self.stride - 1) as f32 / (cells - 1) as f32,
            _ => self.stride as f32,
        };
        (x * pixels(self.columns), y * pixels(self.rows))
    }
}

/// Decodes one person's `heatmaps` `[keypoints, rows, columns]` to input pixels: the first largest cell, moved by
/// a quarter of a cell towards its larger neighbour on each axis, score the cell's value; as HRNet's authors
/// and MMPose do. A joint whose score isn't above 0 is at cell −1 of both, and stays there.
pub fn decode(heatmaps: &[f32], keypoints: usize, grid: Grid) -> Vec<Keypoint> {
    let Grid { columns, rows, .. } = grid;
    let joints = heatmaps.chunks_exact((columns * rows).max(1)).take(keypoints);
    joints
        .map(|cells| {
            let (place, score) = first_largest(cells);
            let (x, y) = if score > 0.0 { refined(cells, place, grid) } else { (-1.0, -1.0) };
            let (x, y) = grid.to_input(x, y);
            Keypoint { x, y, score }
        })
        .collect()
}

/// The cell at `place`, moved by a quarter where it has neighbours on both sides. MMPose leaves the second
/// column and row alone, too (`1 < x`); so do we, to give its numbers.
fn refined(cells: &[f32], place: usize, Grid { columns, rows, .. }: Grid) -> (f32, f32) {
    let (x, y) = (place % columns, place / columns);
    let inside = |v: usize, least: usize, size: usize| v > least && v + 1 < size;
    let quarter = |after: f32, before: f32| match after - before {
        d if d > 0.0 => 0.25,
        d if d < 0.0 => -0.25,
        _ => 0.0,
    };
    let across = inside(x, 1, columns) && inside(y, 0, rows);
    let down = inside(y, 1, rows) && inside(x, 0, columns);
    let dx = if across { quarter(cells[place + 1], cells[place - 1]) } else { 0.0 };
    let dy = if down { quarter(cells[place + columns], cells[place - columns]) } else { 0.0 };
    (x as f32 + dx, y as f32 + dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { columns: 6, rows: 5, stride: 4, corners: false };

    fn joint(bright: &[(usize, usize, f32)], grid: Grid) -> Keypoint {
        let mut cells = vec![0.0; grid.columns * grid.rows];
        for (x, y, value) in bright {
            cells[y * grid.columns + x] = *value;
        }
        decode(&cells, 1, grid)[0]
    }

    #[test]
    fn the_brightest_cell_leans_to_its_brighter_neighbours() {
        let joint = joint(&[(3, 2, 0.8), (4, 2, 0.5), (2, 2, 0.3), (3, 1, 0.4)], GRID);
        assert_eq!(joint, Keypoint { x: 13.0, y: 7.0, score: 0.8 });
    }

    #[test]
    fn equals_go_to_the_first_and_cells_at_the_edge_do_not_lean() {
        assert_eq!(joint(&[(1, 2, 0.5), (4, 3, 0.5)], GRID), Keypoint { x: 4.0, y: 8.0, score: 0.5 });
        assert_eq!(joint(&[(5, 4, 0.5), (4, 4, 0.4)], GRID), Keypoint { x: 20.0, y: 16.0, score: 0.5 });
    }

    #[test]
    fn a_grid_of_corners_reaches_the_last_pixel() {
        let corners = Grid { corners: true, ..GRID };
        assert_eq!(joint(&[(5, 4, 0.5)], corners), Keypoint { x: 23.0, y: 19.0, score: 0.5 });
        assert_eq!(joint(&[(0, 0, 0.5)], corners), Keypoint { x: 0.0, y: 0.0, score: 0.5 });
    }

    #[test]
    fn a_dark_map_is_out_of_the_picture_and_a_short_output_has_no_joints() {
        let dark = joint(&[(2, 2, -0.5)], GRID);
        assert_eq!((dark.x, dark.y, dark.score), (-4.0, -4.0, 0.0));
        assert!(decode(&[0.5; 29], 1, GRID).is_empty());
        assert!(joint(&[(2, 2, f32::NAN)], GRID).score == 0.0);
    }
}
