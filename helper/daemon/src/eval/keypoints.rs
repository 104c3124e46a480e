//! `silhueta eval keypoints`: poses against COCO's truth.

use serde::Serialize;
use silhueta_results::coco::{Dataset, PERSON, PoseResult, scored};
use silhueta_results::metrics::keypoints::{FoundOks, KeypointScores};

use super::table;
use crate::cli::{EvalKeypointsOptions, note, print_json, say};
use crate::exit::{CliError, Exit};

/// A person is met when a pose's box overlaps theirs by half.
const MET: f64 = 0.5;

/// The answer. The names are stable, scripts read them.
#[derive(Debug, Serialize)]
struct Answer {
    images: usize,
    people: usize,
    poses: usize,
    ap: Option<f64>,
    ap50: Option<f64>,
    ap75: Option<f64>,
    ap_medium: Option<f64>,
    ap_large: Option<f64>,
    ar: Option<f64>,
    ar50: Option<f64>,
    ar75: Option<f64>,
    ar_medium: Option<f64>,
    ar_large: Option<f64>,
    oks: Oks,
}

#[derive(Debug, Serialize)]
struct Oks {
    /// `None` where nobody was found.
    mean: Option<f64>,
    found: usize,
    people: usize,
}

pub(super) fn eval(options: &EvalKeypointsOptions) -> Result<Exit, CliError> {
    let truth = Dataset::read(&options.gt).map_err(|error| {
        CliError::advised(
            error.to_string(),
            "truth is a COCO dataset: {\"images\": […], \"annotations\": […], \"categories\": […]}",
        )
    })?;
    let results = PoseResult::read_all(&options.results).map_err(|error| {
        CliError::advised(
            error.to_string(),
            "results are a list of {\"image_id\", \"category_id\": 1, \"keypoints\": [x, y, score, …], \"score\"}",
        )
    })?;
    check(options, &truth, &results)?;
    let images = scored(&truth, &results);
    let (scores, oks) = (KeypointScores::of(&images), FoundOks::of(&images, MET));
    let answer = Answer {
        images: images.len(),
        people: images.iter().map(|image| image.people.len()).sum(),
        poses: images.iter().map(|image| image.poses.len()).sum(),
        ap: scores.ap,
        ap50: scores.ap50,
        ap75: scores.ap75,
        ap_medium: scores.ap_medium,
        ap_large: scores.ap_large,
        ar: scores.ar,
        ar50: scores.ar50,
        ar75: scores.ar75,
        ar_medium: scores.ar_medium,
        ar_large: scores.ar_large,
        oks: Oks { mean: (oks.found > 0).then_some(oks.mean), found: oks.found, people: oks.people },
    };
    if options.json {
        print_json(&answer)?;
    } else {
        show(&answer);
    }
    Ok(Exit::Done)
}

/// What would be passed over in silence is said: a figure over half of the results looks like a figure over all.
fn check(options: &EvalKeypointsOptions, truth: &Dataset, results: &[PoseResult]) -> Result<(), CliError> {
    let (gt, file) = (options.gt.display(), options.results.display());
    let people = truth.annotations.iter().filter(|annotation| annotation.category_id == PERSON);
    if people.clone().all(|annotation| annotation.num_keypoints == 0) {
        return Err(CliError::advised(
            format!("{gt} has nobody with keypoints"),
            "take COCO's person_keypoints files, whose annotations have category_id 1 and keypoints",
        ));
    }
    let known: std::collections::BTreeSet<u64> = truth.images.iter().map(|image| image.id).collect();
    for (number, result) in (1..).zip(results) {
        if !known.contains(&result.image_id) {
            return Err(CliError::advised(
                format!("{file}: result {number} is of image {}, which {gt} does not have", result.image_id),
                "score results against the annotations that they were made for, or take the other images out",
            ));
        }
        if result.category_id == PERSON && result.pose().is_none() {
            return Err(CliError::advised(
                format!("{file}: result {number} has {} keypoints", result.keypoints.len()),
                "poses of 17 (coco17), 26 (halpe26) and 133 (wholebody133) keypoints can be scored",
            ));
        }
        if !result.score.is_finite() {
            return Err(CliError::advised(
                format!("{file}: result {number} has no usable score"),
                "a score is a number: the surest pose has the greatest",
            ));
        }
    }
    let others = results.iter().filter(|result| result.category_id != PERSON).count();
    if others > 0 {
        note(&format!(
            "{file}: {others} of {} results are of other categories than people (1) and left out",
            results.len()
        ));
    }
    Ok(())
}

fn show(answer: &Answer) {
    let Answer { images, people, poses, oks, .. } = answer;
    let cell = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), table::percent);
    let row = |name: &str, shares: [Option<f64>; 5]| [vec![name.to_owned()], shares.map(cell).into()].concat();
    let head = ["", "all", "OKS 0.5", "OKS 0.75", "medium", "large"].map(str::to_owned).to_vec();
    let precision = [answer.ap, answer.ap50, answer.ap75, answer.ap_medium, answer.ap_large];
    let recall = [answer.ar, answer.ar50, answer.ar75, answer.ar_medium, answer.ar_large];
    table::lines(&[head, row("AP", precision), row("AR", recall)]).iter().for_each(|line| say(line));
    let mean = oks.mean.map_or_else(|| "-".to_owned(), |mean| format!("{mean:.5}"));
    say(&format!("mean OKS {mean} of {} found people among {}", oks.found, oks.people));
    say(&format!("{images} images, {people} annotated people, {poses} poses"));
}
