//! How far a task at work is: its stages side by side, their figures, how long still; or that it does not move.

use std::sync::Arc;

use leptos::prelude::*;
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::JobView;
use silhueta_shared::state::JobState;

use crate::components::{Icon, Shape};
use crate::i18n::format::clock;
use crate::i18n::processar::Processar;
use crate::i18n::tarefas::Tarefas;
use crate::i18n::{Locale, notices, use_locale, use_texts};
use crate::state::clock::every_second;
use crate::state::eta::eta;
use crate::state::helper::HelperState;
use crate::state::progress::{share, stage_share};
use crate::state::standing::{SHOWN, Standing, standing};

type Task = Memo<Option<Arc<JobView>>>;

/// The bars and the figures.
#[component]
pub(super) fn Progress(task: Task, name: String) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let p = use_texts::<Processar>();
    let locale = use_locale();
    let percent = move || task.with(|task| task.as_ref().map_or(0.0, |task| (share(task) * 100.0).floor()));
    let figures =
        move || task.with(|task| task.as_ref().map(|task| figures(task, t(), p(), locale.get()))).unwrap_or_default();
    let stalled = Memo::new(move |_| task.with(|task| task.as_ref().filter(|task| !task.stopping)?.stalled));
    view! {
        <div class="task-progress">
            <div
                class="task-stages"
                role="progressbar"
                data-testid="task-progress"
                aria-label=move || (t().progress_of)(&name)
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=percent
            >
                {SHOWN.into_iter().map(|stage| view! { <Bar stage task /> }).collect_view()}
            </div>
            <Show when=move || stalled.get().is_some() fallback=move || view! {
                <p class="task-figures num" data-testid="task-figures">
                    {move || figures().into_iter().map(|figure| view! { <span>{figure}</span> }).collect_view()}
                </p>
            }>
                <Stalled stalled />
            </Show>
        </div>
    }
}

#[component]
fn Bar(stage: Stage, task: Task) -> impl IntoView {
    let locale = use_locale();
    let stands =
        Memo::new(move |_| task.with(|task| task.as_ref().map_or(Standing::Waiting, |task| standing(task, stage))));
    let view =
        Memo::new(move |_| task.with(|task| task.as_ref()?.stages.iter().find(|view| view.stage == stage).copied()));
    let preparing = Memo::new(move |_| {
        let first = stage == Stage::Track;
        first && task.with(|task| task.as_ref().is_some_and(|task| task.state == JobState::Running(Stage::Probe)))
    });
    let unknown = move || stands.get() == Standing::Now && view.get().is_none_or(|view| view.total.is_none());
    let share = move || match (stands.get(), view.get()) {
        (Standing::Done, _) => 1.0,
        (_, Some(view)) => stage_share(&view),
        (_, None) => 0.0,
    };
    view! {
        <span class="task-stage" data-stage=stage.name() data-state=move || stands.get().name()>
            <span class="task-stage-name">
                {move || notices::stage(locale.get(), stage)}
                {move || (stands.get() == Standing::Done).then(|| view! { <Icon shape=Shape::Check /> })}
            </span>
            <span class="bar" class:unknown=move || unknown() || preparing.get()>
                <span class="bar-fill" style:width=move || format!("{:.2}%", share() * 100.0)></span>
            </span>
        </span>
    }
}

#[component]
fn Stalled(stalled: Memo<Option<u64>>) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let p = use_texts::<Processar>();
    let helper = expect_context::<HelperState>();
    let tick = every_second();
    let time = move || {
        tick.track();
        stalled.get().map(|since| clock(helper.now().saturating_sub(since) as f64 / 1000.0))
    };
    view! {
        <p class="task-stalled" role="status" data-testid="task-stalled">
            <Icon shape=Shape::Warning />
            <span>
                <b>{move || p().stalled} " " <span class="num">{time}</span> "."</b>
                " "
                {move || t().stalled_hint}
            </span>
        </p>
    }
}

/// `Pose`, `8.090 / 18.812`, `62 qps`, `faltam 2:53 nesta etapa`, `cerca de 3:10 até o fim`.
fn figures(task: &JobView, t: &Tarefas, p: &Processar, locale: Locale) -> Vec<String> {
    let Some(stage) = task.state.stage() else { return Vec::new() };
    if stage == Stage::Probe {
        return vec![p.preparing.to_owned()];
    }
    let mut said = vec![notices::stage(locale, stage).to_owned()];
    let view = task.stages.iter().find(|view| view.stage == stage);
    match view.filter(|view| view.total.is_some() || view.done > 0) {
        Some(view) => {
            said.push(notices::frames_at(locale, view, true));
            let works = matches!(task.state, JobState::Running(_)) && view.fps > 0.0;
            said.extend(works.then(|| locale.rate(view.fps)));
        }
        None => said.push(notices::stage_does(locale, stage).to_owned()),
    }
    let left = eta(task);
    said.extend(left.stage.map(|left| (t.stage_left)(&clock(left))));
    said.extend(left.whole.map(|left| (t.whole_left)(&clock(left))));
    said
}

#[cfg(test)]
mod tests {
    use silhueta_shared::protocol::StageView;

    use super::*;
    use crate::i18n::Section as _;
    use crate::state::fixture::task;

    #[test]
    fn figures_tell_the_stage_its_pace_and_both_ends() {
        let said = |job: &JobView| {
            let (t, p) = (Tarefas::of(Locale::PtBr), Processar::of(Locale::PtBr));
            figures(job, t, p, Locale::PtBr).join(" · ").replace('\u{a0}', " ")
        };
        let mut job = task(1, JobState::Running(Stage::Pose));
        job.stages = vec![StageView { stage: Stage::Pose, done: 8_090, total: Some(18_812), fps: 62.0, ended: false }];
        let working = "Pose · 8.090 / 18.812 · 62 qps · faltam 2:53 nesta etapa · cerca de 3:21 até o fim";
        assert_eq!(said(&job), working);
        job.state = JobState::Paused(Stage::Pose);
        assert_eq!(said(&job), "Pose · 8.090 / 18.812", "what stands still has no pace");
        job.state = JobState::Running(Stage::Export);
        assert_eq!(said(&job), "Exportar · grava os resultados");
        job.state = JobState::Running(Stage::Probe);
        assert_eq!(said(&job), Processar::of(Locale::PtBr).preparing);
    }
}
