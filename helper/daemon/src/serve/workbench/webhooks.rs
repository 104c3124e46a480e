//! Tasks whose end somebody wants to be told.

use silhueta_shared::protocol::{JobId, JobView, WebhookState, WebhookView};
use silhueta_shared::state::JobState;

use super::{Attempt, Workbench};

impl Workbench {
    /// Ended tasks with somebody who was not told yet. One that was cut off has not ended: it goes on by itself.
    pub(in crate::serve) fn untold(&self) -> Vec<JobView> {
        let is_waiting = |view: &JobView| {
            let webhook = view.task.as_ref().and_then(|task| task.webhook.as_ref());
            webhook.is_some_and(|webhook| webhook.state == WebhookState::Waiting)
        };
        let has_ended = |state| matches!(state, JobState::Completed | JobState::Failed | JobState::Cancelled);
        let views = self.jobs.values().map(|job| &job.view);
        views.filter(|view| has_ended(view.state) && is_waiting(view)).cloned().collect()
    }

    /// Whether the message of an attempt's end is in the outbox.
    pub(in crate::serve) fn is_posted(&self, view: &JobView) -> bool {
        self.store.is_posted(view.id, view.attempt).is_ok_and(|is_posted| is_posted)
    }

    /// How far the telling of an attempt's end is. A later attempt has its own.
    pub(in crate::serve) fn telling(&mut self, job: JobId, attempt: u32, edit: impl FnOnce(&mut WebhookView)) {
        let view = self.jobs.get(&job).map(|job| &job.view).filter(|view| view.attempt == attempt);
        if let Some(attempt) = view.map(Attempt::of) {
            self.edit(attempt, |view| {
                if let Some(webhook) = view.task.as_mut().and_then(|task| task.webhook.as_mut()) {
                    edit(webhook);
                }
            });
        }
    }
}
