//! What is on this machine, by role.

use leptos::prelude::*;
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ModelCheck, ModelOrigin, ModelVerdict};

use super::groups::{self, ROLES, is_first, is_shown};
use super::held::why_held;
use super::role_group::RoleGroup;
use super::tags::Tags;
use crate::components::{Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::{use_locale, use_texts};
use crate::state::shelf::Shelf;

/// The list.
#[component]
pub(super) fn Here(role: RwSignal<Option<Role>>) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let shelf = expect_context::<Shelf>();
    let files = shelf.part(|shelf| {
        let files = shelf.models.iter().filter(|model| model.origin != ModelOrigin::BuiltIn);
        files.map(|model| model.id.clone()).collect::<Vec<_>>()
    });
    let roles = shelf.part(|shelf| shelf.models.iter().map(|model| model.role).collect::<Vec<_>>());
    let none_shown = move || roles.with(|roles| !roles.iter().any(|of| is_shown(*of, role.get())));
    let checking = move || shelf.is_busy_checking();
    view! {
        <section class="card models-list" data-testid="models-here">
            <div class="card-head">
                <h2>
                    {move || t().here} <span class="count num">{move || roles.with(Vec::len)}</span>
                </h2>
                <Show when=move || files.with(|files| !files.is_empty())>
                    <button
                        type="button"
                        class="button small"
                        data-testid="verify-all"
                        disabled=checking
                        on:click=move |_| shelf.verify(files.get_untracked())
                    >
                        <Icon shape=Shape::Shield />
                        {move || if checking() { t().verifying } else { t().verify_all }}
                    </button>
                </Show>
            </div>
            <Show when=none_shown>
                <p class="models-none">{move || t().none_of_role}</p>
            </Show>
            {ROLES.map(|of| view! { <Group of role /> }).collect_view()}
        </section>
    }
}

#[component]
fn Group(of: Option<Role>, role: RwSignal<Option<Role>>) -> impl IntoView {
    let ids = expect_context::<Shelf>().part(move |shelf| groups::here(&shelf.models, of));
    view! { <RoleGroup of role ids row=|id| view! { <Row id /> } /> }
}

#[component]
fn Row(id: String) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let why_held = why_held();
    let name = StoredValue::new(id.clone());
    let of_row = id.clone();
    let model = shelf.part(move |shelf| shelf.models.iter().find(|model| model.id == of_row).cloned());
    let of_row = id.clone();
    let first = shelf.part(move |shelf| is_first(&shelf.models, &of_row));
    let used = Memo::new(move |_| model.with(|model| model.as_ref().is_some_and(|model| model.used)));
    let builtin = Memo::new(move |_| {
        model.with(|model| model.as_ref().is_some_and(|model| model.origin == ModelOrigin::BuiltIn))
    });
    let fresh = move || name.with_value(|id| shelf.is_fresh(id));
    let checking = move || name.with_value(|id| shelf.is_checking(id));
    let check = move || name.with_value(|id| shelf.check_of(id));
    let tags = move || model.get().map(|model| view! { <Tags profile=model.profile keypoints=model.keypoints /> });
    let facts = move || {
        model.get().map(|model| {
            let size = locale.get().bytes(model.size);
            let own = (model.origin == ModelOrigin::Own && model.role.is_some()).then(|| t().brought.to_owned());
            let about = model.role.is_some().then_some(model.about);
            let rest = [about, model.licence.map(|licence| t().licence_of(&licence)), own];
            let rest = rest.into_iter().flatten().map(|fact| view! { <span>{fact}</span> }).collect_view();
            view! { <span class="size num">{size}</span> {rest} }
        })
    };
    let unusable = move || {
        let why = model.with(|model| model.as_ref().filter(|m| m.role.is_none()).map(|m| m.about.clone()))?;
        Some(view! {
            <p class="model-note" data-state="bad">
                <Icon shape=Shape::Warning />
                <span>{why}</span>
            </p>
        })
    };
    let no_removal = move || used.get().then(|| t().remove_used.to_owned()).or_else(why_held);
    view! {
        <li class="model" data-testid="model" data-id=id data-checking=move || checking().to_string()>
            <div class="model-line">
                <b class="model-name">{name.get_value()}</b>
                <Show when=move || first.get()>
                    <span class="tag by-default" title=move || t().first_hint>{move || t().first}</span>
                </Show>
                <Show when=move || builtin.get()>
                    <span class="tag built-in" title=move || t().built_in_hint>{move || t().built_in}</span>
                </Show>
                <Show when=fresh>
                    <span class="tag fresh">{move || t().fresh}</span>
                </Show>
                <Show when=move || used.get()>
                    <span class="tag used" title=move || t().used_hint>{move || t().used}</span>
                </Show>
                {tags}
            </div>
            <Show when=move || !builtin.get()>
                <div class="model-acts">
                    <button
                        type="button"
                        class="icon-button"
                        data-testid="verify"
                        disabled=checking
                        title=move || t().verify
                        aria-label=move || name.with_value(|id| (t().verify_label)(id))
                        on:click=move |_| shelf.verify(vec![name.get_value()])
                    >
                        <Icon shape=Shape::Shield />
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        data-testid="remove"
                        disabled=move || no_removal().is_some()
                        title=move || no_removal().unwrap_or_else(|| t().remove.to_owned())
                        aria-label=move || name.with_value(|id| (t().remove_label)(id))
                        on:click=move |_| shelf.remove(name.get_value())
                    >
                        <Icon shape=Shape::Trash />
                    </button>
                </div>
            </Show>
            <div class="model-facts">{facts}</div>
            {unusable}
            {move || check().map(|check| view! { <Verdict check /> })}
            <Show when=checking>
                <p class="model-note">{move || t().verifying}</p>
            </Show>
        </li>
    }
}

/// What a check said.
#[component]
fn Verdict(check: ModelCheck) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let (state, shape) = match check.verdict {
        ModelVerdict::Pinned | ModelVerdict::AsItCame { .. } => ("good", Shape::Check),
        ModelVerdict::Unknown => ("unsure", Shape::Shield),
        ModelVerdict::Changed { .. } | ModelVerdict::Unusable { .. } => ("bad", Shape::Warning),
    };
    let digest = check.sha256.map(|digest| format!("SHA-256 {digest}"));
    let (said, detail): (fn(&Modelos) -> &'static str, _) = match check.verdict {
        ModelVerdict::Pinned => (|t| t.verdict_pinned, None),
        ModelVerdict::AsItCame { from } => (|t| t.verdict_as_it_came, Some(from)),
        ModelVerdict::Unknown => (|t| t.verdict_unknown, None),
        ModelVerdict::Changed { .. } => (|t| t.verdict_changed, None),
        ModelVerdict::Unusable { why } => (|t| t.verdict_unusable, Some(why)),
    };
    view! {
        <p class="model-note" data-testid="verdict" data-state=state role="status" title=digest>
            <Icon shape />
            <span>
                {move || said(t())} {detail.map(|detail| view! { <span class="detail">{detail}</span> })}
            </span>
        </p>
    }
}
