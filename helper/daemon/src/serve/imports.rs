//! Models that are sent to the helper: streamed to the store's folder for work, looked at, and only then given a name.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt as _;
use serde::Deserialize;
use silhueta_registry::graph;
use silhueta_shared::protocol::{ErrorCode, MAX_MODEL, ModelImported, WireError};
use tokio::io::AsyncWriteExt as _;

use super::answer::{HttpError, internal};
use super::helper::Helper;
use super::stock;
use super::uploads::{STALL, ended, length, presence};
use crate::disk;
use crate::models::{self, Brought, Imported, Incoming, Store, StoreError, check_stem};

/// Room that is left to others on the disk.
const SPARE: u64 = 256 << 20;
/// Bytes between two looks at the disk.
const STEP: u64 = 64 << 20;
/// How long, and how much, is read of what is refused already: a browser that can't send it all sees no answer.
const DRAIN: (Duration, u64) = (Duration::from_secs(5), 512 << 20);

/// The query.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    name: String,
    #[serde(default)]
    replace: u8,
}

/// POST `/api/v1/models?name=…[&replace=1]`: the body is an ONNX file or an archive with one. Belongs to the session in
/// `x-silhueta-session`, as an upload does.
pub(super) async fn import(
    State(helper): State<Arc<Helper>>,
    Query(named): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<ModelImported>), HttpError> {
    let presence = presence(&helper, &headers)?;
    let mut pieces = body.into_data_stream();
    let received = tokio::select! {
        received = receive(&helper, &named, &headers, &mut pieces) => received,
        () = ended(&presence, &helper.closing) => {
            return Err(WireError::new(ErrorCode::Closing, "the session has ended").into());
        }
    };
    let (called, incoming) = match received {
        Ok(received) => received,
        Err(error) => {
            drain(pieces).await;
            return Err(error.into());
        }
    };
    let (shared, is_to_replace) = (Arc::clone(&helper), named.replace != 0);
    // Whole now: whoever leaves, it is taken in.
    let taken = tokio::task::spawn_blocking(move || take(&shared, &called, &incoming, is_to_replace)).await;
    let taken = taken.map_err(internal)?.map_err(WireError::from)?;
    stock::look_later(&helper);
    let Imported { id, role, about, was_there, .. } = taken;
    Ok((StatusCode::CREATED, Json(ModelImported { id, role, about, was_there })))
}

/// What is known before the first byte is looked at first; then everything comes.
async fn receive(
    helper: &Helper,
    named: &Named,
    headers: &HeaderMap,
    pieces: &mut BodyDataStream,
) -> Result<(PathBuf, Incoming), WireError> {
    if headers.contains_key(header::ORIGIN) {
        helper.state().bench.check_free()?;
    }
    let called = called(&named.name)?;
    let announced = length(headers).unwrap_or(0);
    check_size(announced)?;
    let store = models::store();
    let incoming = store.incoming()?;
    check_room(&store, announced)?;
    let mut file = tokio::fs::File::from_std(incoming.file()?);
    let unwritable = |source| WireError::from(StoreError::Write { path: called.clone(), source });
    let (mut size, mut seen) = (0u64, announced);
    loop {
        let stalled = |_| WireError::new(ErrorCode::Closing, format!("nothing came for {} s", STALL.as_secs()));
        let Some(piece) = tokio::time::timeout(STALL, pieces.next()).await.map_err(stalled)? else { break };
        let piece = piece.map_err(|e| WireError::new(ErrorCode::Malformed, format!("the upload broke off: {e}")))?;
        size += piece.len() as u64;
        check_size(size)?;
        if size > seen {
            check_room(&store, STEP)?;
            seen = size + STEP;
        }
        file.write_all(&piece).await.map_err(unwritable)?;
    }
    file.flush().await.map_err(unwritable)?;
    if size == 0 {
        return Err(WireError::new(ErrorCode::NotAModel, format!("{} is empty", called.display())));
    }
    Ok((called, incoming))
}

/// Gives it its name, if it is a model.
fn take(helper: &Helper, called: &Path, incoming: &Incoming, is_to_replace: bool) -> Result<Imported, StoreError> {
    let is_used = |path: &Path| stock::is_used(helper, path);
    let replace = is_to_replace.then_some(&is_used as &dyn Fn(&Path) -> bool);
    let brought = Brought { file: incoming.path(), called, name: None, is_ours: true, replace };
    models::store().bring(&brought, &helper.closing)
}

/// The last part of the name that was given, if a model may be called so.
fn called(given: &str) -> Result<PathBuf, WireError> {
    let called = PathBuf::from(given.rsplit(['/', '\\']).next().unwrap_or_default());
    let named = |error: WireError| error.field("name");
    // Answered with the command that exports it; nothing of it has to be read.
    graph::check_name(&called).map_err(|error| StoreError::Refused(error.into()))?;
    let ends = |known| called.extension().is_some_and(|end| end.eq_ignore_ascii_case(known));
    if !["onnx", "zip"].into_iter().any(ends) {
        let error = WireError::new(ErrorCode::NotAModel, format!("{given:?} is not the name of a model"));
        return Err(named(error.hint("send an .onnx file, or a .zip with one in it")));
    }
    let stem = called.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    check_stem(&stem).map_err(|error| named(error.into()))?;
    Ok(called)
}

fn check_size(size: u64) -> Result<(), WireError> {
    if size <= MAX_MODEL {
        return Ok(());
    }
    Err(WireError::new(ErrorCode::TooLarge, format!("a model has at most {MAX_MODEL} bytes: ONNX can hold no more")))
}

fn check_room(store: &Store, more: u64) -> Result<(), WireError> {
    let (folder, needed) = (store.folder(), more.saturating_add(SPARE));
    match disk::free(folder).filter(|free| *free < needed) {
        Some(free) => Err(StoreError::DiskFull { path: folder.to_owned(), needed, free }.into()),
        None => Ok(()),
    }
}

/// Reads what is of no use any more.
async fn drain(mut pieces: BodyDataStream) {
    let (patience, most) = DRAIN;
    let reading = async {
        let mut read = 0;
        while let Some(Ok(piece)) = pieces.next().await {
            read += piece.len() as u64;
            if read > most {
                return;
            }
        }
    };
    if tokio::time::timeout(patience, reading).await.is_err() {
        tracing::debug!("a refused model is still being sent");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_of_a_model_or_says_what_to_do() {
        for (given, kept) in
            [("a.onnx", "a.onnx"), ("../../x/My net.ONNX", "My net.ONNX"), ("C:\\n\\é-1.zip", "é-1.zip")]
        {
            assert_eq!(called(given).unwrap(), Path::new(kept), "{given:?}");
        }
        for (given, code) in [
            ("", ErrorCode::NotAModel),
            ("x/", ErrorCode::NotAModel),
            ("onnx", ErrorCode::NotAModel),
            (".onnx", ErrorCode::NotAModel),
            ("notes.txt", ErrorCode::NotAModel),
            (".hidden.onnx", ErrorCode::BadValue),
            ("a:b.onnx", ErrorCode::BadValue),
            ("a\0b.onnx", ErrorCode::BadValue),
            ("best.pt", ErrorCode::NeedsExport),
            ("OSNET_x1_0.PTH", ErrorCode::NeedsExport),
        ] {
            assert_eq!(called(given).unwrap_err().code, code, "{given:?}");
        }
        assert!(called("best.pt").unwrap_err().hint.unwrap().contains("yolo export model=\"best.pt\" format=onnx"));
    }
}
