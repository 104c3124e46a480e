//! Tasks: jobs that scripts post to the task API. They are services: several work at once, and none holds the
//! workbench.

use serde::{Deserialize, Serialize};

/// What a job is beside a job when a script posted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskView {
    /// Its name in the task API: a UUID.
    pub id: String,
    /// The model that was asked for, or the default's id where none was.
    pub model: String,
    /// Who posted it, for people: the program's name and, from elsewhere, its address.
    pub from: String,
    /// The file with the boxes to use instead of detection.
    pub boxes: Option<String>,
    /// Whether the task API still knows it; a record that was deleted leaves the work as it is.
    pub kept: bool,
    /// Where its predictions go, or are.
    pub predictions: String,
    /// Where its annotated video goes, or is; none where none was asked for.
    pub visualization: Option<String>,
    /// How often the helper ended under it without a goodbye; after a few times it is not tried again by itself.
    #[serde(default)]
    pub cut_off: u32,
    /// Who is told of its end.
    pub webhook: Option<WebhookView>,
}

/// Somebody who is told of a task's end, once there is something to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookView {
    /// Scheme, host and path; without what may be secret in it.
    pub url: String,
    /// How far it is.
    pub state: WebhookState,
    /// How often it was tried.
    pub tries: u32,
    /// What went wrong the last time.
    pub error: Option<String>,
}

/// How far the telling of a task's end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// The task has not ended, or it is tried again.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was refused for good, or tried as often as it is tried.
    Failed,
}

/// What the task API takes, for people who write to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskApi {
    /// Tasks that work at the same time, at most.
    pub at_once: u32,
    /// Tasks that may wait, at most.
    pub queue: u32,
    /// Tasks in all that the API still knows; the oldest ended ones may be missing from a snapshot.
    pub known: u64,
    /// The file with the token that programs need, where they need one.
    pub token_file: Option<String>,
    /// The file with the secret that webhooks are signed with.
    pub webhook_secret_file: String,
}
