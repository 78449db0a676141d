//! Support vector machines.

use std::sync::Arc;

use amparo_datasets::{Answers, Problem, Problems, splitmix};
use linfa::Dataset;
use linfa::traits::Fit;
use linfa_svm::Svm;
use ndarray::{Array1, Array2};
use serde::Deserialize;

use super::coded::coded;
use super::guarded::guarded;
use crate::{Contend, ContenderFamily, Error, Scores, TrainingSet};

const LIBRARY: &str = "linfa-svm 0.8";

/// The family.
pub(super) const FAMILY: ContenderFamily = ContenderFamily {
    name: "svm",
    why_not_published: "whose scores have no exact explanation that can be tabulated",
    read: |settings| {
        let params: Params = settings.parameters()?;
        params.check()?;
        Ok(Arc::new(Machine { params, seed: settings.seed }))
    },
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    c: f64,
    kernel: Kernel,
    width: Option<f64>,
    most_rows: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kernel {
    Linear,
    Gaussian,
}

impl Params {
    fn check(&self) -> Result<(), Error> {
        let mut problems = Problems::default();
        if !(self.c.is_finite() && self.c > 0.0) {
            problems.push(Problem::new("c", format!("`c` is {}, expected a number above 0", self.c)));
        }
        let message = match (self.kernel, self.width) {
            (Kernel::Gaussian, Some(width)) if width.is_finite() && width > 0.0 => None,
            (Kernel::Gaussian, Some(width)) => Some(format!("`width` is {width}, expected a number above 0")),
            (Kernel::Gaussian, None) => {
                Some("`width` is missing, expected a number above 0 with `kernel = \"gaussian\"`".to_owned())
            }
            (Kernel::Linear, Some(_)) => {
                Some("`width` is given, expected only with `kernel = \"gaussian\"`".to_owned())
            }
            (Kernel::Linear, None) => None,
        };
        problems.0.extend(message.map(|message| Problem::new("width", message)));
        if self.most_rows < 10 {
            let message = format!("`most_rows` is {}, expected 10 or more", self.most_rows);
            problems.push(Problem::new("most_rows", message));
        }
        if problems.0.is_empty() { Ok(()) } else { Err(Error::Config(problems)) }
    }
}

#[derive(Debug)]
struct Machine {
    params: Params,
    seed: u64,
}

/// The signed distance from the separating plane, in units of the margin.
///
/// ```text
/// kernel   linear: x . z      gaussian: exp(-|x - z|^2 / width)
/// ```
///
/// DIFFERENCE: linfa keeps the kernel of every two rows, which is memory by the square of the rows. Of more than `most_rows` so many are drawn.
/// Its probabilities are fitted on the rows of the fit, so they are not used: a search calibrates by rows that were not fitted on.
struct Fitted(Svm<f64, bool>);

impl Contend for Machine {
    fn contend(&self, set: &TrainingSet) -> Result<Box<dyn Scores>, Error> {
        let mut drawn: Vec<usize> = (0..set.n_rows()).collect();
        if drawn.len() > self.params.most_rows {
            drawn.sort_by_key(|&row| splitmix(self.seed ^ splitmix(row as u64)));
            drawn.truncate(self.params.most_rows);
            drawn.sort_unstable();
        }
        let rows = coded(&set.answers().select(&drawn));
        let events: Vec<bool> = drawn.iter().map(|&row| set.events()[row]).collect();
        let n_events = events.iter().filter(|event| **event).count();
        if n_events == 0 || n_events == events.len() {
            let message =
                format!("{n_events} events among the {} rows drawn, expected both classes", events.len());
            return Err(Error::config("most_rows", message));
        }
        let fitted = guarded(LIBRARY, "refused to fit", || {
            let (n, width) = (rows.len(), rows.first().map_or(0, Vec::len));
            let records =
                Array2::from_shape_vec((n, width), rows.concat()).map_err(|error| error.to_string())?;
            let data = Dataset::new(records, Array1::from(events));
            let params = Svm::<f64, bool>::params().pos_neg_weights(self.params.c, self.params.c);
            let params = match self.params.width {
                Some(width) => params.gaussian_kernel(width),
                None => params.linear_kernel(),
            };
            params.fit(&data).map_err(|error| error.to_string())
        })?;
        Ok(Box::new(Fitted(fitted)))
    }
}

impl Scores for Fitted {
    fn scores(&self, rows: &Answers) -> Result<Vec<f64>, Error> {
        let coded = coded(rows);
        guarded(LIBRARY, "refused to score", || {
            let score = |row: Vec<f64>| self.0.weighted_sum(&Array1::from(row)) - self.0.rho;
            Ok::<_, String>(coded.into_iter().map(score).collect())
        })
    }
}
