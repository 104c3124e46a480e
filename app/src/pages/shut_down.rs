//! Ends the helper from the page: asks first, and says what that does to the work.

use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::Ask;

use crate::components::{Icon, Shape};
use crate::i18n::shut_down::ShutDownTexts;
use crate::i18n::use_texts;
use crate::net::{Link, LinkStatus};
use crate::state::helper::HelperState;
use crate::state::late;
use crate::state::toasts::Toasts;

/// The card.
#[component]
pub(super) fn ShutDown() -> impl IntoView {
    let t = use_texts::<ShutDownTexts>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let helper = expect_context::<HelperState>();
    let lock = helper.lock;
    let tasks = Memo::new(move |_| helper.tasks.with(|tasks| tasks.under_way()));
    let (asking, asked) = (RwSignal::new(false), RwSignal::new(false));
    let online = move || link.status().get() == LinkStatus::Online;
    let cancel = NodeRef::<Button>::new();
    Effect::new(move |_| {
        // The harmless answer is the one under the finger.
        if let (true, Some(button)) = (asking.get(), cancel.get()) {
            drop(button.focus());
        }
    });
    let end = move |_| {
        asked.set(true);
        spawn_local(async move {
            match link.ask(Ask::ShutDown).await {
                Ok(_) => late::set(asking, false),
                Err(error) => toasts.refused(error),
            }
            late::set(asked, false);
        });
    };
    let question = move || match (lock.get(), tasks.get()) {
        (Some(lock), _) => (t().question_at_work)(&lock.video),
        (None, (0, 0)) => t().question.to_owned(),
        (None, (active, waiting)) => (t().question_tasks)((active + waiting) as u64),
    };
    view! {
        <section class="card" data-testid="shut-down">
            <h2>{move || t().title}</h2>
            <p class="quiet">{move || t().hint}</p>
            <Show
                when=move || asking.get()
                fallback=move || {
                    view! {
                        <button
                            type="button"
                            class="button"
                            data-testid="shut-down-ask"
                            disabled=move || !online()
                            on:click=move |_| asking.set(true)
                        >
                            <Icon shape=Shape::Plug />
                            {move || t().button}
                        </button>
                    }
                }
            >
                <div class="question" role="alertdialog" aria-labelledby="shut-down-question">
                    <p id="shut-down-question">{question}</p>
                    <div class="question-answers">
                        <button
                            type="button"
                            class="button danger"
                            data-testid="shut-down-yes"
                            disabled=move || asked.get() || !online()
                            on:click=end
                        >
                            {move || t().button}
                        </button>
                        <button
                            type="button"
                            class="button"
                            node_ref=cancel
                            on:click=move |_| asking.set(false)
                        >
                            {move || t().cancel}
                        </button>
                    </div>
                </div>
            </Show>
        </section>
    }
}
