//! The words of the page in every language. A text that lacks a language doesn't compile.

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Locale {
    PtBr,
    En,
    Ru,
}

/// Every text, by what it says.
pub(crate) struct Texts {
    pub(crate) title: &'static str,
    pub(crate) what: &'static str,
    pub(crate) how: &'static str,
    pub(crate) next: &'static str,
}

const PT_BR: Texts = Texts {
    title: "Silhueta",
    what: "Encontra pessoas em vídeos, mantém a identidade de cada uma e desenha o esqueleto.",
    how: "Por enquanto, processe vídeos no terminal:",
    next: "Esta página vai conduzir o processamento na próxima versão.",
};

const EN: Texts = Texts {
    title: "Silhueta",
    what: "Finds people in video, keeps their identity and draws their skeletons.",
    how: "For now, work through videos in the terminal:",
    next: "This page will drive the work in the next version.",
};

const RU: Texts = Texts {
    title: "Silhueta",
    what: "Находит людей на видео, помнит, кто из них кто, и рисует их скелеты.",
    how: "Пока видео обрабатываются в терминале:",
    next: "В следующей версии работой будет управлять эта страница.",
};

impl Locale {
    /// The browser's language, or English.
    pub(crate) fn of_browser() -> Self {
        let language = web_sys::window().and_then(|window| window.navigator().language());
        Self::of_tag(&language.unwrap_or_default())
    }

    fn of_tag(tag: &str) -> Self {
        match tag.split('-').next().unwrap_or_default() {
            "pt" => Self::PtBr,
            "ru" => Self::Ru,
            _ => Self::En,
        }
    }

    /// The tag for the page's `lang`.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    pub(crate) const fn texts(self) -> Texts {
        match self {
            Self::PtBr => PT_BR,
            Self::En => EN,
            Self::Ru => RU,
        }
    }
}
