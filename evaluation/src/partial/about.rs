//! What the rows of a partition are: all partitions of an evaluation have to agree on it.

use std::collections::BTreeSet;

use super::wire::{Reader, Writer, unreadable};
use crate::error::Error;

/// What the columns of a partition are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Name of the outcome.
    pub outcome: String,
    /// Days within which it counts, if that is known.
    pub horizon_days: Option<u32>,
    /// Names of the scores, each with whether it is a probability.
    pub scores: Vec<(String, bool)>,
    /// Names of the group columns.
    pub groups: Vec<String>,
}

impl About {
    /// What partials have to agree on, each with what it is here.
    pub(super) fn told(&self, (weights, cases): (bool, bool)) -> Vec<(&'static str, String)> {
        let names = |names: Vec<String>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let quoted = |name: &String| format!("`{name}`");
        let score = |(name, is_probability): &(String, bool)| {
            format!("`{name}` ({})", if *is_probability { "a probability" } else { "no probability" })
        };
        let given = |is: bool| if is { "given" } else { "not given" }.to_owned();
        vec![
            ("outcome", quoted(&self.outcome)),
            ("horizon_days", self.horizon_days.map_or_else(|| "none".to_owned(), |days| days.to_string())),
            ("scores", names(self.scores.iter().map(score).collect())),
            ("groups", names(self.groups.iter().map(quoted).collect())),
            ("weights", given(weights)),
            ("cases", given(cases)),
        ]
    }

    /// Everything that is wrong with the names.
    pub(super) fn problems(&self) -> Vec<String> {
        let scores: Vec<&String> = self.scores.iter().map(|(name, _)| name).collect();
        let mut problems = Vec::new();
        for (what, names) in [("score", scores), ("group", self.groups.iter().collect())] {
            let mut seen = BTreeSet::new();
            let twice = names.into_iter().filter(|name| !seen.insert(*name));
            problems.extend(twice.map(|name| format!("{what} `{name}` is given twice")));
        }
        if self.scores.is_empty() {
            problems.push("there is no score, expected one or more".to_owned());
        }
        problems
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.piece(self.outcome.as_bytes());
        out.number(self.horizon_days.map_or(0, |days| u64::from(days) + 1));
        out.number(self.scores.len() as u64);
        for (name, is_probability) in &self.scores {
            out.piece(name.as_bytes());
            out.0.push(u8::from(*is_probability));
        }
        out.number(self.groups.len() as u64);
        self.groups.iter().for_each(|name| out.piece(name.as_bytes()));
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, Error> {
        let outcome = from.text()?.to_owned();
        let days = from.number()?;
        let horizon_days = days.checked_sub(1).map(u32::try_from).transpose();
        let horizon_days = horizon_days.map_err(|_| unreadable(format!("a horizon of {days} days")))?;
        let mut scores = Vec::new();
        for _ in 0..from.number()? {
            scores.push((from.text()?.to_owned(), from.byte()? == 1));
        }
        let mut groups = Vec::new();
        for _ in 0..from.number()? {
            groups.push(from.text()?.to_owned());
        }
        let found = Self { outcome, horizon_days, scores, groups };
        match found.problems().as_slice() {
            [] => Ok(found),
            problems => Err(unreadable(problems.join("; "))),
        }
    }
}
