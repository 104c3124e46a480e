//! Tasks that have ended, in a store on disk, and receivers at real ports.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Mutex;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use silhueta_shared::protocol::{JobId, JobSettings, Page, SessionId, SourceRef, StartRun, TaskView};

use super::*;
use crate::serve::hub::Hub;
use crate::serve::previews::Previews;
use crate::serve::store::Store;
use crate::serve::workbench::Attempt;

const PATIENCE: Duration = Duration::from_secs(30);

/// Jobs in a file, as a helper has them.
struct Bench(Mutex<Workbench>);

impl Desk for Bench {
    fn with<T>(&self, act: impl FnOnce(&mut Workbench) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }
}

fn open(folder: &Path) -> Arc<Bench> {
    let store = Store::open(&folder.join("jobs.db")).unwrap();
    let hub = Arc::new(Hub::new(Arc::new(Previews::default()), 0));
    Arc::new(Bench(Mutex::new(Workbench::open(store, hub, |_| None).unwrap())))
}

/// A task that has ended, with somebody who is to be told at `url`.
fn ended(bench: &Bench, url: &str) -> JobId {
    let url = check(url).unwrap();
    let source = SourceRef::Path { path: "/v/a.mp4".into() };
    let request = StartRun {
        page: Page::Processar,
        sources: vec![source.clone()],
        settings: JobSettings::default(),
        attached: false,
    };
    let mut bench = bench.0.lock().unwrap();
    let (_, jobs) = bench.start(SessionId::new(1).unwrap(), &request, vec![(source, "/v/a.mp4".into())]).unwrap();
    let task = serde_json::json!({
        "id": format!("task-{}", jobs[0]), "model": "m", "from": "test", "boxes": null, "kept": true,
        "predictions": "/v/predictions/a_m.json", "visualization": null, "webhook": view(&url), "cut_off": 0,
    });
    let task: TaskView = serde_json::from_value(task).unwrap();
    bench.store().set_webhook(jobs[0], url.as_str()).unwrap();
    let attempt = Attempt::of(bench.job(jobs[0]).unwrap().0);
    bench.edit(attempt, |view| view.task = Some(task));
    bench.stop(jobs[0]).unwrap();
    jobs[0]
}

fn status(view: &JobView) -> serde_json::Value {
    serde_json::json!({ "task_id": view.task.as_ref().map(|task| &task.id), "status": "cancelled" })
}

/// A receiver: what it got, and what it answers, the last one for ever.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<Response>>>,
    url: String,
}

impl Receiver {
    async fn start(answers: Vec<Response>) -> Self {
        Self::at("127.0.0.1:0", answers).await
    }

    async fn at(address: &str, answers: Vec<Response>) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        let receiver = Self { answers: Arc::new(Mutex::new(answers.into())), url, ..Self::default() };
        let app = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move {
            axum_server::from_tcp(listener.into_std().unwrap()).unwrap().serve(app.into_make_service()).await
        });
        receiver
    }

    fn got(&self) -> Vec<(String, HeaderMap, Bytes)> {
        self.got.lock().unwrap().clone()
    }
}

async fn take(Shared(receiver): Shared<Receiver>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    receiver.got.lock().unwrap().push((uri.to_string(), headers, body));
    receiver.answers.lock().unwrap().pop_front().unwrap_or_else(|| StatusCode::NO_CONTENT.into_response())
}

fn secret(folder: &Path) -> Secret {
    Secret::open(&folder.join("webhook.secret")).unwrap()
}

/// Tells until the job's webhook is as wished, then ends as a helper does.
async fn tell_until(
    bench: &Arc<Bench>,
    folder: &Path,
    job: JobId,
    wished: impl Fn(&WebhookView) -> bool,
) -> WebhookView {
    let (closing, mut moved) = (CancellationToken::new(), bench.with(|bench| bench.moved()));
    let running = tokio::spawn(go_round(Arc::clone(bench), closing.clone(), secret(folder), status, 0.02));
    let of_job = || bench.with(|bench| bench.job(job).unwrap().0.task.clone().unwrap().webhook.unwrap());
    let waiting = async {
        while !wished(&of_job()) {
            moved.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("it stays {:?}", of_job()));
    closing.cancel();
    running.await.unwrap();
    of_job()
}

fn is_over(view: &WebhookView) -> bool {
    view.state != WebhookState::Waiting
}

/// HMAC as RFC 2104 writes it down.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let keyed = |pad: u8| Sha256::new().chain_update(block.map(|byte| byte ^ pad));
    let inner = keyed(0x36).chain_update(text).finalize();
    keyed(0x5c).chain_update(inner).finalize().to_vec()
}

#[tokio::test]
async fn a_message_is_signed_tried_again_after_503_and_told_once_it_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let busy = (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")]).into_response();
    let receiver = Receiver::start(vec![busy]).await;
    let bench = open(folder.path());
    let job = ended(&bench, &format!("{}?key=hidden", receiver.url));
    let began = now();
    let told = tell_until(&bench, folder.path(), job, is_over).await;
    assert_eq!((told.state, told.tries, told.error), (WebhookState::Delivered, 2, None));
    assert!(now() >= began + 1000, "it did not wait as it was asked to");
    assert_eq!(told.url, receiver.url, "what may be secret is shown");
    let got = receiver.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].1["webhook-id"], got[1].1["webhook-id"], "receivers can't tell that it is the same");
    let text = std::fs::read_to_string(folder.path().join("webhook.secret")).unwrap();
    let key = STANDARD.decode(text.trim().strip_prefix("whsec_").unwrap()).unwrap();
    for (uri, headers, body) in &got {
        assert!(uri.ends_with("/told?key=hidden"), "{uri}");
        assert_eq!(headers["content-type"], "application/json");
        let of = |name: &str| headers[name].to_str().unwrap();
        let mut signed = format!("{}.{}.", of("webhook-id"), of("webhook-timestamp")).into_bytes();
        signed.extend_from_slice(body);
        assert_eq!(of("webhook-signature"), format!("v1,{}", STANDARD.encode(hmac(&key, &signed))));
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        assert_eq!(body["status"], "cancelled");
    }
    assert!(bench.with(|bench| bench.store().letters(9)).unwrap().is_empty(), "the outbox keeps what was taken");
}

#[tokio::test]
async fn what_is_refused_is_told_once_and_nobody_else_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let bench = open(folder.path());
    let away = (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response();
    for (answer, why) in [(StatusCode::BAD_REQUEST.into_response(), "400"), (away, "redirects are not followed")] {
        let receiver = Receiver::start(vec![answer]).await;
        let job = ended(&bench, &receiver.url);
        let told = tell_until(&bench, folder.path(), job, is_over).await;
        assert_eq!((told.state, told.tries), (WebhookState::Failed, 1));
        assert!(told.error.as_ref().is_some_and(|error| error.contains(why)), "{told:?}");
        assert_eq!(receiver.got().len(), 1, "{why}");
    }
}

#[tokio::test]
async fn it_is_given_up_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start((0..9).map(|_| StatusCode::BAD_GATEWAY.into_response()).collect()).await;
    let bench = open(folder.path());
    let job = ended(&bench, &receiver.url);
    let letter = {
        bench.with(|bench| take_in(bench, status)).unwrap();
        bench.with(|bench| bench.store().letters(1)).unwrap().remove(0)
    };
    // Hours later.
    let tries = u32::try_from(WAITS.len()).unwrap();
    bench.with(|bench| bench.store().postpone(letter.id, tries, now())).unwrap();
    let told = tell_until(&bench, folder.path(), job, is_over).await;
    assert_eq!((told.state, told.tries, receiver.got().len()), (WebhookState::Failed, tries + 1, 1));
    assert!(told.error.is_some_and(|error| error.contains("given up") && error.contains("502")));
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // A port where nobody listens yet.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let url = format!("http://{address}/told");
    let (tried, unseen) = {
        let bench = open(folder.path());
        let tried = ended(&bench, &url);
        let told = tell_until(&bench, folder.path(), tried, |view| view.tries > 0).await;
        assert_eq!(told.state, WebhookState::Waiting);
        assert!(told.error.is_some(), "{told:?}");
        // This one's end is not even in the outbox when the helper ends.
        (tried, ended(&bench, &url))
    };
    let receiver = Receiver::at(&address, vec![]).await;
    let bench = open(folder.path());
    for job in [tried, unseen] {
        let told = tell_until(&bench, folder.path(), job, is_over).await;
        assert_eq!(told.state, WebhookState::Delivered, "{told:?}");
    }
    let mut ids: Vec<_> = receiver.got().iter().map(|(_, headers, _)| headers["webhook-id"].clone()).collect();
    ids.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    assert_eq!(ids, [format!("msg_task-{tried}_1"), format!("msg_task-{unseen}_1")]);
    // And those who were told are not told again.
    drop(bench);
    let bench = open(folder.path());
    assert!(bench.with(|bench| bench.untold()).is_empty());
}

#[test]
fn addresses_are_of_http_and_what_is_secret_in_them_is_not_shown() {
    for bad in
        ["", "example.org/x", "ftp://example.org", "file:///etc/passwd", "http://", "javascript:alert(1)", "//a/b"]
    {
        let error = check(bad).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::BadValue, Some(FIELD)), "{bad}");
    }
    let secret = "https://user:pass@example.org:8443/hook?token=abc#part";
    let url = check(secret).unwrap();
    assert_eq!(view(&url).url, "https://example.org:8443/hook");
    assert_eq!(shown(secret), "https://example.org:8443/hook");
    let error = check(&format!("ssh://user:pass@{}", "a".repeat(9))).unwrap_err();
    assert!(!error.message.contains("pass"), "{error:?}");
}
