//! The sessions: who is connected, what is told to all of them, and what is kept of one that left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::Bytes;
use silhueta_shared::protocol::{HelperMessage, SessionId, encode};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::previews::{Previews, Viewer};
use super::secret;

/// Clients at the same time.
const MOST_SESSIONS: usize = 64;
/// Messages waiting for one client; full: its socket is closed, and it begins again with a snapshot.
pub(super) const OUTBOX: usize = 256;

/// The longest that a client may take to answer when another one comes with its token.
const PROOF: Duration = Duration::from_secs(3);

/// A connected client's end.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Messages to it.
    pub(super) outbox: mpsc::Sender<Bytes>,
    /// Ends its socket, and is ended by it.
    pub(super) closed: CancellationToken,
    /// How it is asked whether it is there.
    pub(super) proof: Arc<Proof>,
}

/// Asking a client whether it is there.
#[derive(Debug, Default)]
pub(super) struct Proof {
    /// It shall be asked.
    pub(super) wanted: Notify,
    /// It has answered.
    pub(super) given: Notify,
    /// Its session is free.
    left: CancellationToken,
}

impl Link {
    /// An end whose messages go into `outbox`, and that `closed` ends.
    pub(super) fn new(outbox: mpsc::Sender<Bytes>, closed: CancellationToken) -> Self {
        Self { outbox, closed, proof: Arc::default() }
    }

    /// Asks whether the client is there. If not, or no longer, it has left its session when this returns.
    async fn prove(&self) {
        let given = self.proof.given.notified();
        tokio::pin!(given);
        given.as_mut().enable();
        self.proof.wanted.notify_one();
        tokio::select! {
            () = given => {}
            () = self.proof.left.cancelled() => {}
            () = tokio::time::sleep(PROOF) => {
                tracing::info!("a client that no longer answers makes room for who has its token");
                self.closed.cancel();
                if tokio::time::timeout(PROOF, self.proof.left.cancelled()).await.is_err() {
                    tracing::warn!("a client's socket was closed, but its session is still in use");
                }
            }
        }
    }

    /// Sends a message, or gives the client up: one that reads too slowly starts over with a snapshot.
    pub(super) fn tell(&self, message: &HelperMessage) {
        match encode(message) {
            Ok(bytes) => self.push(bytes.into()),
            Err(error) => tracing::error!("a message can't be encoded: {error}"),
        }
    }

    fn push(&self, bytes: Bytes) {
        if self.outbox.try_send(bytes).is_err() && !self.closed.is_cancelled() {
            tracing::info!("a client reads too slowly; its socket is closed");
            self.closed.cancel();
        }
    }
}

/// A session, with its client or within its grace time.
#[derive(Debug)]
struct Session {
    resume: String,
    link: Option<Link>,
    viewer: Arc<Viewer>,
    /// How often its client left: a grace time that began before the last return says nothing.
    departures: u32,
}

/// What a client gets on arrival.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) id: SessionId,
    pub(super) resume: String,
    pub(super) resumed: bool,
    pub(super) viewer: Arc<Viewer>,
}

#[derive(Debug, Default)]
struct Sessions {
    last: u64,
    by_id: HashMap<SessionId, Session>,
}

/// All sessions.
#[derive(Debug)]
pub(super) struct Hub {
    sessions: Mutex<Sessions>,
    previews: Arc<Previews>,
}

impl Hub {
    /// No sessions yet. Their numbers start after `last`, so that one from before a restart is nobody's.
    pub(super) fn new(previews: Arc<Previews>, last: u64) -> Self {
        Self { sessions: Mutex::new(Sessions { last, by_id: HashMap::new() }), previews }
    }

    /// Waits until the session of that token is free, if it will be: a page that is loaded again, or whose network
    /// is back, may be here before the end of its old socket is noticed. A copy of a page that is there gets nothing.
    pub(super) async fn make_room(&self, resume: &str) {
        let link = self.lock().by_id.values().find(|s| secret::same(&s.resume, resume)).and_then(|s| s.link.clone());
        if let Some(link) = link {
            link.prove().await;
        }
    }

    /// Takes a client in, into its old session if it knows that one's token and nobody is in it.
    /// `None` when there are too many.
    pub(super) fn join(&self, resume: Option<&str>, link: Link) -> Option<Joined> {
        let mut sessions = self.lock();
        let old = resume.and_then(|token| {
            sessions
                .by_id
                .iter_mut()
                .find(|(_, session)| session.link.is_none() && secret::same(&session.resume, token))
        });
        if let Some((&id, session)) = old {
            session.link = Some(link);
            session.viewer.arrive();
            let (resume, viewer) = (session.resume.clone(), Arc::clone(&session.viewer));
            return Some(Joined { id, resume, resumed: true, viewer });
        }
        if sessions.by_id.values().filter(|session| session.link.is_some()).count() >= MOST_SESSIONS {
            return None;
        }
        let token = secret::token().ok()?;
        sessions.last += 1;
        let id = SessionId::new(sessions.last)?;
        let viewer = self.previews.page_viewer();
        let session = Session { resume: token.clone(), link: Some(link), viewer: Arc::clone(&viewer), departures: 0 };
        sessions.by_id.insert(id, session);
        Some(Joined { id, resume: token, resumed: false, viewer })
    }

    /// Its client left: what it watched is torn down at once, the rest waits for its return. The answer is how
    /// often it has left by now.
    pub(super) fn leave(&self, id: SessionId) -> u32 {
        self.lock().by_id.get_mut(&id).map_or(0, |session| {
            if let Some(link) = session.link.take() {
                link.proof.left.cancel();
            }
            session.viewer.leave();
            session.departures += 1;
            session.departures
        })
    }

    /// Forgets a session that nobody came back to since it was left for the `departures`th time; whether it was
    /// forgotten.
    pub(super) fn expire(&self, id: SessionId, departures: u32) -> bool {
        let mut sessions = self.lock();
        let is_gone = |session: &Session| session.link.is_none() && session.departures == departures;
        sessions.by_id.get(&id).is_some_and(is_gone) && sessions.by_id.remove(&id).is_some()
    }

    /// Ends when the session's client leaves; `None` if there is no such client now.
    pub(super) fn presence(&self, id: SessionId) -> Option<CancellationToken> {
        self.lock().by_id.get(&id)?.link.as_ref().map(|link| link.closed.clone())
    }

    /// Tells everyone; encoded once.
    pub(super) fn tell_all(&self, message: &HelperMessage) {
        match encode(message) {
            Ok(bytes) => {
                let bytes = Bytes::from(bytes);
                let sessions = self.lock();
                sessions.by_id.values().filter_map(|s| s.link.as_ref()).for_each(|link| link.push(bytes.clone()));
            }
            Err(error) => tracing::error!("a message can't be encoded: {error}"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> (Link, mpsc::Receiver<Bytes>) {
        let (outbox, inbox) = mpsc::channel(2);
        (Link::new(outbox, CancellationToken::new()), inbox)
    }

    fn hub() -> Hub {
        Hub::new(Arc::new(Previews::default()), 0)
    }

    #[test]
    fn a_session_is_taken_up_again_by_its_token_and_by_one_client_only() {
        let hub = hub();
        let first = hub.join(None, link().0).unwrap();
        // A second tab that copied the token gets a session of its own.
        let copy = hub.join(Some(&first.resume), link().0).unwrap();
        assert!(!copy.resumed && copy.id != first.id && copy.resume != first.resume);
        hub.leave(first.id);
        assert!(!hub.join(Some("guess"), link().0).unwrap().resumed);
        let again = hub.join(Some(&first.resume), link().0).unwrap();
        assert!(again.resumed && again.id == first.id);
        assert!(!hub.expire(first.id, 1));
        // Each leaving has its whole grace time, however soon the one before would have been over.
        assert_eq!(hub.leave(first.id), 2);
        assert!(!hub.expire(first.id, 1));
        assert!(hub.expire(first.id, 2));
        assert!(!hub.join(Some(&first.resume), link().0).unwrap().resumed);
    }

    #[test]
    fn a_client_that_does_not_read_is_closed_and_the_others_hear_everything() {
        let hub = hub();
        let ((slow, _kept), (quick, mut heard)) = (link(), link());
        hub.join(None, slow.clone()).unwrap();
        hub.join(None, quick.clone()).unwrap();
        for _ in 0..5 {
            hub.tell_all(&HelperMessage::Lock(None));
            assert!(heard.try_recv().is_ok());
        }
        assert!(slow.closed.is_cancelled() && !quick.closed.is_cancelled());
    }

    #[test]
    fn there_is_a_limit_of_clients() {
        let hub = hub();
        let taken = std::iter::repeat_with(|| hub.join(None, link().0)).take(MOST_SESSIONS + 1);
        assert_eq!(taken.flatten().count(), MOST_SESSIONS);
    }
}
