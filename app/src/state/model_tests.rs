//! Tests of [`super::apply`].

use proptest::prelude::*;
use silhueta_shared::job::Stage;
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ErrorCode, FetchProgress, SessionId, VERSION, WireError};

use super::*;
use crate::state::fixture::{file, job, job_id, line, model as there, offer, shelf, snapshot, task};

fn welcome(snapshot: Snapshot) -> HelperMessage {
    HelperMessage::Welcome {
        protocol: VERSION,
        app: "1.2".into(),
        session: SessionId::new(1).unwrap(),
        resume: "secret".into(),
        resumed: false,
        snapshot: Box::new(snapshot),
    }
}

fn progress(id: u64, stage: Stage, done: u64) -> HelperMessage {
    let progress = Progress { stage, done, total: Some(100), fps: 5.0, ended: false };
    HelperMessage::Progress { job: job_id(id), progress }
}

#[test]
fn a_welcome_is_the_whole_truth_and_sets_the_clock() {
    let mut model = Model { jobs: vec![job(9, 9, file(1, "old.mp4"), JobState::Queued)], ..Model::default() };
    let running = job(2, 1, file(1, "a.mp4"), JobState::Running(Stage::Track));
    let changed = apply(&mut model, welcome(snapshot(vec![running.clone()])), 9_000);
    assert!(changed.all && model.known);
    assert_eq!((model.jobs, model.clock_offset, model.app), (vec![running], 1_000, "1.2".into()));
}

#[test]
fn logs_outlive_a_reconnection_but_not_another_store() {
    let (kept, other) = (job(1, 1, file(1, "a"), JobState::Completed), job(2, 2, file(1, "b"), JobState::Completed));
    let mut model = Model { jobs: vec![kept.clone(), other.clone()], ..Model::default() };
    add_log(&mut model, kept.id, vec![line(1), line(2)]);
    add_log(&mut model, other.id, vec![line(1)]);
    let renamed = JobView { created: 77, ..other };
    let mut now = snapshot(vec![kept, renamed]);
    now.log = vec![(job_id(1), line(2)), (job_id(1), line(3))];
    apply(&mut model, welcome(now), 0);
    assert_eq!(model.logs[&job_id(1)], [line(1), line(2), line(3)], "joined, nothing twice");
    assert!(!model.logs.contains_key(&job_id(2)));
}

#[test]
fn tasks_are_none_of_the_pages_jobs() {
    let (own, posted) = (job(1, 1, file(1, "a"), JobState::Queued), task(2, JobState::Running(Stage::Track)));
    let mut now = snapshot(vec![posted.clone(), own.clone()]);
    now.log = vec![(posted.id, line(1))];
    let mut model = Model::default();
    apply(&mut model, welcome(now), 0);
    apply(&mut model, HelperMessage::Job(Box::new(task(3, JobState::Queued))), 0);
    apply(&mut model, HelperMessage::Jobs(vec![task(4, JobState::Failed)]), 0);
    assert_eq!(model.jobs, [own]);
    assert!(model.logs.is_empty(), "the page's log is no task's");
    let ids: Vec<_> = model.tasks.all().iter().map(|task| task.id.get()).collect();
    assert_eq!(ids, [2, 3, 4]);

    let changed = apply(&mut model, progress(2, Stage::Pose, 7), 0);
    assert_eq!(changed, Changed { tasks: true, ..Changed::default() }, "no page of jobs is drawn anew");
    let at = model.tasks.find(job_id(2)).unwrap();
    assert_eq!((at.state, at.stages[0].done), (JobState::Running(Stage::Pose), 7));

    // Lines are kept once somebody reads them, live and asked for.
    let said = |seq| HelperMessage::Log { job: job_id(2), line: line(seq) };
    assert_eq!(apply(&mut model, said(1), 0), Changed::default());
    assert!(model.tasks.follow(job_id(2), true));
    assert!(apply(&mut model, said(3), 0).tasks && add_log(&mut model, job_id(2), vec![line(1), line(2)]).tasks);
    assert_eq!(model.tasks.log(job_id(2)), Some(&[line(1), line(2), line(3)][..]));
    let removed = apply(&mut model, HelperMessage::Removed { job: job_id(2) }, 0);
    assert_eq!((removed.tasks, removed.jobs, model.tasks.log(job_id(2))), (true, false, None));
}

#[test]
fn a_job_is_replaced_or_put_in_its_place() {
    let mut model = Model::default();
    for id in [3, 1, 2] {
        apply(&mut model, HelperMessage::Job(Box::new(job(id, 1, file(1, "a"), JobState::Queued))), 0);
    }
    let done = job(2, 1, file(1, "a"), JobState::Completed);
    assert!(apply(&mut model, HelperMessage::Job(Box::new(done)), 0).jobs);
    let seen: Vec<_> = model.jobs.iter().map(|job| (job.id.get(), job.state)).collect();
    assert_eq!(seen, [(1, JobState::Queued), (2, JobState::Completed), (3, JobState::Queued)]);
}

#[test]
fn progress_moves_its_job_and_no_other_and_not_an_ended_one() {
    let mut model = Model {
        jobs: vec![
            job(1, 1, file(1, "a"), JobState::Running(Stage::Track)),
            job(2, 1, file(1, "b"), JobState::Cancelled),
        ],
        ..Model::default()
    };
    assert!(apply(&mut model, progress(1, Stage::Track, 7), 0).jobs);
    assert!(!apply(&mut model, progress(1, Stage::Track, 7), 0).jobs, "nothing new");
    assert!(!apply(&mut model, progress(2, Stage::Track, 7), 0).jobs);
    assert!(!apply(&mut model, progress(8, Stage::Track, 7), 0).jobs);
    assert!(apply(&mut model, progress(1, Stage::Pose, 1), 0).jobs);
    assert_eq!(model.jobs[0].state, JobState::Running(Stage::Pose));
    assert_eq!(model.jobs[0].stages.iter().map(|s| s.done).collect::<Vec<_>>(), [7, 1]);
    assert!(model.jobs[1].stages.is_empty());
}

#[test]
fn several_jobs_at_once_a_removed_one_and_the_queue() {
    let mut model = Model::default();
    let queued = |id| job(id, 1, file(1, "a"), JobState::Queued);
    assert!(apply(&mut model, HelperMessage::Jobs(vec![queued(2), queued(1)]), 0).jobs);
    assert_eq!(model.jobs.iter().map(|job| job.id.get()).collect::<Vec<_>>(), [1, 2]);
    assert!(apply(&mut model, HelperMessage::Logs(vec![(job_id(1), line(1)), (job_id(2), line(1))]), 0).logs);
    let queue = QueueView { paused: true, order: vec![job_id(2), job_id(1)] };
    assert!(apply(&mut model, HelperMessage::Queue(queue.clone()), 0).queue);
    let changed = apply(&mut model, HelperMessage::Removed { job: job_id(1) }, 0);
    assert!(changed.jobs && changed.logs);
    assert_eq!((model.jobs.len(), model.logs.len(), &model.queue), (1, 1, &queue));
    // One that waits again is not moved by what its last attempt said late.
    assert!(!apply(&mut model, progress(2, Stage::Pose, 3), 0).jobs);
}

#[test]
fn what_to_ask_for_is_what_is_missing() {
    let lines = |seqs: &[u64]| seqs.iter().map(|seq| line(*seq)).collect::<Vec<_>>();
    assert_eq!(heard_up_to(&[]), 0);
    assert_eq!(heard_up_to(&lines(&[1, 2, 3])), 3);
    assert_eq!(heard_up_to(&lines(&[1, 2, 5, 6])), 2);
    assert_eq!(heard_up_to(&lines(&[4, 5])), 0);
    let full: Vec<_> = (501..=500 + LOG_LIMIT as u64).map(line).collect();
    assert_eq!(heard_up_to(&full), 500 + LOG_LIMIT as u64);
}

proptest! {
    #[test]
    fn lines_in_any_order_and_number_are_sorted_once_each_and_bounded(seqs in prop::collection::vec(1u64..1500, 0..2500)) {
        let mut lines = Vec::new();
        for seq in &seqs { add_lines(&mut lines, [line(*seq)]); }
        prop_assert!(lines.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        prop_assert!(lines.len() <= LOG_LIMIT);
        prop_assert_eq!(lines.last().map(|line| line.seq), seqs.iter().max().copied());
    }
}

fn fetch(id: &str, state: FetchState) -> HelperMessage {
    HelperMessage::Fetch(ModelFetch { id: id.into(), state })
}

fn ids(model: &Model) -> Vec<&str> {
    model.fetches.iter().map(|fetch| fetch.id.as_str()).collect()
}

#[test]
fn a_download_is_told_once_and_a_cancelled_one_leaves_what_came() {
    let mut model = Model::default();
    let mut known = shelf(Vec::new());
    known.offered = vec![offer("a", Role::Pose), offer("b", Role::Pose)];
    apply(&mut model, HelperMessage::Models(known), 0);
    apply(&mut model, fetch("a", FetchState::Waiting), 0);
    apply(&mut model, fetch("b", FetchState::Waiting), 0);
    let progress = FetchProgress { done: 7, total: None, speed: 1.0, left: None, stalled: false, attempt: 1 };
    let changed = apply(&mut model, fetch("a", FetchState::Running(progress)), 0);
    assert!(changed.fetches && !changed.models);
    assert_eq!((ids(&model), &model.fetches[0].state), (vec!["a", "b"], &FetchState::Running(progress)));
    let changed = apply(&mut model, fetch("a", FetchState::Cancelled { kept: 7 }), 0);
    assert!(changed.fetches && changed.models);
    assert_eq!((ids(&model), model.models.as_ref().unwrap().offered[0].partial), (vec!["b"], 7));
    let failed = FetchState::Failed(WireError::new(ErrorCode::Offline, "no network"));
    apply(&mut model, fetch("b", failed.clone()), 0);
    assert_eq!(model.fetches, [ModelFetch { id: "b".into(), state: failed }], "why it failed stays to be read");
}

#[test]
fn a_download_that_is_done_stays_until_its_model_is_there_and_never_comes_back() {
    let mut model = Model::default();
    let mut offered = shelf(Vec::new());
    offered.offered = vec![offer("a", Role::Pose)];
    apply(&mut model, HelperMessage::Models(offered.clone()), 0);
    apply(&mut model, fetch("a", FetchState::Done), 0);
    assert_eq!(
        (ids(&model), model.came.contains("a")),
        (vec!["a"], true),
        "no moment in which it can be fetched again"
    );
    let changed = apply(&mut model, HelperMessage::Models(shelf(vec![there("a", Role::Pose)])), 0);
    assert!(changed.models && changed.fetches && model.fetches.is_empty());
    // Taken away again, it can be had again.
    apply(&mut model, HelperMessage::Models(offered), 0);
    assert!(model.fetches.is_empty());
    // The other order.
    apply(&mut model, HelperMessage::Models(shelf(vec![there("a", Role::Pose)])), 0);
    apply(&mut model, fetch("a", FetchState::Done), 0);
    assert!(model.fetches.is_empty() && model.came.contains("a"));
}
