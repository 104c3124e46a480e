//! The lists: at work, waiting, ended. Of thousands the first are shown, and more on request.

use leptos::html::Ul;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use silhueta_shared::protocol::JobId;

use super::row::Row;
use super::shown::Shown;
use crate::components::{Icon, Shape};
use crate::i18n::tarefas::Tarefas;
use crate::i18n::{use_locale, use_texts};
use crate::state::helper::HelperState;
use crate::state::task_list::Lists as All;

/// Rows that are shown at first, and with each press.
const STEP: usize = 50;

/// All lists that have something.
#[component]
pub(super) fn Lists() -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let helper = expect_context::<HelperState>();
    let shown = expect_context::<Shown>();
    let of = move |part: fn(&All) -> &Vec<JobId>| Memo::new(move |_| shown.lists.with(|all| part(all).clone()));
    let (work, waiting, ended) = (of(|all| &all.work), of(|all| &all.waiting), of(|all| &all.ended));
    let has_older = Memo::new(move |_| helper.tasks.with(|tasks| tasks.has_older));
    view! {
        <List ids=work title=Signal::derive(move || t().title_work) name="work" />
        <List ids=waiting title=Signal::derive(move || t().title_waiting) name="waiting" />
        <List ids=ended title=Signal::derive(move || t().title_ended) name="ended" />
        <Show when=move || shown.lists.with(All::is_empty)>
            <div class="card tasks-none" data-testid="tasks-none">
                <p class="quiet" role="status">{move || t().none_found}</p>
                <button type="button" class="button small" data-testid="tasks-show-all" on:click=move |_| shown.show_all()>
                    {move || t().show_all}
                </button>
            </div>
        </Show>
        <Show when=move || has_older.get()>
            <p class="quiet tasks-older">{move || t().older}</p>
        </Show>
    }
}

#[component]
fn List(ids: Memo<Vec<JobId>>, title: Signal<&'static str>, name: &'static str) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let locale = use_locale();
    let limit = RwSignal::new(STEP);
    let list = NodeRef::<Ul>::new();
    let first = Memo::new(move |_| ids.with(|ids| ids.iter().take(limit.get()).copied().collect::<Vec<_>>()));
    let hidden = Memo::new(move |_| ids.with(Vec::len).saturating_sub(limit.get()));
    let has_more = move || hidden.get() > 0;
    let more = move |_| {
        let before = limit.get_untracked();
        limit.set(before + STEP);
        // The button moves away, or goes: who uses the keyboard goes on with the first new row.
        request_animation_frame(move || {
            let row = list.get_untracked().and_then(|list| list.children().item(u32::try_from(before).ok()?));
            let main = row.and_then(|row| row.query_selector(".task-main").ok().flatten());
            if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
                drop(main.focus());
            }
        });
    };
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <section class="card tasks-list" data-testid=format!("tasks-{name}-list")>
                <h2>{move || title.get()} " " <span class="count num">{move || locale.get().int(ids.with(Vec::len) as u64)}</span></h2>
                <ul node_ref=list>
                    <For each=move || first.get() key=|id| *id let:id>
                        <Row id />
                    </For>
                </ul>
                <Show when=has_more>
                    <button type="button" class="button small tasks-more" data-testid="task-more" on:click=more>
                        <Icon shape=Shape::Down />
                        {move || (t().more)(hidden.get().min(STEP) as u64)}
                    </button>
                </Show>
            </section>
        </Show>
    }
}
