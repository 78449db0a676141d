//! How well the classes of an ordered outcome are foretold: by the probability of each class, or by levels.

mod told;

use self::told::Told;
use crate::error::Error;
use crate::estimate;
use crate::estimate::Contingency;
use crate::input::{Input, Scored};
use crate::measure::Count;
use crate::report::{Classes, Context};

/// The class of every row of an [`Input`], repeats and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The classes, from the lowest to the highest.
    pub ids: Vec<String>,
    /// Place of the lowest one that is the outcome.
    pub from: u8,
    /// Place of the class of each row; `None` where it is not known.
    pub codes: Vec<Option<u8>>,
}

/// What a scored version says of the class of every row.
#[derive(Debug, Clone, PartialEq)]
pub enum Forecast {
    /// The probability of each class, a row after the other.
    Probabilities(Vec<f64>),
    /// It has thresholds, but they or its calibrator were fitted on these very rows.
    SeenRows,
    /// Nothing: only its levels can be compared with classes.
    None,
}

/// Judges every scored version by its forecast, and by its levels where there are as many as classes.
///
/// `forecasts` has one entry a scored version. Intervals are those of [`evaluate`](crate::evaluate), on the same resamples of cases. Rows whose class is not known count
/// for nothing here.
///
/// # Errors
/// [`Error::Invalid`] with every length that does not fit, and every row whose probabilities are below 0 or do not sum to 1.
pub fn judged(
    input: &Input,
    observed: &Observed,
    (scored, forecasts): (&[Scored], &[Forecast]),
    context: &Context,
) -> Result<Classes, Error> {
    let problems = problems(input, observed, (scored, forecasts));
    if !problems.is_empty() {
        return Err(Error::Invalid { what: "classes", problems });
    }
    let told: Vec<Told<'_>> =
        scored.iter().zip(forecasts).flat_map(|(one, forecast)| Told::all(observed, one, forecast)).collect();
    let tables: Vec<&dyn Contingency> = told.iter().map(|one| one as &dyn Contingency).collect();
    let counted = estimate::count(input, &tables, (context.seed, context.replicates), &mut |_| ());
    let n_unknown = observed.codes.iter().filter(|code| code.is_none()).count();
    let seen = scored.iter().zip(forecasts).filter(|(_, forecast)| **forecast == Forecast::SeenRows);
    Ok(Classes {
        ids: observed.ids.clone(),
        from: observed.ids[usize::from(observed.from)].clone(),
        unknown: Count::new(input.columns().repeats.assessments(n_unknown as f64), context.smallest_cell),
        judged: told
            .iter()
            .zip(&counted)
            .map(|(one, counted)| one.judged(input, counted, context.smallest_cell))
            .collect(),
        not_judged: seen.map(|(one, _)| one.name.clone()).collect(),
    })
}

fn problems(
    input: &Input,
    observed: &Observed,
    (scored, forecasts): (&[Scored], &[Forecast]),
) -> Vec<String> {
    let (n, k) = (input.n_rows(), observed.ids.len());
    let mut problems = Vec::new();
    let mut same = |what: &str, found: usize, expected: usize| {
        if found != expected {
            problems.push(format!("`{what}` has {found} entries, expected {expected}"));
        }
    };
    same("classes", observed.codes.len(), n);
    same("forecasts", forecasts.len(), scored.len());
    for (one, forecast) in scored.iter().zip(forecasts) {
        if let Forecast::Probabilities(all) = forecast {
            same(&format!("class probabilities of {}", one.name), all.len(), n * k);
        }
    }
    if k < 2 || usize::from(observed.from) >= k {
        problems.push(format!(
            "{k} classes with the outcome from place {} on, expected two or more",
            observed.from
        ));
    }
    if let Some(code) = observed.codes.iter().flatten().find(|code| usize::from(**code) >= k) {
        problems.push(format!("class {code} was found, expected a code below {k}"));
    }
    for (one, forecast) in scored.iter().zip(forecasts) {
        let Forecast::Probabilities(all) = forecast else { continue };
        let is_wrong = |row: &[f64]| {
            row.iter().any(|p| p.is_nan() || *p < 0.0) || (row.iter().sum::<f64>() - 1.0).abs() > 1e-9
        };
        if let Some(row) = all.chunks(k.max(1)).position(is_wrong) {
            problems.push(format!(
                "class probabilities of `{}` are below 0 or do not sum to 1 (row {row})",
                one.name
            ));
        }
    }
    problems
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
