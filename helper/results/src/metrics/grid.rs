//! Tables of scores, and who belongs to whom by them.

/// A table, row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Grid {
    rows: usize,
    cols: usize,
    values: Vec<f64>,
}

impl Grid {
    pub(super) fn zeros(rows: usize, cols: usize) -> Self {
        Self { rows, cols, values: vec![0.0; rows * cols] }
    }

    pub(super) fn from_fn(rows: usize, cols: usize, mut value: impl FnMut(usize, usize) -> f64) -> Self {
        let values = (0..rows).flat_map(|r| (0..cols).map(move |c| (r, c))).map(|(r, c)| value(r, c)).collect();
        Self { rows, cols, values }
    }

    pub(super) fn at(&self, row: usize, col: usize) -> f64 {
        self.values[row * self.cols + col]
    }

    pub(super) fn at_mut(&mut self, row: usize, col: usize) -> &mut f64 {
        &mut self.values[row * self.cols + col]
    }

    pub(super) fn row_sum(&self, row: usize) -> f64 {
        self.values[row * self.cols..(row + 1) * self.cols].iter().sum()
    }

    pub(super) fn col_sum(&self, col: usize) -> f64 {
        (0..self.rows).map(|row| self.at(row, col)).sum()
    }

    /// Pairs (row, column), by row, whose values have the greatest sum. As many as the shorter side has:
    /// what a pair is worth is for the caller to look at.
    ///
    /// Of several best answers it takes the one that SciPy's `linear_sum_assignment` takes (shortest
    /// augmenting paths after Crouse, "On implementing 2D rectangular assignment algorithms", 2016): the
    /// figures of TrackEval depend on it wherever boxes coincide. The tracker's solver (crate `tracking`) is
    /// faster, drops pairs beyond a limit, and answers such ties in another way.
    pub(super) fn best_pairs(&self) -> Vec<(usize, usize)> {
        if self.rows > self.cols {
            let turned = Self::from_fn(self.cols, self.rows, |r, c| self.at(c, r));
            let mut pairs: Vec<_> = turned.best_pairs().into_iter().map(|(r, c)| (c, r)).collect();
            pairs.sort_unstable();
            return pairs;
        }
        let mut search = Search::new(self);
        for row in 0..self.rows {
            search.place(row);
        }
        search.col_of.into_iter().enumerate().collect()
    }
}

/// Nobody.
const NONE: usize = usize::MAX;

/// Rows placed so far, with the prices (dual variables) that make their places the best ones.
struct Search<'a> {
    grid: &'a Grid,
    col_of: Vec<usize>,
    row_of: Vec<usize>,
    row_price: Vec<f64>,
    col_price: Vec<f64>,
}

impl<'a> Search<'a> {
    fn new(grid: &'a Grid) -> Self {
        Self {
            grid,
            col_of: vec![NONE; grid.rows],
            row_of: vec![NONE; grid.cols],
            row_price: vec![0.0; grid.rows],
            col_price: vec![0.0; grid.cols],
        }
    }

    /// Gives the row `start` a column: its own best one, or one that others free by moving on.
    fn place(&mut self, start: usize) {
        let cols = self.grid.cols;
        let mut distance = vec![f64::INFINITY; cols];
        let mut through = vec![NONE; cols];
        let (mut seen_rows, mut seen_cols) = (vec![start], Vec::new());
        // The order of `open` decides ties, also after the holes that are made in it.
        let mut open: Vec<usize> = (0..cols).rev().collect();
        let (mut row, mut least) = (start, 0.0);
        let end = loop {
            let (mut nearest, mut found) = (f64::INFINITY, 0);
            for (place, &col) in open.iter().enumerate() {
                let reached = least - self.grid.at(row, col) - self.row_price[row] - self.col_price[col];
                if reached < distance[col] {
                    distance[col] = reached;
                    through[col] = row;
                }
                if distance[col] < nearest || (distance[col] == nearest && self.row_of[col] == NONE) {
                    (nearest, found) = (distance[col], place);
                }
            }
            least = nearest;
            let col = open.swap_remove(found);
            seen_cols.push(col);
            if self.row_of[col] == NONE {
                break col;
            }
            row = self.row_of[col];
            seen_rows.push(row);
        };

        for &row in &seen_rows {
            self.row_price[row] += if row == start { least } else { least - distance[self.col_of[row]] };
        }
        for &col in &seen_cols {
            self.col_price[col] -= least - distance[col];
        }
        let mut col = end;
        loop {
            let row = through[col];
            self.row_of[col] = row;
            let given_up = std::mem::replace(&mut self.col_of[row], col);
            if row == start {
                return;
            }
            col = given_up;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(rows: usize, cols: usize, values: &[u8]) -> Vec<(usize, usize)> {
        Grid::from_fn(rows, cols, |r, c| f64::from(values[r * cols + c])).best_pairs()
    }

    fn greatest(grid: &Grid, row: usize, used: u32) -> f64 {
        let free = (0..grid.cols).filter(|c| used & (1 << c) == 0);
        let taken =
            |c| grid.at(row, c) + if row + 1 < grid.rows { greatest(grid, row + 1, used | 1 << c) } else { 0.0 };
        free.map(taken).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The pairs are those of SciPy 1.17's `linear_sum_assignment(-values)`.
    #[test]
    fn ties_fall_as_they_do_in_scipy() {
        let (tall, high) = ([0, 0, 2, 0, 1, 2, 0, 0], [2, 0, 0, 1, 2, 0, 2, 1, 0, 1, 2, 2, 2, 0, 0, 2, 2, 2, 0, 0]);
        let square = [1, 1, 1, 2, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 2, 1, 1, 0, 2, 2, 0, 0, 0, 0, 2];
        assert_eq!(pairs(3, 3, &[2, 2, 0, 2, 1, 1, 1, 0, 2]), [(0, 1), (1, 0), (2, 2)]);
        assert_eq!(pairs(2, 4, &[0, 0, 1, 1, 1, 0, 0, 0]), [(0, 2), (1, 0)]);
        assert_eq!(pairs(4, 2, &tall), [(1, 0), (2, 1)]);
        assert_eq!(pairs(5, 4, &high), [(0, 0), (1, 2), (2, 3), (4, 1)]);
        assert_eq!(pairs(5, 5, &square), [(0, 1), (1, 3), (2, 4), (3, 0), (4, 2)]);
    }

    proptest! {
        #[test]
        fn no_other_pairs_have_a_greater_sum(
            rows in 1usize..6, cols in 1usize..6, values in prop::collection::vec(0u8..9, 25), scale in 0.1..1.0f64,
        ) {
            let (short, long) = (rows.min(cols), rows.max(cols));
            let grid = Grid::from_fn(short, long, |r, c| f64::from(values[r * long + c]) * scale);
            let turned = Grid::from_fn(long, short, |r, c| grid.at(c, r));
            let best = greatest(&grid, 0, 0);
            let sum: f64 = grid.best_pairs().iter().map(|&(r, c)| grid.at(r, c)).sum();
            let turned_sum: f64 = turned.best_pairs().iter().map(|&(r, c)| turned.at(r, c)).sum();
            prop_assert!((sum - best).abs() < 1e-9 && (turned_sum - best).abs() < 1e-9, "{sum} {turned_sum} {best}");
        }
    }
}
