//! Joints in space of people who do this and that: what a lifter from the picture into space is trained on.
//!
//! There are no pictures: who trains looks at the joints through cameras of their own.

use std::io::{self, Write};

use glam::Vec3;
use rayon::prelude::*;

use crate::body::Body;
use crate::figure::Figure;
use crate::motion::Performance;
use crate::script::{Look, Person, Step, Target};
use crate::seed::Seed;
use crate::truth::joints;

/// Frames a second.
pub const FPS: f32 = 25.0;

/// COCO's 17 joints in the world, in metres, z up.
pub type Skeleton = [Vec3; 17];

/// One person, of whom chance decides all, for so many frames at [`FPS`]. The same seed gives the same.
pub fn clip(seed: Seed, frames: u32) -> Vec<Skeleton> {
    let person = person(seed, frames as f32 / FPS);
    let body = Body::new(&person.look, seed.of("body"));
    let look = Look { girth: Some(body.girth), carries: Some(body.carried), ..person.look };
    let part = Performance::new(&Person { look, ..person }, &body.rest, seed.of("motion"));
    let around = seed.of("eye").range(0.0, std::f32::consts::TAU);
    let eye = Vec3::new(6.0 * libm::cosf(around), 6.0 * libm::sinf(around), 1.6);
    let figure = |moment: crate::motion::Moment| Figure::new(&body.rest, &moment.pose);
    // Nobody leaves, so that everybody is there at all times.
    let at = |frame: u32| part.at(frame as f32 / FPS, eye).map(figure);
    let skeleton = |figure: Figure| joints(&body, &figure).map(|(at, _)| at);
    (0..frames).filter_map(at).map(skeleton).collect()
}

/// Many clips as an array for NumPy: f32 `[clips, frames, 17, 3]`.
///
/// # Errors
/// The writer's.
pub fn write_npy(mut to: impl Write, seed: u64, clips: u32, frames: u32) -> io::Result<()> {
    let shape = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({clips}, {frames}, 17, 3), }}");
    // The numbers begin at a multiple of 64 bytes; the head before the text has ten, the text ends its line.
    let width = (shape.len() + 11).div_ceil(64) * 64 - 11;
    to.write_all(b"\x93NUMPY\x01\x00")?;
    to.write_all(&(width as u16 + 1).to_le_bytes())?;
    writeln!(to, "{shape:<width$}")?;
    let seed = Seed::new(seed).of("skeletons");
    let numbers: Vec<u32> = (0..clips).collect();
    for part in numbers.chunks(64) {
        let made: Vec<_> = part.par_iter().map(|n| clip(seed.at(u64::from(*n)), frames)).collect();
        for number in made.iter().flatten().flatten().flat_map(|at| at.to_array()) {
            to.write_all(&number.to_le_bytes())?;
        }
    }
    to.flush()
}

/// Somebody who does one thing after the other until the time is over.
fn person(seed: Seed, seconds: f32) -> Person {
    let mut at = [0.0, 0.0];
    let (mut steps, mut past) = (Vec::new(), 0.0);
    for n in 0..64 {
        if past > seconds {
            break;
        }
        let (step, lasts) = step(seed.of("step").at(n), &mut at);
        let is_last = matches!(step, Step::Fall { .. });
        steps.push(step);
        past += lasts;
        if is_last {
            break;
        }
    }
    Person {
        name: "one".to_owned(),
        at: [0.0, 0.0],
        facing: seed.of("facing").range(-180.0, 180.0),
        from: 0.0,
        steps,
        look: Look { height: Some(height(seed.of("height"))), ..Look::default() },
    }
}

/// Metres: most are grown up.
fn height(seed: Seed) -> f32 {
    if seed.of("child").chance(0.12) { seed.range(1.1, 1.5) } else { seed.range(1.5, 1.95) }
}

/// One thing to do, and about how long it takes.
fn step(seed: Seed, at: &mut [f32; 2]) -> (Step, f32) {
    let seconds = seed.of("seconds").range(1.5, 4.0);
    let step = match seed.of("what").index(16) {
        0..=3 => {
            let speed = seed.of("speed").range(0.6, 1.9);
            Step::Walk { to: away(seed, at, speed * seconds), speed: Some(speed) }
        }
        4 | 5 => {
            let speed = seed.of("speed").range(2.2, 4.5);
            Step::Run { to: away(seed, at, speed * seconds), speed: Some(speed) }
        }
        6 => Step::Stand { seconds },
        7 => Step::Turn { to: seed.of("way").range(-180.0, 180.0), seconds: 0.6 + 0.3 * seconds },
        8 => Step::Sit { seconds: seconds + 2.0 },
        9 => Step::Wave { seconds },
        10 => Step::PickUp { seconds },
        11 => Step::Take { height: seed.of("shelf").range(0.6, 1.7), seconds },
        12 | 13 => Step::Dance { seconds: seconds + 1.0 },
        14 if seed.of("falls").chance(0.5) => Step::Fall { seconds: seconds + 1.0 },
        _ => {
            let point = [("x", -5.0, 5.0), ("y", -5.0, 5.0), ("z", 0.0, 2.5)];
            let point = Target::Point(point.map(|(name, low, high)| seed.of(name).range(low, high)));
            let target = seed.of("target").pick(&[Target::Ahead, Target::Camera, point]);
            return (Step::LookAt { target }, 0.0);
        }
    };
    (step, seconds)
}

/// A place so many metres from here, where they are from now on.
fn away(seed: Seed, at: &mut [f32; 2], metres: f32) -> [f32; 2] {
    let way = seed.of("way").range(0.0, std::f32::consts::TAU);
    *at = [at[0] + metres * libm::cosf(way), at[1] + metres * libm::sinf(way)];
    *at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_holds_whole_people_who_move_and_keep_their_bones() {
        let mut bytes = Vec::new();
        write_npy(&mut bytes, 3, 2, 60).unwrap();
        let head = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!((head % 64, bytes.len() - head), (0, 2 * 60 * 17 * 3 * 4));
        assert!(String::from_utf8_lossy(&bytes[10..head]).contains("'shape': (2, 60, 17, 3)"));

        let clip = clip(Seed::new(3).of("skeletons").at(0), 60);
        let first = f32::from_le_bytes(bytes[head..head + 4].try_into().unwrap());
        assert_eq!(first, clip[0][0].x);
        let thigh = |joints: &Skeleton| joints[11].distance(joints[13]);
        assert!(clip.iter().all(|joints| (thigh(joints) - thigh(&clip[0])).abs() < 1e-3));
        let moved: f32 = clip.windows(2).map(|two| two[0][9].distance(two[1][9])).sum();
        assert!(moved > 0.05, "{moved}");
    }
}
