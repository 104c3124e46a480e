//! The queue's laws.

use proptest::prelude::*;

use super::*;

fn progress(done: u64) -> Progress {
    Progress { done, total: Some(100), speed: 10.0, left: Some(1.0), attempt: 1, is_whole: false }
}

fn next(fetches: &mut Fetches) -> Option<String> {
    fetches.next(|_| 0, CancellationToken::new(), Instant::now()).map(|fetch| fetch.id)
}

fn ids(fetches: &Fetches) -> Vec<String> {
    fetches.views().into_iter().map(|view| view.id).collect()
}

#[test]
fn asked_for_twice_is_asked_for_once_and_turns_come_in_order() {
    let (mut fetches, now) = (Fetches::default(), Instant::now());
    let is_new = ["a", "b", "a", "c", "b"].map(|id| fetches.ask(id, now).is_some());
    assert_eq!(is_new, [true, true, false, true, false]);
    assert_eq!(ids(&fetches), ["a", "b", "c"]);
    assert_eq!(next(&mut fetches).as_deref(), Some("a"));
    assert_eq!(fetches.ask("a", now), None, "it runs");
    assert_eq!(next(&mut fetches).as_deref(), Some("b"));
    assert_eq!(fetches.end("a", FetchState::Done, now).len(), 1);
    assert!(fetches.ask("a", now).is_some(), "a new one, behind c");
    assert_eq!(ids(&fetches), ["b", "c", "a"]);
}

#[test]
fn progress_between_is_dropped_and_no_change_of_state_is() {
    let (mut fetches, mut now) = (Fetches::default(), Instant::now());
    fetches.ask("a", now);
    fetches.next(|_| 40, CancellationToken::new(), now).unwrap();
    let told = (0..50).filter_map(|n| {
        now += Duration::from_millis(20);
        fetches.progress("a", progress(40 + n), now)
    });
    assert_eq!(told.count(), 5, "a second of progress");
    let state = |fetch: Option<ModelFetch>| fetch.map(|fetch| fetch.state);
    let stands =
        |state: &Option<FetchState>| matches!(state, Some(FetchState::Running(p)) if p.stalled && p.speed == 0.0);
    assert_eq!(fetches.tick("a", 0, now + STALL / 2), None);
    assert!(stands(&state(fetches.tick("a", 0, now + STALL))));
    assert_eq!(fetches.tick("a", 0, now + STALL * 2), None, "told once");
    // Both within no time of each other.
    let again = state(fetches.progress("a", Progress { attempt: 2, ..progress(90) }, now + STALL * 2));
    assert!(matches!(again, Some(FetchState::Running(p)) if !p.stalled && p.attempt == 2));
    let whole = Progress { is_whole: true, attempt: 2, ..progress(100) };
    assert_eq!(state(fetches.progress("a", whole, now + STALL * 2)), Some(FetchState::Checking));
    assert_eq!(fetches.tick("a", 0, now + STALL * 9), None, "what is looked at does not stand still");
    // It was wrong: another address.
    let anew = state(fetches.progress("a", Progress { attempt: 3, ..progress(0) }, now + STALL * 2));
    assert!(matches!(anew, Some(FetchState::Running(p)) if p.done == 100), "nothing is taken back: {anew:?}");
}

#[test]
fn one_that_waits_is_cancelled_at_once_and_one_that_runs_by_its_token() {
    let (mut fetches, now) = (Fetches::default(), Instant::now());
    fetches.ask("a", now);
    fetches.ask("b", now);
    let stop = CancellationToken::new();
    fetches.next(|_| 0, stop.clone(), now).unwrap();
    let told = fetches.cancel("b", 7).unwrap().unwrap();
    assert_eq!(told.state, FetchState::Cancelled { kept: 7 });
    assert_eq!(fetches.cancel("b", 0).unwrap_err().code, ErrorCode::IllegalState);
    assert_eq!(fetches.cancel("a", 0).unwrap(), None);
    assert!(stop.is_cancelled() && fetches.dismiss("a"), "it has not ended yet");
    // Wanted again before it has ended: it waits again, and is not lost.
    assert_eq!(fetches.ask("a", now), None);
    let told = fetches.end("a", FetchState::Cancelled { kept: 5 }, now);
    assert_eq!(
        told.into_iter().map(|fetch| fetch.state).collect::<Vec<_>>(),
        [FetchState::Cancelled { kept: 5 }, FetchState::Waiting]
    );
    assert_eq!(next(&mut fetches).as_deref(), Some("a"));
}

#[test]
fn a_failure_is_seen_until_it_is_dismissed_or_tried_again() {
    let (mut fetches, now) = (Fetches::default(), Instant::now());
    let fail = |fetches: &mut Fetches| {
        fetches.ask("a", now);
        next(fetches).unwrap();
        fetches.end("a", FetchState::Failed(WireError::new(ErrorCode::Offline, "no")), now);
    };
    fail(&mut fetches);
    fetches.ask("b", now);
    assert_eq!(ids(&fetches), ["b", "a"], "what still comes goes first");
    assert!(next(&mut fetches).as_deref() == Some("b") && next(&mut fetches).is_none());
    fail(&mut fetches);
    assert!(!fetches.dismiss("a"));
    assert_eq!(ids(&fetches), ["b"]);
}

proptest! {
    /// Whatever a connection says, and however often it starts anew.
    #[test]
    fn what_was_told_never_goes_back(said in prop::collection::vec((0u64..1000, 0u64..1000, 0u64..500), 1..60)) {
        let (mut fetches, mut now) = (Fetches::default(), Instant::now());
        fetches.ask("a", now);
        let mut told = vec![fetches.next(|_| 100, CancellationToken::new(), now).unwrap()];
        for (done, total, passed) in said {
            now += Duration::from_millis(passed);
            let progress = Progress { total: Some(total), ..progress(done) };
            told.extend(fetches.progress("a", progress, now));
            told.extend(fetches.tick("a", total, now));
        }
        let figures = told.iter().map(|fetch| match fetch.state {
            FetchState::Running(figures) => figures,
            _ => unreachable!("it only ran"),
        });
        let figures: Vec<_> = figures.collect();
        prop_assert!(figures.is_sorted_by_key(|figures| figures.done));
        prop_assert!(figures.iter().all(|figures| figures.total.is_none_or(|total| total >= figures.done)));
    }
}
