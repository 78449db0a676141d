//! What is followed over the resamples, and the loop over them.

use std::collections::HashMap;

use super::interval;
use super::quantile_sketch::Sketches;
use super::quantity::{Member, Observed, Quantity};
use super::resampler::Sample;
use crate::metrics::Noise;
use crate::report::Context;

/// Replicates between two reports of progress.
const BATCH: u32 = 32;
/// First replicates, which are kept until standard errors are known.
const PILOT: u32 = 200;

/// A number of which a sketch is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Followed {
    /// A quantity, or the bound on how far noise moves it.
    Quantity(Quantity),
    /// Largest deviation of a version's gaps in a metric, over every label of every column, in standard errors.
    LargestDeviation { version: usize, target: usize },
}

/// Follows the numbers over the resamples: the first few are kept until the families' standard errors are known.
pub(super) fn draw(
    observed: &mut Observed<'_>,
    followed: &[Followed],
    context: &Context,
    step: &dyn Fn(u64),
) -> Sketches {
    let mut sketches = Sketches::new(followed.len());
    let mut pilot = Vec::new();
    let mut done = 0;
    while done < context.replicates {
        let until = if done < PILOT { PILOT } else { context.replicates };
        let batch = done..context.replicates.min(until).min(done + BATCH);
        done = batch.end;
        let mut samples = observed.resampler.replicates(context.seed, batch);
        if done < PILOT.min(context.replicates) {
            pilot.append(&mut samples);
            step(u64::from(done));
            continue;
        }
        if !pilot.is_empty() {
            samples.splice(..0, pilot.drain(..));
            observed.families = families(observed, followed, &samples);
        }
        sketches.add(samples.len(), |at, sample| match followed[at] {
            Followed::Quantity(quantity) => observed.draw(quantity, &samples[sample]),
            Followed::LargestDeviation { version, target } => {
                observed.largest_deviation((version, target), &samples[sample])
            }
        });
        step(u64::from(done));
    }
    sketches
}

/// The gaps of each version and metric, each with its standard error over the first resamples; a gap with a value that is the same in all
/// of them is none of them.
fn families(
    observed: &Observed<'_>,
    followed: &[Followed],
    pilot: &[Sample],
) -> HashMap<(usize, usize), Vec<Member>> {
    let mut families: HashMap<_, Vec<Member>> = HashMap::new();
    for one in followed {
        let Followed::Quantity(quantity @ Quantity::Difference(label, against)) = *one else { continue };
        if label.version != against.version {
            continue;
        }
        let mut sketches = Sketches::new(3);
        let drawn = [quantity, Quantity::Value(label), Quantity::Value(against)];
        sketches.add(pilot.len(), |at, sample| observed.draw(drawn[at], &pilot[sample]));
        let signed = observed.noise(label) == Noise::Signed;
        let at_edge = signed && (1..3).any(|at| sketches.at(at).is_constant());
        let sketch = sketches.at(0);
        if interval::unusable(sketch).is_none() && !at_edge {
            // Of bounds, the scale is their size.
            let se = if signed { sketch.sd() } else { sketch.quantile(0.68) };
            families.entry((label.version, label.target)).or_default().push(Member { label, against, se });
        }
    }
    families
}
