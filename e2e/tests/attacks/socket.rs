//! A hostile or broken client of the socket.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use silhueta_e2e::client::request;
use silhueta_e2e::{Client, Server, raw};
use silhueta_shared::protocol::{
    Answer, Ask, ClientMessage, ErrorCode, HelperMessage, JobId, MAX_CLIENT_MESSAGE, Page, VERSION, decode, encode,
};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use super::assert_well;

const SOON: Duration = Duration::from_secs(10);

/// Makes the n-th message of a flood.
type Flood = dyn Fn(u32) -> Vec<u8> + Sync;

/// The next refusal of a message that could not be read.
async fn refused(client: &mut Client) -> ErrorCode {
    let refusal = |message: &HelperMessage| match message {
        HelperMessage::Refused { error, .. } => Some(error.code),
        _ => None,
    };
    client.wait_for("a refusal", SOON, refusal).await
}

/// Panics unless the client is still answered.
async fn assert_answered(client: &mut Client) {
    assert!(matches!(client.ask(Ask::Roots).await, Ok(Answer::Roots(_))));
}

#[tokio::test]
async fn a_message_that_cannot_be_read_is_refused_and_the_socket_stays() {
    let Some(server) = Server::start("attacks: messages") else { return };
    let mut client = Client::connect(&server).await;
    let grant = encode(&ClientMessage::Grant).unwrap();
    let stop = encode(&ClientMessage::Ask { id: 1, ask: Ask::Stop { job: JobId::new(77).unwrap() } }).unwrap();
    let zero = stop.iter().map(|byte| if *byte == 77 { 0 } else { *byte }).collect();
    for (name, bytes) in [
        ("nothing", vec![]),
        ("noise", vec![0xc1; 300]),
        ("a number", vec![7]),
        ("nil", vec![0xc0]),
        ("an unknown message", b"\xa5hallo".to_vec()),
        ("a message of the helper", encode(&HelperMessage::Closing).unwrap()),
        ("two messages in one", [grant.clone(), grant.clone()].concat()),
        ("half a message", stop[..stop.len() - 1].to_vec()),
        ("a list of 2^32-1", b"\x81\xa3ask\xdd\xff\xff\xff\xff".to_vec()),
        (
            "a text of 2^32-1",
            b"\x81\xa3ask\x82\xa2id\x01\xa3ask\x81\xa9open_root\x81\xa4path\xdb\xff\xff\xff\xff".to_vec(),
        ),
        ("nested 100,000 deep", vec![0x91; 100_000]),
        ("nested maps", b"\x81\xa1x".repeat(50_000)),
        ("a job named 0", zero),
        ("an unknown field", b"\x81\xa5watch\x83\xa4page\xa9processar\xa2on\xc3\xa1x\x01".to_vec()),
        ("a page nobody knows", b"\x81\xa5watch\x82\xa4page\xa4moon\xa2on\xc3".to_vec()),
    ] {
        client.send_raw(bytes).await;
        let code = refused(&mut client).await;
        println!("  {name:<40} {code:?}");
        assert_eq!(code, ErrorCode::Malformed, "{name}");
    }
    client.socket.send(Message::Text("{\"grant\":null}".into())).await.unwrap();
    assert_eq!(refused(&mut client).await, ErrorCode::Malformed);
    client.send(&ClientMessage::Hello { protocol: VERSION, resume: None }).await;
    assert_eq!(refused(&mut client).await, ErrorCode::OutOfOrder);
    assert_answered(&mut client).await;
    assert_well(&server);
}

#[tokio::test]
async fn hello_comes_first_and_speaks_our_version() {
    let Some(server) = Server::start("attacks: hello") else { return };
    let (mut socket, _) = connect_async(request(&server)).await.unwrap();
    for (message, code) in [
        (ClientMessage::Grant, ErrorCode::OutOfOrder),
        (ClientMessage::Watch { page: Page::Processar, on: true }, ErrorCode::OutOfOrder),
        (ClientMessage::Ask { id: 1, ask: Ask::Roots }, ErrorCode::OutOfOrder),
        (ClientMessage::Hello { protocol: 0, resume: None }, ErrorCode::UnsupportedProtocol),
        (ClientMessage::Hello { protocol: u32::MAX, resume: None }, ErrorCode::UnsupportedProtocol),
    ] {
        socket.send(Message::Binary(encode(&message).unwrap().into())).await.unwrap();
        let reply = loop {
            if let Message::Binary(bytes) = socket.next().await.unwrap().unwrap() {
                break decode::<HelperMessage>(&bytes).unwrap();
            }
        };
        let HelperMessage::Refused { error, .. } = reply else { panic!("{message:?} was answered: {reply:?}") };
        assert_eq!(error.code, code, "{message:?}");
    }
    // Nobody who doesn't say hello stays, or hears anything.
    let silent = tokio::time::timeout(Duration::from_secs(15), async {
        while let Some(Ok(message)) = socket.next().await {
            assert!(!matches!(message, Message::Binary(_)), "something was told to a stranger");
        }
    });
    silent.await.expect("a socket without hello is closed");
}

#[tokio::test]
async fn a_guessed_resume_token_is_nobodys() {
    let Some(server) = Server::start("attacks: resume") else { return };
    let mut first = Client::connect(&server).await;
    let (token, session) = (first.resume.clone(), first.session);
    assert!(token.len() >= 32, "a short secret: {token:?}");
    // In use: a copy of it is a session of its own.
    let copy = first.copied(&server).await;
    assert!(!copy.resumed && copy.session != session && copy.resume != token);
    for guess in ["", "0", &token[..token.len() - 1], &token.to_uppercase(), &"a".repeat(100_000)] {
        let guesser = Client::again(&server, guess).await;
        assert!(!guesser.resumed && guesser.session != session);
    }
    first.leave().await;
    let again = Client::again(&server, &token).await;
    assert!(again.resumed && again.session == session);
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_its_socket_and_nobody_elses() {
    let Some(server) = Server::start("attacks: large messages") else { return };
    let mut other = Client::connect(&server).await;
    for size in [MAX_CLIENT_MESSAGE + 1, 8 << 20, 64 << 20] {
        let mut client = Client::connect(&server).await;
        // It may be cut off while it sends.
        let _ = client.socket.send(Message::Binary(vec![0xc0; size].into())).await;
        let ended = tokio::time::timeout(SOON, async {
            while let Some(Ok(message)) = client.socket.next().await {
                if matches!(message, Message::Close(_)) {
                    break;
                }
            }
        });
        ended.await.unwrap_or_else(|_| panic!("a message of {size} bytes didn't end the socket"));
        assert_answered(&mut other).await;
    }
    // At the limit it is only refused.
    other.send_raw(vec![0xc0; MAX_CLIENT_MESSAGE]).await;
    assert_eq!(refused(&mut other).await, ErrorCode::Malformed);
    assert_well(&server);
}

/// Frames that no WebSocket library sends.
#[test]
fn frames_against_the_rules_end_the_socket() {
    let Some(server) = Server::start("attacks: frames") else { return };
    let masked = |head: &[u8]| [head, &[0, 0, 0, 0]].concat();
    for (name, frame) in [
        ("not masked", b"\x82\x01\xc0".to_vec()),
        ("reserved bits", [&masked(b"\xf2\x81")[..], b"\xc0"].concat()),
        ("an unknown kind", [&masked(b"\x83\x81")[..], b"\xc0"].concat()),
        ("a ping of 200 bytes", [&masked(b"\x89\xfe\x00\xc8")[..], &[0; 200]].concat()),
        ("a ping in pieces", masked(b"\x09\x80")),
        ("a length of 2^63", masked(b"\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00")),
        ("a length of 2^62", masked(b"\x82\xff\x40\x00\x00\x00\x00\x00\x00\x00")),
        ("a piece of nothing before", [&masked(b"\x80\x81")[..], b"\xc0"].concat()),
        ("text that is no UTF-8", [&masked(b"\x81\x82")[..], b"\xff\xfe"].concat()),
        (
            "pieces without end",
            [masked(b"\x02\xfe\x40\x00"), vec![0; 0x4000]]
                .concat()
                .iter()
                .copied()
                .chain((0..40).flat_map(|_| [masked(b"\x00\xfe\x40\x00"), vec![0; 0x4000]].concat()))
                .collect(),
        ),
    ] {
        let mut socket = raw::connect(&server);
        socket.write_all(&raw::upgrade(&server, "")).unwrap();
        assert_eq!(raw::read(&mut socket).status, 101);
        let _ = socket.write_all(&frame);
        socket.set_read_timeout(Some(SOON)).unwrap();
        let mut rest = Vec::new();
        let ended = socket.read_to_end(&mut rest);
        println!("  {name:<40} {}", if ended.is_ok() { "closed" } else { "reset" });
        let is_silence =
            ended.is_err_and(|e| matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
        assert!(!is_silence, "{name}: the socket stays open");
        assert!(!rest.windows(7).any(|word| word == b"welcome"));
    }
    assert_well(&server);
}

#[tokio::test]
async fn a_flood_is_answered_or_cut_and_others_do_not_notice() {
    let Some(server) = Server::start("attacks: floods") else { return };
    let mut other = Client::connect(&server).await;
    let ask = |id| encode(&ClientMessage::Ask { id, ask: Ask::Roots }).unwrap();
    let grant = |_| encode(&ClientMessage::Grant).unwrap();
    let watch = |n: u32| {
        let page = Page::ALL[n as usize % 9];
        encode(&ClientMessage::Watch { page, on: n.is_multiple_of(2) }).unwrap()
    };
    let noise = |_| vec![0xc1];
    let inspect = |id| {
        let source = silhueta_shared::protocol::SourceRef::Path { path: "/nowhere.mp4".into() };
        encode(&ClientMessage::Ask { id, ask: Ask::Inspect { source } }).unwrap()
    };
    let floods: [(&str, &Flood, u32); 5] = [
        ("1,000 questions, nothing read", &ask, 1000),
        ("100,000 grants", &grant, 100_000),
        ("10,000 watches", &watch, 10_000),
        ("10,000 unreadable messages, nothing read", &noise, 10_000),
        ("3,000 slow questions", &inspect, 3000),
    ];
    for (name, message, times) in floods {
        let mut client = Client::connect(&server).await;
        let mut sent = 0;
        for n in 0..times {
            let one = client.socket.send(Message::Binary(message(n).into()));
            if !matches!(tokio::time::timeout(SOON, one).await, Ok(Ok(()))) {
                break;
            }
            sent += 1;
        }
        let began = std::time::Instant::now();
        assert_answered(&mut other).await;
        let waited = began.elapsed();
        println!("  {name:<44} {sent} taken; another client waited {waited:?}");
        assert!(waited < Duration::from_secs(5), "{name}: another client waited {waited:?}");
    }
    assert_well(&server);
}
