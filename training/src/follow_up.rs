//! How long the rows of a training set were followed, with the censored rows that belong to it.

use std::collections::HashSet;
use std::sync::Arc;

use amparo_datasets::{Answers, Outcome};

use crate::{Data, Error};

/// Days and sampling weights of the rows of a training set, and the censored rows that go with them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FollowUp {
    horizon_days: u32,
    labelled: Rows,
    of_censored: Rows,
    censored: Answers,
}

/// One entry a row; censored rows go with the labelled rows of their cluster.
#[derive(Debug, Clone, PartialEq)]
struct Rows {
    days: Vec<f64>,
    weights: Vec<f64>,
    clusters: Vec<u32>,
}

/// All rows as they were followed: to the event, to the horizon, or until they were censored.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The answers.
    pub answers: Answers,
    /// Days from the assessment to the event, or until which there was none; at most the horizon.
    pub days: Vec<f64>,
    /// Whether follow-up ended with the event.
    pub events: Vec<bool>,
    /// Sampling weights with mean 1. They do not make up for censoring, because the censored rows are here themselves.
    pub weights: Vec<f64>,
    /// Days within which the event counts.
    pub horizon_days: u32,
    /// How many of the rows, the last ones, were censored before the horizon.
    pub n_censored: usize,
}

impl FollowUp {
    /// That of some rows of the data; `None` where the outcome has no days or no horizon.
    pub(crate) fn new(data: &Data, rows: &[usize]) -> Option<Self> {
        let (days, horizon_days) = known(data.cohort.outcome(&data.outcome).ok()?).ok()?;
        let (of_censored, _) = known(data.censored.outcome(&data.outcome).ok()?).ok()?;
        let labelled = Rows {
            days: rows.iter().map(|&row| days[row].min(f64::from(horizon_days))).collect(),
            weights: rows.iter().map(|&row| data.cohort.weights()[row]).collect(),
            clusters: rows.iter().map(|&row| data.companions.of_labelled(row)).collect(),
        };
        let (places, clusters): (Vec<usize>, Vec<u32>) = data.companions.with(&labelled.clusters).unzip();
        let of_censored = Rows {
            days: places.iter().map(|&row| of_censored[row]).collect(),
            weights: places.iter().map(|&row| data.censored.weights()[row]).collect(),
            clusters,
        };
        Some(Self { horizon_days, labelled, of_censored, censored: data.censored.answers().select(&places) })
    }

    /// The answers of the censored rows.
    pub(crate) fn censored(&self) -> &Answers {
        &self.censored
    }

    /// The same with other answers of the censored rows.
    pub(crate) fn with_censored(&self, censored: Answers) -> Self {
        Self { censored, ..self.clone() }
    }

    /// That of some of the rows, with the censored rows that go with these.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let labelled = self.labelled.select(rows);
        let chosen: HashSet<u32> = labelled.clusters.iter().copied().collect();
        let clusters = self.of_censored.clusters.iter().enumerate();
        let places: Vec<usize> =
            clusters.filter(|(_, cluster)| chosen.contains(cluster)).map(|(at, _)| at).collect();
        Self {
            horizon_days: self.horizon_days,
            labelled,
            of_censored: self.of_censored.select(&places),
            censored: self.censored.select(&places),
        }
    }

    /// All rows, the labelled ones (with these answers and events) first.
    pub(crate) fn followed(&self, answers: &Answers, events: &[bool]) -> Result<Followed, Error> {
        let codes = [answers.codes(), self.censored.codes()].concat();
        let n_censored = self.of_censored.days.len();
        let mut weights = [self.labelled.weights.as_slice(), &self.of_censored.weights].concat();
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        weights.iter_mut().for_each(|weight| *weight /= mean);
        Ok(Followed {
            answers: Answers::from_codes(Arc::clone(answers.instrument()), codes)?,
            days: [self.labelled.days.as_slice(), &self.of_censored.days].concat(),
            events: events.iter().copied().chain(std::iter::repeat_n(false, n_censored)).collect(),
            weights,
            horizon_days: self.horizon_days,
            n_censored,
        })
    }
}

impl Rows {
    fn select(&self, rows: &[usize]) -> Self {
        Self {
            days: rows.iter().map(|&row| self.days[row]).collect(),
            weights: rows.iter().map(|&row| self.weights[row]).collect(),
            clusters: rows.iter().map(|&row| self.clusters[row]).collect(),
        }
    }
}

/// Days and horizon of an outcome.
///
/// # Errors
/// [`Error::Config`] that names what is missing.
pub(crate) fn known(outcome: &Outcome) -> Result<(&[f64], u32), Error> {
    let missing = match (&outcome.days, outcome.horizon_days) {
        (Some(days), Some(horizon)) => return Ok((days, horizon)),
        (None, Some(_)) => "no days to the event or to the end of follow-up",
        (Some(_), None) => "no horizon",
        (None, None) => "neither days to the event or to the end of follow-up nor a horizon",
    };
    let name = &outcome.name;
    let message = format!(
        "outcome `{name}` has {missing}, and a hazard is learned from both; a source states them with `time` and `horizon_days`"
    );
    Err(Error::config("outcome", message))
}
