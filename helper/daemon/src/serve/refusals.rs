//! What stands in a model's way, in the words of the protocol.

use std::io;

use silhueta_registry::graph::GraphError;
use silhueta_registry::locate::ModelError;
use silhueta_shared::protocol::{ErrorCode, WireError};

use crate::models::StoreError;

impl From<StoreError> for WireError {
    fn from(error: StoreError) -> Self {
        // How to export it is the way out, and the reason says no more.
        if let StoreError::Refused(ModelError::Graph(GraphError::Checkpoint { path, recipe })) = &error {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let what = format!("{name} holds weights without a graph that could be run");
            return Self::new(ErrorCode::NeedsExport, what).hint(recipe.clone());
        }
        Self { hint: hint(&error), ..Self::new(code(&error), error.to_string()) }
    }
}

fn code(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::Unknown { .. } | StoreError::NotThere { .. } | StoreError::NotInTrash { .. } => ErrorCode::NotFound,
        StoreError::NoAddress { .. } | StoreError::BadName { .. } | StoreError::BuiltIn { .. } => ErrorCode::BadValue,
        StoreError::Busy { .. } | StoreError::InUse { .. } => ErrorCode::InUse,
        StoreError::Offline { .. } => ErrorCode::Offline,
        StoreError::Address(_) | StoreError::NoneGave { .. } => ErrorCode::NotDelivered,
        StoreError::WrongDigest { .. } => ErrorCode::WrongDigest,
        StoreError::DiskFull { .. } => ErrorCode::DiskFull,
        StoreError::Write { source, .. } if is_full(source) => ErrorCode::DiskFull,
        StoreError::Archive { .. }
        | StoreError::Unfit { .. }
        | StoreError::Refused(_)
        | StoreError::WrongRole { .. } => ErrorCode::NotAModel,
        StoreError::NameTaken { .. } => ErrorCode::NameTaken,
        StoreError::Stopped { .. } => ErrorCode::Closing,
        StoreError::Read { .. } | StoreError::Write { .. } | StoreError::Internal(_) => ErrorCode::Internal,
    }
}

/// The way out for somebody who has a page before her, not a terminal.
fn hint(error: &StoreError) -> Option<String> {
    Some(match error {
        StoreError::NoAddress { .. } => "bring its file and import it".to_owned(),
        StoreError::Offline { .. } => "look after the network, or bring the file and import it".to_owned(),
        StoreError::Address(_) | StoreError::NoneGave { .. } => {
            "try again later, or bring the file and import it".to_owned()
        }
        StoreError::NameTaken { .. } => "rename the file, or let it replace the model of that name".to_owned(),
        StoreError::BadName { .. } => "rename the file".to_owned(),
        StoreError::Busy { .. } => "wait until that has ended".to_owned(),
        StoreError::Unknown { .. } => return None,
        other => return other.hint(),
    })
}

/// Whether the disk has no room.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
