//! What a script may not say.

use super::{Script, Step};

/// Why a script can't be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Not TOML, an unknown field or a value of the wrong kind; the text says where.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A value that can't be.
    #[error("{field}: {why}")]
    Value {
        /// Where, as in `people.ana.steps.2`.
        field: String,
        /// What is wrong and what would be right.
        why: String,
    },
}

/// More would take longer than anybody waits, or more memory than a laptop has.
const MOST_SECONDS: f32 = 3600.0;
const MOST_PEOPLE: usize = 100;
const SIDES: std::ops::RangeInclusive<u32> = 64..=4096;

pub(super) fn check(script: &Script) -> Result<(), ScriptError> {
    within("seconds", script.seconds, 0.0, MOST_SECONDS)?;
    require(script.frames() > 0, "seconds", "too short for a single frame")?;
    require((1..=240).contains(&script.fps), "fps", "must be 1 to 240")?;
    require(script.size.iter().all(|side| SIDES.contains(side)), "size", "each side must be 64 to 4096 pixels")?;
    require(script.size.iter().all(|side| side % 2 == 0), "size", "both sides must be even, H.264 wants it so")?;
    camera(script)?;
    picture(script)?;
    require(script.people.len() <= MOST_PEOPLE, "people", "no more than 100")?;
    unlike("people", script.people.iter().map(|person| &person.name))?;
    unlike("lines", script.lines.iter().map(|line| &line.name))?;
    for line in &script.lines {
        require(line.from != line.to, &format!("lines.{}", line.name), "its ends are the same point")?;
        for value in line.from.into_iter().chain(line.to) {
            within(&format!("lines.{}", line.name), value, 0.0, 1.0)?;
        }
    }
    for (n, thing) in script.things.iter().enumerate() {
        for value in thing.size.into_iter().flatten() {
            within(&format!("things.{n}.size"), value, 0.01, 100.0)?;
        }
        place(&format!("things.{n}.at"), thing.at)?;
    }
    for person in &script.people {
        let field = format!("people.{}", person.name);
        free(script, &format!("{field}.at"), person.at)?;
        within(&format!("{field}.from"), person.from, 0.0, MOST_SECONDS)?;
        within(&format!("{field}.look.height"), person.look.height.unwrap_or(1.7), 1.0, 2.1)?;
        within(&format!("{field}.look.girth"), person.look.girth.unwrap_or(1.0), 0.7, 1.5)?;
        within(&format!("{field}.look.figure"), person.look.figure.unwrap_or(0.5), 0.0, 1.0)?;
        for (n, step) in person.steps.iter().enumerate() {
            let field = format!("{field}.steps.{n}");
            check_step(&field, step)?;
            if let Step::Walk { to, .. } | Step::Run { to, .. } | Step::Appear { at: to, .. } = *step {
                free(script, &field, to)?;
            }
        }
    }
    Ok(())
}

fn check_step(field: &str, step: &Step) -> Result<(), ScriptError> {
    match *step {
        Step::Walk { speed, .. } => within(field, speed.unwrap_or(1.0), 0.05, 3.0),
        Step::Run { speed, .. } => within(field, speed.unwrap_or(3.0), 1.5, 9.0),
        Step::Sit { seconds } | Step::PickUp { seconds } | Step::Dance { seconds } => {
            within(field, seconds, 2.0, MOST_SECONDS)
        }
        // Who is up again sooner was thrown and not falling.
        Step::Fall { seconds } => within(field, seconds, 2.5, MOST_SECONDS),
        Step::Take { height, seconds } => {
            within(field, seconds, 2.0, MOST_SECONDS)?;
            within(field, height, 0.3, 2.0)
        }
        Step::Turn { seconds, to } => {
            within(field, to, -720.0, 720.0)?;
            within(field, seconds, 0.2, MOST_SECONDS)
        }
        Step::Stand { seconds } | Step::Wave { seconds } | Step::Wait { seconds } => {
            within(field, seconds, 0.0, MOST_SECONDS)
        }
        Step::Appear { .. } | Step::LookAt { .. } | Step::Leave => Ok(()),
    }
}

fn camera(script: &Script) -> Result<(), ScriptError> {
    let keys = &script.camera.keys;
    require(!keys.is_empty(), "camera.keys", "say at least once where the camera is")?;
    require(keys.windows(2).all(|pair| pair[0].time < pair[1].time), "camera.keys", "times must rise")?;
    for (n, key) in keys.iter().enumerate() {
        let field = format!("camera.keys.{n}");
        within(&format!("{field}.view"), key.view, 5.0, 120.0)?;
        let apart = (0..3).any(|i| (key.at[i] - key.look[i]).abs() > 0.01);
        require(apart, &field, "it looks at where it stands")?;
        let aside = (0..2).any(|i| (key.at[i] - key.look[i]).abs() > 0.01);
        require(aside, &field, "straight up or down has no side that is up: move `look` a little")?;
    }
    within("camera.shake", script.camera.shake, 0.0, 5.0)
}

fn picture(script: &Script) -> Result<(), ScriptError> {
    let picture = &script.picture;
    within("picture.noise", picture.noise, 0.0, 60.0)?;
    within("picture.blur", picture.blur, 0.0, 20.0)?;
    within("picture.shutter", picture.shutter, 0.0, 1.0)?;
    within("picture.exposure", picture.exposure, 0.05, 8.0)?;
    require(picture.compression <= 51, "picture.compression", "x264's rate factor goes from 0 to 51")
}

/// Beyond this ground there are walls and roads: people would walk through them.
fn free(script: &Script, field: &str, at: [f32; 2]) -> Result<(), ScriptError> {
    let [low, high] = script.place.free();
    let inside = (low.x..=high.x).contains(&at[0]) && (low.y..=high.y).contains(&at[1]);
    let why = format!(
        "{at:?} is not on the ground that this place leaves free: x {} to {}, y {} to {}",
        low.x, high.x, low.y, high.y
    );
    require(inside, field, &why)
}

fn place(field: &str, at: [f32; 2]) -> Result<(), ScriptError> {
    at.into_iter().try_for_each(|value| within(field, value, -200.0, 200.0))
}

fn within(field: &str, value: f32, low: f32, high: f32) -> Result<(), ScriptError> {
    require((low..=high).contains(&value), field, &format!("{value} is not within {low} to {high}"))
}

fn unlike<'a>(field: &str, names: impl Iterator<Item = &'a String>) -> Result<(), ScriptError> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        require(!name.is_empty(), field, "a name is empty")?;
        require(seen.insert(name), field, &format!("{name:?} is there twice"))?;
    }
    Ok(())
}

fn require(holds: bool, field: &str, why: &str) -> Result<(), ScriptError> {
    if holds { Ok(()) } else { Err(ScriptError::Value { field: field.into(), why: why.into() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        title = "good"
        seed = 1
        seconds = 2
        place = "corridor"
        light = "lamps"
        camera = { keys = [{ at = [0, -4, 1.6], look = [0, 0, 1] }] }
        people = [{ name = "ana", at = [0, 0], steps = [{ do = "walk", to = [1, 3] }] }]
        lines = [{ name = "middle", from = [0.5, 1], to = [0.5, 0] }]
    "#;

    #[test]
    fn a_mistake_is_answered_with_its_place() {
        Script::parse(GOOD).unwrap();
        for (good, bad, answer) in [
            ("seconds = 2", "seconds = 0.01", "seconds: too short"),
            ("seconds = 2", "seconds = 2\nsize = [101, 64]", "size: both sides must be even"),
            ("seconds = 2", "seconds = nan", "seconds: NaN"),
            ("\"walk\"", "\"fly\"", "unknown variant `fly`"),
            ("title = \"good\"", "titel = \"x\"", "titel"),
            ("to = [1, 3]", "to = [2, 3]", "people.ana.steps.0: [2.0, 3.0] is not on the ground"),
            ("to = [1, 3]", "to = [1, 3], speed = 9", "people.ana.steps.0: 9 is not within"),
            ("to = [0.5, 0]", "to = [0.5, 1]", "lines.middle: its ends are the same point"),
            ("look = [0, 0, 1]", "look = [0, -4, 0]", "camera.keys.0: straight up or down"),
            (
                "{ name = \"ana\", at = [0, 0], steps",
                "{ name = \"ana\", at = [0, 0] }, { name = \"ana\", at = [0, 0], steps",
                "there twice",
            ),
        ] {
            assert!(GOOD.contains(good), "{good}");
            let error = Script::parse(&GOOD.replace(good, bad)).unwrap_err().to_string();
            assert!(error.contains(answer), "{bad}: {error}");
        }
    }
}
