//! A whole version as one standard graph: baseline, candidate, dial, calibrators, rules and levels.
//!
//! ```text
//! answers  int64 [n, indicators]     the code of each answer; `unknown` is a code like any other, the last one of its indicator
//!
//! log_odds, probability              double [n], of the first outcome
//! lethality_log_odds, lethality_probability      of the second one, if the version has a model of it
//! computed_level                     int64 [n], by the probability of the first outcome alone
//! level                              int64 [n], as proposed: by all models, clauses, rules and floors
//! unlearned_answers                  int64 [n], how many answers the models have not learned from
//! ```
//! Everything is computed in 64-bit floats and in the order of the version's own arithmetic. Where a row has a code that the form does
//! not have, or where the protocol refuses unlearned answers and there is one, all numbers are NaN and the levels -1.

mod builder;
mod check;
mod closest;
mod codes;
mod level;
mod metadata;
mod outcome;
mod probability;
mod score;
mod tables;
#[cfg(test)]
mod tests;
mod trees;

use amparo_models::Version;
use amparo_models::protocol::UnlearnedAnswers;
use prost::Message;

use self::builder::{Builder, Value};
use self::codes::Codes;
use self::outcome::Outcome;
use super::proto::{
    Dimension, GraphProto, ModelProto, OperatorSetIdProto, Size, TensorShapeProto, TensorType, Type,
    TypeProto, ValueInfoProto, element,
};
use crate::Error;

pub use closest::Closest;

/// Edition of the format, and of the two sets of operators, of the release that brought `TreeEnsemble`.
const IR_VERSION: i64 = 10;
const OPSET: i64 = 21;
const OPSET_ML: i64 = 5;

/// Name of the input.
const ANSWERS: &str = "answers";

/// A version as an ONNX file.
#[derive(Debug, Clone, PartialEq)]
pub struct OnnxFile {
    /// Its bytes: the same version gives the same.
    pub bytes: Vec<u8>,
    /// How close the probe forms of the version come to a cut-point.
    pub closest: Closest,
}

/// Writes a version, and runs what it has written over the version's probe forms.
///
/// # Errors
/// [`Error::Models`] if the protocol does not fit the form; [`Error::Unwritten`] if the graph does not say what the version says.
pub fn write(version: &Version) -> Result<OnnxFile, Error> {
    let closest = Closest::of(version);
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer_name: "amparo".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        model_version: i64::from(version.manifest().version),
        doc_string: metadata::STATEMENT.to_owned(),
        graph: Some(graph(version)?),
        opset_import: vec![
            OperatorSetIdProto { domain: String::new(), version: OPSET },
            OperatorSetIdProto { domain: "ai.onnx.ml".to_owned(), version: OPSET_ML },
        ],
        metadata_props: metadata::of(version, &closest),
        ..ModelProto::default()
    };
    let bytes = model.encode_to_vec();
    check::check(version, &bytes)?;
    Ok(OnnxFile { bytes, closest })
}

fn graph(version: &Version) -> Result<GraphProto, Error> {
    let (instrument, protocol) = (version.instrument(), version.protocol());
    let mut graph = Builder::default();
    let (codes, mut valid) = Codes::fed(&mut graph, &Value(ANSWERS.to_owned()), instrument);
    let recidivism = Outcome::of(&mut graph, "recidivism", &codes, version.recidivism(), instrument);
    let part = version.lethality();
    let lethality = part.map(|part| Outcome::of(&mut graph, "lethality", &codes, part, instrument));

    let unlearned = outcome::unlearned(&mut graph, &codes, version);
    if protocol.unlearned_answers() == UnlearnedAnswers::Refuse {
        let none = graph.integer("no_answer", 0);
        let learned = graph.op("Equal", "all_answers_learned", &[&unlearned, &none]);
        valid = graph.op("And", "row_assessed", &[&valid, &learned]);
    }

    let computed = recidivism.level(&mut graph, protocol);
    let mut levels = vec![computed.clone()];
    levels.extend(recidivism.baseline_level(&mut graph, protocol));
    if let (Some(lethality), Some(rules)) = (&lethality, protocol.lethality()) {
        levels.push(lethality.rule_level(&mut graph, &rules.rules));
    }
    if !protocol.floors().is_empty() {
        levels.push(level::by_floors(&mut graph, &codes, protocol.floors(), instrument)?);
    }
    let proposed = graph.op("Max", "proposed_level", &levels.iter().collect::<Vec<_>>());

    let mut outputs = vec![("log_odds", recidivism.log_odds), ("probability", recidivism.probability)];
    if let Some(of) = lethality {
        outputs.extend([("lethality_log_odds", of.log_odds), ("lethality_probability", of.probability)]);
    }
    let (nan, none) = (graph.double("not_a_number", f64::NAN), graph.integer("no_level", -1));
    let mut output = Vec::new();
    for (name, value) in outputs {
        graph.op("Where", name, &[&valid, &value, &nan]);
        output.push(info(name, element::DOUBLE, &[rows()]));
    }
    for (name, value) in [("computed_level", computed), ("level", proposed)] {
        graph.op("Where", name, &[&valid, &value, &none]);
        output.push(info(name, element::INT64, &[rows()]));
    }
    graph.op("Identity", "unlearned_answers", &[&unlearned]);
    output.push(info("unlearned_answers", element::INT64, &[rows()]));

    let n = Size::Value(instrument.indicators().len() as i64);
    Ok(GraphProto {
        name: version.manifest().name.clone(),
        input: vec![info(ANSWERS, element::INT64, &[rows(), n])],
        output,
        ..graph.finish()
    })
}

/// Any number of rows.
fn rows() -> Size {
    Size::Param("n".to_owned())
}

fn info(name: &str, elem_type: i32, sizes: &[Size]) -> ValueInfoProto {
    let dim = sizes.iter().map(|size| Dimension { value: Some(size.clone()), ..Dimension::default() });
    let tensor = TensorType { elem_type, shape: Some(TensorShapeProto { dim: dim.collect() }) };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto { value: Some(Type::Tensor(tensor)), ..TypeProto::default() }),
        doc_string: metadata::unit(name).to_owned(),
        ..ValueInfoProto::default()
    }
}
