use super::tasks::MOST_CUTS;
use super::*;
use crate::serve::previews::Previews;
use crate::serve::store::Key;
use silhueta_shared::job::{FailureCode, Stage};
use silhueta_shared::protocol::TaskView;

/// A job that waits.
pub(in crate::serve) fn sample() -> JobView {
    let (id, run) = (JobId::new(1).unwrap(), RunId::new(1).unwrap());
    new_job(id, run, Page::Processar, SourceRef::Path { path: "/v/a.mp4".into() }, JobSettings::default())
}

fn bench_on(store: Store) -> Workbench {
    let hub = Arc::new(Hub::new(Arc::new(Previews::default()), 0));
    Workbench::open(store, hub, |_| None).unwrap()
}

/// What is said of a job goes for the attempt that it is at.
fn now_at(bench: &Workbench, id: JobId) -> Attempt {
    Attempt::of(bench.job(id).unwrap().0)
}

/// The next job, at work.
fn begin(bench: &mut Workbench) -> (Attempt, Controls) {
    let turn = bench.next(5).expect("somebody waits");
    let attempt = Attempt::of(&turn.view);
    bench.happen(attempt, JobEvent::Stage(Stage::Probe));
    (attempt, turn.controls)
}

fn state(bench: &Workbench, id: JobId) -> JobState {
    bench.job(id).unwrap().0.state
}

fn kept() -> Option<Resumable> {
    Some(Resumable { stage: Stage::Pose, done: 30, total: Some(90) })
}

fn session(n: u64) -> SessionId {
    SessionId::new(n).unwrap()
}

fn start(bench: &mut Workbench, names: &[&str]) -> Result<(RunId, Vec<JobId>), WireError> {
    let source = |name: &&str| SourceRef::Path { path: format!("/v/{name}") };
    let sources: Vec<_> = names.iter().map(source).collect();
    let videos = sources.iter().map(|s| (s.clone(), PathBuf::from("/v").join(s.name()))).collect();
    let request = StartRun { page: Page::Processar, sources, settings: JobSettings::default(), attached: false };
    bench.start(session(1), &request, videos)
}

#[test]
fn one_job_at_a_time_and_the_lock_goes_with_the_run() {
    let mut bench = bench_on(Store::in_memory());
    let (run, jobs) = start(&mut bench, &["a.mp4", "b.mp4"]).unwrap();
    let refused = start(&mut bench, &["c.mp4"]).unwrap_err();
    assert_eq!(refused.code, ErrorCode::PageLocked);
    let lock = refused.lock.unwrap();
    assert_eq!((lock.run, lock.job, lock.video.as_str(), lock.owner), (run, jobs[0], "a.mp4", Some(session(1))));
    let (first, _) = begin(&mut bench);
    assert!(bench.next(5).is_none(), "two jobs at a time");
    bench.happen(first, JobEvent::Complete);
    bench.running.clear();
    assert_eq!(bench.lock().unwrap().job, jobs[1]);
    let (second, _) = begin(&mut bench);
    bench.fail(second, Failure { code: FailureCode::NoSpace, message: "full".into(), hint: None }, None);
    bench.running.clear();
    assert_eq!(bench.lock(), None);
    assert!(start(&mut bench, &["c.mp4"]).is_ok());
}

#[test]
fn stop_reaches_the_running_job_and_the_queue_behind_it() {
    let mut bench = bench_on(Store::in_memory());
    let (run, jobs) = start(&mut bench, &["a.mp4", "b.mp4", "c.mp4"]).unwrap();
    let (first, controls) = begin(&mut bench);
    bench.stop(jobs[2]).unwrap();
    assert_eq!(bench.job(jobs[2]).unwrap().0.state, JobState::Cancelled);
    assert_eq!(bench.stop(jobs[2]).unwrap_err().code, ErrorCode::IllegalState);
    bench.stop_run(run).unwrap();
    assert!(controls.stop.is_cancelled() && bench.job(jobs[0]).unwrap().0.stopping);
    assert_eq!(bench.job(jobs[1]).unwrap().0.state, JobState::Cancelled);
    bench.stopped(first, None);
    bench.running.clear();
    assert!(bench.next(5).is_none() && bench.lock().is_none());
    assert_eq!(bench.stop_run(run).unwrap_err().code, ErrorCode::IllegalState);
}

#[test]
fn pause_is_for_what_runs_and_can_be_taken_back_before_it_holds() {
    let mut bench = bench_on(Store::in_memory());
    let (_, jobs) = start(&mut bench, &["a.mp4"]).unwrap();
    assert_eq!(bench.pause(jobs[0], true).unwrap_err().code, ErrorCode::IllegalState);
    let (first, controls) = begin(&mut bench);
    bench.pause(jobs[0], true).unwrap();
    assert!(*controls.pause.borrow());
    bench.pause(jobs[0], false).unwrap();
    assert!(!*controls.pause.borrow());
    bench.pause(jobs[0], true).unwrap();
    bench.happen(first, JobEvent::Pause);
    bench.stop(jobs[0]).unwrap();
    assert!(controls.stop.is_cancelled());
}

#[test]
fn after_a_restart_what_ran_is_interrupted_and_the_queue_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let jobs = {
        let mut bench = bench_on(Store::open(&path).unwrap());
        let (_, jobs) = start(&mut bench, &["a.mp4", "b.mp4"]).unwrap();
        let (first, _) = begin(&mut bench);
        bench.happen(first, JobEvent::Stage(Stage::Pose));
        bench.note(first, Notice::Paused);
        jobs
    };
    let mut bench = bench_on(Store::open(&path).unwrap());
    let (view, source) = bench.job(jobs[0]).unwrap();
    assert_eq!((view.state, view.owner, source), (JobState::Interrupted, None, Path::new("/v/a.mp4")));
    let lines: Vec<_> = bench.store().log_after(jobs[0], 0).unwrap();
    assert_eq!(
        lines.iter().map(|l| (l.seq, &l.notice)).collect::<Vec<_>>(),
        [(1, &Notice::Paused), (2, &Notice::Interrupted)]
    );
    let (next, _) = begin(&mut bench);
    assert_eq!(next.job, jobs[1]);
    // Numbers go on; none is given twice.
    bench.stop(jobs[1]).unwrap();
    bench.stopped(next, None);
    bench.running.clear();
    assert!(start(&mut bench, &["c.mp4"]).unwrap().1[0] > jobs[1]);
}

#[test]
fn what_cannot_follow_changes_nothing() {
    let mut bench = bench_on(Store::in_memory());
    let (_, jobs) = start(&mut bench, &["a.mp4"]).unwrap();
    bench.happen(now_at(&bench, jobs[0]), JobEvent::Pause);
    assert_eq!(state(&bench, jobs[0]), JobState::Queued);
    let nobody = JobId::new(99).unwrap();
    assert_eq!(bench.stop(nobody).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn what_an_earlier_attempt_says_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let mut bench = bench_on(Store::open(&path).unwrap());
    let (_, jobs) = start(&mut bench, &["a.mp4"]).unwrap();
    let (first, _) = begin(&mut bench);
    bench.stop(jobs[0]).unwrap();
    bench.stopped(first, kept());
    bench.running.clear();
    bench.requeue(session(2), jobs[0], false).unwrap();
    let (second, _) = begin(&mut bench);
    assert_ne!(first, second);
    let before = (bench.job(jobs[0]).unwrap().0.clone(), bench.store().log_after(jobs[0], 0).unwrap());
    assert_eq!((before.0.attempt, before.0.owner), (2, Some(session(2))));

    // A worker that was thought dead has a lot to say.
    let failure = || Failure { code: FailureCode::WorkerDied, message: "late".into(), hint: None };
    let progress = Progress { stage: Stage::Export, done: 9, total: None, fps: 1.0, ended: true };
    bench.happen(first, JobEvent::Stage(Stage::Pose));
    bench.progress(first, progress);
    bench.note(first, Notice::Paused);
    bench.edit(first, |view| view.stopping = true);
    bench.placed(first, Path::new("/elsewhere"));
    bench.complete(first, Notice::Completed { people: 1, seconds: 1.0 }, None);
    bench.fail(first, failure(), None);
    bench.stopped(first, None);
    bench.interrupted(first, None);
    let after = (bench.job(jobs[0]).unwrap().0.clone(), bench.store().log_after(jobs[0], 0).unwrap());
    assert_eq!(before, after);
    assert_eq!(bench.folder(second), None);
    // Nor in the file, should two ever write it.
    let store = Store::open(&path).unwrap();
    let stale = JobView { attempt: 1, state: JobState::Completed, ..before.0.clone() };
    assert!(matches!(store.save(&stale), Err(StoreError::Stale { attempt: 1, .. })));
    assert_eq!(store.jobs().unwrap()[0].view.state, before.0.state);
}

#[test]
fn an_unfinished_job_goes_on_or_begins_anew_and_takes_the_lock_as_start_does() {
    let mut bench = bench_on(Store::in_memory());
    let (run, jobs) = start(&mut bench, &["a.mp4", "b.mp4", "c.mp4"]).unwrap();
    let (first, _) = begin(&mut bench);
    for (stage, ended) in [(Stage::Probe, true), (Stage::Track, true), (Stage::Identify, true), (Stage::Pose, false)] {
        bench.progress(first, Progress { stage, done: 30, total: None, fps: 1.0, ended });
    }
    assert_eq!(bench.requeue(session(2), jobs[0], false).unwrap_err().code, ErrorCode::IllegalState, "it works");
    bench.stop(jobs[0]).unwrap();
    bench.stopped(first, kept());
    bench.running.clear();
    assert_eq!(bench.job(jobs[0]).unwrap().0.resumable, kept());
    // Behind those of its own run; stages that it need not do again are still told.
    bench.requeue(session(2), jobs[0], false).unwrap();
    assert_eq!(bench.queue().order, [jobs[1], jobs[2], jobs[0]]);
    let stages = |bench: &Workbench| bench.job(jobs[0]).unwrap().0.stages.iter().map(|s| s.stage).collect::<Vec<_>>();
    assert_eq!(stages(&bench), [Stage::Probe, Stage::Track, Stage::Identify]);
    bench.stop_run(run).unwrap();
    assert_eq!(bench.lock(), None);

    // Another run holds the lock; then it is free, and one press takes all of them, in the order they had.
    let (other, others) = start(&mut bench, &["d.mp4"]).unwrap();
    let refused = bench.continue_run(session(2), run).unwrap_err();
    assert_eq!((refused.code, refused.lock.map(|lock| lock.run)), (ErrorCode::PageLocked, Some(other)));
    assert_eq!(bench.requeue(session(2), jobs[0], true).unwrap_err().code, ErrorCode::PageLocked);
    let (last, _) = begin(&mut bench);
    bench.complete(last, Notice::Completed { people: 1, seconds: 1.0 }, None);
    bench.running.clear();
    assert_eq!(bench.requeue(session(2), others[0], true).unwrap_err().code, ErrorCode::IllegalState, "it is done");
    assert_eq!(bench.continue_run(session(2), other).unwrap_err().code, ErrorCode::IllegalState);
    bench.continue_run(session(2), run).unwrap();
    assert_eq!(bench.queue().order, [jobs[1], jobs[2], jobs[0]]);
    assert_eq!(bench.lock().map(|lock| (lock.run, lock.owner)), Some((run, Some(session(2)))));
    let turn = bench.next(5).unwrap();
    assert_eq!((turn.view.id, turn.view.attempt, turn.fresh), (jobs[1], 2, false));
    bench.happen(Attempt::of(&turn.view), JobEvent::Stage(Stage::Probe));
    bench.stop_run(run).unwrap();
    bench.stopped(Attempt::of(&turn.view), None);
    bench.running.clear();
    bench.requeue(session(2), jobs[0], true).unwrap();
    assert!(bench.next(5).is_some_and(|turn| turn.fresh) && stages(&bench).is_empty());
}

#[test]
fn the_queue_keeps_its_order_and_its_pause_over_a_restart_however_long_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let names: Vec<_> = (0..700).map(|n| format!("{n}.mp4")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (jobs, order) = {
        let mut bench = bench_on(Store::open(&path).unwrap());
        let (_, jobs) = start(&mut bench, &names).unwrap();
        assert_eq!(bench.queue().order, jobs);
        bench.move_job(jobs[2], Some(jobs[0])).unwrap();
        bench.move_job(jobs[0], None).unwrap();
        bench.move_job(jobs[5], Some(jobs[5])).unwrap();
        bench.pause_queue(true).unwrap();
        assert!(bench.next(5).is_none(), "it is paused");
        let order = bench.queue().order;
        assert_eq!((order[..3].to_vec(), order[699]), (vec![jobs[2], jobs[1], jobs[3]], jobs[0]));
        assert_eq!(bench.lock().unwrap().job, jobs[2], "who comes next is named");
        (jobs, order)
    };
    let mut bench = bench_on(Store::open(&path).unwrap());
    // More than are kept of ended ones; none that waits is forgotten.
    assert_eq!(bench.queue(), silhueta_shared::protocol::QueueView { paused: true, order });
    assert!(bench.next(5).is_none());
    bench.pause_queue(false).unwrap();
    let (first, _) = begin(&mut bench);
    assert_eq!(first.job, jobs[2]);
    assert_eq!(bench.move_job(jobs[2], None).unwrap_err().code, ErrorCode::IllegalState, "it works");
    assert_eq!(bench.move_job(jobs[1], Some(jobs[2])).unwrap_err().code, ErrorCode::IllegalState);
}

#[test]
fn a_job_that_was_removed_is_gone_for_good_and_so_is_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let mut bench = bench_on(Store::open(&path).unwrap());
    let (_, jobs) = start(&mut bench, &["a.mp4", "b.mp4"]).unwrap();
    let (first, _) = begin(&mut bench);
    bench.placed(first, Path::new("/out/a"));
    assert_eq!(bench.remove(jobs[0]).unwrap_err().code, ErrorCode::IllegalState, "it works");
    assert_eq!(bench.remove(jobs[1]).unwrap_err().code, ErrorCode::IllegalState, "it waits");
    bench.stop(jobs[1]).unwrap();
    bench.stop(jobs[0]).unwrap();
    bench.stopped(first, kept());
    bench.running.clear();
    assert_eq!(bench.remove(jobs[1]).unwrap(), None, "it has kept nothing");
    assert_eq!(bench.remove(jobs[0]).unwrap(), Some((PathBuf::from("/out/a"), PathBuf::from("/v/a.mp4"))));
    assert!(bench.store().log_after(jobs[0], 0).unwrap().is_empty());
    drop(bench);
    let mut bench = bench_on(Store::open(&path).unwrap());
    assert_eq!(bench.job(jobs[0]).unwrap_err().code, ErrorCode::NotFound);
    assert!(start(&mut bench, &["c.mp4"]).unwrap().1[0] > jobs[1]);
}

#[test]
fn who_takes_a_folder_over_has_what_was_kept_there() {
    let mut bench = bench_on(Store::in_memory());
    let (_, old) = start(&mut bench, &["a.mp4"]).unwrap();
    let (first, _) = begin(&mut bench);
    bench.placed(first, Path::new("/out/a"));
    bench.stop(old[0]).unwrap();
    bench.stopped(first, kept());
    bench.running.clear();
    let (_, new) = start(&mut bench, &["a.mp4"]).unwrap();
    let (second, _) = begin(&mut bench);
    bench.placed(second, Path::new("/out/a"));
    assert_eq!((second.job, bench.job(old[0]).unwrap().0.resumable), (new[0], None));
    // Forgetting the old one throws nothing of the new one away.
    assert_eq!(bench.remove(old[0]).unwrap(), None);
    assert!(bench.needs(Path::new("/out/a")) && !bench.needs(Path::new("/out/b")));
}

#[test]
fn what_is_attached_stops_when_its_owner_is_gone_and_nothing_else_does() {
    let mut bench = bench_on(Store::in_memory());
    let (run, jobs) = start(&mut bench, &["a.mp4", "b.mp4"]).unwrap();
    let (first, controls) = begin(&mut bench);
    // Detached: who leaves only is the owner no more.
    bench.left(session(1));
    assert!(!controls.stop.is_cancelled() && bench.job(jobs[1]).unwrap().0.owner.is_none());
    bench.attach(session(7), run, true).unwrap();
    bench.left(session(1));
    assert!(!controls.stop.is_cancelled(), "another's leaving");
    bench.attach(session(7), run, false).unwrap();
    bench.attach(session(7), run, true).unwrap();
    assert_eq!(bench.lock().unwrap().owner, Some(session(7)));
    bench.left(session(7));
    assert!(controls.stop.is_cancelled() && bench.job(jobs[0]).unwrap().0.stopping);
    assert_eq!(state(&bench, jobs[1]), JobState::Interrupted);
    bench.stopped(first, kept());
    bench.running.clear();
    let view = bench.job(jobs[0]).unwrap().0.clone();
    assert_eq!((view.state, view.resumable, view.owner), (JobState::Interrupted, kept(), None));
    let lines = bench.store().log_after(jobs[0], 0).unwrap();
    assert_eq!(lines.last().unwrap().notice, Notice::PageClosed);
    assert!(bench.lock().is_none() && bench.next(5).is_none());
    assert_eq!(bench.attach(session(7), run, true).unwrap_err().code, ErrorCode::IllegalState);
    // One press, and all of it goes on.
    bench.continue_run(session(8), run).unwrap();
    let (again, _) = begin(&mut bench);
    assert_eq!((again.job, bench.queue().order), (jobs[0], vec![jobs[1]]));
    // Somebody stops it while its page is gone: that is a stop.
    bench.stop(jobs[0]).unwrap();
    bench.left(session(8));
    bench.stopped(again, None);
    assert_eq!(state(&bench, jobs[0]), JobState::Cancelled);
}

#[test]
fn after_a_restart_attached_work_waits_for_a_page_and_then_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    let (run, jobs) = {
        let mut bench = bench_on(Store::open(&path).unwrap());
        let (run, jobs) = start(&mut bench, &["a.mp4", "b.mp4"]).unwrap();
        bench.attach(session(1), run, true).unwrap();
        begin(&mut bench);
        (run, jobs)
    };
    let looked = |folder: &Path| panic!("{} was never anyone's", folder.display());
    let hub = Arc::new(Hub::new(Arc::new(Previews::default()), 0));
    let mut bench = Workbench::open(Store::open(&path).unwrap(), hub, looked).unwrap();
    assert_eq!([state(&bench, jobs[0]), state(&bench, jobs[1])], [JobState::Interrupted, JobState::Queued]);
    assert!(bench.has_orphans());
    bench.attach(session(5), run, true).unwrap();
    assert!(!bench.has_orphans());
    bench.stop_orphans();
    assert_eq!(state(&bench, jobs[1]), JobState::Queued, "a page took it up");
    drop(bench);
    let mut bench = bench_on(Store::open(&path).unwrap());
    bench.stop_orphans();
    assert_eq!(state(&bench, jobs[1]), JobState::Interrupted);
}

#[test]
fn what_an_interrupted_job_has_kept_is_found_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    {
        let mut bench = bench_on(Store::open(&path).unwrap());
        start(&mut bench, &["a.mp4"]).unwrap();
        let (first, _) = begin(&mut bench);
        bench.placed(first, Path::new("/out/a"));
    }
    let hub = Arc::new(Hub::new(Arc::new(Previews::default()), 0));
    let look = |folder: &Path| kept().filter(|_| folder == Path::new("/out/a"));
    let bench = Workbench::open(Store::open(&path).unwrap(), hub, look).unwrap();
    let (jobs, _) = bench.recent();
    assert_eq!((jobs[0].state, jobs[0].resumable), (JobState::Interrupted, kept()));
}

#[test]
fn a_long_queue_is_told_in_few_messages() {
    let hub = Arc::new(Hub::new(Arc::new(Previews::default()), 0));
    let (outbox, mut heard) = tokio::sync::mpsc::channel(crate::serve::hub::OUTBOX);
    let link = crate::serve::hub::Link::new(outbox, CancellationToken::new());
    hub.join(None, link.clone()).unwrap();
    let mut bench = Workbench::open(Store::in_memory(), Arc::clone(&hub), |_| None).unwrap();
    let names: Vec<_> = (0..1000).map(|n| format!("{n}.mp4")).collect();
    let (run, jobs) = start(&mut bench, &names.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    bench.attach(session(1), run, true).unwrap();
    bench.left(session(1));
    bench.continue_run(session(1), run).unwrap();
    bench.move_job(jobs[999], Some(jobs[0])).unwrap();
    bench.stop_run(run).unwrap();
    let told = std::iter::from_fn(|| heard.try_recv().ok()).count();
    assert!(told < 25 && !link.closed.is_cancelled(), "{told} messages");
    assert!(jobs.iter().all(|job| state(&bench, *job) == JobState::Cancelled));
}

/// A task named by `id`, with a key of the same name.
fn add_task(bench: &mut Workbench, id: &str) -> JobId {
    let task = TaskView {
        id: id.into(),
        model: "pose".into(),
        from: "curl".into(),
        boxes: None,
        kept: true,
        predictions: "/v/predictions/a_pose.json".into(),
        visualization: None,
        cut_off: 0,
        webhook: None,
    };
    let key = Some(Key { key: id.into(), digest: "d".into() });
    let (source, path) = (SourceRef::Path { path: "/v/a.mp4".into() }, PathBuf::from("/v/a.mp4"));
    bench.add_task(NewTask { task, source, path, settings: JobSettings::default(), key, webhook: None }).unwrap().id
}

#[test]
fn tasks_work_side_by_side_after_pages_jobs_and_lock_nobody() {
    let mut bench = bench_on(Store::in_memory());
    let tasks: Vec<_> = ["a", "b", "c", "d"].iter().map(|id| add_task(&mut bench, id)).collect();
    assert!(bench.lock().is_none() && bench.queue().order.is_empty());
    let next = |bench: &mut Workbench| {
        let turn = bench.next(2)?;
        bench.happen(Attempt::of(&turn.view), JobEvent::Stage(Stage::Probe));
        Some((turn.view.id, turn.sharing))
    };
    assert_eq!(next(&mut bench), Some((tasks[0], 2)));
    assert_eq!(next(&mut bench), Some((tasks[1], 2)));
    assert_eq!(next(&mut bench), None, "three tasks where two may work");
    assert!(bench.lock().is_none() && bench.check_free().is_ok());

    // A page's job begins at once; while it runs, no further task does.
    let (_, pages) = start(&mut bench, &["p.mp4"]).unwrap();
    assert_eq!(next(&mut bench), Some((pages[0], 3)));
    assert_eq!(bench.lock().unwrap().job, pages[0]);
    bench.complete(now_at(&bench, tasks[0]), Notice::Completed { people: 0, seconds: 1.0 }, None);
    bench.turn_ended(tasks[0]);
    assert_eq!(next(&mut bench), None, "a task began while a page works");
    bench.complete(now_at(&bench, pages[0]), Notice::Completed { people: 0, seconds: 1.0 }, None);
    bench.turn_ended(pages[0]);
    assert_eq!(next(&mut bench).map(|(id, _)| id), Some(tasks[2]));
    // A paused queue of pages holds up no task.
    bench.turn_ended(tasks[1]);
    bench.pause_queue(true).unwrap();
    start(&mut bench, &["q.mp4"]).unwrap();
    assert_eq!(next(&mut bench).map(|(id, _)| id), Some(tasks[3]));
}

#[test]
fn after_a_restart_tasks_go_on_in_their_order_but_not_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let mut bench = bench_on(Store::open(&file).unwrap());
    let (first, second) = (add_task(&mut bench, "first"), add_task(&mut bench, "second"));
    for cut in 1..=MOST_CUTS {
        let turn = bench.next(1).unwrap();
        assert_eq!((turn.view.id, turn.view.attempt), (first, cut), "it waits where it was");
        bench.happen(Attempt::of(&turn.view), JobEvent::Stage(Stage::Probe));
        drop(bench);
        bench = bench_on(Store::open(&file).unwrap());
    }
    let view = bench.task("first").unwrap();
    assert_eq!((view.state, view.failure.as_ref().unwrap().code), (JobState::Failed, FailureCode::CutOff));
    assert_eq!(state(&bench, second), JobState::Queued);
    // A goodbye is no such cut.
    let turn = bench.next(1).unwrap();
    bench.happen(Attempt::of(&turn.view), JobEvent::Stage(Stage::Probe));
    bench.interrupted(Attempt::of(&turn.view), kept());
    drop(bench);
    let bench = bench_on(Store::open(&file).unwrap());
    let view = bench.task("second").unwrap();
    assert_eq!((view.state, view.attempt, view.task.as_ref().unwrap().cut_off), (JobState::Queued, 2, 0));
}

#[test]
fn a_record_that_is_deleted_leaves_the_work_and_its_key_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let mut bench = bench_on(Store::open(&file).unwrap());
    let job = add_task(&mut bench, "a");
    assert_eq!(bench.store().keyed("a").unwrap(), Some((job, "d".into())));
    bench.forget_task("a").unwrap();
    assert_eq!(bench.task("a").unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(bench.store().keyed("a").unwrap(), None);
    drop(bench);
    let mut bench = bench_on(Store::open(&file).unwrap());
    assert_eq!((bench.tasks().count(), state(&bench, job)), (0, JobState::Queued));
    assert_eq!(bench.next(1).unwrap().view.id, job, "its work still comes");
    let again = add_task(&mut bench, "a");
    assert_ne!(again, job);
}
