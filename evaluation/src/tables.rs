//! What stands beside the measures: moves, agreement and decision curves, all on the same resamples.

use crate::agreement::{self, Pair};
use crate::decision::Curve;
use crate::input::{Input, Kind, Scored};
use crate::moves::{self, Movers};
use crate::report::{Agreement, Context, DecisionPoint, Moves};
use crate::tally::{self, Tallied, Tally};

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tables {
    /// One entry a version with the same levels as the reference.
    pub(crate) moves: Vec<Moves>,
    /// One entry a version and foreign column, or reference, with as many levels.
    pub(crate) agreement: Vec<Agreement>,
    /// One curve a scored version, in their order; empty without probabilities.
    pub(crate) decision: Vec<Vec<DecisionPoint>>,
}

/// The tables of checked scores; `step` hears of `context.replicates` steps in all.
pub(crate) fn tables(
    input: &Input,
    scored: &[Scored],
    context: &Context,
    step: &mut dyn FnMut(u64),
) -> Tables {
    let k = context.smallest_cell;
    let reference = scored.iter().find(|one| one.name == context.reference);
    let moved: Vec<(&Scored, &Scored, Vec<Movers<'_>>)> = scored
        .iter()
        .filter(|one| matches!(one.kind, Kind::Version { .. }))
        .filter_map(|version| {
            let reference = reference.filter(|reference| reference.name != version.name)?;
            Some((version, reference, moves::movers(input, version, reference)?))
        })
        .collect();
    let pairs: Vec<Pair<'_>> = agreement::pairs(scored, &context.reference);
    let curves: Vec<Option<Curve<'_>>> = scored.iter().map(|one| Curve::new(input, one)).collect();

    let all: Vec<&dyn Tally> = moved
        .iter()
        .flat_map(|(_, _, movers)| movers.iter().map(|one| one as &dyn Tally))
        .chain(pairs.iter().map(|pair| pair as &dyn Tally))
        .chain(curves.iter().flatten().map(|curve| curve as &dyn Tally))
        .collect();
    let tallied = tally::run(input, &all, (context.seed, context.replicates), step);
    let mut rest = &tallied[..];
    let mut take = |count: usize| {
        let (first, others): (&[Tallied], _) = rest.split_at(count);
        rest = others;
        first
    };
    Tables {
        moves: moved
            .iter()
            .map(|(version, reference, movers)| {
                moves::moves(input, (version, reference), movers, take(movers.len()), k)
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
