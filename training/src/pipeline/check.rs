//! Whether config, form, protocol and cohorts are about the same thing.

use amparo_datasets::{Cohort, Instrument, Problem, Problems};
use amparo_models::Protocol;

use crate::config::Config;
use crate::contend::Contestant;
use crate::experiment::keep;
use crate::{Error, Experiment};

/// Refuses, all at once and before anything is fitted, what does not agree.
pub(super) fn check(
    experiment: &Experiment,
    instrument: &Instrument,
    protocol: &Protocol,
    cohort: &Cohort,
    lethality_cohort: Option<&Cohort>,
) -> Result<(), Error> {
    let config = experiment.config();
    let mut found = Found(Problems::default());
    found.outcome_model(config, instrument, protocol, cohort);
    match (&config.lethality, lethality_cohort) {
        (Some(_), None) => {
            found.problem("lethality", "config asks for a lethality model, but no lethality cohort is given");
        }
        (None, Some(_)) => {
            let message = "a lethality cohort is given, but the config has no `[lethality]` section";
            found.problem("lethality", message);
        }
        _ => {}
    }
    if let Some(cohort) = lethality_cohort {
        found.form("lethality cohort", cohort, instrument);
    }
    if let Some(lethality) = &config.lethality {
        found.lethality_model(&lethality.outcome, protocol, lethality_cohort);
    }
    found.named_of_form(experiment, instrument);
    found.learners_of(experiment, cohort);
    found.none()
}

/// The same for what is learned of the first outcome only, by every candidate with all parameters that are tried.
pub(crate) fn check_outcome_model(
    experiment: &Experiment,
    instrument: &Instrument,
    protocol: &Protocol,
    cohort: &Cohort,
) -> Result<(), Error> {
    let mut found = Found(Problems::default());
    found.outcome_model(experiment.config(), instrument, protocol, cohort);
    found.named_of_form(experiment, instrument);
    found.learners_of(experiment, cohort);
    let asked = asked(experiment, instrument);
    for contest in &experiment.contests {
        for trial in &contest.trials {
            if let Contestant::Learner(learner) = &trial.contestant {
                let before = found.0.0.len();
                let of = format!("candidate `{}`", contest.name);
                keep(learner.check(&asked), &of, &mut found.0);
                if let Ok(outcome) = cohort.outcome(&experiment.config().outcome) {
                    keep(learner.check_outcome(outcome), &of, &mut found.0);
                }
                // The same is wrong with many trials, and said once.
                let new = found.0.0.split_off(before);
                let is_new =
                    |problem: &Problem| found.0.0.iter().all(|other| other.message != problem.message);
                let new: Vec<Problem> = new.into_iter().filter(is_new).collect();
                found.0.0.extend(new);
            }
        }
    }
    found.none()
}

/// The form without the indicators that nothing is fitted on.
fn asked(experiment: &Experiment, instrument: &Instrument) -> Instrument {
    let left_out = &experiment.config().leave_out;
    let of_form = 0..instrument.indicators().len();
    let asked: Vec<usize> = of_form.filter(|&j| !left_out.contains(&instrument.indicators()[j].id)).collect();
    instrument.only(&asked)
}

/// What was found wrong so far.
struct Found(Problems);

impl Found {
    fn none(self) -> Result<(), Error> {
        if self.0.0.is_empty() { Ok(()) } else { Err(Error::Config(self.0)) }
    }

    fn outcome_model(
        &mut self,
        config: &Config,
        instrument: &Instrument,
        protocol: &Protocol,
        cohort: &Cohort,
    ) {
        self.form("cohort", cohort, instrument);
        if let Err(error) = protocol.check_against(instrument) {
            self.problem("protocol", error.to_string());
        }
        if protocol.outcome() != config.outcome {
            let (wanted, id, about) = (&config.outcome, protocol.id(), protocol.outcome());
            self.problem(
                "outcome",
                format!("config outcome is `{wanted}`, protocol `{id}` is about `{about}`"),
            );
        }
        self.outcome("cohort", cohort, &config.outcome, protocol.id(), protocol.horizon_days());
    }

    /// What the config names of the form, and what its candidates make of it.
    fn named_of_form(&mut self, experiment: &Experiment, instrument: &Instrument) {
        let config = experiment.config();
        let known = || instrument.indicators().iter().map(|i| i.id.as_str()).collect::<Vec<_>>().join(", ");
        for id in config.leave_out.iter().filter(|id| instrument.position(id).is_none()) {
            let message =
                format!("indicator `{id}` is not on form `{}`, expected one of {}", instrument.id(), known());
            self.problem("leave_out", message);
        }
        if instrument.indicators().iter().all(|indicator| config.leave_out.contains(&indicator.id)) {
            self.problem(
                "leave_out",
                "every indicator of the form is left out, expected one or more to fit on",
            );
        }
        for id in config.accept_leak.keys().filter(|id| instrument.position(id).is_none()) {
            let message =
                format!("indicator `{id}` is not on form `{}`, expected one of {}", instrument.id(), known());
            self.problem("accept_leak", message);
        }
        for id in config.not_monotone.iter().filter(|id| instrument.position(id).is_none()) {
            let message = format!("indicator `{id}` is not on form `{}`", instrument.id());
            self.problem("not_monotone", message);
        }
        for candidate in config.candidate.iter().chain(&config.compared_only) {
            for id in candidate.not_monotone.iter().filter(|id| instrument.position(id).is_none()) {
                let (name, form) = (&candidate.name, instrument.id());
                let message = format!(
                    "candidate `{name}`: indicator `{id}` in `not_monotone` is not on form `{form}`, expected one of {}",
                    known()
                );
                self.problem("not_monotone", message);
            }
        }
        let asked = asked(experiment, instrument);
        for (learner, of) in experiment.learners.iter().zip(&config.candidate) {
            keep(learner.check(&asked), &format!("candidate `{}`", of.name), &mut self.0);
        }
    }

    /// What the candidates make of the outcome; one that is not there is refused elsewhere.
    fn learners_of(&mut self, experiment: &Experiment, cohort: &Cohort) {
        let config = experiment.config();
        let Ok(outcome) = cohort.outcome(&config.outcome) else { return };
        for (learner, of) in experiment.learners.iter().zip(&config.candidate) {
            keep(learner.check_outcome(outcome), &format!("candidate `{}`", of.name), &mut self.0);
        }
    }

    fn problem(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(Problem::new(field, message));
    }

    fn form(&mut self, which: &str, cohort: &Cohort, instrument: &Instrument) {
        let form = cohort.instrument();
        if form.digest() != instrument.digest() {
            let (found, named) = (form.id(), instrument.id());
            let message = format!(
                "the {which} answers form `{found}`, the config names `{named}` (or another edition of it)"
            );
            self.problem("instrument", message);
        }
    }

    /// The cohort must have the outcome, counted within as many days as the protocol says.
    fn outcome(&mut self, which: &str, cohort: &Cohort, name: &str, protocol: &str, horizon: Option<u32>) {
        match cohort.outcome(name) {
            Err(_) => self.problem("outcome", cohort.misses_outcome(which, name)),
            Ok(outcome) if outcome.horizon_days != horizon => {
                let (found, expected) = (days(outcome.horizon_days), days(horizon));
                let message = format!(
                    "outcome `{name}` counts within {found} days, protocol `{protocol}` within {expected} days"
                );
                self.problem("horizon_days", message);
            }
            Ok(_) => {}
        }
    }

    fn lethality_model(&mut self, outcome: &str, protocol: &Protocol, cohort: Option<&Cohort>) {
        let id = protocol.id();
        let Some(reading) = protocol.lethality() else {
            let message =
                format!("config asks for a lethality model, but protocol `{id}` has no rule for one");
            return self.problem("lethality", message);
        };
        if reading.outcome != outcome {
            let about = &reading.outcome;
            let message = format!(
                "config lethality outcome is `{outcome}`, the lethality model of protocol `{id}` is about `{about}`"
            );
            self.problem("lethality.outcome", message);
        }
        if let Some(cohort) = cohort {
            self.outcome("lethality cohort", cohort, outcome, id, Some(reading.horizon_days));
        }
    }
}

fn days(horizon: Option<u32>) -> String {
    horizon.map_or_else(|| "an unstated number of".to_owned(), |days| days.to_string())
}
