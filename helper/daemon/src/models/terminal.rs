//! `silhueta models …` in the terminal.

mod show;

use std::path::Path;

use silhueta_shared::model::Role;
use tokio_util::sync::CancellationToken;

use super::{FetchOptions, Patience, ROLES, Store, StoreError, mb, quantize, store};
use crate::cli::{ModelsCommand, complain, note, say};
use crate::exit::{CliError, Exit};
use crate::signals::Signals;
use show::Display;

/// Does what was asked for.
pub(crate) async fn models(command: ModelsCommand) -> Result<Exit, CliError> {
    let stop = CancellationToken::new();
    let mut signals = Signals::listen()?;
    let token = stop.clone();
    let work = async {
        let store = store();
        match command {
            ModelsCommand::List { json } => aside(move |_| show::list(&store, json), token).await,
            ModelsCommand::Fetch { ids, stall, retries, renew, progress } => {
                let ids = if ids.is_empty() { better(&store) } else { ids };
                let patience = Patience { stall: std::time::Duration::from_secs(stall), retries };
                fetch(&store, &ids, FetchOptions { patience, renew }, progress, &token).await
            }
            ModelsCommand::Verify { ids, json } => aside(move |stop| verify(&store, &ids, json, stop), token).await,
            ModelsCommand::Import { files, name } => {
                aside(move |stop| import(&store, &files, name.as_deref(), stop), token).await
            }
            ModelsCommand::Remove { ids } => aside(move |_| remove(&store, &ids), token).await,
            ModelsCommand::Restore { ids } => aside(move |_| restore(&store, &ids), token).await,
            ModelsCommand::Quantize(options) => quantize::quantize(&options, &token).await,
        }
    };
    tokio::pin!(work);
    let ended = tokio::select! {
        done = &mut work => return done,
        exit = signals.next() => exit,
    };
    stop.cancel();
    // What is being done leaves things in order first; a second signal doesn't wait for that.
    tokio::select! {
        done = &mut work => match done {
            Ok(exit) => Ok(if exit == Exit::Interrupted { ended } else { exit }),
            Err(CliError::Model(error @ StoreError::Stopped { .. })) => {
                complain(&error.into());
                Ok(ended)
            }
            Err(error) => Err(error),
        },
        again = signals.next() => Ok(again),
    }
}

/// Does work with files on a thread of its own.
async fn aside(
    work: impl FnOnce(&CancellationToken) -> Result<Exit, CliError> + Send + 'static,
    stop: CancellationToken,
) -> Result<Exit, CliError> {
    let done = tokio::task::spawn_blocking(move || work(&stop)).await;
    done.map_err(|e| CliError::Runtime(format!("the work broke off: {e}")))?
}

/// What the roles of the main job lack that have nothing but what is built in.
fn better(store: &Store) -> Vec<String> {
    let registry = store.registry();
    let lacks = |role: &Role| !registry.resolve(*role, None).is_ok_and(|resolved| !resolved.model.builtin);
    let ids: Vec<_> = ROLES.into_iter().filter(lacks).filter_map(|role| Some(store.better(role)?.id.clone())).collect();
    if ids.is_empty() {
        say("no role lacks a larger network; `silhueta models list` tells what else there is");
    }
    ids
}

/// One after another; one that fails doesn't keep the others from their turn.
async fn fetch(
    store: &Store,
    ids: &[String],
    options: FetchOptions,
    style: crate::cli::ProgressStyle,
    stop: &CancellationToken,
) -> Result<Exit, CliError> {
    let mut worst = Exit::Done;
    for id in ids {
        let mut display = Display::new(style, id);
        let fetched = store.fetch(id, options, &mut |progress| display.progress(progress), stop).await;
        display.clear();
        match fetched {
            Ok(fetched) => display.done(&fetched),
            Err(error @ StoreError::Stopped { .. }) => return Err(error.into()),
            // Whatever is wrong with a file that came, it is none that a person named.
            Err(error) => {
                complain(&error.into());
                let kept = store.kept(id);
                if kept > 0 {
                    note(&format!("  {} of it are kept: `silhueta models fetch {id}` goes on from there", mb(kept)));
                }
                worst = Exit::Runtime;
            }
        }
    }
    Ok(worst)
}

fn worse(worst: Exit, error: StoreError) -> Exit {
    let error = CliError::from(error);
    complain(&error);
    if worst == Exit::Done { error.exit() } else { worst }
}

fn verify(store: &Store, ids: &[String], json: bool, stop: &CancellationToken) -> Result<Exit, CliError> {
    let Some(checks) = store.verify(ids, stop)? else { return Ok(Exit::Interrupted) };
    let is_good = checks.iter().all(super::Check::is_good);
    show::checks(&checks, json)?;
    Ok(if is_good { Exit::Done } else { Exit::Runtime })
}

fn import(
    store: &Store,
    files: &[impl AsRef<Path>],
    name: Option<&str>,
    stop: &CancellationToken,
) -> Result<Exit, CliError> {
    if name.is_some() && files.len() > 1 {
        return Err(CliError::Input("--name is for one file, and there are several".to_owned()));
    }
    let mut worst = Exit::Done;
    for file in files {
        match store.import(file.as_ref(), name, stop) {
            Ok(done) if done.was_there => say(&format!("{}: is there already, the very same file", done.id)),
            Ok(done) => say(&format!("{}: {} ({}), in {}", done.id, done.role.name(), done.about, done.path.display())),
            Err(error @ StoreError::Stopped { .. }) => return Err(error.into()),
            Err(error) => worst = worse(worst, error),
        }
    }
    Ok(worst)
}

fn remove(store: &Store, ids: &[String]) -> Result<Exit, CliError> {
    let mut worst = Exit::Done;
    for id in ids {
        // Here no job runs; another silhueta's workers keep what they have open.
        match store.remove(id, |_| false) {
            Ok(gone) => {
                say(&format!(
                    "{}: removed ({}); `silhueta models restore {}` brings it back for 7 days",
                    gone.id,
                    mb(gone.size),
                    gone.id
                ));
            }
            Err(error) => worst = worse(worst, error),
        }
    }
    Ok(worst)
}

fn restore(store: &Store, ids: &[String]) -> Result<Exit, CliError> {
    let mut worst = Exit::Done;
    for id in ids {
        match store.restore(id) {
            Ok(path) => say(&format!("{id}: is back in {}", path.display())),
            Err(error) => worst = worse(worst, error),
        }
    }
    store.empty_trash();
    Ok(worst)
}
