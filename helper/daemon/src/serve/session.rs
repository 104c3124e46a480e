//! A client's socket, from its upgrade to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use silhueta_shared::protocol::{
    Ask, ClientMessage, ErrorCode, HelperMessage, MAX_CLIENT_MESSAGE, VERSION, WireError, decode, encode,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, timeout};

use super::asks::{self, Asker};
use super::helper::Helper;
use super::hub::{Joined, Link, OUTBOX};
use super::previews::Viewer;

/// Silence after which the client is asked whether it is there, and a few times that: it is gone.
const PING: Duration = Duration::from_secs(15);
/// The longest that one message may take to be taken.
const WRITE: Duration = Duration::from_secs(30);
/// The longest from the upgrade to `hello`.
const HELLO: Duration = Duration::from_secs(10);
/// What a client is pinged with, and answers, when another one comes with its token.
const THERE: Bytes = Bytes::from_static(b"there?");
/// Slow requests of one client that wait; more are refused.
const WAITING: usize = 1024;
/// Slow requests of one client that are answered at the same time.
const AT_ONCE: usize = 4;

/// GET `/api/v1/socket`.
pub(super) async fn socket(
    State(helper): State<Arc<Helper>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let is_browser = headers.contains_key(header::ORIGIN);
    upgrade
        .max_message_size(MAX_CLIENT_MESSAGE)
        .max_frame_size(MAX_CLIENT_MESSAGE)
        .on_upgrade(move |socket| attend(helper, socket, is_browser))
}

async fn attend(helper: Arc<Helper>, socket: WebSocket, is_browser: bool) {
    let (sink, mut stream) = socket.split();
    let (outbox, inbox) = mpsc::channel(OUTBOX);
    let link = Link::new(outbox, helper.closing.child_token());
    // Whatever ends this function ends all that belongs to the client.
    let _ends = link.closed.clone().drop_guard();
    let (viewer, viewed) = tokio::sync::oneshot::channel();
    tokio::spawn(write(sink, inbox, viewed, link.clone()));
    let Some(joined) = greet(&helper, &mut stream, &link).await else { return };
    if viewer.send(Arc::clone(&joined.viewer)).is_err() {
        tracing::debug!("a client left while it was greeted");
    }
    let asker = Asker { session: joined.id, is_browser };
    listen(&helper, asker, &joined, &mut stream, &link).await;
    let departures = helper.hub.leave(joined.id);
    tokio::spawn(async move {
        tokio::time::sleep(helper.grace).await;
        helper.expire(joined.id, departures);
    });
}

/// Waits for `hello`; everything else is refused until then.
async fn greet(helper: &Helper, stream: &mut SplitStream<WebSocket>, link: &Link) -> Option<Joined> {
    let deadline = Instant::now() + HELLO;
    loop {
        let message = tokio::time::timeout_at(deadline, next(stream, link)).await.ok()??;
        match message {
            Ok(ClientMessage::Hello { protocol: VERSION, resume }) => {
                if let Some(token) = &resume {
                    helper.hub.make_room(token).await;
                }
                let joined = helper.join(resume.as_deref(), link);
                if joined.is_none() {
                    let error = WireError::new(ErrorCode::TooLarge, "too many clients are connected");
                    refuse(link, None, error.hint("close pages that are not needed"));
                    // Its reason goes out before the socket ends.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                return joined;
            }
            Ok(ClientMessage::Hello { protocol, .. }) => {
                let error = format!("this helper speaks protocol {VERSION}, not {protocol}");
                let error = WireError::new(ErrorCode::UnsupportedProtocol, error).field("protocol");
                refuse(link, None, error.hint("load the page again"));
            }
            Ok(ClientMessage::Ask { id, .. }) => refuse(link, Some(id), hello_first()),
            Ok(_) => refuse(link, None, hello_first()),
            Err(error) => refuse(link, None, error),
        }
    }
}

fn hello_first() -> WireError {
    WireError::new(ErrorCode::OutOfOrder, "hello comes first, and once")
}

/// Takes messages until the client leaves.
async fn listen(helper: &Arc<Helper>, asker: Asker, joined: &Joined, stream: &mut SplitStream<WebSocket>, link: &Link) {
    let (slow, waiting) = mpsc::channel::<(u32, Ask)>(WAITING);
    tokio::spawn(answer_slow(Arc::clone(helper), asker, waiting, link.clone()));
    while let Some(message) = next(stream, link).await {
        match message {
            Ok(ClientMessage::Ask { id, ask }) if asks::is_slow(&ask) => {
                if slow.try_send((id, ask)).is_err() {
                    let error = WireError::new(ErrorCode::TooLarge, format!("{WAITING} requests are waiting already"));
                    refuse(link, Some(id), error.hint("wait for answers before asking more"));
                }
            }
            Ok(ClientMessage::Ask { id, ask }) => answer(helper, asker, id, ask, link).await,
            Ok(ClientMessage::Watch { page, on }) => joined.viewer.watch(page, on),
            Ok(ClientMessage::Grant) => joined.viewer.grant(),
            Ok(ClientMessage::Hello { .. }) => refuse(link, None, hello_first()),
            Err(error) => refuse(link, None, error),
        }
    }
}

async fn answer_slow(helper: Arc<Helper>, asker: Asker, waiting: mpsc::Receiver<(u32, Ask)>, link: Link) {
    let asks = futures_util::stream::unfold(waiting, |mut waiting| async { Some((waiting.recv().await?, waiting)) });
    let answering = asks.for_each_concurrent(AT_ONCE, |(id, ask)| answer(&helper, asker, id, ask, &link));
    tokio::select! {
        () = answering => {}
        () = link.closed.cancelled() => {}
    }
}

async fn answer(helper: &Arc<Helper>, asker: Asker, id: u32, ask: Ask, link: &Link) {
    match asks::answer(helper, asker, ask).await {
        Ok(answer) => link.tell(&HelperMessage::Answer { id, answer }),
        Err(error) => refuse(link, Some(id), error),
    }
}

fn refuse(link: &Link, id: Option<u32>, error: WireError) {
    link.tell(&HelperMessage::Refused { id, error });
}

/// The client's next message, or why it can't be read; `None` when it has left.
async fn next(stream: &mut SplitStream<WebSocket>, link: &Link) -> Option<Result<ClientMessage, WireError>> {
    loop {
        let received = tokio::select! {
            received = timeout(3 * PING, stream.next()) => received,
            () = link.closed.cancelled() => return None,
        };
        match received.ok()??.ok()? {
            Message::Binary(bytes) => {
                return Some(decode(&bytes).map_err(|error| {
                    let error = WireError::new(ErrorCode::Malformed, format!("the message can't be read: {error}"));
                    error.hint("PROTOCOL.md has every message")
                }));
            }
            Message::Text(_) => {
                return Some(Err(WireError::new(ErrorCode::Malformed, "messages are binary: MessagePack")));
            }
            Message::Close(_) => return None,
            Message::Pong(payload) if payload == THERE => link.proof.given.notify_waiters(),
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

/// Sends what waits: messages first, then the newest picture.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut inbox: mpsc::Receiver<Bytes>,
    viewed: tokio::sync::oneshot::Receiver<Arc<Viewer>>,
    Link { closed, proof, outbox }: Link,
) {
    // A sender kept here would keep the messages from ever ending.
    drop(outbox);
    let mut viewer = None;
    let mut viewed = Some(viewed);
    let mut ping = interval(PING);
    loop {
        let message = tokio::select! {
            biased;
            message = inbox.recv() => match message {
                Some(bytes) => Message::Binary(bytes),
                None => break,
            },
            // After the messages: what was said last, that the helper ends, still goes out.
            () = closed.cancelled() => break,
            arrived = arrival(&mut viewed) => {
                viewer = arrived;
                continue;
            }
            picture = picture(viewer.as_deref()) => match picture {
                Some(bytes) => Message::Binary(bytes),
                None => continue,
            },
            () = proof.wanted.notified() => Message::Ping(THERE),
            _ = ping.tick() => Message::Ping(Bytes::new()),
        };
        if !matches!(timeout(WRITE, sink.send(message)).await, Ok(Ok(()))) {
            break;
        }
    }
    closed.cancel();
    // It may be gone already.
    if timeout(Duration::from_millis(300), sink.close()).await.is_err() {
        tracing::debug!("a client doesn't take its close");
    }
}

/// Resolves once, when the client has a session.
async fn arrival(viewed: &mut Option<tokio::sync::oneshot::Receiver<Arc<Viewer>>>) -> Option<Arc<Viewer>> {
    match viewed {
        Some(receiver) => {
            let viewer = receiver.await.ok();
            *viewed = None;
            viewer
        }
        None => std::future::pending().await,
    }
}

async fn picture(viewer: Option<&Viewer>) -> Option<Bytes> {
    match viewer {
        Some(viewer) => match encode(&HelperMessage::Preview(Box::new(viewer.next().await))) {
            Ok(bytes) => Some(bytes.into()),
            Err(error) => {
                tracing::error!("a picture can't be encoded: {error}");
                None
            }
        },
        None => std::future::pending().await,
    }
}
