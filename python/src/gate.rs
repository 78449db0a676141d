//! Reports, judged by gates.

use amparo_datasets::{Lang, built_in_or_file};
use amparo_lab::gate::{Gates, InWords, Report, Waivers, in_words, on_scores};
use pyo3::prelude::*;

use crate::error::OrRefused;
use crate::threads::detached;

/// A verdict in one sentence, and the answer of each gate in one.
type Words = (String, Vec<String>);

/// The verdict on scores of a report as JSON, and in words in English and Spanish. The gates and waivers are TOML, or named by `gates_name`: an id that is
/// built in or the path of a file.
#[pyfunction]
#[pyo3(signature = (report, gates, is_toml, waivers, name, at))]
pub fn gate(
    py: Python<'_>,
    report: &str,
    gates: &str,
    is_toml: bool,
    waivers: Option<&str>,
    name: Option<&str>,
    at: &str,
) -> PyResult<(String, Words, Words)> {
    let text = match is_toml {
        true => gates.to_owned(),
        false => built_in_or_file("gates", gates, Gates::BUILT_IN).or_refused(py)?,
    };
    let gates = Gates::from_toml(&text).or_refused(py)?;
    let waivers = waivers.map(Waivers::from_toml).transpose().or_refused(py)?.unwrap_or_default();
    detached(py, || {
        let report = Report::from_json(report)?;
        let name = name.unwrap_or(&report.context.subject);
        let verdict = on_scores(&report, name, &gates, &waivers, at)?;
        let words = |lang| {
            let InWords { outcome, gates } = in_words(&verdict, lang);
            (outcome, gates)
        };
        let (en, es) = (words(Lang::En), words(Lang::Es));
        Ok::<_, amparo_lab::Error>((amparo_lab::json(&verdict)?, en, es))
    })
}
