//! Scorecards in CSV: the keys of TOML as names of columns, and a first row that has no column.

use super::Row;
use super::card::{Card, Equals};
use crate::Error;
use crate::json::shortened;

pub(super) const FORMAT: &str = "points CSV";

pub(super) fn card(bytes: &[u8]) -> Result<Card, Error> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let broken = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        Error::malformed(FORMAT, format!("line {line}"), shortened(&error.to_string()), "a table in UTF-8")
    };
    let names = reader.headers().map_err(broken)?.clone();
    for (i, name) in names.iter().enumerate() {
        let known = [
            "column",
            "below",
            "at_most",
            "above",
            "at_least",
            "equals",
            "missing",
            "per_unit",
            "points",
            "multiplier",
        ];
        if !known.contains(&name) || names.iter().take(i).any(|other| other == name) {
            let found = format!("the column `{}`", shortened(name));
            return Err(Error::malformed(
                FORMAT,
                "line 1",
                found,
                format!("each of {} once at most", known.join(", ")),
            ));
        }
    }
    let mut head = None;
    let mut points = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let fields =
            Fields { names: &names, record: &record, line: record.position().map_or(0, csv::Position::line) };
        match (fields.text("column"), head) {
            (None, None) => head = Some(fields.head()?),
            (None, Some(_)) => return Err(fields.wrong("column", "a second row without a column", "one")),
            (Some(_), None) => {
                let expected =
                    "a first row without a column, with the intercept in `points` and the `multiplier`";
                return Err(fields.wrong("column", "a column", expected));
            }
            (Some(column), Some(_)) => points.push(fields.row(column)?),
        }
    }
    let Some((intercept, multiplier)) = head else {
        return Err(Error::malformed(FORMAT, "line 2", "the end of the file", "a row without a column"));
    };
    Ok(Card { intercept, multiplier, points })
}

struct Fields<'a> {
    names: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
    line: u64,
}

impl Fields<'_> {
    fn wrong(&self, name: &str, found: &str, expected: &str) -> Error {
        Error::malformed(FORMAT, format!("line {}, `{name}`", self.line), found, expected)
    }

    /// A field that is there and not empty.
    fn text(&self, name: &str) -> Option<&str> {
        let place = self.names.iter().position(|other| other == name)?;
        self.record.get(place).filter(|text| !text.is_empty())
    }

    fn number(&self, name: &str) -> Result<Option<f64>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|x: &f64| x.is_finite());
        let wrong = || self.wrong(name, &format!("`{}`", shortened(text)), "a finite number");
        number.map(Some).ok_or_else(wrong)
    }

    fn head(&self) -> Result<(f64, f64), Error> {
        let empty = |name: &str| self.wrong(name, "nothing", "a number");
        for name in ["below", "at_most", "above", "at_least", "equals", "missing", "per_unit"] {
            if self.text(name).is_some() {
                return Err(self.wrong(name, "a test without a column", "nothing"));
            }
        }
        let intercept = self.number("points")?.ok_or_else(|| empty("points"))?;
        Ok((intercept, self.number("multiplier")?.ok_or_else(|| empty("multiplier"))?))
    }

    fn row(&self, column: &str) -> Result<Row, Error> {
        if self.text("multiplier").is_some() {
            return Err(self.wrong("multiplier", "a number", "one in the row without a column only"));
        }
        let missing = match self.text("missing") {
            None => None,
            Some("true") => Some(true),
            Some(text) => {
                return Err(self.wrong("missing", &format!("`{}`", shortened(text)), "`true` or nothing"));
            }
        };
        let equals = self.text("equals").map(|text| match text.parse::<f64>() {
            Ok(x) if x.is_finite() => Equals::Either(x, text.to_owned()),
            _ => Equals::Text(text.to_owned()),
        });
        Ok(Row {
            column: column.to_owned(),
            below: self.number("below")?,
            at_most: self.number("at_most")?,
            above: self.number("above")?,
            at_least: self.number("at_least")?,
            equals,
            missing,
            per_unit: self.number("per_unit")?,
            points: self.number("points")?,
        })
    }
}
