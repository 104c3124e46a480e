//! Laws that hold for every body, whatever it looks like.

use glam::{Quat, Vec2};
use proptest::prelude::*;

use super::*;
use crate::figure::Pose;
use crate::script::{Carried, Garments, Hair};

fn looks() -> impl Strategy<Value = Look> {
    use proptest::option::of;
    let garments = prop::sample::select(vec![
        Garments::Shirt,
        Garments::Shorts,
        Garments::Sweater,
        Garments::Jacket,
        Garments::Coat,
        Garments::Dress,
        Garments::Skirt,
    ]);
    let hair =
        prop::sample::select(vec![Hair::Bald, Hair::Short, Hair::Bob, Hair::Long, Hair::Tail, Hair::Cap, Hair::Beanie]);
    let carries = prop::sample::select(vec![Carried::Nothing, Carried::Backpack, Carried::Bag, Carried::ShoulderBag]);
    (of(any::<u64>()), of(1.0f32..2.1), of(0.75f32..1.4), of(0.0f32..=1.0), of(garments), of(hair), of(carries))
        .prop_map(|(seed, height, girth, figure, garments, hair, carries)| Look {
            seed,
            height,
            girth,
            figure,
            garments,
            hair,
            carries,
            ..Look::default()
        })
}

fn upright(rest: &Rest) -> Pose {
    Pose { pelvis: rest[0], turn: Quat::IDENTITY, joints: [Quat::IDENTITY; JOINTS] }
}

/// Where on the texture, and on which material, the foremost surface is before this point; and how far from it.
fn picture_at(body: &Body, point: Vec3) -> (u16, Vec2, f32) {
    let mut found = (0, Vec2::ZERO, f32::MAX);
    for face in &body.faces {
        let [a, b, c] = face.corners.map(|i| body.skin[i as usize]);
        let [p, q, r] = [a, b, c].map(|v| Vec2::new(v.position.y, v.position.z));
        let aim = Vec2::new(point.y, point.z);
        let area = (q - p).perp_dot(r - p);
        let (s, t) = ((aim - p).perp_dot(r - p) / area, (q - p).perp_dot(aim - p) / area);
        if area.abs() > 1e-12 && s >= -1e-4 && t >= -1e-4 && s + t <= 1.0002 {
            let off = (a.position + (b.position - a.position) * s + (c.position - a.position) * t - point).length();
            if off < found.2 {
                found = (face.material, a.uv + (b.uv - a.uv) * s + (c.uv - a.uv) * t, off);
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_look_makes_a_sound_body(look in looks(), seed in any::<u64>()) {
        let body = Body::new(&look, Seed::new(seed));
        prop_assert!(body.faces.len() <= 9_200, "{} triangles", body.faces.len());
        for face in &body.faces {
            prop_assert!(usize::from(face.material) < body.materials.len());
            prop_assert!(face.corners.iter().all(|c| (*c as usize) < body.skin.len()));
        }
        let rest = body.posed(&Figure::new(&body.rest, &upright(&body.rest)));
        let (mut low, mut high) = (f32::MAX, f32::MIN);
        for (vertex, corner) in rest.iter().zip(&body.skin) {
            prop_assert!(vertex.position.is_finite() && (vertex.normal.length() - 1.0).abs() < 1e-3);
            prop_assert!((vertex.position - corner.position).length() < 1e-4, "at rest nothing moves");
            (low, high) = (low.min(vertex.position.z), high.max(vertex.position.z));
        }
        prop_assert!(low.abs() < 0.01, "soles at {low}");
        prop_assert!((high - body.height).abs() < 0.03, "crown at {high} of {}", body.height);
        for joint in Joint::ALL {
            let mirrored = format!("{joint:?}").replace("Left", "Right");
            let other = Joint::ALL.into_iter().find(|j| format!("{j:?}") == mirrored).unwrap();
            if other != joint {
                let there = body.rest[joint as usize] * Vec3::new(1.0, -1.0, 1.0);
                prop_assert!((there - body.rest[other as usize]).length() < 1e-6);
            }
        }
    }

    #[test]
    fn a_faces_points_are_on_what_is_painted(look in looks(), seed in any::<u64>()) {
        let body = Body::new(&look, Seed::new(seed));
        let face = body.face;
        for point in [face.nose, face.left_eye, face.right_eye, face.left_mouth, face.right_mouth] {
            prop_assert!(picture_at(&body, point).2 < 0.001);
        }
        let brightness = |point: Vec3| {
            let (material, uv, _) = picture_at(&body, point);
            body.materials[material as usize].texture.sample(uv, 0).truncate().element_sum()
        };
        let cheek = brightness(face.left_eye - Vec3::Z * 0.032);
        for eye in [face.left_eye, face.right_eye] {
            prop_assert!(brightness(eye) < 0.75 * cheek, "an eye's middle is its pupil");
        }
        prop_assert!(face.left_eye.y > 0.02 && face.right_eye.y < -0.02 && face.nose.x > face.left_eye.x);
        for (ear, sign) in [(face.left_ear, 1.0), (face.right_ear, -1.0)] {
            let near = body.skin.iter().map(|c| (c.position - ear).length()).fold(f32::MAX, f32::min);
            prop_assert!(near < 0.02 && ear.y * sign > 0.04, "{near}");
        }
    }
}

#[test]
fn twins_are_twins_wherever_they_are_and_others_are_not() {
    let twin = Look { seed: Some(4), ..Look::default() };
    let [a, b] = [1, 2].map(|seed| Body::new(&twin, Seed::new(seed)));
    assert!(a.rest == b.rest && a.face == b.face && a.faces == b.faces && a.height == b.height);
    let same = |a: &Corner, b: &Corner| a.position == b.position && a.normal == b.normal && a.uv == b.uv;
    assert!(a.skin.len() == b.skin.len() && a.skin.iter().zip(&b.skin).all(|(a, b)| same(a, b)));
    let means = |body: &Body| body.materials.iter().map(|m| m.texture.mean()).collect::<Vec<_>>();
    assert_eq!(means(&a), means(&b));
    let [c, d] = [1, 2].map(|seed| Body::new(&Look::default(), Seed::new(seed)));
    assert!(c.rest != d.rest && means(&c) != means(&d));
}

#[test]
fn a_childs_bag_stays_off_the_floor() {
    let look = Look { height: Some(1.0), carries: Some(Carried::Bag), ..Look::default() };
    for seed in 0..20 {
        let body = Body::new(&look, Seed::new(seed));
        let bag = body.skin.iter().filter(|corner| corner.hang == Hang::Plumb);
        let lowest = bag.map(|corner| corner.position.z).fold(f32::MAX, f32::min);
        assert!((0.02..0.2).contains(&lowest), "{seed}: {lowest}");
    }
}

#[test]
fn a_bag_hangs_plumb_and_a_skirt_follows_the_leg_that_is_lifted() {
    let look = Look { seed: Some(1), garments: Some(Garments::Skirt), carries: Some(Carried::Bag), ..Look::default() };
    let body = Body::new(&look, Seed::new(1));
    let mut pose = upright(&body.rest);
    *pose.joint(Joint::RightShoulder) = Quat::from_rotation_y(-0.8);
    *pose.joint(Joint::LeftHip) = Quat::from_rotation_y(-1.4);
    let posed = body.posed(&Figure::new(&body.rest, &pose));
    let depth = |at: &dyn Fn(usize) -> f32, bag: bool| {
        let of = (0..posed.len()).filter(|&i| (body.skin[i].hang == Hang::Plumb) == bag).map(at);
        of.fold(f32::MAX, f32::min)
    };
    let lowest = |at: &dyn Fn(usize) -> f32| depth(at, true);
    let hand = Figure::new(&body.rest, &pose).position(Joint::RightWrist).z;
    let hung = hand - lowest(&|i| posed[i].position.z);
    let before = body.rest[Joint::RightWrist as usize].z - lowest(&|i| body.skin[i].position.z);
    assert!((hung - before).abs() < 0.06, "{hung} {before}");
    let front = |i: &usize| matches!(body.skin[*i].hang, Hang::Legs(s) if s > 0.9) && body.skin[*i].position.y > 0.06;
    let ahead = (0..posed.len()).filter(front).map(|i| posed[i].position.x).fold(f32::MIN, f32::max);
    let still = (0..posed.len()).filter(front).map(|i| body.skin[i].position.x).fold(f32::MIN, f32::max);
    assert!(ahead > still + 0.1, "{ahead} {still}");
}
