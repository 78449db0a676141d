//! What is answered: JSON, and behind it the outputs that are wanted as bytes.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// An answer to a request for inference.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The model that answered.
    pub model_name: &'a str,
    /// Its exact version.
    pub model_version: String,
    /// As the request has it.
    pub id: Option<&'a str>,
    /// What else is to be known.
    pub parameters: Map<String, Value>,
    /// The tensors.
    pub outputs: Vec<Output>,
}

/// A tensor of an answer.
#[derive(Debug)]
pub struct Output {
    /// Its name.
    pub name: &'static str,
    /// Length by axis.
    pub shape: Vec<usize>,
    /// Its elements.
    pub values: Values,
    /// Whether it is wanted as bytes.
    pub binary: bool,
}

/// Elements, flat, in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Floating-point numbers, all of them finite.
    Fp64(Vec<f64>),
    /// Whole numbers.
    Int64(Vec<i64>),
    /// Texts.
    Bytes(Vec<String>),
}

impl Values {
    /// The datatype, as the protocol names it.
    pub fn datatype(&self) -> &'static str {
        match self {
            Self::Fp64(_) => "FP64",
            Self::Int64(_) => "INT64",
            Self::Bytes(_) => "BYTES",
        }
    }

    /// As they lie in memory, little-endian; a text behind its length in four bytes.
    fn put(&self, into: &mut Vec<u8>) {
        match self {
            Self::Fp64(numbers) => numbers.iter().for_each(|number| into.extend(number.to_le_bytes())),
            Self::Int64(numbers) => numbers.iter().for_each(|number| into.extend(number.to_le_bytes())),
            Self::Bytes(texts) => {
                for text in texts {
                    // A text of an answer is some kilobytes long.
                    into.extend((text.len() as u32).to_le_bytes());
                    into.extend_from_slice(text.as_bytes());
                }
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Fp64(numbers) => json!(numbers),
            Self::Int64(numbers) => json!(numbers),
            Self::Bytes(texts) => json!(texts),
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model_name: &'a str,
    model_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    parameters: &'a Map<String, Value>,
    outputs: Vec<Value>,
}

impl Answer<'_> {
    /// The body, and the length of its JSON if something follows that.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn written(&self) -> Result<(Vec<u8>, Option<usize>), serde_json::Error> {
        let mut behind = Vec::new();
        let mut written = |output: &Output| {
            let Output { name, shape, values, binary } = output;
            let mut json = json!({"name": name, "datatype": values.datatype(), "shape": shape});
            if *binary {
                let before = behind.len();
                values.put(&mut behind);
                json["parameters"] = json!({"binary_data_size": behind.len() - before});
            } else {
                json["data"] = values.json();
            }
            json
        };
        let outputs = self.outputs.iter().map(&mut written).collect();
        let Self { model_name, model_version, id, parameters, .. } = self;
        let mut body = serde_json::to_vec(&Body { model_name, model_version, id: *id, parameters, outputs })?;
        if !self.outputs.iter().any(|output| output.binary) {
            return Ok((body, None));
        }
        let length = body.len();
        body.append(&mut behind);
        Ok((body, Some(length)))
    }
}
