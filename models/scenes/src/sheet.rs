//! Contact sheets: frames of a scene side by side, with or without its truth drawn on them.

use rayon::prelude::*;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::COCO17_BONES;

use crate::film::Film;
use crate::render::Picture;
use crate::truth::{self, PersonTruth, Sight};

/// Lines that a scene's truth is drawn with, in order of identities; told apart on any ground.
const COLOURS: [[u8; 3]; 6] =
    [[255, 92, 92], [64, 196, 255], [255, 202, 40], [105, 240, 120], [224, 110, 255], [255, 150, 64]];

/// `count` frames spread over the scene, `across` in a row, each shrunk to `1 / shrink` of its size.
pub fn sheet(film: &Film<'_>, count: u32, across: u32, shrink: u32, with_truth: bool) -> Picture {
    let total = film.script().frames();
    let numbers: Vec<u32> = (0..count).map(|n| n * total.saturating_sub(1) / count.saturating_sub(1).max(1)).collect();
    let draw = |number: &u32| {
        let frame = film.frame(*number);
        let people = if with_truth { truth::of_frame(film, &frame) } else { Vec::new() };
        let mut picture = frame.picture;
        for person in &people {
            draw_person(&mut picture, person);
        }
        shrunk(&picture, shrink.max(1))
    };
    let pictures: Vec<Picture> = numbers.par_iter().map(draw).collect();
    side_by_side(&pictures, across.max(1) as usize)
}

fn draw_person(picture: &mut Picture, person: &PersonTruth) {
    let colour = COLOURS[person.player % COLOURS.len()];
    outline(picture, person.full, colour.map(|c| c / 2));
    if let Some(visible) = person.visible {
        outline(picture, visible, colour);
    }
    for (a, b) in COCO17_BONES {
        let (a, b) = (person.joints[a], person.joints[b]);
        if a.sight != Sight::Outside && b.sight != Sight::Outside {
            let hidden = a.sight == Sight::Hidden || b.sight == Sight::Hidden;
            line(picture, (a.x, a.y), (b.x, b.y), if hidden { colour.map(|c| c / 2) } else { colour });
        }
    }
    if let Some(face) = &person.face {
        outline(picture, face.bbox, [255; 3]);
        for point in face.landmarks.iter().filter(|point| point.sight == Sight::Seen) {
            dot(picture, point.x, point.y, [0, 255, 0]);
        }
    }
}

fn outline(picture: &mut Picture, b: Bbox, colour: [u8; 3]) {
    for (from, to) in [
        ((b.x1, b.y1), (b.x2, b.y1)),
        ((b.x2, b.y1), (b.x2, b.y2)),
        ((b.x2, b.y2), (b.x1, b.y2)),
        ((b.x1, b.y2), (b.x1, b.y1)),
    ] {
        line(picture, from, to, colour);
    }
}

fn line(picture: &mut Picture, from: (f32, f32), to: (f32, f32), colour: [u8; 3]) {
    // A box may reach far out of the picture: no more steps than a picture's diagonal needs.
    let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).clamp(1.0, 8192.0);
    for n in 0..=steps as u32 {
        let share = n as f32 / steps;
        dot(picture, from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share, colour);
    }
}

/// Two pixels wide, so that it survives the shrinking.
fn dot(picture: &mut Picture, x: f32, y: f32, colour: [u8; 3]) {
    let [width, height] = picture.size.map(|side| side as i32);
    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let (x, y) = (x as i32 + dx, y as i32 + dy);
        if (0..width).contains(&x) && (0..height).contains(&y) {
            let at = ((y * width + x) * 3) as usize;
            picture.rgb[at..at + 3].copy_from_slice(&colour);
        }
    }
}

fn shrunk(picture: &Picture, by: u32) -> Picture {
    let size = picture.size.map(|side| (side / by).max(1));
    let mut rgb = Vec::with_capacity((size[0] * size[1] * 3) as usize);
    for (x, y) in (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y))) {
        for c in 0..3 {
            let cells = (0..by * by).map(|n| ((y * by + n / by) * picture.size[0] + x * by + n % by) * 3 + c);
            let sum: u32 = cells.map(|at| u32::from(picture.rgb[at as usize])).sum();
            rgb.push((sum / (by * by)) as u8);
        }
    }
    Picture { size, rgb }
}

fn side_by_side(pictures: &[Picture], across: usize) -> Picture {
    let Some(first) = pictures.first() else { return Picture { size: [0, 0], rgb: Vec::new() } };
    let [width, height] = first.size.map(|side| side as usize);
    let down = pictures.len().div_ceil(across);
    let row = width * across * 3;
    let mut rgb = vec![24; row * height * down];
    for (n, picture) in pictures.iter().enumerate() {
        let (left, top) = (n % across * width * 3, n / across * height);
        for (y, line) in picture.rgb.chunks_exact(width * 3).enumerate() {
            let at = (top + y) * row + left;
            rgb[at..at + width * 3].copy_from_slice(line);
        }
    }
    Picture { size: [(width * across) as u32, (height * down) as u32], rgb }
}
