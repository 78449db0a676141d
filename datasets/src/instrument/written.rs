//! The TOML as people write it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{Answer, Bins, Factor, Indicator, Instrument, Polarity, Stored, Text, UNKNOWN, bins};
use crate::{Error, Problem, Problems};

/// The file: indicators name a set of answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: String,
    title: Text,
    source: String,
    factor: Vec<Factor>,
    answers: BTreeMap<String, Vec<Answer>>,
    #[serde(default)]
    bins: BTreeMap<String, bins::Written>,
    indicator: Vec<WrittenIndicator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenIndicator {
    id: String,
    factor: String,
    polarity: Polarity,
    correctable: bool,
    label: Text,
    /// Name of a set under `[answers]`.
    answers: String,
    /// Name of a binning under `[bins]`, if the indicator asks for a number.
    bins: Option<String>,
}

impl Written {
    /// The instrument, or all that is wrong with the file.
    pub(super) fn check(self, path: &Path) -> Result<Instrument, Error> {
        let mut problems = Problems::default();
        for (set, answers) in &self.answers {
            if answers.iter().any(|a| a.id == UNKNOWN) {
                let message =
                    format!("answer set `{set}` lists `{UNKNOWN}`, which every indicator has anyway");
                problems.push(Problem::new(format!("answers.{set}"), message));
            }
        }
        let mut indicators = Vec::with_capacity(self.indicator.len());
        for WrittenIndicator { id, factor, polarity, correctable, label, answers, bins } in self.indicator {
            let Some(set) = self.answers.get(&answers) else {
                let known = self.answers.keys().cloned().collect::<Vec<_>>().join(", ");
                let message =
                    format!("indicator `{id}` names answer set `{answers}`, expected one of {known}");
                problems.push(Problem::new(id, message));
                continue;
            };
            let mut answers = set.clone();
            answers.push(Answer {
                id: UNKNOWN.to_owned(),
                label: Text { es: "no se sabe".to_owned(), en: UNKNOWN.to_owned() },
            });
            let named = bins.as_ref().map(|name| (name, self.bins.get(name)));
            if let Some((name, None)) = named {
                let known = self.bins.keys().cloned().collect::<Vec<_>>().join(", ");
                let message = format!("indicator `{id}` names bins `{name}`, expected one of {known}");
                problems.push(Problem::new(&id, message));
            }
            let bins = named.and_then(|(_, bins)| bins).cloned().map(Bins::from);
            indicators.push(Indicator { id, factor, polarity, correctable, label, answers, bins });
        }
        let stored =
            Stored { id: self.id, title: self.title, source: self.source, factors: self.factor, indicators };
        stored.check(&mut problems);
        problems.or(format!("instrument `{}`", path.display()), stored.unchecked())
    }
}
