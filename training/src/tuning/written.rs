//! A config with the parameters that were chosen.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::Tuned;
use crate::{Error, Experiment};

/// The config of an experiment with the parameters that were chosen on all rows, everything else as it is written, comments included.
///
/// A parameter that the config leaves out is put below the family.
///
/// # Errors
/// [`Error::Config`] if the result is no config.
pub fn with_chosen(experiment: &Experiment, tuned: &[Tuned]) -> Result<String, Error> {
    let text = experiment.text();
    let refused = |e: toml::de::Error| Error::config("config", e.to_string().trim_end());
    let parsed = DeTable::parse(text).map_err(refused)?;
    let listed = match parsed.get_ref().get("candidate").map(|value| value.get_ref()) {
        Some(DeValue::Array(listed)) => listed.iter().collect(),
        _ => Vec::new(),
    };
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for candidate in listed {
        let DeValue::Table(table) = candidate.get_ref() else { continue };
        let name = table.get("name").and_then(|name| name.get_ref().as_str());
        let Some(one) = tuned.iter().find(|one| Some(one.candidate.as_str()) == name) else { continue };
        for (key, value) in &one.on_all_rows.trials[one.on_all_rows.taken].parameters {
            match (table.get(key.as_str()), table.get("family")) {
                (Some(written), _) => edits.push((written.span(), value.to_string())),
                (None, Some(family)) => {
                    let end = family.span().end;
                    edits.push((end..end, format!("\n{key} = {value}")));
                }
                (None, None) => {}
            }
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    let mut written = String::from(
        "# The parameters below that `[candidate.search]` lists were chosen by `amparo tune`; its report says how the candidates compare.\n",
    );
    let mut at = 0;
    for (span, value) in edits {
        written += &text[at..span.start];
        written += &value;
        at = span.end;
    }
    written += &text[at..];
    Experiment::from_toml(&written)?;
    Ok(written)
}
