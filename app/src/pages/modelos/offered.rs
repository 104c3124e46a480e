//! What is known and not here, by role: fetched with one press, gone on with after a break, or brought.

use leptos::prelude::*;
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{FetchState, ModelSource, OfferedModel};

use super::acts::{Act, act, can_drop};
use super::fetching::{Fetching, kind};
use super::groups::{self, ROLES, host, is_shown};
use super::held::why_held;
use super::role_group::RoleGroup;
use super::tags::Tags;
use crate::components::{Copy, Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::{use_locale, use_texts};
use crate::state::shelf::Shelf;

/// The list.
#[component]
pub(super) fn Offered(role: RwSignal<Option<Role>>) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let shelf = expect_context::<Shelf>();
    let roles = shelf.part(|shelf| shelf.offered.iter().map(|model| model.role).collect::<Vec<_>>());
    let none = move || roles.with(|roles| !roles.iter().any(|of| is_shown(Some(*of), role.get())));
    view! {
        <section class="card models-list" data-testid="models-offered">
            <div class="card-head">
                <h2>
                    {move || t().offered}
                    <span class="count num">{move || roles.with(|all| (!all.is_empty()).then_some(all.len()))}</span>
                </h2>
            </div>
            <p class="lead">{move || if none() { t().none_offered } else { t().offered_hint }}</p>
            {ROLES.into_iter().flatten().map(|of| view! { <Group of role /> }).collect_view()}
        </section>
    }
}

#[component]
fn Group(of: Role, role: RwSignal<Option<Role>>) -> impl IntoView {
    let ids = expect_context::<Shelf>().part(move |shelf| groups::offered(&shelf.offered, of));
    view! { <RoleGroup of=Some(of) role ids row=|id| view! { <Row id /> } /> }
}

#[component]
fn Row(id: String) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let of_row = id.clone();
    let offer = shelf.part(move |shelf| shelf.offered.iter().find(|offer| offer.id == of_row).cloned());
    let state = shelf.fetch_state(id.clone());
    let size = Memo::new(move |_| offer.with(|offer| offer.as_ref().and_then(|offer| offer.size)));
    let partial = Memo::new(move |_| offer.with(|offer| offer.as_ref().map_or(0, |offer| offer.partial)));
    // The rest of it does not change while it comes.
    let fixed = offer.get_untracked();
    let tags = fixed.clone().map(|offer| view! { <Tags profile=offer.profile keypoints=offer.keypoints /> });
    let facts = fixed.clone().map(|offer| facts(&offer));
    let facts = move || {
        let size = size.get().map(|size| view! { <span class="size num">{locale.get().bytes(size)}</span> });
        let rest = facts.clone().map(|(licence, site)| {
            let site = site.map_or_else(|| t().no_address.to_owned(), |site| (t().from)(&site));
            view! {
                <span>{t().licence_of(&licence)}</span>
                <span>{site}</span>
            }
        });
        (size, rest)
    };
    let recipe = fixed.and_then(|offer| match offer.source {
        ModelSource::BringYourOwn { recipe } => recipe,
        ModelSource::Address(_) => None,
    });
    let recipe = recipe.map(|recipe| view! { <Recipe recipe /> });
    let (data_id, shown, of_acts) = (id.clone(), id.clone(), id.clone());
    let stands = move || state.with(|state| state.as_ref().map_or("idle", kind));
    view! {
        <li class="model" data-testid="offer" data-id=data_id data-state=stands>
            <div class="model-line">
                <b class="model-name">{shown}</b>
                {tags}
            </div>
            <Acts id=of_acts offer state />
            <div class="model-facts">{facts}</div>
            <Fetching state size partial name=id />
            {recipe}
        </li>
    }
}

/// Its licence, and the site that it comes from.
fn facts(offer: &OfferedModel) -> (String, Option<String>) {
    let site = match &offer.source {
        ModelSource::Address(address) => Some(host(address).to_owned()),
        ModelSource::BringYourOwn { .. } => None,
    };
    (offer.licence.clone(), site)
}

/// The buttons.
#[component]
fn Acts(id: String, offer: Memo<Option<OfferedModel>>, state: Memo<Option<FetchState>>) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let shelf = expect_context::<Shelf>();
    let why_held = why_held();
    let name = StoredValue::new(id);
    let main = Memo::new(move |_| {
        let state = state.get();
        offer.with(|offer| offer.as_ref().map_or(Act::Wait, |offer| act(offer, state.as_ref())))
    });
    let drops = Memo::new(move |_| {
        let state = state.get();
        offer.with(|offer| offer.as_ref().is_some_and(|offer| can_drop(offer, state.as_ref())))
    });
    let is_begun = move || offer.with(|offer| offer.as_ref().is_some_and(|offer| offer.partial > 0));
    let label = move || {
        let t = t();
        let say = match main.get() {
            Act::Fetch => t.fetch_label,
            Act::GoOn => t.go_on_label,
            Act::Retry => t.retry_label,
            _ => t.cancel_label,
        };
        name.with_value(|id| say(id))
    };
    let text = move || match main.get() {
        Act::Fetch => t().fetch,
        Act::GoOn => t().go_on,
        Act::Retry => t().retry,
        _ => t().cancel,
    };
    let press = move |_| match main.get_untracked() {
        Act::Fetch | Act::GoOn | Act::Retry => shelf.fetch(vec![name.get_value()]),
        Act::Cancel => shelf.cancel(name.get_value()),
        Act::Bring | Act::Wait => {}
    };
    // What is under way can be ended whoever works.
    let held = move || if main.get() == Act::Cancel { None } else { why_held() };
    let icon = move || {
        let shape = match main.get() {
            Act::Retry => Shape::Again,
            Act::Cancel => Shape::Close,
            _ => Shape::Download,
        };
        view! { <Icon shape /> }
    };
    view! {
        <div class="model-acts">
            <Show when=move || drops.get()>
                <button
                    type="button"
                    class="button small quiet-button"
                    data-testid="drop-partial"
                    disabled=move || why_held().is_some()
                    title=why_held
                    aria-label=move || {
                        let say = if is_begun() { t().drop_partial_label } else { t().forget_label };
                        name.with_value(|id| say(id))
                    }
                    on:click=move |_| shelf.drop_partial(name.get_value())
                >
                    {move || if is_begun() { t().drop_partial } else { t().dismiss }}
                </button>
            </Show>
            // One button for all states: who pressed it keeps the focus.
            <Show when=move || !matches!(main.get(), Act::Bring | Act::Wait)>
                <button
                    type="button"
                    class="button small"
                    data-testid="act"
                    data-act=move || format!("{:?}", main.get()).to_lowercase()
                    disabled=move || held().is_some()
                    title=held
                    aria-label=label
                    on:click=press
                >
                    {icon}
                    {text}
                </button>
            </Show>
        </div>
    }
}

/// How to make it of what is published.
#[component]
fn Recipe(recipe: String) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let copied = recipe.clone();
    view! {
        <details class="recipe">
            <summary>{move || t().recipe}</summary>
            <pre class="command">{recipe}</pre>
            <Copy text=move || copied.clone() />
        </details>
    }
}
