//! What is taken for an upload, before a byte is sent.

use silhueta_shared::protocol::VIDEO_ENDINGS;

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its name is no video's.
    NoVideo,
    /// It holds nothing.
    Empty,
    /// There is only room for so many bytes.
    NoRoom(u64),
}

/// Whether a name is a video's.
pub(super) fn is_video(name: &str) -> bool {
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| VIDEO_ENDINGS.contains(&ending.as_str()))
}

/// Whether a file is taken, with `room` bytes left.
pub(super) fn check(name: &str, size: u64, room: u64) -> Result<(), Refusal> {
    match () {
        () if !is_video(name) => Err(Refusal::NoVideo),
        () if size == 0 => Err(Refusal::Empty),
        () if size > room => Err(Refusal::NoRoom(room)),
        () => Ok(()),
    }
}

/// What the browser's own file dialog offers.
pub(super) fn accept() -> String {
    let endings: Vec<String> = VIDEO_ENDINGS.iter().map(|ending| format!(".{ending}")).collect();
    format!("video/*,{}", endings.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_is_known_by_its_ending_in_any_case() {
        for name in ["rua.mp4", "RUA.MOV", "a.b.Mkv", "ação 1.m2ts"] {
            assert!(is_video(name), "{name}");
        }
        for name in ["notas.txt", "mp4", ".mp4", "rua.mp4.part", "", "rua."] {
            assert!(!is_video(name), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_file_itself_is_said_first() {
        assert_eq!(check("a.txt", 0, 0), Err(Refusal::NoVideo));
        assert_eq!(check("a.mp4", 0, 0), Err(Refusal::Empty));
        assert_eq!(check("a.mp4", 11, 10), Err(Refusal::NoRoom(10)));
        assert_eq!(check("a.mp4", 10, 10), Ok(()));
    }

    #[test]
    fn the_dialog_offers_every_ending() {
        let accept = accept();
        assert!(VIDEO_ENDINGS.iter().all(|ending| accept.contains(&format!(".{ending}"))));
    }
}
