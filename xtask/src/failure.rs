//! What can go wrong, one sentence each.

use std::path::PathBuf;

/// Why a task stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Something must be installed that xtask cannot install itself.
    #[error("{what} is needed {why}, and is not here; please run:\n    {command}")]
    Missing {
        /// What is missing.
        what: String,
        /// What it is needed for, as in "to run the end-to-end tests".
        why: String,
        /// The one command that brings it.
        command: String,
    },
    /// Something must be fetched by hand, since no package manager here has it.
    #[error(
        "{what} is needed {why}, and no package here brings it; please download it from {from}, check it against SHASUMS256.txt there, unpack it and put its bin folder on the PATH"
    )]
    Download {
        /// What is missing.
        what: String,
        /// What it is needed for, as in "to run the end-to-end tests".
        why: String,
        /// Where its maker publishes it, with checksums.
        from: String,
    },
    /// A command could not be started.
    #[error("`{command}` did not start: {reason}")]
    Start {
        /// The command as typed.
        command: String,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// A command ran and failed; its own output says why.
    #[error("`{command}` failed ({status}); see its output above")]
    Failed {
        /// The command as typed.
        command: String,
        /// The exit status.
        status: std::process::ExitStatus,
    },
    /// A file of the project could not be read.
    #[error("{} could not be read: {reason}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A result could not be written.
    #[error("{} could not be written: {reason}", path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// An earlier step's result is not there.
    #[error("{} is not there; `{command}` makes it", path.display())]
    NotBuilt {
        /// What is missing.
        path: PathBuf,
        /// What builds it.
        command: String,
    },
    /// Modules import each other.
    #[error(
        "modules import each other in a circle; move what both need into a third:\n    {}",
        circles.join("\n    ")
    )]
    Circles {
        /// Each with its crate.
        circles: Vec<String>,
    },
}
