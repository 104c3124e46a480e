//! A frame: what stands still, what moves before it, and the light on both.

use std::sync::Arc;

use glam::{Vec2, Vec3};

use super::light::{self, Radiance};
use super::raster::{SAMPLES, Samples};
use super::shadow::DepthMap;
use crate::camera::Camera;
use crate::model::{Face, Material, Vertex};
use crate::place::Place;

/// Above this height (metres) what hangs over the scene is a ceiling: it lets the light of its lamps through.
const CEILING: f32 = 2.3;

/// A place made ready for cameras.
#[derive(Debug)]
pub struct Set {
    place: Place,
    shadow: DepthMap,
    above: DepthMap,
}

/// Something that moves, as it is in one frame.
#[derive(Clone, Debug)]
pub struct Actor<'a> {
    /// Its corners in the world.
    pub vertices: Vec<Vertex>,
    /// Its triangles.
    pub faces: &'a [Face],
    /// What they are made of.
    pub materials: &'a [Material],
}

/// What a camera sees of a [`Set`] while nobody is there.
#[derive(Debug)]
pub struct Backdrop {
    set: Arc<Set>,
    camera: Camera,
    size: [u32; 2],
    samples: Samples,
    /// Of each pixel, before haze.
    radiance: Vec<Radiance>,
    /// Of each pixel: a point that its light was worked out for, and how far it is.
    points: Vec<Option<Vec3>>,
}

/// How an actor lies in the picture.
#[derive(Clone, Debug)]
pub struct Cover {
    /// The actor alone, as if nothing stood before it. `None` outside of the picture.
    pub alone: Option<Samples>,
}

/// A drawn frame.
#[derive(Debug)]
pub struct Drawing {
    /// Pixels across and down.
    pub size: [u32; 2],
    /// Linear light of each pixel.
    pub light: Vec<Vec3>,
    /// What each sample shows; actor `n` is object `n + 1`.
    pub samples: Samples,
    /// Of each actor, in their order.
    pub covers: Vec<Cover>,
}

impl Set {
    /// Works out the shadows of what doesn't move.
    pub fn new(place: Place) -> Self {
        let model = &place.model;
        let casts = |face: &&Face| {
            let corners = face.corners.map(|i| model.vertices[i as usize]);
            let glows = model.materials.get(usize::from(face.material)).is_none_or(|m| m.glow >= 1.0);
            let far = corners.iter().any(|v| v.position.length() > 150.0);
            let ceiling = corners.iter().all(|v| v.position.z > CEILING && v.normal.z < -0.5);
            !(glows || far || ceiling)
        };
        let low =
            |face: &&Face| casts(face) && face.corners.iter().all(|i| model.vertices[*i as usize].position.z < CEILING);
        let middle = Vec3::new(0.0, 2.0, 0.0);
        let mut shadow = DepthMap::new(place.lighting.towards, middle, 22.0, 2048);
        shadow.cast(&model.vertices, model.faces.iter().filter(casts));
        let mut above = DepthMap::new(Vec3::Z, middle, 22.0, 1024);
        above.cast(&model.vertices, model.faces.iter().filter(low));
        Self { place, shadow, above }
    }

    /// Draws the place as a camera sees it, for a picture of `size` pixels.
    pub fn backdrop(self: &Arc<Self>, camera: Camera, size: [u32; 2]) -> Backdrop {
        let model = &self.place.model;
        let lighting = &self.place.lighting;
        let mut samples = Samples::whole(size);
        samples.draw(&camera, 0, &model.vertices, &model.faces, &model.materials);
        let [width, height] = size.map(|side| side as usize);
        let mut radiance = Vec::with_capacity(width * height);
        let mut points = Vec::with_capacity(width * height);
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let (count, things) = samples.pixel(x, y);
            let middle = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
            let (mut sum, mut shown, mut place) = (Radiance::default(), 0, None);
            for (seen, times) in &things[..count] {
                let face = &model.faces[seen.face];
                let Some(point) = light::point(&camera, middle, &model.vertices, face, &model.materials) else {
                    continue;
                };
                let (lit, open) = if point.glows() {
                    (1.0, 1.0)
                } else {
                    let turn = light::turn(x, y);
                    (point.lit(&self.shadow, lighting, turn), point.open(&self.above, turn))
                };
                let got = point.light(lighting, camera.at, lit, open);
                sum.direct += got.direct * f32::from(*times);
                sum.rest += got.rest * f32::from(*times);
                shown += times;
                if place.is_none() && !point.glows() {
                    place = Some(point.position);
                }
            }
            let all = (SAMPLES * SAMPLES) as f32;
            sum.rest += lighting.haze * (all - f32::from(shown));
            radiance.push(Radiance { direct: sum.direct / all, rest: sum.rest / all });
            points.push(place);
        }
        Backdrop { set: Arc::clone(self), camera, size, samples, radiance, points }
    }
}

impl Backdrop {
    /// Draws a frame with these actors in it.
    pub fn draw(&self, actors: &[Actor<'_>]) -> Drawing {
        let lighting = &self.set.place.lighting;
        let shade = Shade::of(actors, lighting.towards);
        let mut samples = self.samples.clone();
        let mut covers = Vec::with_capacity(actors.len());
        for (n, actor) in actors.iter().enumerate() {
            let mut alone = Samples::around(&actor.vertices, &self.camera, self.size);
            if let Some(alone) = &mut alone {
                alone.draw(&self.camera, n + 1, &actor.vertices, actor.faces, actor.materials);
                samples.lay(alone);
            }
            covers.push(Cover { alone });
        }
        let [width, height] = self.size.map(|side| side as usize);
        let mut light = Vec::with_capacity(width * height);
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let still = self.still(x + y * width, &shade, (x, y));
            if samples.is_still(x, y) {
                light.push(still);
                continue;
            }
            let (count, things) = samples.pixel(x, y);
            let middle = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
            let (mut sum, mut left) = (Vec3::ZERO, (SAMPLES * SAMPLES) as u8);
            for (seen, times) in things[..count].iter().filter(|(seen, _)| seen.object > 0) {
                let actor = &actors[seen.object - 1];
                let face = &actor.faces[seen.face];
                let Some(point) = light::point(&self.camera, middle, &actor.vertices, face, actor.materials) else {
                    continue;
                };
                let turn = light::turn(x, y);
                let lit = point.lit(&self.set.shadow, lighting, turn).min(point.lit(&shade.shadow, lighting, turn));
                let open = point.open(&self.set.above, turn) * (0.4 + 0.6 * point.open(&shade.above, turn));
                let got = point.light(lighting, self.camera.at, lit, open);
                let distance = (point.position - self.camera.at).length();
                sum += light::hazy(got.direct + got.rest, lighting, distance) * f32::from(*times);
                left -= times;
            }
            light.push((sum + still * f32::from(left)) / (SAMPLES * SAMPLES) as f32);
        }
        Drawing { size: self.size, light, samples, covers }
    }

    /// A pixel of what doesn't move, with the shadows of what does.
    fn still(&self, i: usize, shade: &Shade, (x, y): (usize, usize)) -> Vec3 {
        let Radiance { direct, rest } = self.radiance[i];
        let lighting = &self.set.place.lighting;
        let Some(point) = self.points[i] else { return direct + rest };
        let mut colour = direct + rest;
        if shade.reaches(point) {
            let turn = light::turn(x, y);
            let lit = shade.shadow.lit(point, lighting.shadow_softness, turn);
            colour = direct * lit + rest * shade.above.open(point, turn);
        }
        light::hazy(colour, lighting, (point - self.camera.at).length())
    }
}

/// The shadows of the actors.
struct Shade {
    shadow: DepthMap,
    above: DepthMap,
    any: bool,
}

impl Shade {
    fn of(actors: &[Actor<'_>], towards: Vec3) -> Self {
        let (mut low, mut high) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        for vertex in actors.iter().flat_map(|actor| &actor.vertices) {
            low = low.min(vertex.position);
            high = high.max(vertex.position);
        }
        let any = low.x <= high.x;
        let (middle, radius) = if any { ((low + high) / 2.0, (high - low).length() / 2.0) } else { (Vec3::ZERO, 1.0) };
        // A texel is at most 2 cm, as far as memory goes.
        let side = ((radius * 100.0) as i32).clamp(64, 1536);
        let mut shadow = DepthMap::new(towards, middle, radius + 0.1, side);
        let mut above = DepthMap::new(Vec3::Z, middle, radius + 0.7, (side / 2).max(64));
        for actor in actors {
            shadow.cast(&actor.vertices, actor.faces.iter());
            above.cast(&actor.vertices, actor.faces.iter());
        }
        Self { shadow, above, any }
    }

    fn reaches(&self, point: Vec3) -> bool {
        self.any && (self.shadow.may_reach(point) || self.above.may_reach(point))
    }
}
