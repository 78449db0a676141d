//! What a person chooses about optimal points.

use std::collections::BTreeMap;

use amparo_datasets::{Indicator, Instrument, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::boosting::Order;

/// How large a card may be.
///
/// A *line* of a card gives points to an answer: to each known answer to a graded indicator with all answers after it ("severe or
/// worse: 2 points"), to `unknown`, or to one answer to a neutral indicator. The first answer to an indicator has no points.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `lines` | 1 to 100 | most lines |
/// | `largest` | 1 to 100 | most points of a line, above or below 0 |
/// | `indicators` | 1 or more; without it any | most indicators with lines |
/// | `in_force` | [`InForce`]; may be left out | the card in force, and how far from it |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimalPointsParams {
    /// Most lines.
    pub lines: usize,
    /// Most points of a line.
    pub largest: i32,
    /// Most indicators with lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicators: Option<usize>,
    /// The card in force, and how far from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<InForce>,
}

/// The card in force, and how far a new one may differ from it.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `changes` | 1 or more | most answers whose points differ |
/// | `by` | 1 or more | most points that one of them differs by |
/// | `points` | | points of each answer, by indicator and answer; 0 where nothing stands |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InForce {
    /// Most answers whose points differ.
    pub changes: usize,
    /// Most points that one of them differs by.
    pub by: i32,
    /// Points of each answer, by indicator and answer.
    pub points: BTreeMap<String, BTreeMap<String, i32>>,
}

impl OptimalPointsParams {
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
        expect((1..=100).contains(&self.lines), "lines", self.lines.to_string(), "1 to 100");
        expect((1..=100).contains(&self.largest), "largest", self.largest.to_string(), "1 to 100");
        if let Some(indicators) = self.indicators {
            expect(indicators >= 1, "indicators", indicators.to_string(), "1 or more");
        }
        if let Some(InForce { changes, by, .. }) = &self.in_force {
            expect(*changes >= 1, "in_force.changes", changes.to_string(), "1 or more");
            expect(*by >= 1, "in_force.by", by.to_string(), "1 or more");
        }
        if problems.0.is_empty() { Ok(()) } else { Err(Error::Config(problems)) }
    }
}

impl InForce {
    /// The points of each answer, by indicator and code; everything that does not fit the form is noted.
    pub(super) fn tables(
        &self,
        form: &Instrument,
        orders: &[Order],
        problems: &mut Problems,
    ) -> Vec<Vec<i32>> {
        let mut noted = |message: String| problems.push(Problem::new("in_force.points", message));
        let mut tables: Vec<Vec<i32>> = form.indicators().iter().map(|i| vec![0; i.n_answers()]).collect();
        for (id, of_answers) in &self.points {
            let Some(j) = form.position(id) else {
                noted(format!(
                    "`in_force.points`: indicator `{id}` is not on form `{}`, or nothing is fitted on it (`leave_out`)",
                    form.id()
                ));
                continue;
            };
            let indicator = &form.indicators()[j];
            for (answer, &points) in of_answers {
                match indicator.answers().iter().position(|known| known.id == *answer) {
                    Some(0) if points != 0 => noted(format!(
                        "`in_force.points`: answer `{answer}` to indicator `{id}` has {points} points, expected 0: points count from \
                         the first answer"
                    )),
                    Some(_) if points.unsigned_abs() > 10_000 => noted(format!(
                        "`in_force.points`: answer `{answer}` to indicator `{id}` has {points} points, expected -10000 to 10000"
                    )),
                    Some(code) => tables[j][code] = points,
                    None => {
                        let known: Vec<&str> = indicator.answers().iter().map(|a| a.id.as_str()).collect();
                        noted(format!(
                            "`in_force.points`: answer `{answer}` to indicator `{id}` is none of {}",
                            known.join(", ")
                        ));
                    }
                }
            }
            if let Some(message) = against_direction(indicator, &tables[j], orders[j]) {
                noted(message);
            }
        }
        tables
    }
}

/// What to say of a table that does not go the declared way.
fn against_direction(indicator: &Indicator, table: &[i32], order: Order) -> Option<String> {
    let (sign, declared, expected) = match order {
        Order::Subsets | Order::Graded => return None,
        Order::Rising => (1, "risk", "no fewer"),
        Order::Falling => (-1, "protective", "no more"),
    };
    let known = &table[..indicator.n_known()];
    let at = known.windows(2).position(|pair| sign * (pair[1] - pair[0]) < 0)?;
    let answers = indicator.answers();
    Some(format!(
        "`in_force.points`: {declared} indicator `{}` has {} points for `{}` and {} for `{}` after it, expected {expected}; \
         `not_monotone` lifts the direction",
        indicator.id,
        known[at],
        answers[at].id,
        known[at + 1],
        answers[at + 1].id
    ))
}
