//! What can be done with a model that is not here, and what one press fetches in place of what is built in.

use silhueta_shared::protocol::{FetchProgress, FetchState, ModelFetch, ModelSource, OfferedModel, WantedModel};

use crate::i18n::Locale;
use crate::i18n::format::clock;
use crate::i18n::modelos::Modelos;

/// The main button of a model that is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Fetch it.
    Fetch,
    /// Go on from what came.
    GoOn,
    /// Once more, after it failed.
    Retry,
    /// End what is under way.
    Cancel,
    /// Nothing: it has to be brought.
    Bring,
    /// Nothing: it came, and the helper is about to say so.
    Wait,
}

/// The main button of `offer` while its download, if it has one, is at `state`.
pub(super) fn act(offer: &OfferedModel, state: Option<&FetchState>) -> Act {
    match state {
        Some(FetchState::Waiting | FetchState::Running(_) | FetchState::Checking) => Act::Cancel,
        Some(FetchState::Done) => Act::Wait,
        Some(FetchState::Failed(_)) => Act::Retry,
        Some(FetchState::Cancelled { .. }) | None => match offer.source {
            ModelSource::BringYourOwn { .. } => Act::Bring,
            ModelSource::Address(_) if offer.partial > 0 => Act::GoOn,
            ModelSource::Address(_) => Act::Fetch,
        },
    }
}

/// Whether what came of it, or why it failed, can be thrown away: nothing fetches it now.
pub(super) fn can_drop(offer: &OfferedModel, state: Option<&FetchState>) -> bool {
    let has_ended = state.is_none_or(FetchState::has_ended);
    has_ended && (offer.partial > 0 || matches!(state, Some(FetchState::Failed(_))))
}

/// The share of a whole that is here, 0..=1; none where the whole is not known.
pub(super) fn share(done: u64, total: Option<u64>) -> Option<f64> {
    let total = total.filter(|total| *total > 0)?;
    Some((done as f64 / total as f64).clamp(0.0, 1.0))
}

/// `43 %`, `5,2 MB de 12 MB`, `3,1 MB/s`, `faltam 0:31`. While it stands still there is no pace to tell.
pub(super) fn figures(progress: &FetchProgress, size: Option<u64>, t: &Modelos, locale: Locale) -> Vec<String> {
    let FetchProgress { done, total, speed, left, stalled, .. } = *progress;
    let total = total.or(size);
    let mut said = Vec::new();
    said.extend(share(done, total).map(|share| locale.percent(share)));
    said.push(match total {
        Some(total) => (t.done_of)(&locale.bytes(done), &locale.bytes(total)),
        None => locale.bytes(done),
    });
    if stalled {
        said.push(t.stalled.to_owned());
    } else if done == 0 && speed <= 0.0 {
        said.push(t.connecting.to_owned());
    } else if speed > 0.0 {
        said.push((t.a_second)(&locale.bytes(speed as u64)));
        said.extend(left.map(|left| (t.left)(&clock(left))));
    }
    said
}

/// What one press fetches of what does better.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needed {
    /// What is asked for: what has an address and is not under way.
    pub(super) ids: Vec<String>,
    /// Bytes of it that are still to come, where all of them are known.
    pub(super) bytes: Option<u64>,
    /// Whether something of it is under way.
    pub(super) is_coming: bool,
}

/// What one press fetches.
pub(super) fn needed(better: &[WantedModel], offered: &[OfferedModel], fetches: &[ModelFetch]) -> Needed {
    let is_live = |id: &str| fetches.iter().any(|fetch| fetch.id == id && !fetch.state.has_ended());
    let wanted = || better.iter().filter(|wanted| wanted.url.is_some());
    let ids: Vec<_> = wanted().map(|wanted| &wanted.id).filter(|id| !is_live(id)).cloned().collect();
    let bytes = ids.iter().map(|id| {
        let offer = offered.iter().find(|offer| offer.id == *id)?;
        Some(offer.size?.saturating_sub(offer.partial))
    });
    let bytes = bytes.sum::<Option<u64>>().filter(|bytes| *bytes > 0);
    Needed { bytes, is_coming: wanted().any(|wanted| is_live(&wanted.id)), ids }
}

#[cfg(test)]
mod tests {
    use silhueta_shared::model::Role;
    use silhueta_shared::protocol::{ErrorCode, WireError};

    use super::*;
    use crate::i18n::Section as _;
    use crate::state::fixture::offer;

    fn progress(done: u64, speed: f64, stalled: bool) -> FetchProgress {
        FetchProgress { done, total: Some(12_900_000), speed, left: Some(31.0), stalled, attempt: 1 }
    }

    fn failed() -> FetchState {
        FetchState::Failed(WireError::new(ErrorCode::Offline, "no network"))
    }

    fn wanted(id: &str, url: Option<&str>) -> WantedModel {
        WantedModel { role: Role::Reid, id: id.into(), url: url.map(str::to_owned), licence: "MIT".into() }
    }

    #[test]
    fn each_state_has_its_button() {
        let new = offer("a", Role::Pose);
        let begun = OfferedModel { partial: 5, ..new.clone() };
        let own = OfferedModel { source: ModelSource::BringYourOwn { recipe: None }, ..new.clone() };
        let running = FetchState::Running(progress(1, 1.0, false));
        assert_eq!([&new, &begun, &own].map(|offer| act(offer, None)), [Act::Fetch, Act::GoOn, Act::Bring]);
        for state in [&FetchState::Waiting, &running, &FetchState::Checking] {
            assert_eq!(act(&begun, Some(state)), Act::Cancel);
            assert!(!can_drop(&begun, Some(state)), "what is under way is not thrown away below it");
        }
        assert_eq!(act(&begun, Some(&FetchState::Cancelled { kept: 5 })), Act::GoOn);
        assert_eq!((act(&new, Some(&failed())), act(&new, Some(&FetchState::Done))), (Act::Retry, Act::Wait));
        assert!(can_drop(&begun, None) && can_drop(&begun, Some(&failed())) && !can_drop(&new, None));
        assert!(can_drop(&new, Some(&failed())), "why it failed can be put aside");
    }

    #[test]
    fn figures_tell_the_pace_or_why_there_is_none() {
        let said = |progress, size| figures(&progress, size, Modelos::of(Locale::PtBr), Locale::PtBr).join(" · ");
        let plain = |text: String| text.replace('\u{a0}', " ");
        let running = plain(said(progress(5_500_000, 3_300_000.0, false), None));
        assert_eq!(running, "42 % · 5,2 MB de 12,3 MB · 3,1 MB/s · faltam 0:31");
        let stalled = plain(said(progress(5_500_000, 0.0, true), None));
        assert_eq!(stalled, "42 % · 5,2 MB de 12,3 MB · o servidor parou de enviar; aguardando");
        assert!(said(progress(0, 0.0, false), None).ends_with("conectando…"));
        let unknown = FetchProgress { total: None, left: None, ..progress(5_500_000, 1024.0, false) };
        assert_eq!(plain(said(unknown, None)), "5,2 MB · 1,0 KB/s");
        // Where the other side does not say, the manifest does.
        assert!(plain(said(unknown, Some(11_000_000))).starts_with("50 %"));
        assert_eq!(share(5, Some(0)), None);
    }

    #[test]
    fn one_press_fetches_what_does_better_and_is_not_under_way() {
        let better = [wanted("a", Some("http://x")), wanted("b", Some("http://x")), wanted("own", None)];
        let offered = [
            OfferedModel { size: Some(100), partial: 30, ..offer("a", Role::Reid) },
            OfferedModel { size: Some(50), ..offer("b", Role::Reid) },
        ];
        let all = needed(&better, &offered, &[]);
        assert_eq!((all.ids.as_slice(), all.bytes, all.is_coming), (&["a".into(), "b".into()][..], Some(120), false));
        let fetches = [ModelFetch { id: "a".into(), state: FetchState::Waiting }];
        let rest = needed(&better, &offered, &fetches);
        assert_eq!((rest.ids.as_slice(), rest.bytes, rest.is_coming), (&["b".into()][..], Some(50), true));
        // After a failure it can be pressed again.
        let fetches = [ModelFetch { id: "a".into(), state: failed() }];
        assert_eq!(needed(&better, &offered, &fetches).ids.len(), 2);
        // One of unknown size: no sum is told rather than a wrong one.
        let unknown = [offered[0].clone(), OfferedModel { size: None, ..offered[1].clone() }];
        assert_eq!(needed(&better, &unknown, &[]).bytes, None);
    }
}
