//! The sections that follow from counts by cell, all on the same resamples: reclassification, agreement and decision curves.

use super::agreement::{self, Pair};
use super::decision::Curve;
use super::reclassification::{self, Reclassified};
use crate::estimate::{self, Contingency, Counted};
use crate::input::{Input, Kind, Scored};
use crate::report::{Agreement, Context, DecisionPoint, Reclassification};

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CountedSections {
    /// One entry a version with the same levels as the reference.
    pub(crate) reclassification: Vec<Reclassification>,
    /// One entry a version and foreign column, or reference, with as many levels.
    pub(crate) agreement: Vec<Agreement>,
    /// One curve a scored version, in their order; empty without probabilities.
    pub(crate) decision: Vec<Vec<DecisionPoint>>,
}

/// The sections of checked scores; `step` hears of `context.replicates` steps in all.
pub(crate) fn counted(
    input: &Input,
    scored: &[Scored],
    context: &Context,
    step: &mut dyn FnMut(u64),
) -> CountedSections {
    let k = context.smallest_cell;
    let reference = scored.iter().find(|one| one.name == context.reference);
    let reclassified: Vec<(&Scored, &Scored, Vec<Reclassified<'_>>)> = scored
        .iter()
        .filter(|one| matches!(one.kind, Kind::Version { .. }))
        .filter_map(|version| {
            let reference = reference.filter(|reference| reference.name != version.name)?;
            Some((version, reference, reclassification::tables(input, version, reference)?))
        })
        .collect();
    let pairs: Vec<Pair<'_>> = agreement::pairs(scored, &context.reference);
    let curves: Vec<Option<Curve<'_>>> = scored.iter().map(|one| Curve::new(input, one)).collect();

    let all: Vec<&dyn Contingency> = reclassified
        .iter()
        .flat_map(|(_, _, tables)| tables.iter().map(|one| one as &dyn Contingency))
        .chain(pairs.iter().map(|pair| pair as &dyn Contingency))
        .chain(curves.iter().flatten().map(|curve| curve as &dyn Contingency))
        .collect();
    let counted = estimate::count(input, &all, (context.seed, context.replicates), step);
    let mut rest = &counted[..];
    let mut take = |count: usize| {
        let (first, others): (&[Counted], _) = rest.split_at(count);
        rest = others;
        first
    };
    CountedSections {
        reclassification: reclassified
            .iter()
            .map(|(version, reference, tables)| {
                let counted = take(tables.len());
                reclassification::reclassification(input, (version, reference), tables, counted, k)
            })
            .collect(),
        agreement: pairs.iter().map(|pair| agreement::agreement(pair, &take(1)[0], input, k)).collect(),
        decision: curves
            .iter()
            .map(|curve| curve.as_ref().map(|curve| curve.points(&take(1)[0], k)).unwrap_or_default())
            .collect(),
    }
}

#[cfg(test)]
mod tests;
