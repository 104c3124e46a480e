//! The precision that a client asks for: what ran is told; what can't be had is a failure that names the way out.

use silhueta_e2e::client::fast;
use silhueta_e2e::{Helper, Server, models};
use silhueta_results::summary::read_summary;
use silhueta_shared::job::{Device, FailureCode, Precision};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{Answer, Ask, JobSettings};
use silhueta_shared::state::JobState;

use super::{connect, wait_for_end};

#[tokio::test]
async fn int8_runs_the_copies_that_are_there_and_tells_of_those_that_are_not() {
    let Some(helper) = Helper::new("socket: int8 copies") else { return };
    let folder = models::with_a_copy(&helper);
    let server = Server::with(helper, folder, &[]);
    let video = server.clip("crossing_360p.mp4", "one.mp4", 6);
    let mut client = connect(&server).await;
    let settings = JobSettings { precision: Precision::Int8, ..fast() };
    let (_, jobs) = client.start(&[&video], settings.clone()).await;
    let view = wait_for_end(&mut client, jobs[0]).await;
    assert_eq!((view.state, view.settings), (JobState::Completed, settings), "{:?}", view.failure);
    let ran = view.results.unwrap().ran.unwrap();
    assert_eq!(
        (ran.device, ran.precision, ran.detector.as_deref()),
        (Device::Cpu, Precision::Int8, Some("rtmdet_nano-int8"))
    );
    let summary = read_summary(&server.out().join("one/summary.json")).unwrap();
    assert_eq!(
        (summary.models.detector.map(|model| model.id), summary.settings.precision),
        (Some("rtmdet_nano-int8".to_owned()), Precision::Int8)
    );

    let Ok(Answer::Log(lines)) = client.ask(Ask::Log { job: jobs[0], after: 0 }).await else { panic!("no log") };
    for id in [&ran.reid.unwrap(), &ran.pose] {
        let way_out = format!("models quantize {id} --calibrate");
        let told = |notice: &Notice| matches!(notice, Notice::Model { text } if text.contains(&way_out));
        assert!(lines.iter().any(|line| told(&line.notice)), "nothing says that {id} has no copy: {lines:?}");
    }
}

#[tokio::test]
async fn a_precision_that_is_not_to_be_had_fails_with_the_way_out() {
    let Some(server) = Server::start("socket: precision refused") else { return };
    let video = server.clip("crossing_360p.mp4", "one.mp4", 6);
    let mut client = connect(&server).await;
    for (precision, device, says) in [
        (Precision::Int8, Device::Auto, "models quantize rtmdet_nano --calibrate"),
        (Precision::Fp16, Device::Cpu, "fp16 export"),
        (Precision::Fp16, Device::Auto, "half precision (fp16) needs TensorRT"),
    ] {
        let settings = JobSettings { precision, device, ..fast() };
        let (_, jobs) = client.start(&[&video], settings).await;
        let view = wait_for_end(&mut client, jobs[0]).await;
        let failure = view.failure.unwrap_or_else(|| panic!("{precision} on {device} ended as {:?}", view.state));
        assert_eq!(failure.code, FailureCode::PrecisionMissing, "{failure:?}");
        let text = format!("{} {}", failure.message, failure.hint.unwrap_or_default());
        assert!(text.contains(says), "{precision} on {device} should say {says}: {text}");
    }
}
