//! A model whose probability gives a case a level.

use std::borrow::Cow;

use crate::monotone::Proof;
use crate::pooling::Pooling;
use crate::protocol::LethalityRule;
use crate::{Calibrator, Model, OutcomeModel, Protocol, Scorer};

/// One of the models of which the highest level counts.
#[derive(Clone, Copy)]
pub(super) struct LevelModel<'a> {
    pub scorer: &'a Scorer,
    pub proof: &'a Proof,
    calibrator: &'a Calibrator,
    pooling: &'a Pooling,
    by: By<'a>,
}

/// What makes a level of its probability.
#[derive(Clone, Copy)]
enum By<'a> {
    /// The cut-points.
    Cuts(&'a Protocol),
    /// The last rule that is reached; below the first one it says nothing, which is the lowest level.
    Rules(&'a [LethalityRule]),
}

impl<'a> LevelModel<'a> {
    pub fn recidivism(part: &'a OutcomeModel, protocol: &'a Protocol) -> Self {
        let (scorer, proof, calibrator) = (part.scorer(), part.proof(), part.calibrator());
        Self { scorer, proof, calibrator, pooling: part.pooling(), by: By::Cuts(protocol) }
    }

    /// The baseline alone, where the level must not be below its own.
    pub fn baseline(part: &'a OutcomeModel, protocol: &'a Protocol) -> Option<Self> {
        let alone = part.baseline_alone()?;
        let (scorer, proof, calibrator) = (alone.scorer(), alone.proof(), &alone.clause().calibrator);
        Some(Self { scorer, proof, calibrator, pooling: part.pooling(), by: By::Cuts(protocol) })
    }

    pub fn lethality(part: &'a OutcomeModel, rules: &'a [LethalityRule]) -> Self {
        let (scorer, proof, calibrator) = (part.scorer(), part.proof(), part.calibrator());
        Self { scorer, proof, calibrator, pooling: part.pooling(), by: By::Rules(rules) }
    }

    /// The row as its scorer reads it.
    pub fn pooled<'r>(&self, row: &'r [u8]) -> Cow<'r, [u8]> {
        self.pooling.row(row)
    }

    /// The score of a row, in log-odds.
    pub fn score(&self, row: &[u8]) -> f64 {
        self.scorer.score(&self.pooled(row))
    }

    /// The calibrated probability of a score.
    pub fn probability(&self, score: f64) -> f64 {
        self.calibrator.calibrate(score).probability
    }

    /// The level of a probability.
    pub fn level_at(&self, probability: f64) -> usize {
        match self.by {
            By::Cuts(protocol) => protocol.level_of(probability),
            // No rule sets a lower level than the one before it.
            By::Rules(rules) => {
                let reached = rules.partition_point(|rule| rule.from_probability <= probability);
                rules[..reached].last().map_or(0, |rule| rule.at_least)
            }
        }
    }

    /// The level of a score.
    pub fn level_of(&self, score: f64) -> usize {
        self.level_at(self.probability(score))
    }
}
