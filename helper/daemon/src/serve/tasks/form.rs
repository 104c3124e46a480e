//! A task whose video is sent along, as `multipart/form-data`: `curl -F video=@street.mp4 -F model=vitpose …`.

use std::path::PathBuf;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use silhueta_results::file::write_whole;
use silhueta_shared::protocol::{ErrorCode, UploadDone, WireError};
use std::io::Write as _;

use super::outputs;
use super::request::TaskRequest;
use crate::serve::answer::internal;
use crate::serve::asks::apart;
use crate::serve::helper::Helper;
use crate::serve::uploads;

/// Longest field that is no file, in bytes.
const LONGEST: usize = 4096;
/// Largest file of boxes, in bytes: an hour of ten people.
const BOXES: usize = 64 << 20;

/// What came.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) request: TaskRequest,
    pub(super) upload: UploadDone,
    /// Where the video is.
    pub(super) path: PathBuf,
    pub(super) boxes: Option<PathBuf>,
    /// Of the files.
    pub(super) digest: Vec<u8>,
}

/// Whether a request is such a form.
pub(super) fn is_one(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("multipart/form-data")
}

/// Reads the form; its files are kept when it is whole, and otherwise nothing of it.
pub(super) async fn receive(helper: &Helper, task: &str, request: Request) -> Result<Sent, WireError> {
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|e| WireError::new(ErrorCode::Malformed, e.body_text()))?;
    let (mut fields, mut upload, mut boxes) = (Map::new(), None, None);
    let read = read(helper, task, &mut form, &mut fields, &mut upload, &mut boxes).await;
    let whole = read.and_then(|()| {
        let sent = WireError::new(ErrorCode::BadValue, "the form has no file `video`").field("video");
        let video: &UploadDone = upload.as_ref().ok_or_else(|| sent.hint("send it with -F video=@street.mp4"))?;
        let uploads = helper.state().bench.store().uploads().map_err(internal)?;
        let path = helper.spool.path(&uploads, video.upload)?;
        let mut digest = Sha256::new();
        digest.update(format!("{} {}", video.name, video.size));
        digest.update(boxes.as_ref().map(|(_, digest)| digest).unwrap_or(&Vec::new()));
        Ok(Sent {
            request: TaskRequest::read(Value::Object(fields))?,
            upload: video.clone(),
            path,
            boxes: boxes.as_ref().map(|(path, _)| path.clone()),
            digest: digest.finalize().to_vec(),
        })
    });
    if whole.is_err() {
        forget(helper, task, upload.as_ref()).await;
    }
    whole
}

/// A file of boxes, with the digest of its bytes.
type Boxes = (PathBuf, Vec<u8>);

async fn read(
    helper: &Helper,
    task: &str,
    form: &mut Multipart,
    fields: &mut Map<String, Value>,
    video: &mut Option<UploadDone>,
    boxes: &mut Option<Boxes>,
) -> Result<(), WireError> {
    while let Some(field) = form.next_field().await.map_err(|e| broken(&e))? {
        let name = field.name().unwrap_or_default().to_owned();
        let twice = || WireError::new(ErrorCode::BadValue, format!("{name} is there twice")).field(&name);
        match name.as_str() {
            "video" if video.is_some() => return Err(twice()),
            "video" => {
                let file = field.file_name().unwrap_or_default().to_owned();
                *video = Some(uploads::take_in(helper, &file, None, field).await?);
            }
            "bboxes" if boxes.is_some() => return Err(twice()),
            "bboxes" => *boxes = Some(keep_boxes(helper, task, field).await?),
            "video_filename" | "bboxes_path" => {
                let error = WireError::new(ErrorCode::BadValue, format!("{name} names a file of the helper's machine"));
                return Err(error.field(&name).hint("send the files video and bboxes, or a body in JSON with paths"));
            }
            _ if fields.contains_key(&name) => return Err(twice()),
            _ => {
                let text = limited(field, LONGEST).await?;
                let text = String::from_utf8(text)
                    .map_err(|_| WireError::new(ErrorCode::BadValue, format!("{name} is not UTF-8")).field(&name))?;
                // What is a number or a truth value in JSON is one here.
                let value = match name.as_str() {
                    "fps" | "visualization" => serde_json::from_str(&text).unwrap_or(Value::String(text)),
                    _ => Value::String(text),
                };
                fields.insert(name, value);
            }
        }
    }
    Ok(())
}

async fn keep_boxes(helper: &Helper, task: &str, field: Field<'_>) -> Result<Boxes, WireError> {
    let bytes = limited(field, BOXES).await?;
    let (folder, digest) = (helper.tasks.own_folder(task), Sha256::digest(&bytes).to_vec());
    let path = folder.join("bboxes.json");
    let written = path.clone();
    apart(move || {
        std::fs::create_dir_all(&folder).map_err(internal)?;
        write_whole(&written, |out| out.write_all(&bytes)).map_err(internal)
    })
    .await?;
    Ok((path, digest))
}

async fn limited(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, WireError> {
    let (mut bytes, name) = (Vec::new(), field.name().unwrap_or_default().to_owned());
    while let Some(piece) = field.chunk().await.map_err(|e| broken(&e))? {
        if bytes.len() + piece.len() > most {
            let error = format!("{name} has more than {most} bytes");
            return Err(WireError::new(ErrorCode::TooLarge, error).field(name));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn broken(error: &MultipartError) -> WireError {
    WireError::new(ErrorCode::Malformed, format!("the form broke off or is none: {}", error.body_text()))
}

/// Takes away what came with a task that is not to be.
pub(super) async fn forget(helper: &Helper, task: &str, upload: Option<&UploadDone>) {
    if let Err(error) = outputs::throw_away(helper, task, upload.map(|upload| upload.upload)).await {
        tracing::warn!("what was sent along can't be removed: {}", error.message);
    }
}
