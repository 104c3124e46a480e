//! Errors on their way to clients; over HTTP the socket's own error as JSON, with the status that fits.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use silhueta_shared::protocol::{ErrorCode, WireError};

/// An error on its way to a client.
#[derive(Debug)]
pub(super) struct HttpError {
    status: StatusCode,
    error: WireError,
}

impl HttpError {
    /// With a status of its own.
    pub(super) fn with(status: StatusCode, error: WireError) -> Self {
        Self { status, error }
    }
}

impl HttpError {
    /// Status and error, for who tells them otherwise.
    pub(super) fn into_parts(self) -> (StatusCode, WireError) {
        (self.status, self.error)
    }
}

impl From<WireError> for HttpError {
    fn from(error: WireError) -> Self {
        Self { status: status(error.code), error }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        (self.status, Json(self.error)).into_response()
    }
}

/// The helper's own fault.
pub(super) fn internal(error: impl std::fmt::Display) -> WireError {
    WireError::new(ErrorCode::Internal, error.to_string())
}

/// Turns a wire error into one for HTTP.
pub(super) trait Told<T> {
    /// The value, or the error with its status.
    fn told(self) -> Result<T, HttpError>;
}

impl<T> Told<T> for Result<T, WireError> {
    fn told(self) -> Result<T, HttpError> {
        self.map_err(HttpError::from)
    }
}

const fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Malformed
        | ErrorCode::UnsupportedProtocol
        | ErrorCode::OutOfOrder
        | ErrorCode::BadValue
        | ErrorCode::NotAVideo
        | ErrorCode::NotAModel
        | ErrorCode::NeedsExport
        | ErrorCode::ModelUnfit => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden | ErrorCode::OutsideRoots | ErrorCode::PathNotAllowed => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::PageLocked | ErrorCode::IllegalState | ErrorCode::NameTaken | ErrorCode::InUse => {
            StatusCode::CONFLICT
        }
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::QuotaExceeded | ErrorCode::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        ErrorCode::Offline | ErrorCode::NotDelivered | ErrorCode::WrongDigest => StatusCode::BAD_GATEWAY,
        ErrorCode::Closing => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
