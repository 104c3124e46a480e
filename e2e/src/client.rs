//! A client of the socket in Rust: what a page would say and hear, without a page.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use silhueta_shared::protocol::{
    Answer, Ask, ClientMessage, HelperMessage, JobId, JobSettings, JobView, PATH, Page, PreviewFrame, RunId, SessionId,
    Snapshot, SourceRef, StartRun, VERSION, WireError, decode, encode,
};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Server;

/// The longest that an answer may take on a busy machine.
const ANSWER: Duration = Duration::from_secs(30);

/// The longest that anything may take: the machine's state alone comes every other second.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connected client with what it was told on arrival.
#[derive(Debug)]
pub struct Client {
    /// This session.
    pub session: SessionId,
    /// Takes it up again.
    pub resume: String,
    /// Whether it was taken up again.
    pub resumed: bool,
    /// What there was on arrival.
    pub snapshot: Snapshot,
    /// The socket, for what no good client does.
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    unread: VecDeque<HelperMessage>,
    /// Of a message that told several things at once.
    parts: VecDeque<HelperMessage>,
    last: u32,
}

impl Client {
    /// Connects as a program does: without an origin.
    pub async fn connect(server: &Server) -> Self {
        Self::greet(request(server), None).await
    }

    /// Connects and takes an earlier session up again.
    pub async fn again(server: &Server, resume: &str) -> Self {
        Self::greet(request(server), Some(resume.to_owned())).await
    }

    /// Connects with this client's token while this one is there and answers, as a copied page does.
    pub async fn copied(&mut self, server: &Server) -> Self {
        let token = self.resume.clone();
        let copy = Self::again(server, &token);
        tokio::pin!(copy);
        loop {
            tokio::select! {
                copy = &mut copy => return copy,
                // Whoever is read is seen to be there.
                answer = self.ask(Ask::PauseQueue { on: false }) => assert_eq!(answer, Ok(Answer::Done)),
            }
        }
    }

    /// Connects as our own page does: with our origin.
    pub async fn as_page(server: &Server) -> Self {
        let mut request = request(server);
        let origin = server.address.parse().expect("an address is a header");
        request.headers_mut().insert("origin", origin);
        Self::greet(request, None).await
    }

    async fn greet(request: Request, resume: Option<String>) -> Self {
        let (mut socket, _) = connect_async(request).await.expect("the socket opens");
        let hello = encode(&ClientMessage::Hello { protocol: VERSION, resume }).expect("hello is encoded");
        socket.send(Message::Binary(hello.into())).await.expect("hello is sent");
        let welcome = tokio::time::timeout(ANSWER, next(&mut socket)).await.expect("welcome comes in time");
        let Some(HelperMessage::Welcome { session, resume, resumed, snapshot, .. }) = welcome else {
            panic!("not welcome: {welcome:?}");
        };
        Self {
            session,
            resume,
            resumed,
            snapshot: *snapshot,
            socket,
            unread: VecDeque::new(),
            parts: VecDeque::new(),
            last: 0,
        }
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &ClientMessage) {
        let bytes = encode(message).expect("it is encoded");
        self.send_raw(bytes).await;
    }

    /// Sends bytes as a message.
    pub async fn send_raw(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::Binary(bytes.into())).await.expect("it is sent");
    }

    /// Asks and waits for the answer; what else comes meanwhile is kept for [`Client::wait_for`].
    ///
    /// # Errors
    /// The helper's refusal.
    pub async fn ask(&mut self, ask: Ask) -> Result<Answer, WireError> {
        self.last += 1;
        let own = self.last;
        let asked = format!("{ask:?}");
        self.send(&ClientMessage::Ask { id: own, ask }).await;
        let end = Instant::now() + ANSWER;
        loop {
            match self.receive(end, &asked).await {
                HelperMessage::Answer { id, answer } if id == own => return Ok(answer),
                HelperMessage::Refused { id: Some(id), error } if id == own => return Err(error),
                other => self.unread.push_back(other),
            }
        }
    }

    /// Starts work on files by their paths, with the smallest networks.
    pub async fn start(&mut self, paths: &[&std::path::Path], settings: JobSettings) -> (RunId, Vec<JobId>) {
        let source = |path: &&std::path::Path| SourceRef::Path { path: path.display().to_string() };
        let sources = paths.iter().map(source).collect();
        match self.ask(Ask::Start(StartRun { page: Page::Processar, sources, settings, attached: false })).await {
            Ok(Answer::Started { run, jobs }) => (run, jobs),
            other => panic!("not started: {other:?}"),
        }
    }

    /// Reads on until `wanted` finds what it looks for; what it passes over is gone.
    pub async fn wait_for<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut wanted: impl FnMut(&HelperMessage) -> Option<T>,
    ) -> T {
        let end = Instant::now() + limit;
        loop {
            let message = match self.unread.pop_front() {
                Some(message) => message,
                None => self.receive(end, what).await,
            };
            if let Some(found) = wanted(&message) {
                return found;
            }
        }
    }

    /// The next message, however long it takes within a test's patience.
    pub async fn next(&mut self) -> HelperMessage {
        match self.unread.pop_front() {
            Some(message) => message,
            None => self.receive(Instant::now() + PATIENCE, "any message").await,
        }
    }

    /// Reads on until the job is as wished.
    pub async fn wait_for_job(&mut self, job: JobId, limit: Duration, wanted: impl Fn(&JobView) -> bool) -> JobView {
        let of_job = |message: &HelperMessage| match message {
            HelperMessage::Job(view) if view.id == job && wanted(view) => Some((**view).clone()),
            _ => None,
        };
        self.wait_for(&format!("job {job}"), limit, of_job).await
    }

    /// Reads on until a picture comes.
    pub async fn picture(&mut self, limit: Duration) -> PreviewFrame {
        let picture = |message: &HelperMessage| match message {
            HelperMessage::Preview(frame) => Some((**frame).clone()),
            _ => None,
        };
        self.wait_for("a picture", limit, picture).await
    }

    /// Listens for a while, as any client must; what comes is kept for [`Client::wait_for`].
    pub async fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(Some(message)) = tokio::time::timeout_at(end, next(&mut self.socket)).await {
            self.unread.push_back(message);
        }
    }

    /// Watches Processar's work, or no longer.
    pub async fn watch(&mut self, on: bool) {
        self.send(&ClientMessage::Watch { page: Page::Processar, on }).await;
    }

    /// Grants pictures.
    pub async fn grant(&mut self, pictures: usize) {
        for _ in 0..pictures {
            self.send(&ClientMessage::Grant).await;
        }
    }

    /// Leaves, politely, and waits until the helper has let go of the socket.
    pub async fn leave(mut self) -> String {
        self.socket.close(None).await.expect("the socket closes");
        let gone = async { while self.socket.next().await.is_some_and(|message| message.is_ok()) {} };
        tokio::time::timeout(ANSWER, gone).await.expect("the helper lets go");
        self.resume
    }

    async fn receive(&mut self, end: Instant, what: &str) -> HelperMessage {
        loop {
            if let Some(part) = self.parts.pop_front() {
                return part;
            }
            let message = tokio::time::timeout_at(end, next(&mut self.socket)).await;
            let message = message.unwrap_or_else(|_| panic!("waited in vain for {what}"));
            match message.unwrap_or_else(|| panic!("the socket ended before {what}")) {
                HelperMessage::Jobs(views) => {
                    self.parts.extend(views.into_iter().map(|view| HelperMessage::Job(Box::new(view))));
                }
                HelperMessage::Logs(lines) => {
                    self.parts.extend(lines.into_iter().map(|(job, line)| HelperMessage::Log { job, line }));
                }
                one => return one,
            }
        }
    }
}

/// What opens the socket.
pub fn request(server: &Server) -> Request {
    let url = format!("ws://{}{PATH}", server.host());
    url.into_client_request().expect("an address of a socket")
}

/// The small networks, for tests that are not about accuracy.
pub fn fast() -> JobSettings {
    JobSettings { detector: Some("rtmdet_nano".to_owned()), ..JobSettings::default() }
}

/// The next message; `None` when the socket has ended.
async fn next(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> Option<HelperMessage> {
    loop {
        match socket.next().await?.ok()? {
            Message::Binary(bytes) => return Some(decode(&bytes).expect("the helper's message is of the protocol")),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}
