//! The highest and the lowest value over the labels of a group column.

use super::estimates::Estimates;
use super::quantity::Across;
use super::resampler::Place;
use crate::reason::Reason;
use crate::report::LeftOut;

/// The labels of a column that have a value, and their extremes.
pub(crate) struct Extremes {
    /// Every label that has a value.
    pub(crate) values: Vec<(Place, f64)>,
    /// The lowest value; the first among equals.
    pub(crate) lowest: (Place, f64),
    /// The highest value; the first among equals.
    pub(crate) highest: (Place, f64),
}

impl Extremes {
    /// Highest less lowest.
    pub(crate) fn difference(&self) -> f64 {
        self.highest.1 - self.lowest.1
    }

    /// The places of the values.
    pub(super) fn places(&self) -> Vec<Place> {
        self.values.iter().map(|(place, _)| *place).collect()
    }

    /// Rows and events of the labels that have a value.
    pub(super) fn rests_on(&self, estimates: &Estimates<'_>) -> (u64, u64) {
        let each = self.values.iter().map(|(place, _)| estimates.n_and_events(place.label));
        each.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }
}

impl Estimates<'_> {
    /// The labels of a column that are in nothing summed up over them, each with the reason.
    pub(crate) fn left_out(&self, across: Across) -> Vec<LeftOut> {
        let labels = self.observed.labels(across.column);
        let names = &self.resampler().input.columns().groups[across.column].labels;
        let reason = |label: usize| match self.observed.known[label] {
            true => self.value(Place { version: across.version, label, target: across.target }).err(),
            false => Some(Reason::NotRecorded),
        };
        labels
            .zip(names)
            .filter_map(|(label, name)| Some(LeftOut { label: name.clone(), reason: reason(label)? }))
            .collect()
    }

    /// The extremes over a column; `None` when fewer than two labels have a value.
    pub(crate) fn extremes(&self, across: Across) -> Option<Extremes> {
        let places = self.observed.places(across);
        let values: Vec<(Place, f64)> =
            places.filter_map(|place| Some((place, self.value(place).ok()?))).collect();
        // The first among equals, both ways.
        let lowest = *values.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let highest = *values.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1))?;
        (values.len() > 1).then_some(Extremes { values, lowest, highest })
    }
}
