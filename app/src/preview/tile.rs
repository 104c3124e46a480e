//! The tile: canvases, what is said over them, and the bar of switches and figures.

use std::rc::Rc;
use std::time::Duration;

use leptos::html::{Canvas, Div, Section};
use leptos::{ev, prelude::*};
use silhueta_shared::protocol::{ClientMessage, JobId, JobView, Page, RunId};
use web_sys::{KeyboardEvent, MouseEvent};

use super::chips::Chips;
use super::look::Look;
use super::message::Message;
use super::phase::Phase;
use super::screen::{Figures, Hooks, Person, Screen};
use crate::i18n::tile::Tile;
use crate::i18n::{use_locale, use_texts};
use crate::net::{Link, LinkStatus};
use crate::state::helper::HelperState;

/// Figures that change faster can't be read.
const FIGURES_EVERY: Duration = Duration::from_millis(250);

/// The preview of a page's work: `job` is the one to show, `wanted` the page's own switch.
#[component]
pub(crate) fn PreviewTile(
    page: Page,
    job: Signal<Option<JobView>>,
    wanted: RwSignal<bool>,
    look: RwSignal<Look>,
) -> impl IntoView {
    let link = expect_context::<Link>();
    let helper = expect_context::<HelperState>();
    let texts = use_texts::<Tile>();
    let (root, stage) = (NodeRef::<Section>::new(), NodeRef::<Div>::new());
    let (picture, overlay) = (NodeRef::<Canvas>::new(), NodeRef::<Canvas>::new());
    let screen: StoredValue<Option<Rc<Screen>>, LocalStorage> = StoredValue::new_local(None);
    let with_screen = move |work: &dyn Fn(&Rc<Screen>)| {
        // Gone after the tile is: a late picture is nobody's.
        if let Some(Some(screen)) = screen.try_get_value() {
            work(&screen);
        }
    };
    // Whose picture is on the screen.
    let pictured: RwSignal<Option<JobId>> = RwSignal::new(None);
    let chosen: RwSignal<Option<Person>> = RwSignal::new(None);
    let figures = RwSignal::new(Figures::default());
    let full = RwSignal::new(false);
    // Whether there is something to paint on; nothing may be granted before.
    let ready = RwSignal::new(false);

    Effect::new(move |_| {
        let (Some(picture), Some(overlay)) = (picture.get(), overlay.get()) else { return };
        let hooks = Hooks {
            grant: Box::new(move |n| {
                for _ in 0..n {
                    link.send(&ClientMessage::Grant);
                }
            }),
            painted: Box::new(move |job, count| {
                if let Some(root) = root.get_untracked() {
                    // Valid for every element; thirty times a second is too often for a signal.
                    let _ = root.set_attribute("data-painted", &count.to_string());
                }
                if pictured.get_untracked() != Some(job) {
                    pictured.set(Some(job));
                }
            }),
            chosen: Box::new(move |person| {
                if chosen.get_untracked() != person {
                    chosen.set(person);
                }
            }),
            clock_offset: Box::new(move || helper.clock_offset.get_untracked()),
        };
        screen.set_value(Screen::new(picture, overlay, look.get_untracked(), hooks));
        ready.set(true);
    });
    link.on_preview(move |frame| {
        // One that was on its way when the preview was switched off.
        if wanted.try_get_untracked() == Some(true)
            && let Some(Some(screen)) = screen.try_get_value()
        {
            screen.arrive(frame);
        }
    });
    // Said anew on every connection, on or off: a helper that was restarted knows nothing of this one, and one
    // that takes a session up again may know what is no longer true.
    Effect::new(move |_| {
        let (online, on) = (link.status().get() == LinkStatus::Online, wanted.get());
        if !ready.get() || !online {
            return with_screen(&|screen| screen.stop());
        }
        link.send(&ClientMessage::Watch { page, on });
        with_screen(&|screen| if on { screen.restart() } else { screen.stop() });
    });
    Effect::new(move |_| {
        let look = look.get();
        with_screen(&|screen| screen.set_look(look));
    });
    // The last picture stays until the next run.
    Effect::new(move |before: Option<Option<RunId>>| {
        let (before, run) = (before.flatten(), job.get().map(|job| job.run));
        if run.is_some() && before.is_some() && before != run {
            pictured.set(None);
            with_screen(&|screen| screen.clear());
        }
        run.or(before)
    });
    let seen = window_event_listener(ev::visibilitychange, move |_| with_screen(&|screen| screen.grant()));
    let ticking = set_interval_with_handle(
        move || {
            with_screen(&|screen| {
                let now = screen.figures();
                if figures.get_untracked() != now {
                    figures.set(now);
                }
            });
        },
        FIGURES_EVERY,
    );
    on_cleanup(move || {
        seen.remove();
        if let Ok(ticking) = &ticking {
            ticking.clear();
        }
        if wanted.try_get_untracked() == Some(true) {
            link.send(&ClientMessage::Watch { page, on: false });
        }
        with_screen(&|screen| screen.close());
    });

    let phase = Memo::new(move |_| {
        let job = job.get();
        let seen = job.as_ref().is_some_and(|job| pictured.get() == Some(job.id));
        Phase::of(job.as_ref(), wanted.get(), seen)
    });
    let toggle_full = move || {
        let document = document();
        if document.fullscreen_element().is_some() {
            document.exit_fullscreen();
        } else if let Some(root) = root.get_untracked() {
            // Refused where the browser or its owner forbids it: then nothing happens.
            let _ = root.request_fullscreen();
        }
    };
    let click = move |event: MouseEvent| {
        if let Some(stage) = stage.get_untracked() {
            let at = stage.get_bounding_client_rect();
            let (x, y) = (f64::from(event.client_x()) - at.left(), f64::from(event.client_y()) - at.top());
            with_screen(&|screen| screen.click(x, y));
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "ArrowRight" => with_screen(&|screen| screen.step(true)),
            "ArrowLeft" => with_screen(&|screen| screen.step(false)),
            "Escape" => with_screen(&|screen| screen.choose(None)),
            "f" => toggle_full(),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <section
            class="tile"
            class:tile-private=move || look.get().privacy
            class:tile-stale=move || phase.get().is_stale()
            data-testid="tile"
            data-state=move || phase.get().name()
            data-painted="0"
            aria-label=move || texts().label
            node_ref=root
            on:fullscreenchange=move |_| full.set(document().fullscreen_element().is_some())
        >
            <div
                class="tile-stage"
                tabindex="0"
                role="img"
                aria-label=move || texts().stage
                node_ref=stage
                on:click=click
                on:keydown=key
            >
                <canvas class="tile-picture" node_ref=picture></canvas>
                <canvas class="tile-overlay" node_ref=overlay></canvas>
            </div>
            <Message phase=phase.into() pictured=Signal::derive(move || pictured.get().is_some()) wanted />
            <PersonChip chosen=chosen.into() />
            <div class="tile-bar">
                <Chips look />
                <StatsChip figures=figures.into() />
                <button
                    type="button"
                    class="chip tile-full"
                    title=move || if full.get() { texts().leave_full } else { texts().full }
                    aria-label=move || if full.get() { texts().leave_full } else { texts().full }
                    aria-pressed=move || full.get().to_string()
                    on:click=move |_| toggle_full()
                >
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                        <path d=move || if full.get() { INWARD } else { OUTWARD }></path>
                    </svg>
                </button>
            </div>
        </section>
    }
}

const OUTWARD: &str = "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5";
const INWARD: &str = "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5";

/// Who is looked at.
#[component]
fn PersonChip(chosen: Signal<Option<Person>>) -> impl IntoView {
    let (texts, locale) = (use_texts::<Tile>(), use_locale());
    let told = move || {
        let (person, t) = (chosen.get()?, texts());
        let name = format!("{} {}", t.person, person.identity);
        if !person.in_picture {
            return Some(format!("{name} · {}", t.out_of_picture));
        }
        let score = person.sureness.map(|sure| format!(" · {} {}", t.score, locale.get().fixed(sure, 2)));
        Some(format!("{name} · {} {}{}", t.track_no, person.track, score.unwrap_or_default()))
    };
    view! {
        <output class="chip tile-person" hidden=move || chosen.get().is_none()>
            {move || told().unwrap_or_default()}
        </output>
    }
}

/// How the preview does.
#[component]
fn StatsChip(figures: Signal<Figures>) -> impl IntoView {
    let (texts, locale) = (use_texts::<Tile>(), use_locale());
    let told = move || {
        let (figures, t, locale) = (figures.get(), texts(), locale.get());
        let age = figures.age.map_or_else(|| "–".to_owned(), |age| locale.int(age.round() as u64));
        format!(
            "{} {} · {} · {age}\u{a0}{} · {}",
            t.frame,
            locale.int(figures.frame),
            locale.rate(figures.rate),
            t.ms,
            locale.counted(figures.dropped, t.dropped),
        )
    };
    view! {
        <span
            class="chip tile-stats"
            data-testid="tile-stats"
            title=move || texts().stats_hint
            hidden=move || figures.get().painted == 0
        >
            {told}
        </span>
    }
}
