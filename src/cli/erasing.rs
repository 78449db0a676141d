//! What can be typed to have entries of the log erased.

use clap::{ArgGroup, Args};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Which proposals, by case or by id.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
pub struct Erase {
    /// Id of the case, all of whose proposals are erased.
    #[arg(long, group = "which")]
    pub case: Option<String>,
    /// Id of a proposal to erase. Repeat the flag for several.
    #[arg(long, group = "which")]
    pub id: Vec<String>,
    #[command(flatten)]
    pub how: Erasing,
}

/// Which proposals, by age.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("age").required(true))]
pub struct Retain {
    /// Erase proposals that were made longer ago than this, for example `5y`, `18 months` or `P5Y`; counted in days of UTC.
    #[arg(long, group = "age", value_name = "PERIOD", allow_hyphen_values = true, value_parser = period)]
    pub older_than: Option<Span>,
    /// Erase proposals that were made before this day (UTC) or time, for example `2021-11-29` or `2021-11-29T09:00:00Z`.
    #[arg(long, group = "age", value_name = "DATE", value_parser = day)]
    pub before: Option<Timestamp>,
    #[command(flatten)]
    pub how: Erasing,
}

/// How entries are erased.
#[derive(Debug, Args)]
pub struct Erasing {
    /// Log of proposals: a SQLite file, or `postgres://user@host/database`. The service may go on meanwhile.
    #[arg(long, env = "AMPARO_LOG", hide_env_values = true)]
    pub log: String,
    /// Why, for example the legal basis and the number of the decision. It stays in the log for ever, so it must not name the case or a person.
    #[arg(long)]
    pub reason: String,
    /// Who erases. It stays in the log, too.
    #[arg(long)]
    pub by: String,
    /// Erase. Without it, nothing is changed: the command verifies the log and says what would be erased.
    #[arg(long)]
    pub yes: bool,
    /// Do not rewrite the log after erasing. Copies of what was erased may be left in unused places of its files until `amparo log scrub` is run.
    #[arg(long)]
    pub scrub_later: bool,
    /// Print what was or would be erased as JSON.
    #[arg(long)]
    pub json: bool,
}

impl Retain {
    /// The time before which proposals are too old.
    ///
    /// # Errors
    /// If the period reaches back beyond the calendar.
    pub fn time(&self, now: Timestamp) -> Result<Timestamp, jiff::Error> {
        match (self.before, self.older_than) {
            (Some(time), _) => Ok(time),
            (None, span) => {
                Ok(now.to_zoned(TimeZone::UTC).checked_sub(span.unwrap_or_default())?.timestamp())
            }
        }
    }
}

fn period(text: &str) -> Result<Span, String> {
    let expected = "expected a period like `5y`, `18 months` or `P5Y`";
    let span: Span = text.parse().map_err(|_| expected.to_owned())?;
    if span.is_positive() {
        Ok(span)
    } else {
        Err(format!("it reaches into the future, or nowhere: {expected}"))
    }
}

fn day(text: &str) -> Result<Timestamp, String> {
    let expected = "expected a day like `2021-11-29`, or a time like `2021-11-29T09:00:00Z`";
    let time = match text.parse::<Timestamp>() {
        Ok(time) => time,
        Err(_) => {
            // A day with anything behind it would be cut off in silence.
            let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
            let day = day.ok_or_else(|| expected.to_owned())?;
            day.to_zoned(TimeZone::UTC).map_err(|_| expected.to_owned())?.timestamp()
        }
    };
    if time <= Timestamp::now() { Ok(time) } else { Err(format!("it is in the future: {expected}")) }
}
