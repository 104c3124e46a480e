//! `silhueta resume`: goes on with what a results folder holds, as it was asked for then.

use std::path::{Path, PathBuf};

use silhueta_registry::locate::sha256;
use silhueta_shared::job::{Failure, FailureCode, JobSpec};
use silhueta_shared::protocol::JobId;

use super::progress::Display;
use super::{Outcome, turn};
use crate::cli::{ResumeOptions, complain};
use crate::exit::{CliError, Exit};
use crate::farewell::Farewell;
use crate::signals::Signals;
use crate::{models, place, remote, serve};

/// Goes on with all of them; one that fails doesn't keep the others from their turn.
pub(crate) async fn resume(options: &ResumeOptions, farewell: &Farewell) -> Result<Exit, CliError> {
    let mut signals = Signals::listen()?;
    let mut worst = Exit::Done;
    for (i, target) in options.targets.iter().enumerate() {
        let job = target.parse::<u64>().ok().and_then(JobId::new).filter(|_| !Path::new(target).exists());
        if let Some(job) = job
            && let Some(asked) = remote::go_on(job).await
        {
            if let Err(error) = asked {
                complain(&error);
                worst = if worst == Exit::Done { error.exit() } else { worst };
            }
            continue;
        }
        let outcome = match find(target, job) {
            Ok(spec) => {
                let video = Path::new(&spec.source);
                let display = Display::new(options.progress, video, (i + 1, options.targets.len()));
                turn(&spec, &display, &mut signals, farewell).await
            }
            Err(error) => {
                complain(&error);
                Outcome::Failed(error.exit())
            }
        };
        match outcome {
            Outcome::Done => {}
            Outcome::Failed(exit) => worst = if worst == Exit::Done { exit } else { worst },
            Outcome::Ended(exit) => return Ok(exit),
        }
    }
    Ok(worst)
}

/// The job that a target holds, with its networks as they are now.
fn find(target: &str, job: Option<JobId>) -> Result<JobSpec, CliError> {
    let folder = match job {
        Some(job) => serve::folder_of(job)?,
        None => PathBuf::from(target),
    };
    let none = || {
        let message = format!("{} holds no unfinished work", folder.display());
        let hint = Some("name the folder of one video's results, or start it with `silhueta run`".to_owned());
        CliError::Job(Failure { code: FailureCode::SourceMissing, message, hint })
    };
    let mut spec = place::unfinished(&folder).ok_or_else(none)?.spec;
    let absolute = folder.canonicalize().map_err(|e| CliError::Input(format!("{}: {e}", folder.display())))?;
    // The folder may have been moved since; a network may have been replaced.
    spec.out_dir = absolute.display().to_string();
    for model in spec.models.files_mut() {
        if model.builtin
            && let Some(file) = models::registry().built_in(&model.id).map_err(|e| CliError::Runtime(e.to_string()))?
        {
            model.file = file.display().to_string();
        }
        model.sha256 = sha256(Path::new(&model.file))
            .map_err(|e| CliError::Runtime(format!("the network {} can't be read: {e}", model.file)))?;
    }
    Ok(spec)
}
