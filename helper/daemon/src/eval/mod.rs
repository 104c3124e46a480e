//! `silhueta eval`: results held against truth, with the field's own figures.

mod figures;
mod keypoints;
mod mot;
mod table;

use crate::cli::EvalCommand;
use crate::exit::{CliError, Exit};

/// Scores what was named.
pub(crate) fn eval(command: &EvalCommand) -> Result<Exit, CliError> {
    match command {
        EvalCommand::Mot(options) => mot::eval(options),
        EvalCommand::Keypoints(options) => keypoints::eval(options),
    }
}
