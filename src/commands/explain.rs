//! `amparo explain`: one case in words and numbers, by one version or by two.

mod context;
mod one;
mod pairs;
mod two;

use std::collections::BTreeMap;

use amparo_datasets::{Text, encode_form};
use amparo_models::assess::{Assessment, Reading};
use amparo_models::compare::{self, Difference};
use amparo_models::{Registry, Version, wording};
use serde::{Deserialize, Serialize};

use super::print_json;
use crate::cli::{Explain, Lang};
use crate::failure::Failure;

/// A case file; a request body of the service is one, too.
#[derive(Deserialize)]
struct Case {
    answers: BTreeMap<String, String>,
}

/// What a machine reads: the assessment as the service gives it.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    assessment: &'a Assessment,
    text: &'a Text,
}

/// What a machine reads about two versions.
#[derive(Serialize)]
struct Compared<'a> {
    #[serde(flatten)]
    difference: &'a Difference,
    text: &'a Text,
}

pub fn run(args: &Explain) -> Result<(), Failure> {
    let registry = Registry::open(&args.registry)?;
    let version = registry.load(&args.model)?;
    let text = std::fs::read_to_string(&args.input).map_err(Failure::io("read", &args.input))?;
    let case: Case = serde_json::from_str(&text)
        .map_err(|e| Failure::Usage(format!("`{}` is not a case: {e}", args.input.display())))?;
    let row = encode_form(version.instrument(), &case.answers)?;
    let say = Say { lang: args.lang, all: args.all };
    if let Some(against) = &args.against {
        let against = registry.load(against)?;
        let difference = compare::cases(&version, &against, &row)?;
        let text = wording::difference(&version, &difference)?;
        if args.json {
            return print_json(&Compared { difference: &difference, text: &text });
        }
        head([&version, &against].into_iter());
        two::print(&version, &against, &difference, &text, say);
    } else {
        let assessment = if args.pairs { version.assess_with_pairs(&row)? } else { version.assess(&row)? };
        let text = wording::text(&version, &assessment)?;
        if args.json {
            return print_json(&Explained { assessment: &assessment, text: &text });
        }
        head(std::iter::once(&version));
        one::print(&version, &assessment, &text, say);
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

/// How a case is told.
#[derive(Clone, Copy)]
struct Say {
    lang: Lang,
    all: bool,
}

impl Say {
    /// A text in the language.
    fn text(self, text: &Text) -> &str {
        self.either(&text.es, &text.en)
    }

    /// The first in Spanish, the second in English.
    fn either<'a>(self, es: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Es => es,
            Lang::En => en,
        }
    }

    /// Paragraphs, folded for a terminal.
    fn paragraphs(self, text: &Text) {
        for paragraph in self.text(text).lines() {
            say!("{}\n", crate::show::wrapped(paragraph, "", ""));
        }
    }

    /// What the rows left out of a table hold.
    fn left_out(self, values: &[f64]) {
        if values.is_empty() {
            return;
        }
        let (n, sum) = (values.len(), values.iter().sum::<f64>());
        match self.lang {
            Lang::Es => say!("las otras {n} respuestas suman {sum:+.4} (todas con --all)"),
            Lang::En => say!("the other {n} answers add {sum:+.4} (all with --all)"),
        }
    }
}

/// `0.143 [0.131, 0.156]`.
fn probability(reading: &Reading) -> String {
    let interval = &reading.interval;
    format!("{:.3} [{:.3}, {:.3}]", reading.probability, interval.low, interval.high)
}
