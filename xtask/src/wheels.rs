//! Python wheels as a source of native libraries: fetched by pip at their pinned digests, unpacked by Python.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::shell::{command, output, run};

/// A wheel, exactly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wheel {
    /// Its package.
    pub(crate) name: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
    /// pip's platform tag.
    pub(crate) platform: &'static str,
    /// SHA-256 of the file.
    pub(crate) sha256: &'static str,
    /// Size of the file.
    pub(crate) megabytes: u64,
}

impl Wheel {
    /// Fetches it and moves the libraries whose names `wanted` takes into `folder`, replacing what is there; `work` is
    /// an empty folder for everything on the way. pip shows its progress where the wheel is large.
    pub(crate) fn libraries(&self, work: &Path, folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
        let at = |name: &str| work.join(name).display().to_string();
        let pins = format!("{}=={} --hash=sha256:{}\n", self.name, self.version, self.sha256);
        std::io::Write::write_all(&mut std::fs::File::create(at("pins"))?, pins.as_bytes())?;
        // Without pip's cache: it would keep a second copy of everything.
        let pip = "-m pip download --disable-pip-version-check --no-cache-dir --no-deps --only-binary=:all: \
                   --python-version 3.11 --implementation cp --abi cp311 --abi none --require-hashes";
        let mut args: Vec<&str> = pip.split_whitespace().collect();
        let (pins, wheel, all) = (at("pins"), at("wheel"), at("all"));
        args.extend(["--platform", self.platform, "--dest", &wheel, "-r", &pins]);
        if self.megabytes < 100 {
            args.push("--quiet");
        }
        let need = || format!("the network is needed once, for {} MB of {}", self.megabytes, self.name);
        // In pip's words "temporary" is the system's folder, which may be small or in memory.
        run(command("python3", &args).env("TMPDIR", work)).with_context(need)?;
        let file = std::fs::read_dir(&wheel)?.next().context("pip brought nothing")??.path();
        run(&mut command("python3", &["-m", "zipfile", "-e", &file.display().to_string(), &all]))?;
        std::fs::create_dir_all(folder)?;
        let found = libraries_below(Path::new(&all))?;
        let mut moved = 0;
        for (path, name) in found.iter().filter(|(_, name)| wanted(name)) {
            std::fs::rename(path, folder.join(name))?;
            moved += 1;
        }
        if moved == 0 {
            bail!("the wheel of {} {} holds none of the libraries that are wanted", self.name, self.version);
        }
        Ok(())
    }
}

/// Every shared library below a folder, with its name.
fn libraries_below(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            found.extend(libraries_below(&entry.path())?);
        } else if name.starts_with("lib") && (name.ends_with(".so") || name.contains(".so.")) {
            found.push((entry.path(), name));
        }
    }
    Ok(found)
}

/// Megabytes free on the disk of a folder that is there.
pub(crate) fn free_megabytes(folder: &Path) -> Result<u64> {
    let table = output("df", &["-Pk", &folder.display().to_string()])?;
    let free =
        table.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)).and_then(|kb| kb.parse::<u64>().ok());
    Ok(free.with_context(|| format!("df doesn't say what is free: {table}"))? >> 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_found_wherever_they_are_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("nvidia/cu13/lib")).unwrap();
        for name in
            ["nvidia/cu13/lib/libcudart.so.13", "libtbb.so", "library.py", "nvidia/cu13/so.txt", "_x.cpython.so"]
        {
            std::fs::File::create(folder.path().join(name)).unwrap();
        }
        let mut names: Vec<_> = libraries_below(folder.path()).unwrap().into_iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        assert_eq!(names, ["libcudart.so.13", "libtbb.so"]);
    }

    #[test]
    fn what_is_free_is_known() {
        assert!(free_megabytes(Path::new(".")).unwrap() > 0);
        assert!(free_megabytes(Path::new("/no/such/folder")).is_err());
    }
}
