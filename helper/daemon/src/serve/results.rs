//! The files of a finished job, over HTTP.

use std::path::Path;
use std::sync::Arc;

use axum::extract::{Path as Parts, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use silhueta_shared::protocol::{ErrorCode, JobId, WireError};
use tower_http::services::ServeFile;

use super::answer::{HttpError, Told as _};
use super::helper::Helper;

/// The files that a job makes, and how browsers should take each.
const FILES: [(&str, &str); 6] = [
    ("overlay.mp4", "video/mp4"),
    ("pose.json", "application/json"),
    ("tracking.json", "application/json"),
    ("identities.json", "application/json"),
    ("record.parquet", "application/vnd.apache.parquet"),
    ("summary.json", "application/json"),
];

/// The names of a job's files that are there.
pub(super) fn files_in(folder: &Path) -> Vec<String> {
    FILES.iter().map(|(name, _)| (*name).to_owned()).filter(|name| folder.join(name).is_file()).collect()
}

/// GET `/api/v1/jobs/ID/files/NAME`: one of [`FILES`], whole or a range of it.
pub(super) async fn file(
    State(helper): State<Arc<Helper>>,
    Parts((job, name)): Parts<(u64, String)>,
    request: Request,
) -> Result<Response, HttpError> {
    let none = || WireError::new(ErrorCode::NotFound, format!("job {job} has no file {name}"));
    // Only these names: nothing that a client sends becomes part of a path.
    let (name, kind) = FILES.iter().find(|(known, _)| *known == name).ok_or_else(none).told()?;
    let folder = {
        let id = JobId::new(job).ok_or_else(none).told()?;
        let state = helper.state();
        let (view, _) = state.bench.job(id).told()?;
        view.results.as_ref().map(|results| results.folder.clone()).ok_or_else(none).told()?
    };
    let file = Path::new(&folder).join(name);
    let Ok(mut response) = ServeFile::new(&file).try_call(request).await else {
        return Err(none().hint("it was moved or deleted").into());
    };
    if response.status() == StatusCode::NOT_FOUND {
        return Err(none().hint(format!("{} was moved or deleted", file.display())).into());
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // The same name holds other bytes after another run.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if !kind.starts_with("video/") {
        let stem = Path::new(&folder).file_name().unwrap_or_default().to_string_lossy();
        let attached = format!("attachment; filename*=UTF-8''{}", percent(&format!("{stem}-{name}")));
        headers.extend(HeaderValue::from_str(&attached).ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    }
    Ok(response.into_response())
}

/// Percent-encodes all but letters, digits and `-._` (RFC 8187).
fn percent(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    text.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_saving_are_safe_in_a_header() {
        assert_eq!(percent("rua-pose.json"), "rua-pose.json");
        assert_eq!(percent("ação \"1\"\n"), "a%C3%A7%C3%A3o%20%221%22%0A");
    }
}
