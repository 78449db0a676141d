//! A case as it is, whatever anyone records of it.

use super::draw::Draw;
use super::generator::Generator;
use super::params::{N_TRAITS, TRAITS};

/// What is true of one case.
pub(super) struct Truth {
    /// Latent traits, in the order of [`TRAITS`].
    pub traits: [f64; N_TRAITS],
    /// True answers, never `unknown`.
    pub answers: Vec<u8>,
    /// Index into the ages.
    pub age: u16,
    /// Whether the case is rural.
    pub rural: bool,
    /// Index into the police forces.
    pub force: u16,
}

/// Place of the severity trait.
pub(super) const SEVERITY: usize = 0;
/// Place of the vulnerability trait.
pub(super) const VULNERABILITY: usize = 3;
const YOUTH: usize = N_TRAITS - 1;
const _: () = assert!(TRAITS.len() == N_TRAITS);

impl Generator {
    /// Draws a case.
    ///
    /// ```text
    /// liability_i = sum_k loading_ik trait_k + sqrt(1 - sum_k loading_ik^2) e_i      traits, e_i: standard normal
    /// answer_i    = number of thresholds of i that the liability exceeds
    /// ```
    pub(super) fn truth(&self, draw: &mut Draw) -> Truth {
        let mut traits = [0.0; N_TRAITS];
        traits.iter_mut().for_each(|t| *t = draw.normal());
        let mut answers = Vec::with_capacity(self.indicators.len());
        for question in &self.indicators {
            let shared: f64 = question.loadings.iter().zip(&traits).map(|(l, t)| l * t).sum();
            let liability = shared + question.own * draw.normal();
            let possible = question.requires.is_none_or(|parent| answers[parent] > 0);
            let above = question.thresholds.iter().filter(|t| liability > **t).count();
            answers.push(if possible { above as u8 } else { 0 });
        }
        let groups = &self.params.group;
        let rural = draw.happens(groups.rural.value);
        let forces = if rural { &groups.force_rural } else { &groups.force_urban };
        let force = draw.pick(&forces.value) as u16;
        let age = self.ages.iter().filter(|from| traits[YOUTH] <= **from).count() as u16;
        Truth { traits, answers, age, rural, force }
    }
}
