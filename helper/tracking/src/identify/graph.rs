//! All tracklets of a video and what is known of every two of them, as whole numbers: sums are exact, so that it does
//! not matter in which order they are taken.

use super::StitchConfig;
use super::evidence::{
    GALLERY, Portrait, appearance, appearance_log_odds, excluded, gap_seconds, motion_log_odds, stranger_log_odds,
};
use super::split::Piece;

/// More tracklets than this are compared by fewer views: it takes seconds, not minutes.
const MANY: usize = 1500;
const FEW_VIEWS: usize = 3;
/// Log-odds of 1.
const UNIT: f64 = 1000.0;
/// Two that can't be one.
pub(super) const EXCLUDED: i32 = i32::MIN;
/// Two that are one: more than all else together.
const CERTAIN: i32 = 1_000_000_000;

/// The nodes are tracklets in order of time; the value of a set of persons is the sum, over each person, of the
/// [`pair`](Self::pair) of every two of their tracklets and of the [`link`](Self::link) of every two that follow one
/// another.
#[derive(Debug)]
pub(super) struct Graph<'a> {
    /// By first frame, last frame and track.
    pub(super) nodes: Vec<&'a Piece>,
    /// Half a square: row `j` has all `i < j`.
    pairs: Vec<Vec<i32>>,
    /// By node, those that follow it closely enough for motion to speak, in order.
    links: Vec<Vec<(usize, i32)>>,
    /// What any other link is worth where there is no gap.
    stranger: i32,
    config: StitchConfig,
}

impl<'a> Graph<'a> {
    pub(super) fn new(pieces: &'a [Piece], config: &StitchConfig) -> Self {
        let mut nodes: Vec<&Piece> = pieces.iter().collect();
        nodes.sort_by_key(|p| (p.tracklet.first.frame, p.tracklet.last.frame, p.tracklet.id));
        let most = if nodes.len() > MANY { FEW_VIEWS } else { GALLERY };
        let portraits: Vec<Portrait<'_>> = nodes.iter().map(|p| Portrait::new(&p.tracklet.gallery, most)).collect();
        let mut last_of = std::collections::BTreeMap::new();
        let (mut pairs, mut links) = (Vec::with_capacity(nodes.len()), vec![Vec::new(); nodes.len()]);
        for (j, b) in nodes.iter().enumerate() {
            let before = last_of.insert((b.tracklet.id, b.part), j);
            let pair = |(i, a): (usize, &&Piece)| {
                if (a.tracklet.id, a.part) == (b.tracklet.id, b.part) {
                    return if before == Some(i) { CERTAIN } else { 0 };
                }
                if excluded(&a.tracklet, &b.tracklet, config) {
                    return EXCLUDED;
                }
                let views = portraits[i].len().min(portraits[j].len());
                let distance = appearance(&portraits[i], &portraits[j]);
                distance.map_or(0, |distance| units(appearance_log_odds(distance, views, config)))
            };
            let row: Vec<i32> = nodes[..j].iter().enumerate().map(pair).collect();
            for (i, a) in nodes[..j].iter().enumerate().filter(|&(i, _)| row[i] != EXCLUDED) {
                if let Some(motion) = motion_between(a, b, config) {
                    let gap = gap_seconds(&a.tracklet.last, &b.tracklet.first);
                    links[i].push((j, units(stranger_log_odds(gap, config) + motion)));
                }
            }
            pairs.push(row);
        }
        Self { nodes, pairs, links, stranger: units(config.stranger), config: config.clone() }
    }

    /// A graph of given numbers: `pairs[j][i]` for `i < j`, and links other than `stranger`.
    #[cfg(test)]
    pub(super) fn of_numbers(pairs: Vec<Vec<i32>>, links: Vec<Vec<(usize, i32)>>, stranger: i32) -> Self {
        Self { nodes: Vec::new(), pairs, links, stranger, config: StitchConfig::default() }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// What speaks for two being one person, wherever they stand in their life; [`EXCLUDED`] if they can't be.
    pub(super) fn pair(&self, a: usize, b: usize) -> i32 {
        self.pairs[a.max(b)][a.min(b)]
    }

    /// What the step from one tracklet of a person to the next is worth.
    pub(super) fn link(&self, before: usize, after: usize) -> i64 {
        let links = &self.links[before];
        if let Ok(at) = links.binary_search_by_key(&after, |&(node, _)| node) {
            return links[at].1.into();
        }
        let ends = self.nodes.get(before).zip(self.nodes.get(after));
        let gap = ends.map(|(before, after)| gap_seconds(&before.tracklet.last, &after.tracklet.first));
        gap.map_or(self.stranger, |gap| units(stranger_log_odds(gap, &self.config))).into()
    }

    /// Whether anything speaks for two being one, or for one following the other.
    pub(super) fn attracts(&self, before: usize, after: usize) -> bool {
        let pair = self.pair(before, after);
        pair != EXCLUDED && (pair > 0 || self.link(before, after) > i64::from(self.stranger))
    }

    /// Sum over every pair of a node of `a` and one of `b`; `None` where two can't be one.
    pub(super) fn between(&self, a: &[usize], b: &[usize]) -> Option<i64> {
        let mut sum = 0i64;
        for &i in a {
            for &j in b {
                match self.pair(i, j) {
                    EXCLUDED => return None,
                    pair => sum += i64::from(pair),
                }
            }
        }
        Some(sum)
    }

    /// Sum of the links through nodes in order of time.
    pub(super) fn chain(&self, nodes: impl IntoIterator<Item = usize>) -> i64 {
        let mut nodes = nodes.into_iter();
        let Some(mut before) = nodes.next() else { return 0 };
        nodes.map(|after| self.link(std::mem::replace(&mut before, after), after)).sum()
    }

    /// The value of a person, in order of time; `None` for a person who can't be.
    pub(super) fn value(&self, person: &[usize]) -> Option<i64> {
        let pairs = (1..person.len()).map(|n| self.between(&person[..n], &person[n..=n]));
        Some(pairs.sum::<Option<i64>>()? + self.chain(person.iter().copied()))
    }

    /// Sets of nodes, in order, none of which shares a person with another in the best solution.
    ///
    /// Parting a person into sets without attraction costs no pair, and at least one link of `stranger` or worse; but
    /// where a stranger stood between two tracklets whose own link is worse than that, it may have been worth it. So
    /// whoever may stand there is of their set, too. Over long gaps it is not: nobody is to be a stepping stone for
    /// what nothing draws them to.
    pub(super) fn components(&self) -> Vec<Vec<usize>> {
        let n = self.len();
        let mut sets = Sets((0..n).collect());
        for after in 0..n {
            (0..after).filter(|&before| self.attracts(before, after)).for_each(|before| sets.join(before, after));
        }
        let worse = |before: usize| self.links[before].iter().filter(|(_, link)| *link < self.stranger);
        loop {
            let mut is_done = true;
            for before in 0..n {
                for &(after, _) in worse(before) {
                    if sets.find(before) != sets.find(after) {
                        continue;
                    }
                    for between in before + 1..after {
                        let may_stand = self.pair(before, between) != EXCLUDED && self.pair(between, after) != EXCLUDED;
                        if may_stand && sets.find(between) != sets.find(before) {
                            sets.join(between, before);
                            is_done = false;
                        }
                    }
                }
            }
            if is_done {
                break;
            }
        }
        let mut components: Vec<Vec<usize>> = vec![Vec::new(); n];
        (0..n).for_each(|node| components[sets.find(node)].push(node));
        components.retain(|nodes| !nodes.is_empty());
        components
    }
}

/// What the motion says of one piece following another. Where a track was cut, that it went on says nothing: it was
/// cut because it went on with somebody else.
pub(super) fn motion_between(a: &Piece, b: &Piece, config: &StitchConfig) -> Option<f64> {
    if a.tracklet.id == b.tracklet.id && a.part != b.part {
        return None;
    }
    let known = !a.tracklet.gallery.is_empty() && !b.tracklet.gallery.is_empty();
    motion_log_odds(&a.tracklet.last, &b.tracklet.first, known, config)
}

/// Log-odds in whole numbers.
fn units(log_odds: f64) -> i32 {
    // The cast saturates, and makes 0 of NaN; nothing reaches the numbers that mean something else.
    ((log_odds * UNIT).round() as i32).clamp(-CERTAIN / 1000, CERTAIN / 1000)
}

/// Whole numbers in log-odds.
pub(super) fn log_odds(units: i64) -> f64 {
    units as f64 / UNIT
}

/// Disjoint sets; each is known by its least node.
struct Sets(Vec<usize>);

impl Sets {
    fn find(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b)] = a.min(b);
    }
}
