//! What an int8 copy costs and saves: in words, and as the file beside it.

use std::path::PathBuf;

use serde_json::{Value, json};
use silhueta_shared::model::ModelFile;
use silhueta_shared::quantize::{Change, Comparison};

/// For a person.
pub(super) fn lines(original: &ModelFile, comparison: &Comparison) -> Vec<String> {
    let Comparison { original_ms, copy_ms, .. } = comparison;
    let ratio = original_ms / copy_ms;
    let speed =
        if ratio >= 1.0 { format!("{ratio:.2} times as fast") } else { format!("SLOWER, {ratio:.2} times as fast") };
    let mut lines = vec![format!(
        "{} in int8 is {speed} on this processor: {copy_ms:.1} ms a run instead of {original_ms:.1} (medians of {}, one thread)",
        original.id, comparison.runs
    )];
    lines.push(match comparison.change {
        Change::Detector { people, found, new, overlap } => format!(
            "  of {people} people it finds {found} ({:.1} %) and {new} others; boxes overlap by {overlap:.3}",
            share(found, people)
        ),
        Change::Pose { people, joints, shift, shift_p95, oks } => format!(
            "  {joints} joints of {people} people move by {:.2} % of the person's height in the mean, 95 of 100 by less \
             than {:.2} %; OKS against the original {oks:.3}",
            100.0 * shift,
            100.0 * shift_p95
        ),
        Change::Reid { people, cosine } => {
            format!("  embeddings of {people} people keep a cosine of {cosine:.4} with the original's")
        }
    });
    if let Some(truth) = comparison.truth {
        lines.push(format!(
            "  on {} annotated people: OKS {:.4} instead of {:.4}",
            truth.people, truth.copy, truth.original
        ));
    }
    if !is_close(comparison) {
        lines
            .push("  WARNING: that is not the same network any more; look at results before you rely on it".to_owned());
    }
    lines
}

/// Whether the copy may stand in for the original without a second thought.
fn is_close(comparison: &Comparison) -> bool {
    let lost = comparison.truth.is_some_and(|truth| truth.copy < truth.original - 0.02);
    let close = match comparison.change {
        Change::Detector { people, found, new, .. } => share(found, people) >= 97.0 && share(new, people) <= 3.0,
        Change::Pose { oks, .. } => oks >= 0.95,
        Change::Reid { cosine, .. } => cosine >= 0.97,
    };
    close && !lost
}

/// For the file beside the copy.
pub(super) fn file(original: &ModelFile, comparison: &Comparison, videos: &[PathBuf]) -> Value {
    let videos: Vec<_> = videos.iter().map(|video| video.display().to_string()).collect();
    json!({
        "version": 1,
        "original": { "id": original.id, "sha256": original.sha256 },
        "calibrated_on": videos,
        "app": env!("CARGO_PKG_VERSION"),
        "comparison": comparison,
    })
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_is_slower_or_loses_people_says_so() {
        let original = ModelFile { id: "tiny".into(), ..ModelFile::default() };
        let change = Change::Detector { people: 200, found: 199, new: 1, overlap: 0.97 };
        let comparison = |copy_ms| Comparison { runs: 9, original_ms: 20.0, copy_ms, change, truth: None };
        let quick = lines(&original, &comparison(10.0));
        assert!(quick[0].contains("2.00 times as fast") && !quick[0].contains("SLOWER"), "{quick:?}");
        assert!(quick[1].contains("199 (99.5 %)"), "{quick:?}");
        assert!(lines(&original, &comparison(25.0))[0].contains("SLOWER"));
        assert!(!quick.iter().any(|line| line.contains("WARNING")), "{quick:?}");
        let change = Change::Detector { people: 200, found: 180, new: 1, overlap: 0.97 };
        let lossy = lines(&original, &Comparison { change, ..comparison(10.0) });
        assert!(lossy.iter().any(|line| line.contains("WARNING")), "{lossy:?}");
    }
}
