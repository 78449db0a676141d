//! The parameters as a list that people can read: what is published, and what is assumed.

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::params::TEXT;
use crate::Error;

/// One statement the generator rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// Its place in the parameter file: `reporting.share`, `indicator.*.assault`, `indicator.I18.share`.
    pub key: String,
    /// Its value, as written there; a column lists its indicators.
    pub value: String,
    /// Where the value is published; `None` for what is assumed (or derived from such, as the text then says).
    pub published: Option<String>,
    /// What it says about the cases.
    pub text: String,
}

/// All statements the generator rests on, the published ones marked.
///
/// # Errors
/// [`Error::Format`] or [`Error::Invalid`] if the parameters that are built in are damaged, which a test rules out.
pub fn assumptions() -> Result<Vec<Assumption>, Error> {
    super::params::Params::built_in()?;
    let table: Table = toml::from_str(TEXT).map_err(|e| super::params::not_such_toml(&e))?;
    let mut found = Vec::new();
    for (key, value) in &table {
        match key.as_str() {
            "column" | "indicator" => {}
            _ => stated(key, value, &mut found),
        }
    }
    columns(&table, &mut found);
    Ok(found)
}

/// Every table below `value` that has a `text` is a statement.
fn stated(key: &str, value: &Value, found: &mut Vec<Assumption>) {
    match value {
        Value::Table(table) => match (table.get("text").and_then(Value::as_str), table.get("value")) {
            (Some(text), Some(value)) => found.push(Assumption {
                key: key.to_owned(),
                value: value.to_string(),
                published: table.get("published").and_then(Value::as_str).map(str::to_owned),
                text: text.to_owned(),
            }),
            _ => table.iter().for_each(|(name, value)| stated(&format!("{key}.{name}"), value, found)),
        },
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| stated(&format!("{key}.{}", at + 1), item, found));
        }
        _ => {}
    }
}

/// One statement a column of the indicator table, and one for each of its values that is published.
fn columns(table: &Table, found: &mut Vec<Assumption>) {
    let empty = Table::new();
    let below = |key: &str| table.get(key).and_then(Value::as_table).unwrap_or(&empty);
    for (column, about) in below("column") {
        let text = about.get("text").and_then(Value::as_str).unwrap_or_default();
        let sources = about.get("published").and_then(Value::as_table).unwrap_or(&empty);
        let mut assumed = Vec::new();
        for (indicator, row) in below("indicator") {
            let Some(value) = row.get(column) else { continue };
            match sources.get(indicator).and_then(Value::as_str) {
                None => assumed.push(format!("{indicator} {value}")),
                Some(source) => found.push(Assumption {
                    key: format!("indicator.{indicator}.{column}"),
                    value: value.to_string(),
                    published: Some(source.to_owned()),
                    text: text.to_owned(),
                }),
            }
        }
        found.push(Assumption {
            key: format!("indicator.*.{column}"),
            value: assumed.join("; "),
            published: None,
            text: text.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_value_of_the_file_is_stated_and_the_published_ones_say_where() {
        let found = assumptions().unwrap();
        // A value has its own `value =` in the file, except in the columns of the indicator table.
        let written = TEXT.lines().filter(|l| !l.starts_with('#') && l.contains("value = ")).count();
        let stated = found.iter().filter(|a| !a.key.starts_with("indicator.")).count();
        assert_eq!(stated, written);
        assert!(found.iter().all(|a| !a.text.is_empty() && !a.value.is_empty()), "{found:?}");
        let published: Vec<_> =
            found.iter().filter(|a| a.published.is_some()).map(|a| a.key.as_str()).collect();
        for key in ["assault.prevalence", "assault.early_share", "lethal.prevalence", "indicator.I18.share"] {
            assert!(published.contains(&key), "`{key}` is not among {published:?}");
        }
        assert!(!published.contains(&"reporting.share"));
    }
}
