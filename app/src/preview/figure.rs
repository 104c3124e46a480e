//! What is drawn of a person, as places in the view: which limbs, which joints, where the name goes.

use silhueta_shared::pose::{DRAW_SCORE, KeypointSet, Part};
use silhueta_shared::worker::PreviewPerson;

use super::fit::Fit;

/// A place in the view.
pub(super) type Place = (f64, f64);

/// The first joints of every set are the head's: lines between them would hide it.
const HEAD: usize = 5;

/// What is drawn alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// Limbs of body and feet, joints of the body.
    Bold,
    /// Toes and heels.
    Feet,
    /// Points of a face.
    Dots,
    /// A finger of either hand, 0 the thumb.
    Finger(usize),
}

/// A person's joints, sorted into layers.
pub(super) struct Figure<'p> {
    person: &'p PreviewPerson,
    fit: Fit,
    set: Option<KeypointSet>,
    /// Whether face, left and right hand are large enough to be drawn.
    shown: [bool; 3],
}

impl<'p> Figure<'p> {
    /// Face and hands that are too small for their dots, `dot` wide, would be a blot: they are left out.
    pub(super) fn new(person: &'p PreviewPerson, fit: Fit, dot: f64) -> Self {
        let set = KeypointSet::of_count(person.keypoints.len());
        let mut figure = Self { person, fit, set, shown: [false; 3] };
        let room = [(Part::Face, 10.0), (Part::LeftHand, 5.0), (Part::RightHand, 5.0)];
        figure.shown = room.map(|(part, dots)| figure.across(part) >= dots * dot);
        figure
    }

    /// Joints of a layer that are sure enough to be drawn.
    pub(super) fn joints(&self, layer: Layer) -> impl Iterator<Item = Place> + '_ {
        let of_layer = (0..self.person.keypoints.len()).filter(move |i| self.layer(*i) == Some(layer));
        of_layer.filter_map(|i| self.joint(i))
    }

    /// Limbs of a layer, both of whose ends are drawn. Of an unknown set there are none.
    pub(super) fn limbs(&self, layer: Layer) -> impl Iterator<Item = (Place, Place)> + '_ {
        let bones = self.set.map_or(&[][..], KeypointSet::bones).iter();
        let of_layer = bones.filter(move |(from, to)| {
            let its = self.layer(*to).map(|its| if its == Layer::Feet { Layer::Bold } else { its });
            its == Some(layer) && *from >= HEAD && *to >= HEAD
        });
        of_layer.filter_map(|(from, to)| self.joint(*from).zip(self.joint(*to)))
    }

    /// The layer that a joint belongs to; `None` where its part is too small to be drawn.
    fn layer(&self, joint: usize) -> Option<Layer> {
        let Some(set) = self.set else { return Some(Layer::Bold) };
        let [face, left, right] = self.shown;
        let (shown, layer) = match set.part(joint) {
            Part::Body if joint < HEAD && face => (true, Layer::Dots),
            Part::Body => (true, Layer::Bold),
            Part::Feet => (true, Layer::Feet),
            Part::Face => (face, Layer::Dots),
            Part::LeftHand => (left, set.finger(joint).map_or(Layer::Dots, Layer::Finger)),
            Part::RightHand => (right, set.finger(joint).map_or(Layer::Dots, Layer::Finger)),
        };
        shown.then_some(layer)
    }

    /// The longer side of what is seen of a part.
    fn across(&self, part: Part) -> f64 {
        let Some(set) = self.set else { return 0.0 };
        let of_part = (0..set.count()).filter(|i| set.part(*i) == part).filter_map(|i| self.joint(i));
        let (low, high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        let (low, high) = of_part
            .fold((low, high), |(low, high), (x, y)| ((low.0.min(x), low.1.min(y)), (high.0.max(x), high.1.max(y))));
        (high.0 - low.0).max(high.1 - low.1)
    }

    fn joint(&self, i: usize) -> Option<Place> {
        let [x, y, score] = *self.person.keypoints.get(i)?;
        (score >= DRAW_SCORE && x.is_finite() && y.is_finite()).then(|| self.fit.to_view(x, y))
    }
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

    fn count(person: &PreviewPerson, layer: Layer) -> (usize, usize) {
        let figure = Figure::new(person, HALF, 2.0);
        (figure.joints(layer).count(), figure.limbs(layer).count())
    }

    /// All joints sure, and as far from each other as `step` pixels of the video.
    fn sure(joints: u8, step: f32) -> PreviewPerson {
        person((0..joints).map(|i| [f32::from(i) * step, 0.0, 0.9]).collect())
    }

    #[test]
    fn a_body_has_twelve_limbs_and_no_lines_in_the_face() {
        let sure = sure(17, 1.0);
        assert_eq!(count(&sure, Layer::Bold), (17, 12));
        assert!(Figure::new(&sure, HALF, 2.0).limbs(Layer::Bold).all(|((a, _), (b, _))| a >= 12.5 && b >= 12.5));
    }

    #[test]
    fn an_unsure_or_wild_joint_takes_its_limbs_with_it() {
        let mut joints_of = vec![[1.0, 1.0, 0.9]; 17];
        joints_of[7][2] = 0.29;
        joints_of[16][0] = f32::NAN;
        assert_eq!(count(&person(joints_of), Layer::Bold), (15, 9));
    }

    #[test]
    fn larger_sets_have_feet_and_where_there_is_room_faces_and_fingers() {
        let halpe = sure(26, 1.0);
        assert_eq!((count(&halpe, Layer::Bold), count(&halpe, Layer::Feet)), ((20, 22), (6, 0)));
        let near = sure(133, 1.0);
        assert_eq!((count(&near, Layer::Bold), count(&near, Layer::Feet)), ((12, 18), (6, 0)));
        // The face's 68 points, five of the head, and the roots of two hands.
        assert_eq!(count(&near, Layer::Dots), (75, 0));
        assert!((0..5).all(|finger| count(&near, Layer::Finger(finger)) == (8, 8)));
        // A hand is 8 pixels across in the view, less than five dots; then the face is, too.
        let away = sure(133, 0.8);
        assert_eq!((count(&away, Layer::Dots), count(&away, Layer::Finger(2))), ((73, 0), (0, 0)));
        let far = sure(133, 0.1);
        assert_eq!((count(&far, Layer::Bold), count(&far, Layer::Dots)), ((17, 18), (0, 0)));
    }

    #[test]
    fn unknown_sets_are_points() {
        assert_eq!(count(&sure(25, 1.0), Layer::Bold), (25, 0));
        assert_eq!(count(&person(Vec::new()), Layer::Bold), (0, 0));
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
