//! The one WebSocket to the helper. It says hello, comes back for ever when it breaks, numbers requests, and
//! hands every message to [`HelperState`]; preview pictures go straight to the one tile that paints them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::{
    Answer, Ask, ClientMessage, ErrorCode, HelperMessage, PATH, PreviewFrame, SessionId, VERSION, WireError, decode,
    encode,
};

use super::access::{self, Credential, Entry};
use super::backoff;
use super::pending::Pending;
use super::socket::Socket;
use crate::state::helper::HelperState;
use crate::state::store;

/// Where a reload finds the session again. It is there only between two loads of one tab, so that a duplicated
/// tab gets a session of its own.
const RESUME_KEY: &str = "silhueta.session";

/// Where a page that is opened after the last one was closed finds the session that had work under way, so that
/// it is its owner again. There only while no tab has that session.
const LEFT_KEY: &str = "silhueta.session.left";

/// The helper tells of its hardware every other second: silence this long is a dead socket.
const SILENCE_MS: f64 = 15_000.0;

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LinkStatus {
    /// The first try is under way.
    Connecting,
    /// Welcome has come.
    Online,
    /// Nobody answers; the next try comes in so many seconds.
    Offline {
        /// Seconds, at the moment this was said.
        retry_in: f64,
    },
    /// The helper said that it ends. Tries go on: it may be started again.
    Closed,
    /// The helper wants a token first.
    AccessNeeded,
    /// The helper speaks another version: the page must be loaded anew.
    Outdated,
}

/// The connection, in context.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    status: RwSignal<LinkStatus>,
    session: RwSignal<Option<SessionId>>,
    state: HelperState,
}

/// Paints a preview picture.
type Paint = Rc<dyn Fn(PreviewFrame)>;

#[derive(Default)]
struct Inner {
    socket: RefCell<Option<Socket>>,
    pending: RefCell<Pending>,
    resume: RefCell<Option<String>>,
    preview: RefCell<Option<Paint>>,
    timer: Cell<Option<TimeoutHandle>>,
    attempt: Cell<u32>,
    heard: Cell<f64>,
}

impl Link {
    /// Connects; everything heard goes to `state`.
    pub(crate) fn open(state: HelperState) -> Self {
        let own = store::take_session(RESUME_KEY);
        let left = store::get(LEFT_KEY);
        // A reload has the session of its own tab, and no other tab is to have that one.
        if own.is_none() || own == left {
            store::forget(LEFT_KEY);
        }
        let inner = Inner { resume: RefCell::new(own.or(left)), ..Inner::default() };
        let link = Self {
            inner: StoredValue::new_local(Rc::new(inner)),
            status: RwSignal::new(LinkStatus::Connecting),
            session: RwSignal::new(None),
            state,
        };
        window_event_listener(ev::online, move |_| link.hurry());
        window_event_listener(ev::visibilitychange, move |_| link.hurry());
        window_event_listener(ev::pagehide, move |_| link.leave());
        // Back from the browser's own store of pages: a duplicate of this tab must not find the token.
        window_event_listener(ev::pageshow, move |_| {
            drop(store::take_session(RESUME_KEY));
            if store::get(LEFT_KEY) == *link.inner().resume.borrow() {
                store::forget(LEFT_KEY);
            }
            link.hurry();
        });
        set_interval(move || link.listen_for_silence(), Duration::from_secs(5));
        match access::code_of_address() {
            Some(code) => spawn_local(async move {
                // Right or wrong, the socket is tried next and says the rest.
                link.enter(Credential::Code(code)).await;
            }),
            None => link.connect(),
        }
        link
    }

    /// How the connection is.
    pub(crate) fn status(&self) -> Signal<LinkStatus> {
        self.status.into()
    }

    /// This tab's session, once welcomed.
    pub(crate) fn session(&self) -> Option<SessionId> {
        self.session.get()
    }

    /// Sends a message that has no answer; nothing happens while offline.
    pub(crate) fn send(&self, message: &ClientMessage) -> bool {
        let Ok(bytes) = encode(message) else { return false };
        self.inner().socket.borrow().as_ref().is_some_and(|socket| socket.send(&bytes))
    }

    /// Asks and waits for the answer; fails when the socket closes before.
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Answer, WireError> {
        let inner = self.inner();
        if self.status.get_untracked() != LinkStatus::Online {
            return Err(no_connection());
        }
        let (id, reply) = inner.pending.borrow_mut().ask();
        if !self.send(&ClientMessage::Ask { id, ask }) {
            inner.pending.borrow_mut().settle(id, Err(no_connection()));
        }
        reply.await
    }

    /// Who paints preview pictures: one, the last that said so.
    pub(crate) fn on_preview(&self, paint: impl Fn(PreviewFrame) + 'static) {
        *self.inner().preview.borrow_mut() = Some(Rc::new(paint));
    }

    /// Hands in a code or token, and connects when it is right.
    pub(crate) async fn enter(&self, credential: Credential) -> Entry {
        let entry = access::enter(&credential).await;
        match entry {
            Entry::Open => {
                self.status.set(LinkStatus::Connecting);
                self.connect();
            }
            // An old code may be all that was wrong: the cookie of before may still do.
            Entry::Refused if matches!(credential, Credential::Token(_)) => self.status.set(LinkStatus::AccessNeeded),
            _ => self.connect(),
        }
        entry
    }

    /// Tries again now instead of later.
    pub(crate) fn hurry(&self) {
        // Another tab may have been let in meanwhile: the cookie is the same.
        let waiting = matches!(
            self.status.get_untracked(),
            LinkStatus::Offline { .. } | LinkStatus::Closed | LinkStatus::AccessNeeded
        );
        if waiting && !document().hidden() && self.inner().socket.borrow().is_none() {
            self.connect();
        }
    }

    /// The page goes, perhaps to come back: the session waits for who has the token. The socket is closed by
    /// us, because the browser may do it only after the next page has asked for the session.
    fn leave(self) {
        let inner = self.inner();
        if let Some(token) = &*inner.resume.borrow() {
            store::put_session(RESUME_KEY, token);
            let session = self.session.get_untracked();
            let owns = self.state.lock.with_untracked(|lock| lock.as_ref().and_then(|lock| lock.owner)) == session;
            if owns && session.is_some() {
                store::put(LEFT_KEY, token);
            }
        }
        if inner.socket.borrow_mut().take().is_some() {
            inner.pending.borrow_mut().fail_all(&no_connection());
            self.status.set(LinkStatus::Offline { retry_in: 0.0 });
        }
    }

    fn inner(&self) -> Rc<Inner> {
        self.inner.get_value()
    }

    fn connect(self) {
        let inner = self.inner();
        if let Some(timer) = inner.timer.take() {
            timer.clear();
        }
        inner.heard.set(now());
        let hello = ClientMessage::Hello { protocol: VERSION, resume: inner.resume.borrow().clone() };
        let socket = Socket::open(
            PATH,
            move || {
                self.send(&hello);
            },
            move |bytes| self.hear(&bytes),
            move || self.closed(),
        );
        let opened = socket.is_some();
        *inner.socket.borrow_mut() = socket;
        if !opened {
            self.retry();
        }
    }

    fn hear(self, bytes: &[u8]) {
        let inner = self.inner();
        inner.heard.set(now());
        let message = match decode::<HelperMessage>(bytes) {
            Ok(message) => message,
            Err(error) => return leptos::logging::warn!("a message of the helper can't be read: {error}"),
        };
        match message {
            HelperMessage::Preview(frame) => {
                let paint = inner.preview.borrow().clone();
                if let Some(paint) = paint {
                    paint(*frame);
                }
            }
            HelperMessage::Answer { id, answer } => {
                inner.pending.borrow_mut().settle(id, Ok(answer));
            }
            HelperMessage::Refused { id: Some(id), error } => inner.pending.borrow_mut().settle(id, Err(error)),
            HelperMessage::Refused { id: None, error } => {
                if error.code == ErrorCode::UnsupportedProtocol {
                    self.status.set(LinkStatus::Outdated);
                }
                leptos::logging::warn!("the helper refused a message: {}", error.message);
            }
            HelperMessage::Closing => self.status.set(LinkStatus::Closed),
            HelperMessage::Welcome { protocol, .. } if protocol != VERSION => self.status.set(LinkStatus::Outdated),
            message => {
                if let HelperMessage::Welcome { session, resume, .. } = &message {
                    inner.attempt.set(0);
                    *inner.resume.borrow_mut() = Some(resume.clone());
                    self.session.set(Some(*session));
                    self.state.hear(message);
                    self.status.set(LinkStatus::Online);
                } else {
                    self.state.hear(message);
                }
            }
        }
    }

    fn closed(self) {
        let inner = self.inner();
        let old = inner.socket.borrow_mut().take();
        // This may run inside one of its own callbacks: it goes when that has returned.
        queue_microtask(move || drop(old));
        inner.pending.borrow_mut().fail_all(&no_connection());
        match self.status.get_untracked() {
            LinkStatus::Outdated | LinkStatus::AccessNeeded => {}
            LinkStatus::Online | LinkStatus::Closed => self.retry(),
            // Never welcomed: perhaps the helper wants a token; the socket itself can't say so.
            LinkStatus::Connecting | LinkStatus::Offline { .. } => spawn_local(async move {
                match access::check().await {
                    Entry::Refused => self.status.set(LinkStatus::AccessNeeded),
                    Entry::Open | Entry::Silent => self.retry(),
                }
            }),
        }
    }

    fn retry(self) {
        let inner = self.inner();
        let attempt = inner.attempt.get();
        inner.attempt.set(attempt.saturating_add(1));
        let retry_in = backoff::wait(attempt, js_sys::Math::random());
        // "The helper was ended" says more than "nobody answers", and stays until it is back.
        if self.status.get_untracked() != LinkStatus::Closed {
            self.status.set(LinkStatus::Offline { retry_in });
        }
        let timer = set_timeout_with_handle(move || self.connect(), Duration::from_secs_f64(retry_in));
        inner.timer.set(timer.ok());
    }

    fn listen_for_silence(self) {
        let silent = now() - self.inner().heard.get() > SILENCE_MS;
        if silent && self.status.get_untracked() == LinkStatus::Online && !document().hidden() {
            self.closed();
        }
    }
}

fn no_connection() -> WireError {
    WireError::new(ErrorCode::Closing, "there is no connection to the helper")
}

/// Milliseconds since 1970 by the browser's clock.
fn now() -> f64 {
    js_sys::Date::now()
}
