//! An experiment as a file: what is fitted, on what, and how it is held back.

use std::collections::BTreeSet;
use std::path::PathBuf;

use amparo_datasets::split::{Method as SplitMethod, Plan};
use amparo_datasets::{Name, Problem, Problems, built_in_or_file};
use amparo_models::artefact::SplitRecord;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::boosted::{BoostedFit, BoostedParams};
use crate::calibrate::Method;
use crate::logistic::{LogisticFit, LogisticParams};
use crate::points::{PointsFit, PointsParams};

/// How rows are held back from fitting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Holdout {
    /// Three parts: fit, calibrate, test. For large cohorts.
    Split {
        /// At random within outcomes, or by date.
        method: SplitMethod,
        /// Share of cases to fit on.
        fit: f64,
        /// Share of cases to calibrate on; the rest is the test part.
        calibrate: f64,
    },
    /// Every row is scored by models that did not see its case, several times over. For small cohorts.
    ///
    /// The published version is fitted on all rows and calibrated on cross-fitted scores.
    CrossFit {
        /// Parts the cases are divided in, at least 2.
        folds: usize,
        /// Times the whole is repeated with another division, at least 1.
        repeats: usize,
    },
}

/// Blends of the baseline with one candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HybridParams {
    /// `logistic` or `boosted`.
    pub candidate: CandidateName,
    /// Dials to publish, each in (0, 1).
    pub dials: Vec<f64>,
}

/// A candidate that a hybrid can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateName {
    /// Logistic regression.
    Logistic,
    /// Boosted trees.
    Boosted,
}

impl CandidateName {
    /// As written in configs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logistic => "logistic",
            Self::Boosted => "boosted",
        }
    }
}

/// The second reading: the risk of a lethal assault, fitted as points on a case-control sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LethalityParams {
    /// Outcome of the lethality cohort.
    pub outcome: String,
    /// How its points are made.
    pub points: PointsParams,
}

/// The file as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Model name under which versions are published.
    pub name: String,
    /// Instrument: built-in id, or a path that starts at the folder of the config.
    pub instrument: String,
    /// Protocol: built-in id, or a path that starts at the folder of the config.
    pub protocol: String,
    /// Outcome to learn.
    pub outcome: String,
    /// Seed of every random choice.
    pub seed: u64,
    /// Indicators whose declared direction is not enforced, with the reason in the file's comments.
    #[serde(default)]
    pub not_monotone: Vec<String>,
    /// How rows are held back.
    pub holdout: Holdout,
    /// Folds of the inner cross-fitting that compares dials (and calibrates, without a calibrate part).
    pub inner_folds: usize,
    /// Which calibrator.
    pub calibration: Method,
    /// The statistical baseline.
    pub points: PointsParams,
    /// The logistic candidate, if wanted.
    pub logistic: Option<LogisticParams>,
    /// The boosted candidate, if wanted.
    pub boosted: Option<BoostedParams>,
    /// Blends, if wanted.
    #[serde(default)]
    pub hybrid: Vec<HybridParams>,
    /// The second reading, if wanted.
    pub lethality: Option<LethalityParams>,
}

/// A checked config, with the text it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    config: Config,
    text: String,
    /// The file it was read from; none if it is built in.
    file: Option<PathBuf>,
    pub(crate) points: PointsFit,
    pub(crate) logistic: Option<LogisticFit>,
    pub(crate) boosted: Option<BoostedFit>,
    pub(crate) lethality: Option<PointsFit>,
}

impl Experiment {
    /// The experiments that are built in, by id.
    pub const BUILT_IN: &[(&str, &str)] = &[
        ("vpr", include_str!("../configs/vpr.toml")),
        ("catalonia-savry", include_str!("../configs/catalonia-savry.toml")),
        ("compas-two-years", include_str!("../configs/compas-two-years.toml")),
    ];

    /// A built-in experiment by its id, else the TOML file of that path.
    ///
    /// # Errors
    /// A file that cannot be read, or all that is wrong with it.
    pub fn named(name: &str) -> Result<Self, Error> {
        let text = built_in_or_file("config", name, Self::BUILT_IN)?;
        let built_in = Self::BUILT_IN.iter().any(|(id, _)| *id == name);
        Ok(Self { file: (!built_in).then(|| name.into()), ..Self::from_toml(&text)? })
    }

    /// Reads and checks a config; relative paths in it start at the current folder.
    ///
    /// # Errors
    /// [`Error::Config`] with everything that does not hold together.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let config: Config =
            toml::from_str(text).map_err(|e| Error::config("config", e.to_string().trim_end()))?;
        let mut problems = Problems::default();
        config.check(&mut problems);
        let exempt = &config.not_monotone;
        let points = keep(PointsFit::new(&config.points, exempt), &mut problems);
        let logistic = config.logistic.and_then(|p| keep(LogisticFit::new(&p, exempt), &mut problems));
        let boosted =
            config.boosted.and_then(|p| keep(BoostedFit::new(&p, config.seed, exempt), &mut problems));
        let lethality =
            config.lethality.as_ref().and_then(|l| keep(PointsFit::new(&l.points, exempt), &mut problems));
        match points {
            Some(points) if problems.0.is_empty() => {
                Ok(Self { text: text.to_owned(), file: None, config, points, logistic, boosted, lethality })
            }
            _ => Err(Error::Config(problems)),
        }
    }

    /// What was asked for.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The file as run.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Instrument or protocol as the config names it.
    ///
    /// It is looked up when training begins: a version stores the config's text, which alone no longer says which folder
    /// a relative path started at, and the instrument and protocol themselves.
    pub(crate) fn name<'a>(&'a self, written: &'a str) -> Name<'a> {
        Name::written_in(written, self.file.as_deref())
    }

    /// The three-way plan, if rows are held back by one.
    pub fn plan(&self) -> Option<Plan> {
        match self.split_record() {
            SplitRecord::Holdout { plan } => Some(plan),
            SplitRecord::CrossFit { .. } => None,
        }
    }

    /// How rows are held back, as a version records it.
    pub(crate) fn split_record(&self) -> SplitRecord {
        let seed = self.config.seed;
        match self.config.holdout {
            Holdout::Split { method, fit, calibrate } => {
                SplitRecord::Holdout { plan: Plan { method, fit, calibrate, seed } }
            }
            Holdout::CrossFit { folds, repeats } => SplitRecord::CrossFit { folds, repeats, seed },
        }
    }

    /// Names of the candidates, in the order they are published.
    pub fn candidates(&self) -> Vec<String> {
        let bases = ["points"].into_iter().chain(self.logistic.is_some().then_some("logistic"));
        let bases = bases.chain(self.boosted.is_some().then_some("boosted")).map(str::to_owned);
        bases.chain(self.hybrids().map(|(candidate, dial)| hybrid_name(candidate, dial))).collect()
    }

    /// Every blend to publish.
    pub(crate) fn hybrids(&self) -> impl Iterator<Item = (CandidateName, f64)> {
        self.config.hybrid.iter().flat_map(|h| h.dials.iter().map(|&dial| (h.candidate, dial)))
    }

    /// Indicators whose direction is not enforced.
    pub fn not_monotone(&self) -> BTreeSet<String> {
        self.config.not_monotone.iter().cloned().collect()
    }
}

/// `hybrid-boosted-0.25`.
pub(crate) fn hybrid_name(candidate: CandidateName, dial: f64) -> String {
    format!("hybrid-{}-{dial}", candidate.as_str())
}

impl Config {
    fn check(&self, problems: &mut Problems) {
        let mut expect = |ok: bool, field: &str, message: String| {
            if !ok {
                problems.push(Problem::new(field, message));
            }
        };
        let inside = |x: f64| x > 0.0 && x < 1.0;
        match self.holdout {
            Holdout::Split { fit, calibrate, .. } => expect(
                inside(fit) && inside(calibrate) && inside(fit + calibrate),
                "holdout.fit",
                format!(
                    "`holdout.fit` {fit} and `holdout.calibrate` {calibrate} must each and together lie between 0 and 1"
                ),
            ),
            Holdout::CrossFit { folds, repeats } => {
                expect(
                    folds >= 2,
                    "holdout.folds",
                    format!("`holdout.folds` is {folds}, expected 2 or more"),
                );
                expect(
                    repeats >= 1,
                    "holdout.repeats",
                    format!("`holdout.repeats` is {repeats}, expected 1 or more"),
                );
            }
        }
        expect(
            self.inner_folds >= 2,
            "inner_folds",
            format!("`inner_folds` is {}, expected 2 or more", self.inner_folds),
        );
        for hybrid in &self.hybrid {
            let name = hybrid.candidate.as_str();
            let wanted = match hybrid.candidate {
                CandidateName::Logistic => self.logistic.is_some(),
                CandidateName::Boosted => self.boosted.is_some(),
            };
            expect(
                wanted,
                "hybrid.candidate",
                format!("hybrid of `{name}`, but there is no `[{name}]` section"),
            );
            for dial in &hybrid.dials {
                let message = format!(
                    "dial {dial} of hybrid `{name}` is not between 0 and 1 (the ends are the parts themselves)"
                );
                expect(inside(*dial), "hybrid.dials", message);
            }
        }
        let names: Vec<String> = self
            .hybrid
            .iter()
            .flat_map(|h| h.dials.iter().map(|&dial| hybrid_name(h.candidate, dial)))
            .collect();
        for (at, name) in names.iter().enumerate() {
            expect(
                !names[..at].contains(name),
                "hybrid.dials",
                format!("candidate `{name}` is listed twice"),
            );
        }
    }
}

/// Keeps a part that was checked, and the problems of one that was not.
fn keep<T>(checked: Result<T, Error>, problems: &mut Problems) -> Option<T> {
    match checked {
        Ok(part) => Some(part),
        Err(Error::Config(found)) => {
            problems.0.extend(found.0);
            None
        }
        Err(other) => {
            problems.push(Problem::new("config", other.to_string()));
            None
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
