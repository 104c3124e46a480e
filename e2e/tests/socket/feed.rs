//! `/video_feed`: the same pictures under the same rule, drawn on, for players that know only MJPEG.

use std::sync::{Arc, Mutex};

use silhueta_e2e::Server;
use silhueta_e2e::client::fast;
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::HelperMessage;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::connect;

/// The pictures of a stream, as they come.
type Parts = Arc<Mutex<Vec<Vec<u8>>>>;

/// Reads a stream until it ends. HTTP/1.0, so that nothing stands between the parts.
async fn watch(server: &Server) -> Parts {
    let mut socket = TcpStream::connect(server.host()).await.unwrap();
    let request = format!("GET /video_feed HTTP/1.0\r\nHost: {}\r\n\r\n", server.host());
    socket.write_all(request.as_bytes()).await.unwrap();
    let parts = Parts::default();
    let kept = Arc::clone(&parts);
    tokio::spawn(async move {
        let (mut stream, mut line) = (BufReader::new(socket), String::new());
        loop {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            if let Some(length) = line.strip_prefix("Content-Length: ") {
                let mut picture = vec![0; length.trim().parse().unwrap()];
                stream.read_line(&mut line).await.unwrap();
                stream.read_exact(&mut picture).await.unwrap();
                kept.lock().unwrap().push(picture);
            }
        }
    });
    parts
}

#[tokio::test]
async fn the_feed_shows_poses_and_before_them_only_that_it_waits() {
    let Some(server) = Server::start("socket: video_feed") else { return };
    let path = server.clip("street_720p.mp4", "street.mp4", 40);
    let parts = watch(&server).await;
    let shown = || {
        let parts = parts.lock().unwrap();
        parts.iter().filter(|picture| **picture != parts[0]).count() as u64
    };
    let mut client = connect(&server).await;
    let (_, jobs) = client.start(&[&path], fast()).await;
    let end = loop {
        match client.next().await {
            HelperMessage::Progress { progress, .. } if progress.stage < Stage::Pose => {
                assert_eq!(shown(), 0, "a picture in {}", progress.stage);
            }
            HelperMessage::Job(view) if view.id == jobs[0] && view.state.has_ended() => break view,
            _ => {}
        }
    };
    let encoded = end.results.unwrap().preview_frames;
    let shown = shown();
    println!("{shown} shown, {encoded} encoded");
    assert!(shown > 0 && shown <= encoded, "{shown} shown, {encoded} encoded");
    let parts = parts.lock().unwrap();
    assert!(parts.iter().all(|picture| picture.starts_with(b"\xff\xd8") && picture.ends_with(b"\xff\xd9")));
}
