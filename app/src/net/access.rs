//! Being let in: asks whether the helper wants a token, and hands in a code or token for a cookie.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

const PATH: &str = "/api/v1/access";

/// What lets a person in.
pub(crate) enum Credential {
    /// The one-time code of the address that the helper opened.
    Code(String),
    /// The token.
    Token(String),
}

/// What the door said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Come in.
    Open,
    /// A token is needed, or the one given is wrong.
    Refused,
    /// Nobody answers.
    Silent,
}

/// Whether the socket would be let in.
pub(super) async fn check() -> Entry {
    status(&RequestInit::new()).await
}

/// Hands in a code or a token.
pub(super) async fn enter(credential: &Credential) -> Entry {
    let (key, value) = match credential {
        Credential::Code(value) => ("code", value),
        Credential::Token(value) => ("token", value),
    };
    let body = serde_json::json!({ key: value }).to_string();
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&JsValue::from_str(&body));
    if let Ok(headers) = Headers::new() {
        drop(headers.set("content-type", "application/json"));
        request.set_headers(&headers);
    }
    status(&request).await
}

/// Takes the one-time code out of the address, so that no bookmark or screenshot keeps it.
pub(super) fn code_of_address() -> Option<String> {
    let window = web_sys::window()?;
    let location = window.location();
    let hash = location.hash().ok()?;
    let code = hash.strip_prefix("#code=")?.to_owned();
    let clean = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    drop(window.history().ok()?.replace_state_with_url(&JsValue::NULL, "", Some(&clean)));
    Some(code)
}

async fn status(request: &RequestInit) -> Entry {
    let Some(window) = web_sys::window() else { return Entry::Silent };
    let answer = JsFuture::from(window.fetch_with_str_and_init(PATH, request)).await;
    match answer.and_then(JsCast::dyn_into::<Response>).map(|response| response.status()) {
        Ok(200..300) => Entry::Open,
        Ok(401 | 403) => Entry::Refused,
        _ => Entry::Silent,
    }
}
