//! Sequences in MOTChallenge's layout: a file by itself, the folder of one sequence, or a folder of such folders.

use std::path::{Path, PathBuf};

use silhueta_results::mot::SeqInfo;

use crate::exit::CliError;

/// Which file of a sequence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Truth,
    Detections,
}

impl Kind {
    /// Where it lies in a sequence's folder, the challenge's own place first.
    const fn places(self) -> [&'static str; 2] {
        match self {
            Self::Truth => ["gt/gt.txt", "gt.txt"],
            Self::Detections => ["det/det.txt", "det.txt"],
        }
    }

    /// The folder that the challenge keeps it in.
    const fn folder(self) -> &'static str {
        match self {
            Self::Truth => "gt",
            Self::Detections => "det",
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Detections => "detections",
        }
    }
}

/// A sequence that was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// The name of its folder.
    pub(crate) name: String,
    /// The file that was looked for.
    pub(crate) file: PathBuf,
    /// What its `seqinfo.ini` says, where it has one.
    pub(crate) info: Option<SeqInfo>,
}

/// What a path held.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sequences {
    /// One sequence was named.
    One(Box<Found>),
    /// A folder of them was named; by name, never empty.
    Many(Vec<Found>),
}

impl Sequences {
    /// All of them.
    pub(crate) fn all(&self) -> &[Found] {
        match self {
            Self::One(found) => std::slice::from_ref(found.as_ref()),
            Self::Many(found) => found,
        }
    }
}

/// What lies at `path`.
///
/// # Errors
/// [`CliError::Advised`] where there is nothing, or a `seqinfo.ini` is unreadable.
pub(crate) fn find(path: &Path, kind: Kind) -> Result<Sequences, CliError> {
    let unreadable = |e: std::io::Error| CliError::Input(format!("can't read {}: {e}", path.display()));
    if !path.is_dir() {
        path.metadata().map_err(unreadable)?;
        return Ok(Sequences::One(Box::new(found(path.to_owned(), kind)?)));
    }
    if let Some(file) = inside(path, kind) {
        return Ok(Sequences::One(Box::new(found(file, kind)?)));
    }
    let mut sequences = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let folder = entry.map_err(unreadable)?.path();
        sequences.extend(inside(&folder, kind).map(|file| found(file, kind)).transpose()?);
    }
    if sequences.is_empty() {
        let ([first, second], what) = (kind.places(), kind.what());
        return Err(CliError::advised(
            format!("{} holds no {what}", path.display()),
            format!("name a file, a folder with {second} or {first} in it, or a folder of such folders"),
        ));
    }
    sequences.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Sequences::Many(sequences))
}

fn inside(folder: &Path, kind: Kind) -> Option<PathBuf> {
    kind.places().map(|place| folder.join(place)).into_iter().find(|file| file.is_file())
}

fn found(file: PathBuf, kind: Kind) -> Result<Found, CliError> {
    let whole = std::path::absolute(&file).unwrap_or_else(|_| file.clone());
    let mut folder = whole.parent().unwrap_or(&whole);
    if folder.file_name().is_some_and(|name| name == kind.folder()) {
        folder = folder.parent().unwrap_or(folder);
    }
    let name = folder.file_name().or(file.file_stem()).unwrap_or_default().to_string_lossy().into_owned();
    let info = folder.join("seqinfo.ini");
    let info = info.is_file().then(|| read_info(&info)).transpose()?;
    Ok(Found { name, file, info })
}

/// Reads a `seqinfo.ini`.
pub(crate) fn read_info(path: &Path) -> Result<SeqInfo, CliError> {
    SeqInfo::read(path).map_err(|error| {
        CliError::advised(
            error.to_string(),
            "it needs the lines [Sequence], name=, imDir=, frameRate=, seqLength=, imWidth=, imHeight= and imExt=",
        )
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "files to be found")]
mod tests {
    use super::*;

    #[test]
    fn files_folders_and_folders_of_folders_are_found_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["all/b/gt/gt.txt", "all/a/gt.txt", "all/notes/readme.txt", "alone.txt"] {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            std::fs::write(at(name), "").unwrap();
        }
        let info = "[Sequence]\nname=B-1\nimDir=i\nframeRate=5\nseqLength=9\nimWidth=4\nimHeight=3\nimExt=.png\n";
        std::fs::write(at("all/b/seqinfo.ini"), info).unwrap();
        let names = |path: &str| {
            let sequences = find(&at(path), Kind::Truth).unwrap();
            let name = |found: &Found| (found.name.clone(), found.info.as_ref().map(|info| info.length));
            (sequences.all().iter().map(name).collect::<Vec<_>>(), matches!(sequences, Sequences::Many(_)))
        };
        assert_eq!(names("all"), (vec![("a".into(), None), ("b".into(), Some(9))], true));
        for one in ["all/b", "all/b/gt/gt.txt", "all/b/gt"] {
            assert_eq!(names(one), (vec![("b".into(), Some(9))], false), "{one}");
        }
        assert!(!names("alone.txt").1);
        let nothing = find(&at("all/notes"), Kind::Detections).unwrap_err();
        assert!(nothing.to_string().contains("holds no detections"), "{nothing}");
        assert!(nothing.hint().unwrap().contains("det/det.txt"));
        std::fs::write(at("all/b/seqinfo.ini"), info.replace("seqLength=9", "seqLength=many")).unwrap();
        let broken = find(&at("all"), Kind::Truth).unwrap_err();
        assert!(broken.to_string().contains("seqinfo.ini") && broken.to_string().contains("many"), "{broken}");
    }
}
