//! Everybody who takes part in a comparison, with the parameters that are tried.

mod space;

use std::collections::BTreeSet;

use amparo_datasets::Problems;

use crate::config::{CandidateParams, Config, TuningParams};
use crate::contend::Contestant;
use crate::families::Settings;
use crate::not_monotone::fitted_without;
use crate::{ContenderFamily, Error, Family};
pub(crate) use space::Combination;
use space::combinations;

/// A candidate with its trials.
#[derive(Debug, Clone)]
pub(crate) struct Contest {
    /// Its name.
    pub(crate) name: String,
    /// Its family.
    pub(crate) family: String,
    /// Whether it cannot be published, or is not meant to be.
    pub(crate) compare_only: bool,
    /// What is tried, at least one.
    pub(crate) trials: Vec<Trial>,
}

/// One combination of parameters of a candidate.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    /// The values that are searched; all others are those of the config.
    pub(crate) combination: Combination,
    /// Who learns with them.
    pub(crate) contestant: Contestant,
}

/// The families that there are, by what their models are good for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Families<'a> {
    pub(crate) published: &'a [Family],
    pub(crate) compared: &'a [ContenderFamily],
}

/// The contests of a config, in the order of its candidates, those that are compared only last.
///
/// # Errors
/// [`Error::Config`] with everything that is wrong with what is searched, by candidate.
pub(crate) fn contests(config: &Config, families: Families<'_>) -> Result<Vec<Contest>, Error> {
    let Some(tuning) = &config.tuning else { return Ok(Vec::new()) };
    let mut problems = Problems::default();
    let mut contests = Vec::new();
    for candidate in config.candidate.iter().chain(&config.compared_only) {
        match contest(candidate, config, tuning, families) {
            Ok(contest) => contests.push(contest),
            Err(Error::Config(found)) => problems.0.extend(found.0.into_iter().map(|mut problem| {
                problem.message = format!("candidate `{}`: {}", candidate.name, problem.message);
                problem
            })),
            Err(other) => return Err(other),
        }
    }
    if problems.0.is_empty() { Ok(contests) } else { Err(Error::Config(problems)) }
}

fn contest(
    candidate: &CandidateParams,
    config: &Config,
    tuning: &TuningParams,
    families: Families<'_>,
) -> Result<Contest, Error> {
    // Another key for each candidate, so that two of them are not tried at the same places.
    let key = candidate
        .name
        .bytes()
        .fold(config.seed, |key, byte| amparo_datasets::splitmix(key ^ u64::from(byte)));
    let not_monotone = fitted_without(config, candidate);
    let (mut trials, mut problems) = (Vec::new(), Problems::default());
    let mut seen = BTreeSet::new();
    for combination in combinations(&candidate.search, tuning, key)? {
        let mut parameters = candidate.parameters.clone();
        parameters.extend(combination.values.clone());
        let settings = Settings {
            parameters: &parameters,
            seed: config.seed,
            not_monotone: &not_monotone,
            file: config.file.as_deref(),
        };
        match families.read(candidate, &settings) {
            Ok(contestant) => trials.push(Trial { combination, contestant }),
            // The same is wrong with many combinations, and said once.
            Err(Error::Config(found)) => {
                problems.0.extend(found.0.into_iter().filter(|problem| seen.insert(problem.message.clone())));
            }
            Err(other) => return Err(other),
        }
    }
    if !problems.0.is_empty() {
        return Err(Error::Config(problems));
    }
    let (name, family) = (candidate.name.clone(), candidate.family.clone());
    Ok(Contest { name, family, compare_only: candidate.compare_only, trials })
}

impl Families<'_> {
    /// Whoever learns with these parameters.
    fn read(self, candidate: &CandidateParams, settings: &Settings<'_>) -> Result<Contestant, Error> {
        if let Some(family) = self.published.iter().find(|family| family.name == candidate.family) {
            return (family.read)(settings).map(Contestant::Learner);
        }
        match self.compared.iter().find(|family| family.name == candidate.family) {
            Some(_) if !candidate.not_monotone.is_empty() => {
                let found = &candidate.family;
                let message = format!(
                    "`not_monotone` is given, expected none: family `{found}` keeps no declared direction"
                );
                Err(Error::config("not_monotone", message))
            }
            Some(family) => (family.read)(settings).map(Contestant::Contender),
            None => Err(self.unknown(&candidate.family)),
        }
    }

    /// What is said of a family that there is not, or not for models that are published.
    pub(crate) fn unknown(self, family: &str) -> Error {
        if let Some(found) = self.compared.iter().find(|one| one.name == family) {
            let why = found.why_not_published;
            let message = format!("`family` is `{family}`, {why}; expected `compare_only = true` beside it");
            return Error::config("compare_only", message);
        }
        let of_build = crate::contenders::NAMES.contains(&family);
        let known: Vec<&str> = self.published.iter().map(|one| one.name).collect();
        let known = known.join(", ");
        if of_build {
            let message = format!(
                "`family` is `{family}`, which a program has that was built with `--features contenders`; expected one of {known}"
            );
            return Error::config("family", message);
        }
        let compared: Vec<&str> = self.compared.iter().map(|one| one.name).collect();
        let or_compared = match compared.as_slice() {
            [] => String::new(),
            some => format!(", or to be compared only one of {}", some.join(", ")),
        };
        Error::config("family", format!("`family` is `{family}`, expected one of {known}{or_compared}"))
    }
}
