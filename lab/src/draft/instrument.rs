//! The drafted form.

use std::fmt::Write;

use amparo_datasets::Instrument;

use super::answers::Answers;
use super::bins::suspicious;
use super::column::{Column, Holds};
use super::written::{comment, keys, quoted};
use super::{Drafted, words};

/// Most texts of a column that a comment lists.
const LISTED: usize = 12;

/// Names that a cohort gives to columns of its own.
const TAKEN: [&str; 3] = ["case", "date", "weight"];

/// The questions of the form, in the order of the table.
pub(super) struct Form {
    pub questions: Vec<Question>,
}

/// One question.
pub(super) struct Question {
    /// Place of the column.
    pub at: usize,
    pub id: String,
    pub answers: Answers,
    /// The set of answers, named by the first question that has it.
    pub set: String,
}

impl Form {
    pub fn of(drafted: &Drafted<'_>) -> Self {
        let mut questions: Vec<Question> = Vec::new();
        let mut taken: Vec<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
        for (at, column) in drafted.roles.indicators(drafted.columns) {
            let id = words::id(column.name).unwrap_or_else(|| format!("column_{}", at + 1));
            let id = words::free(id, &taken);
            taken.push(id.clone());
            let answers = Answers::of(column);
            let bins = |answers: &Answers| {
                answers.bins.as_ref().map(|bins| bins.iter().map(|b| b.from.to_bits()).collect::<Vec<_>>())
            };
            let same = |other: &&Question| {
                other.answers.set() == answers.set() && bins(&other.answers) == bins(&answers)
            };
            let set = questions.iter().find(same).map_or_else(|| id.clone(), |other| other.set.clone());
            questions.push(Question { at, id, answers, set });
        }
        Self { questions }
    }

    pub fn written(&self, drafted: &Drafted<'_>) -> String {
        let Drafted { plan, .. } = drafted;
        let explained =
            Instrument::BUILT_IN.iter().find(|(id, _)| *id == "compas").map_or("", |(_, text)| text);
        let name = quoted(plan.name);
        let mut text = format!(
            "{}{}{}\nid = {name}\ntitle = {{ es = {name}, en = {name} }}\nsource = {}\n",
            comment(&format!(
                "The form of a draft for `{}`: columns of the table as questions, their texts as answers. Decide for each indicator \
                 whether it may be asked at all, the order of its answers from least to most and its polarity, and write labels that a \
                 person understands, in both languages.",
                plan.table
            )),
            "#\n",
            keys(explained),
            quoted(&format!("drafted for {}; not yet described", plan.table)),
        );
        text.push('\n');
        text.push_str(&comment("TO DECIDE: the headings of the form. All indicators stand below one."));
        text.push_str("[[factor]]\nid = \"all\"\nlabel = { es = \"Todos\", en = \"All\" }\n\n[answers]\n");
        for question in self.questions.iter().filter(|question| question.set == question.id) {
            self.set(question, &mut text);
        }
        for question in self.questions.iter().filter(|question| question.set == question.id) {
            bins(question, drafted.columns, &mut text);
        }
        for question in &self.questions {
            indicator(question, drafted, &mut text);
        }
        text
    }

    fn set(&self, question: &Question, text: &mut String) {
        let shared = self.questions.iter().filter(|other| other.set == question.set).count();
        if shared > 1 {
            text.push_str(&comment(&format!("The answers of {shared} indicators.")));
        }
        text.push_str(&question.answers.set_written(&question.set));
    }
}

/// Adds a line; writing into a text never fails.
fn line(text: &mut String, line: &str) {
    let _ = writeln!(text, "{line}");
}

fn bins(question: &Question, columns: &[Column<'_>], text: &mut String) {
    let Some(bins) = &question.answers.bins else { return };
    let counts: Vec<String> = bins.iter().map(|bin| bin.n_rows.to_string()).collect();
    let (least, most) = (bins.first().map_or(0.0, |bin| bin.from), bins.last().map_or(0.0, |bin| bin.to));
    let mut told = format!(
        "TO DECIDE: unit and bins. These hold {} rows of column `{}`, whose numbers go from {least} to {most}. Both ends are open: close \
         them where a number beyond is a mistake. `amparo data bins` finds those that lose least.",
        counts.join(", "),
        columns[question.at].name
    );
    if let Holds::Numbers(numbers) = &columns[question.at].holds
        && let Some(number) = suspicious(numbers.iter().flatten().copied())
    {
        let _ = write!(
            told,
            " {number} stands apart from all other numbers: if it says that nothing is known, list it under `unknown` in the source."
        );
    }
    line(text, "");
    text.push_str(&comment(&told));
    text.push_str(&question.answers.bins_written(&question.set, &unit(question)));
}

/// The unit of a question that asks for a number, until somebody says what it is.
pub(super) fn unit(question: &Question) -> String {
    format!("units of {}", question.set)
}

fn indicator(question: &Question, drafted: &Drafted<'_>, text: &mut String) {
    let column = &drafted.columns[question.at];
    let mut told = format!("Column `{}`: ", column.name);
    match column.holds {
        Holds::Numbers(_) => {
            let _ = write!(told, "{} different numbers", column.texts.len());
            if column.n_nothing() > 0 {
                let _ = write!(told, ", and nothing in {} rows", column.n_nothing());
            }
        }
        _ => told.push_str(&column.listed(LISTED)),
    }
    told.push('.');
    if let (Some(auc), Some(outcome)) = (drafted.roles.aucs[question.at], drafted.outcome) {
        let outcome = drafted.columns[outcome.at].name;
        let _ = write!(told, " Alone, it ranks `{outcome}` in these rows with an AUC of {auc:.3}.");
    }
    line(text, "");
    text.push_str(&comment(&told));
    line(text, "[[indicator]]");
    line(text, &format!("id = {}", quoted(&question.id)));
    line(text, "factor = \"all\"");
    line(text, &format!("polarity = {}", quoted(column.polarity())));
    line(text, "correctable = false");
    line(text, &format!("answers = {}", quoted(&question.set)));
    if question.answers.bins.is_some() {
        line(text, &format!("bins = {}", quoted(&question.set)));
    }
    let label = quoted(column.name);
    line(text, &format!("label = {{ es = {label}, en = {label} }}"));
}
