//! The one way to learn, and what a fit may see.

use std::convert::Infallible;

use amparo_datasets::{Answers, Classes, number_cases, splitmix};

use crate::follow_up::FollowUp;
use crate::{Data, Error, Followed};

/// Checked parameters that turn a training set into a model.
pub trait Fit {
    /// What is learned.
    type Model;

    /// Learns.
    ///
    /// # Errors
    /// When the training set cannot carry such a model; never a model that was not fitted.
    fn fit(&self, set: &TrainingSet) -> Result<Self::Model, Error>;
}

/// Answers, events and weights of the same rows: all that a fit may see. Both classes are present.
///
/// Where the outcome has days of follow-up, the set also holds those of its rows, and the censored rows that go with them
/// ([`Data::censored_with`]), for fits of hazards. Where it is ordered, the set also holds the class of each row.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingSet {
    outcome: String,
    answers: Answers,
    events: Vec<bool>,
    weights: Vec<f64>,
    cases: Vec<u32>,
    follow_up: Option<FollowUp>,
    classes: Option<Classes>,
}

impl TrainingSet {
    /// The given rows of the data; `part` names them in errors.
    ///
    /// # Errors
    /// [`Error::OneClass`].
    pub fn new(data: &Data, rows: &[usize], part: &str) -> Result<Self, Error> {
        let labelled = data.part(rows);
        let (events, n) = (labelled.events().iter().filter(|e| **e).count(), rows.len());
        if events == 0 || events == n {
            let (outcome, part) = (data.outcome.clone(), part.to_owned());
            return Err(Error::OneClass { outcome, part, events, rows: n });
        }
        let answers = data.cohort.answers().select(rows);
        let cases = number_cases(labelled.cases()).0;
        let (events, weights) = labelled.into_events_and_weights();
        let follow_up = FollowUp::new(data, rows);
        let classes = data.cohort.outcome(&data.outcome)?.classes.as_ref().map(|all| all.select(rows));
        Ok(Self { outcome: data.outcome.clone(), answers, events, weights, cases, follow_up, classes })
    }

    /// The same rows with other answers, and the same of the censored rows that go with them.
    ///
    /// # Errors
    /// Whatever `of_censored` refuses.
    pub(crate) fn with_answers<E>(
        &self,
        answers: Answers,
        of_censored: impl Fn(&Answers) -> Result<Answers, E>,
    ) -> Result<Self, E> {
        let other = |of: &FollowUp| Ok(of.with_censored(of_censored(of.censored())?));
        let follow_up = self.follow_up.as_ref().map(other).transpose()?;
        Ok(Self { answers, follow_up, ..self.clone() })
    }

    /// These rows as they were followed, with the censored rows that go with them.
    ///
    /// # Errors
    /// [`Error::NotFollowed`] if the outcome has no days of follow-up or no horizon.
    pub fn followed(&self) -> Result<Followed, Error> {
        let none = || Error::NotFollowed { outcome: self.outcome.clone() };
        self.follow_up.as_ref().ok_or_else(none)?.followed(&self.answers, &self.events)
    }

    /// The classes of the rows, where the outcome is ordered.
    pub(crate) fn classes(&self) -> Option<&Classes> {
        self.classes.as_ref()
    }

    /// Name of the outcome.
    pub(crate) fn outcome(&self) -> &str {
        &self.outcome
    }

    /// Some of the rows, each as often as it is named, with other events and weights: what is known of them for a fit of trees, without classes
    /// and follow-up.
    pub(crate) fn relabelled(&self, rows: &[usize], events: Vec<bool>, weights: Vec<f64>) -> Self {
        Self {
            outcome: self.outcome.clone(),
            answers: self.answers.select(rows),
            events,
            weights,
            cases: rows.iter().map(|&row| self.cases[row]).collect(),
            follow_up: None,
            classes: None,
        }
    }

    /// The number of each row's case.
    pub(crate) fn cases(&self) -> &[u32] {
        &self.cases
    }

    /// The rows of all cases but some, and the rows of those: each case is drawn into the second set with the probability
    /// `share`, so no case is in both. `part` names the sets in errors.
    ///
    /// # Errors
    /// [`Error::OneClass`] if one of them has only events, or none.
    pub(crate) fn divided(&self, share: f64, seed: u64, part: &str) -> Result<(Self, Self), Error> {
        // Another key than those of trees.
        let (key, below) = (splitmix(!splitmix(seed)), (share * 2_f64.powi(64)) as u64);
        let is_drawn = |row: usize| splitmix(key ^ u64::from(self.cases[row])) < below;
        let (drawn, rest): (Vec<usize>, Vec<usize>) = (0..self.n_rows()).partition(|&row| is_drawn(row));
        Ok((self.select(&rest, part)?, self.select(&drawn, part)?))
    }

    /// Of each row, the fold that its case is dealt into: folds have equally many cases with an event and cases without one, but for one.
    pub(crate) fn case_folds(&self, n_folds: usize, seed: u64) -> Vec<usize> {
        let n_cases = self.cases.iter().max().map_or(0, |last| *last as usize + 1);
        let mut has_event = vec![false; n_cases];
        self.cases.iter().zip(&self.events).for_each(|(&case, event)| has_event[case as usize] |= event);
        // Cases with an event first, otherwise in an order that hangs on the seed alone.
        let key = splitmix(splitmix(seed));
        let mut order: Vec<usize> = (0..n_cases).collect();
        order.sort_unstable_by_key(|&case| (!has_event[case], splitmix(key ^ case as u64), case));
        let mut folds = vec![0; n_cases];
        order.iter().enumerate().for_each(|(at, &case)| folds[case] = at % n_folds);
        self.cases.iter().map(|&case| folds[case as usize]).collect()
    }

    /// Some of the rows; `part` names them in errors.
    ///
    /// # Errors
    /// [`Error::OneClass`].
    pub(crate) fn select(&self, rows: &[usize], part: &str) -> Result<Self, Error> {
        let events: Vec<bool> = rows.iter().map(|&row| self.events[row]).collect();
        let n_events = events.iter().filter(|event| **event).count();
        if n_events == 0 || n_events == rows.len() {
            return Err(Error::OneClass {
                outcome: self.outcome.clone(),
                part: part.to_owned(),
                events: n_events,
                rows: rows.len(),
            });
        }
        Ok(Self {
            outcome: self.outcome.clone(),
            answers: self.answers.select(rows),
            events,
            weights: rows.iter().map(|&row| self.weights[row]).collect(),
            cases: rows.iter().map(|&row| self.cases[row]).collect(),
            follow_up: self.follow_up.as_ref().map(|of| of.select(rows)),
            classes: self.classes.as_ref().map(|of| of.select(rows)),
        })
    }

    /// The same without some indicators, with the places of the others; none if nothing is left out.
    pub(crate) fn without(&self, left_out: &[String]) -> Option<(Self, Vec<usize>)> {
        if left_out.is_empty() {
            return None;
        }
        let indicators = self.answers.instrument().indicators();
        let places: Vec<usize> =
            (0..indicators.len()).filter(|&j| !left_out.contains(&indicators[j].id)).collect();
        let only = |answers: &Answers| Ok::<_, Infallible>(answers.only(&places));
        let Ok(set) = self.with_answers(self.answers.only(&places), only);
        Some((set, places))
    }

    /// The answers.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Whether the event happened, one a row.
    pub fn events(&self) -> &[bool] {
        &self.events
    }

    /// Weights, one positive number a row.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.events.len()
    }

    /// Weighted share of events.
    pub fn base_rate(&self) -> f64 {
        let of_events: f64 = self.events.iter().zip(&self.weights).filter(|(e, _)| **e).map(|(_, w)| w).sum();
        of_events / self.weights.iter().sum::<f64>()
    }
}
