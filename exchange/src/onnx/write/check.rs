//! What is written, run over the version's probe forms before it is handed out.

use amparo_models::{Error as ModelError, Version};
use prost::Message;

use crate::Error;
use crate::onnx::proto::ModelProto;
use crate::onnx::run::{Data, Tensor, run};

/// The format in errors.
const FORMAT: &str = "ONNX";
/// Largest relative difference of a probability: `exp` of the system's library rounds another way than ours.
const TOLERANCE: f64 = 1e-12;

/// Refuses a file of which a probe form gets other log-odds or another level than the version gives it, or a probability that is more than
/// rounding away.
///
/// # Errors
/// [`Error::Unwritten`] with the first such form; [`Error::Models`] if the version cannot assess one.
pub fn check(version: &Version, bytes: &[u8]) -> Result<(), Error> {
    check_forms(version, bytes, &version.probe_forms().collect::<Vec<_>>())
}

/// The same over any forms.
pub fn check_forms(version: &Version, bytes: &[u8], forms: &[Vec<u8>]) -> Result<(), Error> {
    let unwritten = |problem: String| Error::unwritten(FORMAT, &problem);
    let model = ModelProto::decode(bytes).map_err(|error| unwritten(error.to_string()))?;
    let graph = model.graph.unwrap_or_default();
    let codes = forms.iter().flatten().map(|&code| i64::from(code)).collect();
    let shape = vec![forms.len(), version.instrument().indicators().len()];
    let found = run(&graph, Tensor { shape, data: Data::Integers(codes) }).map_err(unwritten)?;
    for (number, form) in forms.iter().enumerate() {
        for (name, expected, tolerance) in expected(version, form)? {
            let value = match found.get(name).map(|tensor| &tensor.data) {
                Some(Data::Doubles(values)) => values.get(number).copied(),
                Some(Data::Integers(values)) => values.get(number).map(|&level| level as f64),
                _ => None,
            };
            let same = |value: f64| {
                value.to_bits() == expected.to_bits()
                    || value.is_nan() && expected.is_nan()
                    || (value - expected).abs() <= tolerance * expected.abs()
            };
            if !value.is_some_and(same) {
                return Err(unwritten(format!(
                    "the graph gives form {number} `{name}` {value:?}, the version gives {expected}"
                )));
            }
        }
    }
    Ok(())
}

/// What the version says of a form: outputs with their values and the relative differences that they may have.
fn expected(version: &Version, form: &[u8]) -> Result<Vec<(&'static str, f64, f64)>, Error> {
    let protocol = version.protocol();
    let place = |id: &str| protocol.position(id).map_or(f64::NAN, |level| level as f64);
    let assessed = match version.assess(form) {
        Ok(assessed) => assessed,
        Err(ModelError::UnlearnedAnswers { answers, .. }) => {
            let nothing = ["log_odds", "probability"].map(|name| (name, f64::NAN, 0.0));
            let level = ["computed_level", "level"].map(|name| (name, -1.0, 0.0));
            let unlearned = ("unlearned_answers", answers.len() as f64, 0.0);
            return Ok([&nothing[..], &level[..], &[unlearned]].concat());
        }
        Err(other) => return Err(other.into()),
    };
    let mut all = vec![
        ("log_odds", assessed.recidivism.log_odds, 0.0),
        ("probability", assessed.recidivism.probability, TOLERANCE),
        ("computed_level", place(&assessed.computed_level), 0.0),
        ("level", place(&assessed.level), 0.0),
        ("unlearned_answers", assessed.unlearned_answers.len() as f64, 0.0),
    ];
    if let Some(lethality) = &assessed.lethality {
        all.push(("lethality_log_odds", lethality.log_odds, 0.0));
        all.push(("lethality_probability", lethality.probability, TOLERANCE));
    }
    Ok(all)
}
