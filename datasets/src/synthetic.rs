//! A synthetic VPR5.0-H cohort: invented cases, for building and testing the machinery where no real data are public.
//!
//! A generative model draws latent traits, the true answers that load on them, what is recorded of those (unknown not at
//! random, sometimes wrong), the police level that follows, and the future under its protection: assaults, some never
//! reported, and killings at their real rarity. Totals match what has been published of the system; everything else is an
//! assumption, and [`assumptions`] lists each. The true probability stands in the cohort's oracles, which no model may read.
//!
//! **Nothing measured on such a cohort is evidence about real people or about the real system.**
//!
//! ```
//! use amparo_datasets::synthetic::{Design, Options, generate};
//!
//! let cohort = generate(&Options { seed: 1, design: Design::Population { rows: 200 } }, &|_| {})?;
//! assert_eq!(cohort.n_rows(), 200);
//! assert!(cohort.provenance().synthetic.is_some());
//! # Ok::<(), amparo_datasets::Error>(())
//! ```

mod assumption;
mod check;
mod draw;
mod generator;
mod hazard;
mod params;
mod record;
mod rows;
mod table;
mod truth;

pub use assumption::{Assumption, assumptions};

use crate::{Cohort, Error, Problem, Problems};
use generator::Generator;
use params::Params;

/// The sentence that stands wherever results of a synthetic cohort appear.
pub const STATEMENT: &str = "SYNTHETIC cohort: invented cases from a generative model; nothing measured on it is evidence about real people or about the real system";

/// The outcome that the police see: a reported new assault within 320 days. Has an oracle.
pub const NEW_ASSAULT: &str = "new_assault";

/// A new assault within 320 days, reported or not; no real table could hold it. Has an oracle.
pub const ANY_ASSAULT: &str = "any_assault";

/// A killing within 365 days. Has an oracle.
pub const LETHAL: &str = "lethal";

/// Which cases are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// Cases as they come, with second assessments; killings at their rarity (about 1 in 10,000).
    Population {
        /// Rows: assessments.
        rows: usize,
    },
    /// Killed and not killed apart, one assessment each; weights bring the rarity back.
    CaseControl {
        /// Rows of women killed within the lethal horizon.
        cases: usize,
        /// Rows of women not killed.
        controls: usize,
    },
}

impl Design {
    /// The published H study: 2,159 cases of whom 159 killed.
    pub const H_STUDY: Self = Self::CaseControl { cases: 159, controls: 2000 };

    /// Number of rows that will be drawn.
    pub fn n_rows(&self) -> usize {
        match *self {
            Self::Population { rows } => rows,
            Self::CaseControl { cases, controls } => cases + controls,
        }
    }
}

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Seed; the same seed and design give the same cohort on every machine.
    pub seed: u64,
    /// Which cases are drawn.
    pub design: Design,
}

/// Draws a synthetic cohort; `progress` is told the number of rows done, now and then and at the end.
///
/// Row `i` depends on the seed and `i` alone (a second assessment also on the row before it), so a longer cohort begins with
/// the shorter one.
///
/// Groups: `children`, `foreign`, `disability` (the truth behind I29, I28, I24, however these were answered), `age`, `rural`,
/// `force`. Scores: `police_level`, the level 0 to 4 whose protection the case had.
///
/// # Errors
/// [`Error::Invalid`] if no row is asked for, or no case or no control.
pub fn generate(options: &Options, progress: &dyn Fn(usize)) -> Result<Cohort, Error> {
    let mut problems = Problems::default();
    let asked = match options.design {
        Design::Population { rows } => vec![("rows", rows)],
        Design::CaseControl { cases, controls } => vec![("cases", cases), ("controls", controls)],
    };
    for (field, n) in asked {
        if n == 0 {
            problems.push(Problem::new(field, format!("`{field}` is 0, expected at least 1")));
        }
    }
    problems.or("synthetic cohort", ())?;
    Generator::new(Params::built_in()?)?.cohort(options, progress)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod calibrate;
#[cfg(test)]
mod tests;
