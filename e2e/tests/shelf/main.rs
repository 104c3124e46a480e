//! Models over the socket, against the real helper: downloads from a server that behaves badly, files that are sent,
//! taken away and brought back, and what others see of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod changes;
mod fetches;
mod imports;
mod restarts;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use silhueta_e2e::depot::{Answer as Given, Asked, Depot};
use silhueta_e2e::files::{names, sha256};
use silhueta_e2e::{Client, Helper, Server};
use silhueta_shared::protocol::{
    Answer, Ask, ErrorCode, FetchProgress, FetchState, HelperMessage, ModelFetch, ModelShelf, WireError,
};

/// Anything on a busy machine.
const SOON: Duration = Duration::from_secs(60);

/// A helper with a models folder and a manifest of its own, and the server that its manifest names. What is at
/// `/a`, `/b`, `/c` is known as `a`, `b`, `c`; `own` has no address.
struct Shelf {
    server: Server,
    depot: Depot,
    /// A real network (OSNet, 0.9 MB).
    network: Vec<u8>,
}

impl Shelf {
    fn new(test: &str, plan: impl Fn(&Asked, &[u8]) -> Given + Send + Sync + 'static) -> Option<Self> {
        Self::pinned(test, "unpinned", &[], plan)
    }

    /// With this digest in the manifest, and these of the test data's models in the folder.
    fn pinned(
        test: &str,
        sha256: &str,
        there: &[&str],
        plan: impl Fn(&Asked, &[u8]) -> Given + Send + Sync + 'static,
    ) -> Option<Self> {
        let helper = Helper::new(test)?;
        let network = fs::read(helper.data.join("models/osnet_x0_25_msmt17.onnx")).unwrap();
        let bytes = network.clone();
        let depot = Depot::open(move |asked| plan(asked, &bytes));
        let entry = |id: &str, url: &str| {
            format!(
                "[[model]]\nid = \"{id}\"\nfamily = \"osnet\"\nrole = \"reid\"\nprofile = \"fast\"\nsha256 = \"{sha256}\"\n\
                 licence = \"MIT\"\n{url}\n"
            )
        };
        let known = ["a", "b", "c"].map(|id| entry(id, &format!("url = \"{}/{id}\"", depot.address)));
        let manifest = write(&helper.at("manifest.toml"), (known.concat() + &entry("own", "")).as_bytes());
        let folder = helper.at("models");
        fs::create_dir(&folder).unwrap();
        for name in there {
            let file = format!("{name}.onnx");
            write(&folder.join(&file), &fs::read(helper.data.join("models").join(&file)).unwrap());
        }
        let variables = [("SILHUETA_MANIFEST", manifest.to_str().unwrap()), ("NO_PROXY", "127.0.0.1")];
        let server = Server::with_variables(helper, folder, &[], &variables);
        Some(Self { server, depot, network })
    }

    fn folder(&self) -> PathBuf {
        self.server.helper.at("models")
    }

    /// Files that could be taken for models.
    fn models(&self) -> Vec<String> {
        names(&self.folder()).into_iter().filter(|name| !name.starts_with("models.lock")).collect()
    }

    /// What is not whole yet.
    fn parts(&self) -> Vec<String> {
        names(&self.folder().join(".fetch")).into_iter().filter(|name| name.contains(".part")).collect()
    }

    fn is_whole(&self, id: &str) -> bool {
        fs::read(self.folder().join(format!("{id}.onnx"))).is_ok_and(|bytes| bytes == self.network)
    }
}

fn write(path: &Path, bytes: &[u8]) -> PathBuf {
    File::create(path).unwrap().write_all(bytes).unwrap();
    path.to_owned()
}

/// Somebody who knows the shelf.
async fn visitor(shelf: &Shelf) -> Client {
    known(Client::connect(&shelf.server).await).await
}

/// Somebody with the page before her, who knows the shelf.
async fn page(shelf: &Shelf) -> Client {
    known(Client::as_page(&shelf.server).await).await
}

async fn known(mut client: Client) -> Client {
    // Before its first look the helper knows of nothing that it could offer.
    if client.snapshot.models.offered.is_empty() {
        client.snapshot.models = shelf_when(&mut client, |shelf| !shelf.offered.is_empty()).await;
    }
    client
}

/// Reads on until the shelf is as wished.
async fn shelf_when(client: &mut Client, wanted: impl Fn(&ModelShelf) -> bool) -> ModelShelf {
    let found = |message: &HelperMessage| match message {
        HelperMessage::Models(shelf) if wanted(shelf) => Some(shelf.clone()),
        _ => None,
    };
    client.wait_for("the shelf", SOON, found).await
}

/// Reads on until a download is as wished.
async fn fetch_when(client: &mut Client, id: &str, wanted: impl Fn(&FetchState) -> bool) -> FetchState {
    let found = |message: &HelperMessage| match message {
        HelperMessage::Fetch(ModelFetch { id: of, state }) if of == id && wanted(state) => Some(state.clone()),
        HelperMessage::Fetch(ModelFetch { id: of, state }) if of == id && state.has_ended() => {
            panic!("{id} ended: {state:?}")
        }
        _ => None,
    };
    client.wait_for(&format!("the download of {id}"), SOON, found).await
}

fn running(state: &FetchState) -> Option<FetchProgress> {
    if let FetchState::Running(progress) = state { Some(*progress) } else { None }
}

/// Reads on until so many bytes are here.
async fn wait_for_bytes(client: &mut Client, id: &str, bytes: u64) {
    fetch_when(client, id, |state| running(state).is_some_and(|progress| progress.done >= bytes)).await;
}

async fn ask_for(client: &mut Client, ids: &[&str]) -> Result<Answer, WireError> {
    client.ask(Ask::FetchModels { ids: ids.iter().map(|id| (*id).to_owned()).collect() }).await
}

async fn remove(client: &mut Client, id: &str) -> Result<Answer, WireError> {
    client.ask(Ask::RemoveModel { id: id.to_owned() }).await
}

fn code<T: std::fmt::Debug>(result: Result<T, WireError>) -> ErrorCode {
    result.unwrap_err().code
}
