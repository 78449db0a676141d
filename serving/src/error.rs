use std::net::SocketAddr;
use std::path::PathBuf;

/// What can go wrong outside of a request: at the start, in the log, when the service stops.
///
/// What goes wrong with a request is an [`ApiError`](crate::ApiError).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The registry or the default version cannot be used.
    #[error(transparent)]
    Model(#[from] amparo_models::Error),
    /// The default version cannot answer.
    #[error("default model `{model}` cannot answer a form of `{instrument}`: {source}")]
    WarmUp {
        /// The reference asked for.
        model: String,
        /// Id of its instrument.
        instrument: String,
        /// What happened.
        source: Box<amparo_models::Error>,
    },
    /// The address is taken, or not ours to take.
    #[error("cannot listen on `{address}`: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A signal could not be waited for, or the listener failed.
    #[error("cannot {action}: {source}")]
    Serve {
        /// What was attempted.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The log's address is not one this build can open.
    #[error("log `{found}` is not a path or `sqlite:path`")]
    LogAddress {
        /// What was given.
        found: String,
    },
    /// There is no log where one was expected.
    #[error("no log at `{}`", path.display())]
    LogMissing {
        /// The file.
        path: PathBuf,
    },
    /// The log could not be read or written.
    #[error("cannot {action} log `{}`: {source}", path.display())]
    Log {
        /// `open`, `append to`, `read`, `verify`, `close`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The log was written by a newer edition, or by something else.
    #[error("log `{}` is {found}, expected {expected}", path.display())]
    LogFormat {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What this edition reads.
        expected: String,
    },
    /// An entry of the log cannot be answered again.
    #[error("cannot replay `{id}`: {problem}")]
    Replay {
        /// Its id.
        id: String,
        /// Found and expected, in words.
        problem: String,
    },
    /// The chain does not hold: an entry was changed, removed or put in.
    #[error("log `{}` is broken at sequence {sequence}: {problem}", path.display())]
    Chain {
        /// The file.
        path: PathBuf,
        /// The first place at which the chain does not hold.
        sequence: i64,
        /// Found and expected, in words.
        problem: String,
    },
}
