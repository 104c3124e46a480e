//! Linear assignment by shortest augmenting paths: Jonker & Volgenant, "A shortest augmenting path algorithm
//! for dense and sparse linear assignment problems" (Computing 38, 1987), for rectangular costs with a limit.

/// A dense cost matrix, row-major: `rows` tracks by `cols` detections.
#[derive(Clone, Debug, Default)]
pub struct CostMatrix {
    rows: usize,
    cols: usize,
    values: Vec<f64>,
}

impl CostMatrix {
    /// A matrix whose entry at (row, column) is `cost(row, column)`.
    pub fn from_fn(rows: usize, cols: usize, mut cost: impl FnMut(usize, usize) -> f64) -> Self {
        let values = (0..rows).flat_map(|r| (0..cols).map(move |c| (r, c))).map(|(r, c)| cost(r, c)).collect();
        Self { rows, cols, values }
    }

    fn row(&self, r: usize) -> &[f64] {
        &self.values[r * self.cols..(r + 1) * self.cols]
    }
}

/// A pair that may be matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Of a track.
    pub row: usize,
    /// Of a detection.
    pub col: usize,
    /// Below the limit.
    pub cost: f64,
}

/// The solver with its scratch memory, which is kept from call to call.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    /// What a pair saves against leaving both unmatched (`cost - limit`, at most 0), without the rows and
    /// columns that can save nothing; transposed if need be, so that there are never more rows than columns.
    gain: Vec<f64>,
    rows: usize,
    cols: usize,
    row_of: Vec<usize>,
    col_of: Vec<usize>,
    /// Dual variables (prices) of the columns.
    price: Vec<f64>,
    distance: Vec<f64>,
    previous: Vec<usize>,
    scanned: Vec<bool>,
    free: Vec<usize>,
}

const NONE: usize = usize::MAX;

impl Assignment {
    /// Pairs (row, column), by row, that minimise the sum of their costs plus `limit / 2` for every row and
    /// column left alone. Only costs below `limit` (finite) make a pair; NaN and infinite costs never do.
    pub fn solve(&mut self, costs: &CostMatrix, limit: f64) -> Vec<(usize, usize)> {
        self.solve_within(costs, limit, 4)
    }

    /// The same where only these pairs, each named once, cost less than `limit`. Whatever hangs together over pairs
    /// is solved by itself: most people have one box near them, and that one is near nobody else.
    pub fn solve_sparse(&mut self, rows: usize, cols: usize, edges: &[Edge], limit: f64) -> Vec<(usize, usize)> {
        // A forest over the rows, then the columns; the root of a tree is its least member.
        let mut parent: Vec<usize> = (0..rows + cols).collect();
        for edge in edges {
            let (a, b) = (root(&mut parent, edge.row), root(&mut parent, rows + edge.col));
            parent[a.max(b)] = a.min(b);
        }
        let mut grouped: Vec<(usize, Edge)> = edges.iter().map(|edge| (root(&mut parent, edge.row), *edge)).collect();
        grouped.sort_unstable_by_key(|(root, edge)| (*root, edge.row, edge.col));

        let mut pairs = Vec::new();
        for group in grouped.chunk_by(|a, b| a.0 == b.0) {
            if let [(_, edge)] = group {
                pairs.push((edge.row, edge.col));
                continue;
            }
            let mut group_rows: Vec<usize> = group.iter().map(|(_, edge)| edge.row).collect();
            group_rows.dedup();
            let mut group_cols: Vec<usize> = group.iter().map(|(_, edge)| edge.col).collect();
            group_cols.sort_unstable();
            group_cols.dedup();
            let mut costs = CostMatrix::from_fn(group_rows.len(), group_cols.len(), |_, _| f64::INFINITY);
            let mut row = 0;
            for (_, edge) in group {
                row += usize::from(group_rows[row] != edge.row);
                let col = group_cols.partition_point(|&c| c < edge.col);
                costs.values[row * costs.cols + col] = edge.cost;
            }
            pairs.extend(self.solve(&costs, limit).into_iter().map(|(r, c)| (group_rows[r], group_cols[c])));
        }
        pairs.sort_unstable();
        pairs
    }

    /// `turns` for each row are allowed in the row reduction, which changes the speed, never the sum.
    fn solve_within(&mut self, costs: &CostMatrix, limit: f64, turns: usize) -> Vec<(usize, usize)> {
        let gain = |r: usize, c: usize| {
            let cost = costs.row(r)[c];
            if cost.is_finite() && limit.is_finite() && cost < limit { cost - limit } else { 0.0 }
        };
        let useful_rows: Vec<usize> = (0..costs.rows).filter(|&r| (0..costs.cols).any(|c| gain(r, c) < 0.0)).collect();
        let useful_cols: Vec<usize> =
            (0..costs.cols).filter(|&c| useful_rows.iter().any(|&r| gain(r, c) < 0.0)).collect();
        let transposed = useful_rows.len() > useful_cols.len();
        let (short, long) = if transposed { (&useful_cols, &useful_rows) } else { (&useful_rows, &useful_cols) };
        self.reset(short.len(), long.len());
        for &s in short {
            self.gain.extend(long.iter().map(|&l| if transposed { gain(l, s) } else { gain(s, l) }));
        }

        self.reduce_rows(turns * self.rows);
        for i in 0..self.free.len() {
            self.augment(self.free[i]);
        }

        let mut pairs: Vec<(usize, usize)> = (0..self.rows)
            .filter(|&r| self.col_of[r] != NONE && self.gain[r * self.cols + self.col_of[r]] < 0.0)
            .map(|r| (short[r], long[self.col_of[r]]))
            .map(|(s, l)| if transposed { (l, s) } else { (s, l) })
            .collect();
        pairs.sort_unstable();
        pairs
    }

    fn reset(&mut self, rows: usize, cols: usize) {
        (self.rows, self.cols) = (rows, cols);
        self.gain.clear();
        self.free.clear();
        refill(&mut self.col_of, rows, NONE);
        refill(&mut self.row_of, cols, NONE);
        refill(&mut self.price, cols, 0.0);
        refill(&mut self.distance, cols, 0.0);
        refill(&mut self.previous, cols, NONE);
        refill(&mut self.scanned, cols, false);
    }

    /// Augmenting row reduction: every row takes its cheapest column and lowers its price as far as the second
    /// cheapest allows, driving out the row that had it. The number of turns is bounded, since with equal or
    /// rounded costs rows could drive each other out for ever; `free` holds the rows left without a column.
    fn reduce_rows(&mut self, mut turns: usize) {
        let mut waiting: Vec<usize> = (0..self.rows).rev().collect();
        while let Some(r) = waiting.pop() {
            let (mut first, mut second) = ((f64::INFINITY, NONE), (f64::INFINITY, NONE));
            for (c, (gain, price)) in self.gain[r * self.cols..(r + 1) * self.cols].iter().zip(&self.price).enumerate()
            {
                let reduced = gain - price;
                if reduced < first.0 {
                    second = first;
                    first = (reduced, c);
                } else if reduced < second.0 {
                    second = (reduced, c);
                }
            }
            let mut col = first.1;
            let strict = second.0 > first.0;
            if !strict && self.row_of[col] != NONE {
                col = second.1;
            }
            if col == NONE || turns == 0 || (self.row_of[col] != NONE && !strict) {
                self.free.push(r);
                continue;
            }
            turns -= 1;
            let driven_out = self.row_of[col];
            if driven_out != NONE {
                self.price[col] -= second.0 - first.0;
                self.col_of[driven_out] = NONE;
                waiting.push(driven_out);
            }
            self.row_of[col] = r;
            self.col_of[r] = col;
        }
    }

    /// Dijkstra over reduced costs from the free row `start` to the nearest free column, then a swap along the path.
    fn augment(&mut self, start: usize) {
        for c in 0..self.cols {
            self.distance[c] = self.gain[start * self.cols + c] - self.price[c];
            self.previous[c] = start;
            self.scanned[c] = false;
        }
        let (end, nearest) = loop {
            let mut best = (f64::INFINITY, NONE);
            for c in 0..self.cols {
                // A free column wins a tie: it ends the search.
                let d = self.distance[c];
                if !self.scanned[c] && (d < best.0 || (d == best.0 && best.1 != NONE && self.row_of[c] == NONE)) {
                    best = (d, c);
                }
            }
            let (min, c) = best;
            if c == NONE {
                return;
            }
            let r = self.row_of[c];
            if r == NONE {
                break (c, min);
            }
            self.scanned[c] = true;
            let offset = self.gain[r * self.cols + c] - self.price[c] - min;
            for k in 0..self.cols {
                let through = self.gain[r * self.cols + k] - self.price[k] - offset;
                if !self.scanned[k] && through < self.distance[k] {
                    self.distance[k] = through;
                    self.previous[k] = r;
                }
            }
        };
        for c in 0..self.cols {
            if self.scanned[c] {
                self.price[c] += self.distance[c] - nearest;
            }
        }
        let mut c = end;
        loop {
            let r = self.previous[c];
            self.row_of[c] = r;
            let given_up = std::mem::replace(&mut self.col_of[r], c);
            if r == start {
                return;
            }
            c = given_up;
        }
    }
}

/// The root of the tree that `node` is in, with the way to it made shorter.
fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

fn refill<T: Clone>(buffer: &mut Vec<T>, len: usize, value: T) {
    buffer.clear();
    buffer.resize(len, value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn solve(rows: usize, cols: usize, values: &[f64], limit: f64) -> Vec<(usize, usize)> {
        Assignment::default().solve(&CostMatrix::from_fn(rows, cols, |r, c| values[r * cols + c]), limit)
    }

    /// The least sum of `cost - limit` over every partial matching.
    fn brute_force(rows: usize, cols: usize, values: &[f64], limit: f64, row: usize, used: u32) -> f64 {
        if row == rows {
            return 0.0;
        }
        let mut best = brute_force(rows, cols, values, limit, row + 1, used);
        for c in 0..cols {
            let cost = values[row * cols + c];
            if used & (1 << c) == 0 && cost < limit && cost.is_finite() {
                best = best.min(cost - limit + brute_force(rows, cols, values, limit, row + 1, used | 1 << c));
            }
        }
        best
    }

    #[test]
    fn a_cheap_pair_gives_way_to_a_cheaper_whole() {
        assert_eq!(solve(2, 2, &[0.1, 0.2, 0.2, 0.7], 0.8), [(0, 1), (1, 0)]);
        // With the limit at 0.25 the second pair is not to be had, so the first row takes its cheapest.
        assert_eq!(solve(2, 2, &[0.1, 0.2, 0.26, 0.7], 0.25), [(0, 0)]);
    }

    #[test]
    fn the_limit_itself_and_odd_values_are_refused() {
        assert_eq!(solve(1, 1, &[0.8], 0.8), []);
        assert_eq!(solve(2, 2, &[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.3], 0.8), [(1, 1)]);
        assert_eq!(solve(1, 2, &[f64::MAX, f64::MIN], 0.8), [(0, 1)]);
        assert_eq!(solve(1, 1, &[0.1], f64::NAN), []);
        assert_eq!(solve(0, 3, &[], 0.8), []);
        assert_eq!(solve(3, 0, &[], 0.8), []);
    }

    #[test]
    fn five_hundred_equal_costs_end() {
        let pairs = solve(500, 500, &vec![0.5; 250_000], 0.8);
        assert_eq!(pairs.len(), 500);
    }

    #[test]
    fn products_pair_the_large_with_the_small() {
        let costs = CostMatrix::from_fn(500, 500, |r, c| (r * c) as f64);
        for turns in [0, 4] {
            let pairs = Assignment::default().solve_within(&costs, 1e6, turns);
            assert!(pairs.len() == 500 && pairs.iter().all(|(r, c)| r + c == 499));
        }
    }

    proptest! {
        #[test]
        fn is_optimal(
            rows in 1usize..6, cols in 1usize..6,
            // Few distinct values, so that ties are common.
            values in prop::collection::vec(prop_oneof![
                8 => (0u8..12).prop_map(|v| f64::from(v) / 10.0),
                4 => 0.0..1.2f64,
                1 => Just(f64::NAN), 1 => Just(f64::INFINITY)], 36),
            limit in prop_oneof![Just(0.8), Just(0.5), Just(5.0)],
            turns in 0usize..5,
        ) {
            let costs = CostMatrix::from_fn(rows, cols, |r, c| values[r * cols + c]);
            let pairs = Assignment::default().solve_within(&costs, limit, turns);
            for (i, a) in pairs.iter().enumerate() {
                prop_assert!(values[a.0 * cols + a.1] < limit);
                prop_assert!(pairs[..i].iter().all(|b| a.0 != b.0 && a.1 != b.1));
            }
            let sum: f64 = pairs.iter().map(|&(r, c)| values[r * cols + c] - limit).sum();
            let best = brute_force(rows, cols, &values, limit, 0, 0);
            prop_assert!((sum - best).abs() < 1e-9, "{sum} against {best}: {pairs:?}");
        }

        #[test]
        fn sparse_costs_give_what_dense_ones_do(
            rows in 1usize..12, cols in 1usize..12,
            // Most pairs are out of the question, so that there are several groups.
            values in prop::collection::vec(prop_oneof![5 => Just(0.9f64), 2 => 0.0..0.8f64], 144),
        ) {
            let costs = CostMatrix::from_fn(rows, cols, |r, c| values[r * cols + c]);
            let mut edges: Vec<Edge> = (0..rows * cols)
                .map(|i| Edge { row: i / cols, col: i % cols, cost: values[i] })
                .filter(|edge| edge.cost < 0.8)
                .collect();
            edges.reverse();
            let sparse = Assignment::default().solve_sparse(rows, cols, &edges, 0.8);
            prop_assert_eq!(sparse, Assignment::default().solve(&costs, 0.8));
        }

        #[test]
        fn the_row_reduction_changes_only_the_speed(values in prop::collection::vec(0.0..1.0f64, 30 * 40)) {
            let costs = CostMatrix::from_fn(30, 40, |r, c| values[r * 40 + c]);
            let sum = |turns| -> f64 {
                let pairs = Assignment::default().solve_within(&costs, 0.8, turns);
                pairs.iter().map(|&(r, c)| values[r * 40 + c] - 0.8).sum()
            };
            prop_assert!((sum(0) - sum(4)).abs() < 1e-9);
        }
    }
}
