//! Theme and language.

use leptos::prelude::*;

use crate::components::{Choice, Icon, Select, Shape};
use crate::i18n::shell::Shell;
use crate::i18n::{Locale, choose_locale, use_locale, use_texts};
use crate::state::theme::{ChosenTheme, Theme};

/// Light, dark, or as the system.
#[component]
pub(crate) fn ThemeChoice(#[prop(optional)] testid: Option<&'static str>) -> impl IntoView {
    let t = use_texts::<Shell>();
    let theme = expect_context::<ChosenTheme>();
    let choices = Signal::derive(move || {
        let label = |theme| match theme {
            Theme::Auto => t().theme_auto,
            Theme::Light => t().theme_light,
            Theme::Dark => t().theme_dark,
        };
        Theme::ALL.map(|theme| Choice::new(theme.name(), label(theme))).to_vec()
    });
    view! {
        <span class="choice">
            <Icon shape=Shape::Sun />
            <Select
                choices
                value=Signal::derive(move || theme.get().name().to_owned())
                on_choose=move |name| theme.choose(Theme::of_name(&name))
                label=Signal::derive(move || t().theme)
                testid=testid.unwrap_or("theme-settings")
            />
        </span>
    }
}

/// The page's language.
#[component]
pub(crate) fn LocaleChoice(#[prop(optional)] testid: Option<&'static str>) -> impl IntoView {
    let t = use_texts::<Shell>();
    let locale = use_locale();
    let choices = Locale::ALL.map(|locale| Choice::new(locale.tag(), locale.own_name())).to_vec();
    view! {
        <span class="choice">
            <Icon shape=Shape::Globe />
            <Select
                choices=Signal::stored(choices)
                value=Signal::derive(move || locale.get().tag().to_owned())
                on_choose=move |tag| {
                    if let Some(chosen) = Locale::of_tag(&tag) {
                        choose_locale(locale, chosen);
                    }
                }
                label=Signal::derive(move || t().language)
                testid=testid.unwrap_or("locale-settings")
            />
        </span>
    }
}
