//! The pages' log lines as text, each with a tag that scripts can look for.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use silhueta_shared::notice::{Level, Notice};
use silhueta_shared::protocol::{ErrorCode, WireError};

use crate::serve::api_error::ApiError;
use crate::serve::helper::Helper;
use crate::serve::now;

/// Those with lines; both have the same.
const SPOKEN: [&str; 2] = ["default", "process"];
/// Those of work that only the earlier system did.
const SILENT: [&str; 4] = ["train", "test", "convert", "split"];
/// Lines that are kept in view.
const MOST: usize = 10_000;

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    category: Option<String>,
}

/// GET `/logs?category=…`.
pub(super) async fn show(
    State(helper): State<Arc<Helper>>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, ApiError> {
    let (category, has_lines) = known(which)?;
    let after = helper.neurapose.cleared.load(Ordering::Relaxed);
    let state = helper.state();
    let lines = if has_lines { state.bench.lines_since(after) } else { vec![] };
    let text = |notice: &Notice, level, video: &str| format!("{} {video}: {notice}", tag(notice, level));
    let lines: Vec<_> = lines.iter().map(|(job, line)| text(&line.notice, line.level, job.source.name())).collect();
    let total = lines.len();
    let logs = lines.get(total.saturating_sub(MOST)..).unwrap_or_default();
    Ok(Json(json!({ "category": category, "logs": logs, "total": total })))
}

/// DELETE `/logs?category=…`: what was said so far is shown no longer; jobs keep their logs.
pub(super) async fn clear(
    State(helper): State<Arc<Helper>>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, ApiError> {
    let (category, has_lines) = known(which)?;
    if has_lines {
        helper.neurapose.cleared.store(now(), Ordering::Relaxed);
    }
    Ok(Json(json!({ "status": "success", "category": category })))
}

/// The category, and whether anything is ever said in it.
fn known(Which { category }: Which) -> Result<(String, bool), WireError> {
    let category = category.unwrap_or_else(|| "default".to_owned());
    let has_lines = SPOKEN.contains(&category.as_str());
    if has_lines || SILENT.contains(&category.as_str()) {
        return Ok((category, has_lines));
    }
    let error = WireError::new(ErrorCode::NotFound, format!("there is no log {category:?}")).field("category");
    Err(error.hint(format!("there are {}, {}", SPOKEN.join(", "), SILENT.join(", "))))
}

const fn tag(notice: &Notice, level: Level) -> &'static str {
    match (notice, level) {
        (Notice::FinishedBefore { .. }, _) => "[SKIP]",
        (Notice::Completed { .. } | Notice::StageEnded { .. }, _) => "[OK]",
        (_, Level::Info) => "[INFO]",
        (_, Level::Warn) => "[AVISO]",
        (_, Level::Error) => "[ERRO]",
    }
}
