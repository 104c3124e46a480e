//! Why there is no network for a job, and the way out.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use silhueta_shared::model::Role;

use crate::family::{Family, NotRecognised, in_words, needs};
use crate::graph::GraphError;

/// A file that can't be used as a network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// Its graph can't be read.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// Its graph is of no family.
    #[error("{} can't be used: {why}", path.display())]
    NotRecognised {
        /// The file.
        path: PathBuf,
        /// What was found and what is needed.
        why: NotRecognised,
    },
}

/// No network for a role.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The file is there and can't be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The file is a good network for something else.
    #[error(
        "{} is wanted, but {} is {} ({found})\n{}",
        in_words(*wanted), path.display(), in_words(found.role()), needs(*wanted)
    )]
    WrongRole {
        /// The file.
        path: PathBuf,
        /// What it should be for.
        wanted: Role,
        /// What it is.
        found: Family,
    },
    /// No file has this stem.
    #[error("{}", unknown_id(id, *role, known, url.as_deref(), folders))]
    UnknownId {
        /// What was asked for.
        id: String,
        /// For what.
        role: Role,
        /// The ids there are for that role.
        known: Vec<String>,
        /// Where the manifest says that it can be got.
        url: Option<String>,
        /// Where it was looked for.
        folders: Vec<PathBuf>,
    },
    /// There is no file for the role at all.
    #[error("{}", nothing(*role, folders, wanted, passed_over))]
    Nothing {
        /// The role.
        role: Role,
        /// Where it was looked for.
        folders: Vec<PathBuf>,
        /// Models of the manifest that would do, with their addresses, the preferred first.
        wanted: Vec<(String, Option<String>)>,
        /// Files that were there and could not be used, and why.
        passed_over: Vec<String>,
    },
    /// It is part of the program and can't be put where it could run.
    #[error(
        "the built-in network {id} can't be laid out in {}: {source}; XDG_CACHE_HOME names another place",
        folder.display()
    )]
    NotLaidOut {
        /// Which.
        id: &'static str,
        /// Where.
        folder: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The path can't be written down in a record.
    #[error("the path {} is not Unicode; rename the file or its folder", .0.display())]
    NotUnicode(PathBuf),
}

fn list(folders: &[PathBuf]) -> String {
    let folder = |path: &PathBuf| {
        let missing = if Path::is_dir(path) { "" } else { " (not there)" };
        format!("{}{missing}", path.display())
    };
    match folders {
        [] => "no folder".to_owned(),
        folders => folders.iter().map(folder).collect::<Vec<_>>().join(", "),
    }
}

fn unknown_id(id: &str, role: Role, known: &[String], url: Option<&str>, folders: &[PathBuf]) -> String {
    let mut text = format!("there is no model {id:?}; looked in {}", list(folders));
    // Writing to a String can't fail.
    let _ = match known {
        [] => write!(text, ", where there is no {} at all", role.name()),
        ids => write!(text, ". For {} there is: {}", role.name(), ids.join(", ")),
    };
    if let Some(url) = url {
        let _ = write!(text, "\n`silhueta models fetch {id}` brings it from {url}");
    }
    text
}

fn nothing(role: Role, folders: &[PathBuf], wanted: &[(String, Option<String>)], passed_over: &[String]) -> String {
    let mut text = format!("there is no {}; looked in {}", in_words(role).trim_start_matches("a "), list(folders));
    if role == Role::Lifter {
        text.push_str(
            "\nbring your own with `silhueta models import FILE --name human3d`, or put it there (or into another folder, \
             named by $SILHUETA_MODELS):\n",
        );
        text.push_str(needs(role));
        passed_over.iter().for_each(|reason| text.extend(["\n", reason]));
        return text;
    }
    text.push_str("\nbring one of these with `silhueta models fetch ID`, or put it there (or into another folder, named by $SILHUETA_MODELS):");
    for (id, url) in wanted {
        let from = url.as_ref().map_or(String::new(), |url| format!(" from {url}"));
        let _ = write!(text, "\n  {id}.onnx{from}");
    }
    if role == Role::Detector {
        text.push_str("\n  or your own YOLO: yolo export model=X.pt format=onnx");
    }
    for reason in passed_over {
        let _ = write!(text, "\n{reason}");
    }
    text
}
