//! The sets of keypoints that networks give: names, bones, partners and parts. All of them begin with COCO's 17.
//!
//! Names and their order are the public ones of COCO, of Halpe as MMPose orders it, and of COCO-WholeBody.

use super::{COCO17, COCO17_BONES};

/// Which keypoints a network gives, known by their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeypointSet {
    /// COCO's 17: the body.
    Coco17,
    /// Halpe's 26: the body with head, neck, hip and feet.
    Halpe26,
    /// COCO-WholeBody's 133: the body with feet, face and hands.
    Wholebody133,
}

/// What a joint or a bone belongs to; face and hands are drawn finer than the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Trunk, limbs, eyes, ears and nose.
    Body,
    /// Toes and heels.
    Feet,
    /// The face's outline, brows, nose, eyes and lips.
    Face,
    /// The person's own left hand.
    LeftHand,
    /// The person's own right hand.
    RightHand,
}

const FEET: [&str; 6] =
    ["left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel"];
const FINGERS: [&str; 5] = ["thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger"];

/// Where COCO-WholeBody's parts begin; each hand is its root, then five fingers of four joints.
const FACE: usize = 23;
const LEFT_HAND: usize = 91;
const RIGHT_HAND: usize = 112;
const WHOLEBODY: usize = 133;
const HAND: usize = RIGHT_HAND - LEFT_HAND;

/// MMPose's bones, where shoulders and hips hang on neck and hip; the trunk's sides and no ears on shoulders, as in
/// [`COCO17_BONES`].
const HALPE26_BONES: [(usize, usize); 26] = [
    (5, 7),
    (7, 9),
    (6, 8),
    (8, 10),
    (18, 5),
    (18, 6),
    (19, 11),
    (19, 12),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (5, 11),
    (6, 12),
    (17, 18),
    (18, 19),
    (0, 1),
    (0, 2),
    (1, 3),
    (2, 4),
    (15, 20),
    (15, 22),
    (15, 24),
    (16, 21),
    (16, 23),
    (16, 25),
];

/// [`COCO17_BONES`], then feet and fingers, which begin at the ankles and wrists. The face has none.
const WHOLEBODY133_BONES: [(usize, usize); COCO17_BONES.len() + FEET.len() + 40] = {
    let mut bones = [(0, 0); COCO17_BONES.len() + FEET.len() + 40];
    let mut n = 0;
    while n < COCO17_BONES.len() {
        bones[n] = COCO17_BONES[n];
        n += 1;
    }
    let mut foot = 0;
    while foot < FEET.len() {
        bones[n] = (15 + foot / 3, COCO17.len() + foot);
        (n, foot) = (n + 1, foot + 1);
    }
    let mut joint = LEFT_HAND;
    while joint < WHOLEBODY {
        let (side, within) = ((joint - LEFT_HAND) / HAND, (joint - LEFT_HAND) % HAND);
        if within > 0 {
            let begins = within % 4 == 1;
            bones[n] = (if begins { 9 + side } else { joint - 1 }, joint);
            n += 1;
        }
        joint += 1;
    }
    bones
};

impl KeypointSet {
    /// Every set, smaller ones first.
    pub const ALL: [Self; 3] = [Self::Coco17, Self::Halpe26, Self::Wholebody133];

    /// The set of so many joints.
    pub const fn of_count(joints: usize) -> Option<Self> {
        match joints {
            17 => Some(Self::Coco17),
            26 => Some(Self::Halpe26),
            WHOLEBODY => Some(Self::Wholebody133),
            _ => None,
        }
    }

    /// How many joints it has.
    pub const fn count(self) -> usize {
        match self {
            Self::Coco17 => 17,
            Self::Halpe26 => 26,
            Self::Wholebody133 => WHOLEBODY,
        }
    }

    /// Its name in the manifest of models and in files; it never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Coco17 => "coco17",
            Self::Halpe26 => "halpe26",
            Self::Wholebody133 => "wholebody133",
        }
    }

    /// The joints' names, in file order.
    pub fn joint_names(self) -> Vec<String> {
        let body = COCO17.map(str::to_owned);
        match self {
            Self::Coco17 => body.into(),
            Self::Halpe26 => {
                // Halpe has left and right of each kind side by side.
                let feet = [0, 3, 1, 4, 2, 5].map(|foot| FEET[foot]);
                body.into_iter().chain(["head", "neck", "hip"].into_iter().chain(feet).map(str::to_owned)).collect()
            }
            Self::Wholebody133 => {
                let face = (0..LEFT_HAND - FACE).map(|n| format!("face-{n}"));
                let hands = ["left", "right"].into_iter().flat_map(|side| {
                    let fingers = FINGERS
                        .into_iter()
                        .flat_map(move |finger| (1..=4).map(move |joint| format!("{side}_{finger}{joint}")));
                    std::iter::once(format!("{side}_hand_root")).chain(fingers)
                });
                body.into_iter().chain(FEET.map(str::to_owned)).chain(face).chain(hands).collect()
            }
        }
    }

    /// Pairs of joints to draw lines between, each from the trunk outwards.
    pub const fn bones(self) -> &'static [(usize, usize)] {
        match self {
            Self::Coco17 => &COCO17_BONES,
            Self::Halpe26 => &HALPE26_BONES,
            Self::Wholebody133 => &WHOLEBODY133_BONES,
        }
    }

    /// The same joint of the other side; of one in the middle, itself.
    pub const fn partner(self, joint: usize) -> usize {
        match (self, joint) {
            (_, 0) => 0,
            (_, 1..=16) if joint % 2 == 1 => joint + 1,
            (_, 1..=16) => joint - 1,
            (Self::Halpe26, 20..=25) if joint.is_multiple_of(2) => joint + 1,
            (Self::Halpe26, 20..=25) => joint - 1,
            (Self::Wholebody133, 17..=19) => joint + 3,
            (Self::Wholebody133, 20..=22) => joint - 3,
            (Self::Wholebody133, FACE..LEFT_HAND) => FACE + partner_in_face(joint - FACE),
            (Self::Wholebody133, LEFT_HAND..RIGHT_HAND) => joint + HAND,
            (Self::Wholebody133, RIGHT_HAND..WHOLEBODY) => joint - HAND,
            _ => joint,
        }
    }

    /// What a joint belongs to. A bone belongs to what its second joint does.
    pub const fn part(self, joint: usize) -> Part {
        match (self, joint) {
            (Self::Halpe26, 20..=25) | (Self::Wholebody133, 17..FACE) => Part::Feet,
            (Self::Wholebody133, FACE..LEFT_HAND) => Part::Face,
            (Self::Wholebody133, LEFT_HAND..RIGHT_HAND) => Part::LeftHand,
            (Self::Wholebody133, RIGHT_HAND..WHOLEBODY) => Part::RightHand,
            _ => Part::Body,
        }
    }

    /// The finger that a joint belongs to, 0 the thumb to 4 the little finger; `None` for a hand's root and all else.
    pub const fn finger(self, joint: usize) -> Option<usize> {
        match self.part(joint) {
            Part::LeftHand | Part::RightHand => match (joint - LEFT_HAND) % HAND {
                0 => None,
                within => Some((within - 1) / 4),
            },
            _ => None,
        }
    }
}

/// The 68 points of a face mirrored: jaw, brows, bridge and base of the nose, eyes, outer and inner lips.
const fn partner_in_face(point: usize) -> usize {
    match point {
        0..=16 => 16 - point,
        17..=26 => 43 - point,
        31..=35 => 66 - point,
        36..=39 | 42..=45 => 81 - point,
        40..=41 | 46..=47 => 87 - point,
        48..=54 => 102 - point,
        55..=59 => 114 - point,
        60..=64 => 124 - point,
        65..=67 => 132 - point,
        _ => point,
    }
}

impl std::fmt::Display for KeypointSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
