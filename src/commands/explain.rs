//! `amparo explain`: one case in words and numbers, by one version or by two.

mod context;
mod one;
mod pairs;
mod two;

use std::collections::BTreeMap;

use amparo_datasets::{FormAnswer, Indicator, Text};
use amparo_models::Version;
use amparo_models::assess::{Assessment, Reading};
use amparo_models::calibrator::IntervalKind;
use amparo_models::compare::{self, Difference};
use amparo_models::wording::{self, Glossary, Labels, Words, same};
use comfy_table::Table;
use serde::{Deserialize, Serialize};

use super::print_json;
use crate::cli::{Explain, Lang};
use crate::failure::Failure;

/// A case file; a request body of the service is one, too.
#[derive(Deserialize)]
struct Case {
    answers: BTreeMap<String, FormAnswer>,
}

/// What a machine reads: the assessment and its words as the service gives them.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    assessment: &'a Assessment,
    #[serde(flatten)]
    words: &'a Words,
}

/// What a machine reads about two versions.
#[derive(Serialize)]
struct Compared<'a> {
    #[serde(flatten)]
    difference: &'a Difference,
    #[serde(flatten)]
    words: &'a Words,
}

pub fn run(args: &Explain) -> Result<(), Failure> {
    let registry = amparo_stores::open(&args.registry)?;
    let version = registry.load(&args.model)?;
    let text = std::fs::read_to_string(&args.input).map_err(Failure::io("read", &args.input))?;
    let case: Case = serde_json::from_str(&text)
        .map_err(|e| Failure::Usage(format!("`{}` is not a case: {e}", args.input.display())))?;
    let row = version.encode(&case.answers)?;
    let say = Say { lang: args.lang, all: args.all, glossary: Glossary::built_in()? };
    if let Some(against) = &args.against {
        let against = registry.load(against)?;
        // What one of them does not count, the other may.
        if *against.instrument() == *version.instrument() {
            against.encode(&case.answers)?;
        }
        let difference = compare::cases(&version, &against, &row)?.with_numbers(&case.answers);
        let words = wording::difference(&version, &difference)?;
        if args.json {
            return print_json(&Compared { difference: &difference, words: &words });
        }
        head([&version, &against].into_iter());
        two::print(&version, &against, &difference, &words.text, say);
    } else {
        let assessment = if args.pairs { version.assess_with_pairs(&row)? } else { version.assess(&row)? };
        let assessment = assessment.with_numbers(&case.answers);
        let words = wording::words(&version, &assessment)?;
        if args.json {
            return print_json(&Explained { assessment: &assessment, words: &words });
        }
        head(std::iter::once(&version));
        one::print(&version, &assessment, &words.text, say);
    }
    Ok(())
}

/// The statements of synthetic cohorts first, then which versions answer.
fn head<'a>(versions: impl Iterator<Item = &'a Version> + Clone) {
    let mut stated = Vec::new();
    for statement in versions.clone().filter_map(|v| v.manifest().training.synthetic_statement()) {
        if !stated.contains(&statement) {
            say!("{statement}");
            stated.push(statement);
        }
    }
    if !stated.is_empty() {
        say!("");
    }
    for version in versions {
        let (form, protocol) = (version.instrument().id(), version.protocol().id());
        say!("{} | {form} | {protocol}", amparo_lab::display_name(version));
    }
    say!("");
}

/// An answer as a table shows it; where a number was given, the number with the answer that it counts as.
fn answer(indicator: &Indicator, id: &str, number: Option<f64>, say: Say) -> String {
    let found = indicator.answers().iter().find(|answer| answer.id == id);
    let label = found.map_or(id, |answer| say.text(&answer.label));
    number.map_or(label.to_owned(), |number| format!("{number} ({label})"))
}

/// How a case is told: every word is the glossary's, the form's or the protocol's.
#[derive(Clone, Copy)]
struct Say {
    lang: Lang,
    all: bool,
    glossary: &'static Glossary,
}

impl Say {
    /// A text in the language.
    fn text(self, text: &Text) -> &str {
        match self.lang {
            Lang::Es => &text.es,
            Lang::En => &text.en,
        }
    }

    /// What stands beside numbers.
    fn labels(self) -> &'static Labels {
        self.glossary.labels()
    }

    /// Paragraphs, folded for a terminal.
    fn paragraphs(self, text: &Text) {
        for paragraph in self.text(text).lines() {
            say!("{}\n", crate::show::wrapped(paragraph, "", ""));
        }
    }

    /// One line.
    fn line(self, text: &Text) {
        say!("{}", self.text(text));
    }

    /// One line of a list.
    fn item(self, text: &Text) {
        say!("  {}", self.text(text));
    }

    /// A table with labels for a header.
    fn table<const N: usize>(self, header: [Text; N], rows: impl IntoIterator<Item = [String; N]>) -> Table {
        crate::show::table(header.each_ref().map(|label| self.text(label)), rows)
    }

    /// What the rows left out of a table hold.
    fn left_out(self, values: &[f64]) {
        if !values.is_empty() {
            let (n, sum) = (same(values.len().to_string()), signed(values.iter().sum()));
            self.line(&self.labels().other_answers(&n, &sum));
        }
    }
}

/// `+0.1430`.
fn signed(number: f64) -> Text {
    same(format!("{number:+.4}"))
}

/// `0.143 [0.131, 0.156]`.
fn probability(reading: &Reading) -> String {
    let interval = &reading.interval;
    let kind = match reading.interval_kind {
        IntervalKind::Confidence95 => "",
        IntervalKind::VennAbers => " (Venn-Abers)",
    };
    format!("{:.3} [{:.3}, {:.3}]{kind}", reading.probability, interval.low, interval.high)
}
