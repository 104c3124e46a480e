//! Connections that clients keep: silent ones stay, slow heads don't, and silence makes room.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use silhueta_e2e::{Server, raw};

/// Connections that the helper takes at the same time.
const MOST: usize = 256;
/// Longer than a head may take.
const SILENCE: Duration = Duration::from_secs(12);

fn ask(socket: &mut TcpStream, server: &Server) -> u16 {
    let request = format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", server.host());
    // It may have been closed.
    let _ = socket.write_all(request.as_bytes());
    raw::read(socket).status
}

#[test]
fn a_silent_connection_stays_until_its_place_is_needed_and_a_slow_head_is_cut_on_any() {
    let Some(server) = Server::start("compat: keep-alive") else { return };
    let mut slow = raw::connect(&server);
    assert_eq!(ask(&mut slow, &server), 200);
    let mut silent: Vec<_> = (1..MOST).map(|_| raw::connect(&server)).collect();
    for (n, socket) in silent.iter_mut().enumerate() {
        assert_eq!(ask(socket, &server), 200);
        if n == 1 {
            // Silent clearly longer than the others, also where the machine is busy.
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    // The first one says its second head letter by letter, all others nothing.
    slow.set_nonblocking(true).unwrap();
    slow.write_all(b"GET /health HTTP/1.1\r\nX-Slow: ").unwrap();
    let (began, mut cut) = (Instant::now(), None);
    while began.elapsed() < SILENCE || (cut.is_none() && began.elapsed() < 2 * SILENCE) {
        let is_closed = match slow.read(&mut [0; 100]) {
            Ok(n) => n == 0,
            Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
        };
        if cut.is_none() && (is_closed || slow.write_all(b"a").is_err()) {
            cut = Some(began.elapsed());
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    println!("a slow second head was cut after {:.1?}", cut.expect("the slow head was not cut"));
    let mut last = silent.pop().unwrap();
    assert_eq!(ask(&mut last, &server), 200, "closed after {:.1?} of silence", began.elapsed());
    // Full again, and two more: those who were silent longest leave.
    let mut more: Vec<_> = (0..3).map(|_| raw::connect(&server)).collect();
    for socket in &mut more {
        assert_eq!(ask(socket, &server), 200, "nobody made room");
    }
    for socket in &mut silent[..2] {
        socket.set_read_timeout(Some(SILENCE)).unwrap();
        // Asked before it has noticed, it would still answer.
        match socket.read(&mut [0]) {
            Ok(n) => assert_eq!(n, 0, "one who was silent longest was told something"),
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "one who was silent longest stays");
            }
        }
    }
    assert_eq!(ask(&mut last, &server), 200, "one who just spoke had to leave");
    assert_eq!(ask(&mut silent[100], &server), 200);
}
