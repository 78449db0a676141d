//! Where each blend stands on its dial: as the config says, or where rows that no fit has seen lose least.

use amparo_models::artefact::{StackedLoss, StackingRecord};

use crate::bases::BaseScores;
use crate::calibrate::{TwoSlopes, logistic_line, two_slopes};
use crate::config::Position;
use crate::dial::Dial;
use crate::experiment::Pair;
use crate::{Data, Error, Experiment, Losses};

/// What is fitted here, in errors.
const WHAT: &str = "stacking";
/// Steps between the positions that are compared with the chosen one: 0, 0.1, ... 1.
const STEPS: usize = 10;
/// Share of the spread of one score that may be left once the other is taken out, below which the two are one.
const DEPENDENT: f64 = 1e-12;

/// Why no dial is better than another.
const ALIKE: &str = "the log-odds of baseline and candidate differ by a scale and a constant only, so that every dial is as good";
/// Why there is nothing to weigh.
const LEVEL: &str = "the baseline or the candidate gives every row the same score";

/// The dial of every blend, in the order of [`Experiment::blends`].
///
/// `scores` are cross-fitted: each of `rows` is scored by models that did not see its case.
///
/// # Errors
/// [`Error::Candidate`] for the first blend that cannot be stacked.
pub(crate) fn dials(
    experiment: &Experiment,
    data: &Data,
    rows: &[usize],
    scores: &BaseScores,
) -> Result<Vec<Dial>, Error> {
    let n_bases = experiment.config().candidate.len();
    let names = experiment.candidates().into_iter().skip(n_bases);
    let of = |((pair, position), name): ((Pair, Position), String)| match position {
        Position::At(at) => Ok(Dial { at, stacking: None }),
        Position::Stacked => {
            let part = data.part(rows);
            let ends = [part.of(scores.of(pair.baseline)), part.of(scores.of(pair.candidate))];
            let folds = experiment.config().inner_folds as u64;
            stack([&ends[0], &ends[1]], (part.events(), part.weights()), folds, &data.outcome)
                .map_err(Error::of_candidate(&name, "stacked"))
        }
    };
    experiment.blends().zip(names).map(of).collect()
}

/// The dial of least log loss, once slope and intercept of the blend are the best there.
///
/// ```text
/// minimise   sum w_i (softplus(t_i) - y_i t_i)      t_i = u b_i + v c_i + intercept,   u, v >= 0
/// dial     = v / (u + v)                            b, c: cross-fitted log-odds of baseline and candidate
/// ```
/// A blend is `(1 - dial) b + dial c`, and its calibrator fits a slope and an intercept of its own. With slope `u + v` these
/// are all sums with weights that are not negative, so that no weights do better than the best dial. The problem is convex, and the loss along
/// the dial has one valley. One weight at 0 puts the dial at an end.
///
/// DIFFERENCE: Breiman (1996) weighs predictions of a number by least squares, without an intercept. The `StackingClassifier` of scikit-learn weighs
/// probabilities by a logistic regression with a ridge penalty whose weights may be negative, and deals rows to folds; here log-odds are weighed,
/// without a penalty, not below 0, and cases are dealt.
///
/// # Errors
/// [`Error::NoSlope`] if both scores are one, or one of them is constant; [`Error::NotRising`] if neither rises with the outcome;
/// [`Error::NotConverged`], such as where the two together separate the classes.
///
/// # References
/// Wolpert, "Stacked generalization", Neural Networks 5, 1992; Breiman, "Stacked regressions", Machine Learning 24, 1996 (weights that are not
/// negative); van der Laan, Polley and Hubbard, "Super learner", 2007.
fn stack(
    [baseline, candidate]: [&[f64]; 2],
    (events, weights): (&[bool], &[f64]),
    folds: u64,
    outcome: &str,
) -> Result<Dial, Error> {
    if let Some(reason) = not_two(baseline, candidate, weights) {
        return Err(Error::NoSlope { what: WHAT, reason });
    }
    let numbers: Vec<[f64; 2]> = baseline.iter().zip(candidate).map(|(b, c)| [*b, *c]).collect();
    let Some(TwoSlopes { slopes: [u, v], intercept, .. }) = two_slopes(WHAT, &numbers, events, weights)?
    else {
        let slope = logistic_line(candidate, events, weights)?.slope;
        return Err(Error::NotRising {
            what: "the candidate".to_owned(),
            outcome: outcome.to_owned(),
            slope,
        });
    };
    let loss = |[u, v, intercept]: [f64; 3]| {
        let log_odds: Vec<f64> = numbers.iter().map(|[b, c]| u * b + v * c + intercept).collect();
        Losses::of(&log_odds, events, weights).log_loss
    };
    let at = |dial: f64| {
        let blend: Vec<f64> = numbers.iter().map(|[b, c]| (1.0 - dial) * b + dial * c).collect();
        let line = logistic_line(&blend, events, weights)?;
        // A blend that falls with the outcome is of no use: its best slope that is not negative is 0.
        let rate = events.iter().zip(weights).filter(|(e, _)| **e).map(|(_, w)| w).sum::<f64>()
            / weights.iter().sum::<f64>();
        let best = if line.slope > 0.0 {
            [(1.0 - dial) * line.slope, dial * line.slope, line.intercept]
        } else {
            [0.0, 0.0, amparo_models::probability::logit(rate)]
        };
        Ok(StackedLoss { dial, log_loss: loss(best) })
    };
    let compared = (0..=STEPS).map(|step| at(step as f64 / STEPS as f64));
    let record = StackingRecord {
        folds,
        baseline: u,
        candidate: v,
        intercept,
        log_loss: loss([u, v, intercept]),
        compared: compared.collect::<Result<_, Error>>()?,
    };
    Ok(Dial { at: v / (u + v), stacking: Some(record) })
}

/// Why two scores are not two: one is constant, or a line of the other.
fn not_two(one: &[f64], other: &[f64], weights: &[f64]) -> Option<&'static str> {
    let total: f64 = weights.iter().sum();
    let mean = |x: &[f64]| x.iter().zip(weights).map(|(x, w)| w * x).sum::<f64>() / total;
    let (a, b) = (mean(one), mean(other));
    let product = |x: &[f64], y: &[f64], [a, b]: [f64; 2]| {
        x.iter().zip(y).zip(weights).map(|((x, y), w)| w * (x - a) * (y - b)).sum::<f64>() / total
    };
    let [of_one, of_other, both] =
        [product(one, one, [a, a]), product(other, other, [b, b]), product(one, other, [a, b])];
    if !(of_one > 0.0 && of_other > 0.0) {
        return Some(LEVEL);
    }
    let left = 1.0 - both * both / (of_one * of_other);
    (left <= DEPENDENT).then_some(ALIKE)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
