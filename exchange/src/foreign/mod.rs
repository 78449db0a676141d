//! A model as another program wrote it, before anyone knows what its columns ask.
//!
//! Every reader gives this, whatever its format: a sum of terms over named columns, and what the sum means.
//!
//! ```text
//! sum = base + sum over terms of term(x)           x: a number, a text or nothing in each column, made of one in an input
//! ```

mod categories;
mod derived;
mod grow;
mod test;
mod tree;

pub use amparo_models::imported::ImportedScale as Scale;
pub(crate) use categories::{Budget, Categories};
pub use derived::{Derived, Listed, Operation, Step};
pub use test::{Test, Value};
pub use tree::{ForeignNode, ForeignTree};

/// More columns than any form has questions; a file may state any number of them.
pub(crate) const MAX_COLUMNS: usize = 1 << 16;

/// A model over named columns.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignModel {
    /// Where it comes from.
    pub origin: Origin,
    /// What goes in, by the names that the file has for it; where it has none, `f0`, `f1`, and so on.
    pub inputs: Vec<String>,
    /// The columns that the terms are about: the inputs themselves, or what the model makes of each before it asks about it.
    pub columns: Vec<Derived>,
    /// The sum before any term.
    pub base: f64,
    /// What is added up.
    pub terms: Vec<Term>,
    /// What the sum means.
    pub scale: Scale,
    /// How the program that made it computes.
    pub arithmetic: Arithmetic,
}

impl ForeignModel {
    /// The name of the input that a column is made of.
    pub fn name_of(&self, column: usize) -> Option<&String> {
        self.inputs.get(self.columns.get(column)?.input)
    }
}

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The format: `XGBoost JSON`, `LightGBM text`.
    pub format: &'static str,
    /// The program that wrote it, as far as the file says: `xgboost 3.2.0`.
    pub program: Option<String>,
    /// What the file says that a reader has to know, as whole sentences without a full stop at the end: of 120 trees only the first 100 are used.
    pub notes: Vec<String>,
}

/// How a program compares and adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// It turns every input into a 32-bit float first, and adds in 32 bits.
    Single,
    /// It works with 64-bit floats.
    Double,
}

/// One addend of a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// `coefficient * x`.
    Linear {
        /// Place of the column.
        column: usize,
        /// What one unit adds.
        coefficient: f64,
        /// What a missing value adds, if the program takes one.
        missing: Option<f64>,
    },
    /// A number for each combination of bins of one column or two.
    Table {
        /// The columns, each with its bins.
        axes: Vec<Axis>,
        /// The numbers; those of the bins of the last axis stand beside each other.
        values: Vec<f64>,
    },
    /// A tree.
    Tree(ForeignTree),
}

/// The bins of a column: a value is in the bin of the first test that it passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Place of the column.
    pub column: usize,
    /// Number of bins.
    pub n_bins: usize,
    /// Tests, each with its bin, below `n_bins`.
    pub tests: Vec<(Test, usize)>,
}
