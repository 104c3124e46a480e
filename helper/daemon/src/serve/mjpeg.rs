//! `/video_feed`: the preview as MJPEG, for players that know nothing else. The same pictures under the same rule as
//! on the page: only while poses are found, and only as many as are taken.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;

use super::helper::Helper;

/// What is shown while there is nothing to show: a calm dark picture, 640×480.
const WAITING: &[u8] = include_bytes!("../../assets/waiting.jpg");
/// How often it is shown.
const EVERY: Duration = Duration::from_secs(1);

/// GET `/video_feed`. The stream ends with the helper, or when its reader leaves.
pub(super) async fn video_feed(State(helper): State<Arc<Helper>>) -> impl IntoResponse {
    let viewer = helper.previews.drawn_viewer();
    let closing = helper.closing.clone();
    // The next part is asked for only when the last one was taken, so a slow reader slows only itself.
    let parts = futures_util::stream::unfold((viewer, closing, true), |(viewer, closing, is_first)| async move {
        let part = tokio::select! {
            () = closing.cancelled() => return None,
            () = std::future::ready(()), if is_first => part(WAITING),
            picture = viewer.next_drawn() => {
                viewer.grant();
                part(&picture)
            }
            () = tokio::time::sleep(EVERY) => part(WAITING),
        };
        Some((Ok::<_, Infallible>(part), (viewer, closing, false)))
    });
    let headers = [
        (header::CONTENT_TYPE, "multipart/x-mixed-replace; boundary=frame"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(parts))
}

fn part(jpeg: &[u8]) -> Bytes {
    let mut part =
        format!("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len()).into_bytes();
    part.extend_from_slice(jpeg);
    part.extend_from_slice(b"\r\n");
    part.into()
}
