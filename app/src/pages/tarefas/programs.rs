//! For people who write to the task API: lines to copy, which hold as they stand, and where the rest is told.

use leptos::prelude::*;
use silhueta_shared::protocol::{JobView, SourceRef};

use super::shown::Shown;
use crate::components::{Copy, Icon, Shape};
use crate::i18n::programs::Programs as Texts;
use crate::i18n::use_texts;
use crate::state::curl::Curl;
use crate::state::helper::HelperState;

/// Stands for a task's name where there is no task yet.
const NO_ID: &str = "ID";

/// The lines, as they are now.
pub(super) fn use_curl() -> impl Fn() -> Curl + Copy + Send + Sync + 'static {
    let helper = expect_context::<HelperState>();
    let token_file = Memo::new(move |_| helper.tasks.with(|tasks| tasks.api.token_file.clone()));
    move || Curl { origin: window().location().origin().unwrap_or_default(), token_file: token_file.get() }
}

/// The panel.
#[component]
pub(super) fn Programs() -> impl IntoView {
    let t = use_texts::<Texts>();
    let helper = expect_context::<HelperState>();
    let shown = expect_context::<Shown>();
    let curl = use_curl();
    // The newest task that the API knows stands in the lines, so that they can be tried at once.
    let newest = Memo::new(move |_| {
        let is_known = |task: &&std::sync::Arc<JobView>| task.task.as_ref().is_some_and(|task| task.kept);
        helper
            .tasks
            .with(|tasks| tasks.all().iter().rev().find(is_known).and_then(|task| task.task.clone()))
            .map(|task| task.id)
    });
    let path = Memo::new(move |_| {
        let by_path = |task: &std::sync::Arc<JobView>| match &task.source {
            SourceRef::Path { path } => Some(path.clone()),
            SourceRef::File { .. } | SourceRef::Upload { .. } => None,
        };
        helper.tasks.with(|tasks| tasks.all().iter().rev().find_map(by_path))
    });
    let id = move || newest.get().unwrap_or_else(|| NO_ID.to_owned());
    let video = move || path.get().unwrap_or_else(|| t().example.to_owned());
    let status_hint = move || newest.with(Option::is_none).then(|| t().status_hint);
    let token = Memo::new(move |_| helper.tasks.with(|tasks| tasks.api.token_file.clone()));
    let secret = Memo::new(move |_| helper.tasks.with(|tasks| tasks.api.webhook_secret_file.clone()));
    let some = Memo::new(move |_| helper.tasks.with(|tasks| !tasks.all().is_empty()));
    let has_tasks = move || some.get();
    let fold = move |event: leptos::ev::Event| {
        let details = event_target::<web_sys::Element>(&event);
        shown.programs.set(details.has_attribute("open"));
    };
    view! {
        <aside class="card programs" data-testid="programs">
            <details open=shown.programs.get_untracked() on:toggle=fold>
                <summary>
                    <h2>{move || t().title}</h2>
                    <Icon shape=Shape::Down />
                </summary>
                <p class="quiet">{move || t().lead}</p>
                // Before the first task the line to post one stands in the middle of the page.
                <Show when=has_tasks>
                <Line name="post" label=|t| t.post hint=Signal::derive(move || Some(t().post_hint)) line=Signal::derive(move || curl().post(&video())) />
                </Show>
                <Line name="status" label=|t| t.status hint=Signal::derive(status_hint) line=Signal::derive(move || curl().status(&id())) />
                <Line name="cancel" label=|t| t.cancel line=Signal::derive(move || curl().cancel(&id())) />
                <Line name="delete" label=|t| t.delete hint=Signal::derive(move || Some(t().delete_hint)) line=Signal::derive(move || curl().delete(&id())) />
                <Line name="failed" label=|t| t.failed line=Signal::derive(move || curl().failed()) />
                <Line name="upload" label=|t| t.upload hint=Signal::derive(move || Some(t().upload_hint)) line=Signal::derive(move || curl().upload(t().example)) />
                <Line name="health" label=|t| t.health line=Signal::derive(move || curl().health()) />
                {move || token.get().map(|file| view! { <File label=|t| t.token file /> })}
                {move || Some(secret.get()).filter(|file| !file.is_empty()).map(|file| view! { <File label=|t| t.secret file /> })}
                <p class="programs-docs">
                    <a class="button" href="/docs" target="_blank" rel="noopener" data-testid="api-docs">{move || t().docs}</a>
                    <small class="quiet">{move || t().docs_hint}</small>
                </p>
            </details>
        </aside>
    }
}

/// A line with what it is for, and a button that copies it.
#[component]
pub(super) fn Line(
    name: &'static str,
    label: fn(&Texts) -> &'static str,
    line: Signal<String>,
    #[prop(into, optional)] hint: Option<Signal<Option<&'static str>>>,
) -> impl IntoView {
    let t = use_texts::<Texts>();
    view! {
        <div class="program" data-testid="program-line" data-name=name>
            <div class="program-head">
                <h3>{move || label(t())}</h3>
                <Copy text=move || line.get_untracked() of=Signal::derive(move || (t().line_of)(label(t()))) />
            </div>
            <pre class="command" tabindex="0">{move || line.get()}</pre>
            {move || hint.and_then(|hint| hint.get()).map(|hint| view! { <small class="quiet">{hint}</small> })}
        </div>
    }
}

#[component]
fn File(label: fn(&Texts) -> &'static str, file: String) -> impl IntoView {
    let t = use_texts::<Texts>();
    let copied = file.clone();
    view! {
        <p class="folder">
            <span class="quiet">{move || label(t())}</span>
            <code>{file}</code>
            <Copy text=move || copied.clone() of=Signal::derive(move || label(t()).to_owned()) />
        </p>
    }
}
