//! The column that says when an outcome happened, or until when it had not.

use super::OutcomeColumns;
use super::written::{WrittenOutcome, WrittenTime};
use crate::{Problem, Problems, Status};

/// How the time of one outcome is read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeColumn {
    pub column: String,
    /// Days that one unit of the column is long.
    pub unit_days: f64,
    /// Where the column holds no time for those to whom it did not happen.
    pub blank: Option<Blank>,
}

/// Texts that stand for no time, and how long the rows that hold one were followed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Blank {
    pub texts: Vec<String>,
    pub followed: Followed,
}

/// How long rows without the event were followed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Followed {
    /// All of them so many units.
    Units(f64),
    /// As many units as this column says.
    Column(String),
}

impl TimeColumn {
    /// The columns it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let followed = self.blank.as_ref().and_then(|blank| match &blank.followed {
            Followed::Column(column) => Some(column.as_str()),
            Followed::Units(_) => None,
        });
        std::iter::once(self.column.as_str()).chain(followed)
    }
}

/// The time of an outcome, and whether its rules go with it.
pub(super) fn time(outcome: &WrittenOutcome, problems: &mut Problems) -> Option<TimeColumn> {
    let written = outcome.time.as_ref()?;
    let name = &outcome.name;
    let mut say = |message: String| problems.push(Problem::new(name, message));
    if outcome.horizon_days.is_none() {
        say(format!(
            "outcome `{name}` has a time and no horizon_days, expected the days within which the event counts"
        ));
    }
    if outcome.rules.iter().any(|rule| rule.status == Status::Censored) {
        say(format!(
            "a rule of outcome `{name}` says `censored`, expected `event`, `no_event` or `excluded`: with a time, who is censored follows from the \
             time and the horizon"
        ));
    }
    let unit_days = unit_days(written, &mut say, name);
    let blank = blank(written, &mut say, name);
    Some(TimeColumn { column: written.column.clone(), unit_days, blank })
}

/// Days of the unit: known for days and weeks, stated for months and years, whose length varies.
fn unit_days(written: &WrittenTime, say: &mut dyn FnMut(String), name: &str) -> f64 {
    let unit = written.unit.as_str();
    match (unit, written.unit_days) {
        ("days", None) => 1.0,
        ("weeks", None) => 7.0,
        ("months" | "years", Some(days)) if days.is_finite() && days > 0.0 => days,
        ("months" | "years", Some(days)) => {
            say(format!("time.unit_days of outcome `{name}` is {days}, expected a number above 0"));
            1.0
        }
        ("months" | "years", None) => {
            let example = if unit == "months" { "30.4375" } else { "365.25" };
            say(format!(
                "the time of outcome `{name}` is in {unit}, whose length varies, expected unit_days to say how many days one counts \
                 as, such as {example}"
            ));
            1.0
        }
        ("days" | "weeks", Some(_)) => {
            say(format!(
                "the time of outcome `{name}` is in {unit} and states unit_days, expected it for months and years only"
            ));
            1.0
        }
        _ => {
            say(format!(
                "time.unit of outcome `{name}` is `{unit}`, expected one of days, weeks, months, years"
            ));
            1.0
        }
    }
}

fn blank(written: &WrittenTime, say: &mut dyn FnMut(String), name: &str) -> Option<Blank> {
    let WrittenTime { blank, followed, followed_column, .. } = written;
    let followed = match (blank.is_empty(), followed, followed_column) {
        (true, None, None) => return None,
        (false, Some(units), None) if units.is_finite() && *units >= 0.0 => Followed::Units(*units),
        (false, None, Some(column)) => Followed::Column(column.clone()),
        (false, Some(units), None) => {
            say(format!("time.followed of outcome `{name}` is {units}, expected a number of 0 or more"));
            return None;
        }
        (true, ..) => {
            say(format!(
                "the time of outcome `{name}` says how long rows without a time were followed, and lists no text under blank"
            ));
            return None;
        }
        (false, ..) => {
            say(format!(
                "the time of outcome `{name}` lists texts under blank, expected either followed or followed_column to say how long \
                 such rows were followed"
            ));
            return None;
        }
    };
    Some(Blank { texts: blank.clone(), followed })
}

impl OutcomeColumns {
    /// Texts that the time column lists under blank.
    pub(super) fn blank_texts(&self, column: &str) -> &[String] {
        let time = self.time.as_ref().filter(|time| time.column == column);
        time.and_then(|time| time.blank.as_ref()).map_or(&[], |blank| &blank.texts)
    }
}
