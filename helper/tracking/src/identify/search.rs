//! Good solutions for any number of tracklets: the best join first, then whatever small change makes it better.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::graph::Graph;

/// Persons, each the nodes of one in order of time.
pub(super) type Persons = Vec<Vec<usize>>;

/// Joins persons, best join first, as long as a join is worth anything.
pub(super) fn greedy(graph: &Graph<'_>, component: &[usize]) -> Persons {
    let mut persons: Vec<Option<Vec<usize>>> = component.iter().map(|&node| Some(vec![node])).collect();
    // How often a place has changed hands.
    let mut versions = vec![0u32; persons.len()];
    let mut heap = BinaryHeap::new();
    // Best first, then the earliest nodes: places are in the order of their first node.
    let worth = |persons: &[Option<Vec<usize>>], versions: &[u32], j: usize, i: usize| {
        let gain = join_gain(graph, persons[j].as_ref()?, persons[i].as_ref()?)?;
        (gain > 0).then_some((gain, Reverse((j, i)), versions[j], versions[i]))
    };
    for i in 0..persons.len() {
        heap.extend((0..i).filter_map(|j| worth(&persons, &versions, j, i)));
    }
    while let Some((_, Reverse((j, i)), then_j, then_i)) = heap.pop() {
        if (versions[j], versions[i]) != (then_j, then_i) {
            continue;
        }
        let joined = merged(&persons[j].take().unwrap_or_default(), &persons[i].take().unwrap_or_default());
        persons[j] = Some(joined);
        versions[j] += 1;
        versions[i] += 1;
        let others = (0..persons.len()).filter(|&k| k != j);
        heap.extend(others.filter_map(|k| worth(&persons, &versions, j.min(k), j.max(k))));
    }
    persons.into_iter().flatten().collect()
}

/// Makes a solution better by moving one tracklet, joining two persons, parting one at a moment, or having two swap
/// what comes after a moment; until none of these helps, or `steps` (looks at a pair) are used up.
pub(super) fn improve(graph: &Graph<'_>, component: &[usize], mut persons: Persons, mut steps: u64) -> Persons {
    loop {
        let before = value(graph, &persons);
        move_one(graph, component, &mut persons, &mut steps);
        rearrange(graph, &mut persons, &mut steps);
        persons.retain(|person| !person.is_empty());
        persons.sort();
        if steps == 0 || value(graph, &persons) <= before {
            return persons;
        }
    }
}

/// The value of a solution that keeps to the exclusions.
pub(super) fn value(graph: &Graph<'_>, persons: &[Vec<usize>]) -> i64 {
    persons.iter().filter_map(|person| graph.value(person)).sum()
}

/// Gives each tracklet to whom it serves best, one after another.
fn move_one(graph: &Graph<'_>, component: &[usize], persons: &mut Persons, steps: &mut u64) {
    for &node in component {
        let Some(home) = persons.iter().position(|person| person.contains(&node)) else { continue };
        let rest: Vec<usize> = persons[home].iter().copied().filter(|&other| other != node).collect();
        let size: usize = persons.iter().map(Vec::len).sum();
        let Some(left) = steps.checked_sub(size as u64) else {
            *steps = 0;
            return;
        };
        *steps = left;
        let Some(lost) = join_gain(graph, &rest, &[node]) else { continue };
        // On their own, it is worth nothing.
        let mut best = (lost.max(0), None);
        let alone = (lost < 0).then_some(persons.len());
        if alone.is_some() {
            best = (0, alone);
        }
        for (n, person) in persons.iter().enumerate().filter(|&(n, _)| n != home) {
            if let Some(gain) = join_gain(graph, person, &[node])
                && gain > best.0
            {
                best = (gain, Some(n));
            }
        }
        let Some(place) = best.1 else { continue };
        if place == persons.len() {
            persons.push(Vec::new());
        }
        persons[home] = rest;
        persons[place] = merged(&persons[place], &[node]);
    }
}

/// Parts, joins and swaps, for every person and every two who attract each other.
fn rearrange(graph: &Graph<'_>, persons: &mut Persons, steps: &mut u64) {
    let mut place = vec![0; graph.len()];
    for (n, person) in persons.iter().enumerate() {
        person.iter().for_each(|&node| place[node] = n);
    }
    let nodes: Vec<usize> = persons.iter().flatten().copied().collect();
    let mut near = BTreeSet::new();
    for &a in &nodes {
        for &b in nodes.iter().filter(|&&b| a < b && graph.attracts(a, b)) {
            let (p, q) = (place[a].min(place[b]), place[a].max(place[b]));
            near.insert((p, q));
        }
    }
    near.extend((0..persons.len()).map(|n| (n, n)));
    for (p, q) in near {
        let cost = (persons[p].len() + 1) * (persons[q].len() + 1) * (persons[p].len() + persons[q].len() + 1);
        let Some(left) = steps.checked_sub(cost as u64) else {
            *steps = 0;
            return;
        };
        *steps = left;
        if p == q {
            if let Some((head, tail)) = best_parting(graph, &persons[p]) {
                persons[p] = head;
                persons.push(tail);
            }
        } else if let Some((a, b)) = best_exchange(graph, &persons[p], &persons[q]) {
            (persons[p], persons[q]) = (a, b);
        }
    }
}

/// The best way to part a person at a moment, if any is better than none.
fn best_parting(graph: &Graph<'_>, person: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
    let gain = |&cut: &usize| {
        let (head, tail) = person.split_at(cut);
        let link = graph.link(head[cut - 1], tail[0]);
        graph.between(head, tail).map(|pairs| (-pairs - link, Reverse(cut)))
    };
    let (gain, Reverse(cut)) = (1..person.len()).filter_map(|cut| gain(&cut)).max()?;
    (gain > 0).then(|| (person[..cut].to_vec(), person[cut..].to_vec()))
}

/// The best of joining two persons and having them swap all that comes after a moment, if any is better than none.
fn best_exchange(graph: &Graph<'_>, a: &[usize], b: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
    let mut best = (0, None);
    if let Some(gain) = join_gain(graph, a, b).filter(|gain| *gain > 0) {
        best = (gain, Some((merged(a, b), Vec::new())));
    }
    let chains = graph.chain(a.iter().copied()) + graph.chain(b.iter().copied());
    let moments: BTreeSet<usize> = a.iter().chain(b).copied().collect();
    for moment in moments {
        let (a1, a2) = a.split_at(a.partition_point(|&node| node < moment));
        let (b1, b2) = b.split_at(b.partition_point(|&node| node < moment));
        let (Some(lost_a), Some(lost_b)) = (graph.between(a1, a2), graph.between(b1, b2)) else { continue };
        let (Some(won_a), Some(won_b)) = (graph.between(a1, b2), graph.between(b1, a2)) else { continue };
        let chain = |x: &[usize], y: &[usize]| graph.chain(x.iter().chain(y).copied());
        let gain = won_a + won_b - lost_a - lost_b + chain(a1, b2) + chain(b1, a2) - chains;
        if gain > best.0 {
            best = (gain, Some(([a1, b2].concat(), [b1, a2].concat())));
        }
    }
    best.1
}

/// What joining two persons is worth; `None` where they can't be one.
fn join_gain(graph: &Graph<'_>, a: &[usize], b: &[usize]) -> Option<i64> {
    let pairs = graph.between(a, b)?;
    let chain = |nodes: &[usize]| graph.chain(nodes.iter().copied());
    Some(pairs + graph.chain(woven(a, b)) - chain(a) - chain(b))
}

/// The nodes of two persons in order of time.
fn woven(a: &[usize], b: &[usize]) -> impl Iterator<Item = usize> {
    let (mut a, mut b) = (a.iter().copied().peekable(), b.iter().copied().peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if x < y => a.next(),
        (Some(_), None) => a.next(),
        _ => b.next(),
    })
}

fn merged(a: &[usize], b: &[usize]) -> Vec<usize> {
    woven(a, b).collect()
}
