use std::sync::Arc;

/// What can go wrong with a log. Entries that are written together fail together: a clone goes to each.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not one that this build can open.
    #[error("log `{found}` is not a path, `sqlite:path` or `postgres://user@host/database`")]
    Address {
        /// What was given, without a password.
        found: String,
    },
    /// The address is that of a PostgreSQL database, and this build can open none.
    #[error(
        "the log is in a PostgreSQL database, for which the program has to be built with the feature `postgres`, as this one is not"
    )]
    WithoutPostgres,
    /// There is no log where one was expected.
    #[error("no log at `{log}`")]
    Missing {
        /// Where it was looked for.
        log: String,
    },
    /// The log could not be read or written.
    #[error("cannot {action} log `{log}`: {source}")]
    Store {
        /// What was tried: `open`, `append to`, `read` and so on.
        action: &'static str,
        /// Where the log is.
        log: String,
        /// What the store said.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The log was written by a newer edition, or by something else.
    #[error("log `{log}` is {found}, expected {expected}")]
    Format {
        /// Where the log is.
        log: String,
        /// What was found.
        found: String,
        /// What this edition reads.
        expected: String,
    },
    /// What keeps entries from being changed is gone, so that they may have been.
    #[error("log `{log}` lacks its append-only triggers {}", quoted(triggers))]
    Unprotected {
        /// Where the log is.
        log: String,
        /// The triggers that are missing or are not as this edition makes them.
        triggers: Vec<&'static str>,
    },
    /// The chain does not hold: an entry was changed, removed, put in, or filed under another case.
    #[error("log `{log}` is broken at sequence {sequence}: {problem}")]
    Chain {
        /// Where the log is.
        log: String,
        /// The first place at which the chain does not hold.
        sequence: i64,
        /// Found and expected, in words.
        problem: String,
    },
    /// The log is of an edition that keeps no tree. It gains one when it is opened for writing.
    #[error(
        "log `{log}` is of edition {edition}, which keeps no tree: it gains one when the service opens it"
    )]
    WithoutTree {
        /// Where the log is.
        log: String,
        /// Its edition.
        edition: i64,
    },
    /// The log is of an edition that keeps nothing to list proposals by. It gains that when it is opened for writing.
    #[error(
        "log `{log}` is of edition {edition}, whose proposals cannot be listed: it gains a list when the service opens it"
    )]
    WithoutListing {
        /// Where the log is.
        log: String,
        /// Its edition.
        edition: i64,
    },
    /// What was given is not what it is said to be: a key, a checkpoint, a receipt, a proof.
    #[error("cannot read {what}: {problem}")]
    Malformed {
        /// What, and from where.
        what: String,
        /// Found and expected, in words.
        problem: String,
    },
    /// A signature or a proof does not hold.
    #[error("{problem}")]
    Refuted {
        /// Found and expected, in words.
        problem: String,
    },
    /// What an entry held is gone, by an erasure that stands in the log.
    #[error(
        "entry {sequence} of the log, `{id}`, was erased: what it held is gone, its place and its hash are not"
    )]
    Erased {
        /// Its id.
        id: String,
        /// Its sequence.
        sequence: i64,
    },
    /// What is to be erased is not there, is no case's, or was erased already.
    #[error("nothing was erased: {problem}")]
    NotErased {
        /// Found and expected, in words.
        problem: String,
    },
    /// An entry is not one that this edition writes.
    #[error("cannot read entry `{id}` of the log: {problem}")]
    Entry {
        /// Its id.
        id: String,
        /// Found and expected, in words.
        problem: String,
    },
}

impl From<amparo_signing::Error> for Error {
    fn from(error: amparo_signing::Error) -> Self {
        match error {
            amparo_signing::Error::Malformed { what, problem } => Self::Malformed { what, problem },
            amparo_signing::Error::Refuted { problem } => Self::Refuted { problem },
        }
    }
}

impl Error {
    /// [`Error::Store`] about the log at a place.
    pub(crate) fn store(
        action: &'static str,
        log: impl ToString,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Store { action, log: log.to_string(), source: Arc::from(source.into()) }
    }

    /// [`Error::Store`] of a log that was opened to be read, when something is to be written.
    pub(crate) fn read_only(log: impl ToString) -> Self {
        Self::store("append to", log, "it was opened to be read only")
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
