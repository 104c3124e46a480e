//! Icons, drawn as lines on a 24-unit square in the text's colour.

use leptos::prelude::*;
use silhueta_shared::protocol::Page;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Figure,
    Tiles,
    Film,
    Flask,
    Camera,
    Face,
    Chart,
    List,
    Box,
    Sliders,
    Menu,
    Close,
    Up,
    Down,
    Play,
    Pause,
    Stop,
    Check,
    Cross,
    Warning,
    Lock,
    Folder,
    Copy,
    Download,
    Again,
    Sun,
    Globe,
    Plug,
    Trash,
    Undo,
    Shield,
}

impl Shape {
    const fn path(self) -> &'static str {
        match self {
            Self::Figure => {
                "M12 3.2a2.1 2.1 0 1 0 0 4.2a2.1 2.1 0 1 0 0-4.2M12 9.6v5M6 11.4c2-1.2 4-1.8 6-1.8s4 .6 6 1.8M12 14.6L8.4 21M12 14.6L15.6 21"
            }
            Self::Tiles => "M4 4.5h7v9H4zM4 17h7v2.5H4zM14.5 10.5H20v9h-5.5zM14.5 4.5H20V7h-5.5z",
            Self::Film => {
                "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v11A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5v-11A1.5 1.5 0 0 1 5 5M10.2 9v6l5-3z"
            }
            Self::Flask => {
                "M9 3.5h6M10.2 3.5v5.3L5 18a1.7 1.7 0 0 0 1.5 2.5h11A1.7 1.7 0 0 0 19 18l-5.2-9.2V3.5M7.6 14.5h8.8"
            }
            Self::Camera => {
                "M4.5 7h9A1.5 1.5 0 0 1 15 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7M15 11l6-3.2v8.4L15 13"
            }
            Self::Face => {
                "M8 3.5H6A2.5 2.5 0 0 0 3.5 6v2M16 3.5h2A2.5 2.5 0 0 1 20.5 6v2M8 20.5H6A2.5 2.5 0 0 1 3.5 18v-2M16 20.5h2a2.5 2.5 0 0 0 2.5-2.5v-2M9 9.5v1M15 9.5v1M8.8 14.6a4.6 4.6 0 0 0 6.4 0"
            }
            Self::Chart => "M4 4v14.5A1.5 1.5 0 0 0 5.5 20H20M8 15.5l3.5-4.5l3 2.5L20 7",
            Self::List => {
                "M9.5 6.5H20M9.5 12H20M9.5 17.5H20M4.2 6.5l.9.9L6.8 5.6M4.2 12l.9.9l1.7-1.8M4.2 17.5l.9.9l1.7-1.8"
            }
            Self::Box => "M12 3l8 4.4v9.2L12 21l-8-4.4V7.4zM4.2 7.5L12 12l7.8-4.5M12 12v8.8",
            Self::Sliders => "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Up => "M6 14.5l6-6l6 6",
            Self::Down => "M6 9.5l6 6l6-6",
            Self::Play => "M8 5.5v13l10.5-6.5z",
            Self::Pause => "M8.5 5.5v13M15.5 5.5v13",
            Self::Stop => "M7 7h10v10H7z",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Cross => "M7 7l10 10M17 7L7 17",
            Self::Warning => "M12 4L3 19.5h18zM12 10v4.5M12 17.2v.1",
            Self::Lock => "M6.5 11h11v9h-11zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Folder => "M3.5 18.5v-12h6l2 2.5h9v9.5z",
            Self::Copy => "M9 9h11v11H9zM15 9V4H4v11h5",
            Self::Download => "M12 4v11M7.5 10.5L12 15l4.5-4.5M5 19.5h14",
            Self::Again => "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5",
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
            }
            Self::Globe => {
                "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"
            }
            Self::Trash => "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.9 12.5h9.2L17.5 7M10.2 10.5v5.5M13.8 10.5v5.5",
            Self::Undo => "M8.5 5L4.5 9l4 4M4.5 9h9.2a5.3 5.3 0 0 1 0 10.6H8.5",
            Self::Shield => "M12 3.5l7 2.6v5.2c0 4.3-2.8 7.6-7 9.2c-4.2-1.6-7-4.9-7-9.2V6.1zM8.8 12l2.3 2.3l4.2-4.4",
            Self::Plug => "M9 3.5v4M15 3.5v4M6.5 7.5h11v3.5a5.5 5.5 0 0 1-11 0zM12 16.5v4",
        }
    }
}

/// The icon of a page.
pub(crate) const fn page_shape(page: Page) -> Shape {
    match page {
        Page::Painel => Shape::Tiles,
        Page::Processar => Shape::Film,
        Page::Testes => Shape::Flask,
        Page::AoVivo => Shape::Camera,
        Page::Rostos => Shape::Face,
        Page::Resultados => Shape::Chart,
        Page::Tarefas => Shape::List,
        Page::Modelos => Shape::Box,
        Page::Configuracoes => Shape::Sliders,
    }
}

/// An icon beside a text: it says nothing to who listens.
#[component]
pub(crate) fn Icon(shape: Shape) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=shape.path() />
        </svg>
    }
}
