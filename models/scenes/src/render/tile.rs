//! What doesn't move, lit: eight by eight pixels at a time.

use glam::{Vec2, Vec3};

use super::draw::{Set, Shade};
use super::light::{self, Facet, Point, Radiance};
use super::raster::{SAMPLES, Samples, Seen};
use super::shadow::Bounds;
use crate::camera::Camera;
use crate::place::Lighting;

/// Pixels along the side of a tile.
pub(super) const TILE: usize = 8;

/// How many facets are kept ready.
const RECENT: usize = 64;

/// A square of pixels, row by row.
#[derive(Clone, Debug)]
pub(super) struct Tile {
    left: usize,
    top: usize,
    spots: [Spot; TILE * TILE],
    /// Around the points of all of them.
    bounds: Bounds,
}

/// A pixel.
#[derive(Clone, Copy, Debug, Default)]
struct Spot {
    /// With all the light there is, behind haze.
    still: Vec3,
    /// Before haze.
    radiance: Radiance,
    /// The point that its light was worked out for, and the share of it that haze leaves. `None` where no shadow matters.
    point: Option<(Vec3, f32)>,
}

/// The upper left pixels of the squares of side `step` in one of side `side`, row by row.
fn within(left: usize, top: usize, side: usize, step: usize) -> impl Iterator<Item = (usize, usize)> {
    let along = move |start: usize| (start..start + side).step_by(step);
    along(top).flat_map(move |y| along(left).map(move |x| (x, y)))
}

impl Tile {
    fn spot(&mut self, x: usize, y: usize) -> &mut Spot {
        &mut self.spots[(y - self.top) * TILE + x - self.left]
    }

    /// Whether the shadows of what moves fall on it.
    pub(super) fn is_reached(&self, shade: &Shade) -> bool {
        shade.any && [&shade.shadow, &shade.above].iter().any(|map| map.reaches(&self.bounds))
    }

    /// Pixel `n` with all the light there is.
    pub(super) fn still(&self, n: usize) -> Vec3 {
        self.spots[n].still
    }

    /// Pixel `n` with the shadows of what moves; `turn` as [`light::turn`] has it.
    pub(super) fn shaded(&self, n: usize, lighting: &Lighting, shade: &Shade, turn: Vec2) -> Vec3 {
        let Spot { still, radiance: Radiance { direct, rest }, point } = self.spots[n];
        let Some((point, clear)) = point else { return still };
        let lit = shade.shadow.lit(point, lighting.shadow_softness, turn);
        let colour = direct * lit + rest * shade.above.open(point, turn);
        lighting.haze + (colour - lighting.haze) * clear
    }
}

/// Lights tiles of what a camera sees, whatever moves before it left out.
pub(super) struct Lighter<'a> {
    set: &'a Set,
    camera: &'a Camera,
    size: [usize; 2],
    samples: &'a Samples,
    /// Most pixels show what a neighbour showed; each facet has its place here, and several share it.
    recent: Vec<Option<(usize, Facet<'a>)>>,
}

impl<'a> Lighter<'a> {
    pub(super) fn new(set: &'a Set, camera: &'a Camera, size: [u32; 2], samples: &'a Samples) -> Self {
        Self { set, camera, size: size.map(|side| side as usize), samples, recent: (0..RECENT).map(|_| None).collect() }
    }

    /// The tile of which pixel `left`, `top` is the first.
    pub(super) fn tile(&mut self, left: usize, top: usize) -> Tile {
        let mut tile = Tile { left, top, spots: [Spot::default(); TILE * TILE], bounds: Bounds::NONE };
        for (x, y) in within(left, top, TILE, 4) {
            if self.block(&mut tile, x, y, 4) {
                continue;
            }
            for (x, y) in within(x, y, 4, 2) {
                if self.block(&mut tile, x, y, 2) {
                    continue;
                }
                let [width, height] = self.size;
                for (x, y) in within(x, y, 2, 1).filter(|(x, y)| *x < width && *y < height) {
                    *tile.spot(x, y) = self.pixel(x, y);
                }
            }
        }
        // Points between these are between them in the world too, but for edges of things, which are within a pixel.
        let diagonal = (0..TILE * TILE).filter(|n| n % 2 == n / TILE % 2);
        for (point, _) in diagonal.filter_map(|n| tile.spots[n].point) {
            tile.bounds.add(point);
        }
        tile
    }

    fn facet(&mut self, seen: Seen) -> Option<&Facet<'a>> {
        let recent = &mut self.recent[seen.face % RECENT];
        if recent.as_ref().is_none_or(|(face, _)| *face != seen.face) {
            let model = &self.set.place.model;
            let facet = Facet::new(self.camera, &model.vertices, &model.faces[seen.face], &model.materials);
            *recent = facet.map(|facet| (seen.face, facet));
        }
        recent.as_ref().map(|(_, facet)| facet)
    }

    /// Lights a square of pixels, if it shows one thing alone: but for its colours and the edges of shadows, one light
    /// serves all of it.
    fn block(&mut self, tile: &mut Tile, x: usize, y: usize, side: usize) -> bool {
        if x + side > self.size[0] || y + side > self.size[1] {
            return false;
        }
        let Some(seen) = self.samples.block(x, y, side) else { return false };
        if seen.object > 0 {
            return true;
        }
        let (set, eye) = (self.set, self.camera.at);
        let lighting = &set.place.lighting;
        let Some(facet) = self.facet(seen) else { return false };
        let block = facet.block(x, y, side);
        let point = &block.middle;
        let reflection = point.reflection(lighting, eye, self.open(point, x, y));
        let ask = |dx: usize, dy: usize| {
            let turn = light::turn(x + dx, y + dy);
            point.lit_at(block.pixel(dx, dy).0, &set.shadow, lighting, turn)
        };
        let far = side - 1;
        let corners =
            if reflection.is_in_the_light() { [ask(0, 0), ask(far, 0), ask(0, far), ask(far, far)] } else { [1.0; 4] };
        let is_edge = corners.iter().any(|lit| *lit != corners[0]);
        let clear = (!point.glows()).then(|| light::clear(lighting, (point.position - eye).length()));
        for (dx, dy) in within(0, 0, side, 1) {
            let (place, uv) = block.pixel(dx, dy);
            let lit = if is_edge { ask(dx, dy) } else { corners[0] };
            let radiance = reflection.of(point.colour_at(uv), lit);
            *tile.spot(x + dx, y + dy) = self.spot(radiance, clear.map(|clear| (place, clear)));
        }
        true
    }

    /// A pixel that shows several things, or nothing.
    fn pixel(&mut self, x: usize, y: usize) -> Spot {
        let (set, eye) = (self.set, self.camera.at);
        let lighting = &set.place.lighting;
        let (count, things) = self.samples.pixel(x, y);
        let (mut sum, mut all, mut shown, mut place) = (Radiance::default(), (SAMPLES * SAMPLES) as u8, 0, None);
        for (seen, times) in &things[..count] {
            if seen.object > 0 {
                all -= times;
                continue;
            }
            let Some(facet) = self.facet(*seen) else { continue };
            let point = facet.point(x, y);
            let reflection = point.reflection(lighting, eye, self.open(&point, x, y));
            let lit =
                if reflection.is_in_the_light() { point.lit(&set.shadow, lighting, light::turn(x, y)) } else { 1.0 };
            let got = reflection.of(point.colour(), lit);
            sum.direct += got.direct * f32::from(*times);
            sum.rest += got.rest * f32::from(*times);
            shown += times;
            if place.is_none() && !point.glows() {
                place = Some((point.position, light::clear(lighting, (point.position - eye).length())));
            }
        }
        sum.rest += lighting.haze * f32::from(all - shown);
        let all = f32::from(all.max(1));
        self.spot(Radiance { direct: sum.direct / all, rest: sum.rest / all }, place)
    }

    /// The share of the sky that is open above a point.
    fn open(&self, point: &Point<'_>, x: usize, y: usize) -> f32 {
        if point.glows() { 1.0 } else { point.open(&self.set.above, light::turn(x, y)) }
    }

    fn spot(&self, radiance: Radiance, point: Option<(Vec3, f32)>) -> Spot {
        let haze = self.set.place.lighting.haze;
        let bare = radiance.direct + radiance.rest;
        let still = point.map_or(bare, |(_, clear)| haze + (bare - haze) * clear);
        Spot { still, radiance, point }
    }
}
