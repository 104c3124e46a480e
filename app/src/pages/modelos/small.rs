//! Said where only small built-in networks are there: which of them run, and one press that fetches larger ones.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::protocol::{Page, WantedModel};

use super::acts::needed;
use super::fetching::Fetching;
use super::held::why_held;
use crate::components::{Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::route;
use crate::state::shelf::Shelf;
use crate::state::start::small;

/// The note under the work, while small networks would run: it keeps nobody from starting.
#[component]
pub(crate) fn Small() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let helper = expect_context::<HelperState>();
    let shelf = expect_context::<Shelf>();
    let bench = expect_context::<Bench>();
    let run = Memo::new(move |_| {
        let of = |settings: &_| helper.models.with(|shelf| shelf.as_ref().map(|shelf| small(settings, shelf)));
        bench.settings.with(of).unwrap_or_default()
    });
    let better = shelf.part(|shelf| shelf.better.clone());
    // What was pressed for, and how it goes.
    let coming = Memo::new(move |_| {
        let mut better = better.get();
        helper.fetches.with(|fetches| better.retain(|wanted| fetches.iter().any(|fetch| fetch.id == wanted.id)));
        better
    });
    let names = move || run.get().into_iter().map(|id| view! { <code>{id}</code> }).collect_view();
    view! {
        <Show when=move || run.with(|run| !run.is_empty())>
            <section class="card small-networks" data-testid="small-networks">
                <h2>
                    <Icon shape=Shape::Box />
                    {move || t().small}
                </h2>
                <p class="small-names">{names}</p>
                <p class="quiet">{move || t().small_how}</p>
                <ul class="wanted">
                    <For each=move || coming.get() key=|wanted| wanted.id.clone() let:wanted>
                        <Wanted wanted />
                    </For>
                </ul>
                <div class="large-acts">
                    <Fetch />
                    <A href=route::path(Page::Modelos) attr:class="button">
                        {move || t().large_more}
                    </A>
                </div>
            </section>
        </Show>
    }
}

/// What does better than the small networks, a row each.
#[component]
pub(super) fn Large() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let better = expect_context::<Shelf>().part(|shelf| shelf.better.clone());
    view! {
        <Show when=move || better.with(|better| !better.is_empty())>
            <section class="card large-networks" data-testid="large-networks">
                <h2>
                    <Icon shape=Shape::Box />
                    {move || t().large}
                </h2>
                <p>{move || t().large_how}</p>
                <ul class="wanted">
                    <For each=move || better.get() key=|wanted| (wanted.role, wanted.id.clone()) let:wanted>
                        <Wanted wanted />
                    </For>
                </ul>
                <div class="large-acts">
                    <Fetch primary=true />
                </div>
            </section>
        </Show>
    }
}

/// One press for all that does better.
#[component]
fn Fetch(#[prop(optional)] primary: bool) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let helper = expect_context::<HelperState>();
    let why_held = why_held();
    let (better, offered) = (shelf.part(|shelf| shelf.better.clone()), shelf.part(|shelf| shelf.offered.clone()));
    let needed = Memo::new(move |_| {
        let (better, offered) = (better.get(), offered.get());
        helper.fetches.with(|fetches| needed(&better, &offered, fetches))
    });
    let is_coming = move || needed.with(|needed| needed.is_coming && needed.ids.is_empty());
    let can_fetch = move || needed.with(|needed| !needed.ids.is_empty() || needed.is_coming);
    let text = move || match needed.with(|needed| needed.bytes) {
        _ if is_coming() => t().under_way.to_owned(),
        Some(bytes) => (t().large_fetch_of)(&locale.get().bytes(bytes)),
        None => t().large_fetch.to_owned(),
    };
    view! {
        <Show when=can_fetch>
            <button
                type="button"
                class="button"
                class:primary=primary
                data-testid="fetch-needed"
                disabled=move || is_coming() || why_held().is_some()
                title=why_held
                on:click=move |_| shelf.fetch(needed.get_untracked().ids)
            >
                <Icon shape=Shape::Download />
                {text}
            </button>
        </Show>
    }
}

#[component]
fn Wanted(wanted: WantedModel) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let WantedModel { role, id, url, licence } = wanted;
    let of_row = id.clone();
    let sizes = shelf.part(move |shelf| {
        shelf.offered.iter().find(|offer| offer.id == of_row).map(|offer| (offer.size, offer.partial))
    });
    let size = Memo::new(move |_| sizes.get().and_then(|(size, _)| size));
    let partial = Memo::new(move |_| sizes.get().map_or(0, |(_, partial)| partial));
    let state = shelf.fetch_state(id.clone());
    let is_own = url.is_none();
    let told_size = move || {
        let size = size.get().map(|size| locale.get().bytes(size));
        size.map(|size| view! { <span class="quiet num">{size}</span> })
    };
    let (data_id, shown) = (id.clone(), id.clone());
    view! {
        <li data-testid="wanted" data-id=data_id>
            <b>{move || notices::role(locale.get(), role)}</b>
            <span class="quiet">{move || notices::role_does(locale.get(), role)}</span>
            <span class="wanted-model">
                <code>{shown}</code>
                {told_size}
                <span class="quiet">{move || t().licence_of(&licence)}</span>
                {move || is_own.then(|| view! { <span class="quiet">{t().no_address}</span> })}
            </span>
            <div class="wanted-fetch">
                <Fetching state size partial name=id />
            </div>
        </li>
    }
}
