//! What goes into a lifter and what becomes of what it gives. Pure.
//!
//! The joints are Human3.6M's, made of COCO's as MMPose and MotionBERT make them: root, right hip, knee and ankle,
//! left hip, knee and ankle, spine, thorax, nose, head, left shoulder, elbow and wrist, right shoulder, elbow and
//! wrist.

use silhueta_shared::pose::Keypoint;

/// How many there are.
pub const JOINTS: usize = 17;

/// Human3.6M's joints in a picture, in source pixels.
pub type Flat = [Keypoint; JOINTS];

/// Human3.6M's joints in space, in the unit of the network (of ours, metres).
pub type Spatial = [[f32; 3]; JOINTS];

/// Nobody's joints, for a trial.
pub(super) const NOBODY: Flat = [Keypoint { x: 1.0, y: 1.0, score: 0.0 }; JOINTS];

/// The joints of COCO that each is the middle of: one, two, or four.
const SOURCES: [&[usize]; JOINTS] = [
    &[11, 12],
    &[12],
    &[14],
    &[16],
    &[11],
    &[13],
    &[15],
    &[11, 12, 5, 6],
    &[5, 6],
    &[0],
    &[1, 2],
    &[5],
    &[7],
    &[9],
    &[6],
    &[8],
    &[10],
];

/// Human3.6M's joints of a set that begins with COCO's 17; `None` where there are fewer. The score of one that lies
/// between others is their mean.
pub fn h36m(coco: &[Keypoint]) -> Option<Flat> {
    let coco = coco.get(..JOINTS)?;
    Some(SOURCES.map(|sources| {
        let mean =
            |value: fn(&Keypoint) -> f32| sources.iter().map(|n| value(&coco[*n])).sum::<f32>() / sources.len() as f32;
        Keypoint { x: mean(|joint| joint.x), y: mean(|joint| joint.y), score: mean(|joint| joint.score) }
    }))
}

/// Appends the joints as a lifter takes them: −1 to 1 across the picture, y in the same unit about its middle, and,
/// where `channels` is 3, the score, 0..=1. A joint that isn't finite lies in the middle.
pub fn normalise(joints: &Flat, (width, height): (u32, u32), channels: usize, out: &mut Vec<f32>) {
    let (width, height) = (width.max(1) as f32, height as f32);
    let finite = |value: f32| if value.is_finite() { value } else { 0.0 };
    for joint in joints {
        let numbers = [(2.0 * joint.x - width) / width, (2.0 * joint.y - height) / width, joint.score.clamp(0.0, 1.0)];
        out.extend(numbers.into_iter().take(channels).map(finite));
    }
}

/// About the root, whether the network has it there or not.
pub(super) fn about_root(joints: &mut Spatial) {
    let root = joints[0];
    for joint in joints {
        for (value, root) in joint.iter_mut().zip(root) {
            *value -= root;
        }
    }
}

/// From the camera's axes (x right, y down, z ahead) to those that MMPose writes: x to the left of the picture, y away
/// from the camera, z up, so high that the lowest joint is at 0.
pub fn stand(camera: &Spatial) -> Spatial {
    let lowest = camera.iter().map(|[_, y, _]| *y).fold(f32::NEG_INFINITY, f32::max);
    camera.map(|[x, y, z]| [-x, z, lowest - y])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coco() -> Vec<Keypoint> {
        (0..17u16)
            .map(|n| Keypoint { x: f32::from(n) * 10.0, y: f32::from(n * n), score: f32::from(n) / 16.0 })
            .collect()
    }

    /// By the rule of MMPose's `convert_keypoint_definition`.
    #[test]
    fn joints_are_made_of_cocos_as_mmpose_makes_them() {
        let joints = h36m(&coco()).unwrap();
        let x = joints.map(|joint| joint.x);
        let expected = [115., 120., 140., 160., 110., 130., 150., 85., 55., 0., 15., 50., 70., 90., 60., 80., 100.];
        assert_eq!(x, expected);
        assert_eq!((joints[0].y, joints[8].y, joints[7].y, joints[10].y), (132.5, 30.5, 81.5, 2.5));
        assert_eq!(joints[10].score, 1.5 / 16.0);
        let more: Vec<_> = coco().into_iter().chain([Keypoint::default(); 9]).collect();
        assert_eq!(h36m(&more), Some(joints), "sets with more begin with COCO's");
        assert_eq!(h36m(&coco()[..16]), None);
    }

    #[test]
    fn the_pictures_width_is_two_and_its_middle_is_the_origin() {
        let mut joints = [Keypoint { x: 960.0, y: 540.0, score: 0.5 }; JOINTS];
        joints[1] = Keypoint { x: 0.0, y: 0.0, score: 7.0 };
        joints[2] = Keypoint { x: 1920.0, y: 1080.0, score: -1.0 };
        joints[3] = Keypoint { x: f32::NAN, y: 540.0, score: f32::NAN };
        let mut numbers = Vec::new();
        normalise(&joints, (1920, 1080), 3, &mut numbers);
        assert_eq!(numbers[..12], [0.0, 0.0, 0.5, -1.0, -0.5625, 1.0, 1.0, 0.5625, 0.0, 0.0, 0.0, 0.0]);
        numbers.clear();
        normalise(&joints, (1920, 1080), 2, &mut numbers);
        assert_eq!((numbers.len(), &numbers[2..4]), (34, &[-1.0, -0.5625][..]));
    }

    #[test]
    fn a_body_stands_on_the_ground_with_its_head_up() {
        let mut joints = [[0.1, 0.2, 3.0]; JOINTS];
        (joints[3], joints[10]) = ([0.3, 1.1, 2.9], [0.1, -0.5, 3.2]);
        about_root(&mut joints);
        assert_eq!(joints[0], [0.0; 3]);
        let near = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        let standing = stand(&joints);
        assert!(near(standing[3], [-0.2, -0.1, 0.0]), "{:?}", standing[3]);
        assert!(near(standing[10], [0.0, 0.2, 1.6]), "{:?}", standing[10]);
        assert!(near(standing[0], [0.0, 0.0, 0.9]), "{:?}", standing[0]);
    }
}
