use amparo_datasets::Problems;
use amparo_models::Version;

/// What to do instead of reading a model with several classes or outputs.
pub(crate) const TWO_CLASSES: &str = "train a model of two classes for this outcome";

/// What can go wrong when a model comes in or goes out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file is not what its format says.
    #[error("{format}, at {place}: {found}, expected {expected}")]
    Malformed {
        /// The format: `XGBoost JSON`.
        format: &'static str,
        /// Where: `learner.gradient_booster`, `tree 3, node 5`, `byte 120`.
        place: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A file is sound, and holds something that has no meaning here.
    #[error("{format}, at {place}: {what} cannot be imported exactly; {instead}")]
    Unsupported {
        /// The format.
        format: &'static str,
        /// Where.
        place: String,
        /// What it is.
        what: String,
        /// What to do instead, as a clause.
        instead: String,
    },
    /// A version cannot be written in a format.
    #[error("`{version}` cannot be written as {format}: {why}; {instead}")]
    Refused {
        /// The version: `vpr@3`.
        version: String,
        /// The format.
        format: &'static str,
        /// Why.
        why: String,
        /// What to do instead, as a clause.
        instead: String,
    },
    /// A file that could not be put together.
    #[error("{format}: {problem}")]
    Unwritten {
        /// The format.
        format: &'static str,
        /// What went wrong.
        problem: String,
    },
    /// A mapping, or a model under it, does not fit the form: everything that does not.
    #[error("{0}")]
    Mapping(Problems),
    /// Rows that the original program scored do not show that the model is the same: everything that is wrong with them.
    #[error("{0}")]
    Check(Problems),
    /// The original program says something else.
    #[error(
        "row {row}: the {compared} is {ours} as read from the file, and {theirs} as the original program says: they differ by {difference:e}, rounding \
         explains {allowed:e}; nothing was imported"
    )]
    Differs {
        /// The row of the table, from 1.
        row: usize,
        /// `probability` or `log_odds`.
        compared: &'static str,
        /// As read.
        ours: f64,
        /// As the program says.
        theirs: f64,
        /// What is between them.
        difference: f64,
        /// What rounding explains.
        allowed: f64,
    },
    /// A graph says nothing of a row, or what cannot be a prediction.
    #[error("row {row}: the graph says {found}, expected {expected}")]
    NoPrediction {
        /// The row, from 1.
        row: usize,
        /// What it says.
        found: String,
        /// What a prediction is.
        expected: &'static str,
    },
    /// ONNX Runtime cannot be used, or does not run a graph.
    #[cfg(feature = "onnxruntime")]
    #[error("ONNX Runtime: {problem}; {instead}")]
    Runtime {
        /// What went wrong.
        problem: String,
        /// What to do, as a clause.
        instead: String,
    },
    /// A table cannot be written.
    #[error("a table of rows cannot be written: {0}")]
    Csv(#[from] csv::Error),
    /// What models or forms refuse.
    #[error(transparent)]
    Models(#[from] amparo_models::Error),
}

impl Error {
    /// A file that is not what its format says.
    pub(crate) fn malformed(
        format: &'static str,
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Malformed { format, place: place.into(), found: found.into(), expected: expected.into() }
    }

    /// Bytes as text.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the first byte that belongs to no letter of UTF-8.
    pub(crate) fn text<'a>(format: &'static str, bytes: &'a [u8]) -> Result<&'a str, Self> {
        std::str::from_utf8(bytes).map_err(|error| {
            Self::malformed(format, format!("byte {}", error.valid_up_to()), "other bytes", "text in UTF-8")
        })
    }

    /// Something that has no meaning here.
    pub(crate) fn unsupported(
        format: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Self::Unsupported { format, place: place.into(), what: what.into(), instead: instead.into() }
    }

    /// A version that cannot be written in a format.
    pub(crate) fn refused(
        version: &Version,
        format: &'static str,
        why: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        let manifest = version.manifest();
        let version = format!("{}@{}", manifest.name, manifest.version);
        Self::Refused { version, format, why: why.into(), instead: instead.into() }
    }

    /// A file that could not be put together.
    pub(crate) fn unwritten(format: &'static str, problem: &impl ToString) -> Self {
        Self::Unwritten { format, problem: problem.to_string() }
    }
}
