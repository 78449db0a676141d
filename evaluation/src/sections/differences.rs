//! The measures of a version within a label, and a version against the reference.

use crate::estimate::{Estimates, Place, Quantity};
use crate::report::{Difference, Measures};

/// Every measure of a version within a label, by key.
pub(crate) fn measures(estimates: &Estimates<'_>, version: usize, label: usize) -> Measures {
    let prepared = estimates.prepared(version);
    let measure = |target| estimates.estimate(Quantity::Value(Place { version, label, target }));
    (0..prepared.targets.len())
        .map(|target| (prepared.key(prepared.targets[target]), measure(target)))
        .collect()
}

/// Every version against the reference, for the measures that both have; what does not depend on the version is left out.
pub(crate) fn differences(estimates: &Estimates<'_>, reference: &str) -> Vec<Difference> {
    let mut out = Vec::new();
    for (version, prepared) in estimates.resampler().prepared.iter().enumerate() {
        for target in 0..prepared.targets.len() {
            let place = Place { version, label: 0, target };
            let Some(against) = estimates.pairing.counterpart(place) else { continue };
            out.push(Difference {
                name: prepared.scored.name.clone(),
                against: reference.to_owned(),
                metric: prepared.key(prepared.targets[target]),
                measure: estimates.estimate(Quantity::Difference(place, against)),
                detectable: estimates.detectable(place, against),
            });
        }
    }
    out
}
