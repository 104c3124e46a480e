//! Settings: how the page looks, which folders are open, what the machine is, and the way out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::{Ask, Page, Root};

use super::machine::Machine;
use super::shut_down::ShutDown;
use crate::components::{Icon, Shape};
use crate::i18n::doors::Doors;
use crate::i18n::shell::Shell;
use crate::i18n::{notices, use_locale, use_texts};
use crate::net::Link;
use crate::shell::{LocaleChoice, ThemeChoice};
use crate::state::helper::HelperState;
use crate::state::toasts::Toasts;

/// The page.
#[component]
pub(crate) fn Configuracoes() -> impl IntoView {
    let t = use_texts::<Doors>();
    let shell = use_texts::<Shell>();
    let locale = use_locale();
    let roots = expect_context::<HelperState>().roots;
    view! {
        <div class="page configuracoes">
            <header class="head">
                <div>
                    <h1>{move || notices::page(locale.get(), Page::Configuracoes)}</h1>
                    <p class="quiet">{move || t().configuracoes_lead}</p>
                </div>
            </header>
            <div class="stack">
                <section class="card">
                    <h2>{move || t().appearance}</h2>
                    <div class="setting">
                        <span>{move || shell().theme}</span>
                        <ThemeChoice />
                    </div>
                    <div class="setting">
                        <span>{move || shell().language}</span>
                        <LocaleChoice />
                    </div>
                </section>
                <section class="card">
                    <h2>{move || t().folders}</h2>
                    <p class="quiet">{move || t().folders_hint}</p>
                    <Show when=move || roots.with(Vec::is_empty)>
                        <p>{move || t().no_folders}</p>
                    </Show>
                    <ul class="roots">
                        <For each=move || roots.get() key=|root| (root.id, root.path.clone()) let:root>
                            <RootRow root />
                        </For>
                    </ul>
                </section>
                <section class="card">
                    <h2>{move || t().machine}</h2>
                    <Machine />
                </section>
                <ShutDown />
            </div>
        </div>
    }
}

#[component]
fn RootRow(root: Root) -> impl IntoView {
    let t = use_texts::<Doors>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let lock = expect_context::<HelperState>().lock;
    let shell = use_texts::<Shell>();
    let held = move || lock.with(Option::is_some);
    let Root { id, path } = root;
    let label = path.clone();
    let close = move |_| {
        spawn_local(async move {
            if let Err(error) = link.ask(Ask::CloseRoot { root: id }).await {
                toasts.refused(error);
            }
        });
    };
    view! {
        <li>
            <Icon shape=Shape::Folder />
            <code>{path}</code>
            <button
                type="button"
                class="button small"
                aria-label=move || (t().close_folder)(&label)
                disabled=held
                title=move || held().then(|| shell().lock_rule)
                on:click=close
            >
                {move || t().close}
            </button>
        </li>
    }
}
