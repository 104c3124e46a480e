//! Light, dark, or as the system. `start.js` sets the kept choice before anything is painted.

use leptos::prelude::*;

use super::store;

/// Where the choice is kept: `light` or `dark`; nothing for the system's.
const KEY: &str = "silhueta.theme";

/// How the page is lit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// Every choice.
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// Its name for programs and styles.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The choice of a name; the system's for an unknown one.
    pub(crate) fn of_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or(Self::Auto)
    }
}

/// The choice, in context.
#[derive(Clone, Copy)]
pub(crate) struct ChosenTheme(RwSignal<Theme>);

impl ChosenTheme {
    /// The kept choice; from then on the page follows it.
    pub(crate) fn provide() {
        let theme = RwSignal::new(store::get(KEY).map_or(Theme::Auto, |name| Theme::of_name(&name)));
        Effect::new(move |_| {
            if let Some(root) = document().document_element() {
                drop(match theme.get() {
                    Theme::Auto => root.remove_attribute("data-theme"),
                    chosen => root.set_attribute("data-theme", chosen.name()),
                });
            }
        });
        provide_context(Self(theme));
    }

    /// How the page is lit now.
    pub(crate) fn get(self) -> Theme {
        self.0.get()
    }

    /// Changes it for good.
    pub(crate) fn choose(self, theme: Theme) {
        match theme {
            Theme::Auto => store::forget(KEY),
            chosen => drop(store::put(KEY, chosen.name())),
        }
        self.0.set(theme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_others_are_the_systems() {
        for theme in Theme::ALL {
            assert_eq!(Theme::of_name(theme.name()), theme);
        }
        assert_eq!(Theme::of_name("\"dark\""), Theme::Auto);
    }
}
