//! Figures of pycocotools, and small cases.

use super::*;

/// 12 people in 4 images of all sizes, one of them unseen and one a crowd; some poses are off, some missing,
/// some doubled, some equally sure. `keypoints` of person `i`, and those of their pose.
fn images() -> Vec<Image> {
    let mut images = vec![Image::default(); 4];
    for i in 0..12usize {
        let size = 20.0 + 12.0 * i as f64;
        let (left, top) = (100.0 * i as f64, 50.0 + 7.0 * i as f64);
        let off = (i * i % 7) as f64 * size / 60.0;
        let joint = |k: usize| {
            let (x, y) = (((k * 5) % 17) as f64 / 17.0, ((k * 3) % 17) as f64 / 17.0);
            [left + size * x, top + 2.0 * size * y]
        };
        let keypoints = std::array::from_fn(|k| {
            let [x, y] = joint(k);
            [x, y, if i == 5 { 0.0 } else { ((k + i) % 3) as f64 }]
        });
        let bbox = [left, top, size, 2.0 * size];
        let image = &mut images[i % 4];
        image.people.push(Person { truth: PersonTruth { keypoints, area: 1.2 * size * size, bbox }, crowd: i == 7 });
        let found: [[f64; 2]; 17] = std::array::from_fn(joint).map(|[x, y]| [x + off, y - off / 2.0]);
        if i % 6 != 4 {
            image.poses.push(Pose { keypoints: found, score: ((i * 5) % 11) as f64 / 10.0, bbox: bbox.into() });
        }
        if i % 3 == 0 {
            // Every third number of x, y, 1, x, y, 1…: the second pose is 30 pixels further right.
            let keypoints = found.map(|[x, y]| [x + 30.0, y]);
            image.poses.push(Pose { keypoints, score: 0.45, bbox: bbox.into() });
        }
    }
    images
}

/// The figures on the right are those of pycocotools 2.0.11 for the same people and poses.
#[test]
fn the_figures_are_those_of_pycocotools() {
    let scores = KeypointScores::of(&images());
    let KeypointScores { ap, ap50, ap75, ap_medium, ap_large, ar, ar50, ar75, ar_medium, ar_large } = scores;
    for (name, figure, expected) in [
        ("AP", ap, 0.542_214_221_422_142),
        ("AP50", ap50, 0.669_966_996_699_669_9),
        ("AP75", ap75, 0.669_966_996_699_669_9),
        ("APm", ap_medium, 0.502_970_297_029_703),
        ("APl", ap_large, 0.594_059_405_940_594_1),
        ("AR", ar, 0.7),
        ("AR50", ar50, 0.8),
        ("AR75", ar75, 0.8),
        ("ARm", ar_medium, 0.625),
        ("ARl", ar_large, 0.7),
    ] {
        assert!((figure.unwrap() - expected).abs() < 1e-12, "{name}: {figure:?} instead of {expected}");
    }
}

fn at(left: f64, score: f64) -> (Person, Pose) {
    let point = |k: usize| [left + 4.0 * k as f64, 10.0 * k as f64];
    let keypoints = std::array::from_fn(|k| [point(k)[0], point(k)[1], 2.0]);
    let bbox = [left, 0.0, 64.0, 160.0];
    let truth = PersonTruth { keypoints, area: 8000.0, bbox };
    (Person { truth, crowd: false }, Pose { keypoints: std::array::from_fn(point), score, bbox: bbox.into() })
}

#[test]
fn perfect_poses_are_perfect_and_sizes_nobody_has_have_no_figure() {
    let (person, pose) = at(10.0, 0.5);
    let scores = KeypointScores::of(&[Image { people: vec![person], poses: vec![pose] }, Image::default()]);
    assert!((scores.ap.unwrap() - 1.0).abs() < 1e-12 && (scores.ap_medium.unwrap() - 1.0).abs() < 1e-12);
    assert_eq!((scores.ar, scores.ar75, scores.ap_large, scores.ar_large), (Some(1.0), Some(1.0), None, None));
    assert_eq!(KeypointScores::of(&[]), KeypointScores::default());
    // Whoever was found is not found again.
    let doubled = KeypointScores::of(&[Image { people: vec![person], poses: vec![pose, pose] }]);
    assert_eq!((doubled.ap, doubled.ar), (scores.ap, Some(1.0)));
    let missed = KeypointScores::of(&[Image { people: vec![person], poses: vec![] }]);
    assert_eq!((missed.ap, missed.ar), (Some(0.0), Some(0.0)));
}

#[test]
fn only_the_twenty_surest_poses_of_an_image_count() {
    let (person, pose) = at(10.0, 0.1);
    let mut poses: Vec<Pose> = (0..19).map(|i| at(500.0 + 200.0 * f64::from(i), 0.9).1).collect();
    poses.push(pose);
    let ar = |poses| KeypointScores::of(&[Image { people: vec![person], poses }]).ar;
    assert_eq!(ar(poses.clone()), Some(1.0));
    poses.push(at(9000.0, 0.8).1);
    assert_eq!(ar(poses), Some(0.0));
}

#[test]
fn boxes_decide_who_is_found_and_oks_says_how_well() {
    let (first, good) = at(0.0, 0.9);
    let (second, mut bad) = at(200.0, 0.8);
    let (third, far) = at(400.0, 0.7);
    bad.keypoints = far.keypoints;
    let (unseen, crowd) = (at(600.0, 0.0).0, Person { crowd: true, ..at(700.0, 0.0).0 });
    let unseen = Person { truth: PersonTruth { keypoints: [[0.0; 3]; 17], ..unseen.truth }, ..unseen };
    let people = vec![first, second, third, unseen, crowd];
    let found = FoundOks::of(&[Image { people, poses: vec![bad, good, at(600.0, 0.7).1, at(430.0, 0.7).1] }], 0.5);
    assert_eq!((found.found, found.people), (2, 3));
    assert!((found.mean - 0.5).abs() < 1e-9, "{found:?}");
    assert_eq!(FoundOks::of(&[], 0.5).mean, 0.0);
}
