//! How a download stands: how far, how fast, how long still; that it waits or stands still; why it failed.

use leptos::prelude::*;
use silhueta_shared::protocol::{ErrorCode, FetchState, WireError};

use super::acts::{figures, share};
use crate::components::{Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::{Locale, errors, use_locale, use_texts};

/// The lines below a model that is on its way, was, or failed to come. `size` and `partial`: bytes of the whole where
/// known, and bytes that an earlier download left.
#[component]
pub(super) fn Fetching(
    #[prop(into)] state: Signal<Option<FetchState>>,
    #[prop(into)] size: Signal<Option<u64>>,
    #[prop(into)] partial: Signal<u64>,
    #[prop(into)] name: String,
) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let name = StoredValue::new(name);
    // Drawn anew when it is another kind of state, not for every byte.
    let kind = Memo::new(move |_| state.with(|state| state.as_ref().map(kind)));
    let line = move || {
        Some(match kind.get() {
            Some("failed") => {
                let failed = move || match state.get() {
                    Some(FetchState::Failed(error)) => Some(view! { <Failed error /> }),
                    _ => None,
                };
                view! { {failed} }.into_any()
            }
            Some("running") => view! { <Running state size name /> }.into_any(),
            Some("checking") => still(true, move || t().checking.to_owned()).into_any(),
            Some("waiting") => still(false, move || t().waiting.to_owned()).into_any(),
            Some("done") => still(false, move || t().done.to_owned()).into_any(),
            _ if partial.get() > 0 => view! { <Kept partial size /> }.into_any(),
            _ => return None,
        })
    };
    view! { {line} }
}

/// A name of the kind of state, for programs too.
pub(super) const fn kind(state: &FetchState) -> &'static str {
    match state {
        FetchState::Waiting => "waiting",
        FetchState::Running(_) => "running",
        FetchState::Checking => "checking",
        FetchState::Done => "done",
        FetchState::Cancelled { .. } => "cancelled",
        FetchState::Failed(_) => "failed",
    }
}

fn still(is_moving: bool, said: impl Fn() -> String + Send + 'static) -> impl IntoView {
    view! {
        <div class="model-fetch">
            <Show when=move || is_moving>
                <span class="bar unknown"></span>
            </Show>
            <span class="fetch-figures">{said}</span>
        </div>
    }
}

#[component]
fn Running(
    #[prop(into)] state: Signal<Option<FetchState>>,
    size: Signal<Option<u64>>,
    name: StoredValue<String>,
) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let progress = Memo::new(move |last| match state.get() {
        Some(FetchState::Running(progress)) => Some(progress),
        // For the moment until this is drawn anew.
        _ => last.copied().flatten(),
    });
    let part = move || progress.get().and_then(|now| share(now.done, now.total.or(size.get())));
    let width = move || part().map(|share| format!("{:.1}%", share * 100.0)).unwrap_or_default();
    let percent = move || part().map(|share| format!("{:.0}", (share * 100.0).floor()));
    let stalled = move || progress.get().is_some_and(|now| now.stalled);
    let said = move || {
        let now = progress.get()?;
        let mut said = figures(&now, size.get(), t(), locale.get()).into_iter();
        let first = said.next().map(|first| view! { <b>{first}</b> });
        Some((first, said.map(|part| view! { <span>{part}</span> }).collect_view()))
    };
    view! {
        <div class="model-fetch num" class:stalled=stalled data-testid="progress" data-stalled=move || stalled().to_string()>
            <span
                class="bar"
                class:unknown=move || part().is_none()
                role="progressbar"
                aria-label=move || name.get_value()
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=percent
            >
                <span class="bar-fill" style:width=width></span>
            </span>
            <span class="fetch-figures">{said}</span>
        </div>
    }
}

#[component]
fn Kept(partial: Signal<u64>, size: Signal<Option<u64>>) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let part = move || share(partial.get(), size.get());
    let width = move || part().map(|share| format!("{:.1}%", share * 100.0)).unwrap_or_default();
    let said = move || {
        let here = locale.get().bytes(partial.get());
        let of = size.get().map(|size| (t().done_of)(&here, &locale.get().bytes(size)));
        (t().kept)(&of.unwrap_or(here))
    };
    view! {
        <div class="model-fetch num" data-testid="kept">
            <Show when=move || part().is_some()>
                <span class="bar kept">
                    <span class="bar-fill" style:width=width></span>
                </span>
            </Show>
            <span class="fetch-figures">{said}</span>
        </div>
    }
}

#[component]
fn Failed(error: WireError) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shape = if error.code == ErrorCode::Offline { Shape::Plug } else { Shape::Warning };
    let (detail, code) = (error.message.clone(), format!("{:?}", error.code));
    view! {
        <div class="model-note" data-state="bad" data-testid="fetch-failed" data-code=code>
            <Icon shape />
            <div>
                {move || why(&error, t(), locale.get())} <span class="detail">{detail}</span>
            </div>
        </div>
    }
}

/// Why a download failed and what to do, in the reader's words.
fn why(error: &WireError, t: &Modelos, locale: Locale) -> String {
    match error.code {
        ErrorCode::Offline => t.offline.to_owned(),
        ErrorCode::Internal => t.failed.to_owned(),
        _ => errors::refusal(locale, error).to_owned(),
    }
}
