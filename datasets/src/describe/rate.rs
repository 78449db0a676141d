//! How often an outcome happened, as far as the rows tell.

use super::{By, OutcomeSummary, Rate};
use crate::{Cohort, FollowedRow, Outcome, Status, kaplan_meier, number_cases};

impl OutcomeSummary {
    /// Counts one outcome of a cohort.
    pub(super) fn of(cohort: &Cohort, outcome: &Outcome) -> Self {
        let is_counted = |row: &usize| outcome.status[*row] != Status::Excluded;
        let all: Vec<usize> = (0..cohort.n_rows()).filter(is_counted).collect();
        let count = |wanted| outcome.status.iter().filter(|status| **status == wanted).count();
        let (events, no_events, censored) =
            (count(Status::Event), count(Status::NoEvent), count(Status::Censored));
        let rate = Rate::among(cohort, outcome, &all);
        let of_known = Rate::of(events, events + no_events);
        Self {
            name: outcome.name.clone(),
            horizon_days: outcome.horizon_days,
            events,
            no_events,
            censored,
            excluded: count(Status::Excluded),
            rate_of_known: (rate != of_known).then_some(of_known),
            rate,
        }
    }
}

impl Rate {
    /// Of some rows of a cohort, none of them excluded.
    pub(super) fn among(cohort: &Cohort, outcome: &Outcome, rows: &[usize]) -> Self {
        let status = |row: usize| outcome.status[row];
        let censored = rows.iter().filter(|row| status(**row) == Status::Censored).count();
        let weights = cohort.weights();
        let is_weighted = rows.windows(2).any(|pair| weights[pair[0]].total_cmp(&weights[pair[1]]).is_ne());
        if censored == 0 && !is_weighted {
            let events = rows.iter().filter(|row| status(**row) == Status::Event).count();
            return Self::of(events, rows.len());
        }
        let undefined = |reason: String| Self::Undefined { reason };
        let (days, horizon) = match (&outcome.days, outcome.horizon_days) {
            _ if censored == 0 => (None, 0.0),
            (Some(days), Some(horizon)) => (Some(days), f64::from(horizon)),
            _ => {
                return undefined(format!(
                    "{censored} rows are censored, and the days of follow-up or the horizon are not known"
                ));
            }
        };
        let (cases, _) = number_cases(rows.iter().map(|&row| cohort.cases()[row].as_str()));
        let followed = rows.iter().zip(cases).map(|(&row, case)| FollowedRow {
            days: days.map_or(0.0, |days| days[row]),
            happened: status(row) == Status::Event,
            weight: weights[row],
            case,
        });
        let by = if censored == 0 { By::WeightedShare } else { By::KaplanMeier };
        match kaplan_meier(&followed.collect::<Vec<_>>(), horizon) {
            Some(risk) => Self::Known { value: risk.value, interval: risk.interval, n: rows.len(), by },
            None => undefined("every row was censored before the horizon".to_owned()),
        }
    }
}
