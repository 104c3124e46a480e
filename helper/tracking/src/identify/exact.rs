//! The best solution of all, by branch and bound: tracklets are given to persons one after another in order of time,
//! and a beginning is given up once even the best that may follow can't beat what is known.

use super::graph::{EXCLUDED, Graph};
use super::search::{Persons, value};

/// Finds a solution better than `known`, if there is one. The second is whether the result is proven to be the best:
/// false where `steps` (beginnings looked at) did not suffice.
pub(super) fn solve(graph: &Graph<'_>, component: &[usize], known: Persons, steps: u64) -> (Persons, bool) {
    // What each node may add at most, whoever takes it.
    let most = |n: usize| {
        let (node, earlier) = (component[n], &component[..n]);
        let can_be = || earlier.iter().copied().filter(|&other| graph.pair(other, node) != EXCLUDED);
        let pairs: i64 = can_be().map(|other| i64::from(graph.pair(other, node).max(0))).sum();
        let link = can_be().map(|other| graph.link(other, node)).max();
        link.map_or(0, |link| (pairs + link).max(0))
    };
    let mut still: Vec<i64> = (0..component.len()).map(most).chain([0]).collect();
    for n in (0..component.len()).rev() {
        still[n] += still[n + 1];
    }
    let best = value(graph, &known);
    let mut search = Search { graph, component, still, best, found: known, persons: Vec::new(), steps };
    search.give(0, 0);
    let is_proven = search.steps > 0;
    (search.found, is_proven)
}

struct Search<'g> {
    graph: &'g Graph<'g>,
    component: &'g [usize],
    /// By place in the component: the most that it and all behind it may add.
    still: Vec<i64>,
    best: i64,
    found: Persons,
    persons: Persons,
    steps: u64,
}

impl Search<'_> {
    /// Gives the `n`-th node to everybody in turn, the most promising first.
    fn give(&mut self, n: usize, so_far: i64) {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 || so_far + self.still[n] <= self.best {
            return;
        }
        let Some(&node) = self.component.get(n) else {
            (self.best, self.found) = (so_far, self.persons.clone());
            return;
        };
        let gain = |person: &[usize]| {
            let link = person.last().map_or(0, |&last| self.graph.link(last, node));
            Some(self.graph.between(person, &[node])? + link)
        };
        let takers = self.persons.iter().enumerate().filter_map(|(p, person)| Some((gain(person)?, p)));
        let mut takers: Vec<(i64, usize)> = takers.chain([(0, self.persons.len())]).collect();
        takers.sort_by_key(|&(gain, p)| (std::cmp::Reverse(gain), p));
        for (gain, p) in takers {
            match self.persons.get_mut(p) {
                Some(person) => person.push(node),
                None => self.persons.push(vec![node]),
            }
            self.give(n + 1, so_far + gain);
            self.persons[p].pop();
            if self.persons[p].is_empty() {
                self.persons.pop();
            }
        }
    }
}
