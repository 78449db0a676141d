//! Reports and documents as files that a caller writes where it likes.

use amparo_evaluation::input::Kind;
use amparo_evaluation::report::Report;
use amparo_evaluation::schema;
use amparo_models::artefact::{Version, sha256};
use amparo_reporting::csv;
use amparo_reporting::documents::{Run, Subject, annex_iv, card, tripod_ai};
use amparo_reporting::html;
use amparo_reporting::telling::Lang;
use amparo_training::pipeline::CODE_VERSION;

use crate::{Error, display_name, json};

/// A file name and the text of the file.
pub type File = (String, String);

/// `NAME.json`, `NAME.csv`, `NAME.html` and `NAME.es.html` of a report, and the schema of the first.
///
/// # Errors
/// A report that cannot be drawn or written as JSON.
pub fn of_report(report: &Report, name: &str) -> Result<Vec<File>, Error> {
    Ok(vec![
        (format!("{name}.json"), json(report)?),
        (format!("{name}.csv"), csv::csv(report)),
        (format!("{name}.html"), html::render(report, Lang::En)?),
        (format!("{name}.es.html"), html::render(report, Lang::Es)?),
        ("report.schema.json".to_owned(), schema::SCHEMA.to_owned()),
    ])
}

/// The model card of a published version as it was when it was published, before any evaluation, in a language: the version itself
/// holds the English one.
#[must_use]
pub fn published_card(version: &Version, lang: Lang) -> String {
    card(&Subject::published(&display_name(version), version), None, lang)
}

/// What an authority owes for a version, in English and in Spanish: model card, Annex IV, TRIPOD+AI.
///
/// The documents are filled from the results that the report holds of this very version. `at`: when the evaluation was run,
/// RFC 3339.
///
/// # Errors
/// [`Error::NotInReport`] if the version was not judged in the report.
pub fn of_version(report: &Report, version: &Version, at: &str) -> Result<Vec<File>, Error> {
    let (name, digest) = (display_name(version), version.digest());
    let is_it = |kind: &Kind| matches!(kind, Kind::Version { digest: of, .. } if of == digest);
    if !report.scored(&name).is_some_and(|scored| is_it(&scored.kind)) {
        return Err(Error::NotInReport { version: name, digest: digest.to_owned() });
    }
    let subject = Subject::published(&name, version);
    let report_digest = sha256(json(report)?.as_bytes());
    let run = Run { at, code_version: CODE_VERSION, report_digest: &report_digest };
    let mut files = Vec::new();
    for (lang, ending) in [(Lang::En, "md"), (Lang::Es, "es.md")] {
        let texts = [
            ("card", card(&subject, Some(report), lang)),
            ("annex-iv", annex_iv(report, &subject, &run, lang)),
            ("tripod-ai", tripod_ai(report, &subject, &run, lang)),
        ];
        files.extend(texts.map(|(file, text)| (format!("{file}.{ending}"), text)));
    }
    Ok(files)
}
