use amparo_datasets::Error as DataError;
use amparo_evaluation::Error as EvaluationError;
use amparo_exchange::Error as ExchangeError;
use amparo_journal::Error as JournalError;
use amparo_models::Error as ModelError;
use amparo_reporting::Error as ReportingError;
use amparo_training::Error as TrainingError;

/// What can go wrong when a verb is run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to judge.
    #[error("no version was named, expected one or more")]
    NoVersion,
    /// A version is compared with itself.
    #[error("`{version}` is named twice, expected {expected}")]
    SameVersion {
        /// The version.
        version: String,
        /// What was expected instead.
        expected: &'static str,
    },
    /// A version was not trained on the cohort, and the caller did not declare that it saw none of its cases.
    #[error(
        "`{version}` was not trained on this cohort, or the cohort was changed since; if any of these cases were used in training, they \
         would make the version look better than it is"
    )]
    CasesNotDeclared {
        /// The version.
        version: String,
    },
    /// Nobody can tell which cases a model was fitted on that is compared only, and the caller did not declare it.
    #[error(
        "nobody can tell from the file of `{model}` which cases it was fitted on; if any of these were among them, it would look better than it is"
    )]
    ComparedCases {
        /// The name of the model.
        model: String,
    },
    /// A version has seen cases that the caller declared it has not.
    #[error(
        "`{version}` was fitted or calibrated on {n_shared} of the {n_cases} cases of this cohort, such as {examples}, although \
         `--other-cases` declares that it saw none; such rows would make the version look better than it is"
    )]
    SeenCases {
        /// The version.
        version: String,
        /// Cases of the cohort that it has seen.
        n_shared: usize,
        /// Cases of the cohort.
        n_cases: u64,
        /// Some of those that it has seen.
        examples: String,
    },
    /// A cohort that a version cannot be recalibrated on.
    #[error("`{version}` cannot be recalibrated on this cohort: {problems}")]
    CannotRecalibrate {
        /// The version.
        version: String,
        /// All that is wrong.
        problems: String,
    },
    /// It is not proved that a version has not seen the cases that it is to be recalibrated on.
    #[error(
        "it is not proved by fingerprints that `{version}` was fitted on none of the cases of this cohort; if it was, its new probabilities \
         would be too sure of themselves (`--other-cases` declares that it was not, and is recorded)"
    )]
    CasesNotProved {
        /// The version.
        version: String,
    },
    /// A recalibrated version on the cohort that its model was trained on by cross-fitting.
    #[error(
        "`{version}` has the model of `{of}`, which was trained on all of this cohort, and a calibrator that was fitted on another one: no \
         model that has not seen the cases has this calibrator; judge `{of}` here"
    )]
    TrainedAndRecalibrated {
        /// The version.
        version: String,
        /// The version that it was recalibrated from.
        of: String,
    },
    /// The operating system gave no random bytes for a key.
    #[error(
        "the operating system gives no random bytes, which the key of the registry is made of: {problem}"
    )]
    NoRandomBytes {
        /// What it said.
        problem: String,
    },
    /// Scores that cannot be calibrated.
    #[error("the scores cannot be calibrated: {problems}")]
    NoCalibration {
        /// All that is wrong.
        problems: String,
    },
    /// What is to be fitted is no config.
    #[error("what is to be fitted is no config: {problem}")]
    NoConfig {
        /// What is wrong with it.
        problem: String,
    },
    /// A fit was published and came out otherwise.
    #[error(
        "the published model is not the one that was fitted, although rows and parameters are the same: do not use it, and report this"
    )]
    NotTheFit,
    /// Versions of different outcomes.
    #[error("`{version}` predicts outcome `{found}`, expected `{expected}` like the first version")]
    Outcome {
        /// The version.
        version: String,
        /// Its outcome.
        found: String,
        /// The outcome of the first version.
        expected: String,
    },
    /// A version, or a model of it, reads another form than the cohort answers.
    #[error("{reader} reads form `{reads}`, but the {cohort} answers `{answers}` (or another edition of it)")]
    Form {
        /// What reads the form.
        reader: String,
        /// The form it reads.
        reads: String,
        /// `cohort`, or `lethality cohort`.
        cohort: &'static str,
        /// The form of the cohort.
        answers: String,
    },
    /// The plan of a version divides its cohort otherwise than when the version was trained.
    #[error(
        "`{version}` was trained with the parts {then} (rows), and this edition of the program divides the same cohort into {now}, so it is \
         not known which rows no fit has seen; train it again"
    )]
    OtherParts {
        /// The version.
        version: String,
        /// Rows by part, as recorded.
        then: String,
        /// Rows by part, as the plan gives them now.
        now: String,
    },
    /// Versions that repeat their cross-fitting a different number of times.
    #[error(
        "the versions cannot be compared, because they repeat their cross-fitting {first} and {other} times"
    )]
    Repeats {
        /// Repeats of the first such version.
        first: usize,
        /// Repeats of another.
        other: usize,
    },
    /// More repeats of cross-fitting, or fewer, than can be evaluated.
    #[error("cross-fitting is repeated {found} times, expected 1 to {}", u32::MAX)]
    RepeatsOutOfRange {
        /// Repeats.
        found: usize,
    },
    /// The versions together have seen every row.
    #[error("every row was seen by at least one of the versions, so no row is left to judge them on")]
    NoRowLeft,
    /// Fitting a version's config with other code would give another model.
    #[error("`{version}` was trained by {then}; to cross-fit it with {now} would judge another model")]
    OtherCode {
        /// The version.
        version: String,
        /// The code that trained it.
        then: String,
        /// The code that runs.
        now: &'static str,
    },
    /// A report is asked to look at the event beyond the days that it is known within.
    #[error(
        "horizons of {found:?} days are stated, expected at most {known} days, within which the outcome is known"
    )]
    HorizonBeyond {
        /// The days stated.
        found: Vec<u32>,
        /// The days of the outcome.
        known: u32,
    },
    /// Fitting a version's config again gives other out-of-fold scores than its manifest states.
    #[error(
        "the out-of-fold scores of `{version}` are not beside it in the registry, and fitting its folds again gives others than its manifest \
         states, so another model would be judged"
    )]
    OtherScores {
        /// The version.
        version: String,
    },
    /// A version's config does not fit the candidate that the version is.
    #[error("the config of {model} has no candidate `{candidate}`")]
    NoCandidate {
        /// The model.
        model: String,
        /// The candidate.
        candidate: String,
    },
    /// A version whose held-out rows were scored by what was fitted without their folds, which is not kept.
    #[error(
        "`{version}` was cross-fitted on this cohort, and the models and calibrators that did not see a row are not kept, so its rows cannot \
         be scored with other answers; name another cohort, or train with a test part"
    )]
    CrossFitted {
        /// The version.
        version: String,
    },
    /// A cohort without a group column of that name.
    #[error("the cohort has no group column `{found}`, expected one of {}", group_names(.known))]
    NoGroup {
        /// The name.
        found: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A version without lethality model, or a protocol that does not use it.
    #[error("`{version}` has no lethality model, or its protocol has no rule for one")]
    NoLethality {
        /// The version.
        version: String,
    },
    /// A lethality model is judged on the cohort that it was learned from, and this is another.
    #[error(
        "the lethality model of `{version}` was not trained on this lethality cohort, or the cohort was changed since; it can be \
         judged only by cross-fitting on its own cohort"
    )]
    OtherLethalityCohort {
        /// The version.
        version: String,
    },
    /// Documents of a version cannot be filled from a report that does not hold its results.
    #[error(
        "the report holds no results of `{version}` ({digest}), expected a report in which it was judged"
    )]
    NotInReport {
        /// The version.
        version: String,
        /// Its digest.
        digest: String,
    },
    /// Gates and waivers are both wrong.
    #[error("{gates}\n{waivers}")]
    GatesAndWaivers {
        /// What is wrong with the gates.
        gates: EvaluationError,
        /// What is wrong with the waivers.
        waivers: EvaluationError,
    },
    /// Topics that mean nothing on the form; every problem.
    #[error("{}", listed(.0))]
    Topics(Vec<TopicProblem>),
    /// A question about time, to a cohort without dates.
    #[error("`{cohort}` has no dates of assessment, so nothing can be tested over time")]
    NoDates {
        /// Title of the cohort.
        cohort: String,
    },
    /// A question about time, to a cohort whose held-out rows do not all have a day.
    #[error(
        "{n} of the {of} held-out rows of `{cohort}` have no day of assessment, expected a day in each to test levels over time; the source \
         can leave such rows out under `[[rows]]`"
    )]
    Undated {
        /// Title of the cohort.
        cohort: String,
        /// Held-out rows without a day.
        n: usize,
        /// Held-out rows.
        of: usize,
    },
    /// A version's probability cannot test the levels that are cuts of it.
    #[error(
        "the version's own levels cannot be tested against its probability, because they are cuts of it; expected a score of the \
         cohort to test, or risk from outcomes"
    )]
    RiskOfOwnLevels,
    /// The cohort has no such score on every row.
    #[error("the cohort has no score `{score}` on every row, expected one of: {}", known.join(", "))]
    NoScore {
        /// The score asked for.
        score: String,
        /// Those that every row has.
        known: Vec<String>,
    },
    /// A score without levels.
    #[error("score `{score}` has no levels, expected a score that is cut into levels")]
    NoLevels {
        /// The score.
        score: String,
    },
    /// More periods than can be counted.
    #[error("the dates give {found} periods, expected at most {}", u16::MAX)]
    Periods {
        /// Periods.
        found: usize,
    },
    /// The log holds no proposal whose levels could be tested.
    #[error("none of the {proposals} proposals in the log can be tested")]
    NoProposal {
        /// Proposals in the log.
        proposals: usize,
    },
    /// Levels of two protocols cannot be one stream.
    #[error(
        "proposal `{proposal}` has level `{level}`, but protocol `{protocol}` of the first proposal has the levels {}; proposals on two \
         scales of levels cannot be tested together",
        levels.join(", ")
    )]
    OtherScale {
        /// The proposal.
        proposal: String,
        /// Its level.
        level: String,
        /// The protocol of the first proposal.
        protocol: String,
        /// The levels of that protocol.
        levels: Vec<String>,
    },
    /// A level that the protocol of the version that answered does not have.
    #[error("proposal `{proposal}` has level `{level}`, which is no level of protocol `{protocol}`")]
    UnknownLevel {
        /// The proposal.
        proposal: String,
        /// Its level.
        level: String,
        /// The protocol.
        protocol: String,
    },
    /// A value that JSON cannot hold.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A model, version or registry.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A model on its way out or in.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The log.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A fit.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// An evaluation.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A report that was not told.
    #[error(transparent)]
    Reporting(#[from] ReportingError),
}

/// What is wrong with a topic that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicProblem {
    /// It is not written as a name and its indicators.
    #[error("topic `{0}` cannot be read, expected `NAME=ID,ID`")]
    Malformed(String),
    /// It names what is no indicator.
    #[error("topic `{topic}` names `{indicator}`, which is not an indicator of `{instrument}`")]
    NoIndicator {
        /// The topic.
        topic: String,
        /// What it names.
        indicator: String,
        /// The form.
        instrument: String,
    },
    /// It names an indicator twice.
    #[error("topic `{topic}` names `{indicator}` twice, expected each indicator once")]
    Twice {
        /// The topic.
        topic: String,
        /// The indicator.
        indicator: String,
    },
    /// Another topic has its name.
    #[error("there is a topic `{0}` already, expected another name")]
    Taken(String),
}

fn listed(problems: &[TopicProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn group_names(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
