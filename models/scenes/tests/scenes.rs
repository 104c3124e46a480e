//! The library's scenes by the word of real networks, and as files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test: a failure here is a failed test")]

use std::path::Path;

use silhueta_registry::locate::sha256;
use silhueta_results::coco::Dataset;
use silhueta_results::record::RecordReader;
use silhueta_scenes::film::Film;
use silhueta_scenes::judge::{Judge, Verdict};
use silhueta_scenes::library;
use silhueta_scenes::make::make;
use silhueta_scenes::score::score;
use silhueta_scenes::script::Script;
use silhueta_vision::runtime::Runtime;

/// The issue's own bounds: yolov8n finds 80 % of unoccluded people, tinypose reaches OKS 0.6, OSNet tells people apart.
#[test]
fn real_networks_take_made_people_for_people() {
    const TEST: &str = "real_networks_take_made_people_for_people";
    let (Some(data), Some(library)) = (silhueta_e2e::data(TEST), silhueta_e2e::runtime(TEST)) else { return };
    let runtime = Runtime::load(&library).unwrap();
    let file = |name: &str| data.join("models").join(name);
    let (detector, pose) = (file("yolov8n.onnx"), file("tinypose_256x192_simcc.onnx"));
    let mut judge = Judge::open(&runtime, &detector, &pose, &file("osnet_x0_25_msmt17.onnx")).unwrap();
    let mut all = Verdict::default();
    for name in ["sample", "id-crowd", "id-reentry", "action-shop"] {
        let script = library::find(name).unwrap().script().unwrap();
        let verdict = judge.look(&Film::new(&script), 3).unwrap();
        println!("{name}: {verdict}");
        all.add(&verdict);
    }
    println!("together: {all}");
    assert!(all.people >= 20 && all.recall() >= 0.8, "{all}");
    assert!(all.mean_oks() >= 0.6, "{all}");
    assert!(all.rank_one() >= 0.9, "{all}");
}

const SHORT: &str = r#"
title = "short"
seed = 4
size = [320, 180]
fps = 10
seconds = 1.2
place = "room"
light = "lamps"
camera = { keys = [{ at = [0, -4, 1.6], look = [0, 0, 1] }] }
people = [
    { name = "ana", at = [-1, 0], steps = [{ do = "walk", to = [1, 0] }] },
    { name = "bia", at = [1, 1], facing = -90 },
]
lines = [{ name = "middle", from = [0.5, 1], to = [0.5, 0] }]
"#;

fn made(script: &Script, out: &Path) -> Vec<(String, String)> {
    let made = make(&Film::new(script), "short", out, &|_| ()).unwrap();
    let names = ["events.json", "coco.json", "gt/gt.txt", "seqinfo.ini", "record.parquet"];
    let mut digests: Vec<_> =
        names.map(|name| (name.to_owned(), sha256(&made.truth.join(name)).unwrap())).into_iter().collect();
    digests.push(("short.mp4".into(), sha256(&made.video).unwrap()));
    digests
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_threads_and_another_seed_others() {
    let script = Script::parse(SHORT).unwrap();
    let out = tempfile::tempdir().unwrap();
    let first = made(&script, &out.path().join("a"));
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let second = alone.install(|| made(&script, &out.path().join("b")));
    assert_eq!(first, second);
    let other = made(&Script { seed: 5, ..script }, &out.path().join("c"));
    let differ: Vec<&str> = first.iter().zip(&other).filter(|(a, b)| a.1 != b.1).map(|(a, _)| a.0.as_str()).collect();
    assert_eq!(
        differ,
        ["events.json", "coco.json", "gt/gt.txt", "record.parquet", "short.mp4"],
        "only seqinfo.ini stays"
    );
}

#[test]
fn truth_scored_against_itself_is_perfect_and_without_half_of_it_is_not() {
    let script = Script::parse(SHORT).unwrap();
    let out = tempfile::tempdir().unwrap();
    let made = make(&Film::new(&script), "short", out.path(), &|_| ()).unwrap();
    let record = made.truth.join("record.parquet");
    let rows = RecordReader::open(&record).unwrap().count();
    let annotations = Dataset::read(&made.truth.join("coco.json")).unwrap().annotations;
    assert_eq!((rows, annotations.len()), (24, 24));
    let perfect = score(&made.truth, &record).unwrap();
    assert_eq!((perfect.identities.identity.idf1(), perfect.poses.found), (1.0, perfect.poses.people));
    assert!(perfect.poses.mean > 0.9999 && perfect.identities.hota.mean().ass_a > 0.9999);

    // The same record against a longer truth: what follows was missed.
    let longer = Script { seconds: 2.4, ..script };
    let longer = make(&Film::new(&longer), "longer", out.path(), &|_| ()).unwrap();
    let half = score(&longer.truth, &record).unwrap();
    assert!((half.identities.clear.mota() - 0.5).abs() < 0.01, "{}", half.identities.clear.mota());
    assert!(score(&made.truth, &longer.truth.join("record.parquet")).is_err(), "a record of another video");
}
