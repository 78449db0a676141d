//! The drafted source.

use std::collections::BTreeSet;

use amparo_datasets::EXAMPLE_SOURCE;

use super::column::{Column, Holds};
use super::division;
use super::format::{file, numbers, spelled};
use super::instrument::{Form, Question, unit};
use super::outcome::Outcome;
use super::role::{Days, Role, Why};
use super::written::{comment, commented, keys, list, quoted};
use super::{Drafted, INSTRUMENT, words};

/// Most texts of a column that a comment lists.
const LISTED: usize = 12;

/// The note that travels with every cohort until a person takes it out.
pub(super) const UNCONFIRMED: &str = "drafted from the table by `amparo data draft`: no person has confirmed the outcome, what may be asked, the \
     answers, the bins, the groups or the cut-points";

pub(super) fn written(drafted: &Drafted<'_>, form: &Form) -> String {
    let Drafted { plan, .. } = drafted;
    let name = quoted(plan.name);
    let blocks = [
        format!(
            "{}#\n{}\nid = {name}\ntitle = {}\norigin = {}\ninstrument = {}\n",
            comment(&format!(
                "The source of a draft for `{}` ({} rows). Whatever is proposed here stands below a line that says TO DECIDE, or is left \
                 out with the reason.",
                plan.table, drafted.table.n_rows
            )),
            keys(EXAMPLE_SOURCE),
            quoted(plan.table),
            quoted(&format!("{}; not yet described", plan.table)),
            quoted(INSTRUMENT)
        ),
        format!(
            "{}notes = {}\n",
            comment(
                "Take this note out when everything is decided: it stands in every cohort, version and report until then."
            ),
            list([UNCONFIRMED])
        ),
        never_answers(drafted),
        repeated(drafted),
        file(drafted),
        numbers(drafted),
        spelled(drafted),
    ];
    let of_rows: &[fn(&Drafted<'_>) -> String] = match drafted.outcome {
        Some(_) => &[case, date, split, folds],
        None => &[|_| "[case]\nrow_number = true\n".to_owned()],
    };
    let answers = [values(form), indicators(drafted, form)];
    let more =
        drafted.outcome.map(|outcome| [outcomes(drafted, outcome), groups(drafted), left_out(drafted)]);
    let of_rows = of_rows.iter().map(|of| of(drafted));
    let blocks = blocks.into_iter().chain(of_rows).chain(answers).chain(more.into_iter().flatten());
    blocks.filter(|block| !block.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What tells the future: each column with the reason, so that a person can object.
fn never_answers(drafted: &Drafted<'_>) -> String {
    if drafted.outcome.is_none() {
        return "never_answers = []\n".to_owned();
    }
    let mut text = comment(
        "TO DECIDE: columns that tell what came later. Take one out only if it is known on the day of the assessment. Look also \
         for others: a column need not rank the outcome well to be later than it.",
    );
    text.push_str("never_answers = [\n");
    // A name with a star or two points would be read as a pattern; such a column is no indicator in any case.
    let is_plain = |column: &&Column<'_>| !column.name.contains('*') && !column.name.contains("..");
    let mut seen = BTreeSet::new();
    let columns = drafted.columns.iter().enumerate();
    for (at, column) in columns.filter(|(_, column)| is_plain(column)) {
        let why = match &drafted.roles.of[at] {
            Role::Outcome => "the proposed outcome".to_owned(),
            Role::OtherOutcome => "another column that may be an outcome".to_owned(),
            Role::Later(why) => said(why),
            _ => continue,
        };
        if seen.insert(column.name) {
            text.push_str(&format!("  # {why}\n  {},\n", quoted(column.name)));
        }
    }
    text.push_str("]\n");
    text
}

/// Why a column is taken to be later, for a comment or a sentence.
pub(super) fn said(why: &Why) -> String {
    match why {
        Why::Tells { outcome, auc } => format!("alone, it tells `{outcome}` with an AUC of {auc:.3}"),
        Why::OnlyWith { outcome, events, rows } => {
            format!("it holds something only where `{outcome}` happened, in {events} of {rows} rows")
        }
        Why::Score => "by its name, a score that somebody else gave".to_owned(),
    }
}

fn repeated(drafted: &Drafted<'_>) -> String {
    // Only a column that is read may be listed.
    let read = |name: &&&str| {
        drafted.columns.iter().zip(&drafted.roles.of).any(|(column, role)| {
            let unread = matches!(role, Role::Later(_) | Role::Out(_) | Role::OtherOutcome);
            column.name == **name && !unread
        })
    };
    let names: Vec<&str> = drafted.roles.repeated.iter().filter(read).copied().collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(
            "{}repeated = {}\n",
            comment("These stand in the header more than once and hold the same each time."),
            list(names)
        ),
    }
}

fn case(drafted: &Drafted<'_>) -> String {
    let found = drafted.columns.iter().zip(&drafted.roles.of).find_map(|(column, role)| match role {
        Role::Case { unique } => Some((column, *unique)),
        _ => None,
    });
    match found {
        Some((column, unique)) => {
            let said = if unique {
                "in every row another one"
            } else {
                "some of them in several rows, which are held back together"
            };
            format!(
                "{}[case]\ncolumn = {}\nunique = {unique}\n",
                comment(&format!(
                    "TO DECIDE: whether this column says which person a row is about. It holds {} different texts, {said}.",
                    column.texts.len()
                )),
                quoted(column.name)
            )
        }
        None => format!(
            "{}[case]\nrow_number = true\n",
            comment(
                "TO DECIDE: no column was found that says which person a row is about, so each row counts as a case of its own. If a \
                 person has several rows, name a column of pseudonyms: otherwise a person is on both sides of a split."
            )
        ),
    }
}

fn date(drafted: &Drafted<'_>) -> String {
    let assessed = drafted.roles.with(drafted.columns, &Role::Date).next().map(|(_, column)| column);
    let mut text = String::new();
    for column in drafted.columns {
        let (Holds::Days(ways, _), Some(days)) = (&column.holds, Days::of(column, assessed)) else {
            continue;
        };
        let mut told = format!("`{}` holds days from {} to {}", column.name, days.first, days.last);
        if let [_, _, ..] = ways[..] {
            let formats: Vec<String> = ways.iter().map(|way| format!("`{}`", way.format)).collect();
            told.push_str(&format!(
                ", if days and months are not the other way round ({} fit)",
                formats.join(" and ")
            ));
        }
        if column.n_nothing() > 0 {
            told.push_str(&format!(", and none in {} rows", column.n_nothing()));
        }
        if days.later > 0 {
            told.push_str(&format!(
                "; {} of {} are later than the proposed day of assessment",
                days.later, days.of
            ));
        }
        text.push_str(&comment(&format!("{told}.")));
    }
    let Some((column, way)) = assessed.and_then(|column| match &column.holds {
        Holds::Days(ways, _) => Some((column, ways.first()?)),
        _ => None,
    }) else {
        let none = "TO DECIDE: no column was found whose days can be read in one way, so the cohort cannot be divided by time.";
        return format!("{}{text}", comment(none));
    };
    let first = comment(
        "TO DECIDE: whether this is the day of the assessment. An outcome may have a time of its own (`time`).",
    );
    let append =
        if way.append.is_empty() { String::new() } else { format!("append = {}\n", quoted(way.append)) };
    let unknown = match column.nothing.is_empty() {
        true => String::new(),
        false => format!("unknown = {}\n", list(column.nothing.keys().copied())),
    };
    let (name, format) = (quoted(column.name), quoted(way.format));
    format!("{first}{text}[date]\ncolumn = {name}\nformat = {format}\n{append}{unknown}")
}

fn split(drafted: &Drafted<'_>) -> String {
    let Some((column, sides)) = division::split(drafted) else { return String::new() };
    let [train, test] = sides.n_rows(column);
    let left_out = match sides.left_out.is_empty() {
        true => String::new(),
        false => format!("left_out = {}\n", list(sides.left_out)),
    };
    format!(
        "{}[split]\ncolumn = {}\ntrain = {}\ntest = {}\n{left_out}",
        comment(&format!(
            "TO DECIDE: whether this column divides the rows into {train} for training and {test} for the test, which the config then takes as \
             they are. It holds {}. Rows that are left out are in neither.",
            column.listed(LISTED)
        )),
        quoted(column.name),
        list(sides.train),
        list(sides.test)
    )
}

fn folds(drafted: &Drafted<'_>) -> String {
    let Some((column, folds)) = division::folds(drafted) else { return String::new() };
    let left_out = match folds.left_out.is_empty() {
        true => String::new(),
        false => format!("left_out = {}\n", list(folds.left_out)),
    };
    format!(
        "{}[folds]\ncolumn = {}\n{left_out}",
        comment(&format!(
            "TO DECIDE: whether this column divides the rows into {} folds. It holds {}.",
            folds.names.len(),
            column.listed(LISTED)
        )),
        quoted(column.name)
    )
}

/// The meaning of the texts of a column, by the name of its indicator; the same meanings stand once.
fn values(form: &Form) -> String {
    let of_texts = form.questions.iter().filter(|question| question.answers.bins.is_none());
    let mut seen: Vec<&[(String, String)]> = Vec::new();
    let mut blocks = Vec::new();
    for question in of_texts {
        let texts = question.answers.texts.as_slice();
        if seen.contains(&texts) {
            continue;
        }
        seen.push(texts);
        let lines: Vec<String> =
            texts.iter().map(|(text, answer)| format!("{} = {}\n", quoted(text), quoted(answer))).collect();
        blocks.push(format!("[values.{}]\n{}", question.id, lines.concat()));
    }
    match blocks.is_empty() {
        true => String::new(),
        false => format!(
            "{}{}",
            comment(
                "TO DECIDE: what each text means. Texts that say nothing are read as `unknown`; say `absent` or the like where nothing \
                 means that it was not so."
            ),
            blocks.join("\n")
        ),
    }
}

/// The name under which the meaning of a question's texts stands.
fn values_of<'f>(form: &'f Form, question: &'f Question) -> &'f str {
    let same =
        |other: &&Question| other.answers.bins.is_none() && other.answers.texts == question.answers.texts;
    form.questions.iter().find(same).map_or(&question.id, |other| &other.id)
}

fn indicators(drafted: &Drafted<'_>, form: &Form) -> String {
    let one = |question: &Question| {
        let column = &drafted.columns[question.at];
        let head =
            format!("[[indicator]]\nid = {}\ncolumn = {}\n", quoted(&question.id), quoted(column.name));
        match question.answers.bins {
            None => format!("{head}values = {}\n", quoted(values_of(form, question))),
            Some(_) => {
                let unknown = list(column.nothing.keys().copied());
                format!("{head}unit = {}\nunknown = {unknown}\n", quoted(&unit(question)))
            }
        }
    };
    form.questions.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn outcomes(drafted: &Drafted<'_>, proposed: &Outcome<'_>) -> String {
    let column = &drafted.columns[proposed.at];
    let mut blocks = vec![format!(
        "{}{}",
        comment(&format!(
            "TO DECIDE: whether this is what is to be foreseen, within how many days (`horizon_days`), and whether every row was \
             followed for so long. It happened in {} of {} rows: {}.",
            proposed.n_events(),
            proposed.n_known(),
            column.listed(LISTED)
        )),
        outcome(column, proposed)
    )];
    for other in drafted.roles.other_outcomes() {
        let column = &drafted.columns[other.at];
        let told = format!(
            "May be an outcome too: it happened in {} of {} rows.",
            other.n_events(),
            other.n_known()
        );
        blocks.push(format!("{}{}", comment(&told), commented(&outcome(column, other))));
    }
    blocks.join("\n")
}

fn outcome(column: &Column<'_>, outcome: &Outcome<'_>) -> String {
    let name = quoted(column.name);
    let rule = |text: &str, status: &str, note: &str| {
        format!("  {{ when = {{ {name} = {} }}, status = \"{status}\"{note} }},\n", quoted(text))
    };
    let status = |text: &str| if text == outcome.event { "event" } else { "no_event" };
    let (unknown, known): (Vec<&str>, Vec<&str>) =
        column.texts.keys().partition(|text| words::is_unknown(text));
    let known = known.into_iter().map(|text| rule(text, status(text), ""));
    let note =
        ", note = \"the table does not say what became of these rows; they are left out of this outcome\"";
    let unknown = unknown.into_iter().chain(column.nothing.keys().copied());
    let unknown = unknown.map(|text| rule(text, "excluded", note));
    let rules: String = known.chain(unknown).collect();
    format!("[[outcome]]\nname = {}\nrules = [\n{rules}]\n", quoted(&outcome_name(column)))
}

/// The name of an outcome, by its column.
pub(super) fn outcome_name(column: &Column<'_>) -> String {
    words::id(column.name).unwrap_or_else(|| "outcome".to_owned())
}

fn groups(drafted: &Drafted<'_>) -> String {
    let one = |(_, column): (usize, &Column<'_>)| {
        let labels = column.texts.keys().filter(|text| !words::is_unknown(text));
        let labels: Vec<String> = labels.map(|text| format!("{} = {}", quoted(text), quoted(text))).collect();
        let unknown = column.texts.keys().filter(|text| words::is_unknown(text)).chain(column.nothing.keys());
        let unknown: Vec<&str> = unknown.copied().collect();
        let unknown =
            if unknown.is_empty() { String::new() } else { format!("unknown = {}\n", list(unknown)) };
        format!(
            "{}[[group]]\nname = {}\ncolumn = {}\nvalues = {{ {} }}\n{unknown}",
            comment(&format!("Column `{}`: {}.", column.name, column.listed(LISTED))),
            quoted(&words::id(column.name).unwrap_or_else(|| "group".to_owned())),
            quoted(column.name),
            labels.join(", ")
        )
    };
    let blocks: Vec<String> = drafted.roles.with(drafted.columns, &Role::Group).map(one).collect();
    let told = match blocks.is_empty() {
        true => {
            "TO DECIDE: by which groups results are to be compared. No column is named like one, so nobody would see how groups fare."
        }
        false => "TO DECIDE: by which groups results are compared. A group is never an input of a model.",
    };
    format!("{}{}", comment(told), blocks.join("\n"))
}

fn left_out(drafted: &Drafted<'_>) -> String {
    let mut text = String::new();
    for (column, role) in drafted.columns.iter().zip(&drafted.roles.of) {
        let Role::Out(why) = role else { continue };
        // What identifies a person is not copied anywhere.
        let listed = match column.is_unique() || column.is_drawn() || column.document().is_some() {
            true => String::new(),
            false if column.texts.is_empty() => String::new(),
            false => format!(" ({})", column.listed(5)),
        };
        text.push_str(&comment(&format!("`{}` is left out: {why}{listed}.", column.name)));
    }
    text
}
