//! From assessments to a [`Cohort`].

use super::generator::Generator;
use super::hazard::Risk;
use super::params::LEVELS;
use super::rows::Assessment;
use super::truth::Truth;
use super::{ANY_ASSAULT, Design, LETHAL, NEW_ASSAULT, Options, STATEMENT};
use crate::{
    Answers, Assigned, Cohort, CohortParts, Error, ForeignScore, Group, Oracle, Outcome, Provenance,
    ScoreLevel, Status, Synthetic,
};

impl Generator {
    /// The rows as a cohort, checked.
    pub(super) fn table(&self, options: &Options, rows: &[Assessment]) -> Result<Cohort, Error> {
        let baseline = self.baseline();
        // Different people: an id of one cohort must not stand for somebody of the other.
        let prefix = match options.design {
            Design::Population { .. } => "syn-",
            Design::CaseControl { .. } => "syn-h-",
        };
        let p = &self.params;
        let outcome = |name: &str, horizon: u32, days: &dyn Fn(&Assessment) -> (f64, f64)| {
            let (status, days) = rows.iter().map(|row| followed(days(row), f64::from(horizon))).unzip();
            Outcome {
                name: name.to_owned(),
                horizon_days: Some(horizon),
                status,
                days: Some(days),
                classes: None,
            }
        };
        let assault_horizon = p.assault.horizon_days.value;
        let oracle = |name: &str, probability: &dyn Fn(&Risk) -> f64| Oracle {
            outcome: name.to_owned(),
            probability: rows.iter().map(|row| probability(&row.risk)).collect(),
        };
        let group = |name: &str, labels: &[String], code: &dyn Fn(&Truth) -> u16| Group {
            name: name.to_owned(),
            labels: labels.to_vec(),
            codes: rows.iter().map(|row| code(&row.truth)).collect(),
            reference: None,
        };
        let is = |yes: bool| u16::from(yes);
        let no_yes = ["no", "yes"].map(str::to_owned);
        Cohort::new(CohortParts {
            answers: Answers::from_codes(
                self.instrument.clone(),
                rows.iter().flat_map(|row| row.recorded.iter().copied()).collect(),
            )?,
            cases: rows.iter().map(|row| format!("{prefix}{:07}", row.case)).collect(),
            dates: Some(rows.iter().map(|row| Some(row.date)).collect()),
            weights: rows.iter().map(|row| row.weight).collect(),
            assigned: Assigned::default(),
            outcomes: vec![
                outcome(NEW_ASSAULT, assault_horizon, &|row| (row.days.reported, row.lost)),
                outcome(LETHAL, p.lethal.horizon_days.value, &|row| (row.days.lethal, f64::INFINITY)),
                outcome(ANY_ASSAULT, assault_horizon, &|row| (row.days.any, f64::INFINITY)),
            ],
            groups: vec![
                group("children", &no_yes, &|t| is(t.answers[self.children] > 0)),
                group("foreign", &no_yes, &|t| is(t.answers[self.foreign] > 0)),
                group("disability", &no_yes, &|t| is(t.answers[self.disability] > 0)),
                group("age", &p.group.ages.value, &|t| t.age),
                group("rural", &no_yes, &|t| is(t.rural)),
                group("force", &p.group.forces.value, &|t| t.force),
            ],
            scores: vec![ForeignScore {
                name: "police_level".to_owned(),
                values: rows.iter().map(|row| Some(row.level as f64)).collect(),
                levels: LEVELS
                    .iter()
                    .enumerate()
                    .map(|(at, id)| ScoreLevel { id: (*id).to_owned(), from: at as f64 })
                    .collect(),
                is_probability: false,
            }],
            oracles: vec![
                oracle(NEW_ASSAULT, &|risk| risk.reported_by(baseline.horizon, &baseline)),
                oracle(LETHAL, &|risk| risk.lethal),
                oracle(ANY_ASSAULT, &|risk| risk.any_by(baseline.horizon, &baseline)),
            ],
            provenance: self.provenance(options),
        })
    }

    fn provenance(&self, options: &Options) -> Provenance {
        let mut notes = vec![
            STATEMENT.to_owned(),
            format!(
                "outcome `{ANY_ASSAULT}` counts assaults that nobody reported; no real table could hold it"
            ),
        ];
        if let Design::CaseControl { cases, controls } = options.design {
            notes.push(format!(
                "case-control: {cases} killed and {controls} not killed; only with the weights do rates speak of the population"
            ));
        }
        Provenance {
            title: "Synthetic VPR5.0-H cohort".to_owned(),
            synthetic: Some(Synthetic {
                generator: self.params.name.clone(),
                seed: options.seed,
                statement: STATEMENT.to_owned(),
            }),
            source: None,
            input_digest: None,
            notes,
            late_answers: vec![],
        }
    }
}

/// Status and day at the horizon, given the days of the event and of the loss from sight; an event comes first in a tie.
fn followed((event, lost): (f64, f64), horizon: f64) -> (Status, f64) {
    if event <= horizon && event <= lost {
        (Status::Event, event)
    } else if lost < horizon {
        (Status::Censored, lost)
    } else {
        (Status::NoEvent, horizon)
    }
}
