use amparo_datasets::{Problem, Problems};
use amparo_models::artefact::Leak;

/// What can go wrong when something is fitted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Only one class is among the rows to learn from.
    #[error(
        "outcome `{outcome}` has {events} events among {rows} rows of {part}, expected at least one event and one non-event"
    )]
    OneClass {
        /// The outcome.
        outcome: String,
        /// Which rows: `the fit part`, `all folds but 3`.
        part: String,
        /// Events among them.
        events: usize,
        /// Rows.
        rows: usize,
    },
    /// A hazard cannot be learned without times.
    #[error("outcome `{outcome}` has no days of follow-up up to a horizon, which a hazard is learned from")]
    NotFollowed {
        /// The outcome.
        outcome: String,
    },
    /// A cumulative model cannot be learned without classes.
    #[error("outcome `{outcome}` has no ordered classes, which a cumulative model is learned from")]
    NotOrdered {
        /// The outcome.
        outcome: String,
    },
    /// A threshold below or above a class that no row has cannot be learned.
    #[error(
        "class `{class}` of outcome `{outcome}` has no row among the {rows} that are fitted on and whose class is known, expected one or more of each class"
    )]
    NoRowOfClass {
        /// The outcome.
        outcome: String,
        /// The class.
        class: String,
        /// Rows whose class is known.
        rows: usize,
    },
    /// Config that does not hold together.
    #[error("config: {0}")]
    Config(Problems),
    /// Config from before the candidates were a list.
    #[error(
        "config: its models stand in sections of their own, but candidates are a list now; replace the sections `[points]`, \
         `[logistic]`, `[boosted]` and `[[hybrid]]` with these, which ask for the same models:\n\n{sections}"
    )]
    FormerConfig {
        /// Those sections as they are written now.
        sections: String,
    },
    /// A published version whose config is not read any more.
    #[error("the config of version `{version}`, kept as it was published, cannot be run again: {source}")]
    OfVersion {
        /// The version, as `vpr@3`.
        version: String,
        /// What is wrong with its config.
        source: Box<Error>,
    },
    /// Two models that no hybrid can hold.
    #[error(
        "a hybrid blends a baseline of points with another family, but its baseline was fitted as `{baseline}` and its \
         candidate as `{candidate}`"
    )]
    NoBlend {
        /// Family of the fitted baseline.
        baseline: String,
        /// Family of the fitted candidate.
        candidate: String,
    },
    /// A search did not come to rest.
    #[error(
        "{what} did not converge in {iterations} iterations: {measure} is {found:e}, expected at most {expected:e}"
    )]
    NotConverged {
        /// What was fitted.
        what: &'static str,
        /// Iterations made.
        iterations: usize,
        /// What was watched.
        measure: &'static str,
        /// Its last value.
        found: f64,
        /// Its goal.
        expected: f64,
    },
    /// Logistic regression on one number has no best slope: without bound, or any slope is as good.
    #[error("{what} has no best slope: {reason}")]
    NoSlope {
        /// What was fitted.
        what: &'static str,
        /// Why not.
        reason: &'static str,
    },
    /// Distances cannot be measured in standard deviations where there is none.
    #[error(
        "the answers to indicator `{indicator}` differ between rows with the event and rows without it, and not among either; the \
         metric `diagonal` divides by their variance there, which is 0"
    )]
    NoSpread {
        /// The indicator.
        indicator: String,
    },
    /// The score falls where the outcome rises, so that it cannot be calibrated by a rising curve.
    #[error("{what} does not rise with outcome `{outcome}`: slope {slope}, expected above 0")]
    NotRising {
        /// What was calibrated.
        what: String,
        /// The outcome.
        outcome: String,
        /// The slope found.
        slope: f64,
    },
    /// Indicators that tell the outcome instead of foretelling it.
    #[error(
        "{}; was it known on the day of the assessment? Leave it out (`leave_out` in the config), or accept it with a reason, which the \
         card will state (`--accept-leak {}=REASON`, or `[accept_leak]` in the config)",
        leaks.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        leaks.first().map_or("NAME", |leak| &leak.indicator)
    )]
    Leaks {
        /// All of them, in the order of the form.
        leaks: Vec<Leak>,
    },
    /// Too few rows with the outcome, or without it, to calibrate on.
    #[error(
        "outcome `{outcome}` has {events} events and {others} rows without it, expected at least {expected} of each to calibrate on"
    )]
    FewEvents {
        /// The outcome.
        outcome: String,
        /// Rows with it.
        events: u64,
        /// Rows without it.
        others: u64,
        /// Fewest of each.
        expected: u64,
    },
    /// None of several methods of calibration can be fitted.
    #[error("none of the methods of calibration can be fitted: {problems}")]
    NoCalibrator {
        /// Each method, and why not.
        problems: String,
    },
    /// A candidate could not be fitted or calibrated.
    #[error("candidate `{candidate}` cannot be {doing}: {source}")]
    Candidate {
        /// Its name.
        candidate: String,
        /// `fitted`, `calibrated`, `scored` or `published`.
        doing: &'static str,
        /// Why not.
        source: Box<Error>,
    },
    /// A model that was only to be compared gave a score that is no number.
    #[error("candidate `{candidate}` gives a row the score {found}, expected a finite number")]
    NoScore {
        /// Its name.
        candidate: String,
        /// The score.
        found: f64,
    },
    /// No trial of a candidate could be fitted and calibrated.
    #[error("all {n_trials} trials of candidate `{candidate}` failed; the first: {first}")]
    NoTrial {
        /// Its name.
        candidate: String,
        /// How many there were.
        n_trials: usize,
        /// Why the first one failed.
        first: String,
    },
    /// A library that a candidate is fitted by refused, or broke off.
    #[error("{library} {did}: {problem}")]
    Library {
        /// Its name and version.
        library: &'static str,
        /// `refused to fit`, `panicked`.
        did: &'static str,
        /// What it said.
        problem: String,
    },
    /// Finished trials cannot be kept.
    #[error("finished trials cannot be kept: {0}")]
    Trials(String),
    /// Out-of-fold scores that cannot be kept, or that are not those of a version and its cohort.
    #[error("the kept out-of-fold scores are not those of this version and cohort: {problem}")]
    Kept {
        /// What was found, and what was expected.
        problem: String,
    },
    /// Data.
    #[error(transparent)]
    Data(#[from] amparo_datasets::Error),
    /// A model.
    #[error(transparent)]
    Model(#[from] amparo_models::Error),
}

impl Error {
    /// What went wrong with a candidate, with its name.
    pub(crate) fn of_candidate(candidate: &str, doing: &'static str) -> impl FnOnce(Self) -> Self {
        move |source| Self::Candidate { candidate: candidate.to_owned(), doing, source: Box::new(source) }
    }

    /// An [`Error::Config`] with one problem.
    pub fn config(field: &str, message: impl Into<String>) -> Self {
        Self::Config(Problem::new(field, message).into())
    }
}
