//! A scene as files: the video, and beside it what is true of it.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use silhueta_registry::locate::sha256;
use silhueta_results::file::Pending;
use silhueta_shared::time::TimeBase;
use silhueta_vision::frame;
use silhueta_vision::video::{Coding, Encoder, VideoError};

use crate::film::Film;
use crate::render::Picture;
use crate::truth::{self, Events, PersonTruth, Truth};

/// Frames in work at once, as a multiple of the processor's cores: enough that none waits for the slowest.
const AHEAD: usize = 8;

/// Always as many, because another number of the encoder's threads gives other bytes.
const ENCODER_THREADS: usize = 2;

/// Why a scene could not be written.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The video.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// One of the other files.
    #[error(transparent)]
    File(#[from] silhueta_results::Error),
    /// The folder or what is in it.
    #[error("{path}: {source}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The frame rate gives no time base.
    #[error("{0} frames a second is no rate")]
    Rate(u32),
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The video.
    pub video: PathBuf,
    /// The folder of truth.
    pub truth: PathBuf,
    /// Of each frame, everybody in it.
    pub people: Vec<Vec<PersonTruth>>,
    /// What happens.
    pub events: Events,
}

/// Plays a film and writes `NAME.mp4` and the folder `NAME.truth` into `out`; `seen` hears of each frame that is done.
/// The video gets its name last: who finds it finds its truth.
///
/// # Errors
/// The folder can't be written to, or there is no H.264 encoder.
pub fn make(film: &Film<'_>, name: &str, out: &Path, seen: &dyn Fn(u32)) -> Result<Made, MakeError> {
    let script = film.script();
    let truth = out.join(format!("{name}.truth"));
    let gt = truth.join("gt");
    std::fs::create_dir_all(&gt).map_err(folder(&gt))?;
    let pending = Pending::new(out.join(format!("{name}.mp4")));
    let time_base = TimeBase::new(1, script.fps).ok_or(MakeError::Rate(script.fps))?;
    let coding = Coding { threads: ENCODER_THREADS, rate_factor: script.picture.compression };
    let size = (script.size[0], script.size[1]);
    let mut encoder = Encoder::create(pending.part(), size, time_base, f64::from(script.fps), coding)?;

    let mut people = Vec::with_capacity(script.frames() as usize);
    let mut drawn: Vec<(Picture, Vec<PersonTruth>)> = Vec::new();
    let numbers: Vec<u32> = (0..script.frames()).collect();
    // The next frames are drawn while the last ones are encoded; the empty chunk at the end is for those.
    for chunk in numbers.chunks(rayon::current_num_threads() * AHEAD).chain(std::iter::once(&[][..])) {
        let draw = || chunk.par_iter().map(|number| draw(film, *number)).collect();
        let mut encode = || -> Result<(), VideoError> {
            for (picture, truth) in drawn.drain(..) {
                let index = people.len() as u32;
                encoder.write(&to_frame(&picture, index))?;
                people.push(truth);
                seen(index);
            }
            Ok(())
        };
        let mut next = Vec::new();
        let mut encoded = Ok(());
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| next = draw());
            encoded = encode();
        });
        encoded?;
        drawn = next;
    }
    encoder.finish()?;

    let events = Events::of(film);
    let sha256 = sha256(pending.part()).map_err(folder(pending.part()))?;
    Truth { name, script, people: &people, events: &events, sha256: &sha256, time_base }.write(&truth)?;
    let video = pending.path().to_owned();
    pending.commit()?;
    Ok(Made { video, truth, people, events })
}

fn folder(path: &Path) -> impl FnOnce(std::io::Error) -> MakeError {
    let path = path.to_owned();
    |source| MakeError::Folder { path, source }
}

fn draw(film: &Film<'_>, number: u32) -> (Picture, Vec<PersonTruth>) {
    let frame = film.frame(number);
    let people = truth::of_frame(film, &frame);
    (frame.picture, people)
}

/// As our networks and the encoder take it.
pub(crate) fn to_frame(picture: &Picture, index: u32) -> frame::Frame {
    let bgr: Vec<u8> = picture.rgb.chunks_exact(3).flat_map(|rgb| [rgb[2], rgb[1], rgb[0]]).collect();
    let [width, height] = picture.size;
    frame::Frame { index: u64::from(index), pts: i64::from(index), width, height, bgr: bgr.into() }
}
