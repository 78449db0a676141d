//! Candidates compared, and their parameters chosen, by nested cross-validation.
//!
//! ```text
//! for each repeat, for each outer fold:                 the rows of the other outer folds are seen, those of the fold are held out
//!     for each trial of a candidate:                    cross-validated on the seen rows, in inner folds by case
//!         loss of inner fold k                          fitted on the other inner folds; calibrated by their scores alone
//!     the trial that the rule takes is fitted on all seen rows, calibrated by their inner scores, and scores the held-out rows
//! once more with all rows as seen:                      gives the parameters to publish
//! ```
//! So the scores of the outer folds, by which candidates are compared, come from models whose parameters were chosen without the rows that judge
//! them. What they estimate is the loss of the whole way from rows to model, the choice included.
//!
//! # References
//! Stone, "Cross-validatory choice and assessment of statistical predictions", JRSS B 36, 1974; Varma and Simon, "Bias in error
//! estimation when using cross-validation for model selection", BMC Bioinformatics 7, 2006.

mod choice;
mod inner;
mod trials;
mod written;

pub use choice::{Chosen, TrialResult};
pub use trials::{Finished, FoldLosses, Scope, TrialKey, TrialLosses, TrialStore};
pub use written::with_chosen;

use amparo_datasets::split::folds;
use rayon::prelude::*;

use crate::config::TuningParams;
use crate::contests::{Contest, Trial};
use crate::data::rest;
use crate::in_order::all_or_first;
use crate::{Data, Error, Experiment, OutOfFold};
use choice::chosen;
use inner::Inner;

/// What became of one candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// Its name.
    pub candidate: String,
    /// Its family.
    pub family: String,
    /// Whether it is compared and never published.
    pub compare_only: bool,
    /// The choice on all rows, with every trial.
    pub on_all_rows: Chosen,
    /// The choice of each outer fold, repeat after repeat.
    pub by_fold: Vec<(Scope, Chosen)>,
    /// Scores of every row by models that did not see its case and whose parameters were chosen without it, one a repeat.
    pub out_of_fold: Vec<OutOfFold>,
}

/// Number of steps that [`tune`] reports.
#[must_use]
pub fn n_steps(experiment: &Experiment) -> u64 {
    experiment.config().tuning.map_or(0, |tuning| {
        let scopes = tuning.outer_folds * tuning.repeats + 1;
        (scopes * experiment.contests.len()) as u64
    })
}

/// How an experiment is tuned.
///
/// # Errors
/// [`Error::Config`] if it has no section `[tuning]`.
pub fn params(experiment: &Experiment) -> Result<TuningParams, Error> {
    let message = "`tuning` is missing, expected a section `[tuning]` that says how candidates are compared";
    experiment.config().tuning.ok_or_else(|| Error::config("tuning", message))
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Searched {
    /// The candidates, in the order of the config, those that are compared only last.
    pub tuned: Vec<Tuned>,
    /// Those that could not be compared, which takes nothing from the others.
    pub failed: Vec<FailedCandidate>,
}

/// A candidate of which every trial failed on all rows or in an outer fold, or whose choice could not be fitted or calibrated there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCandidate {
    /// Its name.
    pub candidate: String,
    /// Where it failed.
    pub scope: Scope,
    /// Why.
    pub why: String,
}

/// Compares the candidates of an experiment on the given rows of the data, and chooses their parameters.
///
/// Losses of trials that `store` has already are taken from there, and new ones are put there, so that a search which was stopped goes on
/// where it was. `progress` is called after each candidate of each outer fold. The same rows and config give the same result, whatever the
/// number of threads and however often the search was stopped.
///
/// # Errors
/// [`Error::Config`] if the experiment has no section `[tuning]`; the error of the last candidate if none can be compared; what the store
/// refuses.
pub fn tune(
    experiment: &Experiment,
    data: &Data,
    rows: &[usize],
    store: &dyn TrialStore,
    progress: &(dyn Fn() + Sync),
) -> Result<Searched, Error> {
    let tuning = params(experiment)?;
    let round = Round { experiment, tuning: &tuning, data, store, progress };
    let mut active: Vec<Active<'_>> = Vec::new();
    let mut failed = Vec::new();
    let all: Vec<&Contest> = experiment.contests.iter().collect();
    let (whole, _) = round.search(Scope::AllRows, rows, &all)?;
    for (contest, choice) in all.into_iter().zip(whole) {
        match choice {
            Ok(choice) => active.push(Active { contest, tuned: Tuned::new(contest, choice) }),
            Err(why) => failed.push((contest, Scope::AllRows, why)),
        }
    }
    for repeat in 0..tuning.repeats {
        let seed = experiment.config().seed.wrapping_add(1 + repeat as u64);
        let outer = folds(&data.cohort, rows, &data.outcome, tuning.outer_folds, seed)?;
        active.iter_mut().for_each(|one| one.tuned.out_of_fold.push(nothing_yet(&one.tuned.candidate, data)));
        for (fold, held) in outer.iter().enumerate() {
            let scope = Scope::Fold { repeat, fold };
            let contests: Vec<&Contest> = active.iter().map(|one| one.contest).collect();
            let scored = round.scored(scope, (&rest(&outer, fold), held), &contests)?;
            let mut left = Vec::new();
            for (mut one, scored) in active.into_iter().zip(scored) {
                match scored {
                    Ok((choice, scores, probabilities)) => {
                        let out = &mut one.tuned.out_of_fold[repeat];
                        for ((&row, score), probability) in held.iter().zip(scores).zip(probabilities) {
                            (out.log_odds[row], out.probabilities[row]) = (score, probability);
                            out.folds[row] = fold as u32;
                        }
                        one.tuned.by_fold.push((scope, choice));
                        left.push(one);
                    }
                    Err(why) => failed.push((one.contest, scope, why)),
                }
            }
            active = left;
        }
    }
    if active.is_empty()
        && let Some((_, _, why)) = failed.pop()
    {
        return Err(why);
    }
    let of_failed = |(contest, scope, why): (&Contest, Scope, Error)| FailedCandidate {
        candidate: contest.name.clone(),
        scope,
        why: why.to_string(),
    };
    Ok(Searched {
        tuned: active.into_iter().map(|one| one.tuned).collect(),
        failed: failed.into_iter().map(of_failed).collect(),
    })
}

/// A candidate that has not failed so far.
struct Active<'a> {
    contest: &'a Contest,
    tuned: Tuned,
}

impl Tuned {
    fn new(contest: &Contest, on_all_rows: Chosen) -> Self {
        Self {
            candidate: contest.name.clone(),
            family: contest.family.clone(),
            compare_only: contest.compare_only,
            on_all_rows,
            by_fold: Vec::new(),
            out_of_fold: Vec::new(),
        }
    }
}

fn nothing_yet(candidate: &str, data: &Data) -> OutOfFold {
    OutOfFold {
        candidate: candidate.to_owned(),
        log_odds: vec![0.0; data.n_rows()],
        probabilities: vec![0.0; data.n_rows()],
        folds: vec![0; data.n_rows()],
        baseline: None,
        censored: Vec::new(),
    }
}

/// What all choices of a search have in common.
struct Round<'a> {
    experiment: &'a Experiment,
    tuning: &'a TuningParams,
    data: &'a Data,
    store: &'a dyn TrialStore,
    progress: &'a (dyn Fn() + Sync),
}

/// A choice, with the scores and probabilities of held-out rows by what it chose.
type Judged = (Chosen, Vec<f64>, Vec<f64>);

impl Round<'_> {
    /// The choice of each candidate on the rows of one scope, or why it has none.
    fn search(
        &self,
        scope: Scope,
        seen: &[usize],
        contests: &[&Contest],
    ) -> Result<(Vec<Result<Chosen, Error>>, Inner), Error> {
        let inner = Inner::new(self.experiment, self.tuning, self.data, scope, seen)?;
        let of_contest = |contest: &&Contest| {
            let trials = contest.trials.par_iter().enumerate();
            let losses = trials.map(|(number, trial)| self.losses(&inner, scope, (contest, number), trial));
            let losses = all_or_first(losses)?;
            (self.progress)();
            Ok(chosen(contest, losses, self.tuning))
        };
        let choices = contests.iter().map(of_contest).collect::<Result<_, Error>>()?;
        Ok((choices, inner))
    }

    /// The same, and what each choice says of the rows that are held out.
    fn scored(
        &self,
        scope: Scope,
        (seen, held): (&[usize], &[usize]),
        contests: &[&Contest],
    ) -> Result<Vec<Result<Judged, Error>>, Error> {
        let (choices, inner) = self.search(scope, seen, contests)?;
        let all_seen = inner.all_seen(self.experiment, self.data, scope)?;
        let of_contest = |(contest, choice): (&&Contest, Result<Chosen, Error>)| {
            let choice = choice?;
            let contestant = &contest.trials[choice.taken].contestant;
            let (scores, probabilities) =
                inner.score(self.experiment, self.data, &contest.name, contestant, (&all_seen, held))?;
            Ok((choice, scores, probabilities))
        };
        Ok(contests.par_iter().zip(choices).map(of_contest).collect())
    }

    /// What became of a trial, now or when the search was begun.
    fn losses(
        &self,
        inner: &Inner,
        scope: Scope,
        (contest, number): (&Contest, usize),
        trial: &Trial,
    ) -> Result<TrialLosses, Error> {
        let parameters = &trial.combination.values;
        let key = TrialKey { scope, candidate: contest.name.clone(), trial: number };
        if let Some(losses) = self.store.losses(&key, parameters) {
            return Ok(losses);
        }
        let losses = match inner.losses(self.experiment, self.data, &contest.name, &trial.contestant) {
            Ok(losses) => TrialLosses::Losses(losses),
            Err(why) => TrialLosses::Failed(why.to_string()),
        };
        self.store.keep(Finished { key, parameters: parameters.clone(), losses: losses.clone() })?;
        Ok(losses)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
