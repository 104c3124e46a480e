//! Uploads that want to be somewhere else, larger than allowed, or never finished.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use silhueta_e2e::raw::{self, Reply, request};
use silhueta_e2e::{Client, Server};
use silhueta_shared::protocol::{Answer, Ask, ErrorCode, SourceRef, UploadDone};

use super::{assault, assert_well, careless};

fn send(server: &Server, client: &Client, name: &str, headers: &str, body: &str) -> Reply {
    let headers = format!("x-silhueta-session: {}\r\n{headers}", client.session);
    let reply = raw::send(server, &request(server, "POST", &format!("/api/v1/uploads?name={name}"), &headers, body));
    assert_eq!(careless(&reply), Vec::<String>::new(), "{name}");
    reply
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// Waits until the folder of uploads holds so many files.
fn wait_for_files(server: &Server, wanted: usize) {
    let end = Instant::now() + Duration::from_secs(10);
    let folder = server.state().join("uploads");
    while files(&folder).len() != wanted {
        assert!(Instant::now() < end, "{:?} should be {wanted} files", files(&folder));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn a_hostile_name_becomes_a_plain_one_below_the_folder_or_is_refused() {
    let Some(server) = Server::start("attacks: names of uploads") else { return };
    let client = Client::as_page(&server).await;
    let before = files(server.helper.folder.path()).len();
    let long = "a".repeat(5000) + ".mp4";
    let names = [
        ("..%2f..%2fx.mp4", 201),
        ("..%5c..%5cx.mp4", 201),
        ("%2fetc%2fcron.d%2fx.mp4", 201),
        ("C%3a%5cx.mp4", 201),
        ("...x.mp4", 201),
        ("-rf.mp4", 201),
        ("a%0d%0aX-Evil%3a%201.mp4", 201),
        ("%3cscript%3ealert(1)%3c%2fscript%3e.mp4", 201),
        ("x%00.mp4", 201),
        ("x.mp4%00.txt", 400),
        (".bashrc", 400),
        ("..", 400),
        ("", 400),
        ("x.txt", 400),
        ("x.mp4%2f", 400),
        ("nul.mp4", 400),
        ("COM1.avi", 400),
        ("%ff%fe.mp4", 201),
        ("jobs.db", 400),
        (&long, 201),
    ];
    let mut made = 0;
    for (name, wanted) in names {
        let reply = send(&server, &client, name, "", "a film");
        let short: String = name.chars().take(44).collect();
        println!("  {short:<46} {} {}", reply.short(), reply.text().chars().take(70).collect::<String>());
        assert!(reply.status == wanted, "{name}: {}", reply.text());
        assert!(reply.header("x-evil").is_none());
        if reply.status == 201 {
            made += 1;
            let done: UploadDone = serde_json::from_slice(&reply.body).unwrap();
            let path = server.state().join("uploads").join(done.upload.to_string()).join(&done.name);
            assert_eq!(std::fs::read(&path).unwrap(), b"a film", "{}", path.display());
            assert!(done.name.len() <= 255 && !done.name.contains(['/', '\\', '\0', '\n', '<']), "{}", done.name);
        }
    }
    assert!(made >= 6, "{made}");
    // The stores of the helper change; beside them only what was sent is new, and all of it in its place.
    wait_for_files(&server, made);
    let stray: Vec<_> = files(server.helper.folder.path())
        .into_iter()
        .filter(|path| {
            path.extension().is_some_and(|e| e == "mp4") && !path.starts_with(server.state().join("uploads"))
        })
        .collect();
    assert!(stray.is_empty(), "{stray:?} (before: {before})");
}

#[tokio::test]
async fn uploads_without_a_session_or_beyond_the_quota_are_refused_before_a_byte_is_kept() {
    let Some(server) = Server::start("attacks: quota of uploads") else { return };
    let client = Client::as_page(&server).await;
    let own = format!("x-silhueta-session: {}\r\n", client.session);
    let post = |headers: &str| request(&server, "POST", "/api/v1/uploads?name=a.mp4", headers, "");
    let announced = |bytes: &str| post(&format!("{own}Content-Length: {bytes}\r\n"));
    let attacks = vec![
        ("no session", request(&server, "POST", "/api/v1/uploads?name=a.mp4", "", "x"), &[400, 401, 403, 409][..]),
        ("session 0", request(&server, "POST", "/api/v1/uploads?name=a.mp4", "x-silhueta-session: 0\r\n", "x"), &[400]),
        (
            "another's guess",
            request(&server, "POST", "/api/v1/uploads?name=a.mp4", "x-silhueta-session: 999999999999\r\n", "x"),
            &[400],
        ),
        (
            "a session that is no number",
            request(&server, "POST", "/api/v1/uploads?name=a.mp4", "x-silhueta-session: a\r\n", "x"),
            &[400],
        ),
        ("no name", request(&server, "POST", "/api/v1/uploads", &own, "x"), &[400]),
        ("21 GiB announced", announced("22548578304"), &[507]),
        ("8 EiB announced", announced("9223372036854775807"), &[507, 400]),
        ("2^64-1 announced", announced("18446744073709551615"), &[507, 400, 431]),
        ("nothing in it", request(&server, "POST", "/api/v1/uploads?name=a.mp4", &own, ""), &[400]),
        (
            "a form",
            request(
                &server,
                "POST",
                "/api/v1/uploads?name=a.txt",
                &format!("{own}Content-Type: multipart/form-data; boundary=x\r\n"),
                "--x--",
            ),
            &[400],
        ),
    ];
    assault(&server, "uploads", attacks);
    wait_for_files(&server, 0);
    assert!(client.snapshot.upload_room <= 20 << 30);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let Some(server) = Server::start("attacks: broken uploads") else { return };
    let client = Client::as_page(&server).await;
    let begin = |length: &str| {
        let mut socket = raw::connect(&server);
        let head = format!(
            "POST /api/v1/uploads?name=a.mp4 HTTP/1.1\r\nHost: {}\r\nx-silhueta-session: {}\r\n{length}\r\n\r\n",
            server.host(),
            client.session
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket
    };
    // The connection ends in the middle.
    let mut socket = begin("Content-Length: 1000000");
    socket.write_all(&[7; 100_000]).unwrap();
    wait_for_files(&server, 1);
    drop(socket);
    wait_for_files(&server, 0);
    // A chunk's length lies.
    let mut socket = begin("Transfer-Encoding: chunked");
    socket.write_all(b"5\r\naaaaa\r\nzz\r\n").unwrap();
    assert_ne!(raw::read(&mut socket).status, 201);
    wait_for_files(&server, 0);
    // The session ends while it sends.
    let mut socket = begin("Content-Length: 1000000");
    socket.write_all(&[7; 100_000]).unwrap();
    wait_for_files(&server, 1);
    let resume = client.leave().await;
    wait_for_files(&server, 0);
    // It can go on sending: nobody listens.
    let _ = socket.write_all(&[7; 100_000]);
    let client = Client::again(&server, &resume).await;
    assert!(client.resumed);
    assert_well(&server);
    drop(client);
}

#[tokio::test]
async fn an_upload_in_use_or_gone_is_said_to_be_so() {
    let Some(server) = Server::start("attacks: names of finished uploads") else { return };
    let mut client = Client::as_page(&server).await;
    let reply = send(&server, &client, "a.mp4", "", "no film");
    let done: UploadDone = serde_json::from_slice(&reply.body).unwrap();
    // Another name for it changes nothing: it is found by its number.
    let source = SourceRef::Upload { upload: done.upload, name: "../../../etc/passwd".into() };
    let looked = client.ask(Ask::Inspect { source: source.clone() }).await;
    assert_eq!(looked.unwrap_err().code, ErrorCode::NotAVideo);
    assert_eq!(client.ask(Ask::DropUpload { upload: done.upload }).await, Ok(Answer::Done));
    assert_eq!(client.ask(Ask::DropUpload { upload: done.upload }).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(client.ask(Ask::Inspect { source }).await.unwrap_err().code, ErrorCode::NotFound);
    wait_for_files(&server, 0);
}
