//! What can end a command, and with which exit code.

use std::path::PathBuf;

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Data.
    #[error(transparent)]
    Data(#[from] amparo_datasets::Error),
    /// A model, version or registry.
    #[error(transparent)]
    Model(#[from] amparo_models::Error),
    /// A fit.
    #[error(transparent)]
    Training(#[from] amparo_training::Error),
    /// An evaluation.
    #[error(transparent)]
    Evaluation(#[from] amparo_evaluation::Error),
    /// A verb of the lab.
    #[error("{}", of_lab(.0))]
    Lab(#[from] amparo_lab::Error),
    /// A model that comes in or goes out.
    #[error(transparent)]
    Exchange(#[from] amparo_exchange::Error),
    /// The log.
    #[error(transparent)]
    Journal(#[from] amparo_journal::Error),
    /// A key, or what it signed.
    #[error(transparent)]
    Signing(#[from] amparo_signing::Error),
    /// The service.
    #[error(transparent)]
    Serving(#[from] amparo_serving::Error),
    /// A run folder, or a tracking server.
    #[error(transparent)]
    Tracking(#[from] amparo_tracking::Error),
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
    /// A check was made and says no.
    #[error("{0}")]
    Refused(String),
    /// What was asked for does not fit together.
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    /// 1: a check says no; 2: bad usage or bad input.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_)
            | Self::Model(amparo_models::Error::NotGated { .. })
            | Self::Lab(amparo_lab::Error::Model(amparo_models::Error::NotGated { .. })) => 1,
            Self::Data(_)
            | Self::Model(_)
            | Self::Training(_)
            | Self::Evaluation(_)
            | Self::Lab(_)
            | Self::Exchange(_)
            | Self::Journal(_)
            | Self::Signing(_)
            | Self::Serving(_)
            | Self::Tracking(_)
            | Self::Io { .. }
            | Self::Usage(_) => 2,
        }
    }

    /// An [`Failure::Io`] for `map_err`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// What a verb says, with the flag that answers it.
fn of_lab(error: &amparo_lab::Error) -> String {
    match error {
        amparo_lab::Error::CasesNotDeclared { .. } | amparo_lab::Error::ComparedCases { .. } => {
            format!("{error}; pass --other-cases to declare that none were")
        }
        other => other.to_string(),
    }
}
