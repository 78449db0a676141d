//! The answers to one indicator, beside those of the fit.

use amparo_datasets::{Indicator, Instrument};
use amparo_models::OutcomeModel;
use amparo_models::learned::{AnswerCount, Counts, EffectiveRows, Rows};

use super::distance::{psi, psi_by_chance, total_variation};
use crate::bridge::text;
use crate::measure::Count;
use crate::report::{AnswerMix, IndicatorMix};

/// How often the index of any indicator exceeds its limit by chance.
const BY_CHANCE: f64 = 0.05;

/// The answers to one indicator.
pub(super) struct Compared<'a> {
    pub(super) model: &'a OutcomeModel,
    /// The form.
    pub(super) form: &'a Instrument,
    /// The indicator, by its place.
    pub(super) j: usize,
    /// The indicator on the form that the model sees.
    pub(super) indicator: &'a Indicator,
    /// The rows here, on the form that the model sees.
    pub(super) counts: &'a Counts,
}

impl Compared<'_> {
    pub(super) fn mix(&self, n_compared: usize) -> IndicatorMix {
        let Self { model, j, counts, .. } = *self;
        let (fitted, here) = (&model.background().answers[j], &counts.weights[j]);
        let shares = [fitted, here].map(|weights| {
            let all: f64 = weights.iter().sum();
            weights.iter().map(|weight| weight / all).collect::<Vec<f64>>()
        });
        let occurs: Vec<usize> =
            (0..fitted.len()).filter(|&code| fitted[code] > 0.0 || here[code] > 0.0).collect();
        let of_fit = fitted.iter().enumerate().map(|(code, &weight)| (weight, self.effective_fit(code)));
        let of_here = here.iter().copied().zip(counts.effective[j].iter().copied());
        let n = [EffectiveRows::joined(of_fit), EffectiveRows::joined(of_here)];
        let of = |side: usize| occurs.iter().map(|&code| shares[side][code]).collect::<Vec<f64>>();
        let label = &self.form.indicators()[j].label;
        IndicatorMix {
            indicator: self.indicator.id.clone(),
            label: text(label),
            left_out: model.leaves_out(j),
            total_variation: total_variation(&shares[0], &shares[1]),
            psi: psi([&of(0), &of(1)], n),
            psi_by_chance: (occurs.len() > 1)
                .then(|| psi_by_chance(occurs.len(), n, BY_CHANCE / n_compared as f64)),
            answers: (0..fitted.len()).map(|code| self.answer(code, &shares)).collect(),
        }
    }

    fn answer(&self, code: usize, shares: &[Vec<f64>; 2]) -> AnswerMix {
        let answer = &self.indicator.answers()[code];
        let is_learned =
            |code: usize| self.model.learned().is_none_or(|learned| learned.is_learned(self.j, code as u8));
        AnswerMix {
            answer: answer.id.clone(),
            label: text(&answer.label),
            learned: self.behind(code).into_iter().any(is_learned),
            fitted: self.is_fit_told(code).then_some(shares[0][code]),
            here: Some(shares[1][code]),
            n: Count::Exact(self.counts.rows[self.j][code]),
        }
    }

    /// The answers of the form that are one on the form that the model sees.
    fn behind(&self, code: usize) -> Vec<usize> {
        self.model.pooling().stands_for(&self.form.indicators()[self.j], self.j, code)
    }

    /// What the version tells of the fit's rows behind an answer.
    fn fit_counts(&self, code: usize) -> impl Iterator<Item = &AnswerCount> {
        let of = |code: usize| self.model.learned().map(|learned| &learned.answers[self.j][code]);
        self.behind(code).into_iter().filter_map(of)
    }

    /// Whether the version tells of as many rows behind the share as it needs to tell of any.
    fn is_fit_told(&self, code: usize) -> bool {
        let needed = self.model.learned().map_or(0, |learned| learned.needed);
        let told: u64 = self.fit_counts(code).map(|c| if let Rows::Number(n) = c.rows { n } else { 0 }).sum();
        told >= needed || self.fit_counts(code).all(|c| matches!(c.rows, Rows::Number(_)))
    }

    /// The fit's rows behind an answer, as rows of one weight that tell as much.
    ///
    /// Rows that are not told count as one: the limit is then wider than it would have to be, and hardly so, since they are few.
    fn effective_fit(&self, code: usize) -> f64 {
        let number = |count: &AnswerCount| match (count.effective, count.rows) {
            (Some(effective), _) => effective.max(1),
            (None, Rows::Number(rows)) => rows,
            (None, Rows::Few { .. }) => 1,
        };
        self.fit_counts(code).map(number).sum::<u64>() as f64
    }
}
