//! A scorecard as it is written, and as tables.

use std::collections::HashMap;

use serde::Deserialize;

use super::Value;
use crate::Error;
use crate::foreign::{Arithmetic, Axis, Derived, ForeignModel, Origin, Scale, Term, Test};
use crate::json::shortened;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Card {
    pub intercept: f64,
    pub multiplier: f64,
    pub points: Vec<Row>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub column: String,
    pub below: Option<f64>,
    pub at_most: Option<f64>,
    pub above: Option<f64>,
    pub at_least: Option<f64>,
    pub equals: Option<Equals>,
    pub missing: Option<bool>,
    pub per_unit: Option<f64>,
    pub points: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`equals` is a number or a text")]
pub(super) enum Equals {
    Number(f64),
    Text(String),
    /// A field of a CSV, where a text that reads as a number may be either.
    #[serde(skip)]
    Either(f64, String),
}

impl Card {
    pub(super) fn model(self, format: &'static str) -> Result<ForeignModel, Error> {
        if !(self.multiplier.is_finite() && self.multiplier > 0.0) {
            let found = format!("`{}`", self.multiplier);
            return Err(Error::malformed(format, "multiplier", found, "a finite number above 0"));
        }
        let scaled = |points: f64, place: &str| {
            let scaled = points / self.multiplier;
            let error =
                || Error::malformed(format, place, format!("`{points}`"), "a finite number of points");
            if scaled.is_finite() { Ok(scaled) } else { Err(error()) }
        };
        let base = scaled(self.intercept, "intercept")?;
        if self.points.is_empty() {
            return Err(Error::malformed(format, "points", "no row", "at least one"));
        }
        let mut columns: Vec<String> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut terms = Vec::new();
        for (i, row) in self.points.into_iter().enumerate() {
            let place = format!("row {} of points, column `{}`", i + 1, shortened(&row.column));
            let column = *places.entry(row.column.clone()).or_insert_with(|| {
                columns.push(row.column.clone());
                columns.len() - 1
            });
            terms.push(row.term(
                column,
                &|found, expected| Error::malformed(format, &place, found, expected),
                &|x| scaled(x, &place),
            )?);
        }
        Ok(ForeignModel {
            origin: Origin { format, program: None, notes: Vec::new() },
            columns: Derived::plain(columns.len()),
            inputs: columns,
            base,
            terms,
            scale: Scale::LogOdds,
            arithmetic: Arithmetic::Double,
        })
    }
}

impl Row {
    fn term(
        self,
        column: usize,
        wrong: &dyn Fn(&str, &str) -> Error,
        scaled: &dyn Fn(f64) -> Result<f64, Error>,
    ) -> Result<Term, Error> {
        let bounds = [self.below, self.at_most, self.above, self.at_least];
        let n_tests = usize::from(bounds.iter().any(Option::is_some))
            + usize::from(self.equals.is_some())
            + usize::from(self.missing.is_some());
        if let Some(unit) = self.per_unit {
            if n_tests > 0 || self.points.is_some() {
                return Err(wrong("`per_unit` beside a test or `points`", "either"));
            }
            return Ok(Term::Linear { column, coefficient: scaled(unit)?, missing: Some(0.0) });
        }
        let points = scaled(self.points.ok_or_else(|| wrong("no points", "`points` or `per_unit`"))?)?;
        if n_tests != 1 {
            let found = format!("{n_tests} tests");
            return Err(wrong(&found, "`equals`, `missing`, or a bound below, above, or both"));
        }
        let holds = match (self.equals, self.missing) {
            (Some(equals), _) => {
                let values = match equals {
                    Equals::Number(x) if x.is_finite() => vec![Value::Number(x)],
                    Equals::Number(_) => {
                        return Err(wrong("`equals` of a number that is not finite", "a number"));
                    }
                    Equals::Text(text) => vec![Value::Text(text)],
                    Equals::Either(x, text) => vec![Value::Number(x), Value::Text(text)],
                };
                vec![(Test::OneOf { values, missing: false }, 1), (Test::Always, 0)]
            }
            (_, Some(true)) => vec![(Test::IsMissing, 1), (Test::Always, 0)],
            (_, Some(false)) => return Err(wrong("`missing = false`", "`missing = true`, or another test")),
            _ => interval(bounds, wrong)?,
        };
        Ok(Term::Table { axes: vec![Axis { column, n_bins: 2, tests: holds }], values: vec![0.0, points] })
    }
}

/// Bin 1 for numbers between the bounds, bin 0 for others and for a missing one.
fn interval(
    bounds: [Option<f64>; 4],
    wrong: &dyn Fn(&str, &str) -> Error,
) -> Result<Vec<(Test, usize)>, Error> {
    if bounds.iter().flatten().any(|bound| !bound.is_finite()) {
        return Err(wrong("a bound that is not finite", "a number, or no bound"));
    }
    let missing = false;
    let below = |threshold| Test::Below { threshold, missing };
    let at_most = |threshold| Test::AtMost { threshold, missing };
    let [less, at_most_, above, at_least] = bounds;
    let mut tests = vec![(Test::IsMissing, 0)];
    let lower = match (above, at_least) {
        (Some(_), Some(_)) => return Err(wrong("`above` and `at_least`", "one lower bound")),
        (Some(bound), None) => Some((bound, at_most(bound))),
        (None, Some(bound)) => Some((bound, below(bound))),
        (None, None) => None,
    };
    let upper = match (less, at_most_) {
        (Some(_), Some(_)) => return Err(wrong("`below` and `at_most`", "one upper bound")),
        (Some(bound), None) => Some((bound, below(bound))),
        (None, Some(bound)) => Some((bound, at_most(bound))),
        (None, None) => None,
    };
    if let (Some((lower, _)), Some((upper, _))) = (&lower, &upper)
        && (lower > upper || (lower.total_cmp(upper).is_eq() && (above.is_some() || less.is_some())))
    {
        return Err(wrong("an interval that holds no number", "a lower bound below the upper one"));
    }
    tests.extend(lower.map(|(_, test)| (test, 0)));
    match upper {
        Some((_, test)) => tests.extend([(test, 1), (Test::Always, 0)]),
        None => tests.push((Test::Always, 1)),
    }
    Ok(tests)
}
