use std::path::PathBuf;

use crate::unlearned_answer::UnlearnedAnswer;
use crate::violation::Violation;

/// What can go wrong when a model is read, checked, published or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model's numbers do not fit together or do not fit its instrument.
    #[error("{what}: {problem}")]
    Invalid {
        /// What was checked: `forest`, `calibrator`, `protocol es-2025`.
        what: String,
        /// Found and expected, in words.
        problem: String,
    },
    /// The values of an explanation do not add up to the score it explains.
    #[error("explanation adds up to {sum}, the score is {score}: difference {difference:e} is above 1e-9")]
    Additivity {
        /// Base plus the sum of the values.
        sum: f64,
        /// The log-odds.
        score: f64,
        /// What is between them.
        difference: f64,
    },
    /// A model is not monotone where it has to be.
    #[error(transparent)]
    NotMonotone(Box<Violation>),
    /// The protocol refuses answers that a version has not learned from.
    #[error(
        "protocol `{protocol}` refuses answers that the version has not learned from: {}",
        listed(answers)
    )]
    UnlearnedAnswers {
        /// The protocol.
        protocol: String,
        /// These answers.
        answers: Vec<UnlearnedAnswer>,
    },
    /// A file could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// `read`, `write`, `list`, `rename`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("`{}` is not {expected}: {message}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: &'static str,
        /// What was found.
        message: String,
    },
    /// A file's content is not what its manifest promises.
    #[error("`{}` has digest {found}, expected {expected}: the file was changed or cut short after it was published", path.display())]
    Digest {
        /// The file.
        path: PathBuf,
        /// Digest promised.
        expected: String,
        /// Digest computed.
        found: String,
    },
    /// Something that was asked for is not in the registry.
    #[error("no {kind} `{name}` in the registry: {known}")]
    NotFound {
        /// `model`, `version` or `alias`.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What exists.
        known: String,
    },
    /// The gates do not let a version be put in force.
    #[error(
        "`{version}` may not be put in force: {problem}; `amparo gate --model {version}` judges it by its gates"
    )]
    NotGated {
        /// `model@number`.
        version: String,
        /// No verdict, one that blocks, or one that compares it with another version than the one in force.
        problem: String,
    },
    /// A version is in force, and nobody who is trusted says that it may be.
    #[error("`{version}` is in force, and is not believed to be: {problem}")]
    NotVouched {
        /// `model@number`.
        version: String,
        /// Whose verdict is missing.
        problem: String,
    },
    /// An instrument or a form is wrong.
    #[error(transparent)]
    Data(#[from] amparo_datasets::Error),
}

impl Error {
    /// An [`Error::Invalid`].
    pub fn invalid(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { what: what.into(), problem: problem.into() }
    }
}

fn listed(answers: &[UnlearnedAnswer]) -> String {
    answers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
