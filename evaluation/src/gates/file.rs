//! Files of gates, read and checked.

use std::collections::BTreeSet;

use amparo_models::artefact::sha256;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::definitions::{Better, Text};
use crate::error::Error;
use crate::metrics::Metric;
use crate::report::split_key;

/// The format of a file of gates; a reader refuses another.
const FORMAT: u32 = 1;

/// Gates, checked as far as they can be without a version: see [`Gates::check`].
#[derive(Debug, Clone, PartialEq)]
pub struct Gates {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) owner: String,
    pub(super) gates: Vec<Gate>,
    pub(super) text: String,
}

/// One gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// Its name, unique in the file.
    pub name: String,
    /// Who answers for the threshold.
    pub owner: String,
    /// Why this threshold.
    pub reason: Text,
    /// Key of the measure: `auc`, `recall@high`; `contradicted_directions` for [`Ask::Directions`].
    pub metric: String,
    /// Group column, or the intersection of two (`sex x age`). `None`: all rows for [`Ask::Value`] and [`Ask::Difference`], every group
    /// column for [`Ask::Gap`] and [`Ask::Change`].
    pub group: Option<String>,
    /// Labels of that column; none stated: every label, but those that say that nothing was recorded.
    pub labels: Vec<String>,
    /// The label that gaps are taken against; `None`: two stated labels are compared with each other, any others with the reference label of
    /// the rows.
    pub reference: Option<String>,
    /// Whether all labels are compared with each other.
    pub pairwise: bool,
    /// What is asked.
    pub ask: Ask,
    /// Where it begins in the file.
    pub(super) line: usize,
}

/// What a gate asks; see the table of [this module](super).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// The measure lies within bounds, at least one of which is stated.
    Value {
        /// Smallest value that is good.
        at_least: Option<f64>,
        /// Largest value that is good.
        at_most: Option<f64>,
    },
    /// The version is no worse than the version in force.
    Difference {
        /// Largest loss that is accepted, >= 0, in the unit of the measure.
        margin: f64,
    },
    /// Labels are alike.
    Gap {
        /// Largest gap that counts as none, > 0, in the unit of the measure.
        margin: f64,
    },
    /// The rows of the fit contradict no more declared directions than stated.
    Directions {
        /// Most contradicted directions that are accepted.
        most: u64,
    },
    /// No gap grows against the version in force.
    Change {
        /// Largest growth that is accepted, >= 0, in the unit of the measure.
        margin: f64,
    },
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGates {
    format: u32,
    id: String,
    title: Text,
    owner: String,
    #[serde(default)]
    gate: Vec<Spanned<RawGate>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGate {
    name: String,
    owner: Option<String>,
    reason: Text,
    kind: String,
    metric: Option<String>,
    group: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
    reference: Option<String>,
    #[serde(default)]
    pairwise: bool,
    at_least: Option<f64>,
    at_most: Option<f64>,
    margin: Option<f64>,
    most: Option<u64>,
}

/// What stands for the metric of a gate on directions, which has none.
const OF_DIRECTIONS: &str = "contradicted_directions";

impl Gates {
    /// The gates that come with the program, by id.
    pub const BUILT_IN: &'static [(&'static str, &'static str)] = &[
        ("quickstart", include_str!("../../gates/quickstart.toml")),
        ("compas-fairness", include_str!("../../gates/compas-fairness.toml")),
        ("compas-performance", include_str!("../../gates/compas-performance.toml")),
    ];

    /// SHA-256 of the file, by which verdicts and bindings name it.
    pub fn digest(&self) -> String {
        sha256(self.text.as_bytes())
    }

    /// Reads gates.
    ///
    /// # Errors
    /// [`Error::Invalid`]: the first place that is no TOML of this shape, or else everything that does not hold together, with lines.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let refuse = |problems| Err(Error::Invalid { what: "gates", problems });
        let raw: RawGates = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => return refuse(vec![error.to_string().trim_end().to_owned()]),
        };
        let mut problems = Vec::new();
        if raw.format != FORMAT {
            problems.push(format!("`format` is {}, expected {FORMAT}", raw.format));
        }
        for (field, words) in [("id", &raw.id), ("owner", &raw.owner)] {
            problems.extend(empty(field, words));
        }
        problems.extend(empty_text("title", &raw.title));
        if raw.gate.is_empty() {
            problems.push("no `[[gate]]` found, expected one or more".to_owned());
        }
        let mut names = BTreeSet::new();
        let mut gates = Vec::new();
        for spanned in raw.gate {
            let line = 1 + text[..spanned.span().start.min(text.len())].matches('\n').count();
            let raw_gate = spanned.into_inner();
            let name = raw_gate.name.clone();
            let mut found = Vec::new();
            if !names.insert(name.clone()) {
                found.push("there is another gate of this name".to_owned());
            }
            gates.extend(check_gate(raw_gate, &raw.owner, line, &mut found));
            problems
                .extend(found.into_iter().map(|problem| format!("gate `{name}` (line {line}): {problem}")));
        }
        if !problems.is_empty() {
            return refuse(problems);
        }
        Ok(Self { id: raw.id, title: raw.title, owner: raw.owner, gates, text: text.to_owned() })
    }

    /// The gates in the order of the file.
    #[must_use]
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// The file word for word.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a gate has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.gates.iter().any(|gate| gate.name == name)
    }
}

/// A gate, unless something is wrong with it.
fn check_gate(raw: RawGate, owner: &str, line: usize, problems: &mut Vec<String>) -> Option<Gate> {
    let before = problems.len();
    let owner = raw.owner.clone().unwrap_or_else(|| owner.to_owned());
    for (field, words) in [("name", &raw.name), ("owner", &owner)] {
        problems.extend(empty(field, words));
    }
    problems.extend(empty_text("reason", &raw.reason));
    let is_of_directions = raw.kind == "directions";
    let better = match &raw.metric {
        _ if is_of_directions => None,
        Some(metric) => check_metric(metric, problems),
        None => {
            problems.push("expected `metric`, as for every gate but those of kind `directions`".to_owned());
            None
        }
    };
    if raw.most.is_some() && !is_of_directions {
        problems.push("`most` belongs to the kind `directions`".to_owned());
    }
    let [at_least, at_most, margin] = [raw.at_least, raw.at_most, raw.margin];
    for (field, number) in [("at_least", at_least), ("at_most", at_most), ("margin", margin)] {
        if let Some(number) = number.filter(|number| !number.is_finite()) {
            problems.push(format!("`{field}` is {number}, expected a finite number"));
        }
    }
    let ask = match raw.kind.as_str() {
        "value" => {
            problems.extend(margin.map(|_| "`margin` belongs to the other kinds".to_owned()));
            match (at_least, at_most) {
                (None, None) => problems.push("expected `at_least`, `at_most` or both".to_owned()),
                (Some(low), Some(high)) if low > high => {
                    problems.push(format!("`at_least` is {low}, expected no more than `at_most`, {high}"));
                }
                _ => {}
            }
            Some(Ask::Value { at_least, at_most })
        }
        "difference" | "gap" | "change" => {
            for (field, found) in [("at_least", at_least), ("at_most", at_most)] {
                problems.extend(found.map(|_| format!("`{field}` belongs to the kind `value`")));
            }
            checked_ask(&raw.kind, margin, better, problems)
        }
        "directions" => {
            let stated = [
                ("metric", raw.metric.is_some()),
                ("group", raw.group.is_some()),
                ("at_least", at_least.is_some()),
                ("at_most", at_most.is_some()),
                ("margin", margin.is_some()),
            ];
            for (field, _) in stated.into_iter().filter(|(_, is_stated)| *is_stated) {
                problems.push(format!("`{field}` does not belong to the kind `directions`"));
            }
            Some(Ask::Directions { most: raw.most.unwrap_or(0) })
        }
        kind => {
            problems
                .push(format!("`kind` is `{kind}`, expected value, difference, gap, change or directions"));
            None
        }
    };
    if raw.group.is_none() && !raw.labels.is_empty() {
        problems.push("`labels` without `group`, expected the group column they belong to".to_owned());
    }
    if raw.labels.iter().collect::<BTreeSet<_>>().len() != raw.labels.len() {
        problems.push("`labels` has one twice".to_owned());
    }
    check_compared(&raw, problems);
    let RawGate { name, reason, metric, group, labels, reference, pairwise, .. } = raw;
    let metric = metric.unwrap_or_else(|| OF_DIRECTIONS.to_owned());
    (problems.len() == before).then_some(ask).flatten().map(|ask| Gate {
        name,
        owner,
        reason,
        metric,
        group,
        labels,
        reference,
        pairwise,
        ask,
        line,
    })
}

/// Whether it is clear which labels a gate compares.
fn check_compared(raw: &RawGate, problems: &mut Vec<String>) {
    let RawGate { group, labels, reference, pairwise, .. } = raw;
    let compares = ["gap", "change"].contains(&raw.kind.as_str());
    for (field, stated) in [("reference", reference.is_some()), ("pairwise", *pairwise)] {
        if stated && !compares {
            problems.push(format!("`{field}` belongs to the kinds `gap` and `change`"));
        }
    }
    if reference.is_some() && group.is_none() {
        problems.push("`reference` without `group`, expected the group column it belongs to".to_owned());
    }
    if reference.is_some() && *pairwise {
        problems.push("`reference` and `pairwise` exclude each other, expected one of them".to_owned());
    }
    if *pairwise && labels.len() == 1 {
        problems
            .push("`pairwise` with one label in `labels`, expected two or more, or none for all".to_owned());
    }
    if let ([label], Some(reference)) = (labels.as_slice(), reference)
        && label == reference
    {
        problems.push(format!("`labels` has only the reference label `{reference}`, expected another one"));
    }
    if compares && labels.len() > 2 && reference.is_none() && !pairwise {
        problems.push(format!(
            "`labels` has {}, expected `reference` or `pairwise` to say which of them are compared",
            labels.len()
        ));
    }
}

/// What a gate with a margin asks.
fn checked_ask(
    kind: &str,
    margin: Option<f64>,
    better: Option<Better>,
    problems: &mut Vec<String>,
) -> Option<Ask> {
    let Some(margin) = margin else {
        problems.push(format!("expected `margin`, as for every gate of kind `{kind}`"));
        return None;
    };
    let (holds, expected) = match kind {
        // No interval lies within a margin of nothing.
        "gap" => (margin > 0.0, "above 0"),
        _ => (margin >= 0.0, "0 or more"),
    };
    if !holds {
        problems.push(format!("`margin` is {margin}, expected {expected}"));
    }
    match kind {
        "difference" => {
            if better.is_some_and(|better| !matches!(better, Better::Higher | Better::Lower)) {
                let problem = "a difference in this metric is neither better nor worse, expected one with a better side; bounds on \
                               the value itself are of kind `value`";
                problems.push(problem.to_owned());
            }
            Some(Ask::Difference { margin })
        }
        "gap" => Some(Ask::Gap { margin }),
        _ => Some(Ask::Change { margin }),
    }
}

/// Which values of a metric are better, if it is one.
fn check_metric(key: &str, problems: &mut Vec<String>) -> Option<Better> {
    let (name, _) = split_key(key);
    let metric = Metric::ALL.iter().find(|metric| metric.name() == name);
    if metric.is_none() {
        let known: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
        problems.push(format!("metric `{name}` is none of {}", known.join(", ")));
    }
    metric.map(|metric| metric.definition().better)
}

fn empty(field: &str, words: &str) -> Option<String> {
    words.trim().is_empty().then(|| format!("`{field}` is empty"))
}

fn empty_text(field: &str, text: &Text) -> Vec<String> {
    [("es", &text.es), ("en", &text.en)]
        .iter()
        .filter_map(|(lang, words)| empty(&format!("{field}.{lang}"), words))
        .collect()
}
