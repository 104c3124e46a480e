//! The page's files, held in memory, so that nothing a client names ever becomes a path.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use silhueta_shared::protocol::{ErrorCode, Page, WireError};

use super::answer::HttpError;
use crate::exit::CliError;

const INDEX: &str = "index.html";

/// Kinds of files that the page is made of.
const KINDS: [(&str, &str); 8] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("webmanifest", "application/manifest+json"),
    ("woff2", "font/woff2"),
];

#[derive(Debug)]
struct File {
    bytes: Bytes,
    kind: &'static str,
    /// Changes when the file does.
    tag: HeaderValue,
}

/// All files of the page by name; empty where it was not built.
#[derive(Debug, Default)]
pub(super) struct Files(HashMap<String, File>);

/// The folder of the page: `$SILHUETA_PAGE`, else `page` beside the program.
pub(super) fn folder() -> Option<PathBuf> {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.join("page"));
    std::env::var_os("SILHUETA_PAGE").map(PathBuf::from).or_else(beside)
}

impl Files {
    /// Reads the folder. One that isn't there is no error: everything but the page works.
    pub(super) fn load(folder: &Path) -> Result<Self, CliError> {
        let fail =
            |e: std::io::Error| CliError::Runtime(format!("the page in {} can't be read: {e}", folder.display()));
        let mut files = HashMap::new();
        if !folder.join(INDEX).is_file() {
            return Ok(Self(files));
        }
        for entry in std::fs::read_dir(folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            let kind = KINDS.iter().find(|(known, _)| *known == ending);
            if let (Some((_, kind)), Some(name)) = (kind, path.file_name().and_then(|name| name.to_str())) {
                let bytes = Bytes::from(std::fs::read(&path).map_err(fail)?);
                let tag = format!("\"{:08x}-{:x}\"", crc32c::crc32c(&bytes), bytes.len());
                let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
                files.insert(name.to_owned(), File { bytes, kind, tag });
            }
        }
        Ok(Self(files))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether this is the address of one of the pages.
pub(super) fn is_document(path: &str) -> bool {
    path == "/" || Page::ALL.iter().any(|page| path.strip_prefix('/') == Some(&page.name().replace('_', "-")))
}

/// Whether this can only be the page or one of its files, which hold no secret.
pub(super) fn is_file(path: &str) -> bool {
    let is_plain = |name: &str| {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        !name.contains('/') && ending.is_some_and(|ending| KINDS.iter().any(|(known, _)| *known == ending))
    };
    is_document(path) || path.strip_prefix('/').is_some_and(is_plain)
}

/// Everything that no other route takes: the page at its addresses, its files, and nothing else.
pub(super) async fn serve(State(files): State<Arc<Files>>, request: Request) -> Result<Response, HttpError> {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let error = WireError::new(ErrorCode::NotFound, format!("{} {path} does nothing", request.method()));
        return Err(HttpError::with(StatusCode::METHOD_NOT_ALLOWED, error));
    }
    if path == "/" && !wants_html(request.headers()) {
        return Ok(Json(about()).into_response());
    }
    if files.is_empty() && is_document(path) {
        let error = WireError::new(ErrorCode::NotFound, "the page was not built");
        return Err(error
            .hint("start it with `cargo xtask run`, or set SILHUETA_PAGE to the built page's folder")
            .into());
    }
    let name = if is_document(path) { INDEX } else { path.strip_prefix('/').unwrap_or(path) };
    let none = || WireError::new(ErrorCode::NotFound, format!("there is nothing at {path}"));
    let file = files.0.get(name).ok_or_else(none)?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(header::ETAG, file.tag.clone());
    // Asked for anew each time, sent only when it has changed: never yesterday's page with today's helper.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let known = request.headers().get(header::IF_NONE_MATCH);
    if known == Some(&file.tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, file.bytes.clone()).into_response())
}

/// What is here, for programs.
fn about() -> serde_json::Value {
    serde_json::json!({
        "name": "Silhueta",
        "version": env!("CARGO_PKG_VERSION"),
        "endpoints": {
            "POST /process": "Queue a video for processing",
            "GET /status/{task_id}": "Get the status of a task",
            "GET /tasks": "List tasks",
            "DELETE /tasks/{task_id}": "Delete a task record (does not stop running tasks)",
            "POST /tasks/{task_id}/cancel": "Stop a task",
            "GET /tasks/{task_id}/predictions": "The predictions of a finished task",
            "GET /tasks/{task_id}/visualization": "The annotated video of a finished task",
            "GET /health": "What the helper does",
            "GET /docs": "All of this in full",
            "GET /video_feed": "The preview as MJPEG",
            "GET /api/v1/socket": "The page's WebSocket",
        },
    })
}

/// A browser asks for HTML by name; programs ask for anything.
fn wants_html(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nine_pages_are_documents_and_nothing_else_is() {
        for path in ["/", "/painel", "/processar", "/ao-vivo", "/configuracoes"] {
            assert!(is_document(path) && is_file(path), "{path}");
        }
        for path in ["/api/v1/socket", "/ao_vivo", "/processar/x", "//", "/health", "/video_feed"] {
            assert!(!is_document(path) && !is_file(path), "{path}");
        }
        assert!(is_file("/app.js") && is_file("/app_bg.wasm"));
        for path in ["/api/x.js", "/../x.js", "/x.parquet", "/x", "x.js"] {
            assert!(!is_file(path), "{path}");
        }
    }
}
