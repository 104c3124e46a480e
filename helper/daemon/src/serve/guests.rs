//! Connections: how many may come in, how long each may say nothing, and who leaves when the house is full.
//!
//! A head must be whole within seconds of the connection, or of its own first byte; between an answer and the next
//! request a connection may be silent for half an hour, unless another one needs its place.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// How long a connection may be silent between an answer and the next request, as the earlier server promised.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(1800);
/// Connections at the same time; with all of them at work, more are closed at once.
const MOST: usize = 256;
/// The longest that the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);
/// Who has neither said nor been told anything for so long leaves when another one needs the place.
const QUIET: Duration = Duration::from_secs(5);

/// Everyone who is in.
#[derive(Debug, Default)]
pub(super) struct House(Mutex<Places>);

#[derive(Debug, Default)]
struct Places {
    last: u64,
    taken: HashMap<u64, Place>,
}

#[derive(Debug, Default)]
struct Place {
    /// Since when its guest has been silent after an answer.
    quiet: Option<Instant>,
    /// Wakes its guest, who looks whether the place is still there.
    waker: Option<Waker>,
}

impl House {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place: a free one, or that of whoever has been silent longest.
    fn enter(self: &Arc<Self>) -> Option<Key> {
        let mut places = self.places();
        if places.taken.len() >= MOST {
            let quiet = places.taken.iter().filter_map(|(n, place)| Some((place.quiet?, *n)));
            let (_, longest) = quiet.filter(|(since, _)| since.elapsed() >= QUIET).min()?;
            // The guest finds out, and leaves.
            places.taken.remove(&longest).and_then(|place| place.waker).inspect(Waker::wake_by_ref);
        }
        places.last += 1;
        let n = places.last;
        places.taken.insert(n, Place::default());
        Some(Key { house: Arc::clone(self), n })
    }
}

/// A place in the house; free again when this is dropped.
#[derive(Debug)]
struct Key {
    house: Arc<House>,
    n: u64,
}

impl Key {
    /// Notes since when there is silence.
    fn note(&self, quiet: Option<Instant>) {
        if let Some(place) = self.house.places().taken.get_mut(&self.n) {
            place.quiet = quiet;
        }
    }

    /// Waits for the place to be given to somebody else; `false` once it was.
    fn hear(&self, waker: &Waker) -> bool {
        let mut places = self.house.places();
        let Some(place) = places.taken.get_mut(&self.n) else { return false };
        place.waker = Some(waker.clone());
        true
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.house.places().taken.remove(&self.n);
    }
}

/// Lets connections in while there is room, and keeps them only if they say something.
#[derive(Clone, Debug)]
pub(super) struct Doorman<A> {
    inner: A,
    house: Arc<House>,
}

impl<A> Doorman<A> {
    pub(super) fn before(inner: A, house: Arc<House>) -> Self {
        Self { inner, house }
    }
}

impl<I, S, A> Accept<I, S> for Doorman<A>
where
    A: Accept<I, S> + Clone + Send + 'static,
    A::Future: Send,
    A::Stream: Send,
    A::Service: Send,
    I: Send + 'static,
    S: Send + 'static,
{
    type Stream = Guest<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (key, inner) = (self.house.enter(), self.inner.clone());
        Box::pin(async move {
            let key = key.ok_or_else(|| io::Error::other("too many connections"))?;
            let (stream, service) = inner.accept(stream, service).await?;
            let phase = Phase::Head { head: Head::default(), end: Some(Box::pin(tokio::time::sleep(HEAD))) };
            Ok((Guest { stream, phase, key }, service))
        })
    }
}

/// A connection that was let in.
#[derive(Debug)]
pub(super) struct Guest<I> {
    stream: I,
    phase: Phase,
    key: Key,
}

/// What is going on, told from the bytes.
#[derive(Debug)]
enum Phase {
    /// A head is on its way, or awaited. The clock of the first one runs from the connection, those of later ones
    /// from their first byte.
    Head { head: Head, end: Option<Pin<Box<Sleep>>> },
    /// It was read: what else comes is its body, however long that takes.
    Asked,
    /// It became a socket, which has rules of its own.
    Socket,
}

/// Looks for the empty line behind a head, byte by byte.
#[derive(Debug, Default)]
struct Head {
    has_begun: bool,
    line: usize,
}

impl Head {
    /// Whether the head ends within these bytes. Empty lines before it are none of it.
    fn ends(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            match byte {
                b'\n' if self.line == 0 && self.has_begun => return true,
                b'\n' => self.line = 0,
                b'\r' => {}
                _ => {
                    self.has_begun = true;
                    self.line += 1;
                }
            }
        }
        false
    }
}

impl<I> Guest<I> {
    fn heard(&mut self, bytes: &[u8]) {
        if let Phase::Head { head, end } = &mut self.phase
            && !bytes.is_empty()
        {
            if head.ends(bytes) {
                self.phase = Phase::Asked;
            } else if head.has_begun && end.is_none() {
                *end = Some(Box::pin(tokio::time::sleep(HEAD)));
            }
            self.key.note(None);
        }
    }

    /// The helper said something. With the first word of an answer the next head may come.
    fn told(&mut self, bytes: &[u8]) {
        match &self.phase {
            Phase::Asked if bytes.starts_with(b"HTTP/1.1 101") => self.phase = Phase::Socket,
            // "Go on": the body follows.
            Phase::Asked if bytes.starts_with(b"HTTP/1.1 1") => {}
            Phase::Asked => self.phase = Phase::Head { head: Head::default(), end: None },
            Phase::Head { .. } | Phase::Socket => {}
        }
        let is_free = matches!(self.phase, Phase::Head { end: None, .. });
        self.key.note(is_free.then(Instant::now));
    }

    /// Whether it has to leave: its head takes too long, or its place is somebody else's now.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.phase {
            Phase::Head { end: Some(end), .. } => end.as_mut().poll(cx).is_ready(),
            Phase::Head { end: None, .. } => !self.key.hear(cx.waker()),
            Phase::Asked | Phase::Socket => false,
        }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Guest<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.heard(buffer.filled().get(before..).unwrap_or_default());
        if read.is_pending() && self.is_over(cx) { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { read }
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Guest<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if written.is_ready() {
            self.told(bytes);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        if written.is_ready() {
            let first = bytes.iter().find(|slice| !slice.is_empty());
            self.told(first.map_or(&[], |slice| slice));
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_its_empty_line_however_it_is_cut() {
        let whole = b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for cut in 0..whole.len() {
            let mut head = Head::default();
            assert!(!head.ends(&whole[..cut]), "{cut}");
            assert!(head.ends(&whole[cut..]), "{cut}");
        }
        assert!(Head::default().ends(b"GET / HTTP/1.0\n\n"));
        assert!(!Head::default().ends(b"\r\n\r\n\r\n"), "nothing was asked yet");
    }

    #[test]
    fn a_full_house_lets_go_who_was_silent_longest_and_never_who_works() {
        let house = Arc::<House>::default();
        let keys: Vec<_> = (0..MOST).map(|_| house.enter().unwrap()).collect();
        assert!(house.enter().is_none(), "nobody is silent");
        let now = Instant::now();
        keys[0].note(Some(now));
        assert!(house.enter().is_none(), "just answered is not silent");
        let Some(long) = now.checked_sub(QUIET * 2) else { return };
        keys[7].note(Some(long));
        keys[5].note(Some(long - QUIET));
        let new = house.enter().unwrap();
        assert!(!keys[5].hear(Waker::noop()) && keys[7].hear(Waker::noop()));
        drop(new);
        let _free = house.enter().unwrap();
        assert!(keys[7].hear(Waker::noop()), "a free place is taken first");
    }
}
