//! A frame: what stands still, what moves before it, and the light on both.

use std::sync::Arc;

use glam::{Vec2, Vec3};
use silhueta_shared::geometry::Bbox;

use super::light::{self, Radiance};
use super::raster::{SAMPLES, Samples};
use super::shadow::{Bounds, DepthMap};
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
    /// Of each pixel: the point that its light was worked out for, and the share of it that haze leaves.
    points: Vec<Option<(Vec3, f32)>>,
    /// Of each pixel, with all the light there is.
    still: Vec<Vec3>,
    tiles: Vec<Tile>,
}

/// Pixels along the side of a tile.
const TILE: usize = 8;

/// A square of pixels: where its points are in the axes of the sun's light and of the sky's.
#[derive(Clone, Copy, Debug)]
struct Tile {
    sun: Bounds,
    sky: Bounds,
}

/// How an actor lies in the picture.
#[derive(Clone, Debug)]
pub struct Cover {
    /// The actor alone, as if nothing stood before it. `None` outside of the picture.
    pub alone: Option<Samples>,
    /// Around all of it in pixels, also outside of the picture. `None` when it is behind the camera.
    pub full: Option<Bbox>,
}

impl Cover {
    /// Around the corners that are ahead of the camera.
    fn bounds(vertices: &[Vertex], camera: &Camera) -> Option<Bbox> {
        let pixels = vertices.iter().filter_map(|vertex| camera.project(vertex.position));
        let grown = |b: Option<Bbox>, (p, _): (Vec2, f32)| match b {
            Some(b) => Some(Bbox::new(b.x1.min(p.x), b.y1.min(p.y), b.x2.max(p.x), b.y2.max(p.y))),
            None => Some(Bbox::new(p.x, p.y, p.x, p.y)),
        };
        pixels.fold(None, grown)
    }
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
                    let distance = (point.position - camera.at).length();
                    place = Some((point.position, light::clear(lighting, distance)));
                }
            }
            let all = (SAMPLES * SAMPLES) as f32;
            sum.rest += lighting.haze * (all - f32::from(shown));
            radiance.push(Radiance { direct: sum.direct / all, rest: sum.rest / all });
            points.push(place);
        }
        let still = |(light, point): (&Radiance, &Option<(Vec3, f32)>)| match point {
            Some((_, clear)) => lighting.haze + (light.direct + light.rest - lighting.haze) * *clear,
            None => light.direct + light.rest,
        };
        let still = radiance.iter().zip(&points).map(still).collect();
        let mut tiles = vec![Tile { sun: Bounds::NONE, sky: Bounds::NONE }; tiles(size).0 * tiles(size).1];
        for (i, point) in points.iter().enumerate() {
            if let Some((point, _)) = point {
                let tile = &mut tiles[i / width / TILE * self::tiles(size).0 + i % width / TILE];
                tile.sun.add(self.shadow.axes(*point));
                tile.sky.add(self.above.axes(*point));
            }
        }
        Backdrop { set: Arc::clone(self), camera, size, samples, radiance, points, still, tiles }
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
            covers.push(Cover { alone, full: Cover::bounds(&actor.vertices, &self.camera) });
        }
        let mut light = self.still.clone();
        let [width, height] = self.size.map(|side| side as usize);
        let covered = self.covered(&covers);
        for (n, tile) in self.tiles.iter().enumerate() {
            let shaded = shade.any && (shade.shadow.reaches(&tile.sun) || shade.above.reaches(&tile.sky));
            if !shaded && !covered[n] {
                continue;
            }
            let across = tiles(self.size).0;
            let (left, top) = (n % across * TILE, n / across * TILE);
            for (x, y) in
                (top..(top + TILE).min(height)).flat_map(|y| (left..(left + TILE).min(width)).map(move |x| (x, y)))
            {
                let i = y * width + x;
                if shaded {
                    light[i] = self.still(i, &shade, (x, y));
                }
                if covered[n] && !samples.is_still(x, y) {
                    light[i] = self.moving(actors, &samples, &shade, (x, y), light[i]);
                }
            }
        }
        Drawing { size: self.size, light, samples, covers }
    }

    /// Which tiles the actors may be seen in.
    fn covered(&self, covers: &[Cover]) -> Vec<bool> {
        let (across, down) = tiles(self.size);
        let mut covered = vec![false; across * down];
        let side = (TILE * SAMPLES) as i32;
        for [left, top, right, bottom] in covers.iter().filter_map(|cover| Some(cover.alone.as_ref()?.rectangle())) {
            for y in top / side..=(bottom - 1) / side {
                for x in left / side..=(right - 1) / side {
                    covered[y as usize * across + x as usize] = true;
                }
            }
        }
        covered
    }

    /// A pixel that actors are seen in; `still` is what is seen beside them.
    fn moving(
        &self,
        actors: &[Actor<'_>],
        samples: &Samples,
        shade: &Shade,
        (x, y): (usize, usize),
        still: Vec3,
    ) -> Vec3 {
        let lighting = &self.set.place.lighting;
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
            let clear = light::clear(lighting, (point.position - self.camera.at).length());
            sum += (lighting.haze + (got.direct + got.rest - lighting.haze) * clear) * f32::from(*times);
            left -= times;
        }
        (sum + still * f32::from(left)) / (SAMPLES * SAMPLES) as f32
    }

    /// A pixel of what doesn't move, with the shadows of what does.
    fn still(&self, i: usize, shade: &Shade, (x, y): (usize, usize)) -> Vec3 {
        let Some((point, clear)) = self.points[i] else { return self.still[i] };
        let Radiance { direct, rest } = self.radiance[i];
        let lighting = &self.set.place.lighting;
        let turn = light::turn(x, y);
        let lit = shade.shadow.lit(point, lighting.shadow_softness, turn);
        let colour = direct * lit + rest * shade.above.open(point, turn);
        lighting.haze + (colour - lighting.haze) * clear
    }
}

/// How many tiles there are across and down.
fn tiles(size: [u32; 2]) -> (usize, usize) {
    ((size[0] as usize).div_ceil(TILE), (size[1] as usize).div_ceil(TILE))
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
}
