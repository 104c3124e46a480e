//! The page's name, how much works and waits, and why what waits has to.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::protocol::Page;

use crate::components::{Icon, Shape};
use crate::i18n::shell::Shell;
use crate::i18n::tarefas::Tarefas;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::helper::HelperState;
use crate::state::route;

/// Title line.
#[component]
pub(super) fn Head() -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let under_way = Memo::new(move |_| helper.tasks.with(|tasks| tasks.under_way()));
    let room = Memo::new(move |_| helper.tasks.with(|tasks| (tasks.api.at_once, tasks.api.queue)));
    let figure = move |n: usize| locale.get().int(n as u64);
    view! {
        <header class="head">
            <div>
                <h1>{move || notices::page(locale.get(), Page::Tarefas)}</h1>
                <p class="quiet">{move || t().lead}</p>
            </div>
            <Show when=move || helper.known.get()>
                <dl class="figures tasks-figures num" data-testid="tasks-figures">
                    <div data-testid="tasks-at-work">
                        <dd>{move || figure(under_way.get().0)}</dd>
                        <dt>{move || (t().at_work)(room.get().0.into())}</dt>
                    </div>
                    <div data-testid="tasks-waiting">
                        <dd>{move || figure(under_way.get().1)}</dd>
                        <dt>{move || (t().waiting)(&locale.get().int(room.get().1.into()))}</dt>
                    </div>
                </dl>
            </Show>
        </header>
    }
}

/// Said while tasks wait for a page's work: whose, and the way there.
#[component]
pub(super) fn Held() -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let shell = use_texts::<Shell>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let waiting = Memo::new(move |_| helper.tasks.with(|tasks| tasks.under_way().1));
    let paused = Memo::new(move |_| helper.queue.with(|queue| queue.paused));
    let banner = move || {
        let lock = helper.lock.get().filter(|_| waiting.get() > 0)?;
        let name = notices::page(locale.get(), lock.page);
        Some(view! {
            <div class="banner" data-testid="tasks-held" data-page=lock.page.name() role="status">
                <Icon shape=Shape::Pause />
                <p>
                    <b>{(t().held)(name, &lock.video)}</b>
                    " "
                    {move || (t().held_tasks)(waiting.get() as u64)}
                    {move || paused.get().then(|| format!(" {}", t().held_paused))}
                </p>
                <A href=route::path(lock.page) attr:class="button small">{(shell().lock_go)(name)}</A>
            </div>
        })
    };
    view! { {banner} }
}
