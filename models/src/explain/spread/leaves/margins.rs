//! That the cells of a frame divide answers into subsamples as the answers themselves are.

use crate::Error;
use crate::explain::Background;
use crate::explain::deal::SUBSAMPLES;
use crate::explain::frame::Frame;
use crate::explain::subsamples::Subsamples;

/// Refuses cells of a frame that divide an indicator's answers in another way than its answer sums.
///
/// They stand from place `first` on; which cell is at which place after that, `cell` tells.
pub(super) fn check_margins(
    frame: &Frame,
    (first, cell): (usize, &dyn Fn(usize) -> usize),
    cells: &[f64],
    background: &Background,
    subsamples: &Subsamples,
    what: impl Fn() -> String,
) -> Result<(), Error> {
    let total: f64 = cells.iter().sum();
    for (dimension, stride) in frame.dimensions.iter().zip(frame.strides()) {
        let before: usize = background.answers[..dimension.indicator].iter().map(Vec::len).sum();
        let sums = &background.answers[dimension.indicator];
        let mut difference = [0.0; SUBSAMPLES];
        let mut add = |at: usize, weight: f64| {
            let units = &subsamples.table()[at];
            difference.iter_mut().zip(units).for_each(|(d, &u)| *d += weight * f64::from(u));
        };
        for (code, sum) in sums.iter().enumerate().filter(|(code, _)| dimension.class(*code as u8) == 1) {
            add(before + code, sum / background.weight);
        }
        for (place, sum) in cells.iter().enumerate().filter(|(place, _)| cell(*place) / stride % 2 == 1) {
            add(first + place, -sum / total);
        }
        // Both sides are rounded by less than a unit a cell.
        if let Some(difference) = difference.iter().find(|d| d.abs() > 2.0 + 1e-4) {
            let (what, j) = (what(), dimension.indicator);
            let problem = format!(
                "{what} divide the answers of indicator {j} in another way than its own cells: by {difference} units"
            );
            return Err(Error::invalid("subsamples", problem));
        }
    }
    Ok(())
}
