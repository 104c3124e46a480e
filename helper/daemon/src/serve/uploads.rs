//! Videos that are sent to the helper: streamed to a folder of its own, within a quota, whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::{Stream, StreamExt as _};
use serde::Deserialize;
use silhueta_shared::protocol::{ErrorCode, SessionId, UploadDone, WireError};
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use super::answer::{HttpError, internal};
use super::helper::Helper;
use super::now;
use super::store::{StoreError, Upload};
use crate::videos::is_video;

/// Bytes that an upload of unknown length takes at a time.
const STEP: u64 = 16 << 20;
/// The longest pause between two pieces.
pub(super) const STALL: Duration = Duration::from_secs(60);
/// Longest file name in bytes.
const LONGEST_NAME: usize = 200;

/// The query of an upload.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    name: String,
}

/// A place that an upload has taken until it is whole: its bytes count, and they go with it.
struct Claim {
    folder: PathBuf,
    bytes: u64,
    coming: Arc<Mutex<u64>>,
    is_whole: bool,
}

impl Claim {
    /// Takes `more` bytes if there is room.
    fn grow(&mut self, helper: &Helper, more: u64) -> Result<(), WireError> {
        let state = helper.state();
        let room = helper.spool.room(state.bench.store());
        if more > room {
            let error = WireError::new(ErrorCode::QuotaExceeded, format!("there is room for {room} bytes more"));
            return Err(error.hint("remove videos that were sent before, or choose the video in its folder instead"));
        }
        *self.coming.lock().unwrap_or_else(PoisonError::into_inner) += more;
        self.bytes += more;
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        *coming = coming.saturating_sub(self.bytes);
        drop(coming);
        if !self.is_whole
            && let Err(error) = std::fs::remove_dir_all(&self.folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!("{} can't be removed: {error}", self.folder.display());
        }
    }
}

/// POST `/api/v1/uploads?name=…`: the body is the video. Belongs to the session in `x-silhueta-session`:
/// when that one's socket closes, so does this.
pub(super) async fn upload(
    State(helper): State<Arc<Helper>>,
    Query(Named { name }): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<UploadDone>), HttpError> {
    let presence = presence(&helper, &headers)?;
    let done = tokio::select! {
        done = take_in(&helper, &name, length(&headers), body.into_data_stream()) => done?,
        () = ended(&presence, &helper.closing) => {
            return Err(WireError::new(ErrorCode::Closing, "the session has ended").into());
        }
    };
    Ok((StatusCode::CREATED, Json(done)))
}

/// Takes a video in, whole or not at all.
pub(super) async fn take_in<E: std::fmt::Display>(
    helper: &Helper,
    name: &str,
    length: Option<u64>,
    pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<UploadDone, WireError> {
    let name = clean(name)?;
    let id = helper.spool.number()?;
    let folder = helper.spool.folder.join(id.get().to_string());
    let coming = Arc::clone(&helper.spool.coming);
    let mut claim = Claim { folder, bytes: 0, coming, is_whole: false };
    // Known beforehand: refused before the first byte.
    claim.grow(helper, length.unwrap_or(0))?;
    let size = receive(helper, &mut claim, &name, pieces).await?;
    let done = UploadDone { upload: id, name: name.clone(), size };
    let kept = helper.state().bench.store().add_upload(&Upload { id, name, size, at: now() });
    kept.map_err(|e: StoreError| internal(e))?;
    claim.is_whole = true;
    Ok(done)
}

/// Ends with the session that a request belongs to.
pub(super) fn presence(helper: &Helper, headers: &HeaderMap) -> Result<CancellationToken, WireError> {
    let session = headers.get("x-silhueta-session").and_then(|value| value.to_str().ok()?.parse().ok());
    let presence = session.and_then(SessionId::new).and_then(|session| helper.hub.presence(session));
    presence.ok_or_else(|| {
        let error = WireError::new(ErrorCode::OutOfOrder, "an upload belongs to a connected session");
        error.hint("open the socket first, then send x-silhueta-session with the number from its welcome")
    })
}

/// Bytes that a request announces.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok())
}

/// Resolves when session or helper end.
pub(super) async fn ended(presence: &CancellationToken, closing: &CancellationToken) {
    tokio::select! {
        () = presence.cancelled() => {}
        () = closing.cancelled() => {}
    }
}

/// Writes the body to its file; returns its bytes.
async fn receive<E: std::fmt::Display>(
    helper: &Helper,
    claim: &mut Claim,
    name: &str,
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<u64, WireError> {
    tokio::fs::create_dir_all(&claim.folder).await.map_err(internal)?;
    let mut file = tokio::fs::File::create(claim.folder.join(name)).await.map_err(internal)?;
    let mut size = 0u64;
    loop {
        let piece = tokio::time::timeout(STALL, pieces.next()).await;
        let stalled = |_| WireError::new(ErrorCode::Closing, format!("nothing came for {} s", STALL.as_secs()));
        let Some(piece) = piece.map_err(stalled)? else { break };
        let piece = piece.map_err(|e| WireError::new(ErrorCode::Malformed, format!("the upload broke off: {e}")))?;
        size += piece.len() as u64;
        if size > claim.bytes {
            // In steps: looking at the disk is not free.
            claim.grow(helper, (size - claim.bytes).max(STEP))?;
        }
        file.write_all(&piece).await.map_err(full)?;
    }
    if size == 0 {
        return Err(WireError::new(ErrorCode::BadValue, format!("{name} is empty")));
    }
    file.sync_all().await.map_err(full)?;
    Ok(size)
}

fn full(error: std::io::Error) -> WireError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            WireError::new(ErrorCode::QuotaExceeded, "the disk is full").hint("make room, then send it again")
        }
        _ => internal(error),
    }
}

/// A file name that is one: the last part of what was given, without what file systems or shells stumble over.
fn clean(given: &str) -> Result<String, WireError> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let keep = |c: &char| !c.is_control() && !"<>:\"|?*".contains(*c);
    let name: String = last.chars().filter(keep).collect();
    let name = name.trim_start_matches(['.', ' ', '-']).trim_end();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut stem = stem.to_owned();
    while stem.len() + ending.len() + 1 > LONGEST_NAME && stem.pop().is_some() {}
    // Where it was cut, too, there may be a dot.
    let stem = stem.trim_end_matches(['.', ' ']);
    let name = format!("{stem}.{ending}");
    // Names that Windows keeps for devices.
    let device = stem.to_lowercase();
    let is_device = matches!(device.as_str(), "con" | "prn" | "aux" | "nul")
        || (device.len() == 4 && (device.starts_with("com") || device.starts_with("lpt")));
    if stem.is_empty() || is_device || !is_video(Path::new(&name)) {
        let error = WireError::new(ErrorCode::NotAVideo, format!("{given:?} is not the name of a video"));
        return Err(error.field("name").hint("send a file that ends in .mp4, .mkv, .mov, .avi, .webm or the like"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_become_plain_ones_or_are_refused() {
        for (given, kept) in [
            ("rua.mp4", "rua.mp4"),
            ("../../etc/cron.d/x.mp4", "x.mp4"),
            ("C:\\videos\\ação 1.MP4", "ação 1.MP4"),
            ("...bashrc.mp4", "bashrc.mp4"),
            ("a\0b\n.mkv", "ab.mkv"),
            ("-rf.mp4", "rf.mp4"),
            (&format!("{}.{}.mp4", "x".repeat(195), "y".repeat(9)), &format!("{}.mp4", "x".repeat(195))),
        ] {
            assert_eq!(clean(given).unwrap(), kept, "{given:?}");
        }
        for bad in ["", ".", "..", ".mp4", "x", "notes.txt", ".bashrc", "x.mp4/", "nul.mp4", "COM1.avi", "x.mp4\0.txt"]
        {
            assert!(clean(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_cleaned_name_is_one_component_and_short(given in ".{0,300}") {
            for text in [given.clone(), format!("{given}.mp4")] {
                if let Ok(name) = clean(&text) {
                    prop_assert_eq!(Path::new(&name).components().count(), 1);
                    prop_assert!(name.len() <= LONGEST_NAME && !name.starts_with('.'));
                    prop_assert_eq!(clean(&name).unwrap(), name);
                }
            }
        }
    }
}
