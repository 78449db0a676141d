//! How much each part of the form weighs, and whether that is enough.

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::definitions::Text;
use crate::error::Error;
use crate::estimate::{measured, small};
use crate::input::Input;
use crate::measure::Measure;
use crate::reason::{Reason, SmallCell};

/// Two-sided 95 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// What each indicator added to each case, with what was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushes {
    /// Ids of the indicators.
    pub indicators: Vec<String>,
    /// Values in log-odds, a case after the other, one an indicator.
    pub values: Vec<f64>,
    /// Whether the answer says that the indicator is there (neither absent nor unknown), likewise.
    pub present: Vec<bool>,
    /// Probability of each row of the input, in [0, 1].
    pub probability: Vec<f64>,
    /// What is asked about: a name and the positions of its indicators; a position may be in several.
    pub topics: Vec<(Text, Vec<usize>)>,
}

/// One topic: a factor of the form, or indicators chosen by whoever asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorRow {
    /// Its name.
    pub name: Text,
    /// Ids of its indicators.
    pub indicators: Vec<String>,
    /// Share of rows with at least one of them there.
    pub frequency: Measure,
    /// Its part of all that the indicators move: `sum w |value|` of its indicators over that of all, in [0, 1].
    pub share: Measure,
    /// Mean of the sum of its values among rows with at least one of them there, in log-odds.
    pub push: Measure,
    /// Observed over expected events among those rows: above 1, the topic weighs too little.
    pub observed_expected: Measure,
}

/// Contributions over a population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factors {
    /// One row a topic, in the order given.
    pub rows: Vec<FactorRow>,
}

/// Contribution of each topic over the rows of an input, and calibration where it is present.
///
/// The rows of `input` may stand for the cases of `pushes` several times over (repeated cross-fitting). Every number is a ratio
/// of two weighted sums; its interval is `ratio +- 1.96 se` with the linearised standard error by case:
/// ```text
/// se^2 = sum over cases of (sum over its rows of w (a - ratio b))^2 / (sum of w b)^2
/// ```
/// It takes the version as given: it does not cover the choice of its training rows.
///
/// # Errors
/// [`Error::Invalid`] with every problem: lengths, numbers that are not finite, positions that are no indicator.
///
/// # References
/// Cochran, Sampling Techniques, 3rd edition, 1977, chapter 6.
pub fn factors(input: &Input, pushes: &Pushes, settings: Settings) -> Result<Factors, Error> {
    let problems = problems(input, pushes);
    if !problems.is_empty() {
        return Err(Error::Invalid { what: "contributions", problems });
    }
    let p = pushes.indicators.len();
    let all: Vec<f64> = pushes.values.chunks(p).map(|values| values.iter().map(|v| v.abs()).sum()).collect();
    let rows = pushes.topics.iter().map(|(name, positions)| {
        let of = |row: usize| row % all.len();
        let sum = |row: usize, term: &dyn Fn(f64) -> f64| {
            positions.iter().map(|j| term(pushes.values[of(row) * p + j])).sum::<f64>()
        };
        let there = |row: usize| positions.iter().any(|j| pushes.present[of(row) * p + j]);
        let count = |row: usize| if there(row) { 1.0 } else { 0.0 };
        let happened = |row: usize| if input.columns().y[row] { 1.0 } else { 0.0 };
        let ratio =
            |a: &dyn Fn(usize) -> f64,
             b: &dyn Fn(usize) -> f64,
             among: &dyn Fn(usize) -> bool,
             events: bool| { ratio(input, a, b, among, events, settings.smallest_cell) };
        let k = settings.smallest_cell;
        let with = (0..all.len()).filter(|row| there(*row)).count() as u64;
        let of_rows = SmallCell::RowsWithOrWithoutIndicator;
        let without = all.len() as u64 - with;
        let hidden = small(k, [], [(with as f64, of_rows), (without as f64, of_rows)]);
        let shown = |measure: Measure| hidden.map_or(measure, Measure::undefined);
        FactorRow {
            name: name.clone(),
            indicators: positions.iter().map(|j| pushes.indicators[*j].clone()).collect(),
            frequency: shown(ratio(&count, &|_| 1.0, &|_| true, false)),
            share: shown(ratio(&|row| sum(row, &f64::abs), &|row| all[of(row)], &|_| true, false)),
            push: ratio(&|row| sum(row, &|v| v), &|_| 1.0, &there, false),
            observed_expected: ratio(&happened, &|row| pushes.probability[row], &there, true),
        }
    });
    Ok(Factors { rows: rows.collect() })
}

/// `sum w a / sum w b` over the rows `among`; suppressed under `k` rows, or under `k` of either outcome if it is about events.
fn ratio(
    input: &Input,
    a: &dyn Fn(usize) -> f64,
    b: &dyn Fn(usize) -> f64,
    among: &dyn Fn(usize) -> bool,
    about_events: bool,
    k: u64,
) -> Measure {
    let columns = input.columns();
    let rows: Vec<usize> = (0..input.n_rows()).filter(|row| among(*row)).collect();
    let n = columns.repeats.assessments(rows.len() as f64);
    let events = columns.repeats.assessments(rows.iter().filter(|row| columns.y[**row]).count() as f64);
    let either = |count: u64| {
        (if about_events { count as f64 } else { f64::INFINITY }, SmallCell::RowsWithOrWithoutEvent)
    };
    let hidden = small(k, [(n as f64, SmallCell::Rows), either(events), either(n - events)], []);
    let total =
        |term: &dyn Fn(usize) -> f64| rows.iter().map(|row| columns.weight[*row] * term(*row)).sum::<f64>();
    let denominator = total(b);
    let divided =
        || if denominator > 0.0 { Ok(total(a) / denominator) } else { Err(Reason::ZeroDenominator) };
    measured(hidden.map_or_else(divided, Err), (n, events), |value| {
        let mut by_case = vec![0.0; input.n_cases()];
        for &row in &rows {
            by_case[input.cases()[row] as usize] += columns.weight[row] * (a(row) - value * b(row));
        }
        let se = by_case.iter().map(|residual| residual * residual).sum::<f64>().sqrt() / denominator;
        if se > 0.0 { Ok((value - Z * se, value + Z * se)) } else { Err(Reason::SameInCases) }
    })
}

fn problems(input: &Input, pushes: &Pushes) -> Vec<String> {
    let p = pushes.indicators.len();
    let mut problems = Vec::new();
    let n = pushes.values.len().checked_div(p).unwrap_or(0);
    if n == 0 || n * p != pushes.values.len() || !input.n_rows().is_multiple_of(n) {
        problems.push(format!(
            "{} values of {p} indicators, expected one a row of the input ({}) and indicator",
            pushes.values.len(),
            input.n_rows()
        ));
    }
    if pushes.present.len() != pushes.values.len() {
        problems.push(format!(
            "`present` has {} entries, expected {}",
            pushes.present.len(),
            pushes.values.len()
        ));
    }
    if pushes.probability.len() != input.n_rows() {
        problems.push(format!(
            "`probability` has {} rows, expected {}",
            pushes.probability.len(),
            input.n_rows()
        ));
    }
    if let Some((at, v)) = pushes.values.iter().enumerate().find(|(_, v)| !v.is_finite()) {
        problems.push(format!("value {v}, expected a finite number (entry {at})"));
    }
    if let Some((row, q)) = pushes.probability.iter().enumerate().find(|(_, q)| !(0.0..=1.0).contains(*q)) {
        problems.push(format!("`probability` is {q}, expected in [0, 1] (row {row})"));
    }
    for (name, positions) in &pushes.topics {
        if positions.is_empty() || positions.iter().any(|j| *j >= p) {
            problems.push(format!(
                "topic `{}` has positions {positions:?}, expected at least one, each below {p}",
                name.en
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::input::Columns;

    fn named(name: &'static str) -> Text {
        Text::same(name)
    }

    /// Four cases, two indicators: the second is there in the last three, its push is 1 there, and two of those three happened.
    fn example() -> (Input, Pushes) {
        let columns = Columns {
            y: vec![false, true, true, false],
            weight: vec![1.0, 1.0, 2.0, 1.0],
            cluster: vec![0, 1, 2, 3],
            ..Columns::default()
        };
        let pushes = Pushes {
            indicators: vec!["I01".into(), "I02".into()],
            values: vec![0.5, -1.0, -0.5, 1.0, 0.5, 1.0, 0.5, 1.0],
            present: vec![true, false, false, true, true, true, true, true],
            probability: vec![0.1, 0.5, 0.5, 0.5],
            topics: vec![(named("one"), vec![0]), (named("two"), vec![1]), (named("both"), vec![0, 1])],
        };
        (Input::new(columns).unwrap(), pushes)
    }

    const ALL: Settings = Settings { seed: 1, replicates: 100, smallest_cell: 1 };

    fn near(measure: &Measure, expected: f64) -> bool {
        measure.value().is_some_and(|value| (value - expected).abs() <= 1e-12)
    }

    #[test]
    fn ratios_are_those_worked_by_hand() {
        let (input, pushes) = example();
        let rows = factors(&input, &pushes, ALL).unwrap().rows;
        // Weights 1, 1, 2, 1. Movement: |0.5| x 5 of I01, |1| x 5 of I02.
        assert!(
            near(&rows[0].share, 2.5 / 7.5) && near(&rows[1].share, 5.0 / 7.5) && near(&rows[2].share, 1.0)
        );
        assert!(near(&rows[1].frequency, 4.0 / 5.0) && near(&rows[1].push, 1.0));
        // Observed 1 + 2 of expected 0.5 x 4.
        assert!(near(&rows[1].observed_expected, 3.0 / 2.0));
        // Residuals 1 - 1.5 x 0.5 = 0.25, 2 x 0.25 and -0.75; over the denominator 2.
        let se = (0.25_f64.powi(2) + 0.5_f64.powi(2) + 0.75_f64.powi(2)).sqrt() / 2.0;
        let (low, high) = rows[1].observed_expected.interval().unwrap();
        assert!((low - (1.5 - Z * se)).abs() <= 1e-12 && (high - (1.5 + Z * se)).abs() <= 1e-12);
        // A wrong answer would fail: without weights, 2 of 1.5.
        assert!(!near(&rows[1].observed_expected, 2.0 / 1.5));
    }

    #[test]
    fn few_rows_or_events_are_not_shown() {
        let (input, pushes) = example();
        let rows = factors(&input, &pushes, Settings { smallest_cell: 2, ..ALL }).unwrap().rows;
        assert_eq!(
            rows[1].observed_expected.reason(),
            Some(Reason::suppressed(2, SmallCell::RowsWithOrWithoutEvent))
        );
        assert!(rows[1].push.value().is_some());
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let (input, mut pushes) = example();
        pushes.present.pop();
        pushes.values[3] = f64::NAN;
        pushes.probability[1] = 2.0;
        pushes.topics.push((named("none"), vec![7]));
        let Err(Error::Invalid { problems, .. }) = factors(&input, &pushes, ALL) else { panic!("accepted") };
        assert_eq!(problems.len(), 4, "{problems:?}");
    }
}
