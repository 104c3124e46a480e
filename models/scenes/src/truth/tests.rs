use silhueta_shared::geometry::Bbox;

use super::{PersonTruth, Sight, of_frame};
use crate::film::Film;
use crate::script::Script;

/// One behind the other, a third beside them, all facing the camera at the front.
const THREE: &str = r#"
title = "three"
seed = 9
size = [640, 360]
seconds = 1
place = "studio"
light = "overcast"
camera = { keys = [{ at = [0, -6, 1.5], look = [0, 0, 1], view = 60 }] }
picture = { noise = 0, blur = 1.5 }
people = [
    { name = "front", at = [0, 0], facing = -90, steps = [{ do = "look_at", target = "camera" }], look = { height = 1.8, girth = 1.3 } },
    { name = "behind", at = [0, 1.6], facing = -90, look = { height = 1.6, girth = 0.9 } },
    { name = "beside", at = [1.6, 0], facing = 90, look = { height = 1.7 } },
]
"#;

fn at(film: &Film<'_>, number: u32) -> Vec<PersonTruth> {
    of_frame(film, &film.frame(number))
}

fn grown(b: Bbox, by: f32) -> Bbox {
    Bbox::new(b.x1 - by, b.y1 - by, b.x2 + by, b.y2 + by)
}

fn holds(b: Bbox, x: f32, y: f32) -> bool {
    (b.x1..=b.x2).contains(&x) && (b.y1..=b.y2).contains(&y)
}

#[test]
fn who_stands_behind_is_hidden_and_who_stands_apart_is_not() {
    let script = Script::parse(THREE).unwrap();
    let film = Film::new(&script);
    let people = at(&film, 10);
    let [front, behind, beside] = people.as_slice() else { panic!("{} people", people.len()) };
    assert!(front.visibility > 0.999 && beside.visibility > 0.999);
    assert!(behind.visibility < 0.3, "{}", behind.visibility);
    assert!(behind.joints.iter().filter(|p| p.sight == Sight::Hidden).count() >= 12);
    for person in &people {
        let visible = person.visible.unwrap();
        let whole = grown(person.full, 1.0);
        assert!(holds(whole, visible.x1, visible.y1) && holds(whole, visible.x2, visible.y2));
        assert!(person.joints.iter().all(|p| holds(whole, p.x, p.y)));
        assert!(person.area <= visible.area() && person.area > 0.2 * person.visibility * person.full.area());
    }
    // Half a metre of body at 6 m: a box is as high as the person, seen from there.
    let focal = 320.0 / 30f32.to_radians().tan();
    let height = front.full.height() / focal * 6.0;
    assert!((height - 1.8).abs() < 0.12, "{height} m");
}

#[test]
fn a_face_looks_at_the_camera_or_is_not_there() {
    let script = Script::parse(THREE).unwrap();
    let film = Film::new(&script);
    let people = at(&film, 20);
    let face = people[0].face.as_ref().unwrap();
    assert!(face.yaw.abs() < 8.0 && face.pitch.abs() < 15.0 && face.roll.abs() < 8.0, "{face:?}");
    assert!((face.blur - 1.5).abs() < 1e-4 && face.visibility == 1.0);
    let [left_eye, right_eye, nose, left_mouth, right_mouth] = face.landmarks;
    assert!(left_eye.x > right_eye.x, "the person's left is at the picture's right");
    assert!(left_mouth.x > right_mouth.x && nose.y > left_eye.y && left_mouth.y > nose.y);
    assert!(face.landmarks.iter().all(|p| p.sight == Sight::Seen && holds(grown(face.bbox, 0.5), p.x, p.y)));
    assert!((people[0].joints[1].x - left_eye.x).abs() < 0.01, "COCO's left eye is the face's");
    assert_eq!(people[2].face, None, "a back of a head");
    assert_eq!(people[2].joints[0].sight, Sight::Hidden, "its nose is behind the skull");
    assert_eq!(people[2].joints[5].sight, Sight::Seen, "its shoulder is not");
}

#[test]
fn yaw_is_positive_to_the_right_of_the_picture() {
    let turned = THREE.replace("facing = -90, steps = [{ do = \"look_at\", target = \"camera\" }]", "facing = -45");
    let script = Script::parse(&turned).unwrap();
    let yaw = at(&Film::new(&script), 20)[0].face.as_ref().unwrap().yaw;
    assert!((20.0..70.0).contains(&yaw), "{yaw}");
}

#[test]
fn what_the_sensor_does_changes_no_truth_and_an_open_shutter_only_the_blur() {
    let script = Script::parse(THREE).unwrap();
    let noisy = Script::parse(&THREE.replace("noise = 0", "noise = 9")).unwrap();
    let (clean, noisy) = (at(&Film::new(&script), 5), at(&Film::new(&noisy), 5));
    assert_eq!(clean, noisy);
    let walk = THREE
        .replace("steps = [{ do = \"look_at\", target = \"camera\" }]", "steps = [{ do = \"run\", to = [2, -2] }]");
    let open = walk.replace("noise = 0", "noise = 0, shutter = 0.9");
    let blur = |text: &str| {
        let script = Script::parse(text).unwrap();
        at(&Film::new(&script), 18)[0].face.as_ref().unwrap().blur
    };
    assert!(blur(&open) > blur(&walk) + 0.5, "{} {}", blur(&open), blur(&walk));
}

#[test]
fn out_of_the_picture_nothing_is_seen_and_at_its_edge_a_part() {
    let script =
        Script::parse(&THREE.replace("at = [1.6, 0]", "at = [3.4, 0]").replace("at = [0, 1.6]", "at = [11, 1.6]"))
            .unwrap();
    let people = at(&Film::new(&script), 3);
    assert_eq!(people.iter().map(|p| p.player).collect::<Vec<_>>(), [0, 2], "the second is far outside");
    let edge = &people[1];
    assert!(edge.visibility > 0.1 && edge.visibility < 0.9, "{}", edge.visibility);
    assert!(edge.full.x2 > 640.0 && edge.visible.unwrap().x2 <= 640.0);
    assert!(edge.joints.iter().any(|p| p.sight == Sight::Outside));
}
