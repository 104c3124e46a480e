//! One upload on its way. Fetch can't tell how far an upload is, so this is an XMLHttpRequest.

use serde::de::DeserializeOwned;
use silhueta_shared::protocol::{SessionId, WireError};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Blob, ProgressEvent, XmlHttpRequest};

use super::queue::Problem;

const CREATED: u16 = 201;

/// Dropping it ends it; the helper then keeps nothing of it.
pub(super) struct Sending {
    request: XmlHttpRequest,
    _progress: Closure<dyn FnMut(ProgressEvent)>,
    _load: Closure<dyn FnMut()>,
    _error: Closure<dyn FnMut()>,
}

impl Sending {
    /// Begins to POST `body` to `address`; `None` where the browser refuses even that.
    pub(super) fn begin<T: DeserializeOwned>(
        address: &str,
        body: &Blob,
        session: SessionId,
        mut on_sent: impl FnMut(u64) + 'static,
        on_end: impl Fn(Result<T, Problem>) + Clone + 'static,
    ) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open_with_async("POST", address, true).ok()?;
        request.set_request_header("x-silhueta-session", &session.to_string()).ok()?;
        request.set_request_header("content-type", "application/octet-stream").ok()?;
        let progress = Closure::new(move |event: ProgressEvent| on_sent(event.loaded().max(0.0) as u64));
        let load = {
            let (request, on_end) = (request.clone(), on_end.clone());
            Closure::new(move || on_end(outcome(&request)))
        };
        let error = Closure::new(move || on_end(Err(Problem::BrokeOff)));
        request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        request.set_onload(Some(load.as_ref().unchecked_ref()));
        request.set_onerror(Some(error.as_ref().unchecked_ref()));
        request.send_with_opt_blob(Some(body)).ok()?;
        Some(Self { request, _progress: progress, _load: load, _error: error })
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.request.set_onload(None);
        self.request.set_onerror(None);
        if let Ok(upload) = self.request.upload() {
            upload.set_onprogress(None);
        }
        // Ending what has ended is no error of ours.
        let _ = self.request.abort();
    }
}

fn outcome<T: DeserializeOwned>(request: &XmlHttpRequest) -> Result<T, Problem> {
    let text = request.response_text().ok().flatten().unwrap_or_default();
    if request.status() == Ok(CREATED) {
        return serde_json::from_str(&text).map_err(|_| Problem::BrokeOff);
    }
    // Something between us and the helper may answer too, and not in its words.
    Err(serde_json::from_str::<WireError>(&text).map_or(Problem::BrokeOff, Problem::Refused))
}
