//! Videos that are sent to the helper: streamed to a folder of its own, within a quota, whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt as _;
use serde::Deserialize;
use silhueta_shared::protocol::{ErrorCode, SessionId, UploadDone, UploadId, WireError};
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use super::answer::HttpError;
use super::files::internal;
use super::helper::Helper;
use super::now;
use super::store::{Store, StoreError, Upload};
use crate::videos::is_video;

/// Bytes of all uploads together.
const QUOTA: u64 = 20 << 30;
/// Bytes of the disk that uploads leave free.
const LEFT_FREE: u64 = 2 << 30;
/// Bytes that an upload of unknown length takes at a time.
const STEP: u64 = 16 << 20;
/// The longest pause between two pieces.
const STALL: Duration = Duration::from_secs(60);
/// Uploads that nothing has used for so long go when the helper starts, in milliseconds.
const KEPT: u64 = 7 * 24 * 3600 * 1000;
/// Longest file name in bytes.
const LONGEST_NAME: usize = 200;

/// Why the folder can't be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum SpoolError {
    /// The folder itself.
    #[error("the folder of uploads can't be used: {0}")]
    Folder(#[from] std::io::Error),
    /// What is known of its content.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The folder of uploads: one folder each, named by number, with one file in it.
#[derive(Debug)]
pub(super) struct Spool {
    folder: PathBuf,
    last: AtomicU64,
    /// Bytes of uploads that are still coming.
    coming: Arc<Mutex<u64>>,
}

impl Spool {
    /// Opens the folder and clears what is unfinished or old.
    pub(super) fn open(folder: PathBuf, store: &Store) -> Result<Self, SpoolError> {
        std::fs::create_dir_all(&folder)?;
        for upload in store.uploads()? {
            if upload.at + KEPT < now() || !file_of(&folder, &upload).is_file() {
                store.drop_upload(upload.id)?;
            }
        }
        let kept = store.uploads()?;
        let mut last = kept.iter().map(|upload| upload.id.get()).max().unwrap_or(0);
        for entry in std::fs::read_dir(&folder)?.flatten() {
            let number = entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok());
            last = last.max(number.unwrap_or(0));
            if !number.is_some_and(|n| kept.iter().any(|upload| upload.id.get() == n)) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        // Numbers go on by the clock: one from before a restart never names another video.
        let last = AtomicU64::new(last.max(now() / 1000));
        Ok(Self { folder, last, coming: Arc::default() })
    }

    /// Bytes that may still be sent.
    pub(super) fn room(&self, store: &Store) -> u64 {
        let stored: u64 = store.uploads().map_or(QUOTA, |all| all.iter().map(|upload| upload.size).sum());
        let coming = *self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        let free = crate::disk::free(&self.folder).unwrap_or(0).saturating_sub(LEFT_FREE);
        QUOTA.saturating_sub(stored).saturating_sub(coming).min(free)
    }

    /// Where an upload is.
    pub(super) fn path(&self, uploads: &[Upload], id: UploadId) -> Result<PathBuf, WireError> {
        let upload = uploads.iter().find(|upload| upload.id == id);
        Ok(file_of(&self.folder, upload.ok_or_else(|| gone(id))?))
    }

    /// Throws an upload away.
    pub(super) fn drop_upload(&self, store: &Store, id: UploadId) -> Result<(), WireError> {
        store.drop_upload(id).map_err(internal)?;
        std::fs::remove_dir_all(self.folder.join(id.get().to_string())).map_err(internal)
    }
}

fn file_of(folder: &Path, upload: &Upload) -> PathBuf {
    folder.join(upload.id.get().to_string()).join(&upload.name)
}

fn gone(id: UploadId) -> WireError {
    WireError::new(ErrorCode::NotFound, format!("upload {id} is not there")).hint("send the video again")
}

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
    let session = headers.get("x-silhueta-session").and_then(|value| value.to_str().ok()?.parse().ok());
    let presence = session.and_then(SessionId::new).and_then(|session| helper.hub.presence(session));
    let presence = presence.ok_or_else(|| {
        let error = WireError::new(ErrorCode::OutOfOrder, "an upload belongs to a connected session");
        error.hint("open the socket first, then send x-silhueta-session with the number from its welcome")
    })?;
    let name = clean(&name)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let id = UploadId::new(helper.spool.last.fetch_add(1, Ordering::Relaxed) + 1)
        .ok_or_else(|| internal("no numbers are left"))?;
    let folder = helper.spool.folder.join(id.get().to_string());
    let coming = Arc::clone(&helper.spool.coming);
    let mut claim = Claim { folder, bytes: 0, coming, is_whole: false };
    // Known beforehand: refused before the first byte.
    claim.grow(&helper, length.unwrap_or(0))?;
    let size = tokio::select! {
        size = receive(&helper, &mut claim, &name, body) => size?,
        () = ended(&presence, &helper.closing) => {
            return Err(WireError::new(ErrorCode::Closing, "the session has ended").into());
        }
    };
    let done = UploadDone { upload: id, name: name.clone(), size };
    let kept = helper.state().bench.store().add_upload(&Upload { id, name, size, at: now() });
    kept.map_err(|e: StoreError| internal(e))?;
    claim.is_whole = true;
    Ok((StatusCode::CREATED, Json(done)))
}

async fn ended(presence: &CancellationToken, closing: &CancellationToken) {
    tokio::select! {
        () = presence.cancelled() => {}
        () = closing.cancelled() => {}
    }
}

/// Writes the body to its file; returns its bytes.
async fn receive(helper: &Helper, claim: &mut Claim, name: &str, body: Body) -> Result<u64, WireError> {
    tokio::fs::create_dir_all(&claim.folder).await.map_err(internal)?;
    let mut file = tokio::fs::File::create(claim.folder.join(name)).await.map_err(internal)?;
    let (mut pieces, mut size) = (body.into_data_stream(), 0u64);
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
    let mut stem = stem.trim_end_matches(['.', ' ']).to_owned();
    while stem.len() + ending.len() + 1 > LONGEST_NAME && stem.pop().is_some() {}
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
