//! The queue, and jobs that are continued, tried again and removed; work that is attached to its session.

use std::time::Duration;

use silhueta_e2e::client::fast;
use silhueta_e2e::{Client, Server};
use silhueta_shared::job::Stage;
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{
    Answer, Ask, ErrorCode, HelperMessage, JobId, JobSettings, JobView, LogLine, Page, SourceRef, StartRun,
};
use silhueta_shared::state::JobState;

use super::{JOB, SOON, code, connect, wait_for_end, wait_for_end_or_snapshot, wait_for_frames};

/// The files that must come out the same, byte by byte, however often the work was cut off.
const RESULTS: [&str; 3] = ["pose.json", "tracking.json", "record.parquet"];

fn results(server: &Server, name: &str) -> [Vec<u8>; 3] {
    RESULTS.map(|file| std::fs::read(server.out().join(name).join(file)).unwrap_or_else(|e| panic!("{file}: {e}")))
}

async fn log(client: &mut Client, job: JobId) -> Vec<LogLine> {
    match client.ask(Ask::Log { job, after: 0 }).await {
        Ok(Answer::Log(lines)) => lines,
        other => panic!("no log: {other:?}"),
    }
}

fn goes_on(lines: &[LogLine]) -> usize {
    lines.iter().filter(|line| matches!(line.notice, Notice::GoesOn { .. })).count()
}

async fn wait_for_state(client: &mut Client, job: JobId, wanted: fn(JobState) -> bool) -> JobView {
    client.wait_for_job(job, JOB, |view| wanted(view.state)).await
}

#[tokio::test]
async fn what_was_stopped_goes_on_where_it_was_and_comes_out_the_same() {
    let Some(server) = Server::start("socket: continue and retry") else { return };
    let path = server.clip("street_720p.mp4", "street.mp4", 90);
    let mut client = connect(&server).await;
    let (_, jobs) = client.start(&[&path], fast()).await;
    assert_eq!(wait_for_end(&mut client, jobs[0]).await.state, JobState::Completed);
    assert_eq!(code(client.ask(Ask::Continue { job: jobs[0] }).await), ErrorCode::IllegalState, "it is done");
    assert_eq!(code(client.ask(Ask::Retry { job: jobs[0] }).await), ErrorCode::IllegalState);
    let whole = results(&server, "street");

    let again = JobSettings { again: true, ..fast() };
    let (run, jobs) = client.start(&[&path], again).await;
    let job = jobs[0];
    wait_for_frames(&mut client, job, Stage::Pose, 40).await;
    assert_eq!(code(client.ask(Ask::Continue { job }).await), ErrorCode::IllegalState, "it works");
    assert_eq!(client.ask(Ask::Stop { job }).await, Ok(Answer::Done));
    let stopped = wait_for_end(&mut client, job).await;
    let kept = stopped.resumable.expect("something was kept");
    assert_eq!((stopped.state, stopped.attempt, kept.stage), (JobState::Cancelled, 1, Stage::Pose));

    // Another session presses: it is the owner from now on.
    let mut other = connect(&server).await;
    assert_eq!(other.ask(Ask::ContinueRun { run }).await, Ok(Answer::Done));
    let waits = wait_for_state(&mut client, job, |state| state == JobState::Queued).await;
    assert_eq!((waits.attempt, waits.owner, waits.ended), (2, Some(other.session), None));
    assert!(waits.stages.iter().any(|stage| stage.stage == Stage::Track && stage.ended), "{:?}", waits.stages);
    let done = wait_for_end(&mut client, job).await;
    assert_eq!((done.state, done.attempt, done.resumable), (JobState::Completed, 2, None));
    let lines = log(&mut client, job).await;
    assert_eq!(goes_on(&lines), 1, "{lines:?}");
    let lines: Vec<_> = lines.into_iter().filter(|line| matches!(line.notice, Notice::Requeued { .. })).collect();
    assert_eq!(lines[0].notice, Notice::Requeued { attempt: 2, fresh: false });
    for (file, (before, after)) in RESULTS.iter().zip(whole.iter().zip(&results(&server, "street"))) {
        assert!(before == after, "{file} differs after it went on");
    }

    // From the beginning, whatever was kept.
    let (_, jobs) = client.start(&[&path], JobSettings { again: true, ..fast() }).await;
    wait_for_frames(&mut client, jobs[0], Stage::Pose, 40).await;
    assert_eq!(client.ask(Ask::Stop { job: jobs[0] }).await, Ok(Answer::Done));
    assert!(wait_for_end(&mut client, jobs[0]).await.resumable.is_some());
    assert_eq!(client.ask(Ask::Retry { job: jobs[0] }).await, Ok(Answer::Done));
    let waits = wait_for_state(&mut client, jobs[0], |state| state == JobState::Queued).await;
    assert!(waits.stages.is_empty(), "{:?}", waits.stages);
    let done = wait_for_end(&mut client, jobs[0]).await;
    assert_eq!((done.state, goes_on(&log(&mut client, jobs[0]).await)), (JobState::Completed, 0));
    assert!(results(&server, "street") == whole, "results differ after they were made anew");
}

#[tokio::test]
async fn the_queue_is_moved_paused_let_go_on_and_what_ended_is_removed() {
    let Some(server) = Server::start("socket: the queue") else { return };
    let long = server.clip("street_720p.mp4", "long.mp4", 200);
    let short = ["b.mp4", "c.mp4"].map(|name| server.clip("crossing_360p.mp4", name, 8));
    let mut client = connect(&server).await;
    let (_, jobs) = client.start(&[&long, &short[0], &short[1]], fast()).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 2).await;
    assert_eq!(client.ask(Ask::MoveJob { job: jobs[2], before: Some(jobs[1]) }).await, Ok(Answer::Done));
    assert_eq!(client.ask(Ask::PauseQueue { on: true }).await, Ok(Answer::Done));
    let told = |message: &HelperMessage| match message {
        HelperMessage::Queue(queue) if queue.paused => Some(queue.order.clone()),
        _ => None,
    };
    assert_eq!(client.wait_for("the queue", SOON, told).await, [jobs[2], jobs[1]]);
    for (ask, why) in [
        (Ask::MoveJob { job: jobs[0], before: None }, "it works"),
        (Ask::MoveJob { job: jobs[1], before: Some(jobs[0]) }, "before one that works"),
        (Ask::Remove { job: jobs[0] }, "it works"),
        (Ask::Remove { job: jobs[1] }, "it waits"),
        (Ask::Retry { job: jobs[1] }, "it waits"),
    ] {
        assert_eq!(code(client.ask(ask).await), ErrorCode::IllegalState, "{why}");
    }
    assert_eq!(code(client.ask(Ask::Continue { job: JobId::new(999).unwrap() }).await), ErrorCode::NotFound);

    // What runs goes on while the queue is paused; it ends, and nothing new begins.
    wait_for_frames(&mut client, jobs[0], Stage::Track, 10).await;
    assert_eq!(client.ask(Ask::Stop { job: jobs[0] }).await, Ok(Answer::Done));
    assert_eq!(wait_for_end(&mut client, jobs[0]).await.state, JobState::Cancelled);
    let mut figures = 0;
    let nothing = |message: &HelperMessage| match message {
        HelperMessage::Job(view) if view.state.is_active() => panic!("{} began", view.id),
        HelperMessage::Hardware(_) => {
            figures += 1;
            (figures == 2).then_some(())
        }
        _ => None,
    };
    client.wait_for("two figures of the machine", SOON, nothing).await;

    // The lock is still the run's; then all goes on in the order that was wished for.
    let source = SourceRef::Path { path: short[0].display().to_string() };
    let start = StartRun { page: Page::Processar, sources: vec![source], settings: fast(), attached: false };
    let mut other = connect(&server).await;
    assert_eq!(code(other.ask(Ask::Start(start)).await), ErrorCode::PageLocked);
    assert!(other.snapshot.queue.paused && other.snapshot.queue.order == [jobs[2], jobs[1]]);
    assert_eq!(other.ask(Ask::PauseQueue { on: false }).await, Ok(Answer::Done));
    let third = wait_for_end(&mut client, jobs[2]).await;
    let second = wait_for_end(&mut client, jobs[1]).await;
    assert_eq!([third.state, second.state], [JobState::Completed; 2]);
    assert!(third.ended <= second.started, "they changed places");

    // Removed: results stay, what was unfinished goes.
    let kept = server.out().join("long/.work");
    assert!(kept.is_dir(), "nothing was kept");
    let gone = |message: &HelperMessage| match message {
        HelperMessage::Removed { job } => Some(*job),
        _ => None,
    };
    for job in [jobs[0], jobs[1]] {
        assert_eq!(client.ask(Ask::Remove { job }).await, Ok(Answer::Done));
        assert_eq!(other.wait_for("the removal", SOON, gone).await, job);
        assert_eq!(code(client.ask(Ask::Log { job, after: 0 }).await), ErrorCode::NotFound);
    }
    assert!(!kept.exists() && server.out().join("b/pose.json").is_file());
}

#[tokio::test]
async fn killed_with_a_queue_it_comes_back_with_all_of_it_and_what_ran_goes_on() {
    let Some(mut server) = Server::start("socket: killed with a queue") else { return };
    let long = server.clip("street_720p.mp4", "long.mp4", 90);
    let short = ["b.mp4", "c.mp4", "d.mp4"].map(|name| server.clip("crossing_360p.mp4", name, 8));
    let mut client = connect(&server).await;
    let (_, whole) = client.start(&[&long], fast()).await;
    assert_eq!(wait_for_end(&mut client, whole[0]).await.state, JobState::Completed);
    let before = results(&server, "long");

    let again = JobSettings { again: true, ..fast() };
    let (run, jobs) = client.start(&[&long, &short[0], &short[1], &short[2]], again).await;
    wait_for_frames(&mut client, jobs[0], Stage::Pose, 40).await;
    assert_eq!(client.ask(Ask::MoveJob { job: jobs[3], before: Some(jobs[1]) }).await, Ok(Answer::Done));
    assert_eq!(client.ask(Ask::PauseQueue { on: true }).await, Ok(Answer::Done));
    server.kill();
    server.restart();
    let mut client = connect(&server).await;
    let queue = client.snapshot.queue.clone();
    assert_eq!((queue.paused, queue.order), (true, vec![jobs[3], jobs[1], jobs[2]]));
    let view = client.snapshot.jobs.iter().find(|view| view.id == jobs[0]).cloned().expect("it is remembered");
    assert_eq!(view.state, JobState::Interrupted);
    assert!(view.resumable.is_some_and(|kept| kept.stage >= Stage::Track), "{:?}", view.resumable);

    // Of the run that holds the lock, so it queues up behind the others.
    assert_eq!(client.ask(Ask::Continue { job: jobs[0] }).await, Ok(Answer::Done));
    assert_eq!(client.ask(Ask::PauseQueue { on: false }).await, Ok(Answer::Done));
    let mut ends = Vec::new();
    for job in [jobs[3], jobs[1], jobs[2], jobs[0]] {
        let view = wait_for_end(&mut client, job).await;
        assert_eq!((view.state, view.run), (JobState::Completed, run));
        ends.push(view.ended);
    }
    assert!(ends.is_sorted(), "not in the queue's order: {ends:?}");
    assert_eq!(goes_on(&log(&mut client, jobs[0]).await), 1);
    assert!(results(&server, "long") == before, "results differ after kill -9");
}

async fn start_attached(client: &mut Client, paths: &[&std::path::Path]) -> Vec<JobId> {
    let sources = paths.iter().map(|path| SourceRef::Path { path: path.display().to_string() }).collect();
    let start = StartRun { page: Page::Processar, sources, settings: fast(), attached: true };
    match client.ask(Ask::Start(start)).await {
        Ok(Answer::Started { jobs, .. }) => jobs,
        other => panic!("not started: {other:?}"),
    }
}

#[tokio::test]
async fn attached_work_stops_after_its_sessions_grace_time_and_one_press_continues_it() {
    let Some(server) = Server::start_with("socket: attached", &["--grace", "1"]) else { return };
    let long = server.clip("street_720p.mp4", "long.mp4", 120);
    let short = server.clip("crossing_360p.mp4", "short.mp4", 8);
    let (mut client, mut watcher) = (connect(&server).await, connect(&server).await);
    let jobs = start_attached(&mut client, &[&long, &short]).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 10).await;
    client.leave().await;
    let waiting = wait_for_end(&mut watcher, jobs[1]).await;
    let ran = wait_for_end(&mut watcher, jobs[0]).await;
    for view in [&waiting, &ran] {
        assert_eq!((view.state, view.owner, view.attached), (JobState::Interrupted, None, true));
    }
    let lines = log(&mut watcher, jobs[0]).await;
    assert_eq!(lines.last().map(|line| &line.notice), Some(&Notice::PageClosed), "{lines:?}");
    // Whoever presses is the owner; not to be attached to that one is a wish of its own.
    assert_eq!(watcher.ask(Ask::ContinueRun { run: ran.run }).await, Ok(Answer::Done));
    assert_eq!(watcher.ask(Ask::Attach { run: ran.run, on: false }).await, Ok(Answer::Done));
    watcher.leave().await;
    let mut last = connect(&server).await;
    let disowned = |message: &HelperMessage| match message {
        HelperMessage::Job(view) if view.state.has_ended() => panic!("{} ended: {:?}", view.id, view.state),
        HelperMessage::Job(view) => view.owner.is_none().then_some(()),
        _ => None,
    };
    last.wait_for("the end of the grace time", SOON, disowned).await;
    for job in jobs {
        assert_eq!(wait_for_end_or_snapshot(&mut last, job).await, JobState::Completed);
    }
}

#[tokio::test]
async fn only_the_owners_leaving_for_good_stops_attached_work() {
    let Some(server) = Server::start_with("socket: owners", &["--grace", "600"]) else { return };
    let path = server.clip("street_720p.mp4", "street.mp4", 60);
    let mut client = connect(&server).await;
    let jobs = start_attached(&mut client, &[&path]).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 2).await;
    let (owner, token) = (client.session, client.leave().await);
    // Back within the grace time: nothing has happened.
    let mut client = Client::again(&server, &token).await;
    let lock = client.snapshot.lock.clone().expect("it works");
    assert_eq!((client.session, lock.owner), (owner, Some(owner)));
    // Others come and go.
    connect(&server).await.leave().await;
    // A second window takes it over; the first one's leaving says nothing any more.
    let mut second = connect(&server).await;
    assert_eq!(second.ask(Ask::Attach { run: lock.run, on: true }).await, Ok(Answer::Done));
    let owned = second.wait_for_job(jobs[0], Duration::from_secs(20), |view| view.attached).await;
    assert_eq!(owned.owner, Some(second.session));
    assert_eq!(
        code(client.ask(Ask::Attach { run: silhueta_shared::protocol::RunId::new(99).unwrap(), on: true }).await),
        ErrorCode::NotFound
    );
    client.leave().await;
    assert_eq!(wait_for_end(&mut second, jobs[0]).await.state, JobState::Completed);
    assert_eq!(code(second.ask(Ask::Attach { run: lock.run, on: true }).await), ErrorCode::IllegalState);
}
