//! What a person chooses about an elastic net.

use amparo_datasets::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::Error;

/// How the elastic net is fitted; names in brackets are those of glmnet.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `l1_ratio` | (0, 1] | share of the penalty on absolute weights; the rest is on squares (`alpha`) |
/// | `lambda` | above 0, or [`CrossValidation`] | the penalty, against a mean loss a row (`lambda`) |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElasticNetParams {
    /// Share of the penalty on absolute weights.
    pub l1_ratio: f64,
    /// The penalty, or how it is chosen.
    pub lambda: Lambda,
}

/// The penalty, or how it is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number, or { folds = ..., n_lambdas = ..., min_ratio = ..., rule = \"least_loss\" or \
                 \"one_standard_error\" }"
)]
pub enum Lambda {
    /// This one.
    Of(f64),
    /// The one that cross-validation chooses.
    Chosen(CrossValidation),
}

/// How the penalty is chosen: by cross-validation along a path of them, on the rows that are fitted on and by case.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `folds` | 3 to 50 | parts that the cases are dealt into, with the same share of cases with an event in each (`nfolds`) |
/// | `n_lambdas` | 2 to 1,000 | penalties on the path, in equal ratios (`nlambda`) |
/// | `min_ratio` | (0, 1) | the last of them, as a share of the first, which is the smallest that leaves no weight (`lambda.min.ratio`) |
/// | `rule` | `least_loss`, `one_standard_error` | see [`Rule`] |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossValidation {
    /// Parts that the cases are dealt into.
    pub folds: usize,
    /// Penalties on the path.
    pub n_lambdas: usize,
    /// The last of them, as a share of the first.
    pub min_ratio: f64,
    /// Which of them is taken.
    pub rule: Rule,
}

/// Which penalty of a path is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// That of the least cross-validated log loss (`lambda.min`).
    LeastLoss,
    /// The largest one whose log loss is within one standard error of the least (`lambda.1se`).
    OneStandardError,
}

impl ElasticNetParams {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn check(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        let mut expect = |ok: bool, field: &str, found: String, expected: &str| {
            if !ok {
                problems.push(Problem::new(field, format!("`{field}` is {found}, expected {expected}")));
            }
        };
        let ratio = self.l1_ratio;
        expect(ratio > 0.0 && ratio <= 1.0, "l1_ratio", ratio.to_string(), "above 0 and at most 1");
        match self.lambda {
            Lambda::Of(lambda) => {
                expect(lambda.is_finite() && lambda > 0.0, "lambda", lambda.to_string(), "a number above 0");
            }
            Lambda::Chosen(CrossValidation { folds, n_lambdas, min_ratio, rule: _ }) => {
                expect((3..=50).contains(&folds), "lambda.folds", folds.to_string(), "3 to 50");
                let (field, range) = ("lambda.n_lambdas", 2..=1_000);
                expect(range.contains(&n_lambdas), field, n_lambdas.to_string(), "2 to 1000");
                let inside = min_ratio > 0.0 && min_ratio < 1.0;
                expect(inside, "lambda.min_ratio", min_ratio.to_string(), "a number between 0 and 1");
            }
        }
        if problems.0.is_empty() { Ok(()) } else { Err(Error::Config(problems)) }
    }
}
