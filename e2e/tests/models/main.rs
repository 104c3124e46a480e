//! `silhueta models …` against a server that behaves badly, files that are not what they seem, and a person who changes
//! her mind: a partial or wrong file never gets a model's name, and what can be gone on from is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod archives;
mod connections;
mod files;
mod hostile;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use silhueta_e2e::depot::{Answer, Asked, Depot};
use silhueta_e2e::files::{names, sha256};
use silhueta_e2e::{Finished, Helper};

/// The id under which the tests' network is known.
const ID: &str = "small_osnet";

/// A user with an empty models folder, and a manifest that names one server.
struct User {
    helper: Helper,
    depot: Depot,
    /// A real network (OSNet, 0.9 MB).
    network: Vec<u8>,
}

impl User {
    fn new(test: &str, plan: impl Fn(&Asked, &[u8]) -> Answer + Send + Sync + 'static) -> Option<Self> {
        let helper = Helper::new(test)?;
        let network = fs::read(helper.data.join("models/osnet_x0_25_msmt17.onnx")).unwrap();
        let bytes = network.clone();
        let depot = Depot::open(move |asked| plan(asked, &bytes));
        let user = Self { helper, depot, network };
        user.manifest("/net.onnx", "");
        Some(user)
    }

    /// The manifest has one re-identification network at this path of the server, with these lines more.
    fn manifest(&self, path: &str, more: &str) {
        let url = format!("{}{path}", self.depot.address);
        let sha256 = if more.contains("sha256") { "" } else { "sha256 = \"unpinned\"\n" };
        let text = format!(
            "[[model]]\nid = \"{ID}\"\nfamily = \"osnet\"\nrole = \"reid\"\nurl = \"{url}\"\n{sha256}licence = \"MIT\"\n{more}\n"
        );
        self.write("manifest.toml", text.as_bytes());
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.helper.at(name);
        File::create(&path).unwrap().write_all(bytes).unwrap();
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.helper.command(&[&["models"], args].concat());
        command.env("SILHUETA_MODELS", self.folder()).env("SILHUETA_MANIFEST", self.helper.at("manifest.toml"));
        command.env("NO_PROXY", "127.0.0.1").env("XDG_CACHE_HOME", self.helper.at("cache"));
        command
    }

    fn run(&self, args: &[&str]) -> Finished {
        let output = self.command(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Finished { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    fn fetch(&self) -> Finished {
        self.run(&["fetch", ID, "--stall", "1", "--retries", "2", "--progress", "json"])
    }

    /// Fetches, which must fail with code 4 and these words, and must leave no model.
    fn refused(&self, words: &[&str]) -> Finished {
        let done = self.fetch();
        assert_eq!(done.code, Some(4), "{words:?}: {}{}", done.stdout, done.stderr);
        assert_eq!(done.stderr.matches("error:").count(), 1, "{}", done.stderr);
        for word in words {
            assert!(done.stderr.contains(word), "no {word:?} in {}", done.stderr);
        }
        assert_eq!(self.models(), [] as [&str; 0], "{}", done.stderr);
        done
    }

    /// Fetches, which must succeed with the right bytes, and with progress that never goes back.
    fn fetched(&self) -> Finished {
        let done = self.fetch();
        assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
        self.is_whole();
        let told = progress(&done);
        assert!(told.is_sorted() && told.last() == Some(&(self.network.len() as u64)), "{told:?}");
        done
    }

    fn is_whole(&self) {
        assert_eq!(self.models(), [format!("{ID}.onnx")]);
        assert!(fs::read(self.folder().join(format!("{ID}.onnx"))).unwrap() == self.network, "other bytes");
        assert!(self.parts().is_empty(), "{:?}", self.parts());
    }

    fn folder(&self) -> PathBuf {
        self.helper.at("models")
    }

    /// Files that could be taken for models.
    fn models(&self) -> Vec<String> {
        names(&self.folder()).into_iter().filter(|name| !name.starts_with("models.lock")).collect()
    }

    /// What is not whole yet.
    fn parts(&self) -> Vec<String> {
        names(&self.folder().join(".fetch")).into_iter().filter(|name| name.contains(".part")).collect()
    }

    fn part(&self) -> u64 {
        self.folder().join(format!(".fetch/{ID}.part")).metadata().map_or(0, |meta| meta.len())
    }

    fn digest(&self) -> String {
        sha256(&self.network)
    }
}

/// The bytes that were told as done, in order.
fn progress(done: &Finished) -> Vec<u64> {
    let lines = done.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| line["progress"]["done"].as_u64()).collect()
}
