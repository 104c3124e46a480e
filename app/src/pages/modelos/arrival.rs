//! One file that is brought: on its way, and what came of it.

use leptos::prelude::*;

use crate::components::{Copy, Icon, Shape};
use crate::files::Imports;
use crate::files::arrivals::{Arrival, Step};
use crate::files::queue::{Key, Problem};
use crate::i18n::format::clock;
use crate::i18n::modelos::Modelos;
use crate::i18n::{Locale, errors, use_locale, use_texts};

/// A file by its key.
#[component]
pub(super) fn ArrivalRow(key: Key) -> impl IntoView {
    let imports = expect_context::<Imports>();
    let arrival =
        Memo::new(move |_| imports.arrivals.with(|all| all.list().iter().find(|arrival| arrival.key == key).cloned()));
    let name = arrival.get_untracked().map(|arrival| arrival.name).unwrap_or_default();
    let is_moving = Memo::new(move |_| arrival.with(|a| a.as_ref().is_some_and(|a| a.step.is_busy())));
    // What has come to an end is drawn once.
    let end = Memo::new(move |_| arrival.get().filter(|arrival| !arrival.step.is_busy()));
    view! {
        <Show
            when=move || is_moving.get()
            fallback={
                let name = name.clone();
                move || end.get().map(|arrival| view! { <Ended key name=name.clone() step=arrival.step /> })
            }
        >
            <Moving key name=name.clone() arrival />
        </Show>
    }
}

/// One that waits, comes, or is looked at.
#[component]
fn Moving(key: Key, name: String, arrival: Memo<Option<Arrival>>) -> impl IntoView {
    let (t, locale) = (use_texts::<Modelos>(), use_locale());
    let imports = expect_context::<Imports>();
    let share = move || {
        arrival.with(|arrival| match arrival {
            Some(Arrival { size, step: Step::Sending { sent, .. }, .. }) => *sent as f64 / (*size).max(1) as f64,
            Some(Arrival { step: Step::Looking, .. }) => 1.0,
            _ => 0.0,
        })
    };
    let told = move || arrival.get().map(|arrival| about(&arrival, t(), locale.get()));
    let (label, data_name, shown, title) = (name.clone(), name.clone(), name.clone(), name.clone());
    view! {
        <div class="upload" data-testid="arrival" data-name=data_name data-state="moving">
            <b title=title>{shown}</b>
            <button
                type="button"
                class="icon-button"
                data-testid="cancel-arrival"
                title=move || t().cancel
                aria-label=move || (t().bring_cancel)(&label)
                on:click=move |_| imports.dismiss(key)
            >
                <Icon shape=Shape::Close />
            </button>
            <progress max="1" prop:value=share aria-label=name></progress>
            <small>{told}</small>
        </div>
    }
}

/// `43 % · 12,4 MB/s · faltam 0:31`.
fn about(arrival: &Arrival, t: &Modelos, locale: Locale) -> String {
    match &arrival.step {
        Step::Looking => t.bring_looking.to_owned(),
        Step::Sending { sent, pace } => {
            let mut said = vec![locale.percent(*sent as f64 / arrival.size.max(1) as f64)];
            said.extend(pace.bytes_per_second().map(|pace| (t.a_second)(&locale.bytes(pace as u64))));
            said.extend(pace.seconds_left(arrival.size).map(|left| (t.left)(&clock(left))));
            said.join(" · ")
        }
        _ => format!("{} · {}", locale.bytes(arrival.size), t.waiting),
    }
}

/// What came of one, and what can be done about it.
#[component]
fn Ended(key: Key, name: String, step: Step) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let imports = expect_context::<Imports>();
    let (state, shape) = match &step {
        Step::Done(_) => ("done", Shape::Check),
        Step::Asks => ("asks", Shape::Warning),
        Step::NeedsExport { .. } => ("checkpoint", Shape::Box),
        _ => ("failed", Shape::Warning),
    };
    let retries = matches!(step, Step::Failed(_));
    let text = match step {
        Step::NeedsExport { recipe } => view! { <Checkpoint name=name.clone() recipe /> }.into_any(),
        step => view! { <Told name=name.clone() step /> }.into_any(),
    };
    let asks = state == "asks";
    view! {
        <div class="brought" data-testid="arrival" data-name=name data-state=state role="status">
            <Icon shape />
            <div class="brought-text">
                {text}
                <Show when=move || asks || retries>
                    <div class="brought-acts">
                        <button
                            type="button"
                            class="button small"
                            data-testid=if asks { "replace" } else { "retry-arrival" }
                            on:click=move |_| imports.again(key, asks)
                        >
                            {move || if asks { t().replace } else { t().retry }}
                        </button>
                        <Show when=move || asks>
                            <button
                                type="button"
                                class="button small quiet-button"
                                data-testid="replace-not"
                                on:click=move |_| imports.dismiss(key)
                            >
                                {move || t().replace_not}
                            </button>
                        </Show>
                    </div>
                </Show>
            </div>
            <button
                type="button"
                class="icon-button"
                data-testid="dismiss-arrival"
                title=move || t().dismiss
                aria-label=move || t().dismiss
                on:click=move |_| imports.dismiss(key)
            >
                <Icon shape=Shape::Close />
            </button>
        </div>
    }
}

/// Weights alone: what to type, once.
#[component]
fn Checkpoint(name: String, recipe: String) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let copied = recipe.clone();
    view! {
        <p>
            <b>{move || (t().checkpoint)(&name)}</b>
        </p>
        <p>{move || t().checkpoint_hint}</p>
        <pre class="command" data-testid="export-command" tabindex="0">{recipe}</pre>
        <div class="brought-acts">
            <Copy text=move || copied.clone() />
        </div>
    }
}

/// Any other end, in a sentence.
#[component]
fn Told(name: String, step: Step) -> impl IntoView {
    let (t, locale) = (use_texts::<Modelos>(), use_locale());
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
    let detail = match &step {
        Step::Done(model) => Some(model.about.clone()),
        Step::Failed(Problem::Refused(error)) => Some(error.message.clone()),
        _ => None,
    };
    let hint = match &step {
        Step::Asks => Some(move || t().replace_hint),
        _ => None,
    };
    let said = move || {
        let (t, locale) = (t(), locale.get());
        match &step {
            Step::Done(model) if model.was_there => (t.brought_before)(&model.id),
            Step::Done(model) => (t.brought_as)(&model.id),
            Step::Asks => (t.replace_ask)(&stem),
            Step::NoModel => format!("{name} {}.", t.no_model),
            Step::Empty => format!("{name} {}.", t.empty_file),
            Step::TooLarge => format!("{name}: {}", t.too_large),
            Step::Failed(problem) => format!("{name}: {}", trouble(problem, t, locale)),
            _ => String::new(),
        }
    };
    view! {
        <p>{said}</p>
        {hint.map(|hint| view! { <p class="quiet">{hint}</p> })}
        {detail.map(|detail| view! { <small class="quiet detail">{detail}</small> })}
    }
}

fn trouble(problem: &Problem, t: &'static Modelos, locale: Locale) -> &'static str {
    match problem {
        Problem::Refused(error) => errors::refusal(locale, error),
        Problem::BrokeOff => t.broke_off,
        Problem::Offline => t.unconnected,
    }
}
