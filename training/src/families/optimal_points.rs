//! Optimal points: a short card of whole points with the least log loss.

use std::sync::Arc;

use amparo_datasets::{Instrument, Problem, Problems};
use amparo_models::{Model, Points, Scorer};
use rayon::prelude::*;

use super::Family;
use super::elastic_net::unpenalised;
use super::points::scaled;
use crate::boosting::Order;
use crate::{Error, Fit, Learn, Losses, Noted, TrainingSet};
use exchange::{Card, Judge};
use kinds::Kinds;
use limits::{Limits, Missed, Near};
use lines::Lines;
pub use params::{InForce, OptimalPointsParams};
use sums::Worth;

mod beam;
mod exchange;
mod kinds;
mod limits;
mod lines;
mod params;
mod rounding;
mod sums;
mod support;

/// Optimal points; as they are stored as points, they can be the baseline of a hybrid.
pub const FAMILY: Family = Family {
    name: "optimal_points",
    read: |settings| Ok(Arc::new(OptimalPointsFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// Cards that the local search keeps.
const WIDTH: usize = 3;

/// Checked [`OptimalPointsParams`] with the indicators whose direction is not enforced.
///
/// ```text
/// minimise  (1/n) sum_i w_i (softplus(s_i) - y_i s_i)          s_i = offset + scale * sum_l points_l x_il      weights w_i with mean 1
/// over      offset, scale > 0, whole points_l                   x_il: 1 where line l holds in row i
/// subject to |points_l| <= largest; points_l >= 0 for steps of risk, <= 0 for steps of protective indicators (unless declared not monotone);
///           at most `lines` of them not 0, of at most `indicators` indicators; no further from the card in force than allowed
/// ```
/// In the manner of FasterRisk: lines are chosen by a beam search of sparse logistic regressions, each fitted by coordinate descent on
/// quadratic models of the loss within the directions; supports that differ from the best one by one line join the pool; each is
/// multiplied by several numbers and rounded one line at a time by an auxiliary loss that bounds what rounding costs; and the card of
/// least log loss is taken.
///
/// DIFFERENCE to FasterRisk: offset and scale are real numbers, fitted anew for each card, where FasterRisk rounds the intercept and
/// takes the scale from a grid. A local search by exact losses goes on from the best rounded cards until no card near them is
/// better. It is cheap because the rows count by answer and sum of points only. With a card in force the local search begins there.
///
/// The search is not exhaustive. How far the card can be from the best one at most is known from
/// [`OptimalPointsFit::relaxed_log_loss`], which no card is below. Sums are taken in one order, so that the result does not depend on the
/// number of threads.
///
/// # Errors
/// [`Error::Config`] if the card in force does not fit the form, or does not keep to the limits itself; [`Error::NotRising`] if the sum of
/// points falls with the outcome, which only a card in force can; [`Error::NoSlope`] if a card separates events from the rest.
///
/// # References
/// Liu, Zhong, Li, Seltzer and Rudin, "FasterRisk: fast and accurate interpretable risk scores", NeurIPS 2022.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimalPointsFit {
    params: OptimalPointsParams,
    exempt: Vec<String>,
}

impl OptimalPointsFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn new(params: &OptimalPointsParams, exempt: &[String]) -> Result<Self, Error> {
        params.check()?;
        Ok(Self { params: params.clone(), exempt: exempt.to_vec() })
    }

    /// The least mean log loss that any numbers for answers have on these rows, whole or not, on any number of lines, in the
    /// declared directions. Weights as in [`Losses`].
    ///
    /// Any numbers can be multiplied until they fit into `largest`, for a point may be worth as little as one likes: that limit does not
    /// bind here.
    ///
    /// # Errors
    /// [`Error::NotConverged`].
    pub fn relaxed_log_loss(&self, set: &TrainingSet) -> Result<f64, Error> {
        let form = set.answers().instrument();
        let lines = Lines::new(form, &Order::all(form, &self.exempt));
        let tables = unpenalised(set, &lines.columns)?;
        Ok(log_loss(&tables, set))
    }

    /// The lines of the form and the limits of a card.
    fn limits(&self, form: &Instrument) -> Result<(Lines, Limits), Error> {
        let orders = Order::all(form, &self.exempt);
        let lines = Lines::new(form, &orders);
        let OptimalPointsParams { lines: most, largest, indicators, in_force } = &self.params;
        let mut problems = Problems::default();
        let in_force = in_force.as_ref().map(|given| {
            let tables = given.tables(form, &orders, &mut problems);
            Near { points: lines.points(&tables), tables, changes: given.changes, by: given.by }
        });
        let limits = Limits {
            lines: *most,
            largest: *largest,
            indicators: indicators.unwrap_or(usize::MAX),
            in_force,
        };
        // A card that does not fit the form has been found fault with already.
        if let Some(near) = limits.in_force.as_ref().filter(|_| problems.0.is_empty()) {
            for missed in limits.missed_by(&lines, &near.points) {
                problems.push(problem(missed, &near.points, &lines, &limits, form));
            }
        }
        if problems.0.is_empty() { Ok((lines, limits)) } else { Err(Error::Config(problems)) }
    }
}

/// What to say of a card in force that does not keep to a limit.
fn problem(missed: Missed, points: &[i32], lines: &Lines, limits: &Limits, form: &Instrument) -> Problem {
    let (field, found) = match missed {
        Missed::Lines(n) => ("lines", format!("has {n} lines, expected at most `lines` = {}", limits.lines)),
        Missed::Indicators(n) => (
            "indicators",
            format!("has lines of {n} indicators, expected at most `indicators` = {}", limits.indicators),
        ),
        Missed::Largest(line) => {
            let indicator = &form.indicators()[lines.indicator[line]];
            let first = lines.holds[line].iter().position(|holds| *holds).unwrap_or(0);
            let message = format!(
                "gives {} points in the line of answer `{}` to indicator `{}`, expected at most `largest` = {}",
                points[line],
                indicator.answers()[first].id,
                indicator.id,
                limits.largest
            );
            ("largest", message)
        }
        Missed::InForce => ("in_force", "differs from itself".to_owned()),
    };
    Problem::new(field, format!("`in_force`: the card in force {found}"))
}

fn log_loss(model: &impl Model, set: &TrainingSet) -> f64 {
    let scores: Vec<f64> = set.answers().rows().map(|row| model.score(row)).collect();
    Losses::of(&scores, set.events(), set.weights()).log_loss
}

impl Fit for OptimalPointsFit {
    type Model = Points;

    fn fit(&self, set: &TrainingSet) -> Result<Points, Error> {
        let (lines, limits) = self.limits(set.answers().instrument())?;
        let kinds = Kinds::new(set);
        let judge = Judge { kinds: &kinds, lines: &lines, limits: &limits };
        let mut starts = match &limits.in_force {
            Some(near) => vec![near.points.clone()],
            None => rounded_cards(&judge),
        };
        if starts.is_empty() {
            starts.push(vec![0; lines.n()]);
        }
        let card = judge.best_near(starts.into_iter().map(|points| judge.card(points)).collect(), WIDTH);
        scaled(lines.tables(&card.points), 1.0, false, set)
    }
}

/// The best cards of rounded supports, which keep to the limits.
fn rounded_cards(judge: &Judge<'_>) -> Vec<Vec<i32>> {
    let pool = beam::pool(judge.kinds, judge.lines, judge.limits);
    let of_support = |support: &beam::Support| {
        let cards = rounding::rounded(support, judge.limits.largest).into_iter();
        let cards = cards.filter_map(|of_lines| {
            let mut points = vec![0; judge.lines.n()];
            support.patterns.lines.iter().zip(of_lines).for_each(|(&line, of_line)| points[line] = of_line);
            let worth = support.patterns.sums(&points).worth(Worth::unknown(judge.kinds))?;
            Some(Card { points, worth })
        });
        cards.min_by(|a, b| a.worth.loss.total_cmp(&b.worth.loss))
    };
    let mut cards: Vec<Card> = pool.par_iter().filter_map(of_support).collect();
    Card::keep_least(&mut cards, WIDTH);
    cards.into_iter().map(|card| card.points).collect()
}

impl Learn for OptimalPointsFit {
    fn check(&self, form: &Instrument) -> Result<(), Error> {
        self.limits(form).map(|_| ())
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(self.fit(set)?.into())
    }

    fn learn_with_notes(&self, set: &TrainingSet) -> Result<(Scorer, Noted), Error> {
        let fitted = self.learn(set)?;
        let (found, least) = (log_loss(&fitted, set), self.relaxed_log_loss(set)?);
        let gap = format!(
            "The points have a mean log loss of {found:.6} on the rows that they were fitted on. No numbers for answers in the declared \
             directions, whole or not and as many as one likes, have one below {least:.6} there: the gap is {:.6}",
            found - least
        );
        Ok((fitted, vec![gap].into()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
