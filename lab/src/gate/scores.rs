//! Anybody's scores, judged by gates.

use amparo_datasets::Lang;
use amparo_evaluation::gates::{Gates, Verdict, Waivers};
use amparo_evaluation::input::Kind;
use amparo_evaluation::report::Report;
use amparo_reporting::telling;
use amparo_training::pipeline::CODE_VERSION;

use crate::Error;

/// A verdict as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InWords {
    /// The verdict in one sentence.
    pub outcome: String,
    /// The answer of each gate in one sentence, in the order of the file.
    pub gates: Vec<String>,
}

/// Judges scores of a report by gates, whoever's they are. Nothing is kept: for a version, [`gate`](super::gate) judges and keeps.
///
/// A waiver names a version as `model@number`, and any other scores by their name.
///
/// # Errors
/// Names in gates or waivers that mean nothing for this report.
pub fn on_scores(
    report: &Report,
    name: &str,
    gates: &Gates,
    waivers: &Waivers,
    at: &str,
) -> Result<Verdict, Error> {
    let is_version = report.scored(name).is_some_and(|scored| matches!(scored.kind, Kind::Version { .. }));
    let waived = if is_version { name.split(' ').next().unwrap_or(name) } else { name };
    match (gates.check_report(report, name), waivers.check(gates, waived)) {
        (Err(gates), Err(waivers)) => return Err(Error::GatesAndWaivers { gates, waivers }),
        (Err(one), _) | (_, Err(one)) => return Err(one.into()),
        _ => {}
    }
    Ok(Verdict::on_scores(report, name, gates, waivers, (at, CODE_VERSION))?)
}

/// What a verdict says in words.
#[must_use]
pub fn in_words(verdict: &Verdict, lang: Lang) -> InWords {
    InWords {
        outcome: telling::outcome(verdict, lang),
        gates: verdict.results.iter().map(|gate| telling::answered(gate, lang)).collect(),
    }
}
