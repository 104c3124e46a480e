//! What was taken away and can be brought back.

use leptos::prelude::*;
use silhueta_shared::protocol::RemovedModel;

use super::held::why_held;
use crate::components::{Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::{Locale, use_locale, use_texts};
use crate::state::helper::HelperState;
use crate::state::shelf::Shelf;

const DAY: u64 = 24 * 3600 * 1000;

/// The card, while there is something in it.
#[component]
pub(super) fn Removed() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let removed = expect_context::<Shelf>().part(|shelf| shelf.removed.clone());
    view! {
        <Show when=move || removed.with(|removed| !removed.is_empty())>
            <section class="card removed" data-testid="models-removed">
                <h2>{move || t().removed}</h2>
                <p class="quiet">{move || t().removed_hint}</p>
                <ul>
                    <For each=move || removed.get() key=|model| (model.id.clone(), model.removed_at) let:model>
                        <Row model />
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Row(model: RemovedModel) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let helper = expect_context::<HelperState>();
    let why_held = why_held();
    let RemovedModel { id, size, until, .. } = model;
    let days = move || days_left(until, helper.now(), t(), locale.get());
    let (label, back, shown) = (id.clone(), id.clone(), id.clone());
    view! {
        <li data-testid="removed" data-id=id>
            <b>{shown}</b>
            <small class="num">{move || locale.get().bytes(size)}</small>
            <small class="num">{days}</small>
            <button
                type="button"
                class="button small"
                data-testid="restore"
                disabled=move || why_held().is_some()
                title=why_held
                aria-label=move || (t().restore_label)(&label)
                on:click=move |_| shelf.restore(back.clone())
            >
                <Icon shape=Shape::Undo />
                {move || t().restore}
            </button>
        </li>
    }
}

/// How many whole days more.
fn days_left(until: u64, now: u64, t: &Modelos, locale: Locale) -> String {
    match until.saturating_sub(now) / DAY {
        0 => t.last_day.to_owned(),
        days => locale.noun(days, t.days).replace("{}", &days.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Section as _;

    #[test]
    fn days_are_counted_as_in_each_language() {
        let said = |locale, days: u64| days_left(days * DAY + 7, 7, Modelos::of(locale), locale);
        assert_eq!([0, 1, 6].map(|days| said(Locale::PtBr, days)), ["último dia", "mais 1 dia", "mais 6 dias"]);
        assert_eq!([1, 2, 5].map(|days| said(Locale::Ru, days)), ["ещё 1 день", "ещё 2 дня", "ещё 5 дней"]);
        assert_eq!(days_left(5, 9, Modelos::of(Locale::En), Locale::En), "last day");
    }
}
