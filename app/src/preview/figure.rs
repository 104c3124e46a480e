//! What is drawn of a person, as places in the view: which limbs, which joints, where the name goes.

use silhueta_shared::pose::{COCO17_BONES, DRAW_SCORE};
use silhueta_shared::worker::PreviewPerson;

use super::fit::Fit;

/// A place in the view.
pub(super) type Place = (f64, f64);

/// The first joints of the skeleton are the face's: lines between them would hide it.
const FACE: usize = 5;

/// Joints that are sure enough to be drawn.
pub(super) fn joints(person: &PreviewPerson, fit: Fit) -> impl Iterator<Item = Place> + '_ {
    (0..person.keypoints.len()).filter_map(move |i| joint(person, i, fit))
}

/// Limbs, both of whose ends are drawn. Of a skeleton that is not COCO's 17 there are only joints.
pub(super) fn limbs(person: &PreviewPerson, fit: Fit) -> impl Iterator<Item = (Place, Place)> + '_ {
    let bones: &[(usize, usize)] = if person.keypoints.len() == 17 { &COCO17_BONES } else { &[] };
    let of_body = bones.iter().filter(|(from, to)| *from >= FACE && *to >= FACE);
    of_body.filter_map(move |(from, to)| joint(person, *from, fit).zip(joint(person, *to, fit)))
}

fn joint(person: &PreviewPerson, i: usize, fit: Fit) -> Option<Place> {
    let [x, y, score] = *person.keypoints.get(i)?;
    (score >= DRAW_SCORE && x.is_finite() && y.is_finite()).then(|| fit.to_view(x, y))
}

/// A box in the view: left, top, width, height.
pub(super) fn frame(person: &PreviewPerson, fit: Fit) -> Option<[f64; 4]> {
    let b = person.bbox;
    if !b.is_valid() {
        return None;
    }
    let ((left, top), (right, bottom)) = (fit.to_view(b.x1, b.y1), fit.to_view(b.x2, b.y2));
    Some([left, top, right - left, bottom - top])
}

/// Where a name of `size` goes: on top of its box, and always in view.
pub(super) fn name_place([left, top, ..]: [f64; 4], size: [f64; 2], view: [f64; 2]) -> Place {
    let within = |at: f64, length: f64, room: f64| at.min(room - length).max(0.0);
    (within(left, size[0], view[0]), within(top - size[1], size[1], view[1]))
}

/// How sure the joints of a person are, on the average of those that are drawn.
pub(super) fn sureness(person: &PreviewPerson) -> Option<f64> {
    let scores: Vec<f64> =
        person.keypoints.iter().map(|[.., score]| f64::from(*score)).filter(|s| *s >= f64::from(DRAW_SCORE)).collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::track::{IdentityId, TrackId};

    const HALF: Fit = Fit { scale: 0.5, left: 10.0, top: 0.0 };

    fn person(keypoints: Vec<[f32; 3]>) -> PreviewPerson {
        let bbox = Bbox::new(20.0, 40.0, 60.0, 140.0);
        PreviewPerson { identity: IdentityId::new(1).unwrap(), track: TrackId::new(1).unwrap(), bbox, keypoints }
    }

    #[test]
    fn a_whole_body_has_twelve_limbs_and_no_lines_in_the_face() {
        let sure = person((0..17u8).map(|i| [f32::from(i), 0.0, 0.9]).collect());
        assert_eq!((joints(&sure, HALF).count(), limbs(&sure, HALF).count()), (17, 12));
        assert!(limbs(&sure, HALF).all(|((a, _), (b, _))| a >= 12.5 && b >= 12.5));
    }

    #[test]
    fn an_unsure_or_wild_joint_takes_its_limbs_with_it() {
        let mut joints_of = vec![[1.0, 1.0, 0.9]; 17];
        joints_of[7][2] = 0.29;
        joints_of[16][0] = f32::NAN;
        let person = person(joints_of);
        assert_eq!((joints(&person, HALF).count(), limbs(&person, HALF).count()), (15, 9));
    }

    #[test]
    fn other_skeletons_are_points() {
        let other = person(vec![[1.0, 1.0, 0.9]; 26]);
        assert_eq!((joints(&other, HALF).count(), limbs(&other, HALF).count()), (26, 0));
        assert_eq!(joints(&person(Vec::new()), HALF).count(), 0);
    }

    #[test]
    fn a_name_stays_in_view() {
        let place = |left, top| name_place([left, top, 5.0, 5.0], [30.0, 20.0], [200.0, 100.0]);
        assert_eq!(place(50.0, 60.0), (50.0, 40.0));
        assert_eq!(place(190.0, 5.0), (170.0, 0.0));
        assert_eq!(place(-40.0, 300.0), (0.0, 80.0));
    }

    #[test]
    fn boxes_scale_with_the_picture() {
        assert_eq!(frame(&person(Vec::new()), HALF), Some([20.0, 20.0, 20.0, 50.0]));
        let mut crossed = person(Vec::new());
        crossed.bbox.x2 = 0.0;
        assert_eq!(frame(&crossed, HALF), None);
    }

    #[test]
    fn sureness_is_of_what_is_drawn() {
        let some = person(vec![[0.0, 0.0, 0.8], [0.0, 0.0, 0.6], [0.0, 0.0, 0.1]]);
        assert!((sureness(&some).unwrap() - 0.7).abs() < 1e-6);
        assert_eq!(sureness(&person(Vec::new())), None);
    }
}
