//! Clients that hold on to what they have: half a request, half a socket, all the connections.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use silhueta_e2e::raw::{self, request};
use silhueta_e2e::{Client, Server};
use silhueta_shared::protocol::{Answer, Ask};

use super::assert_well;

/// What the helper grants a head, and time for a busy machine.
const PATIENCE: Duration = Duration::from_secs(25);

#[test]
fn a_head_that_never_ends_is_cut() {
    let Some(server) = Server::start("attacks: slow heads") else { return };
    let own = server.host();
    let beginnings = [
        ("nothing at all", String::new()),
        ("one letter", "G".to_owned()),
        ("half a line", "GET / HT".to_owned()),
        ("a line", "GET / HTTP/1.1\r\n".to_owned()),
        ("a line and half a header", format!("GET /health HTTP/1.1\r\nHost: {own}\r\nX-Slow: ")),
    ];
    let mut sockets: Vec<_> = beginnings
        .iter()
        .map(|(name, head)| {
            let mut socket = raw::connect(&server);
            socket.write_all(head.as_bytes()).unwrap();
            socket.set_nonblocking(true).unwrap();
            (*name, socket, None)
        })
        .collect();
    // Each gets another letter every half second, as a slow attacker does.
    let began = Instant::now();
    while began.elapsed() < PATIENCE && sockets.iter().any(|(_, _, ended)| ended.is_none()) {
        for (name, socket, ended) in sockets.iter_mut().filter(|(_, _, ended)| ended.is_none()) {
            let mut rest = [0; 1000];
            let is_over = match socket.read(&mut rest) {
                Ok(n) => n == 0,
                Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
            };
            if is_over || (*name != "nothing at all" && socket.write_all(b"a").is_err()) {
                *ended = Some(began.elapsed());
            }
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    for (name, _, ended) in &sockets {
        println!("  {name:<40} {}", ended.map_or("still open".to_owned(), |after| format!("closed after {after:.1?}")));
    }
    assert!(sockets.iter().all(|(_, _, ended)| ended.is_some()), "some are still open");
    assert_well(&server);
}

#[tokio::test]
async fn those_who_are_in_stay_in_when_all_connections_are_taken() {
    let Some(server) = Server::start("attacks: connections") else { return };
    let mut client = Client::connect(&server).await;
    let mut idle: Vec<_> = (0..600).filter_map(|_| std::net::TcpStream::connect(server.host()).ok()).collect();
    println!("  {} connections that say nothing", idle.len());
    for _ in 0..3 {
        assert!(matches!(client.ask(Ask::Roots).await, Ok(Answer::Roots(_))));
    }
    // Silence is cut, so that others get in again while the attacker still holds his ends.
    let end = Instant::now() + PATIENCE;
    loop {
        let reply = raw::send(&server, &request(&server, "GET", "/health", "", ""));
        if reply.status == 200 {
            break;
        }
        assert!(Instant::now() < end, "nobody gets in any more");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    idle.clear();
    // Sockets that open and never say hello.
    let mut silent: Vec<_> = (0..100)
        .map(|_| {
            let mut socket = raw::connect(&server);
            socket.write_all(&raw::upgrade(&server, "")).unwrap();
            socket
        })
        .collect();
    assert!(matches!(client.ask(Ask::Roots).await, Ok(Answer::Roots(_))));
    assert_well(&server);
    silent.clear();
}

#[tokio::test]
async fn there_is_a_limit_of_clients_and_it_is_said() {
    let Some(server) = Server::start("attacks: clients") else { return };
    let mut clients = Vec::new();
    for _ in 0..64 {
        clients.push(Client::connect(&server).await);
    }
    use futures_util::{SinkExt as _, StreamExt as _};
    use silhueta_shared::protocol::{ClientMessage, ErrorCode, HelperMessage, VERSION, decode, encode};
    use tokio_tungstenite::tungstenite::Message;
    let (mut socket, _) = tokio_tungstenite::connect_async(silhueta_e2e::client::request(&server)).await.unwrap();
    let hello = encode(&ClientMessage::Hello { protocol: VERSION, resume: None }).unwrap();
    socket.send(Message::Binary(hello.into())).await.unwrap();
    let bytes = loop {
        match socket.next().await {
            Some(Ok(Message::Binary(bytes))) => break bytes,
            Some(Ok(Message::Ping(_))) => {}
            other => panic!("no word of why: {other:?}"),
        }
    };
    let HelperMessage::Refused { error, .. } = decode(&bytes).unwrap() else { panic!("client 65 was taken") };
    assert_eq!(error.code, ErrorCode::TooLarge);
    drop(socket);
    clients.pop().unwrap().leave().await;
    // A place is free again.
    Client::connect(&server).await;
    assert!(matches!(clients[0].ask(Ask::Roots).await, Ok(Answer::Roots(_))));
}

/// Readers that don't read hold up neither the helper nor its end.
#[tokio::test]
async fn readers_that_do_not_read_do_not_hold_up_the_end() {
    let Some(mut server) = Server::start("attacks: readers") else { return };
    let feed = |path: &str| {
        let mut socket = raw::connect(&server);
        socket.write_all(&request(&server, "GET", path, "", "")).unwrap();
        socket
    };
    let _feeds: Vec<_> = (0..20).map(|_| feed("/video_feed")).collect();
    let _halves: Vec<_> = (0..20)
        .map(|_| {
            let mut socket = raw::connect(&server);
            socket.write_all(b"POST /api/v1/access HTTP/1.1\r\nHost: ").unwrap();
            socket
        })
        .collect();
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(Client::connect(&server).await);
    }
    assert_well(&server);
    server.interrupt();
}
