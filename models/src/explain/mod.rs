//! Exact interventional Shapley values, per indicator, against a whole population.
//!
//! ```text
//! value function   v(S) = E_b[ f(x_S, b_rest) ]         b runs over the background, x is the row explained
//! phi_j = sum over S without j of |S|! (n-|S|-1)! / n! * (v(S + j) - v(S))
//! ```
//! A published version keeps [`Background`]: sums over the population, never its rows. [`Explainer`] is compiled
//! from a [`Scorer`] and its background, and looks up one entry an answer (additive models) or a few leaves (trees), so
//! the cost of a row does not depend on the size of the population. How fast that is: `models/benches/README.md`.
//!
//! Beside it a version keeps [`Population`]: how that population divides into [`Subsamples`] of cases, from which follows how
//! far the values of a row, and their order, would move against another one ([`stability`]); and [`Distributions`], which
//! place a score and its values among those of the population.
//!
//! DIFFERENCE: `TreeExplainer` of shap, LightGBM and XGBoost default to path-dependent expectations, which answer
//! another question; these are the interventional ones (`feature_perturbation="interventional"`) on the uncut background.
//!
//! # References
//! - Lundberg et al., "From local explanations to global understanding with explainable AI for trees", Nature Machine
//!   Intelligence 2, 2020 (interventional values).
//! - Nadel and Wettenstein, "From decision trees to Boolean logic" (WOODELF), arXiv 2511.09376, 2025 (leaf patterns).

mod background;
mod condition;
mod deal;
mod distribution;
mod fixed;
mod frame;
mod interactions;
mod leaf;
mod leaves;
mod long;
mod or_reason;
mod plan;
mod planes;
mod population;
mod spread;
pub mod stability;
mod subsamples;
mod sums;
mod table;

use std::sync::Arc;

use amparo_datasets::Answers;

pub use background::Background;
pub use condition::{MAX_CONDITIONS, TABULATED};
pub use deal::{Deal, SUBSAMPLES};
pub use distribution::{Distribution, FEWEST_ROWS, Percentile};
pub use interactions::Interactions;
pub use long::LongSums;
pub use or_reason::{OrReason, Undefined};
pub use population::{Distributions, Population};
pub use spread::Spread;
pub use stability::{Stability, ValueStability};
pub use subsamples::{FEWEST_CASES, Subsamples};

pub(crate) use population::Context;

use crate::scorer::{Form, Role};
use crate::{Error, Explain, Explanation, Model, Scorer};
use leaves::LeafTables;
use plan::Layout;
use planes::BLOCK;

/// Looks up what each indicator of a row adds to its score.
#[derive(Debug, Clone)]
pub struct Explainer {
    baseline: Option<Shared>,
    candidate: Option<Shared>,
}

/// The explanation of one row, with what comes from the baseline and what from the candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The values of the whole model.
    pub total: Explanation,
    /// The baseline's share of each value: `(1 - dial) x` its own Shapley value; zero without a baseline.
    pub baseline: Vec<f64>,
    /// The candidate's share of each value: `dial x` its own Shapley value; zero without a candidate.
    pub candidate: Vec<f64>,
}

/// The tables of one term, with its share of the model.
#[derive(Debug, Clone)]
struct Shared {
    share: f64,
    tables: Tables,
}

#[derive(Debug, Clone)]
enum Tables {
    Additive {
        base: f64,
        values: Vec<Vec<f64>>,
    },
    /// Shared by the clones of an explainer.
    Leaves(Arc<LeafTables>),
}

impl Explainer {
    /// Compiles the tables of a scorer, one that passed [`Scorer::check`], against its background.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the background was not summed for this scorer: another shape, sums that do not add up to
    /// its weight, or patterns whose conditions contradict the answer sums.
    pub fn new(scorer: &Scorer, background: &Background) -> Result<Self, Error> {
        background.check(scorer)?;
        let mut explainer = Self { baseline: None, candidate: None };
        for term in scorer.terms() {
            let tables = match term.form {
                Form::Additive(tables) => background.additive(&tables)?,
                Form::Trees(forest) => {
                    Tables::Leaves(Arc::new(LeafTables::new(forest, background, Layout::default())?))
                }
            };
            let shared = Some(Shared { share: term.share, tables });
            match term.role {
                Role::Baseline => explainer.baseline = shared,
                Role::Candidate => explainer.candidate = shared,
            }
        }
        Ok(explainer)
    }

    /// The explanation with its parts.
    pub fn parts(&self, row: &[u8]) -> Parts {
        let of = |term: &Option<Shared>| term.as_ref().map(|term| term.tables.explain(row));
        self.mixed(of(&self.baseline), of(&self.candidate), row.len())
    }

    /// The explanations of all rows with their parts: the same bits as [`Self::parts`], several times as fast.
    pub fn batch<'a>(&'a self, answers: &'a Answers) -> impl Iterator<Item = Parts> + 'a {
        let n = answers.n_indicators();
        let of = |term: &Option<Shared>, rows: &[&[u8]]| match term {
            Some(term) => term.tables.explain_rows(rows).into_iter().map(Some).collect(),
            None => vec![None; rows.len()],
        };
        let terms = [&self.baseline, &self.candidate].into_iter().flatten();
        let at_once = terms.map(|term| term.tables.rows_at_once()).max().unwrap_or(BLOCK);
        answers.codes().chunks(n * at_once).flat_map(move |codes| {
            let rows: Vec<&[u8]> = codes.chunks_exact(n).collect();
            let both = of(&self.baseline, &rows).into_iter().zip(of(&self.candidate, &rows));
            both.map(move |(baseline, candidate)| self.mixed(baseline, candidate, n))
        })
    }

    /// Bytes of the tables of trees; those of additive models are a few numbers.
    pub fn table_bytes(&self) -> usize {
        let bytes = |term: &Option<Shared>| match term.as_ref().map(|term| &term.tables) {
            Some(Tables::Leaves(leaves)) => leaves.bytes(),
            Some(Tables::Additive { .. }) | None => 0,
        };
        bytes(&self.baseline) + bytes(&self.candidate)
    }

    /// The explanations of baseline and candidate, each in its share.
    fn mixed(&self, baseline: Option<Explanation>, candidate: Option<Explanation>, n: usize) -> Parts {
        let shares = |part: Option<Explanation>, term: &Option<Shared>| match (part, term) {
            (Some(Explanation { base, mut values }), Some(Shared { share, .. })) => {
                values.iter_mut().for_each(|value| *value *= share);
                (share * base, values)
            }
            _ => (0.0, vec![0.0; n]),
        };
        let (base_b, baseline): (f64, Vec<f64>) = shares(baseline, &self.baseline);
        let (base_c, candidate): (f64, Vec<f64>) = shares(candidate, &self.candidate);
        let values = baseline.iter().zip(&candidate).map(|(b, c)| b + c).collect();
        Parts { total: Explanation { base: base_b + base_c, values }, baseline, candidate }
    }

    /// The explanation with its parts, refused unless it adds up to the model's own score.
    ///
    /// # Errors
    /// [`Error::Additivity`].
    pub fn checked_parts(&self, scorer: &Scorer, row: &[u8]) -> Result<Parts, Error> {
        let Parts { total, baseline, candidate } = self.parts(row);
        let total = total.checked(scorer.score(row))?;
        Ok(Parts { total, baseline, candidate })
    }
}

impl Explain for Explainer {
    fn explain(&self, row: &[u8]) -> Explanation {
        self.parts(row).total
    }
}

impl Tables {
    fn rows_at_once(&self) -> usize {
        match self {
            Self::Additive { .. } => BLOCK,
            Self::Leaves(leaves) => leaves.rows_at_once(),
        }
    }

    fn explain_rows(&self, rows: &[&[u8]]) -> Vec<Explanation> {
        match self {
            Self::Additive { .. } => rows.iter().map(|row| self.explain(row)).collect(),
            Self::Leaves(leaves) => leaves.explain_rows(rows),
        }
    }
}

impl Explain for Tables {
    fn explain(&self, row: &[u8]) -> Explanation {
        match self {
            Self::Additive { base, values } => Explanation {
                base: *base,
                values: values.iter().zip(row).map(|(v, &code)| v[usize::from(code)]).collect(),
            },
            Self::Leaves(leaves) => leaves.explain(row),
        }
    }
}

#[cfg(test)]
mod brute;
#[cfg(test)]
mod tests;
