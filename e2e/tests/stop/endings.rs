//! The end of the helper: Ctrl+C, SIGTERM, a closed terminal, the page's button, and `kill -9`, with all at work that
//! could hold it up.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use silhueta_e2e::server::{GOODBYE, children, is_running, signal};
use silhueta_e2e::{Client, raw};
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{Answer, Ask, HelperMessage};
use silhueta_shared::state::JobState;

use super::{Bench, JOB};

/// Everything that holds an exit up elsewhere: a job, two viewers, an MJPEG client, an upload that never ends.
struct Busy {
    clients: [Client; 2],
    streams: [TcpStream; 2],
    workers: Vec<u32>,
}

impl Busy {
    async fn begin(bench: &Bench) -> Self {
        let mut clients = [bench.client().await, bench.client().await];
        for client in &mut clients {
            client.watch(true).await;
            client.grant(2).await;
        }
        let mut feed = raw::connect(&bench.server);
        let host = bench.server.host().to_owned();
        write!(feed, "GET /video_feed HTTP/1.1\r\nhost: {host}\r\n\r\n").unwrap();
        let mut upload = raw::connect(&bench.server);
        write!(upload, "POST /api/v1/uploads?name=a.mp4 HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000000\r\n\r\n")
            .unwrap();
        upload.write_all(&[0; 1000]).unwrap();
        let job = bench.job(&mut clients[0]).await;
        clients[0].wait_for_job(job, JOB, |view| view.state.stage() >= Some(Stage::Pose)).await;
        clients[1].picture(JOB).await;
        let mut head = [0; 12];
        feed.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
        let workers = children(bench.server.pid());
        assert!(!workers.is_empty());
        Self { clients, streams: [feed, upload], workers }
    }

    fn assert_no_orphan(&self) {
        assert!(!self.workers.iter().any(|pid| is_running(*pid)), "a worker outlived its helper");
    }
}

async fn ends(how: &str, deaf: bool, fault: &str, end: impl AsyncFnOnce(&Bench, &mut Busy)) {
    let Some(mut bench) = Bench::start(&format!("stop: the end by {how}"), deaf, None) else { return };
    bench.faults.set("slow@disk:0");
    let mut busy = Busy::begin(&bench).await;
    if !fault.is_empty() {
        bench.faults.set(fault);
        children(bench.server.pid()).iter().for_each(|pid| signal(*pid, "STOP"));
    }
    let began = Instant::now();
    end(&bench, &mut busy).await;
    let status = bench.server.ended(GOODBYE);
    println!("{how}: gone after {:.2} s", began.elapsed().as_secs_f64());
    assert_eq!(status.and_then(|status| status.code()), Some(0), "{how}\n{}", bench.server.complaints());
    let complaints = bench.server.complaints();
    assert!(!complaints.contains("panicked") && !complaints.contains("cut off"), "{complaints}");
    busy.assert_no_orphan();
    // The job is interrupted, nothing is locked, and the port is free again.
    bench.server.restart();
    let client = Client::connect(&bench.server).await;
    let job = client.snapshot.jobs.last().unwrap();
    assert_eq!((job.state, client.snapshot.lock.as_ref()), (JobState::Interrupted, None), "{how}");
    drop(busy);
}

fn with(name: &'static str) -> impl AsyncFnOnce(&Bench, &mut Busy) {
    async move |bench: &Bench, _: &mut Busy| signal(bench.server.pid(), name)
}

#[tokio::test]
async fn ctrl_c_ends_everything_in_time() {
    ends("Ctrl+C", false, "", with("INT")).await;
}

#[tokio::test]
async fn sigterm_and_a_closed_terminal_are_a_ctrl_c() {
    ends("SIGTERM", false, "", with("TERM")).await;
    ends("a closed terminal", false, "", with("HUP")).await;
}

#[tokio::test]
async fn ctrl_c_ends_a_worker_that_neither_moves_nor_hears() {
    ends("Ctrl+C, hung", true, "slow@disk:0", with("INT")).await;
}

#[tokio::test]
async fn the_page_can_end_it() {
    ends("the page", false, "", async |_: &Bench, busy: &mut Busy| {
        let [client, other] = &mut busy.clients;
        assert_eq!(client.ask(Ask::ShutDown).await, Ok(Answer::Done));
        // Everyone is told.
        let closing = |message: &HelperMessage| matches!(message, HelperMessage::Closing).then_some(());
        other.wait_for("the goodbye", JOB, closing).await;
    })
    .await;
}

#[tokio::test]
async fn a_second_ctrl_c_waits_for_nothing() {
    let Some(mut bench) = Bench::start("stop: a second Ctrl+C", true, None) else { return };
    bench.faults.set("hang@pose.draw:30 slow@disk:0");
    let mut busy = Busy::begin(&bench).await;
    bench.wait_for_fault(&mut busy.clients[0]).await;
    signal(bench.server.pid(), "INT");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(bench.server.ended(Duration::ZERO).is_none() && is_running(bench.server.pid()), "it ended at the first");
    let began = Instant::now();
    signal(bench.server.pid(), "INT");
    let status = bench.server.ended(Duration::from_secs(1));
    println!("a second Ctrl+C: gone after {:.2} s", began.elapsed().as_secs_f64());
    assert_eq!(status.and_then(|status| status.code()), Some(130), "{}", bench.server.complaints());
    wait_until_gone(&busy).await;
}

#[tokio::test]
async fn kill_9_of_the_helper_leaves_no_worker() {
    let Some(mut bench) = Bench::start("stop: kill -9", true, None) else { return };
    bench.faults.set("hang@pose.draw:30 slow@disk:0");
    let mut busy = Busy::begin(&bench).await;
    bench.wait_for_fault(&mut busy.clients[0]).await;
    bench.server.kill();
    wait_until_gone(&busy).await;
}

/// Two seconds are promised.
async fn wait_until_gone(busy: &Busy) {
    let began = Instant::now();
    while busy.workers.iter().any(|pid| is_running(*pid)) {
        assert!(began.elapsed() < Duration::from_secs(2), "a worker outlived its helper");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("the worker was gone after {:.3} s", began.elapsed().as_secs_f64());
    drop(busy.streams.iter());
}
