//! The tab's title: what is done while something works, the page's name otherwise.

use leptos::prelude::*;
use silhueta_shared::protocol::{JobView, Page};

use crate::i18n::{Locale, notices, use_locale};
use crate::state::helper::HelperState;
use crate::state::progress::share;

/// Keeps the title up to date.
pub(super) fn follow(here: Memo<Option<Page>>) {
    let helper = expect_context::<HelperState>();
    let locale = use_locale();
    let title = Memo::new(move |_| {
        let working = helper.lock.with(|lock| lock.as_ref().map(|lock| lock.job));
        let job = working.and_then(|id| helper.jobs.with(|jobs| jobs.iter().find(|job| job.id == id).cloned()));
        title(locale.get(), job.as_ref(), here.get())
    });
    Effect::new(move |_| document().set_title(&title.get()));
}

fn title(locale: Locale, job: Option<&JobView>, here: Option<Page>) -> String {
    match (job, here) {
        (Some(job), _) => format!("{} · {} · Silhueta", locale.percent(share(job)), job.source.name()),
        (None, Some(page)) => format!("{} · Silhueta", notices::page(locale, page)),
        (None, None) => "Silhueta".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, job};
    use silhueta_shared::job::Stage;
    use silhueta_shared::protocol::StageView;
    use silhueta_shared::state::JobState;

    #[test]
    fn work_comes_before_the_page() {
        let mut working = job(1, 1, file(1, "x/rua.mp4"), JobState::Running(Stage::Track));
        working.stages.push(StageView { stage: Stage::Track, done: 50, total: Some(100), fps: 1.0, ended: false });
        let said = title(Locale::PtBr, Some(&working), Some(Page::Painel));
        assert!(said.ends_with("\u{a0}% · rua.mp4 · Silhueta"), "{said}");
        assert_eq!(title(Locale::Ru, None, Some(Page::Painel)), "Обзор · Silhueta");
    }
}
