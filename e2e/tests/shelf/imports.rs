//! Models that are sent.

use std::io::Cursor;
use std::time::Instant;

use silhueta_e2e::raw::{self, Reply};
use silhueta_shared::protocol::ModelImported;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

fn head(shelf: &Shelf, client: &Client, query: &str, headers: &str, length: usize) -> Vec<u8> {
    let (host, session) = (shelf.server.host(), client.session);
    let first = format!("POST /api/v1/models?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    format!("{first}x-silhueta-session: {session}\r\nContent-Length: {length}\r\n{headers}\r\n").into_bytes()
}

/// Sends a model whole.
pub(super) fn post(shelf: &Shelf, client: &Client, query: &str, headers: &str, body: &[u8]) -> Reply {
    raw::send(&shelf.server, &[&head(shelf, client, query, headers, body.len()), body].concat())
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn shelf(test: &str) -> Option<Shelf> {
    Shelf::new(test, |asked, net| Given::file(asked, net, "x"))
}

fn imported(reply: &Reply) -> ModelImported {
    assert_eq!(reply.status, 201, "{}", reply.text());
    serde_json::from_slice(&reply.body).unwrap()
}

#[tokio::test]
async fn a_network_or_an_archive_with_one_is_taken_in_and_never_replaces_another_unasked() {
    let Some(shelf) = shelf("shelf: import") else { return };
    let mut client = page(&shelf).await;
    let origin = format!("Origin: {}\r\n", shelf.server.address);
    let done = imported(&post(&shelf, &client, "name=My%20net.onnx", &origin, &shelf.network));
    assert_eq!((done.id.as_str(), done.about.as_str(), done.was_there), ("My net", "OSNet, 512 numbers", false));
    shelf_when(&mut client, |shelf| shelf.models.iter().any(|model| model.id == "My net")).await;
    assert!(shelf.is_whole("My net"));
    assert!(imported(&post(&shelf, &client, "name=..%2FMy%20net.onnx", &origin, &shelf.network)).was_there);

    let zip = archive(&[("a/end2end.onnx", &shelf.network), ("readme.txt", b"hello")]);
    assert_eq!(imported(&post(&shelf, &client, "name=packed.zip", &origin, &zip)).id, "packed");
    assert!(shelf.is_whole("packed"));

    let other = fs::read(shelf.server.helper.data.join("models/yunet_n_dynamic.onnx")).unwrap();
    let clash = post(&shelf, &client, "name=packed.onnx", &origin, &other);
    assert_eq!(clash.short(), "409 name_taken", "{}", clash.text());
    assert!(shelf.is_whole("packed"));
    assert_eq!(imported(&post(&shelf, &client, "name=packed.onnx&replace=1", &origin, &other)).id, "packed");
    let now = shelf_when(&mut client, |shelf| !shelf.removed.is_empty()).await;
    assert_eq!(now.removed[0].id, "packed-before");
    assert!(fs::read(shelf.folder().join("packed.onnx")).unwrap() == other);
    // The one that was there is not lost.
    client.ask(Ask::RestoreModel { id: "packed-before".to_owned() }).await.unwrap();
    assert!(shelf.is_whole("packed-before"));
    assert_eq!(shelf.models(), ["My net.onnx", "packed-before.onnx", "packed.onnx"]);
    assert!(shelf.parts().is_empty(), "{:?}", shelf.parts());
}

#[tokio::test]
async fn what_can_not_be_used_is_refused_with_the_way_out_and_leaves_nothing() {
    let Some(shelf) = shelf("shelf: import refused") else { return };
    let client = page(&shelf).await;
    let net = &shelf.network;
    // A weight that lies in another file: a second piece of the graph, as protobuf allows.
    let external = [&net[..], b"\x3a\x04\x2a\x02\x70\x01"].concat();
    let two = archive(&[("a.onnx", net), ("b.onnx", net)]);
    let torch = archive(&[("best/data.pkl", b"pickle"), ("best/version", b"3")]);
    let cases: [(&str, &[u8], &str, &[&str]); 12] = [
        ("cut.onnx", &net[..net.len() / 2], "400 not_a_model", &["cut.onnx", "cut off"]),
        ("page.onnx", b"<html>log in</html>", "400 not_a_model", &["page.onnx", "web page"]),
        ("empty.onnx", b"", "400 not_a_model", &["empty.onnx is empty"]),
        ("external.onnx", &external, "400 not_a_model", &["external.onnx", "another file", "onnx.save"]),
        ("two.zip", &two, "400 not_a_model", &["two.zip", "several networks"]),
        ("none.zip", &archive(&[("a.txt", b"a")]), "400 not_a_model", &["none.zip", "no .onnx file"]),
        ("broken.zip", b"PK\x03\x04 nothing", "400 not_a_model", &["broken.zip", "damaged"]),
        ("notes.txt", b"notes", "400 not_a_model", &["notes.txt", ".zip"]),
        ("yolo11m.pt", b"PK\x03\x04 weights", "400 needs_export", &["yolo11m.pt", "yolo export model"]),
        ("osnet_x0_5.pth", b"\x80\x02", "400 needs_export", &["build_model('osnet_x0_5'"]),
        ("best.onnx", &torch, "400 needs_export", &["best.onnx", "yolo export model"]),
        (".hidden.onnx", net, "400 bad_value", &["no name for a model"]),
    ];
    for (name, body, wanted, words) in cases {
        let reply = post(&shelf, &client, &format!("name={name}"), "", body);
        println!("  {name:<16} {}", reply.text().chars().take(120).collect::<String>());
        assert_eq!(reply.short(), wanted, "{name}: {}", reply.text());
        assert!(words.iter().all(|word| reply.text().contains(word)), "{name}: {words:?} in {}", reply.text());
        assert!(!reply.text().contains(".fetch") && !reply.text().contains(".part"), "{}", reply.text());
    }
    assert!(shelf.models().is_empty() && shelf.parts().is_empty(), "{:?}", shelf.parts());

    let announced = |bytes: u64| {
        let head = String::from_utf8(head(&shelf, &client, "name=a.onnx", "", 0)).unwrap();
        let head = head.replace("Content-Length: 0", &format!("Content-Length: {bytes}"));
        let mut socket = raw::connect(&shelf.server);
        socket.write_all(head.as_bytes()).unwrap();
        // It reads on for a while, so that a browser that sends all of it sees the answer; this one sends no more.
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        raw::read(&mut socket).short()
    };
    assert_eq!(announced(3 << 30), "413 too_large");
    let stranger = [("x-silhueta-session", "x-other"), ("\r\n\r\n", "\r\nOrigin: https://evil.example\r\n\r\n")];
    for ((from, to), wanted) in stranger.into_iter().zip(["400 out_of_order", "403 forbidden"]) {
        let head = String::from_utf8(head(&shelf, &client, "name=a.onnx", "", 4)).unwrap().replace(from, to);
        assert_eq!(raw::send(&shelf.server, &[head.as_bytes(), b"body"].concat()).short(), wanted);
    }
}

#[tokio::test]
async fn what_breaks_off_leaves_nothing() {
    let Some(mut shelf) = shelf("shelf: import cut off") else { return };
    let client = page(&shelf).await;
    let begin = |shelf: &Shelf, client: &Client| {
        let mut socket = raw::connect(&shelf.server);
        socket.write_all(&head(shelf, client, "name=mine.onnx", "", shelf.network.len())).unwrap();
        socket.write_all(&shelf.network[..400_000]).unwrap();
        wait_for_parts(shelf, 1);
        socket
    };
    // The connection ends.
    drop(begin(&shelf, &client));
    wait_for_parts(&shelf, 0);
    // The session ends while it is sent.
    let socket = begin(&shelf, &client);
    client.leave().await;
    wait_for_parts(&shelf, 0);
    drop(socket);
    // The helper is killed: the next one sweeps.
    let client = page(&shelf).await;
    let socket = begin(&shelf, &client);
    shelf.server.kill();
    assert_eq!(shelf.parts().len(), 1);
    shelf.server.restart();
    wait_for_parts(&shelf, 0);
    drop(socket);
    assert!(shelf.models().is_empty());
}

fn wait_for_parts(shelf: &Shelf, wanted: usize) {
    let end = Instant::now() + Duration::from_secs(20);
    while shelf.parts().len() != wanted {
        assert!(Instant::now() < end, "{:?} should be {wanted}", shelf.parts());
        std::thread::sleep(Duration::from_millis(20));
    }
}
