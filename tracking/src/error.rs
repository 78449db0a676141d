//! What can go wrong with a run folder or a tracking server.

use std::path::PathBuf;

/// Why a run could not be kept, read or sent.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address that is none, or that this build cannot speak to.
    #[error("`{address}` is no address of a tracking server: {problem}")]
    Address {
        /// What was given, without what could be a password.
        address: String,
        /// Why.
        problem: String,
    },
    /// A file that states no authorities.
    #[error("`{}` states no authorities: {problem}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder that holds no run as this crate writes them, or a run that cannot be written.
    #[error("`{}` is no run folder: {problem}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// Another process sends this run.
    #[error("another process is sending `{}`", path.display())]
    Busy {
        /// The folder of the run.
        path: PathBuf,
    },
    /// The server could not be reached, or went away.
    #[error("no answer from `{url}`: {problem}")]
    Unreachable {
        /// The address that was asked.
        url: String,
        /// Why.
        problem: String,
    },
    /// The server refuses.
    #[error("`{url}` answers with status {status}: {said}")]
    Refused {
        /// The address that was asked.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The code of the error by MLflow, `RESOURCE_DOES_NOT_EXIST`; empty if the answer has none.
        code: String,
        /// The beginning of what the server said.
        said: String,
    },
    /// An answer that is not what MLflow answers.
    #[error("`{url}` gives an answer that is not MLflow's: {problem}")]
    Answer {
        /// The address that was asked.
        url: String,
        /// What is missing or wrong.
        problem: String,
    },
    /// The server holds something else than what was sent.
    #[error("the server says that it took {what}, and holds {found}; expected {sent}")]
    ReadBack {
        /// Which value.
        what: String,
        /// What was sent.
        sent: String,
        /// What came back.
        found: String,
    },
}

impl Error {
    /// For `map_err`.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// Whether MLflow said this code.
    pub(crate) fn is(&self, expected: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == expected)
    }
}
