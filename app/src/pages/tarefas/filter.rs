//! One group or all, and a search.

use leptos::prelude::*;

use super::shown::Shown;
use crate::i18n::tarefas::Tarefas;
use crate::i18n::{use_locale, use_texts};
use crate::state::task_list::Group;

/// A button a group, with its number; and the field.
#[component]
pub(super) fn Filter() -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let locale = use_locale();
    let shown = expect_context::<Shown>();
    let count = move |of: Option<Group>| {
        shown.counts.with(|counts| of.map_or_else(|| counts.iter().sum::<usize>(), |of| counts[of as usize]))
    };
    let button = move |of: Option<Group>| {
        view! {
            <button
                type="button"
                data-testid="task-filter"
                data-group=of.map_or("all", Group::name)
                aria-pressed=move || (shown.only.get() == of).to_string()
                on:click=move |_| shown.only.set(of)
            >
                {move || of.map_or(t().all, |of| t().groups[of as usize])}
                <span class="count num">{move || locale.get().int(count(of) as u64)}</span>
            </button>
        }
    };
    view! {
        <div class="tasks-filter">
            <div class="filter" role="group" aria-label=move || t().filter>
                {button(None)}
                {Group::ALL.map(|of| button(Some(of))).collect_view()}
            </div>
            <input
                type="search"
                data-testid="task-search"
                autocomplete="off"
                spellcheck="false"
                placeholder=move || t().search
                aria-label=move || t().search
                prop:value=move || shown.search.get()
                on:input=move |event| shown.search.set(event_target_value(&event))
            />
        </div>
    }
}
