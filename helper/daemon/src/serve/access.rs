//! `--auth token`: who has the token, or a cookie that was made from it.
//!
//! Programs send `Authorization: Bearer TOKEN`. A browser gets a cookie for a code that works once and comes in
//! the fragment of the address that is opened, or for the token typed by hand; neither is ever in a URL that
//! is sent, a log or a page.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use silhueta_shared::protocol::{ErrorCode, WireError};

use super::answer::HttpError;
use super::{page, secret};

/// Where the page asks whether it may come in, and comes in.
pub(super) const PATH: &str = "/api/v1/access";

/// Bytes of what a browser brings.
const LONGEST: usize = 1024;
/// The longest that it may take to bring it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The token and what is made from it.
#[derive(Debug)]
pub(super) struct Access {
    token: String,
    cookie_name: String,
    cookie: String,
    is_secure: bool,
    code: Mutex<Option<String>>,
}

impl Access {
    /// Takes the token from its file, or makes one; only its owner may read it.
    pub(super) fn open(file: &Path, port: u16, is_secure: bool) -> std::io::Result<Self> {
        let token = match std::fs::read_to_string(file) {
            Ok(text) if text.trim().len() >= 32 => text.trim().to_owned(),
            _ => {
                let token = secret::token().map_err(std::io::Error::other)?;
                secret::write_private(file, &token)?;
                token
            }
        };
        let code = secret::token().map_err(std::io::Error::other)?;
        // Whoever sees the cookie does not have the token by it.
        let cookie = Sha256::digest(format!("{token}\0cookie")).iter().map(|byte| format!("{byte:02x}")).collect();
        // Cookies know no ports: two helpers on one machine must not overwrite each other's.
        let cookie_name = format!("silhueta_{port}");
        Ok(Self { token, cookie_name, cookie, is_secure, code: Mutex::new(Some(code)) })
    }

    /// The code that lets one browser in, for the address that is opened.
    pub(super) fn code(&self) -> Option<String> {
        self.code.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_allowed(&self, headers: &HeaderMap) -> bool {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if bearer.is_some_and(|token| secret::same(&self.token, token)) {
            return true;
        }
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(name, value)| name == self.cookie_name && secret::same(&self.cookie, value))
    }

    /// Whether this opens the door; a right code works once.
    fn opens(&self, key: &Key) -> bool {
        match key {
            Key::Token(token) => secret::same(&self.token, token),
            Key::Code(code) => {
                let mut ours = self.code.lock().unwrap_or_else(PoisonError::into_inner);
                let is_right = ours.as_deref().is_some_and(|ours| secret::same(ours, code));
                if is_right {
                    *ours = None;
                }
                is_right
            }
        }
    }

    fn cookie(&self) -> Option<HeaderValue> {
        let Self { cookie_name, cookie, is_secure, .. } = self;
        let secure = if *is_secure { "; Secure" } else { "" };
        let text = format!("{cookie_name}={cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000{secure}");
        HeaderValue::from_str(&text).ok()
    }
}

/// What a browser brings.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Key {
    Code(String),
    Token(String),
}

/// Lets requests through that may: all without `--auth token`; the page itself always, as it holds no secret.
pub(super) async fn check(State(access): State<Option<Arc<Access>>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_open = access.as_ref().is_none_or(|access| access.is_allowed(request.headers()));
    if is_open || (path == PATH && request.method() == axum::http::Method::POST) || page::is_file(path) {
        next.run(request).await
    } else {
        unauthorized().into_response()
    }
}

/// GET `/api/v1/access`: answered only to those who are in.
pub(super) async fn look() -> Response {
    axum::Json(serde_json::json!({ "open": true })).into_response()
}

/// POST `/api/v1/access` with `{"code": "…"}` or `{"token": "…"}`: a cookie for a browser.
pub(super) async fn enter(State(access): State<Option<Arc<Access>>>, body: Body) -> Result<Response, HttpError> {
    let Some(access) = access else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let body = tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, LONGEST)).await;
    let body = body.ok().and_then(Result::ok).ok_or_else(unauthorized)?;
    let key: Key = serde_json::from_slice(&body).map_err(|_| unauthorized())?;
    if !access.opens(&key) {
        // Guessing 256 bits is hopeless; this keeps it from being loud, too.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        return Err(unauthorized());
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().extend(access.cookie().map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

fn unauthorized() -> HttpError {
    let error = WireError::new(ErrorCode::Unauthorized, "this helper wants its token");
    error.hint("open the address that `silhueta serve` printed, or give the token from its file").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> (tempfile::TempDir, Access) {
        let folder = tempfile::tempdir().unwrap();
        let access = Access::open(&folder.path().join("token"), 8000, false).unwrap();
        (folder, access)
    }

    #[test]
    fn the_token_is_kept_and_only_its_owner_reads_it() {
        let (folder, access) = access();
        let file = folder.path().join("token");
        assert_eq!(Access::open(&file, 8000, false).unwrap().token, access.token);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn token_and_cookie_let_in_and_nothing_like_them() {
        let (_folder, access) = access();
        let with = |name: header::HeaderName, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_str(value).unwrap());
            access.is_allowed(&headers)
        };
        assert!(with(header::AUTHORIZATION, &format!("Bearer {}", access.token)));
        assert!(with(header::COOKIE, &format!("a=b; silhueta_8000={}", access.cookie)));
        assert!(!with(header::AUTHORIZATION, "Bearer "));
        assert!(!with(header::AUTHORIZATION, &format!("Basic {}", access.token)));
        assert!(!with(header::COOKIE, &format!("silhueta_8000={}", access.token)));
        assert!(!with(header::COOKIE, &format!("silhueta_8001={}", access.cookie)));
        assert!(!access.is_allowed(&HeaderMap::new()));
    }

    #[test]
    fn a_code_works_once() {
        let (_folder, access) = access();
        let code = access.code().unwrap();
        assert!(!access.opens(&Key::Code("guess".into())));
        assert!(access.opens(&Key::Code(code.clone())));
        assert!(!access.opens(&Key::Code(code)) && access.code().is_none());
    }
}
