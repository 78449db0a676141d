//! Intervals that hold for all gaps of a metric together, and the smallest difference that would have shown.

use super::estimates::Estimates;
use super::followed::Followed;
use super::interval;
use super::quantity::Quantity;
use super::resampler::Place;
use crate::metrics::{Noise, Z95};
use crate::report::Band;

/// Standard normal quantile at 0.8, the power at which the smallest difference that would have shown is stated.
const POWER: f64 = 0.841_621_233_572_914_3;

/// What the family of a gap says of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Simultaneous {
    /// The interval that holds together with those of the other gaps of its version and metric.
    pub(crate) band: Band,
    /// The smallest true gap that these rows would have shown; `None` where noise only adds.
    pub(crate) detectable: Option<f64>,
}

impl Estimates<'_> {
    /// The simultaneous interval of a gap between two labels of a version; `None` if the gap is of no family.
    ///
    /// ```text
    /// gap -+ q se     q = 95 % quantile of the largest |resampled - observed| / se over the family
    /// ```
    ///
    /// # References
    /// Westfall and Young, Resampling-Based Multiple Testing, 1993.
    pub(crate) fn simultaneous(&self, place: Place, against: Place) -> Option<Simultaneous> {
        let value = self.value(place).ok()? - self.value(against).ok()?;
        let (version, target) = (place.version, place.target);
        let family = self.observed.families.get(&(version, target))?;
        let member = family.iter().find(|m| m.label == place && m.against == against)?;
        let sketch = self.sketch(Followed::LargestDeviation { version, target })?;
        // The family was chosen on the first resamples; the gap itself must have held on all of them.
        let own = self.sketch(Followed::Quantity(Quantity::Difference(place, against)))?;
        let gap = [place, against];
        if [sketch, own].into_iter().any(|sketch| interval::unusable(sketch).is_some())
            || self.is_at_edge(&gap)
        {
            return None;
        }
        let by = sketch.quantile(0.95) * member.se;
        let signed = self.observed.noise(place) == Noise::Signed;
        Some(Simultaneous {
            band: Band { low: value + self.moved(-by, &gap), high: value + self.moved(by, &gap) },
            detectable: signed.then_some(by + POWER * member.se),
        })
    }

    /// `(z_0.975 + z_0.8) x standard error` of a difference; `None` without an interval, and where noise only adds.
    pub(crate) fn detectable(&self, place: Place, against: Place) -> Option<f64> {
        let signed = self.observed.noise(place) == Noise::Signed;
        let followed = Followed::Quantity(Quantity::Difference(place, against));
        let sketch = self.sketch(followed).filter(|_| signed)?;
        interval::unusable(sketch).is_none().then(|| (Z95 + POWER) * sketch.sd())
    }
}
