//! Errors of the task API: in `detail`, where its clients look, with our code, field and way out beside it.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use silhueta_shared::protocol::{ErrorCode, Lock, WireError};

use crate::serve::answer::HttpError;

/// An error on its way to a script.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    error: Box<WireError>,
    header: Option<(HeaderName, HeaderValue)>,
}

/// Its body.
#[derive(Debug, Serialize)]
struct Body {
    /// What happened, with the way out behind it: older scripts show nothing else.
    detail: String,
    code: ErrorCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Who works, where that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    lock: Option<Box<Lock>>,
}

impl ApiError {
    /// With a status of its own.
    pub(super) fn with(status: StatusCode, error: WireError) -> Self {
        Self { status, error: Box::new(error), header: None }
    }

    /// With a header.
    pub(super) fn header(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some((name, value)), ..self }
    }
}

impl From<WireError> for ApiError {
    fn from(error: WireError) -> Self {
        let (status, error) = HttpError::from(error).into_parts();
        Self::with(status, error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let WireError { code, message, field, hint, lock } = *self.error;
        let detail = hint.as_ref().map_or_else(|| message.clone(), |hint| format!("{message}: {hint}"));
        let mut response = (self.status, Json(Body { detail, code, field, hint, lock })).into_response();
        response.headers_mut().extend(self.header);
        response
    }
}
