//! Small networks of our own that are part of the program: what runs where nobody has brought or fetched better ones.
//!
//! Whoever runs a network wants a file, so its bytes are laid out in a folder when it is asked for. A program that asks
//! for none does not carry them: the linker leaves them out.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use silhueta_shared::model::{INT8_SUFFIX, Role};
use tempfile::NamedTempFile;

use crate::family::Contract;
use crate::locate::{self, ModelError};

/// What our networks may be used under.
pub const LICENCE: &str = "MIT OR Apache-2.0";

/// A network of `models/builtin`.
#[derive(Debug)]
pub struct Builtin {
    /// Its name, as a file's stem.
    pub id: &'static str,
    /// What it is for.
    pub role: Role,
    bytes: &'static [u8],
    sha256: OnceLock<String>,
}

macro_rules! networks {
    ($($id:literal for $role:ident),+ $(,)?) => {
        static ALL: [Builtin; [$($id),+].len()] = [$(Builtin {
            id: $id,
            role: Role::$role,
            bytes: include_bytes!(concat!("../../../models/builtin/", $id, ".onnx")),
            sha256: OnceLock::new(),
        }),+];
    };
}

networks![
    "person_small" for Detector,
    "reid_small" for Reid,
    "pose_small" for Pose,
    "lifter_small" for Lifter,
    "face_small" for Face,
];

impl Builtin {
    /// All of them.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The one for `role`.
    pub fn of(role: Role) -> Option<&'static Self> {
        ALL.iter().find(|network| network.role == role)
    }

    /// The one of this name.
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|network| network.id == id)
    }

    /// Whether a file of this stem is an int8 copy of one of them.
    pub(crate) fn is_copy(stem: &str) -> bool {
        stem.strip_suffix(INT8_SUFFIX).is_some_and(|id| Self::find(id).is_some())
    }

    /// Bytes of its file.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// SHA-256 of its bytes in lower-case hex.
    pub fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| locate::sha256_of(self.bytes))
    }

    /// What its graph says it is.
    ///
    /// # Errors
    /// None for the networks of a released program; a test looks at each.
    pub fn contract(&self) -> Result<Contract, ModelError> {
        locate::inspect_bytes(self.bytes, Path::new(self.id))
    }

    /// Its file below `folder`, written unless it is there whole. Several may do that at once, and a file that was
    /// changed is replaced. Another version of the program has another file.
    pub(crate) fn lay_out(&self, folder: &Path) -> io::Result<PathBuf> {
        let folder = folder.join(self.sha256().get(..16).unwrap_or_default());
        let path = folder.join(self.id).with_extension("onnx");
        if locate::sha256(&path).is_ok_and(|found| found == self.sha256()) {
            return Ok(path);
        }
        fs::create_dir_all(&folder)?;
        let mut file = NamedTempFile::new_in(&folder)?;
        file.write_all(self.bytes)?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn each_is_what_it_is_said_to_be_and_all_together_are_small() {
        for network in Builtin::all() {
            assert_eq!(network.contract().unwrap().role(), network.role, "{}", network.id);
            assert_eq!(Builtin::of(network.role).map(|of| of.id), Some(network.id), "one for a role");
        }
        assert!(Builtin::all().iter().map(Builtin::size).sum::<u64>() <= 12 << 20);
    }

    #[test]
    fn several_lay_it_out_at_once_and_a_damaged_one_is_replaced() {
        let (cache, network) = (tempfile::tempdir().unwrap(), &ALL[0]);
        let folder = cache.path().join("not/there/yet");
        let lay_out = || network.lay_out(&folder).unwrap();
        let paths: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = (0..8).map(|_| scope.spawn(lay_out)).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let [path, ..] = paths.as_slice() else { panic!("eight have run") };
        assert!(paths.iter().all(|other| other == path));
        assert_eq!(locate::sha256(path).unwrap(), network.sha256());
        fs::File::create(path).unwrap().write_all(b"cut off").unwrap();
        assert_eq!(locate::sha256(&lay_out()).unwrap(), network.sha256());
        let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, std::slice::from_ref(path), "nothing half written stays");
    }
}
