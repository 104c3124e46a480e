//! The tasks: what scripts posted to the task API, how far it is, and what can be done with it. A service's page: no
//! other page locks it, and it shows no other page's work.

mod acts;
mod announce;
mod details;
mod empty;
mod filter;
mod head;
mod lists;
mod programs;
mod progress;
mod row;
mod shown;

use leptos::prelude::*;

use self::announce::Announcer;
use self::empty::Empty;
use self::filter::Filter;
use self::head::{Head, Held};
use self::lists::Lists;
use self::programs::Programs;
use self::shown::Shown;
use crate::net::Link;
use crate::state::helper::HelperState;

/// The page.
#[component]
pub(crate) fn Tarefas() -> impl IntoView {
    let helper = expect_context::<HelperState>();
    provide_context(Shown::open(helper, expect_context::<Link>()));
    let some = Memo::new(move |_| helper.tasks.with(|tasks| !tasks.all().is_empty()));
    view! {
        <div class="page tarefas">
            <Head />
            <Announcer />
            <Show when=move || helper.known.get()>
                <div class="tasks">
                    <div class="tasks-main">
                        <Held />
                        <Show when=move || some.get() fallback=Empty>
                            <Filter />
                            <Lists />
                        </Show>
                    </div>
                    <Programs />
                </div>
            </Show>
        </div>
    }
}
