//! A cohort as a polars data frame, for those who explore one in Rust. Feature `polars`.

use polars_core::prelude::{Column as Series, DataFrame, NamedFrom, PolarsResult, Series as Values};

use super::day_texts::DayTexts;
use super::parquet_out::Column;
use super::write::batch;
use crate::Cohort;

/// The columns that a [cohort file](super) holds, with the same names, types and order.
///
/// # Errors
/// What polars refuses: two columns of one name.
pub fn data_frame(cohort: &Cohort) -> PolarsResult<DataFrame> {
    let days = cohort.dates().map(DayTexts::of);
    let columns = batch(cohort, days.as_ref(), 0..cohort.n_rows());
    let series = columns.into_iter().map(|(name, column)| -> Series {
        match column {
            Column::Texts(texts) => Values::new(name.into(), texts).into(),
            Column::OptionalTexts(texts) => Values::new(name.into(), texts).into(),
            Column::Integers(numbers) => Values::new(name.into(), numbers).into(),
            Column::OptionalIntegers(numbers) => Values::new(name.into(), numbers).into(),
            Column::Booleans(truths) => Values::new(name.into(), truths).into(),
            Column::Floats(floats) => Values::new(name.into(), floats).into(),
            Column::OptionalFloats(floats) => Values::new(name.into(), floats).into(),
        }
    });
    DataFrame::new(cohort.n_rows(), series.collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::{cohort, form};

    #[test]
    fn a_frame_holds_what_the_cohort_holds() {
        let cohort = cohort(7);
        let frame = data_frame(&cohort).unwrap();
        assert_eq!(frame.height(), 7);
        let cases: Vec<_> = frame.column("case").unwrap().str().unwrap().iter().flatten().collect();
        assert_eq!(cases, cohort.cases());
        let weights: Vec<_> = frame.column("weight").unwrap().f64().unwrap().iter().flatten().collect();
        assert_eq!(
            weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>(),
            cohort.weights().iter().map(|w| w.to_bits()).collect::<Vec<_>>()
        );
        for (at, indicator) in form().indicators().iter().enumerate() {
            let ids = frame.column(&indicator.id).unwrap().str().unwrap();
            for (row, id) in ids.iter().enumerate() {
                let code = cohort.answers().row(row)[at];
                assert_eq!(id, indicator.answer(code).map(|answer| answer.id.as_str()), "row {row}");
            }
        }
    }
}
