//! The lifter that comes with the project, on generated people it has not seen, against answers that need no network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test: a failure here is a failed test")]

use std::path::Path;

use glam::Vec3;
use silhueta_scenes::camera::Camera;
use silhueta_scenes::seed::Seed;
use silhueta_scenes::skeletons::clip;
use silhueta_shared::job::Device;
use silhueta_shared::model::ModelFile;
use silhueta_shared::pose::Keypoint;
use silhueta_vision::lifter::{Flat, JOINTS, Spatial, h36m};
use silhueta_vision::networks;
use silhueta_vision::runtime::Runtime;

const SIZE: [u32; 2] = [1280, 720];

/// Human3.6M's joints about the root in the camera's axes, by the rule that the picture's are made by.
fn truth(camera: &Camera, joints: &[Vec3; 17]) -> Spatial {
    let seen = joints.map(|joint| camera.view(joint));
    let axis = |pick: fn(Vec3) -> f32| {
        h36m(&seen.map(|joint| Keypoint { x: pick(joint), y: 0.0, score: 1.0 })).unwrap().map(|joint| joint.x)
    };
    let [x, y, z] = [axis(|joint| joint.x), axis(|joint| joint.y), axis(|joint| joint.z)];
    std::array::from_fn(|n| [x[n] - x[0], y[n] - y[0], z[n] - z[0]])
}

/// Mean distance of two poses' joints, in millimetres.
fn apart(a: &Spatial, b: &Spatial) -> f32 {
    let joints = a.iter().zip(b).map(|(a, b)| Vec3::from(*a).distance(Vec3::from(*b)));
    joints.sum::<f32>() / JOINTS as f32 * 1000.0
}

#[test]
fn joints_in_space_are_nearer_to_the_truth_than_a_mean_pose_and_than_depth_0() {
    let Some(library) = silhueta_e2e::runtime("lifting: the small lifter") else { return };
    let runtime = Runtime::load(&library).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../builtin/lifter_small.onnx");
    let model = ModelFile { id: "lifter_small".into(), file: file.display().to_string(), ..ModelFile::default() };
    let mut lifter = networks::lifter(&runtime, Device::Cpu, &model).unwrap();
    let middle = lifter.frames() / 2;

    let (mut truths, mut guesses, mut flats) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..40 {
        // Nobody of these was trained on.
        let seed = Seed::new(77).of("unseen").at(n);
        let clip = clip(seed, lifter.frames() as u32);
        let root = (clip[middle][11] + clip[middle][12]) / 2.0;
        let (round, away) = (seed.of("round").range(-3.1, 3.1), seed.of("away").range(3.5, 9.0));
        let at = root + Vec3::new(libm::cosf(round) * away, libm::sinf(round) * away, seed.of("up").range(0.0, 2.5));
        let aim = root + Vec3::new(seed.of("x").range(-0.6, 0.6), seed.of("y").range(-0.6, 0.6), 0.0);
        let camera = Camera::new(at, aim, seed.of("view").range(0.8, 1.4), SIZE);
        let picture = |joints: &[Vec3; 17]| -> Flat {
            let found = joints.map(|joint| camera.project(joint).unwrap().0);
            h36m(&found.map(|at| Keypoint { x: at.x, y: at.y, score: 1.0 })).unwrap()
        };
        let flat: Vec<Flat> = clip.iter().map(picture).collect();
        guesses.extend(lifter.lift(&[flat.iter().collect()], (SIZE[0], SIZE[1])).unwrap());
        let (truth, distance) = (truth(&camera, &clip[middle]), camera.view(root).z);
        // Depth 0, of the very size that they have.
        let scale = distance / camera.focal;
        let root = flat[middle][0];
        flats.push(flat[middle].map(|joint| [(joint.x - root.x) * scale, (joint.y - root.y) * scale, 0.0]));
        truths.push(truth);
    }
    let mut mean = [[0.0; 3]; JOINTS];
    for truth in &truths {
        mean.iter_mut().flatten().zip(truth.iter().flatten()).for_each(|(sum, x)| *sum += x / truths.len() as f32);
    }
    let error = |guess: &dyn Fn(usize) -> Spatial| {
        truths.iter().enumerate().map(|(n, truth)| apart(&guess(n), truth)).sum::<f32>() / truths.len() as f32
    };
    let (lifted, still, flat) = (error(&|n| guesses[n]), error(&|_| mean), error(&|n| flats[n]));
    println!("lifter {lifted:.0} mm, mean pose {still:.0} mm, depth 0 at the true size {flat:.0} mm");
    assert!(lifted < 80.0 && lifted < 0.5 * still && lifted < 0.6 * flat, "{lifted} {still} {flat}");
    assert!(guesses.iter().all(|guess| guess[0] == [0.0; 3]), "the root is the origin");
}
