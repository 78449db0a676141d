//! One cell of a sheet: what it holds, and the text that a CSV table of the same would hold.

use std::fmt;
use std::sync::Arc;

use calamine::{CellErrorType, DataRef};
use jiff::civil::{DateTime, Time};

use super::column_text::CellKind;
use super::kind::Kind;
use super::shown;

/// What a cell holds. A cell that holds nothing is none.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SheetCell {
    Text(Arc<str>),
    /// Finite, with no more than [`DIGITS`] digits.
    Number(f64),
    Boolean(bool),
    /// A day, with the time of day if it is not the day's first moment.
    Day(Arc<str>),
    Refused(Refused),
}

/// Why a cell cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refused {
    /// The program could not calculate it.
    Error(CellErrorType),
    /// Nobody has calculated it.
    NotCalculated,
    /// Its number is a day that no calendar has, as 29 February 1900.
    NoDay(f64),
    /// Its text should be a day.
    NoDayText(Arc<str>),
    /// A time without a day, or a duration.
    Time(f64),
    /// A number that has more digits than a workbook keeps.
    TooLong(f64),
    /// It is covered by another cell, which holds something: row and column from 0.
    Merged(u32, u32),
}

/// Digits of a number that spreadsheet programs keep and show: what a computer adds behind them is no part of it.
const DIGITS: usize = 15;

/// The last day that spreadsheet programs know, 31 December 9999, in both ways to count days.
const LAST_DAY: [f64; 2] = [2_958_465.0, 2_957_003.0];

const DAY: i64 = 86_400_000;

impl SheetCell {
    /// A cell as the workbook has it; `is_1904` tells from when it counts days.
    pub fn of(
        value: &DataRef<'_>,
        is_formula: bool,
        is_1904: bool,
        mut shared: impl FnMut(&str) -> Arc<str>,
    ) -> Option<Self> {
        Some(match value {
            DataRef::Empty if is_formula => Self::Refused(Refused::NotCalculated),
            DataRef::Empty => return None,
            DataRef::String(text) if text.is_empty() => return None,
            DataRef::SharedString("") => return None,
            DataRef::String(text) => Self::Text(shared(text)),
            DataRef::SharedString(text) => Self::Text(shared(text)),
            DataRef::Int(number) => Self::number(*number as f64),
            DataRef::Float(number) => Self::number(*number),
            DataRef::Bool(value) => Self::Boolean(*value),
            DataRef::DateTime(moment) if moment.is_duration() => {
                Self::Refused(Refused::Time(moment.as_f64()))
            }
            DataRef::DateTime(moment) => match day(moment.as_f64(), is_1904) {
                Ok(text) => Self::Day(shared(&text)),
                Err(refused) => Self::Refused(refused),
            },
            DataRef::DateTimeIso(text) => match text.parse::<DateTime>() {
                Ok(moment) => Self::Day(shared(&day_text(moment))),
                Err(_) => Self::Refused(Refused::NoDayText(shared(text))),
            },
            DataRef::DurationIso(text) => Self::Refused(Refused::NoDayText(shared(text))),
            DataRef::Error(error) => Self::Refused(Refused::Error(error.clone())),
        })
    }

    fn number(number: f64) -> Self {
        // Of a longer one, the workbook has lost the last digits, or the next program will: two case numbers would become one.
        match format!("{number:.*e}", DIGITS - 1).parse() {
            Ok(rounded) if number.abs() < 1e15 => Self::Number(rounded),
            _ => Self::Refused(Refused::TooLong(number)),
        }
    }

    /// Whether the cell holds nothing but blanks.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim_ascii().is_empty())
    }

    /// The text of the cell, and what it is.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn text(&self) -> Result<(String, CellKind), &Refused> {
        Ok(match self {
            Self::Text(text) => (text.to_string(), CellKind::Text),
            // No zero has a sign.
            Self::Number(number) => ((number + 0.0).to_string(), CellKind::Value),
            Self::Boolean(value) => (value.to_string(), CellKind::Value),
            Self::Day(text) => (text.to_string(), CellKind::Day),
            Self::Refused(refused) => return Err(refused),
        })
    }
}

/// What stands in the cell, for messages: column `x` holds ...
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "the error `{error}`"),
            Self::NotCalculated => f.write_str("a formula that no program has calculated"),
            Self::NoDay(number) => write!(f, "the number {number} as a day, which no calendar has"),
            Self::NoDayText(text) => write!(f, "`{text}` as a day, which it is not"),
            Self::Time(number) => write!(f, "a time without a day ({number} days)"),
            Self::TooLong(number) => {
                write!(f, "the number {number}, of which a workbook does not keep every digit")
            }
            Self::Merged(row, column) => {
                write!(f, "nothing, as it is merged with {}", address(*row, *column))
            }
        }
    }
}

/// A cell as spreadsheet programs name it: `C5`; row and column from 0.
pub(super) fn address(row: u32, column: u32) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        letters.insert(0, char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    format!("{letters}{}", row + 1)
}

/// The day that a number of days is, by the clock to a thousandth of a second.
///
/// ```text
/// 1900: 1 is 1900-01-01, and 60 is 29 February 1900, which never was; so 61 is 1900-03-01
/// 1904: 1 is 1904-01-02
/// ```
fn day(number: f64, is_1904: bool) -> Result<String, Refused> {
    if (0.0..1.0).contains(&number) {
        return Err(Refused::Time(number));
    }
    if !(number >= 1.0 && number < LAST_DAY[usize::from(is_1904)] + 1.0) {
        return Err(Refused::NoDay(number));
    }
    // Below 2^53, so exact but for the fraction of a millisecond.
    let milliseconds = (number * DAY as f64).round() as i64;
    let since_1970 = match (is_1904, milliseconds / DAY) {
        (true, _) => milliseconds - 24_107 * DAY,
        (false, ..60) => milliseconds - 25_568 * DAY,
        (false, 60) => return Err(Refused::NoDay(number)),
        (false, _) => milliseconds - 25_569 * DAY,
    };
    let text = shown::whole(&Kind::WallClock(1_000), since_1970.into()).ok_or(Refused::NoDay(number))?;
    Ok(text.strip_suffix(" 00:00:00").map_or(text.clone(), str::to_owned))
}

/// A day as [`day`] writes it.
fn day_text(moment: DateTime) -> String {
    if moment.time() == Time::midnight() {
        return moment.date().to_string();
    }
    moment.to_string().replace('T', " ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn cell(value: &DataRef<'_>) -> Result<(String, CellKind), String> {
        let cell = SheetCell::of(value, false, false, |text| text.into()).unwrap();
        cell.text().map_err(ToString::to_string)
    }

    #[test]
    fn days_are_those_of_openpyxl() {
        // openpyxl 3.1.5, openpyxl.utils.datetime.from_excel(number) and with epoch=CALENDAR_MAC_1904.
        let of = |number, is_1904| day(number, is_1904).ok();
        assert_eq!(of(45_688.0, false).as_deref(), Some("2025-01-31"));
        assert_eq!(of(44_226.0, true).as_deref(), Some("2025-01-31"));
        assert_eq!(of(45_688.252_569_444_4, false).as_deref(), Some("2025-01-31 06:03:42"));
        assert_eq!(of(45_688.252_575_231_48, false).as_deref(), Some("2025-01-31 06:03:42.5"));
        // A breath before midnight is the next day, not 23:59:60.
        assert_eq!(of(45_687.999_999_999_9, false).as_deref(), Some("2025-01-31"));
        assert_eq!(of(1.0, false).as_deref(), Some("1900-01-01"));
        assert_eq!(of(59.0, false).as_deref(), Some("1900-02-28"));
        assert_eq!(of(61.0, false).as_deref(), Some("1900-03-01"));
        assert_eq!(of(1.0, true).as_deref(), Some("1904-01-02"));
        assert_eq!(of(2_958_465.0, false).as_deref(), Some("9999-12-31"));
        assert_eq!(of(2_957_003.0, true).as_deref(), Some("9999-12-31"));
        for (number, is_1904) in
            [(60.0, false), (60.5, false), (-1.0, false), (2_958_466.0, false), (2_957_004.0, true)]
        {
            assert_eq!(day(number, is_1904), Err(Refused::NoDay(number)), "{number}");
        }
        assert_eq!(day(0.25, true), Err(Refused::Time(0.25)));
    }

    #[test]
    fn numbers_are_what_a_spreadsheet_shows_at_its_full_precision() {
        let of = |number| cell(&DataRef::Float(number)).unwrap();
        for (number, shown) in [
            (1.0, "1"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.3"),
            (1.1 - 1.0, "0.1"),
            (1e-7, "0.0000001"),
            (2.0 / 3.0, "0.666666666666667"),
            (-99.5, "-99.5"),
            (999_999_999_999_999.0, "999999999999999"),
        ] {
            assert_eq!(of(number), (shown.to_owned(), CellKind::Value));
        }
        // As text, the last digits stay.
        let long = "1234567890123456";
        assert_eq!(cell(&DataRef::SharedString(long)), Ok((long.to_owned(), CellKind::Text)));
        let refused = cell(&DataRef::Float(1_234_567_890_123_456.0)).unwrap_err();
        assert_eq!(refused, "the number 1234567890123456, of which a workbook does not keep every digit");
        assert!(cell(&DataRef::Float(f64::NAN)).is_err() && cell(&DataRef::Float(f64::INFINITY)).is_err());
    }

    #[test]
    fn days_in_words_are_days() {
        let of = |text: &str| cell(&DataRef::DateTimeIso(text.to_owned()));
        assert_eq!(of("2025-01-31"), Ok(("2025-01-31".to_owned(), CellKind::Day)));
        assert_eq!(of("2025-01-31T00:00:00"), Ok(("2025-01-31".to_owned(), CellKind::Day)));
        assert_eq!(of("2025-01-31T06:03:42.5"), Ok(("2025-01-31 06:03:42.5".to_owned(), CellKind::Day)));
        assert_eq!(of("2025-02-30"), Err("`2025-02-30` as a day, which it is not".to_owned()));
    }

    #[test]
    fn cells_have_their_addresses() {
        let cells = [
            (0, 0, "A1"),
            (4, 25, "Z5"),
            (9, 26, "AA10"),
            (0, 701, "ZZ1"),
            (0, 702, "AAA1"),
            (1_048_575, 16_383, "XFD1048576"),
        ];
        for (row, column, expected) in cells {
            assert_eq!(address(row, column), expected);
        }
    }
}
