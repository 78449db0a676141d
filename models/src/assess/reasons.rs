//! The reasons that an assessment holds, each with its place.

use super::{Assessment, Correction, Corrections, NextLevel, Reading, ScoreExplanation, Step, Undetermined};
use crate::Reason;
use crate::explain::OrReason;

impl Assessment {
    /// Every reason with its place, field by field as in JSON: `next_level.corrections.up.none`,
    /// `undetermined_flags.0.reason`.
    pub fn reasons(&self) -> Vec<(String, &Reason)> {
        // Whole, so that a new field does not compile until somebody has asked whether it holds a reason.
        let Self {
            recidivism,
            lethality,
            baseline: _,
            undetermined_flags,
            undetermined_raises,
            explanation,
            next_level,
            unlearned_answers,
            left_out: _,
            unknown: _,
            if_answered: _,
            ask_first: _,
            computed_level: _,
            level: _,
            raised_by: _,
            flags: _,
            measures: _,
            reassess_within_hours: _,
            safety_plan: _,
        } = self;
        let mut found = Found::default();
        found.reading("recidivism", recidivism);
        if let Some(lethality) = lethality {
            found.reading("lethality", lethality);
        }
        for (n, unlearned) in unlearned_answers.iter().enumerate() {
            found.at(format!("unlearned_answers.{n}.reason"), &unlearned.reason);
        }
        found.undetermined("undetermined_flags", undetermined_flags);
        found.undetermined("undetermined_raises", undetermined_raises);
        found.explanation("explanation", explanation);
        if let Some(next_level) = next_level {
            found.next_level("next_level", next_level);
        }
        found.0
    }
}

#[derive(Default)]
struct Found<'a>(Vec<(String, &'a Reason)>);

impl<'a> Found<'a> {
    fn at(&mut self, place: String, reason: &'a Reason) {
        self.0.push((place, reason));
    }

    fn undefined<T>(&mut self, place: &str, of: &'a OrReason<T>) {
        if let Some(reason) = of.reason() {
            self.at(format!("{place}.undefined"), reason);
        }
    }

    fn reading(&mut self, place: &str, reading: &'a Reading) {
        self.undefined(&format!("{place}.percentile"), &reading.percentile);
    }

    fn undetermined(&mut self, place: &str, list: &'a [Undetermined]) {
        for (n, undetermined) in list.iter().enumerate() {
            self.at(format!("{place}.{n}.reason"), &undetermined.reason);
        }
    }

    fn explanation(&mut self, place: &str, explanation: &'a ScoreExplanation) {
        if let Some(stability) = &explanation.stability {
            self.undefined(&format!("{place}.stability"), stability);
        }
        if let Some(percentiles) = &explanation.percentiles {
            self.undefined(&format!("{place}.percentiles"), percentiles);
        }
    }

    fn next_level(&mut self, place: &str, next: &'a NextLevel) {
        let NextLevel { up, down, held_by: _, corrections } = next;
        for (way, step) in [("up", up), ("down", down)] {
            if let Some(Step { log_odds_difference, .. }) = step {
                self.undefined(&format!("{place}.{way}.log_odds_difference"), log_odds_difference);
            }
        }
        let Corrections { up, down } = corrections;
        for (way, correction) in [("up", up), ("down", down)] {
            let (field, reason) = match correction {
                Correction::Smallest(_) => continue,
                Correction::Impossible(of) => ("none", &of.none),
                Correction::CutOff(of) => ("limit", &of.limit),
            };
            self.at(format!("{place}.corrections.{way}.{field}"), reason);
        }
    }
}
