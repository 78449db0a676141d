//! What the numbers of a report come to under one gate.

use super::check::is_of_a_column;
use super::compared::{compared, looks_at};
use super::file::{Ask, Gate};
use super::finding::{Answer, Finding, PassedOver};
use super::growth::{Bounds, growth};
use crate::definitions::Better;
use crate::measure::Measure;
use crate::metrics::Metric;
use crate::reason::Reason;
use crate::report::{
    Band, Gap, GroupRow, GroupTable, LeftOut, Report, ScoredReport, VersionDirections, key, split_key,
};

/// One finding a number that the gate looks at; at least one.
pub(super) fn findings(report: &Report, name: &str, gate: &Gate) -> Vec<Finding> {
    let Some(scored) = report.scored(name) else {
        return vec![missing((gate.group.as_deref(), None, None), Reason::NotInReport)];
    };
    let reference =
        (report.context.reference != name).then(|| report.scored(&report.context.reference)).flatten();
    let found = match gate.ask {
        Ask::Value { .. } => values(scored, gate),
        Ask::Difference { .. } | Ask::Change { .. } if reference.is_none() => {
            vec![missing((gate.group.as_deref(), None, None), Reason::NoVersionInForce)]
        }
        Ask::Difference { margin } => differences(report, scored, gate, margin),
        // A count that the manifest lists is no measure: see `contradicted`.
        Ask::Directions { .. } => return Vec::new(),
        Ask::Gap { margin } => gaps(scored, gate, &|_, gap| judged_gap(gap, margin)),
        Ask::Change { margin } => {
            gaps(scored, gate, &|table, gap| judged_change(table, gap, reference, margin))
        }
    };
    if found.is_empty() {
        vec![missing((gate.group.as_deref(), None, None), Reason::NotInReport)]
    } else {
        found
    }
}

/// What a gate on directions comes to, with what the report says of them; `None` for any other gate.
///
/// The list is that of the version's manifest, which an interval of 95 % stands behind for each indicator: it is counted, not judged again.
pub(super) fn contradicted(
    report: &Report,
    name: &str,
    gate: &Gate,
) -> Option<(Answer, Option<VersionDirections>)> {
    let Ask::Directions { most } = gate.ask else { return None };
    let directions = report.directions.iter().find(|one| one.name == name).cloned();
    let answer = match &directions {
        None => Answer::CannotTell,
        Some(found) if found.contradicted.len() as u64 > most => Answer::Block,
        Some(_) => Answer::Pass,
    };
    Some((answer, directions))
}

/// Where a number stands: group column, label, and the label a gap is taken against.
type Place<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// The interval that was judged, what it comes to, and why there is none.
type Judged = (Option<Band>, Answer, Option<Reason>);

fn finding(
    place: Place<'_>,
    measure: Measure,
    judged: Option<Band>,
    answer: Answer,
    reason: Option<Reason>,
) -> Finding {
    let (group, label, against) = place;
    let [group, label, against] = [group, label, against].map(|name| name.map(str::to_owned));
    Finding { group, label, against, measure, judged, answer, reason }
}

fn missing(place: Place<'_>, reason: Reason) -> Finding {
    finding(place, Measure::undefined(reason), None, Answer::CannotTell, Some(reason))
}

/// A number judged by its own interval; without one, nothing can be told.
fn by_interval(place: Place<'_>, measure: Option<&Measure>, answer: impl Fn(Bounds) -> Answer) -> Finding {
    let Some(measure) = measure else { return missing(place, Reason::NotInReport) };
    match measure.interval() {
        Some((low, high)) => {
            finding(place, measure.clone(), Some(Band { low, high }), answer((low, high)), None)
        }
        None => finding(place, measure.clone(), None, Answer::CannotTell, measure.reason()),
    }
}

/// Whether an interval lies within `[at_least, at_most]`.
fn within((low, high): Bounds, at_least: Option<f64>, at_most: Option<f64>) -> Answer {
    if at_least.is_none_or(|bound| low >= bound) && at_most.is_none_or(|bound| high <= bound) {
        Answer::Pass
    } else if at_least.is_some_and(|bound| high < bound) || at_most.is_some_and(|bound| low > bound) {
        Answer::Block
    } else {
        Answer::CannotTell
    }
}

/// The measures of all rows, of each label, or of a whole group column.
fn values(scored: &ScoredReport, gate: &Gate) -> Vec<Finding> {
    let Ask::Value { at_least, at_most } = gate.ask else { return Vec::new() };
    let answer = |bounds| within(bounds, at_least, at_most);
    let key = &gate.metric;
    if is_of_a_column(key) {
        return tables(scored, gate)
            .map(|table| {
                let spread = || {
                    table.max_min_differences.iter().find(|spread| spread.metric == *key).map(|s| &s.measure)
                };
                let measure = table.penalised.get(key).or_else(spread);
                by_interval((Some(&table.group), None, None), measure, answer)
            })
            .collect();
    }
    if gate.group.is_none() {
        return vec![by_interval((None, None, None), scored.overall.get(key), answer)];
    }
    rows(scored, gate)
        .map(|(table, label, row)| {
            let measure = row.and_then(|row| row.measures.get(key));
            by_interval((Some(&table.group), Some(label), None), measure, answer)
        })
        .collect()
}

/// The differences of all rows or of each label.
fn differences(report: &Report, scored: &ScoredReport, gate: &Gate, margin: f64) -> Vec<Finding> {
    let key = &gate.metric;
    let lower_is_better = Metric::ALL
        .iter()
        .find(|metric| metric.name() == split_key(key).0)
        .is_some_and(|metric| metric.definition().better == Better::Lower);
    let answer = |bounds| {
        if lower_is_better { within(bounds, None, Some(margin)) } else { within(bounds, Some(-margin), None) }
    };
    if gate.group.is_none() {
        return vec![by_interval((None, None, None), report.difference(&scored.name, key), answer)];
    }
    rows(scored, gate)
        .map(|(table, label, row)| {
            let measure = row.and_then(|row| row.differences.get(key));
            by_interval((Some(&table.group), Some(label), None), measure, answer)
        })
        .collect()
}

/// The gaps of the gate's metric, each judged; a table or label without one cannot tell.
fn gaps(scored: &ScoredReport, gate: &Gate, judge: &dyn Fn(&GroupTable, &Gap) -> Judged) -> Vec<Finding> {
    let mut found = Vec::new();
    for table in tables(scored, gate) {
        let asked = |label: &str| gate.labels.is_empty() || gate.labels.iter().any(|l| l == label);
        let known: Vec<&str> = known(table).collect();
        let with_reference = || {
            let labels = known.iter().filter(|label| asked(label) && **label != table.reference);
            labels.map(|label| [*label, table.reference.as_str()]).collect()
        };
        for [one, other] in compared(gate, &known).unwrap_or_else(with_reference) {
            let between = |gap: &&Gap| {
                let labels = (gap.label.as_str(), gap.against.as_str());
                gap.metric == gate.metric && (labels == (one, other) || labels == (other, one))
            };
            found.push(match table.gaps.iter().find(between) {
                Some(gap) => {
                    // With the sign that the report gives it.
                    let place =
                        (Some(table.group.as_str()), Some(gap.label.as_str()), Some(gap.against.as_str()));
                    let (judged, answer, reason) = judge(table, gap);
                    finding(place, gap.measure.clone(), judged, answer, reason)
                }
                None => missing((Some(&table.group), Some(one), Some(other)), Reason::NotInReport),
            });
        }
    }
    found
}

/// The labels of a table that are labels among others: none that says that nothing was recorded.
fn known(table: &GroupTable) -> impl Iterator<Item = &str> {
    let labels = table.rows.iter().map(|row| row.label.as_str());
    labels.filter(|label| !table.unknown.iter().any(|unknown| unknown == label))
}

/// The labels that a gate passes over, though it names none: those that say that nothing was recorded, and those that a number of a whole
/// group column leaves out.
pub(super) fn passed_over(report: &Report, name: &str, gate: &Gate) -> Vec<PassedOver> {
    let looks_at_labels = gate.group.is_some() || gate.compares();
    let Some(scored) = report.scored(name).filter(|_| gate.labels.is_empty() && looks_at_labels) else {
        return Vec::new();
    };
    let of = |table: &GroupTable| -> Vec<LeftOut> {
        if !is_of_a_column(&gate.metric) {
            let unknown = table.unknown.iter();
            return unknown
                .map(|label| LeftOut { label: label.clone(), reason: Reason::NotRecorded })
                .collect();
        }
        let (metric, level) = split_key(&gate.metric);
        let key = match metric {
            "fairness_penalised" => key("false_positive_rate", level),
            _ => gate.metric.clone(),
        };
        let spread = table.max_min_differences.iter().find(|spread| spread.metric == key);
        spread.map(|spread| spread.left_out.clone()).unwrap_or_default()
    };
    tables(scored, gate)
        .flat_map(|table| {
            let left_out = of(table).into_iter();
            left_out.map(|LeftOut { label, reason }| PassedOver { group: table.group.clone(), label, reason })
        })
        .collect()
}

/// Whether a gap is absent, present or neither.
fn judged_gap(gap: &Gap, margin: f64) -> Judged {
    match gap.simultaneous {
        Some(band) => (Some(band), within((band.low, band.high), Some(-margin), Some(margin)), None),
        None => {
            let reason = gap.measure.reason().unwrap_or(Reason::NoSimultaneousInterval);
            (None, Answer::CannotTell, Some(reason))
        }
    }
}

/// Whether a gap grew against the version in force.
fn judged_change(table: &GroupTable, gap: &Gap, reference: Option<&ScoredReport>, margin: f64) -> Judged {
    let before = reference
        .and_then(|scored| scored.groups.iter().find(|other| other.group == table.group))
        .and_then(|other| {
            other
                .gaps
                .iter()
                .find(|b| b.metric == gap.metric && b.label == gap.label && b.against == gap.against)
        });
    let bounds = |gap: &Gap| gap.simultaneous.map(|b| (b.low, b.high)).or_else(|| gap.measure.interval());
    let change = gap.change.as_ref();
    let reason = || {
        let measures = [Some(&gap.measure), before.map(|b| &b.measure), change];
        let reason = measures.into_iter().flatten().find_map(Measure::reason);
        Some(reason.unwrap_or(Reason::NotInReport))
    };
    let intervals = (bounds(gap), before.and_then(bounds), change.and_then(Measure::interval));
    let (Some(now), Some(then), Some(change)) = intervals else {
        return (None, Answer::CannotTell, reason());
    };
    match growth(now, then, change) {
        Some((low, high)) => (Some(Band { low, high }), within((low, high), None, Some(margin)), None),
        None => (None, Answer::CannotTell, Some(Reason::ContradictingIntervals)),
    }
}

/// The group tables that a gate looks at.
fn tables<'a>(scored: &'a ScoredReport, gate: &'a Gate) -> impl Iterator<Item = &'a GroupTable> {
    scored.groups.iter().filter(|table| looks_at(gate, &table.group))
}

/// The labels of the gate's group column that it looks at, each with its row if the table has it.
fn rows<'a>(
    scored: &'a ScoredReport,
    gate: &'a Gate,
) -> impl Iterator<Item = (&'a GroupTable, &'a str, Option<&'a GroupRow>)> {
    tables(scored, gate).flat_map(move |table| {
        let every = known(table).filter(|_| gate.labels.is_empty());
        let labels = every.chain(gate.labels.iter().map(String::as_str));
        labels.map(move |label| (table, label, table.rows.iter().find(|row| row.label == label)))
    })
}
