//! The colours of people: one table for the annotated video, the preview, lists and plots.

use crate::track::IdentityId;

/// Twelve colours (red, green, blue) that stay apart on light and dark pictures.
pub const IDENTITY_COLOURS: [[u8; 3]; 12] = [
    [63, 193, 181],
    [255, 159, 77],
    [170, 120, 234],
    [90, 200, 90],
    [60, 160, 235],
    [240, 100, 100],
    [230, 210, 60],
    [200, 90, 200],
    [170, 220, 120],
    [235, 150, 150],
    [110, 200, 240],
    [200, 130, 70],
];

/// The colours of a hand's fingers, thumb first: light, so that they are seen on the person's own.
pub const FINGER_COLOURS: [[u8; 3]; 5] =
    [[255, 214, 102], [150, 236, 130], [120, 214, 255], [200, 165, 255], [255, 150, 180]];

/// The colour of a person: theirs by number, so that it is the same wherever they are shown.
pub const fn of(identity: IdentityId) -> [u8; 3] {
    IDENTITY_COLOURS[(identity.get() as usize - 1) % IDENTITY_COLOURS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thirteenth_person_has_the_colour_of_the_first() {
        let colour = |n| of(IdentityId::new(n).unwrap());
        assert_eq!(colour(1), IDENTITY_COLOURS[0]);
        assert_eq!(colour(12), IDENTITY_COLOURS[11]);
        assert_eq!(colour(13), colour(1));
        assert_eq!(colour(u32::MAX), IDENTITY_COLOURS[(u32::MAX as usize - 1) % 12]);
    }

    /// Twelve that two people could mistake would be fewer.
    #[test]
    fn no_two_colours_are_close() {
        for (i, a) in IDENTITY_COLOURS.iter().enumerate() {
            for b in &IDENTITY_COLOURS[i + 1..] {
                let apart: u32 = a.iter().zip(b).map(|(x, y)| u32::from(x.abs_diff(*y)).pow(2)).sum();
                assert!(apart > 35 * 35, "{a:?} and {b:?}");
            }
        }
    }
}
