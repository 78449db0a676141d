//! What the levels ask of the police.

use crate::input::Levels;
use crate::measure::Measure;
use crate::reason::Reason;
use crate::report::{Measures, WorkloadRow, key};

/// Days in a year.
const YEAR: f64 = 365.25;

/// Cases and assessments a year of each level for every 1,000 cases, from the measured shares of the levels (`level_share@level`).
///
/// ```text
/// cases = 1000 level_share        assessments a year = cases x 365.25 / reassess_days
/// ```
/// Both are multiples of the share, and so are their intervals: periods are set by the protocol, and certain. A case is taken to stay at its
/// level and to be assessed exactly when due.
pub(crate) fn workload(levels: &Levels, overall: &Measures) -> Vec<WorkloadRow> {
    let rows = levels.ids.iter().enumerate();
    rows.map(|(level, id)| {
        let days = levels.reassess_days.as_ref().and_then(|days| days.get(level).copied().flatten());
        let missing = || Measure::undefined(Reason::NotComputed);
        let share = overall.get(&key("level_share", Some(id))).cloned().unwrap_or_else(missing);
        let reason = match levels.reassess_days {
            Some(_) => Reason::NoReassessmentPeriod,
            None => Reason::NoProtocol,
        };
        WorkloadRow {
            level: id.clone(),
            reassess_days: days,
            cases: times(&share, 1000.0),
            assessments_per_year: days
                .map_or_else(|| Measure::undefined(reason), |days| times(&share, 1000.0 * YEAR / days)),
        }
    })
    .collect()
}

/// The measure of a multiple.
fn times(measure: &Measure, factor: f64) -> Measure {
    let mut out = measure.clone();
    match &mut out {
        Measure::Value { value, low, high, .. } => {
            for number in [value, low, high] {
                *number *= factor;
            }
        }
        Measure::Point { value, .. } => *value *= factor,
        Measure::Undefined { .. } => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_a_month_is_twelve_assessments_a_year() {
        let levels = Levels {
            ids: vec!["low".into(), "high".into(), "odd".into()],
            labels: None,
            codes: Vec::new(),
            cuts: vec![0.1, 0.5],
            intensity: None,
            reassess_days: Some(vec![Some(60.0), Some(7.0), None]),
        };
        let few = Reason::suppressed(10, crate::reason::SmallCell::RowsAtLevel);
        let share = Measure::Value { value: 0.2, low: 0.1, high: 0.3, n: 50, events: 9 };
        let overall = Measures::from([
            ("level_share@low".to_owned(), share),
            ("level_share@high".to_owned(), Measure::undefined(few)),
            (
                "level_share@odd".to_owned(),
                Measure::Point { value: 0.5, n: 50, events: 9, reason: Reason::SameInResamples },
            ),
        ]);
        let rows = workload(&levels, &overall);
        assert_eq!(rows[0].cases.value(), Some(200.0));
        // 200 x 365.25 / 60 = 1217.5
        let found = rows[0].assessments_per_year.value().zip(rows[0].assessments_per_year.interval());
        let (value, (low, high)) = found.unwrap_or_default();
        assert!(
            (value - 1217.5).abs() <= 1e-9 && (low - 608.75).abs() <= 1e-9 && (high - 1826.25).abs() <= 1e-9
        );
        // A wrong answer would fail: a year of 52 weeks.
        assert!((value - 200.0 * 364.0 / 60.0).abs() > 1e-3);
        assert_eq!(rows[1].assessments_per_year.reason(), Some(few));
        assert_eq!(rows[2].cases.value(), Some(500.0));
        assert!(rows[2].assessments_per_year.value().is_none());
        let unknown = workload(&Levels { reassess_days: None, ..levels }, &overall);
        assert!(unknown[0].assessments_per_year.value().is_none() && unknown[0].cases.value().is_some());
    }
}
