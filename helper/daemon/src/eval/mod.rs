//! `silhueta eval`: results held against truth, with the field's own figures.

mod figures;
mod mot;
mod table;

use serde::Serialize;

use crate::cli::{EvalCommand, say};
use crate::exit::{CliError, Exit};

/// Scores what was named.
pub(crate) fn eval(command: &EvalCommand) -> Result<Exit, CliError> {
    match command {
        EvalCommand::Mot(options) => mot::eval(options),
    }
}

fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|e| CliError::Runtime(e.to_string()))?;
    say(&text);
    Ok(())
}
