//! Before the first task: what the task API is, and the line that posts one.

use leptos::prelude::*;
use silhueta_shared::protocol::Page;

use super::programs::{Line, use_curl};
use crate::components::{Icon, page_shape};
use crate::i18n::programs::Programs;
use crate::i18n::tarefas::Tarefas;
use crate::i18n::use_texts;

/// The card.
#[component]
pub(super) fn Empty() -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let p = use_texts::<Programs>();
    let curl = use_curl();
    view! {
        <section class="card empty tasks-empty" data-testid="tasks-empty">
            <div class="empty-mark">
                <Icon shape=page_shape(Page::Tarefas) />
            </div>
            <h2>{move || t().empty}</h2>
            <p>{move || t().empty_how[0]} " " {move || t().empty_how[1]}</p>
            <Line name="first" label=|p| p.post line=Signal::derive(move || curl().post(p().example)) />
        </section>
    }
}
