//! The words of the page in every language. One file per part of the page, each with one struct of texts and a
//! constant of it per language: a text that lacks a language doesn't compile.

pub(crate) mod doors;
pub(crate) mod errors;
pub(crate) mod files;
pub(crate) mod format;
pub(crate) mod modelos;
pub(crate) mod notices;
mod notices_en;
mod notices_pt;
mod notices_ru;
pub(crate) mod processar;
pub(crate) mod programs;
pub(crate) mod queue;
pub(crate) mod results;
pub(crate) mod shell;
pub(crate) mod shut_down;
pub(crate) mod tarefas;
pub(crate) mod tile;

use leptos::prelude::*;

use crate::state::store;

/// Where the chosen language is kept: one of [`Locale::tag`].
const KEY: &str = "silhueta.locale";

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locale {
    PtBr,
    En,
    Ru,
}

impl Locale {
    /// Every language.
    pub(crate) const ALL: [Self; 3] = [Self::PtBr, Self::En, Self::Ru];

    /// The tag for the page's `lang`, and of the kept choice.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language's own name for itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::PtBr => "Português",
            Self::En => "English",
            Self::Ru => "Русский",
        }
    }

    /// The language of a tag, whatever its region.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "pt" => Some(Self::PtBr),
            "en" => Some(Self::En),
            "ru" => Some(Self::Ru),
            _ => None,
        }
    }

    /// The kept choice, else the first that the browser prefers and we speak, else English.
    fn choose(kept: Option<&str>, preferred: impl IntoIterator<Item = String>) -> Self {
        let preferred = || preferred.into_iter().find_map(|tag| Self::of_tag(&tag));
        kept.and_then(Self::of_tag).or_else(preferred).unwrap_or(Self::En)
    }
}

/// A part's texts.
pub(crate) trait Section: Sized + 'static {
    /// Its texts in a language.
    fn of(locale: Locale) -> &'static Self;
}

/// Says where a [`Section`] has its languages: in `PT_BR`, `EN` and `RU` beside it.
macro_rules! section {
    ($name:ty) => {
        impl $crate::i18n::Section for $name {
            fn of(locale: $crate::i18n::Locale) -> &'static Self {
                match locale {
                    $crate::i18n::Locale::PtBr => &PT_BR,
                    $crate::i18n::Locale::En => &EN,
                    $crate::i18n::Locale::Ru => &RU,
                }
            }
        }
    };
}
pub(crate) use section;

#[derive(Clone, Copy)]
struct Chosen(RwSignal<Locale>);

/// Puts the language in context; from then on the page's `lang` and the kept choice follow it.
pub(crate) fn provide_locale() {
    let browser = window().navigator().languages();
    let preferred = browser.iter().filter_map(|tag| tag.as_string());
    let locale = RwSignal::new(Locale::choose(store::get(KEY).as_deref(), preferred));
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            // A page in another language than it says is read out wrongly.
            drop(root.set_attribute("lang", locale.get().tag()));
        }
    });
    provide_context(Chosen(locale));
}

/// The page's language. Outside of the page: English.
pub(crate) fn use_locale() -> RwSignal<Locale> {
    use_context::<Chosen>().map_or_else(|| RwSignal::new(Locale::En), |chosen| chosen.0)
}

/// Changes the language for good.
pub(crate) fn choose_locale(signal: RwSignal<Locale>, locale: Locale) {
    store::put(KEY, locale.tag());
    signal.set(locale);
}

/// A part's texts, in whatever language the page is when they are read.
pub(crate) fn use_texts<T: Section>() -> impl Fn() -> &'static T + Copy + Send + Sync + 'static {
    let locale = use_locale();
    move || T::of(locale.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kept_choice_comes_before_the_browsers_languages_before_english() {
        let choose =
            |kept: Option<&str>, preferred: &[&str]| Locale::choose(kept, preferred.iter().map(ToString::to_string));
        assert_eq!(choose(Some("ru"), &["pt-BR"]), Locale::Ru);
        assert_eq!(choose(None, &["de-DE", "pt-PT", "en"]), Locale::PtBr);
        assert_eq!(choose(Some("nonsense"), &["RU_ru"]), Locale::Ru);
        assert_eq!(choose(None, &["de", ""]), Locale::En);
    }

    #[test]
    fn every_tag_names_its_language() {
        for locale in Locale::ALL {
            assert_eq!(Locale::of_tag(locale.tag()), Some(locale));
        }
    }
}
