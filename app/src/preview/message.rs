//! What the tile says while there is no picture, or beside one that no longer moves.

use leptos::prelude::*;
use silhueta_shared::job::Stage;
use silhueta_shared::state::JobState;

use super::phase::Phase;
use crate::i18n::tile::Tile;
use crate::i18n::use_texts;

/// A sentence, and what follows from it.
pub(super) fn sentences(phase: Phase, pictured: bool, t: &Tile) -> (&'static str, &'static str) {
    match phase {
        Phase::Off => (t.off, t.off_hint),
        Phase::Idle => (t.idle, t.idle_hint),
        Phase::Queued => (t.queued, t.with_pose),
        Phase::Before(stage) => (working(stage, t), t.with_pose),
        Phase::Soon => (t.soon, t.soon_hint),
        Phase::Live => ("", ""),
        Phase::Paused(Stage::Pose | Stage::Export) => (t.paused, t.paused_hint),
        Phase::Paused(_) => (t.paused, t.with_pose),
        Phase::After => (t.after, ""),
        Phase::Ended(state) => {
            let hint = if pictured { t.last_picture } else { t.no_picture };
            (ended(state, t), hint)
        }
    }
}

const fn working(stage: Stage, t: &Tile) -> &'static str {
    match stage {
        Stage::Probe => t.probe,
        Stage::Track => t.track,
        Stage::Identify => t.identify,
        Stage::Pose => t.soon,
        Stage::Export => t.after,
    }
}

const fn ended(state: JobState, t: &Tile) -> &'static str {
    match state {
        JobState::Failed => t.failed,
        JobState::Cancelled => t.cancelled,
        JobState::Interrupted => t.interrupted,
        JobState::Completed | JobState::Queued | JobState::Running(_) | JobState::Paused(_) => t.completed,
    }
}

/// In the middle of the tile; as a chip in its corner where the picture behind still holds.
#[component]
pub(super) fn Message(phase: Signal<Phase>, pictured: Signal<bool>, wanted: RwSignal<bool>) -> impl IntoView {
    let texts = use_texts::<Tile>();
    let place = move || match phase.get() {
        Phase::Live => "hidden",
        phase if pictured.get() && !phase.is_stale() => "corner",
        _ => "middle",
    };
    let said = move || sentences(phase.get(), pictured.get(), texts());
    view! {
        <div class="tile-message" data-place=place aria-live="polite">
            <p>{move || said().0}</p>
            <small>{move || said().1}</small>
            <Show when=move || phase.get() == Phase::Off>
                <button type="button" class="chip" on:click=move |_| wanted.set(true)>
                    {move || texts().turn_on}
                </button>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Locale, Section as _};

    /// A tile that says nothing while it shows nothing looks broken.
    #[test]
    fn only_a_live_picture_is_left_without_a_sentence() {
        let states = [JobState::Completed, JobState::Failed, JobState::Cancelled, JobState::Interrupted];
        let mut phases = vec![Phase::Off, Phase::Idle, Phase::Queued, Phase::Soon, Phase::After];
        phases.extend(Stage::ALL.map(Phase::Before));
        phases.extend(Stage::ALL.map(Phase::Paused));
        phases.extend(states.map(Phase::Ended));
        for locale in Locale::ALL {
            for phase in &phases {
                assert!(!sentences(*phase, false, Tile::of(locale)).0.is_empty(), "{phase:?} in {locale:?}");
            }
        }
        assert_eq!(sentences(Phase::Live, true, Tile::of(Locale::En)), ("", ""));
    }
}
