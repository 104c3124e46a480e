//! Said first when nothing can run: which roles lack a network, and one press that fetches one for each.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::protocol::{Page, WantedModel};

use super::acts::needed;
use super::fetching::Fetching;
use super::folder::Folder;
use super::held::why_held;
use crate::components::{Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::helper::HelperState;
use crate::state::route;
use crate::state::shelf::Shelf;

/// The card, while a role of the main job has no network. `elsewhere`: it stands on another page than Modelos, which
/// it then leads to.
#[component]
pub(crate) fn Missing(#[prop(optional)] elsewhere: bool) -> impl IntoView {
    let missing = expect_context::<Shelf>().part(|shelf| shelf.missing.clone());
    view! {
        <Show when=move || missing.with(|missing| !missing.is_empty())>
            <Card elsewhere missing />
        </Show>
    }
}

#[component]
fn Card(elsewhere: bool, missing: Memo<Vec<WantedModel>>) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let helper = expect_context::<HelperState>();
    let why_held = why_held();
    let offered = shelf.part(|shelf| shelf.offered.clone());
    let needed = Memo::new(move |_| {
        let (missing, offered) = (missing.get(), offered.get());
        helper.fetches.with(|fetches| needed(&missing, &offered, fetches))
    });
    let is_coming = move || needed.with(|needed| needed.is_coming && needed.ids.is_empty());
    let can_fetch = move || needed.with(|needed| !needed.ids.is_empty() || needed.is_coming);
    let text = move || match needed.with(|needed| needed.bytes) {
        _ if is_coming() => t().missing_under_way.to_owned(),
        Some(bytes) => (t().missing_fetch_of)(&locale.get().bytes(bytes)),
        None => t().missing_fetch.to_owned(),
    };
    view! {
        <section class="card no-models" data-testid="no-models">
            <h2>
                <Icon shape=Shape::Box />
                {move || t().missing}
            </h2>
            <p>{move || t().missing_how}</p>
            <ul class="wanted">
                <For each=move || missing.get() key=|wanted| (wanted.role, wanted.id.clone()) let:wanted>
                    <Wanted wanted />
                </For>
            </ul>
            <div class="missing-acts">
                <Show when=can_fetch>
                    <button
                        type="button"
                        class="button primary large"
                        data-testid="fetch-needed"
                        disabled=move || is_coming() || why_held().is_some()
                        title=why_held
                        on:click=move |_| shelf.fetch(needed.get_untracked().ids)
                    >
                        <Icon shape=Shape::Download />
                        {text}
                    </button>
                </Show>
                <Show when=move || elsewhere>
                    <A href=route::path(Page::Modelos) attr:class="button large">
                        {move || t().missing_more}
                    </A>
                </Show>
            </div>
            <Show when=move || elsewhere>
                <Folder />
            </Show>
        </section>
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
                {move || is_own.then(|| view! { <span class="quiet">{t().missing_bring}</span> })}
            </span>
            <div class="wanted-fetch">
                <Fetching state size partial name=id />
            </div>
        </li>
    }
}
