//! A script played: each frame as a function of its number alone.

use std::sync::{Arc, OnceLock};

use glam::Vec3;

use crate::body::Body;
use crate::camera::Camera;
use crate::figure::Figure;
use crate::motion::{Moment, Performance};
use crate::place::Place;
use crate::render::{Actor, Backdrop, Drawing, Lens, Picture, Set};
use crate::script::{Look, Person, Script};
use crate::seed::Seed;

/// How many moments make up an open shutter; odd, so that one is in the middle.
const EXPOSURES: usize = 5;

/// A person with all that stays the same through a scene.
#[derive(Debug)]
pub struct Player {
    /// As in the script.
    pub name: String,
    /// Bones and surface.
    pub body: Body,
    /// What they do.
    pub part: Performance,
}

/// A script, ready to be drawn.
#[derive(Debug)]
pub struct Film<'a> {
    script: &'a Script,
    seed: Seed,
    players: Vec<Player>,
    /// Made when the first frame is drawn: what happens can be told without it.
    set: OnceLock<Arc<Set>>,
    /// Of a camera that doesn't move.
    backdrop: OnceLock<Backdrop>,
    lens: Lens,
}

/// A person in a frame.
#[derive(Clone, Debug)]
pub struct Present {
    /// Index of the player.
    pub player: usize,
    /// Pose and action.
    pub moment: Moment,
    /// The pose carried out.
    pub figure: Figure,
}

/// A frame.
#[derive(Debug)]
pub struct Frame {
    /// What the recorder gets.
    pub picture: Picture,
    /// Who is there.
    pub present: Vec<Present>,
    /// Where each of them lies in the picture, as actors in the same order.
    pub drawing: Drawing,
    /// Who looks on.
    pub camera: Camera,
    /// When, in seconds.
    pub time: f32,
}

impl<'a> Film<'a> {
    /// Makes the bodies and works out what they do.
    pub fn new(script: &'a Script) -> Self {
        let seed = Seed::new(script.seed);
        let player = |person: &Person| {
            let seed = seed.of("person").of(&person.name);
            let body = Body::new(&person.look, seed.of("body"));
            // A hand that chance gave a bag moves as one that the script gave one.
            let look = Look { girth: Some(body.girth), carries: Some(body.carried), ..person.look.clone() };
            let part = Performance::new(&Person { look, ..person.clone() }, &body.rest, seed.of("motion"));
            Player { name: person.name.clone(), body, part }
        };
        let players = script.people.iter().map(player).collect();
        let lens = Lens::new(script.picture, seed);
        Self { script, seed, players, set: OnceLock::new(), backdrop: OnceLock::new(), lens }
    }

    /// The script.
    pub fn script(&self) -> &Script {
        self.script
    }

    /// Everybody who plays.
    pub fn players(&self) -> &[Player] {
        &self.players
    }

    /// The camera at a time.
    pub fn camera(&self, time: f32) -> Camera {
        Camera::of(&self.script.camera, self.script.size, self.seed, time)
    }

    /// Who is there at a time.
    pub fn present(&self, time: f32, eye: Vec3) -> Vec<Present> {
        let here = self.players.iter().enumerate().filter_map(|(player, p)| {
            let moment = p.part.at(time, eye)?;
            let figure = Figure::new(&p.body.rest, &moment.pose);
            Some(Present { player, moment, figure })
        });
        here.collect()
    }

    /// Draws frame `number`, counted from 0.
    pub fn frame(&self, number: u32) -> Frame {
        let time = number as f32 / self.script.fps as f32;
        let (mut drawing, present, camera) = self.expose(time);
        let open = self.script.picture.shutter / self.script.fps as f32;
        if open > 0.0 {
            // As much before the frame's time as after it, so that truth is in the middle of the blur.
            let moments = (0..EXPOSURES).filter(|n| *n != EXPOSURES / 2);
            for n in moments {
                let moment = time + open * ((n as f32 + 0.5) / EXPOSURES as f32 - 0.5);
                // Before a scene begins nobody is there.
                let (other, ..) = self.expose(moment.max(0.0));
                drawing.light.iter_mut().zip(other.light).for_each(|(sum, light)| *sum += light);
            }
            drawing.light.iter_mut().for_each(|light| *light /= EXPOSURES as f32);
        }
        let picture = self.lens.develop(&drawing.light, drawing.size, number);
        Frame { picture, present, drawing, camera, time }
    }

    fn expose(&self, time: f32) -> (Drawing, Vec<Present>, Camera) {
        let camera = self.camera(time);
        let present = self.present(time, camera.at);
        let actor = |p: &Present| {
            let body = &self.players[p.player].body;
            Actor { vertices: body.posed(&p.figure), faces: &body.faces, materials: &body.materials }
        };
        let actors: Vec<Actor<'_>> = present.iter().map(actor).collect();
        let size = self.script.size;
        let drawing = if self.script.camera.keys.len() == 1 && self.script.camera.shake == 0.0 {
            self.backdrop.get_or_init(|| self.set().backdrop(camera, size)).draw(&actors)
        } else {
            self.set().draw(&camera, size, &actors)
        };
        (drawing, present, camera)
    }

    fn set(&self) -> &Arc<Set> {
        self.set.get_or_init(|| {
            let script = self.script;
            Arc::new(Set::new(Place::new(script.place, script.light, &script.things, self.seed.of("place"))))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_shutter_leaves_who_stands_as_they_are_from_the_first_frame_on() {
        const TEXT: &str = r#"
            title = "one"
            seed = 2
            size = [320, 180]
            seconds = 1
            place = "studio"
            light = "lamps"
            camera = { keys = [{ at = [0, -3, 1.4], look = [0, 0, 1] }] }
            picture = { noise = 0, blur = 0 }
            people = [{ name = "ana", at = [0, 0], facing = -90 }]
        "#;
        let first = |text: &str| {
            let script = Script::parse(text).unwrap();
            Film::new(&script).frame(0).picture.rgb
        };
        let (quick, open) = (first(TEXT), first(&TEXT.replace("blur = 0", "blur = 0, shutter = 0.9")));
        let differ = quick.iter().zip(&open).filter(|(a, b)| a.abs_diff(**b) > 24).count();
        assert!(differ < quick.len() / 500, "{differ} of {}", quick.len());
    }

    #[test]
    fn a_camera_that_moves_sees_what_one_that_stands_still_sees() {
        // No multiple of a tile: the last ones are cut.
        const TEXT: &str = r#"
            title = "one"
            seed = 2
            size = [318, 178]
            seconds = 1
            place = "street"
            light = "sun"
            picture = { noise = 0, blur = 0 }
            people = [{ name = "ana", at = [0, 1], facing = -90 }]
            [camera]
            keys = [{ at = [0, -4, 1.4], look = [0, 0, 1] }]
        "#;
        let key = "{ at = [0, -4, 1.4], look = [0, 0, 1] }";
        let moving = TEXT.replace(key, &format!("{key}, {{ time = 1, at = [1, -4, 1.4], look = [0, 0, 1] }}"));
        let first = |text: &str| Film::new(&Script::parse(text).unwrap()).frame(0).picture.rgb;
        let (still, moving) = (first(TEXT), first(&moving));
        let differ = still.iter().zip(&moving).filter(|(a, b)| a.abs_diff(**b) > 16).count();
        assert!(differ < still.len() / 500, "{differ} of {}", still.len());
    }
}
