//! Models that add up one number an answer: the points, and every candidate of that form.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::POINTS;
use crate::{Error, Model};

/// The statistical baseline: an integer score per answer, from odds ratios.
///
/// ```text
/// log-odds = offset + scale * sum_j points[j][x_j]
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// Points of each answer, by indicator and code.
    pub points: Vec<Vec<i32>>,
    /// Log-odds of a sum of zero.
    pub offset: f64,
    /// Log-odds that one point adds, above 0.
    pub scale: f64,
}

impl Points {
    /// The sum of a row, as an officer would add it up.
    pub fn sum(&self, row: &[u8]) -> i64 {
        self.points.iter().zip(row).map(|(points, &code)| i64::from(points[usize::from(code)])).sum()
    }

    /// What each answer adds, in log-odds.
    pub fn weights(&self) -> Vec<Vec<f64>> {
        let of = |points: &Vec<i32>| points.iter().map(|&p| self.scale * f64::from(p)).collect();
        self.points.iter().map(of).collect()
    }

    /// The same model as tables of log-odds.
    pub(super) fn additive(&self) -> Additive {
        Additive { intercept: self.offset, weights: self.weights() }
    }

    pub(super) fn check(&self, instrument: &Instrument) -> Result<(), Error> {
        if !(self.scale.is_finite() && self.scale > 0.0) {
            return Err(Error::invalid(
                POINTS,
                format!("scale is {}, expected a number above 0", self.scale),
            ));
        }
        self.additive().check(POINTS, instrument)
    }
}

impl Model for Points {
    fn n_indicators(&self) -> usize {
        self.points.len()
    }

    fn score(&self, row: &[u8]) -> f64 {
        self.offset + self.scale * self.sum(row) as f64
    }
}

/// The additive form: one weight per answer.
///
/// ```text
/// log-odds = intercept + sum_j weights[j][x_j]
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Additive {
    /// Log-odds before any answer.
    pub intercept: f64,
    /// Log-odds that each answer adds, by indicator and code.
    pub weights: Vec<Vec<f64>>,
}

impl Additive {
    /// Refuses tables that do not fit the instrument or are not finite; `family` is whose they are.
    pub(super) fn check(&self, family: &str, instrument: &Instrument) -> Result<(), Error> {
        check_tables(family, self.intercept, &self.weights, instrument)
    }
}

impl Model for Additive {
    fn n_indicators(&self) -> usize {
        self.weights.len()
    }

    fn score(&self, row: &[u8]) -> f64 {
        self.intercept + self.weights.iter().zip(row).map(|(w, &code)| w[usize::from(code)]).sum::<f64>()
    }
}

fn check_tables(
    what: &str,
    intercept: f64,
    tables: &[Vec<f64>],
    instrument: &Instrument,
) -> Result<(), Error> {
    let indicators = instrument.indicators();
    if tables.len() != indicators.len() {
        let problem = format!(
            "{} tables found, expected one for each of {} indicators",
            tables.len(),
            indicators.len()
        );
        return Err(Error::invalid(what, problem));
    }
    for (indicator, table) in indicators.iter().zip(tables) {
        if table.len() != indicator.n_answers() {
            let (id, n) = (&indicator.id, indicator.n_answers());
            return Err(Error::invalid(
                what,
                format!("{} values for indicator `{id}`, expected {n}", table.len()),
            ));
        }
    }
    if !intercept.is_finite() {
        return Err(Error::invalid(what, format!("intercept is {intercept}, expected a finite number")));
    }
    for (indicator, table) in indicators.iter().zip(tables) {
        if let Some((answer, value)) =
            indicator.answers().iter().zip(table).find(|(_, value)| !value.is_finite())
        {
            let problem = format!(
                "answer `{}` to indicator `{}` adds {value}, expected a finite number",
                answer.id, indicator.id
            );
            return Err(Error::invalid(what, problem));
        }
    }
    Ok(())
}
