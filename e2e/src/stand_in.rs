//! A helper made of words: it serves the built page, and says over the socket what a test gives it. For what the real
//! one shows too seldom or only after hours.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt as _, StreamExt as _};
use silhueta_shared::protocol::{
    Answer, Ask, ClientMessage, HelperMessage, SessionId, Snapshot, VERSION, WireError, decode, encode,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

/// Messages that a slow page may be behind; then it misses some, which fails the test.
const BEHIND: usize = 1024;

/// What a request is answered with.
type Reply = dyn Fn(&Ask) -> Result<Answer, WireError> + Send + Sync;

/// Serves until it is dropped with its runtime.
#[derive(Debug)]
pub struct StandIn {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// What every page was asked to do, in order.
    asked: Arc<Mutex<Vec<Ask>>>,
    tell: broadcast::Sender<Vec<u8>>,
}

#[derive(Clone)]
struct Part {
    page: PathBuf,
    snapshot: Arc<Snapshot>,
    reply: Arc<Reply>,
    asked: Arc<Mutex<Vec<Ask>>>,
    tell: broadcast::Sender<Vec<u8>>,
}

impl StandIn {
    /// Serves the page that `SILHUETA_PAGE` names; each client is welcomed with this snapshot.
    pub async fn open(
        snapshot: Snapshot,
        reply: impl Fn(&Ask) -> Result<Answer, WireError> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let (tell, _) = broadcast::channel(BEHIND);
        let asked = Arc::<Mutex<Vec<Ask>>>::default();
        let part = Part {
            page: std::env::var_os("SILHUETA_PAGE").map(PathBuf::from).expect("SILHUETA_PAGE"),
            snapshot: Arc::new(snapshot),
            reply: Arc::new(reply),
            asked: Arc::clone(&asked),
            tell: tell.clone(),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(part.clone().serve(stream));
            }
        });
        Self { address, asked, tell }
    }

    /// Says something to every page.
    pub fn say(&self, message: &HelperMessage) {
        // Nobody may be there yet: then it is said to nobody.
        drop(self.tell.send(encode(message).expect("a message")));
    }

    /// What was asked of it so far.
    pub fn asked(&self) -> Vec<Ask> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Part {
    async fn serve(self, mut stream: TcpStream) {
        let mut head = [0; 4096];
        // A browser sends its head in one piece.
        let Ok(length) = stream.peek(&mut head).await else { return };
        let head = String::from_utf8_lossy(&head[..length]).into_owned();
        if head.to_lowercase().contains("upgrade: websocket") {
            return self.talk(stream).await;
        }
        let path = head.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
        let name = if path.contains('.') && !path.contains('/') { path.as_str() } else { "index.html" };
        let kind = match name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            Some("wasm") => "application/wasm",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let (status, bytes) = match std::fs::read(self.page.join(name)) {
            Ok(bytes) => ("200 OK", bytes),
            Err(_) => ("404 Not Found", Vec::new()),
        };
        let length = bytes.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        let mut asked = vec![0; 4096];
        // What was only looked at is taken, so that closing tells no error. A page that went away needs no answer.
        drop(stream.read(&mut asked).await);
        drop(stream.write_all(&[head.into_bytes(), bytes].concat()).await);
        drop(stream.shutdown().await);
    }

    async fn talk(self, stream: TcpStream) {
        let mut said = self.tell.subscribe();
        let mut socket = accept_async(stream).await.expect("a socket");
        loop {
            let bytes = tokio::select! {
                said = said.recv() => said.expect("the page is not that far behind"),
                heard = socket.next() => {
                    let Some(Ok(heard)) = heard else { return };
                    let Message::Binary(bytes) = heard else { continue };
                    match self.answer(&decode(&bytes).expect("a message of the protocol")) {
                        Some(answer) => encode(&answer).expect("an answer"),
                        None => continue,
                    }
                }
            };
            if socket.send(Message::Binary(bytes.into())).await.is_err() {
                return;
            }
        }
    }

    fn answer(&self, message: &ClientMessage) -> Option<HelperMessage> {
        match message {
            ClientMessage::Hello { .. } => Some(HelperMessage::Welcome {
                protocol: VERSION,
                app: env!("CARGO_PKG_VERSION").to_owned(),
                session: SessionId::new(1).expect("a number"),
                resume: "again".to_owned(),
                resumed: false,
                snapshot: Box::new((*self.snapshot).clone()),
            }),
            ClientMessage::Ask { id, ask } => {
                self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(ask.clone());
                Some(match (self.reply)(ask) {
                    Ok(answer) => HelperMessage::Answer { id: *id, answer },
                    Err(error) => HelperMessage::Refused { id: Some(*id), error },
                })
            }
            ClientMessage::Watch { .. } | ClientMessage::Grant => None,
        }
    }
}
