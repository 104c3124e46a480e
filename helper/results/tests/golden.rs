//! The figures of TrackEval and pycocotools on real data: real truth, a real tracker's output.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

use std::path::Path;

use silhueta_results::coco::{Dataset, PoseResult, scored};
use silhueta_results::metrics::keypoints::{FoundOks, KeypointScores};
use silhueta_results::metrics::mot17::{Rules, sequence};
use silhueta_results::metrics::{Scores, hota};
use silhueta_results::mot::{MotTrack, SeqInfo, read_detections, read_tracks, read_truth};

fn scores(data: &Path, name: &str, tracks: &[MotTrack]) -> Scores {
    let folder = data.join("mot").join(name);
    let truth = read_truth(&folder.join("gt.txt")).unwrap();
    let length = SeqInfo::read(&folder.join("seqinfo.ini")).unwrap().length;
    Scores::of(&sequence(&truth, tracks, length, Rules::Mot17).unwrap())
}

fn figure(scores: &Scores, name: &str) -> f64 {
    let (mean, clear, identity) = (scores.hota.mean(), &scores.clear, &scores.identity);
    match name {
        "HOTA___AUC" => mean.hota,
        "DetA___AUC" => mean.det_a,
        "AssA___AUC" => mean.ass_a,
        "LocA___AUC" => mean.loc_a,
        "DetRe___AUC" => mean.det_re,
        "DetPr___AUC" => mean.det_pr,
        "AssRe___AUC" => mean.ass_re,
        "AssPr___AUC" => mean.ass_pr,
        "MOTA" => clear.mota(),
        "MOTP" => clear.motp(),
        "CLR_TP" => clear.tp as f64,
        "CLR_FN" => clear.fn_ as f64,
        "CLR_FP" => clear.fp as f64,
        "IDSW" => clear.idsw as f64,
        "Frag" => clear.frag as f64,
        "MT" => clear.mt as f64,
        "PT" => clear.pt as f64,
        "ML" => clear.ml as f64,
        "IDF1" => identity.idf1(),
        "IDP" => identity.idp(),
        "IDR" => identity.idr(),
        "IDTP" => identity.idtp as f64,
        "IDFN" => identity.idfn as f64,
        "IDFP" => identity.idfp as f64,
        other => panic!("{other} is no figure"),
    }
}

fn holds(scores: &Scores, of: &str, name: &str, expected: f64) {
    let got = figure(scores, name);
    assert!((got - expected).abs() < 1e-9, "{of}: {name} is {got} instead of {expected}");
}

#[test]
fn real_tracks_have_the_figures_of_trackeval() {
    let Some(data) = silhueta_e2e::data("real_tracks_have_the_figures_of_trackeval") else { return };
    let expected = std::fs::read_to_string(data.join("golden/expected.csv")).unwrap();
    let mut rows = expected.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let mut together = Scores::default();
    for row in rows {
        let tracks = read_tracks(&data.join(format!("golden/{}_tracker.txt", row[0]))).unwrap();
        let scores = scores(&data, row[0], &tracks);
        for (name, value) in names.iter().zip(&row).skip(1) {
            holds(&scores, row[0], name, value.parse().unwrap());
        }
        together.add(&scores);
    }
    // What the file does not have: TrackEval 1.3.0's figures for both sequences taken together.
    for (name, expected) in [
        ("HOTA___AUC", 0.681_109_474_462_757_2),
        ("DetA___AUC", 0.753_576_600_813_955_7),
        ("AssA___AUC", 0.617_349_526_437_275_8),
        ("LocA___AUC", 0.880_734_022_184_149_2),
        ("DetRe___AUC", 0.821_705_259_718_484_3),
        ("DetPr___AUC", 0.840_728_440_407_328_4),
        ("AssRe___AUC", 0.694_880_702_415_005_2),
        ("AssPr___AUC", 0.776_338_447_427_305_8),
        ("MOTA", 0.866_198_333_605_62),
        ("MOTP", 0.866_021_528_530_526_9),
        ("IDF1", 0.789_606_312_223_736_9),
        ("IDP", 0.798_746_343_501_880_5),
        ("IDR", 0.780_673_092_631_922_8),
        ("MT", 120.0),
        ("PT", 31.0),
        ("ML", 8.0),
    ] {
        holds(&together, "both", name, expected);
    }
    let figures = together.hota.figures();
    assert!((hota::alpha(9) - 0.5).abs() < 1e-12 && (figures[9].hota - 0.773_111_071_368_381_6).abs() < 1e-9);
    assert!((figures[18].ass_a - 0.110_776_360_921_491_36).abs() < 1e-9);
}

/// Detections, each a track of its own, lie on riders and reflections too: the challenge's rules drop those.
#[test]
fn detections_as_tracks_have_the_figures_of_trackeval() {
    let Some(data) = silhueta_e2e::data("detections_as_tracks_have_the_figures_of_trackeval") else { return };
    let detections = read_detections(&data.join("mot/MOT17-02/det.txt")).unwrap();
    let track = |(i, d): (usize, &_)| {
        let silhueta_results::mot::MotDetection { frame, bbox, score } = *d;
        MotTrack { frame, id: i as u32 % 500, bbox, score }
    };
    let tracks: Vec<_> = detections.iter().enumerate().map(track).collect();
    let scores = scores(&data, "MOT17-02", &tracks);
    for (name, expected) in DETECTIONS {
        holds(&scores, "MOT17-02", name, expected);
    }
}

/// TrackEval 1.3.0's.
const DETECTIONS: [(&str, f64); 24] = [
    ("HOTA___AUC", 0.034_196_696_602_002),
    ("DetA___AUC", 0.307_707_057_473_351),
    ("AssA___AUC", 0.003_884_302_612_823),
    ("LocA___AUC", 0.879_517_319_822_609),
    ("DetRe___AUC", 0.318_984_588_104_997),
    ("DetPr___AUC", 0.847_811_848_316_256),
    ("AssRe___AUC", 0.004_253_984_834_324),
    ("AssPr___AUC", 0.104_062_191_863_942),
    ("MOTA", -0.019_697_540_498_359),
    ("MOTP", 0.878_466_931_332_085),
    ("IDF1", 0.010_323_791_647_114),
    ("IDP", 0.018_881_418_967_244),
    ("IDR", 0.007_104_030_999_408),
    ("CLR_TP", 6559.0),
    ("CLR_FN", 12022.0),
    ("CLR_FP", 432.0),
    ("IDSW", 6493.0),
    ("Frag", 203.0),
    ("MT", 7.0),
    ("PT", 25.0),
    ("ML", 30.0),
    ("IDTP", 132.0),
    ("IDFN", 18449.0),
    ("IDFP", 6859.0),
];

/// Truth of COCO with poses that are off by an amount that depends on the person.
#[test]
fn real_people_have_the_figures_of_pycocotools() {
    let Some(data) = silhueta_e2e::data("real_people_have_the_figures_of_pycocotools") else { return };
    let truth = Dataset::read(&data.join("keypoints/coco/test_coco.json")).unwrap();
    let pose = |i: usize, image_id, keypoints: &[[f64; 3]]| PoseResult {
        image_id,
        category_id: 1,
        keypoints: keypoints.iter().map(|&[x, y, _]| [x + (i % 5) as f64, y - (i % 3) as f64, 1.0]).collect(),
        score: ((i * 7) % 10) as f64 / 10.0,
    };
    let people = truth.annotations.iter().enumerate();
    let results: Vec<_> = people.map(|(i, a)| pose(i, a.image_id, &a.keypoints)).collect();
    let images = scored(&truth, &results);
    let scores = KeypointScores::of(&images);
    let figures = [scores.ap, scores.ap50, scores.ap75, scores.ap_medium, scores.ap_large];
    let figures = [figures, [scores.ar, scores.ar50, scores.ar75, scores.ar_medium, scores.ar_large]].concat();
    for (figure, expected) in figures.iter().zip(PEOPLE) {
        assert!((figure.unwrap() - expected).abs() < 1e-12, "{figures:?} instead of {PEOPLE:?}");
    }
    assert_eq!(FoundOks::of(&images, 0.5).people, 12);
}

/// pycocotools 2.0.11's: AP, AP50, AP75, APm, APl, then AR of the same.
const PEOPLE: [f64; 10] = [
    0.866_277_699_198_491,
    0.964_639_321_074_965,
    0.821_546_440_358_322,
    0.807_260_726_072_607,
    0.975_742_574_257_426,
    0.933_333_333_333_333,
    1.000_000_000_000_000,
    0.916_666_666_666_667,
    0.860_000_000_000_000,
    0.985_714_285_714_286,
];
