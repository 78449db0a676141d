//! The verdict as data: codes and numbers, as `verdict.json` and the registry hold them. Its words are in the crate `reporting`.

use serde::{Deserialize, Serialize};

use super::file::{Ask, Gates};
use super::finding::{Answer, Finding, PassedOver};
use super::judge::{contradicted, findings, passed_over};
use super::waiver::{Waiver, Waivers};
use crate::definitions::Text;
use crate::error::Error;
use crate::input::Kind;
use crate::report::{Context, Report, Rows, VersionDirections};

/// The format of [`Verdict`] that is written. Format 2, which is read too, knows no gate on directions, and does not say
/// which labels a gate passes over.
pub const FORMAT: u32 = 3;

/// The oldest format that is read as it is; see [`KeptVerdict`](super::KeptVerdict) for those before.
const OLDEST: u32 = 2;

/// One gate, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateResult {
    /// Name of the gate.
    pub name: String,
    /// Who answers for the threshold.
    pub owner: String,
    /// Why this threshold.
    pub reason: Text,
    /// Key of the measure.
    pub metric: String,
    /// Group column that was looked at, if only one.
    pub group: Option<String>,
    /// Its labels that were looked at; empty: every one.
    pub labels: Vec<String>,
    /// What is asked, with its threshold.
    pub ask: Ask,
    /// The worst of the findings.
    pub answer: Answer,
    /// Whether a waiver lifts `cannot_tell`.
    pub waived: bool,
    /// Every number that was looked at.
    pub findings: Vec<Finding>,
    /// Of a gate on directions: what the report says of them; `None` where it says nothing, and for any other gate.
    #[serde(default)]
    pub directions: Option<VersionDirections>,
    /// The labels that were passed over, though the gate names none.
    #[serde(default)]
    pub passed_over: Vec<PassedOver>,
}

/// A published version, or anybody's scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name in the evaluation.
    pub name: String,
    /// The digest of the version. Scores of no version have none: no registry keeps a verdict on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// The gates a verdict was found by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatesRecord {
    /// Id that the file states.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Its owner.
    pub owner: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// The file word for word.
    pub text: String,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaiverOutcome {
    /// It lifts a `cannot_tell`.
    Lifts,
    /// The gate passes and needs none.
    NotNeeded,
    /// The gate blocks and cannot be waived.
    Refused,
}

/// A waiver, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverRecord {
    /// Gate, version, reason and name.
    pub waiver: Waiver,
    /// What became of it.
    pub outcome: WaiverOutcome,
}

/// Whether a version may be put in force, with all the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// [`FORMAT`].
    pub format: u32,
    /// Whether every gate passes or is waived.
    pub passed: bool,
    /// The version that was judged.
    pub version: Subject,
    /// The version it was compared with; `None`: with none.
    pub against: Option<Subject>,
    /// When, RFC 3339, told by the caller.
    pub at: String,
    /// The code that judged.
    pub code_version: String,
    /// The gates.
    pub gates: GatesRecord,
    /// The waivers.
    pub waivers: Vec<WaiverRecord>,
    /// What was evaluated, on what (with the fingerprint of the cohort), with which seed and how many replicates.
    pub context: Context,
    /// The rows behind it.
    pub rows: Rows,
    /// Every gate, in the order of the file.
    pub results: Vec<GateResult>,
}

impl Verdict {
    /// Judges a version of a report by gates; differences and changes are those against the report's reference.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the report has no such version, or the reference is none.
    pub fn new(
        report: &Report,
        name: &str,
        gates: &Gates,
        waivers: &Waivers,
        given: (&str, &str),
    ) -> Result<Self, Error> {
        let verdict = Self::on_scores(report, name, gates, waivers, given)?;
        let mut judged = std::iter::once(&verdict.version).chain(&verdict.against);
        match judged.find(|subject| subject.digest.is_none()) {
            None => Ok(verdict),
            Some(Subject { name, .. }) => Err(no_version("a foreign column", name)),
        }
    }

    /// Judges anybody's scores in the same way, whether or not they are those of a published version.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the report has no scores of this name.
    pub fn on_scores(
        report: &Report,
        name: &str,
        gates: &Gates,
        waivers: &Waivers,
        (at, code_version): (&str, &str),
    ) -> Result<Self, Error> {
        let version = subject(report, name)?;
        let reference = &report.context.reference;
        let against = (reference != name).then(|| subject(report, reference)).transpose()?;
        let mut results: Vec<GateResult> = Vec::with_capacity(gates.gates.len());
        for gate in &gates.gates {
            let (findings, passed_over) = (findings(report, name, gate), passed_over(report, name, gate));
            let worst = findings.iter().map(|finding| finding.answer).max().unwrap_or(Answer::CannotTell);
            let (answer, directions) = contradicted(report, name, gate).unwrap_or((worst, None));
            let waived = answer == Answer::CannotTell && waivers.of(&gate.name).is_some();
            let gate = gate.clone();
            results.push(GateResult {
                name: gate.name,
                owner: gate.owner,
                reason: gate.reason,
                metric: gate.metric,
                group: gate.group,
                labels: gate.labels,
                ask: gate.ask,
                answer,
                waived,
                findings,
                directions,
                passed_over,
            });
        }
        let passed = results.iter().all(|gate| gate.answer == Answer::Pass || gate.waived);
        Ok(Self {
            format: FORMAT,
            passed,
            version,
            against,
            at: at.to_owned(),
            code_version: code_version.to_owned(),
            gates: GatesRecord {
                id: gates.id.clone(),
                title: gates.title.clone(),
                owner: gates.owner.clone(),
                digest: gates.digest(),
                text: gates.text.clone(),
            },
            waivers: records(waivers, &results),
            context: report.context.clone(),
            rows: report.rows.clone(),
            results,
        })
    }

    /// Reads a verdict from its JSON.
    ///
    /// # Errors
    /// [`Error::Format`] if it is of another format, [`Error::Unreadable`] if it does not parse or has a field too few or too many.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let unreadable = |error: serde_json::Error| Error::Unreadable { problem: error.to_string() };
        let Outline { format } = serde_json::from_str(json).map_err(unreadable)?;
        if !(u64::from(OLDEST)..=u64::from(FORMAT)).contains(&format) {
            return Err(Error::Format { found: format, expected: u64::from(FORMAT) });
        }
        serde_json::from_str(json).map_err(unreadable)
    }

    /// The gates that stand in the way: those that block, and those that cannot tell and are not waived.
    pub fn in_the_way(&self) -> impl Iterator<Item = &GateResult> {
        self.results.iter().filter(|gate| gate.answer != Answer::Pass && !gate.waived)
    }
}

/// Each waiver with what became of it.
fn records(waivers: &Waivers, results: &[GateResult]) -> Vec<WaiverRecord> {
    let record = |waiver: &Waiver| {
        let answer = results.iter().find(|gate| gate.name == waiver.gate).map(|gate| gate.answer);
        let outcome = match answer {
            Some(Answer::CannotTell) => WaiverOutcome::Lifts,
            Some(Answer::Pass) => WaiverOutcome::NotNeeded,
            Some(Answer::Block) | None => WaiverOutcome::Refused,
        };
        WaiverRecord { waiver: waiver.clone(), outcome }
    };
    waivers.iter().map(record).collect()
}

/// Scores of a report, with the digest of the version whose they are.
fn subject(report: &Report, name: &str) -> Result<Subject, Error> {
    let scored = report.scored(name).ok_or_else(|| no_version("nothing", name))?;
    let digest = match &scored.kind {
        Kind::Version { digest, .. } => Some(digest.clone()),
        _ => None,
    };
    Ok(Subject { name: name.to_owned(), digest })
}

fn no_version(found: &str, name: &str) -> Error {
    let problem = format!("found {found} under the name `{name}` in the report, expected a version");
    Error::Invalid { what: "verdict", problems: vec![problem] }
}

/// The part of a verdict that says how to read the rest.
#[derive(Deserialize)]
struct Outline {
    format: u64,
}
