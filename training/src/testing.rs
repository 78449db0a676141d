//! What the tests of this crate share: a small form, training sets that a Python oracle can draw alike, and a ranking measure.

use std::sync::Arc;

use amparo_datasets::testing::{self as datasets, Question, Scale};
use amparo_datasets::{Answers, Classes, Cohort, CohortParts, Instrument, Polarity, Status};
use amparo_models::scorer::Tree;

use crate::config::Position;
use crate::dial::Dial;
use crate::{Data, Experiment, TrainingSet};

/// Number of leaves whose path asks for indicators that stand in none of the sets together.
pub(crate) fn mixed(trees: &[Tree], sets: &[Vec<usize>]) -> usize {
    let leaves = trees.iter().flat_map(Tree::leaves);
    leaves.filter(|leaf| !sets.iter().any(|set| leaf.path.keys().all(|j| set.contains(j)))).count()
}

/// The name of the outcome of every cohort here.
pub(crate) const OUTCOME: &str = "again";

/// SplitMix64's mixing of a number: the same draws in Rust and Python.
///
/// ```text
/// M = (1 << 64) - 1
/// def h(i):
///     z = (i + 0x9E3779B97F4A7C15) & M
///     z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
///     z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
///     return z ^ (z >> 31)
/// def u(i): return (h(i) >> 11) / 2**53
/// ```
pub(crate) fn uniform(i: usize) -> f64 {
    let z = (i as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A form with one question per entry: number of known answers and polarity. Ids are `Q1`, `Q2`, ...
pub(crate) fn form(questions: &[(usize, &str)]) -> Arc<Instrument> {
    let question = |(at, (n, polarity)): (usize, &(usize, &str))| {
        let polarity = match *polarity {
            "risk" => Polarity::Risk,
            "protective" => Polarity::Protective,
            "neutral" => Polarity::Neutral,
            other => panic!("`{other}` is no polarity"),
        };
        Question::new(&format!("Q{}", at + 1), polarity, Scale::of(*n))
    };
    datasets::instrument("small", &questions.iter().enumerate().map(question).collect::<Vec<_>>())
}

/// Labelled rows of a form; row `i` belongs to case `cases[i]`.
pub(crate) fn data(
    form: &Arc<Instrument>,
    rows: &[Vec<u8>],
    events: &[bool],
    weights: &[f64],
    cases: &[usize],
) -> Data {
    Data::new(&cohort(form, rows, events, weights, cases), OUTCOME).unwrap()
}

/// The cohort behind [`data`].
pub(crate) fn cohort(
    form: &Arc<Instrument>,
    rows: &[Vec<u8>],
    events: &[bool],
    weights: &[f64],
    cases: &[usize],
) -> Cohort {
    let status = events.iter().map(|&e| if e { Status::Event } else { Status::NoEvent }).collect();
    let answers = Answers::from_codes(Arc::clone(form), rows.concat()).unwrap();
    let cases = cases.iter().map(|case| format!("c{case}")).collect();
    let parts = datasets::one_outcome(answers, cases, OUTCOME, status);
    Cohort::new(CohortParts { weights: weights.to_vec(), ..parts }).unwrap()
}

/// A cohort whose rows were followed for some days, at the end of which the event happened or not; it counts within the horizon.
pub(crate) fn followed_cohort(
    form: &Arc<Instrument>,
    rows: &[Vec<u8>],
    times: &[(f64, bool)],
    (horizon, weights, cases): (u32, &[f64], &[usize]),
) -> Cohort {
    let status = |&(day, happened): &(f64, bool)| match (day <= f64::from(horizon), happened) {
        (true, true) => Status::Event,
        (true, false) if day < f64::from(horizon) => Status::Censored,
        _ => Status::NoEvent,
    };
    let answers = Answers::from_codes(Arc::clone(form), rows.concat()).unwrap();
    let cases = cases.iter().map(|case| format!("c{case}")).collect();
    let mut parts = datasets::one_outcome(answers, cases, OUTCOME, times.iter().map(status).collect());
    parts.outcomes[0].horizon_days = Some(horizon);
    parts.outcomes[0].days = Some(times.iter().map(|(day, _)| *day).collect());
    Cohort::new(CohortParts { weights: weights.to_vec(), ..parts }).unwrap()
}

/// All labelled rows of [`followed_cohort`] as a training set, with the censored ones; each row is a case of its own.
pub(crate) fn followed_set(
    form: &Arc<Instrument>,
    rows: &[Vec<u8>],
    times: &[(f64, bool)],
    horizon: u32,
    weights: &[f64],
) -> TrainingSet {
    let cases: Vec<usize> = (0..rows.len()).collect();
    let cohort = followed_cohort(form, rows, times, (horizon, weights, &cases));
    let data = Data::new(&cohort, OUTCOME).unwrap();
    TrainingSet::new(&data, &(0..data.n_rows()).collect::<Vec<_>>(), "the test").unwrap()
}

/// Questions of the same form as [`drawn`] with times: an exponential one to the event, whose hazard the answers multiply, in whole days so that many are
/// tied, and another one to the end of follow-up. The Python oracles draw them too.
pub(crate) fn drawn_times(polarities: [&str; 4], n: usize, horizon: u32) -> TrainingSet {
    let set = drawn(polarities, n);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let time = |(i, row): (usize, &Vec<u8>)| {
        let is = |question: usize, code: u8| f64::from(u8::from(row[question] == code));
        let graded = if row[1] < 3 { 0.4 * f64::from(row[1]) } else { 0.0 };
        let rate = 0.02 * (0.7 * is(0, 1) + graded + 0.5 * is(3, 1) - 0.3 * is(2, 1)).exp();
        let event = (-(uniform(i * 10 + 5).ln()) / rate).ceil();
        let end = (60.0 * uniform(i * 10 + 6)).ceil();
        (event.min(end), event <= end)
    };
    let times: Vec<(f64, bool)> = rows.iter().enumerate().map(time).collect();
    followed_set(set.answers().instrument(), &rows, &times, horizon, set.weights())
}

/// A cohort of rows with classes among as many as there are names; the event is the class `from` or above, also of rows whose class is not known (told by
/// the second entry).
pub(crate) fn classed_cohort(
    form: &Arc<Instrument>,
    rows: &[Vec<u8>],
    classes: &[(u8, bool)],
    (ids, from, weights): (&[&str], u8, &[f64]),
) -> Cohort {
    let events: Vec<bool> = classes.iter().map(|(class, _)| *class >= from).collect();
    let status = events.iter().map(|&e| if e { Status::Event } else { Status::NoEvent }).collect();
    let answers = Answers::from_codes(Arc::clone(form), rows.concat()).unwrap();
    let cases = (0..rows.len()).map(|case| format!("c{case}")).collect();
    let mut parts = datasets::one_outcome(answers, cases, OUTCOME, status);
    let codes = classes.iter().map(|(class, is_known)| is_known.then_some(*class)).collect();
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    parts.outcomes[0].classes = Some(Classes { ids, from, codes });
    Cohort::new(CohortParts { weights: weights.to_vec(), ..parts }).unwrap()
}

/// The names of the classes of [`drawn_classes`].
pub(crate) const CLASSES: [&str; 4] = ["none", "injury", "grave", "killed"];

/// Where each class of [`drawn_classes`] but the lowest begins.
pub(crate) const BEGIN: [f64; 3] = [-0.4, 0.8, 2.0];

/// Questions of the same form as [`drawn`] with classes of proportional odds; the class of one row in ten is not known. The Python oracles draw them too.
///
/// ```text
/// f = 0.7 * (a == 1) + (0.4 * b if b < 3 else 0) + 0.5 * (d == 1) - 0.3 * (c == 1)
/// class = number of t in BEGIN with f + logit(u(i * 10 + 5)) >= t       known if u(i * 10 + 6) >= 0.1
/// ```
pub(crate) fn drawn_classes(polarities: [&str; 4], n: usize, from: u8) -> TrainingSet {
    let set = drawn(polarities, n);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let class = |(i, row): (usize, &Vec<u8>)| {
        let is = |question: usize, code: u8| f64::from(u8::from(row[question] == code));
        let graded = if row[1] < 3 { 0.4 * f64::from(row[1]) } else { 0.0 };
        let drawn = uniform(i * 10 + 5);
        let latent = 0.7 * is(0, 1) + graded + 0.5 * is(3, 1) - 0.3 * is(2, 1) + (drawn / (1.0 - drawn)).ln();
        (BEGIN.iter().filter(|t| latent >= **t).count() as u8, uniform(i * 10 + 6) >= 0.1)
    };
    let classes: Vec<(u8, bool)> = rows.iter().enumerate().map(class).collect();
    let cohort = classed_cohort(set.answers().instrument(), &rows, &classes, (&CLASSES, from, set.weights()));
    let data = Data::new(&cohort, OUTCOME).unwrap();
    TrainingSet::new(&data, &(0..n).collect::<Vec<_>>(), "the test").unwrap()
}

/// All rows of [`data`] as a training set, each a case of its own.
pub(crate) fn training_set(
    form: &Arc<Instrument>,
    rows: &[Vec<u8>],
    events: &[bool],
    weights: &[f64],
) -> TrainingSet {
    let all: Vec<usize> = (0..rows.len()).collect();
    TrainingSet::new(&data(form, rows, events, weights, &all), &all, "the test").unwrap()
}

/// The training set that the Python oracles draw too (`n` = 400 there): questions of 2, 3, 2 and 3 known answers, all of them
/// with `unknown`, and weights from 0.5 to 2.5.
///
/// ```text
/// N = [3, 4, 3, 4]
/// X[i][j] = int(u(i * 10 + j) * N[j])      w[i] = 0.5 + 2 * u(i * 10 + 8)
/// a, b, c, d = X[i]
/// p = 0.1 + 0.2 * (a == 1) + (0.1 * b if b < 3 else 0) + 0.15 * (d == 1) - 0.05 * (c == 1)
/// y[i] = u(i * 10 + 9) < p
/// ```
pub(crate) fn drawn(polarities: [&str; 4], n: usize) -> TrainingSet {
    let form = form(&[(2, polarities[0]), (3, polarities[1]), (2, polarities[2]), (3, polarities[3])]);
    let answers = [3.0, 4.0, 3.0, 4.0];
    let row = |i: usize| (0..4).map(|j| (uniform(i * 10 + j) * answers[j]) as u8).collect::<Vec<u8>>();
    let rows: Vec<Vec<u8>> = (0..n).map(row).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + 2.0 * uniform(i * 10 + 8)).collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        let is = |question: usize, code: u8| f64::from(u8::from(row[question] == code));
        let graded = if row[1] < 3 { 0.1 * f64::from(row[1]) } else { 0.0 };
        uniform(i * 10 + 9) < 0.1 + 0.2 * is(0, 1) + graded + 0.15 * is(3, 1) - 0.05 * is(2, 1)
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    training_set(&form, &rows, &events, &weights)
}

/// An experiment with a candidate of each family on a form of this module; `boosted` holds the lines of its parameters,
/// `calibration` and `hybrid` stand as in the file.
pub(crate) fn experiment(boosted: &str, calibration: &str, hybrid: &str) -> Experiment {
    let text = format!(
        "name = \"small\"\ninstrument = \"small\"\nprotocol = \"none\"\noutcome = \"{OUTCOME}\"\nseed = 11\n\
         inner_folds = 5\nleast_rows = 1\ncalibration = \"{calibration}\"\nholdout = {{ kind = \"cross_fit\", folds = 5, repeats = 2 }}\n\
         [[candidate]]\nname = \"points\"\nfamily = \"points\"\nunit = 0.1\n\
         [[candidate]]\nname = \"logistic\"\nfamily = \"logistic\"\nl2 = 1.0\n\
         [[candidate]]\nname = \"boosted\"\nfamily = \"boosted\"\n{boosted}\n{hybrid}"
    );
    Experiment::from_toml(&text).unwrap()
}

/// The dials of an experiment in which none is stacked.
pub(crate) fn fixed(experiment: &Experiment) -> Vec<Dial> {
    let at = |position| match position {
        Position::At(at) => Dial { at, stacking: None },
        Position::Stacked => panic!("a stacked blend"),
    };
    experiment.blends().map(|(_, position)| at(position)).collect()
}

/// Whether max |found - expected| <= tolerance; false for NaN and for other lengths.
pub(crate) fn close(found: &[f64], expected: &[f64], tolerance: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() <= tolerance)
}

/// Share of (event, non-event) pairs that the scores rank right, ties counting half. By counting all pairs.
pub(crate) fn auc(scores: &[f64], events: &[bool]) -> f64 {
    let of = |wanted: bool| scores.iter().zip(events).filter(move |(_, e)| **e == wanted).map(|(s, _)| *s);
    let (mut right, mut pairs) = (0.0, 0.0);
    for with in of(true) {
        for without in of(false) {
            pairs += 1.0;
            right += if with > without {
                1.0
            } else if with < without {
                0.0
            } else {
                0.5
            };
        }
    }
    right / pairs
}
