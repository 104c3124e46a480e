//! A log as it is read: the newest lines at the end, followed only while the reader is at the end.

use leptos::html;
use leptos::prelude::*;
use silhueta_shared::notice::Level;
use silhueta_shared::protocol::{JobId, LogLine};

use super::{Choice, Copy, Icon, Select, Shape};
use crate::i18n::format::{time_of_day, utc_offset};
use crate::i18n::processar::Processar;
use crate::i18n::{Locale, notices, use_locale, use_texts};

/// Lines that are shown; the copy has as many.
const SHOWN: usize = 300;

/// Pixels from the end within which the reader counts as being there.
const NEAR: i32 = 24;

/// A line and whose it is.
pub(crate) type Line = (JobId, LogLine);

/// The log of some jobs.
#[component]
pub(crate) fn LogView(
    /// What is shown of it, as [`last_lines`] gives it.
    lines: Memo<Vec<Line>>,
    /// Whose lines they are, by name.
    names: Memo<Vec<(JobId, String)>>,
    /// The quietest lines that are shown.
    quietest: RwSignal<Level>,
) -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let choices = Signal::derive(move || {
        vec![Choice::new("info", t().log_all), Choice::new("warn", t().log_warn), Choice::new("error", t().log_error)]
    });
    let body = NodeRef::<html::Div>::new();
    let at_end = RwSignal::new(true);
    let go_to_end = move || {
        // The frame after may find the log gone: the last job of the run was forgotten.
        if let Some(body) = body.try_get_untracked().flatten() {
            body.set_scroll_top(body.scroll_height());
        }
    };
    Effect::new(move |_| {
        lines.track();
        if at_end.get_untracked() {
            // After the new lines are in place.
            request_animation_frame(go_to_end);
        }
    });
    let scrolled = move |_| {
        if let Some(body) = body.get_untracked() {
            at_end.set(body.scroll_height() - body.scroll_top() - body.client_height() <= NEAR);
        }
    };
    let text = move || {
        let (locale, names) = (locale.get_untracked(), names.get_untracked());
        let line = |line: &Line| as_text(locale, line, &names);
        lines.with_untracked(|lines| lines.iter().map(line).collect::<Vec<_>>().join("\n"))
    };
    view! {
        <section class="log-card">
            <div class="card-head">
                <h2>{move || t().log}</h2>
                <span class="card-acts">
                    <Select
                        choices
                        value=Signal::derive(move || name_of(quietest.get()).to_owned())
                        on_choose=move |name| quietest.set(level_of(&name))
                        label=Signal::derive(move || t().log_show)
                        testid="log-filter"
                    />
                    <Copy text />
                </span>
            </div>
            <div class="log" data-testid="log" role="log" aria-live="off" tabindex="0" node_ref=body on:scroll=scrolled>
                <Show when=move || lines.with(Vec::is_empty)>
                    <p class="quiet">{move || t().log_empty}</p>
                </Show>
                <For each=move || lines.get() key=|(job, line)| (*job, line.seq) let:line>
                    <Row line names />
                </For>
            </div>
            <Show when=move || !at_end.get()>
                <button type="button" class="button small log-end" on:click=move |_| go_to_end()>
                    <Icon shape=Shape::Down />
                    {move || t().log_end}
                </button>
            </Show>
        </section>
    }
}

#[component]
fn Row(line: Line, names: Memo<Vec<(JobId, String)>>) -> impl IntoView {
    let locale = use_locale();
    let (job, LogLine { at, level, notice, .. }) = line;
    let of = move || names.with(|names| whose(names, job).map(|name| format!("{name}: ")));
    view! {
        <div class="log-line" data-testid="log-line" data-level=name_of(level)>
            <time>{time_of_day(at, utc_offset(at))}</time>
            <span>{of} {move || notices::notice(locale.get(), &notice)}</span>
        </div>
    }
}

/// The last lines that are loud enough, by time; at the same moment by job and number.
pub(crate) fn last_lines(lines: impl Iterator<Item = Line>, quietest: Level) -> Vec<Line> {
    let mut lines: Vec<Line> = lines.filter(|(_, line)| line.level >= quietest).collect();
    lines.sort_by_key(|(job, line)| (line.at, *job, line.seq));
    let skip = lines.len().saturating_sub(SHOWN);
    lines.split_off(skip)
}

/// The video's name, said only where the run has several.
fn whose(names: &[(JobId, String)], job: JobId) -> Option<&str> {
    if names.len() < 2 {
        return None;
    }
    names.iter().find(|(id, _)| *id == job).map(|(_, name)| name.as_str())
}

fn as_text(locale: Locale, (job, line): &Line, names: &[(JobId, String)]) -> String {
    let of = whose(names, *job).map(|name| format!("{name}: ")).unwrap_or_default();
    let time = time_of_day(line.at, utc_offset(line.at));
    format!("{time} {:5} {of}{}", name_of(line.level), notices::notice(locale, &line.notice))
}

const fn name_of(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

fn level_of(name: &str) -> Level {
    match name {
        "warn" => Level::Warn,
        "error" => Level::Error,
        _ => Level::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{job_id, line};

    #[test]
    fn the_newest_lines_of_all_jobs_by_time() {
        let lines = (1..=400).map(|n| (job_id(1 + n % 2), line(401 - n)));
        let shown = last_lines(lines, Level::Info);
        assert_eq!(shown.len(), SHOWN);
        assert_eq!((shown[0].1.seq, shown[SHOWN - 1].1.seq), (101, 400));
    }

    #[test]
    fn quieter_lines_are_left_out() {
        let mut loud = line(2);
        loud.level = Level::Warn;
        let lines = [(job_id(1), line(1)), (job_id(1), loud.clone())];
        assert_eq!(last_lines(lines.into_iter(), Level::Warn), [(job_id(1), loud)]);
        for level in [Level::Info, Level::Warn, Level::Error] {
            assert_eq!(level_of(name_of(level)), level);
        }
    }

    #[test]
    fn names_are_said_only_among_several() {
        let one = vec![(job_id(1), "a".to_owned())];
        assert_eq!(whose(&one, job_id(1)), None);
        let two = vec![(job_id(1), "a".to_owned()), (job_id(2), "b".to_owned())];
        assert_eq!(whose(&two, job_id(2)), Some("b"));
    }
}
