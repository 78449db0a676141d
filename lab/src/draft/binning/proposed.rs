//! What a caller asks for, and what comes back.

use serde::Serialize;

use super::optimal::Direction;
use super::rank::Estimated;
use super::read::RowCounts;

/// What a caller asks for.
#[derive(Debug, Clone)]
pub struct BinsPlan<'a> {
    /// Name of the table for people, such as its file name.
    pub table: &'a str,
    /// The column of numbers.
    pub column: &'a str,
    /// The column of the outcome, and the text that says that it happened, which may be left out where the column says yes or no.
    pub outcome: (&'a str, Option<&'a str>),
    /// Texts of the column that stand for no number, besides those that stand for nothing anywhere.
    pub unknown: &'a [&'a str],
    /// Only rows whose column holds one of these texts count: column and text, as often as needed.
    pub only: &'a [(&'a str, &'a str)],
    /// The column of the sampling weights, if the rows have any.
    pub weight: Option<&'a str>,
    /// The column of case ids; without it, each row is a case of its own.
    pub case: Option<&'a str>,
    /// Whether the rate is to rise or to fall; without it, whichever loses less.
    pub direction: Option<Direction>,
    /// Fewest rows of a bin with the event, and fewest without it; 1 or more.
    pub least_events: usize,
    /// Most bins that are tried, 2 to 15.
    pub most_bins: usize,
    /// How many bins are taken; without it, the rule says.
    pub n_bins: Option<usize>,
    /// What the numbers count, such as `years`.
    pub unit: Option<&'a str>,
    /// Seed of the folds.
    pub seed: u64,
}

/// Bins of one column, with what they cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProposedBins {
    /// The column.
    pub column: String,
    /// The column of the outcome.
    pub outcome: String,
    /// The text that says that it happened.
    pub event: String,
    /// The texts that say that it did not.
    pub no_event: Vec<String>,
    /// Texts of the column that stand for no number.
    pub unknown: Vec<String>,
    /// Which rows counted.
    pub rows: RowCounts,
    /// Different numbers in them.
    pub n_values: usize,
    /// Groups of adjoining numbers between which cuts were tried, if there are too many numbers for that.
    pub merged_into: Option<usize>,
    /// Whether the rate rises or falls with the number.
    pub direction: Direction,
    /// AUC of the number itself, in that direction.
    pub number_auc: Estimated,
    /// The monotone function of the number that fits these rows best: what no bins can beat in them.
    pub isotonic: IsotonicFit,
    /// Each number of bins for which there are some.
    pub tried: Vec<TriedBins>,
    /// Number of bins with the least cross-validated loss.
    pub best: Option<usize>,
    /// Number of bins that are taken.
    pub taken: usize,
    /// Whether that number was stated.
    pub stated: bool,
    /// These bins.
    pub bins: Vec<ProposedBin>,
    /// A number that stands so far from the others that it may say that nothing is known.
    pub stands_apart: Option<f64>,
    /// Whether numbers with a comma may be meant in two ways, so that the usual one was taken.
    pub ambiguous_numbers: bool,
    /// The bins as TOML, to be edited.
    pub toml: String,
}

/// The best monotone function, in the rows that it was found on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IsotonicFit {
    /// Its steps.
    pub n_steps: usize,
    /// Mean log loss.
    pub log_loss: f64,
    /// AUC.
    pub auc: f64,
}

/// The best bins of one number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TriedBins {
    /// How many.
    pub n_bins: usize,
    /// Where all but the first start.
    pub cuts: Vec<f64>,
    /// Mean log loss in the rows that they were found on.
    pub log_loss: f64,
    /// Mean log loss by cross-validation.
    pub cross_validated: Option<f64>,
    /// How much more that is than the least, and the standard error of the difference.
    pub behind_best: Option<(f64, Option<f64>)>,
    /// AUC in the rows that they were found on.
    pub auc: Estimated,
    /// By how much the AUC of the number itself is larger, in the same rows.
    pub lost_auc: Estimated,
}

/// One bin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProposedBin {
    /// Where it starts; the first is open below.
    pub from: Option<f64>,
    /// The smallest number that was seen in it.
    pub smallest: f64,
    /// The largest.
    pub largest: f64,
    /// Label in English.
    pub label: String,
    /// Rows.
    pub n_rows: usize,
    /// Those with the event.
    pub n_events: usize,
    /// Share of events, weighted where rows are.
    pub rate: Estimated,
}
