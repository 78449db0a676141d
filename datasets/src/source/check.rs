//! From the TOML to a source that can be relied on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::pattern::Pattern;
use super::written::{Written, WrittenGroup, WrittenIndicator, WrittenScoreKind};
use super::{GroupColumn, IndicatorColumn, OutcomeColumns, Reading, ScoreColumn, Source, StatusRule};
use super::{assigned, classes, rows, time};
use crate::answers::unknown_answer;
use crate::{Error, Group, Indicator, Instrument, Problem, Problems, zone};

/// Checks everything that can be checked without the table.
pub(super) fn check(
    written: Written,
    instrument: Arc<Instrument>,
    digest: String,
    path: &Path,
) -> Result<Source, Error> {
    let mut problems = Problems::default();
    let outcomes = outcomes(&written, &mut problems);
    let forbidden = Forbidden::new(&written, &outcomes, &mut problems);
    let indicators = indicators(&written, &instrument, &forbidden, &mut problems);
    let groups = groups(&written, &forbidden, &mut problems);
    let scores = scores(&written, &mut problems);
    let dialect = rows::dialect(&written.csv, &written.xlsx, &mut problems);
    let numbers = rows::numbers(&written.numbers, &mut problems);
    assigned::check(&written, &mut problems);
    let Written {
        id, title, origin, notes, repeated, columns, case, date, weight, split, folds, rows, ..
    } = written;
    let case = rows::case(case, &mut problems);
    let rows = rows::filters(rows, &mut problems);
    let source = Source {
        id,
        digest,
        title,
        origin,
        notes,
        instrument,
        case,
        dialect,
        numbers,
        tidying: columns,
        repeated,
        weight: weight.map(|weight| weight.column),
        date,
        split,
        folds,
        rows,
        indicators,
        outcomes,
        groups,
        scores,
    };
    check_columns(&source, &mut problems);
    if let Some(name) = source.date.as_ref().and_then(|date| date.zone.as_ref())
        && zone::named(name).is_none()
    {
        let message = format!(
            "date.zone is `{name}`, expected the name of a zone, such as Europe/Madrid or UTC, or an offset such as +01:00"
        );
        problems.push(Problem::new("date", message));
    }
    problems.or(format!("source `{}`", path.display()), source)
}

/// What is said of a column is said of one that is read.
fn check_columns(source: &Source, problems: &mut Problems) {
    twice("repeated", source.repeated.iter().map(String::as_str), problems);
    let read = source.columns();
    let repeated = source.repeated.iter().map(|column| ("repeated", column));
    let tidied = source.tidying.keys().map(|column| ("columns", column));
    for (key, column) in repeated.chain(tidied).filter(|(_, name)| !read.iter().any(|(c, _)| c == name)) {
        let message = format!("{key} lists column `{column}`, which the source does not read");
        problems.push(Problem::new(key, message));
    }
    for (column, _) in source.tidying.iter().filter(|(_, tidying)| tidying.fold_case) {
        let mut folded: BTreeMap<String, &str> = BTreeMap::new();
        for text in source.listed(column) {
            if let Some(other) = folded.insert(text.to_lowercase(), text) {
                let message = format!(
                    "capitals do not matter in column `{column}`, for which the source lists both `{other}` and `{text}`"
                );
                problems.push(Problem::new("columns", message));
            }
        }
        if folded.is_empty() && read.iter().any(|(name, _)| name == column) {
            let message = format!(
                "capitals cannot be said not to matter in column `{column}`, for which the source lists no text"
            );
            problems.push(Problem::new("columns", message));
        }
    }
}

/// Columns that hold what came after, or what another score made of it, each with the reason.
struct Forbidden {
    patterns: Vec<(Pattern, String)>,
    columns: HashMap<String, String>,
}

impl Forbidden {
    fn new(written: &Written, outcomes: &[OutcomeColumns], problems: &mut Problems) -> Self {
        let mut patterns = Vec::new();
        for text in &written.never_answers {
            match Pattern::parse(text) {
                Ok(pattern) => patterns.push((pattern, format!("`{text}` is listed in never_answers"))),
                Err(message) => problems.push(Problem::new("never_answers", message)),
            }
        }
        let mut columns = HashMap::new();
        // A column may be read several times: the reason is the first use that the file lists, outcomes before scores.
        for outcome in outcomes {
            for column in outcome.columns() {
                columns
                    .entry(column.to_owned())
                    .or_insert_with(|| format!("it is outcome `{}`", outcome.name));
            }
        }
        for score in &written.score {
            let reason = || format!("it is score `{}`", score.name);
            columns.entry(score.column.clone()).or_insert_with(reason);
        }
        // How often a row was drawn may depend on what became of it: the weight of a case tells it from a control.
        if let Some(weight) = &written.weight {
            columns.entry(weight.column.clone()).or_insert_with(|| "it is the sampling weight".to_owned());
        }
        // Who divided the table may have known what became of the rows.
        let split = written.split.iter().map(|split| &split.column);
        for column in split.chain(written.folds.iter().map(|folds| &folds.column)) {
            columns
                .entry(column.clone())
                .or_insert_with(|| "it is how the table divides its rows".to_owned());
        }
        Self { patterns, columns }
    }

    fn reason(&self, column: &str) -> Option<&str> {
        let listed = self.patterns.iter().find(|(pattern, _)| pattern.matches(column));
        self.columns.get(column).or(listed.map(|(_, reason)| reason)).map(String::as_str)
    }

    fn check(&self, what: &str, name: &str, column: &str, problems: &mut Problems) {
        if let Some(reason) = self.reason(column) {
            let message =
                format!("{what} `{name}` reads column `{column}`, which is never an answer: {reason}");
            problems.push(Problem::new(name, message));
        }
    }
}

fn indicators(
    written: &Written,
    instrument: &Instrument,
    forbidden: &Forbidden,
    problems: &mut Problems,
) -> Vec<IndicatorColumn> {
    let mut read_by: HashMap<&str, &str> = HashMap::new();
    for WrittenIndicator { id, column, .. } in &written.indicator {
        if instrument.position(id).is_none() {
            let message = format!("indicator `{id}` is not on the form `{}`", instrument.id());
            problems.push(Problem::new(id, message));
        }
        forbidden.check("indicator", id, column, problems);
        if let Some(other) = read_by.insert(column, id) {
            let message =
                format!("column `{column}` answers both `{other}` and `{id}`, expected one indicator");
            problems.push(Problem::new(id, message));
        }
    }
    let mut found = Vec::with_capacity(instrument.indicators().len());
    for indicator in instrument.indicators() {
        let id = &indicator.id;
        let mut mapped = written.indicator.iter().filter(|w| w.id == *id);
        let Some(first) = mapped.next() else {
            problems.push(Problem::new(id, format!("the source names no column for indicator `{id}`")));
            continue;
        };
        if mapped.next().is_some() {
            problems.push(Problem::new(id, format!("indicator `{id}` is listed twice")));
        }
        let reading = match (&first.values, &first.unit, &first.unknown) {
            (Some(name), None, None) => values(written, name, indicator, problems),
            (None, Some(unit), Some(unknown)) => number(unit, unknown, indicator, problems),
            _ => {
                let message = format!(
                    "indicator `{id}` must have either `values`, or `unit` and `unknown` where the column holds numbers"
                );
                problems.push(Problem::new(id, message));
                None
            }
        };
        found.extend(reading.map(|reading| IndicatorColumn {
            id: id.clone(),
            column: first.column.clone(),
            reading,
            known_on: first.known_on.clone(),
        }));
        if first.known_on.is_some() && written.date.is_none() {
            let message = format!(
                "indicator `{id}` has `known_on`, and the source has no [date], expected one: it says when the assessment was, and how days are written"
            );
            problems.push(Problem::new(id, message));
        }
    }
    found
}

fn values(written: &Written, name: &str, indicator: &Indicator, problems: &mut Problems) -> Option<Reading> {
    let id = &indicator.id;
    let Some(texts) = written.values.get(name) else {
        problems.push(Problem::new(id, not_listed(id, name, &written.values)));
        return None;
    };
    let coded =
        texts.iter().filter_map(|(text, answer)| Some((text.clone(), code(indicator, answer, problems)?)));
    Some(Reading::Values(coded.collect()))
}

/// The form says which number has which answer; the table says what its numbers count, and what stands for none.
fn number(unit: &str, unknown: &[String], indicator: &Indicator, problems: &mut Problems) -> Option<Reading> {
    let id = &indicator.id;
    let Some(bins) = indicator.bins() else {
        let message = format!("indicator `{id}` is read as a number, and the form has no bins for it");
        problems.push(Problem::new(id, message));
        return None;
    };
    if unit != bins.unit() {
        let message =
            format!("numbers of indicator `{id}` are in `{unit}`, expected `{}` as on the form", bins.unit());
        problems.push(Problem::new(id, message));
    }
    Some(Reading::Number { indicator: Box::new(indicator.clone()), unknown: unknown.to_vec() })
}

fn code(indicator: &Indicator, answer: &str, problems: &mut Problems) -> Option<u8> {
    let code = indicator.code(answer);
    if code.is_none() {
        let message = unknown_answer(answer, &indicator.id, &indicator.answer_list());
        problems.push(Problem::new(&indicator.id, message));
    }
    code
}

fn not_listed<T>(indicator: &str, name: &str, known: &BTreeMap<String, T>) -> String {
    let known = known.keys().cloned().collect::<Vec<_>>().join(", ");
    format!("indicator `{indicator}` names values `{name}`, expected one of {known}")
}

fn outcomes(written: &Written, problems: &mut Problems) -> Vec<OutcomeColumns> {
    twice("outcome", written.outcome.iter().map(|o| o.name.as_str()), problems);
    let mut found = Vec::with_capacity(written.outcome.len());
    for outcome in &written.outcome {
        let name = &outcome.name;
        if outcome.rules.is_empty() {
            problems.push(Problem::new(name, format!("outcome `{name}` has no rule, expected at least one")));
        }
        if outcome.rules.iter().any(|rule| rule.when.is_empty()) {
            let message = format!("a rule of outcome `{name}` names no column, so it would take every row");
            problems.push(Problem::new(name, message));
        }
        let rules = outcome.rules.iter();
        found.push(OutcomeColumns {
            name: name.clone(),
            horizon_days: outcome.horizon_days,
            time: time::time(outcome, problems),
            classes: classes::classes(outcome, problems),
            rules: rules
                .map(|r| StatusRule { when: r.when.clone(), status: r.status, note: r.note.clone() })
                .collect(),
        });
    }
    found
}

fn groups(written: &Written, forbidden: &Forbidden, problems: &mut Problems) -> Vec<GroupColumn> {
    twice("group", written.group.iter().map(|g| g.name.as_str()), problems);
    let mut found = Vec::with_capacity(written.group.len());
    for group in &written.group {
        forbidden.check("group", &group.name, &group.column, problems);
        labels(group, problems);
        found.push(GroupColumn {
            name: group.name.clone(),
            column: group.column.clone(),
            values: group.values.clone(),
            unknown: group.unknown.clone(),
            reference: group.reference.clone(),
        });
    }
    found
}

/// What is wrong with the labels of a group: what was not recorded is no label, and the reference is one.
fn labels(group: &WrittenGroup, problems: &mut Problems) {
    let (name, reserved) = (&group.name, Group::UNKNOWN);
    let mut say = |message: String| problems.push(Problem::new(name, message));
    if group.values.is_empty() {
        say(format!("group `{name}` has no label, expected one or more"));
    }
    for (text, _) in group.values.iter().filter(|(_, label)| *label == reserved) {
        say(format!(
            "group `{name}` gives the text `{text}` the label `{reserved}`, which is no label among others: list the text under `unknown`"
        ));
    }
    for text in group.unknown.iter().filter(|text| group.values.contains_key(*text)) {
        say(format!("group `{name}` lists the text `{text}` both under `unknown` and with a label"));
    }
    if let Some(reference) = &group.reference
        && !group.values.values().any(|label| label == reference)
    {
        let known: BTreeSet<&str> = group.values.values().map(String::as_str).collect();
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        say(format!("reference `{reference}` of group `{name}` is none of its labels: {known}"));
    }
}

fn scores(written: &Written, problems: &mut Problems) -> Vec<ScoreColumn> {
    twice("score", written.score.iter().map(|s| s.name.as_str()), problems);
    let mut found = Vec::with_capacity(written.score.len());
    for score in &written.score {
        let name = &score.name;
        let from = score.levels.iter().map(|level| level.from).collect::<Vec<_>>();
        if !from.iter().all(|from| from.is_finite()) || !from.is_sorted_by(|a, b| a < b) {
            let message = format!("levels of score `{name}` start at {from:?}, expected numbers that ascend");
            problems.push(Problem::new(name, message));
        }
        let values = score.values.iter().flat_map(BTreeMap::iter);
        for (text, number) in values.filter(|(_, number)| !number.is_finite()) {
            let message = format!("score `{name}` reads `{text}` as {number}, expected a finite number");
            problems.push(Problem::new(name, message));
        }
        found.push(ScoreColumn {
            name: name.clone(),
            column: score.column.clone(),
            values: score.values.clone(),
            unknown: score.unknown.clone(),
            levels: score.levels.clone(),
            is_probability: score.kind == WrittenScoreKind::Probability,
        });
    }
    found
}

fn twice<'a>(what: &str, names: impl Iterator<Item = &'a str>, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for name in names.filter(|name| !seen.insert(*name)) {
        problems.push(Problem::new(name, format!("{what} `{name}` is listed twice")));
    }
}
