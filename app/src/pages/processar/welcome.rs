//! What a newcomer sees before the first video: what this page does, in three steps.

use leptos::prelude::*;

use crate::components::{Icon, Shape};
use crate::i18n::processar::Processar;
use crate::i18n::use_texts;

/// Three steps.
#[component]
pub(super) fn Welcome() -> impl IntoView {
    let t = use_texts::<Processar>();
    let step = move |at: usize| {
        view! {
            <li>
                <span class="step-number num" aria-hidden="true">{at + 1}</span>
                <b>{move || t().welcome_steps[at].0}</b>
                <p>{move || t().welcome_steps[at].1}</p>
            </li>
        }
    };
    view! {
        <section class="card welcome">
            <div class="welcome-mark">
                <Icon shape=Shape::Figure />
            </div>
            <h2>{move || t().welcome}</h2>
            <ol class="steps">{[0, 1, 2].map(step)}</ol>
        </section>
    }
}
