use std::ops::Range;

use jiff::civil::Date;

use super::parquet_out::Column;

/// Days of assessment as the texts of a column, `2025-03-31`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayTexts {
    cells: Vec<Option<String>>,
    /// Of all rows, since every part of the column has one type.
    all_known: bool,
}

impl DayTexts {
    /// The texts of days, of which some rows may have none.
    pub fn of(days: &[Option<Date>]) -> Self {
        Self {
            cells: days.iter().map(|day| day.map(|day| day.to_string())).collect(),
            all_known: days.iter().all(Option::is_some),
        }
    }

    /// Some rows of the column: of optional texts only if some row of all has no day.
    ///
    /// # Panics
    /// If there are no such rows.
    pub fn column(&self, rows: Range<usize>) -> Column<'_> {
        let cells = self.cells[rows].iter().map(Option::as_deref);
        match self.all_known {
            true => Column::Texts(cells.flatten().collect()),
            false => Column::OptionalTexts(cells.collect()),
        }
    }
}
