//! `report.csv`: every number of a report in one long table, for spreadsheets and statistics packages.
//!
//! One line a number with what belongs to it. `table` says what kind of line it is; columns that do not apply are empty. A value with
//! `state` is a [`Measure`]: `value` (with an interval), `point` (without, `reason` says why) or `undefined` (`reason` says why).
//! `<10` in `n` or `events` is a count that is hidden because it is small. RFC 4180: commas, quotes doubled, lines end in CR LF.
//!
//! A text that a spreadsheet would compute as a formula (a label `=1+1`) has an apostrophe before it, and so has a text that begins
//! with an apostrophe: whoever reads the table takes one apostrophe from the front of a text and has what the report holds.

mod case_mix;
mod classes;
mod horizons;
mod lines;
#[cfg(test)]
mod tests;
use std::fmt::Write as _;

use amparo_evaluation::measure::{Count, Measure};
use amparo_evaluation::report::{Band, Report, split_key};

use crate::telling;
use crate::telling::Lang;

macro_rules! columns {
    ($($name:ident,)+) => {
        /// A line of the table; the fields are the columns.
        #[derive(Debug, Clone, Default)]
        struct Line {
            $($name: String,)+
        }

        /// The columns, in order.
        pub const COLUMNS: &[&str] = &[$(stringify!($name),)+];

        impl Line {
            fn cells(&self) -> [&str; COLUMNS.len()] {
                [$(&self.$name,)+]
            }
        }
    };
}

columns! {
    table, version, against, group, label, metric, level, to_level, at, from, to, state, value, low, high,
    simultaneous_low, simultaneous_high, n, events, detectable, verdict, highest, lowest, worst, reference_by, reason,
}

/// The report as CSV, header first; the text is in UTF-8.
#[must_use]
pub fn csv(report: &Report) -> String {
    let mut out = String::new();
    write(&mut out, COLUMNS.iter().copied());
    lines::each(report, &mut |line| write(&mut out, line.cells().into_iter()));
    out
}

impl Line {
    fn of(table: &'static str) -> Self {
        Self { table: table.to_owned(), ..Self::default() }
    }

    /// A line with metric and level of a key.
    fn key(mut self, key: &str) -> Self {
        let (metric, level) = split_key(key);
        self.metric = metric.to_owned();
        self.level = level.unwrap_or_default().to_owned();
        self
    }

    fn measure(mut self, measure: &Measure) -> Self {
        let (state, n, events) = match measure {
            Measure::Value { n, events, .. } => ("value", Some(*n), Some(*events)),
            Measure::Point { n, events, .. } => ("point", Some(*n), Some(*events)),
            Measure::Undefined { .. } => ("undefined", None, None),
        };
        self.state = state.to_owned();
        self.value = optional(measure.value());
        self.low = optional(measure.interval().map(|interval| interval.0));
        self.high = optional(measure.interval().map(|interval| interval.1));
        self.n = n.map(|n| n.to_string()).unwrap_or_default();
        self.events = events.map(|events| events.to_string()).unwrap_or_default();
        self.reason = measure.reason().map(|reason| telling::reason(&reason, Lang::En)).unwrap_or_default();
        self
    }

    fn band(mut self, band: Option<Band>) -> Self {
        self.simultaneous_low = optional(band.map(|band| band.low));
        self.simultaneous_high = optional(band.map(|band| band.high));
        self
    }

    fn counts(mut self, n: Count, events: Count) -> Self {
        (self.n, self.events) = (n.to_string(), events.to_string());
        self
    }
}

/// A number as it is, so that it reads back to the same one.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn optional(value: Option<f64>) -> String {
    value.map(number).unwrap_or_default()
}

fn write<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let apostrophe = if would_be_computed(cell) || cell.starts_with('\'') { "'" } else { "" };
        if cell.contains([',', '"', '\r', '\n', '\t']) {
            // Writing into a string cannot fail.
            let _ = write!(out, "\"{apostrophe}{}\"", cell.replace('"', "\"\""));
        } else {
            out.push_str(apostrophe);
            out.push_str(cell);
        }
    }
    out.push_str("\r\n");
}

/// Whether Excel, LibreOffice or Google Sheets would take a text for a formula: by its first character, wide ones too,
/// whatever blanks come before it. A number with a sign stays one.
fn would_be_computed(cell: &str) -> bool {
    let is_number = cell.parse::<f64>().is_ok_and(f64::is_finite);
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    cell.starts_with(['\t', '\r']) || !is_number && begins(cell.trim_start())
}
