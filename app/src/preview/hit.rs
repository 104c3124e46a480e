//! Who was clicked.

use silhueta_shared::track::IdentityId;
use silhueta_shared::worker::PreviewPerson;

/// The person at a point of the picture, `slack` pixels around a box still counting as it. Where boxes overlap,
/// the one whose middle is nearest for its size: that is whom the pointer is on, not who stands before them.
pub(super) fn person_at(people: &[PreviewPerson], (x, y): (f32, f32), slack: f32) -> Option<IdentityId> {
    let inside = people.iter().filter(|person| {
        let b = person.bbox;
        b.is_valid() && (b.x1 - slack..=b.x2 + slack).contains(&x) && (b.y1 - slack..=b.y2 + slack).contains(&y)
    });
    let off_middle = |person: &PreviewPerson| {
        let (b, (mx, my)) = (person.bbox, person.bbox.center());
        ((x - mx) / b.width()).powi(2) + ((y - my) / b.height()).powi(2)
    };
    inside.min_by(|a, b| off_middle(a).total_cmp(&off_middle(b))).map(|person| person.identity)
}

/// The next person by number after `from`, or the one before it; round and round.
pub(super) fn neighbour(people: &[PreviewPerson], from: Option<IdentityId>, forward: bool) -> Option<IdentityId> {
    let ids = || people.iter().map(|person| person.identity);
    match (from, forward) {
        (Some(from), true) => ids().filter(|id| *id > from).min().or_else(|| ids().min()),
        (Some(from), false) => ids().filter(|id| *id < from).max().or_else(|| ids().max()),
        (None, true) => ids().min(),
        (None, false) => ids().max(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::track::TrackId;

    fn person(n: u32, x1: f32, y1: f32, x2: f32, y2: f32) -> PreviewPerson {
        PreviewPerson {
            identity: IdentityId::new(n).unwrap(),
            track: TrackId::new(n).unwrap(),
            bbox: Bbox::new(x1, y1, x2, y2),
            keypoints: Vec::new(),
        }
    }

    #[test]
    fn a_child_before_an_adult_can_be_clicked_and_so_can_the_adult() {
        let people = [person(1, 0.0, 0.0, 100.0, 200.0), person(2, 60.0, 120.0, 100.0, 200.0)];
        let at = |x, y| person_at(&people, (x, y), 4.0).map(IdentityId::get);
        assert_eq!(at(80.0, 160.0), Some(2));
        assert_eq!(at(40.0, 60.0), Some(1));
        assert_eq!(at(103.0, 10.0), Some(1), "a little beside it");
        assert_eq!(at(120.0, 10.0), None);
    }

    #[test]
    fn a_box_without_area_is_nobody() {
        assert_eq!(
            person_at(&[person(1, 5.0, 5.0, 5.0, 5.0), person(2, f32::NAN, 0.0, 9.0, 9.0)], (5.0, 5.0), 4.0),
            None
        );
    }

    #[test]
    fn neighbours_go_round_by_number() {
        let people = [person(7, 0.0, 0.0, 1.0, 1.0), person(2, 0.0, 0.0, 1.0, 1.0), person(5, 0.0, 0.0, 1.0, 1.0)];
        let next = |from: u32, forward| neighbour(&people, IdentityId::new(from), forward).map(IdentityId::get);
        assert_eq!([next(0, true), next(2, true), next(5, true), next(7, true)], [Some(2), Some(5), Some(7), Some(2)]);
        assert_eq!([next(0, false), next(2, false), next(6, false)], [Some(7), Some(7), Some(5)]);
        assert_eq!(neighbour(&[], IdentityId::new(3), true), None);
    }
}
