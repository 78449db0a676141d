//! Gates against what an evaluation can say: every name is known before anything is computed.

use amparo_datasets::Group;

use super::compared::{compared, looks_at};
use super::file::{Ask, Gate, Gates};
use crate::definitions::Scope;
use crate::error::Error;
use crate::input::{CROSS, Input};
use crate::metrics::Metric;
use crate::report::{GroupTable, Report, split_key};

/// Metrics that are one number for a whole group column.
const OF_A_COLUMN: [&str; 2] = ["equalised_odds", "fairness_penalised"];

/// Whether a metric is one number for a whole group column.
pub(super) fn is_of_a_column(key: &str) -> bool {
    OF_A_COLUMN.contains(&split_key(key).0)
}

impl Gates {
    /// Checks every level, group and label that gates name.
    ///
    /// `groups` are the group columns of the cohort, each with its labels; intersections of two are known through them. `levels` are
    /// those of the version, from the lowest.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that is not known, each with its line.
    pub fn check(&self, groups: &[(&str, &[String])], levels: &[&str]) -> Result<(), Error> {
        let mut problems = Vec::new();
        for gate in &self.gates {
            let found = level(gate, levels).into_iter().chain(place(gate, groups));
            problems
                .extend(found.map(|problem| format!("gate `{}` (line {}): {problem}", gate.name, gate.line)));
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid { what: "gates", problems }) }
    }

    /// Checks the gates against a report that is there already: also an intersection must be a group column of it.
    ///
    /// # Errors
    /// As [`Self::check`]; [`Error::Invalid`] if the report has no scores of this name.
    pub fn check_report(&self, report: &Report, name: &str) -> Result<(), Error> {
        let Some(scored) = report.scored(name) else {
            let known: Vec<String> = report.scored.iter().map(|one| format!("`{}`", one.name)).collect();
            let problem = format!("the report has no scores `{name}`, expected one of {}", known.join(", "));
            return Err(Error::Invalid { what: "gates", problems: vec![problem] });
        };
        let labels = |table: &GroupTable| table.rows.iter().map(|row| row.label.clone()).collect();
        let tables: Vec<(&str, Vec<String>)> =
            scored.groups.iter().map(|table| (table.group.as_str(), labels(table))).collect();
        let groups: Vec<(&str, &[String])> =
            tables.iter().map(|(group, labels)| (*group, labels.as_slice())).collect();
        let levels: Vec<&str> = scored.levels.iter().map(|level| level.level.as_str()).collect();
        self.check(&groups, &levels)?;
        let has = |group: &str| groups.iter().any(|(known, _)| *known == group);
        let absent = self.gates.iter().filter_map(|gate| Some((gate, gate.group.as_deref()?)));
        let absent = absent.filter(|(_, group)| !has(group)).map(|(gate, group)| {
            let (name, line) = (&gate.name, gate.line);
            format!("gate `{name}` (line {line}): the report has no group column `{group}`, expected this intersection among its groups")
        });
        let problems: Vec<String> = absent.collect();
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid { what: "gates", problems }) }
    }

    /// The rows with all that gates compare: the intersections that they name as group columns of their own, unless they are there
    /// already, and the pairs of labels that are compared with each other.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an intersection of columns that are not there, or of too many labels.
    pub fn with_compared(&self, input: Input) -> Result<Input, Error> {
        let input = input.with_intersections(self.gates.iter().filter_map(|gate| gate.group.as_deref()))?;
        Ok(input.with_pairs(|column| {
            let known: Vec<&str> =
                column.labels.iter().map(String::as_str).filter(|label| column.is_known(label)).collect();
            let gates = self.gates.iter().filter(|gate| gate.compares() && looks_at(gate, &column.name));
            let pairs = gates.filter_map(|gate| compared(gate, &known)).flatten();
            pairs.map(|pair| pair.map(str::to_owned)).collect()
        }))
    }
}

/// What is wrong with the level that a gate names.
fn level(gate: &Gate, levels: &[&str]) -> Option<String> {
    let (name, level) = split_key(&gate.metric);
    let scope = Metric::ALL.iter().find(|metric| metric.name() == name)?.scope();
    let known = match scope {
        Scope::Whole => {
            return level.map(|level| format!("metric `{name}` belongs to no level, found `@{level}`"));
        }
        Scope::Threshold => levels.get(1..).unwrap_or_default(),
        Scope::Level => levels,
    };
    let expected = || known.iter().map(|level| format!("`{name}@{level}`")).collect::<Vec<_>>().join(", ");
    match level {
        None => Some(format!("metric `{name}` belongs to a level, expected one of {}", expected())),
        Some(level) if !known.contains(&level) => Some(format!(
            "`{}` has a level of which the metric knows nothing, expected one of {}",
            gate.metric,
            expected()
        )),
        Some(_) => None,
    }
}

/// What is wrong with the group, the labels and the kind of number that a gate names.
fn place(gate: &Gate, groups: &[(&str, &[String])]) -> Vec<String> {
    let mut problems = Vec::new();
    let name = split_key(&gate.metric).0;
    let metric = Metric::ALL.iter().find(|metric| metric.name() == name);
    let of_a_column = is_of_a_column(&gate.metric);
    match gate.ask {
        _ if of_a_column => {
            if !matches!(gate.ask, Ask::Value { .. }) {
                problems
                    .push(format!("metric `{name}` compares labels itself, expected a gate of kind `value`"));
            }
            if gate.group.is_none() {
                problems.push(format!("metric `{name}` belongs to a group column, expected `group`"));
            }
            if !gate.labels.is_empty() {
                problems.push(format!("metric `{name}` is of all labels together, expected no `labels`"));
            }
        }
        Ask::Gap { .. } | Ask::Change { .. } => {
            if metric.is_some_and(|metric| !is_compared(*metric)) {
                let known: Vec<&str> =
                    Metric::ALL.iter().filter(|metric| is_compared(**metric)).map(|m| m.name()).collect();
                problems.push(format!(
                    "no gap is taken in metric `{name}`, expected one of {}",
                    known.join(", ")
                ));
            }
            if groups.is_empty() && gate.group.is_none() {
                problems.push("the cohort has no group column to compare labels of".to_owned());
            }
        }
        Ask::Value { .. } | Ask::Difference { .. } | Ask::Directions { .. } => {}
    }
    let Some(group) = &gate.group else { return problems };
    match labels(group, groups) {
        None => {
            let known: Vec<&str> = groups.iter().map(|(name, _)| *name).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            problems.push(format!(
                "group `{group}` is no group column of the cohort, it has {known} (or `a{CROSS}b` of two)"
            ));
        }
        Some(known) => {
            let unknown = gate.labels.iter().filter(|label| !known.contains(label));
            problems.extend(
                unknown.map(|label| format!("label `{label}` is none of `{group}`: {}", known.join(", "))),
            );
            if let Some(reference) = gate.reference.as_ref().filter(|label| !known.contains(label)) {
                problems.push(format!("reference `{reference}` is none of `{group}`: {}", known.join(", ")));
            }
            let named = gate.labels.iter().chain(&gate.reference);
            for label in named.filter(|label| gate.compares() && is_unknown(label)) {
                problems.push(format!(
                    "label `{label}` says that nothing was recorded, and is compared with no label"
                ));
            }
        }
    }
    problems
}

/// The labels of a column or of an intersection; `None` if it is not known.
fn labels(group: &str, groups: &[(&str, &[String])]) -> Option<Vec<String>> {
    let of = |name: &str| groups.iter().find(|(known, _)| *known == name).map(|(_, labels)| *labels);
    if let Some(labels) = of(group) {
        return Some(labels.to_vec());
    }
    let (one, other) = group.split_once(CROSS)?;
    let (one, other) = of(one).zip(of(other))?;
    Some(one.iter().flat_map(|a| other.iter().map(move |b| format!("{a}{CROSS}{b}"))).collect())
}

/// Whether a label, or one of the two that are crossed in it, says that nothing was recorded.
fn is_unknown(label: &str) -> bool {
    label.split(CROSS).any(|part| part == Group::UNKNOWN)
}

/// Whether labels are compared by a metric, so that it has gaps.
fn is_compared(metric: Metric) -> bool {
    metric.info().comparison.between_labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::GroupColumn;

    #[test]
    fn intersections_are_named_as_they_are_crossed() {
        let column = |name: &str, labels: &[&str]| GroupColumn {
            name: name.to_owned(),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            codes: vec![0],
            ..GroupColumn::default()
        };
        let (a, b) = (column("a", &["x", "y"]), column("b", &["1", "2"]));
        let known: [(&str, &[String]); 2] = [("a", &a.labels), ("b", &b.labels)];
        let crossed = a.crossed(&b).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(labels(&crossed.name, &known), Some(crossed.labels));
        assert_eq!(labels("b x c", &known), None);
    }
}
