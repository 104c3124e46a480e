//! The switch of `/video_feed`. While it is off, its streams show that they wait, and nothing is encoded for them; the
//! page's own preview has a switch of its own.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{ErrorCode, WireError};
use silhueta_shared::state::JobState;

use crate::serve::answer::internal;
use crate::serve::api_error::ApiError;
use crate::serve::helper::Helper;

/// How the switch stands.
#[derive(Debug, Serialize)]
pub(super) struct Preview {
    show_preview: bool,
    /// Whether `/video_feed` has pictures now: poses are being found, and it is on.
    has_frame: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    enabled: Option<String>,
}

/// GET `/preview/status`.
pub(super) async fn status(State(helper): State<Arc<Helper>>) -> Json<Preview> {
    Json(now(&helper))
}

/// POST `/preview/toggle?enabled=…`.
pub(super) async fn toggle(
    State(helper): State<Arc<Helper>>,
    Query(Wanted { enabled }): Query<Wanted>,
) -> Result<Json<Preview>, ApiError> {
    turn(&helper, enabled.as_deref().unwrap_or_default())
}

/// POST `/set_preview_state/ENABLED`.
pub(super) async fn set(
    State(helper): State<Arc<Helper>>,
    Path(enabled): Path<String>,
) -> Result<Json<Preview>, ApiError> {
    turn(&helper, &enabled)
}

fn turn(helper: &Helper, enabled: &str) -> Result<Json<Preview>, ApiError> {
    let on = match enabled.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => true,
        "false" | "0" | "off" | "no" => false,
        other => {
            let error = WireError::new(ErrorCode::BadValue, format!("enabled is {other:?}")).field("enabled");
            return Err(error.hint("it is true or false").into());
        }
    };
    switch(helper, on)?;
    Ok(Json(now(helper)))
}

/// Turns it on or off, and keeps that.
pub(super) fn switch(helper: &Helper, on: bool) -> Result<(), WireError> {
    helper.state().bench.store().show_feed(on).map_err(internal)?;
    helper.previews.show_feed(on);
    Ok(())
}

fn now(helper: &Helper) -> Preview {
    let show_preview = helper.previews.shows_feed();
    let state = helper.state();
    let is_posing = state.bench.holder().is_some_and(|view| matches!(view.state, JobState::Running(Stage::Pose)));
    Preview { show_preview, has_frame: show_preview && is_posing }
}
