//! Boxes that overlap, and by how much.

use silhueta_shared::geometry::Bbox;

/// A box in f64, so that equal boxes in another order give equal costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    edges: [f64; 4],
    area: f64,
}

impl Area {
    pub(crate) fn new(bbox: &Bbox) -> Self {
        let edges = bbox.to_array().map(f64::from);
        Self { edges, area: (edges[2] - edges[0]) * (edges[3] - edges[1]) }
    }

    /// `1 - IoU`.
    pub(crate) fn distance(&self, other: &Self) -> f64 {
        let ([ax1, ay1, ax2, ay2], [bx1, by1, bx2, by2]) = (self.edges, other.edges);
        let (w, h) = (ax2.min(bx2) - ax1.max(bx1), ay2.min(by2) - ay1.max(by1));
        if w <= 0.0 || h <= 0.0 {
            return 1.0;
        }
        let intersection = w * h;
        1.0 - intersection / (self.area + other.area - intersection)
    }
}

/// Tells of every pair (index in `a`, index in `b`) whose boxes may touch, by `a`.
pub(crate) fn touching(a: &[Area], b: &[Area], mut tell: impl FnMut(usize, usize)) {
    // Sorted by the left edge, what can reach a box lies in one run: from as far to its left as the widest is wide.
    let mut order: Vec<(f64, usize)> = b.iter().enumerate().map(|(i, area)| (area.edges[0], i)).collect();
    order.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    let widest = b.iter().map(|area| area.edges[2] - area.edges[0]).fold(0.0, f64::max);
    for (i, area) in a.iter().enumerate() {
        let [left, top, right, bottom] = area.edges;
        let from = order.partition_point(|(x, _)| *x + widest < left);
        for &(_, k) in order[from..].iter().take_while(|(x, _)| *x < right) {
            let [_, other_top, other_right, other_bottom] = b[k].edges;
            if other_right > left && other_top < bottom && other_bottom > top {
                tell(i, k);
            }
        }
    }
}
