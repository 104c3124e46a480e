//! Faults on purpose, so that tests see what becomes of them: a hang, a crash, a slow disk, a full one. They are
//! in the program only with the feature `faults`, which nothing that people use has; without it all this is nothing.
//!
//! `SILHUETA_FAULTS` names a file that says which: words like `hang@pose.estimate:12`, which hangs at the first frame
//! from 12 on. Reaching one is marked by an empty file beside it, `.reached`.

/// Places where a fault may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// Before the greeting.
    Start,
    /// Before the networks are opened.
    Probe,
    /// A frame of `track` is about to be decoded.
    TrackDecode,
    /// People are about to be detected.
    TrackDetect,
    /// Tracks are about to be joined.
    Identify,
    /// A frame of `pose` is about to be decoded.
    PoseDecode,
    /// Joints are about to be found.
    PoseEstimate,
    /// A frame is about to be drawn.
    PoseDraw,
    /// A row is about to be written.
    Export,
    /// A journal is about to be written.
    #[cfg(feature = "faults")]
    Disk,
}

#[cfg(not(feature = "faults"))]
mod none {
    use super::Point;

    /// Nothing.
    pub(crate) const fn read() -> Result<(), String> {
        Ok(())
    }

    /// Nothing.
    pub(crate) const fn pass(_: Point, _: u64) {}

    /// Nothing.
    pub(crate) const fn disk(_: u64) -> silhueta_results::Result<()> {
        Ok(())
    }
}
#[cfg(not(feature = "faults"))]
pub(crate) use none::{disk, pass, read};

#[cfg(feature = "faults")]
mod some {
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use std::time::Duration;

    use super::Point;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Kind {
        /// As native code does that never returns.
        Hang,
        /// As native code does that damages memory.
        Crash,
        /// A tenth of a second a write.
        Slow,
        /// No space left.
        Full,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Fault {
        kind: Kind,
        point: Point,
        from: u64,
    }

    static FAULTS: OnceLock<Vec<Fault>> = OnceLock::new();

    fn file() -> Option<PathBuf> {
        std::env::var_os("SILHUETA_FAULTS").map(PathBuf::from)
    }

    /// Reads which faults there are; one that is not understood is an error, so that no test passes by a typing mistake.
    pub(crate) fn read() -> Result<(), String> {
        let Some(file) = file() else { return Ok(()) };
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let faults = text.split_whitespace().map(|word| parse(word).ok_or_else(|| format!("no such fault: {word}")));
        // Called once.
        let _set_before = FAULTS.set(faults.collect::<Result<_, _>>()?);
        Ok(())
    }

    fn parse(word: &str) -> Option<Fault> {
        let (kind, place) = word.split_once('@')?;
        let (point, from) = place.split_once(':')?;
        let kind = match kind {
            "hang" => Kind::Hang,
            "crash" => Kind::Crash,
            "slow" => Kind::Slow,
            "full" => Kind::Full,
            _ => return None,
        };
        let point = match point {
            "start" => Point::Start,
            "probe" => Point::Probe,
            "track.decode" => Point::TrackDecode,
            "track.detect" => Point::TrackDetect,
            "identify" => Point::Identify,
            "pose.decode" => Point::PoseDecode,
            "pose.estimate" => Point::PoseEstimate,
            "pose.draw" => Point::PoseDraw,
            "export" => Point::Export,
            "disk" => Point::Disk,
            _ => return None,
        };
        let is_of_disk = matches!(kind, Kind::Slow | Kind::Full);
        (is_of_disk == (point == Point::Disk)).then_some(Fault { kind, point, from: from.parse().ok()? })
    }

    fn at(point: Point, frame: u64) -> Option<Kind> {
        let fault = FAULTS.get()?.iter().find(|fault| fault.point == point && frame >= fault.from)?;
        if fault.kind != Kind::Slow
            && let Some(file) = file()
        {
            let mark = file.with_extension("reached");
            if let Err(error) = std::fs::File::create(&mark) {
                tracing::error!("{}: {error}", mark.display());
            }
        }
        Some(fault.kind)
    }

    /// Hangs or crashes where that was asked for.
    pub(crate) fn pass(point: Point, frame: u64) {
        match at(point, frame) {
            Some(Kind::Crash) => {
                // What was said before is on its way, as it is when real work crashes.
                std::thread::sleep(Duration::from_millis(100));
                std::process::abort()
            }
            Some(_) => loop {
                std::thread::sleep(Duration::from_secs(3600));
            },
            None => {}
        }
    }

    /// What the disk says to another write.
    pub(crate) fn disk(frame: u64) -> silhueta_results::Result<()> {
        match at(Point::Disk, frame) {
            Some(Kind::Full) => {
                let (path, source) = ("the journal".into(), std::io::ErrorKind::StorageFull.into());
                return Err(silhueta_results::Error::Write { path, source });
            }
            Some(_) => std::thread::sleep(Duration::from_millis(100)),
            None => {}
        }
        Ok(())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn words_are_understood_or_refused() {
            let fault = Fault { kind: Kind::Hang, point: Point::PoseEstimate, from: 12 };
            assert_eq!(parse("hang@pose.estimate:12"), Some(fault));
            for bad in ["hang@pose:1", "hang@disk:1", "full@export:1", "hang@export", "hang@export:x", "hang"] {
                assert_eq!(parse(bad), None, "{bad}");
            }
        }
    }
}
#[cfg(feature = "faults")]
pub(crate) use some::{disk, pass, read};
