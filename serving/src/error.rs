use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// What can go wrong outside of a request: at the start, in the log, when the service stops.
///
/// What goes wrong with a request is an [`ApiError`](crate::ApiError).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The registry or the default version cannot be used.
    #[error(transparent)]
    Model(#[from] amparo_models::Error),
    /// The version that made a proposal cannot be loaded, for any of its proposals.
    #[error(transparent)]
    Unloadable(Arc<amparo_models::Error>),
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
    /// Everybody who reaches the address could do everything.
    #[error(
        "`{address}` can be reached from other machines, and nothing says who may ask: issue API keys with `amparo access issue` and name their \
         file by `--access-keys`, or listen on `127.0.0.1`"
    )]
    Open {
        /// The address asked for.
        address: SocketAddr,
    },
    /// Who may ask, or how connections are encrypted, cannot be found out.
    #[error("{what}: {problem}")]
    Access {
        /// What was attempted.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The challenger reads another form than the default version.
    #[error("challenger `{challenger}` reads {form}, expected {expected} as the default model `{default}`")]
    OtherForm {
        /// The reference of the challenger.
        challenger: String,
        /// Its form: id and digest.
        form: String,
        /// The reference of the default version.
        default: String,
        /// The form of that.
        expected: String,
    },
    /// What answers by default, or is in force, is always logged.
    #[error(
        "`unlogged_models` names `{model}`, expected neither the default model, nor its challenger, nor a `champion`: what they propose is always logged"
    )]
    AlwaysLogged {
        /// The reference.
        model: String,
    },
    /// The file of API keys cannot be read, written or changed so.
    #[error("API keys in `{}`: {problem}", path.display())]
    ApiKeys {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
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
    /// The log cannot be opened, read or written.
    #[error(transparent)]
    Journal(#[from] amparo_journal::Error),
    /// An entry of the log cannot be answered again.
    #[error("cannot replay `{id}`: {problem}")]
    Replay {
        /// Its id.
        id: String,
        /// Found and expected, in words.
        problem: String,
    },
}
