//! All that is known of a task: where everything is, who is told, why it failed, its log.

use std::sync::Arc;

use leptos::prelude::*;
use silhueta_shared::protocol::{JobId, JobView, WebhookState, WebhookView};
use silhueta_shared::state::JobState;

use super::shown::Shown;
use crate::components::{Copy, LogView, last_lines};
use crate::i18n::format::moment;
use crate::i18n::shell::Shell;
use crate::i18n::tarefas::{Tarefas, webhook as webhook_text};
use crate::i18n::{use_locale, use_texts};
use crate::state::helper::HelperState;
use crate::state::task_list::video;

/// The unfolded part of a row.
#[component]
pub(super) fn Details(id: JobId, task: Memo<Option<Arc<JobView>>>, element: String) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let shown = expect_context::<Shown>();
    let view = Memo::new(move |_| task.with(|task| task.as_ref().and_then(|task| task.task.clone())));
    let path = task.with_untracked(|task| task.as_ref().map(|task| video(&task.source).to_owned()));
    let created = task.with_untracked(|task| task.as_ref().map_or(0, |task| task.created));
    let is_done = Memo::new(move |_| task.with(|task| task.as_ref().is_some_and(|t| t.state == JobState::Completed)));
    let posted = move || {
        let from = view.get().map(|view| view.from).unwrap_or_default();
        (t().posted_by)(&from, &moment(created, helper.now(), locale.get()))
    };
    let facts = move || {
        let view = view.get()?;
        let to_come = move || (!is_done.get()).then(|| t().to_come.to_owned());
        let annotated = match view.visualization {
            Some(path) => {
                view! { <Fact label=|t| t.visualization text=path note=Signal::derive(to_come) /> }.into_any()
            }
            None => view! {
                <div>
                    <dt>{move || t().visualization}</dt>
                    <dd class="quiet">{move || t().no_visualization}</dd>
                </div>
            }
            .into_any(),
        };
        Some(view! {
            <Fact label=|t| t.id text=view.id />
            <Fact label=|t| t.predictions text=view.predictions note=Signal::derive(to_come) />
            {annotated}
            {view.boxes.map(|boxes| view! {
                <Fact label=|t| t.boxes text=boxes note=Signal::derive(move || Some(t().boxes_hint.to_owned())) />
            })}
        })
    };
    let webhook = Memo::new(move |_| view.with(|view| view.as_ref().and_then(|view| view.webhook.clone())));
    let is_over = Memo::new(move |_| task.with(|task| task.as_ref().is_some_and(|task| task.state.has_ended())));
    view! {
        <div class="task-details" id=element data-testid="task-details">
            <dl class="facts task-facts-list num">
                {path.map(|path| view! { <Fact label=|t| t.video text=path /> })}
                <div>
                    <dt>{move || t().model}</dt>
                    <dd>{move || view.get().map(|view| view.model)}</dd>
                </div>
                <div>
                    <dt>{move || t().posted}</dt>
                    <dd data-testid="task-posted">{posted}</dd>
                </div>
                {facts}
                {move || webhook.get().map(|webhook| view! { <Webhook webhook is_over /> })}
            </dl>
            <Technical task />
            <TaskLog id task quietest=shown.quietest />
        </div>
    }
}

/// A path, an address or a name that people take elsewhere.
#[component]
fn Fact(
    label: fn(&Tarefas) -> &'static str,
    text: String,
    #[prop(into, optional)] note: Option<Signal<Option<String>>>,
) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let copied = text.clone();
    view! {
        <div>
            <dt>{move || label(t())}</dt>
            <dd class="task-path">
                <code>{text}</code>
                <Copy text=move || copied.clone() of=Signal::derive(move || label(t()).to_owned()) />
                {move || note.and_then(|note| note.get()).map(|note| view! { <small class="quiet">{note}</small> })}
            </dd>
        </div>
    }
}

#[component]
fn Webhook(webhook: WebhookView, is_over: Memo<bool>) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let locale = use_locale();
    let state = match webhook.state {
        WebhookState::Waiting => "waiting",
        WebhookState::Delivered => "delivered",
        WebhookState::Failed => "failed",
    };
    let (url, error) =
        (webhook.url.clone(), webhook.error.clone().filter(|_| webhook.state != WebhookState::Delivered));
    view! {
        <div>
            <dt>{move || t().webhook}</dt>
            <dd class="task-path" data-testid="task-webhook" data-state=state>
                <code>{url}</code>
                <span class="task-webhook">{move || webhook_text(locale.get(), &webhook, is_over.get())}</span>
                {error.map(|error| view! { <small class="quiet">{error}</small> })}
            </dd>
        </div>
    }
}

/// What exactly went wrong, to be sent to who can help.
#[component]
fn Technical(task: Memo<Option<Arc<JobView>>>) -> impl IntoView {
    let shell = use_texts::<Shell>();
    let detail = Memo::new(move |_| {
        task.with(|task| {
            let failed = task.as_ref().filter(|task| task.state == JobState::Failed)?;
            let failure = failed.failure.as_ref()?;
            Some(match &failure.hint {
                Some(hint) => format!("{}\n{hint}", failure.message),
                None => failure.message.clone(),
            })
        })
    });
    move || {
        detail.get().map(|detail| {
            let copied = detail.clone();
            view! {
                <div class="task-technical" data-testid="task-technical">
                    <div class="card-head">
                        <h3>{move || shell().detail}</h3>
                        <Copy text=move || copied.clone() of=Signal::derive(move || shell().detail.to_owned()) />
                    </div>
                    <pre class="detail">{detail}</pre>
                </div>
            }
        })
    }
}

#[component]
fn TaskLog(
    id: JobId,
    task: Memo<Option<Arc<JobView>>>,
    quietest: RwSignal<silhueta_shared::notice::Level>,
) -> impl IntoView {
    let helper = expect_context::<HelperState>();
    let lines = Memo::new(move |_| {
        let quietest = quietest.get();
        helper.tasks.with(|tasks| {
            let lines = tasks.log(id).unwrap_or_default();
            last_lines(lines.iter().map(|line| (id, line.clone())), quietest)
        })
    });
    let names =
        Memo::new(move |_| task.with(|task| task.iter().map(|task| (id, task.source.name().to_owned())).collect()));
    view! {
        <div class="task-log" data-testid="task-log">
            <LogView lines names quietest />
        </div>
    }
}
