//! A frame: what stands still, what moves before it, and the light on both.

use std::sync::Arc;

use glam::{Vec2, Vec3};
use silhueta_shared::geometry::Bbox;

use super::light::{self, Facet};
use super::raster::{SAMPLES, Samples};
use super::shadow::{DepthMap, SKY_REACH};
use super::tile::{Lighter, TILE, Tile};
use crate::camera::Camera;
use crate::model::{Face, Material, Vertex};
use crate::place::Place;

/// Above this height (metres) what hangs over the scene is a ceiling: it lets the light of its lamps through.
const CEILING: f32 = 2.3;

/// A place made ready for cameras.
#[derive(Debug)]
pub struct Set {
    pub(super) place: Place,
    pub(super) shadow: DepthMap,
    pub(super) above: DepthMap,
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

/// What a camera that stands still sees of a [`Set`] while nobody is there.
#[derive(Debug)]
pub struct Backdrop {
    set: Arc<Set>,
    camera: Camera,
    size: [u32; 2],
    samples: Samples,
    tiles: Vec<Tile>,
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
        shadow.settle(place.lighting.shadow_softness);
        let mut above = DepthMap::new(Vec3::Z, middle, 22.0, 1024);
        above.cast(&model.vertices, model.faces.iter().filter(low));
        above.settle(SKY_REACH);
        Self { place, shadow, above }
    }

    /// Draws the place for a camera that stays where it is, for pictures of `size` pixels.
    pub fn backdrop(self: &Arc<Self>, camera: Camera, size: [u32; 2]) -> Backdrop {
        let samples = self.samples(&camera, size);
        let mut lighter = Lighter::new(self, &camera, size, &samples);
        let tiles = corners(size).map(|(left, top)| lighter.tile(left, top)).collect();
        Backdrop { set: Arc::clone(self), camera, size, samples, tiles }
    }

    /// Draws a frame for a camera that was elsewhere a frame ago.
    pub fn draw(&self, camera: &Camera, size: [u32; 2], actors: &[Actor<'_>]) -> Drawing {
        self.draw_over(self.samples(camera, size), None, camera, size, actors)
    }

    fn samples(&self, camera: &Camera, size: [u32; 2]) -> Samples {
        let model = &self.place.model;
        let mut samples = Samples::whole(size);
        samples.draw(camera, 0, &model.vertices, &model.faces, &model.materials);
        samples
    }

    /// Draws actors over samples of the place; `tiles` are those that are lit already.
    fn draw_over(
        &self,
        mut samples: Samples,
        tiles: Option<&[Tile]>,
        camera: &Camera,
        size: [u32; 2],
        actors: &[Actor<'_>],
    ) -> Drawing {
        let shade = Shade::of(actors, self.place.lighting.towards);
        let mut covers = Vec::with_capacity(actors.len());
        for (n, actor) in actors.iter().enumerate() {
            let mut alone = Samples::around(&actor.vertices, camera, size);
            if let Some(alone) = &mut alone {
                alone.draw(camera, n + 1, &actor.vertices, actor.faces, actor.materials);
                samples.lay(alone);
            }
            covers.push(Cover { alone, full: Cover::bounds(&actor.vertices, camera) });
        }
        let covered = covered(&covers, size);
        let scene = Scene { set: self, camera, actors, samples: &samples, shade: &shade };
        let mut lighter = Lighter::new(self, camera, size, &samples);
        let [width, height] = size.map(|side| side as usize);
        let mut light = vec![Vec3::ZERO; width * height];
        for (n, (left, top)) in corners(size).enumerate() {
            let lit;
            let tile = match tiles {
                Some(tiles) => &tiles[n],
                None => {
                    lit = lighter.tile(left, top);
                    &lit
                }
            };
            let reached = tile.is_reached(&shade);
            let across = TILE.min(width - left);
            for y in 0..TILE.min(height - top) {
                let first = (top + y) * width + left;
                for (x, pixel) in light[first..first + across].iter_mut().enumerate() {
                    let (n_in, place) = (y * TILE + x, (left + x, top + y));
                    *pixel = if reached {
                        tile.shaded(n_in, &self.place.lighting, &shade, light::turn(place.0, place.1))
                    } else {
                        tile.still(n_in)
                    };
                    if covered[n] && !samples.is_still(place.0, place.1) {
                        *pixel = scene.moving(place, *pixel);
                    }
                }
            }
        }
        Drawing { size, light, samples, covers }
    }
}

impl Backdrop {
    /// Draws a frame with these actors in it.
    pub fn draw(&self, actors: &[Actor<'_>]) -> Drawing {
        self.set.draw_over(self.samples.clone(), Some(&self.tiles), &self.camera, self.size, actors)
    }
}

/// Which tiles the actors may be seen in.
fn covered(covers: &[Cover], size: [u32; 2]) -> Vec<bool> {
    let (across, down) = tiles(size);
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

/// A frame while it is lit.
struct Scene<'a> {
    set: &'a Set,
    camera: &'a Camera,
    actors: &'a [Actor<'a>],
    samples: &'a Samples,
    shade: &'a Shade,
}

impl Scene<'_> {
    /// A pixel that actors are seen in; `still` is what is seen beside them.
    fn moving(&self, (x, y): (usize, usize), still: Vec3) -> Vec3 {
        let Self { set, camera, actors, samples, shade } = self;
        let lighting = &set.place.lighting;
        let (count, things) = samples.pixel(x, y);
        let (mut sum, mut left) = (Vec3::ZERO, (SAMPLES * SAMPLES) as u8);
        for (seen, times) in things[..count].iter().filter(|(seen, _)| seen.object > 0) {
            let actor = &actors[seen.object - 1];
            let face = &actor.faces[seen.face];
            let Some(facet) = Facet::new(camera, &actor.vertices, face, actor.materials) else { continue };
            let point = facet.point(x, y);
            let turn = light::turn(x, y);
            let lit = point.lit(&set.shadow, lighting, turn).min(point.lit(&shade.shadow, lighting, turn));
            let open = point.open(&set.above, turn) * (0.4 + 0.6 * point.open(&shade.above, turn));
            let got = point.reflection(lighting, camera.at, open).of(point.colour(), lit);
            let clear = light::clear(lighting, (point.position - camera.at).length());
            sum += (lighting.haze + (got.direct + got.rest - lighting.haze) * clear) * f32::from(*times);
            left -= times;
        }
        (sum + still * f32::from(left)) / (SAMPLES * SAMPLES) as f32
    }
}

/// How many tiles there are across and down.
fn tiles(size: [u32; 2]) -> (usize, usize) {
    ((size[0] as usize).div_ceil(TILE), (size[1] as usize).div_ceil(TILE))
}

/// The left and top of each tile, row by row.
fn corners(size: [u32; 2]) -> impl Iterator<Item = (usize, usize)> {
    let (across, down) = tiles(size);
    (0..down).flat_map(move |y| (0..across).map(move |x| (x * TILE, y * TILE)))
}

/// The shadows of the actors.
pub(super) struct Shade {
    pub(super) shadow: DepthMap,
    pub(super) above: DepthMap,
    /// Whether there is anybody.
    pub(super) any: bool,
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
