//! What the police write down of a case, and the level they give it.

use super::draw::{Draw, logistic};
use super::generator::Generator;
use super::truth::{SEVERITY, Truth};

impl Generator {
    /// The recorded answers: some unknown, not at random; some wrong.
    pub(super) fn recorded(&self, truth: &Truth, draw: &mut Draw) -> Vec<u8> {
        let (unknown, recording) = (&self.params.unknown, &self.params.recording);
        let of_case =
            unknown.severity.value * truth.traits[SEVERITY] + unknown.force.value[usize::from(truth.force)];
        let mut answers = Vec::with_capacity(truth.answers.len());
        for (question, &answer) in self.indicators.iter().zip(&truth.answers) {
            let there = if answer > 0 { unknown.present.value } else { 0.0 };
            let not_at_random = if question.plain { 0.0 } else { of_case + there };
            // Both draws are always taken, so that one parameter never moves the draws behind another.
            let (ask, err) = (draw.uniform(), draw.uniform());
            let n_known = question.thresholds.len() as u8 + 1;
            answers.push(if ask < logistic(question.unknown + not_at_random) {
                n_known
            } else if question.plain {
                answer
            } else if answer > 0 && err < recording.missed.value {
                answer - 1
            } else if answer == 0 && err < recording.invented.value {
                1
            } else {
                answer
            });
        }
        answers
    }

    /// The level: the recorded answers of risk indicators summed (unknown as 0), cut, and now and then raised.
    pub(super) fn level(&self, recorded: &[u8], draw: &mut Draw) -> usize {
        let protection = &self.params.protection;
        let sum = self.crude_sum(recorded);
        let computed = protection.cuts.value.iter().filter(|cut| sum >= **cut).count();
        let raised = draw.happens(self.raise());
        computed + usize::from(computed < 2 && raised)
    }

    /// Probability that one of the two lowest levels is raised, so that the published share of all levels is.
    pub(super) fn raise(&self) -> f64 {
        let protection = &self.params.protection;
        protection.raised.value / (protection.shares.value[0] + protection.shares.value[1])
    }

    pub(super) fn crude_sum(&self, recorded: &[u8]) -> u32 {
        let known = |question: &super::generator::Question, code: u8| {
            if usize::from(code) > question.thresholds.len() { 0 } else { u32::from(code) }
        };
        self.indicators.iter().zip(recorded).filter(|(q, _)| q.counts).map(|(q, &code)| known(q, code)).sum()
    }
}
