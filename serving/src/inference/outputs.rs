//! What is answered: tensors, made of the very answers that are logged.

use amparo_models::Version;
use serde::Deserialize;

use super::wire::{Output, Request, Values, Wanted};
use crate::api_error::{ApiError, Detail};

/// An output that can be asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub meaning: &'static str,
    /// Its datatype.
    pub datatype: &'static str,
    /// Whether it is answered where no output is named.
    pub usual: bool,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text(fn(&Answer) -> Option<&str>),
    Score(fn(&Score) -> f64),
    Lethality(fn(&Score) -> f64),
    Base,
    Values,
    Sequence,
    Proposal,
}

/// The fields of an answer that outputs are made of.
#[derive(Deserialize)]
struct Answer {
    proposal_id: String,
    recidivism: Score,
    lethality: Option<Score>,
    level: String,
    explanation: Explanation,
    receipt: Receipt,
}

#[derive(Deserialize)]
struct Score {
    log_odds: f64,
    probability: f64,
    interval: Range,
    if_unknowns: Range,
}

#[derive(Deserialize)]
struct Range {
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct Explanation {
    base: f64,
    values: Vec<Contribution>,
}

#[derive(Deserialize)]
struct Contribution {
    value: f64,
}

#[derive(Deserialize)]
struct Receipt {
    log_sequence: Option<i64>,
    log_hash: Option<String>,
}

const fn usual(name: &'static str, datatype: &'static str, kind: Kind, meaning: &'static str) -> Named {
    Named { name, meaning, datatype, usual: true, kind }
}

const fn unusual(name: &'static str, datatype: &'static str, kind: Kind, meaning: &'static str) -> Named {
    Named { name, meaning, datatype, usual: false, kind }
}

/// All outputs, in the order in which they are answered where none is named.
const OUTPUTS: [Named; 17] = [
    usual(
        "proposal_id",
        "BYTES",
        Kind::Text(|a| Some(&a.proposal_id)),
        "the proposal, by which it is confirmed",
    ),
    usual("level", "BYTES", Kind::Text(|a| Some(&a.level)), "the proposed level"),
    usual("log_odds", "FP64", Kind::Score(|s| s.log_odds), "the score"),
    usual("probability", "FP64", Kind::Score(|s| s.probability), "the calibrated probability"),
    usual("lower", "FP64", Kind::Score(|s| s.interval.low), "the lower end of the probability's interval"),
    usual("upper", "FP64", Kind::Score(|s| s.interval.high), "the upper end of the probability's interval"),
    usual("base", "FP64", Kind::Base, "what the explanation begins with, in log-odds"),
    usual("values", "FP64", Kind::Values, "what each answer adds; with `base`, they add up to `log_odds`"),
    usual("log_sequence", "INT64", Kind::Sequence, "the place in the decision log"),
    unusual(
        "if_unknowns_low",
        "FP64",
        Kind::Score(|s| s.if_unknowns.low),
        "the lowest probability that answers to the unknown questions could lead to",
    ),
    unusual("if_unknowns_high", "FP64", Kind::Score(|s| s.if_unknowns.high), "the highest one"),
    unusual("lethality_log_odds", "FP64", Kind::Lethality(|s| s.log_odds), "the score of lethality"),
    unusual(
        "lethality_probability",
        "FP64",
        Kind::Lethality(|s| s.probability),
        "the probability of lethality",
    ),
    unusual(
        "lethality_lower",
        "FP64",
        Kind::Lethality(|s| s.interval.low),
        "the lower end of that probability's interval",
    ),
    unusual(
        "lethality_upper",
        "FP64",
        Kind::Lethality(|s| s.interval.high),
        "the upper end of that probability's interval",
    ),
    unusual(
        "log_hash",
        "BYTES",
        Kind::Text(|a| a.receipt.log_hash.as_deref()),
        "the hash of the entry in the log",
    ),
    unusual("proposal", "BYTES", Kind::Proposal, "the whole proposal, as `/v1/assessments` answers it, JSON"),
];

impl Named {
    /// The outputs that a version has: what is about the log only where rows are logged.
    pub fn all(version: &Version, logged: bool) -> Vec<Self> {
        let of_log = ["proposal_id", "log_sequence", "log_hash", "proposal"];
        let has_lethality = version.lethality().is_some();
        OUTPUTS
            .into_iter()
            .filter(|output| logged || !of_log.contains(&output.name))
            .filter(|output| has_lethality || !matches!(output.kind, Kind::Lethality(_)))
            .collect()
    }

    /// Whether it has a column for each indicator.
    pub fn by_indicator(&self) -> bool {
        matches!(self.kind, Kind::Values)
    }
}

/// The outputs that a request asks for, each with whether it is wanted as bytes.
pub(super) fn wanted(
    request: &Request<'_>,
    version: &Version,
    logged: bool,
) -> Result<Vec<(Named, bool)>, Vec<Detail>> {
    let all = Named::all(version, logged);
    let Some(outputs) = &request.outputs else {
        return Ok(all.into_iter().filter(|o| o.usual).map(|o| (o, request.binary_output)).collect());
    };
    let (mut found, mut details) = (Vec::new(), Vec::new());
    for (n, Wanted { name, binary }) in outputs.iter().enumerate() {
        let mut say = |message: String| details.push(Detail::new(format!("outputs.{n}.name"), message));
        match all.iter().find(|output| output.name == name) {
            Some(_) if outputs[..n].iter().any(|before| before.name == *name) => {
                say(format!("output `{name}` is named twice"));
            }
            Some(output) => found.push((*output, binary.unwrap_or(request.binary_output))),
            None if OUTPUTS.iter().any(|output| output.name == name) => {
                say(format!("output `{name}` is not there: {}", why_not(name)));
            }
            None => {
                let known = all.iter().map(|output| format!("`{}`", output.name)).collect::<Vec<_>>();
                say(format!("output `{name}` is unknown, expected one of {}", known.join(", ")));
            }
        }
    }
    if details.is_empty() { Ok(found) } else { Err(details) }
}

fn why_not(name: &str) -> &'static str {
    if name.starts_with("lethality") {
        "the version says nothing of lethality"
    } else {
        "the operator has marked the model as not logged, so there is no proposal"
    }
}

/// The parts of an answer that outputs need besides those that always come: all of them if the whole proposal is wanted.
pub(super) fn fields(wanted: &[(Named, bool)]) -> Option<Vec<String>> {
    let whole = wanted.iter().any(|(output, _)| matches!(output.kind, Kind::Proposal));
    if whole { None } else { Some(Vec::new()) }
}

/// The outputs of all rows; `answers` are those that are logged.
pub(super) fn tensors(wanted: &[(Named, bool)], answers: Vec<String>) -> Result<Vec<Output>, ApiError> {
    let read: Result<Vec<Answer>, _> = answers.iter().map(|answer| serde_json::from_str(answer)).collect();
    let rows = read.map_err(|_| ApiError::internal("an answer is not as this edition writes it"))?;
    let missing = || ApiError::internal("an answer lacks what it was asked for");
    let n_rows = rows.len();
    let mut outputs = Vec::with_capacity(wanted.len());
    let mut whole = Some(answers);
    for (output, binary) in wanted {
        let mut shape = vec![n_rows];
        let values = match output.kind {
            Kind::Text(of) => {
                let texts = rows.iter().map(|row| of(row).map(str::to_owned));
                Values::Bytes(texts.collect::<Option<_>>().ok_or_else(missing)?)
            }
            Kind::Score(of) => Values::Fp64(rows.iter().map(|row| of(&row.recidivism)).collect()),
            Kind::Lethality(of) => {
                let scores = rows.iter().map(|row| row.lethality.as_ref().map(of));
                Values::Fp64(scores.collect::<Option<_>>().ok_or_else(missing)?)
            }
            Kind::Base => Values::Fp64(rows.iter().map(|row| row.explanation.base).collect()),
            Kind::Values => {
                let width = rows.first().map_or(0, |row| row.explanation.values.len());
                if rows.iter().any(|row| row.explanation.values.len() != width) {
                    return Err(missing());
                }
                shape.push(width);
                let all = rows.iter().flat_map(|row| row.explanation.values.iter().map(|v| v.value));
                Values::Fp64(all.collect())
            }
            Kind::Sequence => {
                let places = rows.iter().map(|row| row.receipt.log_sequence);
                Values::Int64(places.collect::<Option<_>>().ok_or_else(missing)?)
            }
            Kind::Proposal => Values::Bytes(whole.take().ok_or_else(missing)?),
        };
        outputs.push(Output { name: output.name, shape, values, binary: *binary });
    }
    Ok(outputs)
}
