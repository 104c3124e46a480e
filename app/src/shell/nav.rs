//! The nine pages, with the dot beside the one that works or whose work ended unseen.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::protocol::Page;

use super::seen::Seen;
use crate::components::{Icon, page_shape};
use crate::i18n::shell::Shell;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::dots::{Dot, dot, task_dot};
use crate::state::helper::HelperState;
use crate::state::route;

/// The pages as links.
#[component]
pub(super) fn Navigation(here: Memo<Option<Page>>, seen: Seen) -> impl IntoView {
    let t = use_texts::<Shell>();
    view! {
        <nav aria-label=move || t().pages>
            {Page::ALL
                .into_iter()
                .map(|page| view! { <PageLink page here seen /> })
                .collect_view()}
        </nav>
    }
}

#[component]
fn PageLink(page: Page, here: Memo<Option<Page>>, seen: Seen) -> impl IntoView {
    let t = use_texts::<Shell>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let shown = Memo::new(move |_| {
        if page == Page::Tarefas {
            let seen = seen.tasks.get();
            return helper.tasks.with(|tasks| task_dot(tasks.all(), seen));
        }
        let seen = seen.runs.with(|seen| seen.iter().find(|(other, _)| *other == page).map(|(_, run)| *run));
        let lock = helper.lock.get();
        helper.jobs.with(|jobs| dot(page, jobs, lock.as_ref(), seen))
    });
    let testid = format!("nav-{}", page.name());
    view! {
        <A href=route::path(page) attr:class="page-link" attr:data-testid=testid>
            // The router compares whole segments; this one also says so to styles.
            <span class="page-icon" class:here=move || here.get() == Some(page)>
                <Icon shape=page_shape(page) />
            </span>
            <span class="page-name">{move || notices::page(locale.get(), page)}</span>
            {move || {
                shown.get().map(|dot| {
                    let said = match dot {
                        Dot::Busy => t().dot_busy,
                        Dot::Ok => t().dot_ok,
                        Dot::Bad => t().dot_bad,
                    };
                    view! {
                        <span
                            class="dot"
                            data-testid=format!("dot-{}", page.name())
                            data-state=dot.name()
                            role="img"
                            aria-label=said
                            title=said
                        ></span>
                    }
                })
            }}
        </A>
    }
}
