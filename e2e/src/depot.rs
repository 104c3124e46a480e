//! A server of files at a port of this machine that behaves as badly as a test wants: real bytes over TCP, written by
//! hand, as no server library would send what these tests need.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A request, as far as anybody here looks at it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The path.
    pub path: String,
    /// The first byte of its `Range`.
    pub from: Option<usize>,
    /// Its `If-Range`.
    pub if_range: Option<String>,
    /// How many requests there were before.
    pub before: usize,
}

/// An answer. `Default` is an empty 200 without any header.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status; 0 is 200.
    pub status: u16,
    /// Lines of the head.
    pub head: Vec<String>,
    /// What follows.
    pub body: Vec<u8>,
    /// Only so many bytes of the body are sent.
    pub cut: Option<usize>,
    /// Then the connection stays open, silent.
    pub hang: bool,
    /// A pause after each 64 KiB.
    pub pace: Duration,
    /// A pause once, after so many bytes.
    pub pause: Option<(usize, Duration)>,
}

impl Answer {
    /// A status and nothing else.
    pub fn status(status: u16) -> Self {
        Self { status, head: vec!["Content-Length: 0".to_owned()], ..Self::default() }
    }

    /// A way on.
    pub fn redirect(to: &str) -> Self {
        let head = vec![format!("Location: {to}"), "Content-Length: 0".to_owned()];
        Self { status: 302, head, ..Self::default() }
    }

    /// A file whose length is told as `length`.
    pub fn lying(bytes: &[u8], length: u64) -> Self {
        Self { head: vec![format!("Content-Length: {length}")], body: bytes.to_vec(), ..Self::default() }
    }

    /// A file as a good server gives it, or the rest of it.
    pub fn file(asked: &Asked, bytes: &[u8], etag: &str) -> Self {
        let all = bytes.len();
        let tag = format!("ETag: \"{etag}\"");
        let may_go_on = asked.if_range.as_ref().is_none_or(|known| known.trim_matches('"') == etag);
        match asked.from.filter(|_| may_go_on) {
            Some(from) if from >= all => {
                let head = vec![format!("Content-Range: bytes */{all}"), "Content-Length: 0".to_owned()];
                Self { status: 416, head, ..Self::default() }
            }
            Some(from) => {
                let range = format!("Content-Range: bytes {from}-{}/{all}", all - 1);
                let head = vec![range, tag, format!("Content-Length: {}", all - from)];
                Self { status: 206, head, body: bytes.get(from..).unwrap_or_default().to_vec(), ..Self::default() }
            }
            None => {
                let head = vec![tag, format!("Content-Length: {all}"), "Accept-Ranges: bytes".to_owned()];
                Self { head, body: bytes.to_vec(), ..Self::default() }
            }
        }
    }

    /// Ends in the middle of the body.
    pub fn cut(self, bytes: usize) -> Self {
        Self { cut: Some(bytes), ..self }
    }

    /// Stays silent after what it sends.
    pub fn hang(self) -> Self {
        Self { hang: true, ..self }
    }

    /// Stands still for a while after so many bytes.
    pub fn pause(self, bytes: usize, length: Duration) -> Self {
        Self { pause: Some((bytes, length)), ..self }
    }

    /// Takes its time.
    pub fn slow(self, pace: Duration) -> Self {
        Self { pace, ..self }
    }
}

type Plan = dyn Fn(&Asked) -> Answer + Send + Sync;

/// The server. Its threads end with it.
pub struct Depot {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    closed: Arc<AtomicBool>,
}

impl std::fmt::Debug for Depot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Depot").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Depot {
    /// Answers each request as `plan` says.
    pub fn open(plan: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let (asked, closed, plan) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicBool>::default(), Arc::new(plan));
        let depot = Self { address, asked: Arc::clone(&asked), closed: Arc::clone(&closed) };
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if closed.load(Ordering::Relaxed) {
                    return;
                }
                let (asked, closed, plan) = (Arc::clone(&asked), Arc::clone(&closed), Arc::clone(&plan));
                // A client that goes away is no concern of ours.
                thread::spawn(move || drop(serve(socket, &asked, &closed, &*plan)));
            }
        });
        depot
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no test thread panics with it").clone()
    }

    /// First bytes of the ranges that were asked for.
    pub fn ranges(&self) -> Vec<Option<usize>> {
        self.asked().into_iter().map(|asked| asked.from).collect()
    }
}

impl Drop for Depot {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address.trim_start_matches("http://")));
    }
}

fn serve(mut socket: TcpStream, all: &Mutex<Vec<Asked>>, closed: &AtomicBool, plan: &Plan) -> std::io::Result<()> {
    let mut asked = Asked::default();
    for line in BufReader::new(socket.try_clone()?).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("GET ") {
            asked.path = rest.split(' ').next().unwrap_or_default().to_owned();
        }
        match line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value)) {
            Some((name, value)) if name == "range" => {
                asked.from = value.trim_start_matches("bytes=").trim_end_matches('-').parse().ok();
            }
            Some((name, value)) if name == "if-range" => asked.if_range = Some(value.to_owned()),
            _ => {}
        }
    }
    {
        let mut all = all.lock().expect("no test thread panics with it");
        asked.before = all.len();
        all.push(asked.clone());
    }
    let answer = plan(&asked);
    let status = if answer.status == 0 { 200 } else { answer.status };
    let head: String = answer.head.iter().map(|line| format!("{line}\r\n")).collect();
    write!(socket, "HTTP/1.1 {status} Said\r\nConnection: close\r\n{head}\r\n")?;
    let body = answer.body.get(..answer.cut.unwrap_or(usize::MAX).min(answer.body.len())).unwrap_or_default();
    let mut pause = answer.pause;
    let mut sent = 0;
    for piece in body.chunks(64 << 10) {
        socket.write_all(piece)?;
        sent += piece.len();
        if let Some((_, length)) = pause.take_if(|(bytes, _)| sent >= *bytes) {
            socket.flush()?;
            thread::sleep(length);
        }
        thread::sleep(answer.pace);
    }
    socket.flush()?;
    // Longer than any client waits that notices.
    let patience = Instant::now();
    while answer.hang && !closed.load(Ordering::Relaxed) && patience.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
