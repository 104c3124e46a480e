use super::*;
use crate::serve::previews::Previews;
use silhueta_shared::job::{FailureCode, Stage};
use silhueta_shared::protocol::{JobSettings, Page};

fn bench_on(store: Store) -> Workbench {
    let hub = Arc::new(Hub::new(Arc::new(Previews::default()), 0));
    Workbench::open(store, hub, Path::new("/nowhere")).unwrap()
}

fn session(n: u64) -> SessionId {
    SessionId::new(n).unwrap()
}

fn start(bench: &mut Workbench, names: &[&str]) -> Result<(RunId, Vec<JobId>), WireError> {
    let source = |name: &&str| SourceRef::Path { path: format!("/v/{name}") };
    let sources: Vec<_> = names.iter().map(source).collect();
    let videos = sources.iter().map(|s| (s.clone(), PathBuf::from("/v").join(s.name()))).collect();
    let request = StartRun { page: Page::Processar, sources, settings: JobSettings::default() };
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
    let (first, ..) = bench.next().unwrap();
    assert!(bench.next().is_none(), "two jobs at a time");
    bench.happen(first.id, JobEvent::Stage(Stage::Probe));
    bench.happen(first.id, JobEvent::Complete);
    bench.turn_ended();
    assert_eq!(bench.lock().unwrap().job, jobs[1]);
    let (second, ..) = bench.next().unwrap();
    bench.happen(second.id, JobEvent::Stage(Stage::Probe));
    bench.fail(second.id, Failure { code: FailureCode::NoSpace, message: "full".into(), hint: None });
    bench.turn_ended();
    assert_eq!(bench.lock(), None);
    assert!(start(&mut bench, &["c.mp4"]).is_ok());
}

#[test]
fn stop_reaches_the_running_job_and_the_queue_behind_it() {
    let mut bench = bench_on(Store::in_memory());
    let (run, jobs) = start(&mut bench, &["a.mp4", "b.mp4", "c.mp4"]).unwrap();
    let (first, _, controls) = bench.next().unwrap();
    bench.happen(first.id, JobEvent::Stage(Stage::Track));
    bench.stop(jobs[2]).unwrap();
    assert_eq!(bench.job(jobs[2]).unwrap().0.state, JobState::Cancelled);
    assert_eq!(bench.stop(jobs[2]).unwrap_err().code, ErrorCode::IllegalState);
    bench.stop_run(run).unwrap();
    assert!(controls.stop.is_cancelled() && bench.job(jobs[0]).unwrap().0.stopping);
    assert_eq!(bench.job(jobs[1]).unwrap().0.state, JobState::Cancelled);
    bench.happen(first.id, JobEvent::Cancel);
    bench.turn_ended();
    assert!(bench.next().is_none() && bench.lock().is_none());
    assert_eq!(bench.stop_run(run).unwrap_err().code, ErrorCode::IllegalState);
}

#[test]
fn pause_is_for_what_runs_and_can_be_taken_back_before_it_holds() {
    let mut bench = bench_on(Store::in_memory());
    let (_, jobs) = start(&mut bench, &["a.mp4"]).unwrap();
    assert_eq!(bench.pause(jobs[0], true).unwrap_err().code, ErrorCode::IllegalState);
    let (_, _, controls) = bench.next().unwrap();
    bench.happen(jobs[0], JobEvent::Stage(Stage::Track));
    bench.pause(jobs[0], true).unwrap();
    assert!(*controls.pause.borrow());
    bench.pause(jobs[0], false).unwrap();
    assert!(!*controls.pause.borrow());
    bench.pause(jobs[0], true).unwrap();
    bench.happen(jobs[0], JobEvent::Pause);
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
        bench.next().unwrap();
        bench.happen(jobs[0], JobEvent::Stage(Stage::Pose));
        bench.note(jobs[0], Notice::Paused);
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
    assert_eq!(bench.next().unwrap().0.id, jobs[1]);
    // Numbers go on; none is given twice.
    bench.stop(jobs[1]).unwrap();
    bench.happen(jobs[1], JobEvent::Cancel);
    bench.turn_ended();
    assert!(start(&mut bench, &["c.mp4"]).unwrap().1[0] > jobs[1]);
}

#[test]
fn what_cannot_follow_changes_nothing() {
    let mut bench = bench_on(Store::in_memory());
    let (_, jobs) = start(&mut bench, &["a.mp4"]).unwrap();
    bench.happen(jobs[0], JobEvent::Pause);
    assert_eq!(bench.job(jobs[0]).unwrap().0.state, JobState::Queued);
    let nobody = JobId::new(99).unwrap();
    assert_eq!(bench.stop(nobody).unwrap_err().code, ErrorCode::NotFound);
}
