//! System packages: what is missing is found by asking for what it does, not for its name.

use std::io::IsTerminal as _;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{output, run, succeeds};

/// Something the system must have.
struct Need {
    /// What it is for.
    what: &'static str,
    /// The check: a program and its arguments.
    check: (&'static str, &'static [&'static str]),
    /// Debian's package.
    debian: &'static str,
}

/// libclang has no pkg-config file, and every system its own folder for it.
const FIND_LIBCLANG: &str = "for f in /usr/lib/llvm*/lib/libclang*.so* /usr/lib*/libclang*.so* \
                             /usr/lib/*/libclang*.so*; do [ -e \"$f\" ] && exit 0; done; exit 1";

/// To build and run.
const BUILD: &[Need] = &[
    Need { what: "a C++ compiler", check: ("g++", &["--version"]), debian: "g++" },
    Need { what: "pkg-config", check: ("pkg-config", &["--version"]), debian: "pkg-config" },
    Need { what: "clang, for the bindings", check: ("clang", &["--version"]), debian: "clang" },
    Need { what: "libclang", check: ("sh", &["-c", FIND_LIBCLANG]), debian: "libclang-dev" },
    Need { what: "libavcodec", check: ("pkg-config", &["--exists", "libavcodec"]), debian: "libavcodec-dev" },
    Need { what: "libavformat", check: ("pkg-config", &["--exists", "libavformat"]), debian: "libavformat-dev" },
    Need { what: "libavutil", check: ("pkg-config", &["--exists", "libavutil"]), debian: "libavutil-dev" },
    Need { what: "libswscale", check: ("pkg-config", &["--exists", "libswscale"]), debian: "libswscale-dev" },
    Need { what: "OpenCV 4", check: ("pkg-config", &["--exists", "opencv4"]), debian: "libopencv-dev" },
    Need { what: "pip", check: ("python3", &["-m", "pip", "--version"]), debian: "python3-pip" },
];

/// To test, beside that.
const TEST: &[Need] = &[
    Need { what: "ffmpeg, to make test video", check: ("ffmpeg", &["-version"]), debian: "ffmpeg" },
    Need { what: "ffprobe, to compare times with", check: ("ffprobe", &["-version"]), debian: "ffmpeg" },
    Need { what: "Chromium, to walk the page", check: ("chromium", &["--version"]), debian: "chromium" },
    Need { what: "Python's venv", check: ("python3", &["-c", "import ensurepip, venv"]), debian: "python3-venv" },
];

/// For the long checks, beside that.
const SOAK: &[Need] =
    &[Need { what: "GNU time, to measure memory", check: ("/usr/bin/time", &["--version"]), debian: "time" }];

/// To check that it compiles for Windows.
const WINDOWS: &[Need] = &[Need {
    what: "mingw, for Windows",
    check: ("x86_64-w64-mingw32-gcc", &["--version"]),
    debian: "gcc-mingw-w64-x86-64",
}];

/// Other systems' names for what building and testing need.
const ELSEWHERE: &str = "  Fedora: gcc-c++ pkgconf clang clang-devel ffmpeg-free ffmpeg-free-devel opencv-devel python3-pip\n  \
                         Arch:   gcc pkgconf clang ffmpeg opencv python-pip";

/// Makes sure that what building needs is there.
pub(crate) fn for_building() -> Result<()> {
    ensure(&[BUILD])
}

/// Makes sure that what testing needs is there.
pub(crate) fn for_testing() -> Result<()> {
    ensure(&[BUILD, TEST])
}

/// Makes sure that what the long checks need is there.
pub(crate) fn for_soak() -> Result<()> {
    ensure(&[BUILD, TEST, SOAK])
}

/// Makes sure that what cross-compiling needs is there.
pub(crate) fn for_windows() -> Result<()> {
    ensure(&[WINDOWS])
}

fn missing(needs: &[&'static [Need]]) -> Vec<&'static Need> {
    needs.iter().copied().flatten().filter(|need| !succeeds(need.check.0, need.check.1)).collect()
}

/// All kinds of needs in one go, so that there is one list to install.
fn ensure(needs: &[&'static [Need]]) -> Result<()> {
    let gone = missing(needs);
    if gone.is_empty() {
        return Ok(());
    }
    println!("── missing on this system: {}", gone.iter().map(|need| need.what).collect::<Vec<_>>().join(", "));
    let packages = package_names(&gone);
    let line = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if !succeeds("dpkg-query", &["--version"]) {
        bail!("install these, then try again\n  Debian: {}\n{ELSEWHERE}", packages.join(" "));
    }
    let is_root = output("id", &["-u"])? == "0";
    let may_ask = std::io::stdin().is_terminal();
    let sudo: &[&str] = match () {
        () if is_root => &[],
        () if may_ask && succeeds("sudo", &["-V"]) => &["sudo"],
        () if succeeds("sudo", &["-n", "true"]) => &["sudo", "-n"],
        () => bail!("run this as root, then try again:\n  apt-get update && {line}"),
    };
    let apt = |args: &[&str]| -> Result<()> {
        let words: Vec<_> =
            sudo.iter().chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).chain(args).collect();
        let (program, rest) = words.split_first().map(|(p, r)| (**p, r)).unwrap_or(("true", &[]));
        run(Command::new(program).args(rest))
    };
    println!("   {}{line}", if is_root { "" } else { "sudo " });
    apt(&["update", "-qq"])?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&packages);
    apt(&install)?;
    let still = missing(needs);
    if !still.is_empty() {
        bail!("still missing after the install: {}", still.iter().map(|need| need.what).collect::<Vec<_>>().join(", "));
    }
    Ok(())
}

fn package_names(needs: &[&Need]) -> Vec<&'static str> {
    let mut names: Vec<_> = needs.iter().map(|need| need.debian).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_serves_two_needs_is_named_once() {
        let needs: Vec<_> = TEST.iter().collect();
        assert_eq!(package_names(&needs), ["chromium", "ffmpeg", "python3-venv"]);
    }

    #[test]
    fn what_cannot_be_run_is_missing() {
        static NEEDS: &[Need] = &[
            Need { what: "nothing", check: ("no-such-program", &[]), debian: "nothing" },
            Need { what: "a shell", check: ("sh", &["-c", "exit 0"]), debian: "dash" },
        ];
        assert_eq!(missing(&[NEEDS]).iter().map(|need| need.what).collect::<Vec<_>>(), ["nothing"]);
    }
}
