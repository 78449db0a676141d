//! Rows of answers as the numbers that other people's libraries take.

use amparo_datasets::{Answers, Polarity};

/// The columns of each row: for a graded question one for each step between its known answers, 1 once the step is taken, so that two rows
/// are as far apart as their grades; for a neutral one a column for each known answer. `unknown` has a column of its own, and the others
/// are 0 then.
pub(super) fn coded(answers: &Answers) -> Vec<Vec<f64>> {
    let widths: Vec<(bool, usize)> = answers
        .instrument()
        .indicators()
        .iter()
        .map(|indicator| (indicator.polarity == Polarity::Neutral, indicator.n_known()))
        .collect();
    let of_row = |row: &[u8]| {
        let mut columns = Vec::new();
        for (&code, &(neutral, n_known)) in row.iter().zip(&widths) {
            let code = usize::from(code);
            let known = code < n_known;
            let steps = if neutral { 0..n_known } else { 1..n_known };
            columns.extend(steps.map(|step| {
                let is_set = known && if neutral { code == step } else { code >= step };
                f64::from(u8::from(is_set))
            }));
            columns.push(f64::from(u8::from(!known)));
        }
        columns
    };
    answers.rows().map(of_row).collect()
}
