//! What is evaluated: outcomes, groups and scores as plain columns, checked once at the door.

mod check;
mod survival;

use std::num::NonZeroU32;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use self::survival::Survival;
use crate::definitions::Text;
use crate::error::Error;

/// What stands between the names of two group columns that are crossed, and between their labels.
pub(crate) const CROSS: &str = " x ";

/// A group column: which label each row has. Groups never reach a model; here they split the metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupColumn {
    /// Its name, such as `minors_in_charge`, or `sex x age` for an intersection.
    pub name: String,
    /// The labels.
    pub labels: Vec<String>,
    /// Index into `labels`, one a row.
    pub codes: Vec<u16>,
    /// Labels that say that nothing was recorded: their rows are counted and shown, but compared with no label.
    pub unknown: Vec<String>,
    /// The label that gaps are taken against; `None`: of those that are not `unknown`, the one with most rows.
    pub reference: Option<String>,
    /// Further pairs of labels that gaps are taken of, in either order.
    pub pairs: Vec<[String; 2]>,
}

/// How many times each assessment stands in the rows: once for each repeat of cross-fitting, with other scores.
///
/// Sums run over all repeats together: a mean (Brier score, recall) is the mean over the repeats; an area under the curve
/// ranks an event of one repeat against the others of every repeat; slopes and ratios are of the pooled rows. The bootstrap
/// keeps the repeats of a case together, and counts are of assessments. Default 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeats(NonZeroU32);

impl Repeats {
    /// So many times.
    #[must_use]
    pub fn new(times: NonZeroU32) -> Self {
        Self(times)
    }

    /// How many times.
    #[must_use]
    pub fn times(self) -> usize {
        self.0.get() as usize
    }

    /// Assessments that a number of rows stands for.
    pub(crate) fn assessments(self, rows: f64) -> u64 {
        (rows / f64::from(self.0.get())).round() as u64
    }

    /// The share of an assessment that one row is.
    #[must_use]
    pub fn share(self) -> f64 {
        1.0 / f64::from(self.0.get())
    }
}

impl Default for Repeats {
    fn default() -> Self {
        Self(NonZeroU32::MIN)
    }
}

/// The rows as given, before any check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// Whether the event happened within the horizon.
    pub y: Vec<bool>,
    /// Weight of each row, > 0 and finite: case weight x inverse probability of censoring; 1 when there is none.
    pub weight: Vec<f64>,
    /// Case number of each row; the bootstrap resamples cases, not rows.
    pub cluster: Vec<u32>,
    /// How many times each assessment stands in the rows.
    pub repeats: Repeats,
    /// Group columns.
    pub groups: Vec<GroupColumn>,
    /// The true probability of each row, in [0, 1]; synthetic cohorts only.
    pub oracle: Option<Vec<f64>>,
    /// Stratum of each row, the same for all rows of a case, where the cohort was drawn by strata (a case-control sample: by outcome).
    ///
    /// The bootstrap draws within strata. `None`: one stratum. Outcomes are no strata of a cohort that was not drawn by them: every rate would
    /// look certain.
    pub strata: Option<Vec<u32>>,
    /// A graver outcome of the same rows.
    pub severe: Option<Severe>,
    /// Follow-up, for concordance under censoring.
    pub survival: Option<Survival>,
}

/// The rows, checked: equal lengths, both outcomes present, weights positive, codes within their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    columns: Columns,
    cases: Vec<u32>,
    n_cases: usize,
}

/// What a score comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// A published version.
    Version {
        /// Its digest.
        digest: String,
        /// Its family, such as `points` or `hybrid`.
        family: String,
        /// Where it stands between a baseline and a candidate; `None` where that is not known.
        dial: Option<Dial>,
        /// Share in [0, 1] of the known answers that were turned to `unknown` before it scored them; `None` where it scored the answers as
        /// they are, and is compared with no other share.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        more_unknown: Option<f64>,
    },
    /// A candidate of an experiment, by models of which none is published.
    Candidate {
        /// Its family.
        family: String,
    },
    /// A column of a foreign table: a raw value, or a probability that its source declares to be one.
    Foreign,
}

/// Where a version stands between a baseline and a candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dial {
    /// In [0, 1]: 0 is the baseline alone, 1 the candidate alone.
    pub position: f64,
    /// The baseline that the version is or holds; `None` if it holds none.
    pub baseline: Option<End>,
    /// The candidate that the version is or holds; `None` if it holds none.
    pub candidate: Option<End>,
}

/// A model at one end of the dial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Its family, such as `points` or `boosted`.
    pub family: String,
    /// SHA-256 of the model: versions of the same pair of models are positions of one dial.
    pub digest: String,
}

/// The level each row was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// Level ids, from the lowest; at least two; no `@` in an id.
    pub ids: Vec<String>,
    /// What people read for each level; `None`: the ids.
    pub labels: Option<Vec<Text>>,
    /// Index into `ids`, one a row.
    pub codes: Vec<u8>,
    /// Lowest probability (version) or raw value (foreign) of each level but the lowest, increasing.
    pub cuts: Vec<f64>,
    /// How much of the strongest protection each level gives, in [0, 1], never decreasing; `None`: evenly spaced from 0 to 1.
    pub intensity: Option<Vec<f64>>,
    /// Days within which a case at each level is assessed again, above 0, `None` for a level without a period; `None` where no protocol is known.
    pub reassess_days: Option<Vec<Option<f64>>>,
}

/// A second, graver outcome of the same rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severe {
    /// The outcome's name.
    pub outcome: String,
    /// Whether it happened within its horizon; `None` where follow-up ended before.
    pub happened: Vec<Option<bool>>,
}

/// The scores of one version or foreign column, on the rows of an [`Input`].
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Its name, unique in an evaluation.
    pub name: String,
    /// What it comes from.
    pub kind: Kind,
    /// Log-odds of a version, raw value of a foreign column; finite; higher is riskier.
    pub score: Vec<f64>,
    /// Probability of the event, in [0, 1]: calibrated for a version, stated for a foreign column that is declared to be one.
    pub probability: Option<Vec<f64>>,
    /// The level of each row, if levels were assigned.
    pub levels: Option<Levels>,
    /// Scores of the rows of [`Columns::survival`], if it is there.
    pub survival: Option<Vec<f64>>,
}

impl GroupColumn {
    /// The intersection with another column of the same rows: every pair of labels, in order, whether it occurs or not.
    ///
    /// The reference is the pair of both references, if both state one. A pair of which one label says that nothing was recorded says so too.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a column is wrong, the two differ in rows, or there are more than 65,536 pairs.
    pub fn crossed(&self, other: &Self) -> Result<Self, Error> {
        let name = format!("{}{CROSS}{}", self.name, other.name);
        let n_pairs = self.labels.len() * other.labels.len();
        let mut problems = Vec::new();
        check::group(&mut problems, self, self.codes.len());
        check::group(&mut problems, other, self.codes.len());
        if n_pairs > usize::from(u16::MAX) + 1 {
            problems.push(format!("`{name}` has {n_pairs} pairs of labels, expected at most 65536"));
        }
        if !problems.is_empty() {
            return Err(Error::Invalid { what: "rows", problems });
        }
        let pair = |a: &String, b: &String| format!("{a}{CROSS}{b}");
        let width = other.labels.len() as u16;
        let pairs = |of: &dyn Fn(&String, &String) -> bool| -> Vec<String> {
            let all = self.labels.iter().flat_map(|a| other.labels.iter().map(move |b| (a, b)));
            all.filter(|(a, b)| of(a, b)).map(|(a, b)| pair(a, b)).collect()
        };
        Ok(Self {
            unknown: pairs(&|a, b| self.unknown.contains(a) || other.unknown.contains(b)),
            pairs: Vec::new(),
            labels: pairs(&|_, _| true),
            codes: self.codes.iter().zip(&other.codes).map(|(a, b)| a * width + b).collect(),
            reference: self.reference.as_ref().zip(other.reference.as_ref()).map(|(a, b)| pair(a, b)),
            name,
        })
    }
}

impl GroupColumn {
    /// Whether a label is one among others, and does not say that nothing was recorded.
    pub(crate) fn is_known(&self, label: &str) -> bool {
        !self.unknown.iter().any(|unknown| unknown == label)
    }
}

impl Levels {
    /// What people read for a level.
    pub(crate) fn label(&self, level: usize) -> Text {
        let label = self.labels.as_ref().and_then(|labels| labels.get(level));
        label.cloned().unwrap_or_else(|| Text::same(self.ids[level].clone()))
    }

    /// The intensity of each level, evenly spaced from 0 to 1 unless stated.
    #[must_use]
    pub fn intensities(&self) -> Vec<f64> {
        self.intensity.clone().unwrap_or_else(|| {
            let top = (self.ids.len().max(2) - 1) as f64;
            (0..self.ids.len()).map(|level| level as f64 / top).collect()
        })
    }
}

impl Input {
    /// Checks the columns; `y`, `weight`, `cluster`, every group's codes and the oracle have one entry a row.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every problem found.
    pub fn new(columns: Columns) -> Result<Self, Error> {
        let problems = check::columns(&columns);
        if !problems.is_empty() {
            return Err(Error::Invalid { what: "rows", problems });
        }
        let (cases, n_cases) = renumbered(&columns.cluster);
        Ok(Self { n_cases, cases, columns })
    }

    /// The same rows with the group columns named, each either there already or an intersection `a x b` of two that are.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is neither, or an intersection of too many labels.
    pub fn with_intersections<'n>(self, names: impl IntoIterator<Item = &'n str>) -> Result<Self, Error> {
        let mut columns = None;
        for name in names {
            let columns = columns.get_or_insert_with(|| self.columns.clone());
            let at = |name: &str| columns.groups.iter().position(|column| column.name == name);
            if at(name).is_some() {
                continue;
            }
            let Some((one, other)) = name.split_once(CROSS).and_then(|(a, b)| at(a).zip(at(b))) else {
                let known =
                    columns.groups.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
                let problems = vec![format!(
                    "group `{name}` is none of the rows' group columns ({known}), nor `a{CROSS}b` of two of them"
                )];
                return Err(Error::Invalid { what: "groups", problems });
            };
            let crossed = columns.groups[one].crossed(&columns.groups[other])?;
            let width = columns.groups[other].labels.len() as u16;
            if let Some(survival) = &mut columns.survival {
                let pairs = survival.groups[one].iter().zip(&survival.groups[other]);
                let codes = pairs.map(|(a, b)| a * width + b).collect();
                survival.groups.push(codes);
            }
            columns.groups.push(crossed);
        }
        columns.map_or(Ok(self), Self::new)
    }

    /// The same rows, of which the event is looked at within these days instead of those that the columns state.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there is no follow-up, or the days are not rising and above 0.
    pub fn with_horizons(mut self, horizons: Vec<u32>) -> Result<Self, Error> {
        let Some(survival) = &mut self.columns.survival else {
            let problems = vec!["the days of follow-up are not known, expected for horizons".to_owned()];
            return Err(Error::Invalid { what: "rows", problems });
        };
        survival.horizons = horizons;
        Self::new(self.columns)
    }

    /// The same rows with reference labels stated, each as group column and label; what is stated here goes before what a column states.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every name that is no group column, or no label of it that can be compared with.
    pub fn with_references<'n>(
        mut self,
        stated: impl IntoIterator<Item = (&'n str, &'n str)>,
    ) -> Result<Self, Error> {
        let mut problems = Vec::new();
        for (group, label) in stated {
            let known = || self.columns.groups.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
            let Some(at) = self.columns.groups.iter().position(|column| column.name == group) else {
                problems.push(format!("group `{group}` is none of the rows' group columns ({})", known()));
                continue;
            };
            let column = &mut self.columns.groups[at];
            column.reference = Some(label.to_owned());
            check::reference(&mut problems, column);
        }
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(Error::Invalid { what: "reference labels", problems })
        }
    }

    /// The same rows with gaps to be taken of further pairs of labels, as `pairs` names them for each group column.
    pub(crate) fn with_pairs(mut self, pairs: impl Fn(&GroupColumn) -> Vec<[String; 2]>) -> Self {
        for column in &mut self.columns.groups {
            column.pairs.extend(pairs(column));
        }
        self
    }

    /// Every problem of scores on these rows.
    pub(crate) fn problems_of(&self, scored: &[Scored]) -> Vec<String> {
        check::scored(scored, self)
    }

    /// The columns as given.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.columns.y.len()
    }

    /// Distinct cases.
    #[must_use]
    pub fn n_cases(&self) -> usize {
        self.n_cases
    }

    /// The case of each row, renumbered from 0 to `n_cases - 1` in the order of the case numbers.
    pub(crate) fn cases(&self) -> &[u32] {
        &self.cases
    }
}

/// Case numbers from 0 without gaps, in their order, and how many there are.
pub(crate) fn renumbered(cluster: &[u32]) -> (Vec<u32>, usize) {
    let mut distinct = cluster.to_vec();
    distinct.par_sort_unstable();
    distinct.dedup();
    if distinct.iter().zip(0..).all(|(case, number)| *case == number) {
        return (cluster.to_vec(), distinct.len());
    }
    let of = |case: &u32| distinct.partition_point(|other| other < case) as u32;
    (cluster.par_iter().map(of).collect(), distinct.len())
}
