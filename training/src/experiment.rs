//! A config that was checked, with the learners it asks for.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use amparo_datasets::split::Plan;
use amparo_datasets::{Instrument, Name, Problem, Problems, Text, built_in_or_file};
use amparo_models::artefact::SplitRecord;
use amparo_models::{Calibrator, NeverBelowBaseline, Protocol, Version};

use crate::config::{CandidateParams, Config, Holdout, Position, check};
use crate::contend::Contestant;
use crate::contenders::CONTENDERS;
use crate::contests::{Contest, Families, contests};
use crate::families::points::PointsFit;
use crate::families::{FAMILIES, Family, Settings, families_of_points, gives_points};
use crate::learned_rule::LearnedRule;
use crate::not_monotone::{NotMonotone, fitted_without};
use crate::{Error, Learn};

/// A checked config, with the text it was read from.
#[derive(Debug, Clone)]
pub struct Experiment {
    config: Config,
    text: String,
    /// One a candidate of the config, in its order.
    pub(crate) learners: Vec<Arc<dyn Learn>>,
    /// One a hybrid of the config, in its order.
    pub(crate) pairs: Vec<Pair>,
    pub(crate) lethality: Option<PointsFit>,
    /// What is tried of each candidate, those that are compared only last; none without a section `[tuning]`.
    pub(crate) contests: Vec<Contest>,
    /// Form and protocol, where they are at hand and not looked up.
    given: Option<(Arc<Instrument>, Protocol)>,
    /// Whether log-odds become probabilities by a calibrator, or as they are.
    pub(crate) calibrated: bool,
}

/// The two candidates of a hybrid, by their places in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) baseline: usize,
    pub(crate) candidate: usize,
}

impl Experiment {
    /// The experiments that are built in, by id.
    pub const BUILT_IN: &[(&str, &str)] = &[
        ("vpr", include_str!("../configs/vpr.toml")),
        ("catalonia-savry", include_str!("../configs/catalonia-savry.toml")),
        ("compas-two-years", include_str!("../configs/compas-two-years.toml")),
    ];

    /// A built-in experiment by its id, else the TOML file of that path.
    ///
    /// # Errors
    /// A file that cannot be read, or all that is wrong with it.
    pub fn named(name: &str) -> Result<Self, Error> {
        let text = built_in_or_file("config", name, Self::BUILT_IN)?;
        let built_in = Self::BUILT_IN.iter().any(|(id, _)| *id == name);
        Self::read(&text, FAMILIES, (!built_in).then(|| name.into()))
    }

    /// The experiment that a version was published by.
    ///
    /// # Errors
    /// [`Error::OfVersion`] if its config, which is kept as it was published, is not one that is read today.
    pub fn of_version(version: &Version) -> Result<Self, Error> {
        let manifest = version.manifest();
        Self::from_toml(version.config()).map_err(|source| Error::OfVersion {
            version: format!("{}@{}", manifest.name, manifest.version),
            source: Box::new(source),
        })
    }

    /// Reads and checks a config; relative paths in it start at the current folder.
    ///
    /// # Errors
    /// [`Error::FormerConfig`] if its candidates are not a list; [`Error::Config`] with everything that does not hold
    /// together.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::with_families(text, FAMILIES)
    }

    /// Like [`Self::from_toml`], with the families that its candidates may be of.
    ///
    /// # Errors
    /// As [`Self::from_toml`].
    pub fn with_families(text: &str, families: &[Family]) -> Result<Self, Error> {
        Self::read(text, families, None)
    }

    fn read(text: &str, families: &[Family], file: Option<PathBuf>) -> Result<Self, Error> {
        let config = Config { file, ..Config::from_toml(text)? };
        let mut problems = Problems::default();
        check::check(&config, &mut problems);
        let families = Families { published: families, compared: CONTENDERS };
        let learners: Vec<Arc<dyn Learn>> = config
            .candidate
            .iter()
            .filter_map(|c| {
                keep(learner(c, &config, families), &format!("candidate `{}`", c.name), &mut problems)
            })
            .collect();
        let lethality = config.lethality.as_ref().and_then(|l| {
            keep(PointsFit::new(&l.points, &config.not_monotone), "`lethality.points`", &mut problems)
        });
        let mut contests = match contests(&config, families) {
            Ok(contests) => contests,
            // What is wrong with parameters that are not searched has been said.
            Err(Error::Config(found)) => {
                problems
                    .0
                    .extend(found.0.into_iter().filter(|p| !problems.0.contains(p)).collect::<Vec<_>>());
                Vec::new()
            }
            Err(other) => return Err(other),
        };
        // Those that were not read are named already, and would make the others look as if they rested on nothing.
        let learners = if problems.0.is_empty() {
            let placed = on_bases(&learners, &config, &mut problems);
            contests_on_bases(&mut contests, &learners, &config, &mut problems);
            placed
        } else {
            learners
        };
        if !problems.0.is_empty() {
            return Err(Error::Config(problems));
        }
        let at = |name: &str| config.candidate.iter().position(|c| c.name == name);
        let pairs = config.hybrid.iter().filter_map(|h| {
            // Both are there, or the check would have said so.
            Some(Pair { baseline: at(&h.baseline)?, candidate: at(&h.candidate)? })
        });
        let pairs = pairs.collect();
        Ok(Self {
            text: text.to_owned(),
            config,
            learners,
            pairs,
            lethality,
            contests,
            given: None,
            calibrated: true,
        })
    }

    /// What was asked for.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same with more indicators that may tell the outcome, each with its reason. The text stays as it was written.
    ///
    /// # Errors
    /// [`Error::Config`] if an indicator is accepted for two reasons.
    pub fn accepting_leaks(mut self, others: &[(String, String)]) -> Result<Self, Error> {
        for (name, reason) in others {
            let before = self.config.accept_leak.insert(name.clone(), reason.clone());
            if let Some(before) = before.filter(|before| before != reason) {
                let message =
                    format!("`{name}` is accepted for two reasons: `{before}` and `{reason}`, expected one");
                return Err(Error::config("accept_leak", message));
            }
        }
        Ok(self)
    }

    /// The file as run.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same about a form and a protocol that are at hand, whatever the config calls them.
    #[must_use]
    pub fn about(self, instrument: Arc<Instrument>, protocol: Protocol) -> Self {
        Self { given: Some((instrument, protocol)), ..self }
    }

    /// The same without calibrators, for fits that nobody publishes: a probability is the logistic function of the score, whatever the config says of
    /// calibration. Nothing is cross-fitted for it.
    #[must_use]
    pub fn uncalibrated(self) -> Self {
        Self { calibrated: false, ..self }
    }

    /// Whether fits are asked for that do not see all rows: by a calibrator, or to compare dials.
    pub(crate) fn looks_out_of_fold(&self) -> bool {
        self.calibrated || !self.pairs.is_empty()
    }

    /// Form and protocol: those that are at hand, else what the config names.
    ///
    /// They are looked up when training begins: a version stores the config's text, which alone no longer says which folder
    /// a relative path started at, and the instrument and protocol themselves.
    pub(crate) fn form_and_protocol(&self) -> Result<(Arc<Instrument>, Protocol), Error> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        let name = |written| Name::written_in(written, self.config.file.as_deref());
        let instrument = Arc::new(Instrument::named(name(&self.config.instrument))?);
        Ok((instrument, Protocol::named(name(&self.config.protocol))?))
    }

    /// The three-way plan, if rows are held back by one.
    pub fn plan(&self) -> Option<Plan> {
        match self.split_record() {
            SplitRecord::Holdout { plan } => Some(plan),
            SplitRecord::CrossFit { .. } => None,
        }
    }

    /// How rows are held back, as a version records it.
    pub(crate) fn split_record(&self) -> SplitRecord {
        let seed = self.config.seed;
        match self.config.holdout {
            Holdout::Split { method, fit, calibrate, temporal, shared_cases } => {
                SplitRecord::Holdout { plan: Plan { method, fit, calibrate, seed, temporal, shared_cases } }
            }
            Holdout::CrossFit { folds, repeats, by, shared_cases } => {
                SplitRecord::CrossFit { folds, repeats, seed, by, shared_cases }
            }
        }
    }

    /// Names of the candidates and of their blends, in the order they are published.
    pub fn candidates(&self) -> Vec<String> {
        self.config.names().collect()
    }

    /// Which answers of a fit count as learned, whatever the candidate.
    pub(crate) fn learned_rule(&self) -> LearnedRule<'_> {
        LearnedRule { least_rows: self.config.least_rows, not_monotone: &self.config.not_monotone }
    }

    /// Whose directions need not be kept, by candidate.
    pub(crate) fn not_monotone_by_candidate(&self) -> NotMonotone {
        NotMonotone::of(&self.config)
    }

    /// Every blend to publish, in the order of [`Self::candidates`].
    pub(crate) fn blends(&self) -> impl Iterator<Item = (Pair, Position)> {
        self.pairs
            .iter()
            .zip(&self.config.hybrid)
            .flat_map(|(&pair, h)| h.positions().map(move |position| (pair, position)))
    }

    /// The clause that each candidate and blend is under, in the order of [`Self::candidates`], from the calibrators of all of them: that of a
    /// baseline is the one that it has as a version of its own.
    pub(crate) fn clauses(&self, calibrators: &[Calibrator]) -> Vec<Option<NeverBelowBaseline>> {
        let clause = |(baseline, reason): (usize, &Text)| NeverBelowBaseline {
            reason: reason.clone(),
            calibrator: calibrators[baseline].clone(),
        };
        self.under_clause().map(|of| of.map(clause)).collect()
    }

    /// The place of the baseline below whose level each candidate and blend may not be, in the order of [`Self::candidates`].
    pub(crate) fn baselines_of_clauses(&self) -> Vec<Option<usize>> {
        self.under_clause().map(|of| of.map(|(baseline, _)| baseline)).collect()
    }

    /// Baseline and reason of the clause that each of [`Self::candidates`] is under.
    fn under_clause(&self) -> impl Iterator<Item = Option<(usize, &Text)>> {
        let of_blends = self.pairs.iter().zip(&self.config.hybrid).flat_map(|(pair, hybrid)| {
            let clause = hybrid.never_below_baseline.as_ref().map(|reason| (pair.baseline, reason));
            hybrid.positions().map(move |_| clause)
        });
        std::iter::repeat_n(None, self.learners.len()).chain(of_blends)
    }

    /// Indicators whose direction is not enforced in any candidate, nor in the lethality model.
    pub fn not_monotone(&self) -> BTreeSet<String> {
        self.config.not_monotone.iter().cloned().collect()
    }

    /// Indicators whose direction each of [`Self::candidates`] need not keep, in their order: those of the experiment, and those of every candidate that
    /// it contains.
    pub fn not_monotone_of_each(&self) -> Vec<BTreeSet<String>> {
        let of_all = self.not_monotone_by_candidate();
        let of = |(learner, candidate): (&Arc<dyn Learn>, &CandidateParams)| {
            of_all.of_candidate(&candidate.name, learner.rests_on())
        };
        let of_config: Vec<_> = self.learners.iter().zip(&self.config.candidate).map(of).collect();
        let blends = self.blends().map(|(pair, _)| &of_config[pair.baseline] | &of_config[pair.candidate]);
        let blends: Vec<_> = blends.collect();
        of_config.into_iter().chain(blends).collect()
    }
}

/// Each learner on top of the one that it rests on.
fn on_bases(learners: &[Arc<dyn Learn>], config: &Config, problems: &mut Problems) -> Vec<Arc<dyn Learn>> {
    let of = |(at, learner): (usize, &Arc<dyn Learn>)| {
        let place = format!("candidate `{}`", config.candidate[at].name);
        keep(on_base(learner, (&learners[..at], config)), &place, problems)
    };
    learners.iter().enumerate().filter_map(of).collect()
}

/// The same for every trial of a search: it rests on the other candidate as the config has it.
fn contests_on_bases(
    contests: &mut [Contest],
    learners: &[Arc<dyn Learn>],
    config: &Config,
    problems: &mut Problems,
) {
    for (at, contest) in contests.iter_mut().enumerate() {
        let before = &learners[..at.min(learners.len())];
        for trial in &mut contest.trials {
            let Contestant::Learner(learner) = &mut trial.contestant else { continue };
            let mut found = Problems::default();
            let placed = keep(
                on_base(learner, (before, config)),
                &format!("candidate `{}`", contest.name),
                &mut found,
            );
            if let Some(placed) = placed {
                *learner = placed;
            }
            problems.0.extend(found.0.into_iter().filter(|p| !problems.0.contains(p)).collect::<Vec<_>>());
        }
    }
}

/// A learner on top of the one that it rests on, a candidate of points that stands before it, so that nothing can rest on itself.
fn on_base(
    learner: &Arc<dyn Learn>,
    (before, config): (&[Arc<dyn Learn>], &Config),
) -> Result<Arc<dyn Learn>, Error> {
    let Some(name) = learner.rests_on() else { return Ok(Arc::clone(learner)) };
    let points = || (0..before.len()).filter(|&at| gives_points(&config.candidate[at].family));
    if let Some(base) = points().find(|&at| config.candidate[at].name == name) {
        return learner.on(&before[base]);
    }
    let known: Vec<&str> = points().map(|at| config.candidate[at].name.as_str()).collect();
    let known =
        if known.is_empty() { ", but there is none".to_owned() } else { format!(": {}", known.join(", ")) };
    let message = format!(
        "`offset` is `{name}`, expected a candidate of family {} that is listed before it{known}",
        families_of_points()
    );
    Err(Error::config("offset", message))
}

/// The learner of a candidate, if its family is known and its parameters are in range.
fn learner(
    candidate: &CandidateParams,
    config: &Config,
    families: Families<'_>,
) -> Result<Arc<dyn Learn>, Error> {
    let Some(family) = families.published.iter().find(|family| family.name == candidate.family) else {
        return Err(families.unknown(&candidate.family));
    };
    (family.read)(&Settings {
        parameters: &candidate.parameters,
        seed: config.seed,
        not_monotone: &fitted_without(config, candidate),
        file: config.file.as_deref(),
    })
}

/// Keeps what was checked, and the problems of what is wrong, each with the place it was found in.
pub(crate) fn keep<T>(checked: Result<T, Error>, place: &str, problems: &mut Problems) -> Option<T> {
    let of_place = |found: Problem| Problem { message: format!("{place}: {}", found.message), ..found };
    match checked {
        Ok(part) => return Some(part),
        Err(Error::Config(found)) => problems.0.extend(found.0.into_iter().map(of_place)),
        Err(other) => problems.push(of_place(Problem::new("config", other.to_string()))),
    }
    None
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
