//! Bodies of the Open Inference Protocol, changed, and what must hold for whatever the reader accepts; see `.ci/fuzz`.

#[path = "../../src/inference/wire/mod.rs"]
pub mod wire;

use std::sync::LazyLock;

use amparo_models_fuzz::{Bytes, edit};
use wire::{Answer, Datatype, Element, Output, Values};

/// With `AMPARO_FUZZ_PLANTED` set, accepted bytes of another meaning count as a fault, which the fuzzer has to find.
static PLANTED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("AMPARO_FUZZ_PLANTED").is_some());

/// A request as tritonclient sends it, with bytes behind its JSON and without.
const JSON: &[u8] = br#"{"id":"r-1","model_name":"vpr","inputs":[{"name":"case_id","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":12}},{"name":"answers","shape":[2,3],"datatype":"FP32","parameters":{"binary_data_size":24}},{"name":"x","shape":[2,2],"datatype":"INT64","data":[[1,2],[null,-4]]},{"name":"y","shape":[2],"datatype":"BYTES","data":["a\n",NaN]}],"outputs":[{"name":"level","parameters":{"binary_data":false}}],"parameters":{"binary_data_output":true}}"#;
const BEHIND: &[u8] =
    b"\x02\0\0\0c1\x02\0\0\0c2\0\0\x80\x3f\0\0\0\0\0\0\xc0\x7f\0\0\0\x40\0\0\x80\x3f\0\0\0\0";

/// Changes the JSON, the bytes behind it, or where the one ends: refused, or tensors that are what they say. Never a panic.
pub fn changed(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let (mut json, mut behind) = (JSON.to_vec(), BEHIND.to_vec());
    match bytes.byte() % 8 {
        0 => json = bytes.take(usize::MAX).to_vec(),
        1..=3 => json = edit::json(JSON, &mut bytes),
        4 => json = edit::splice(JSON, &mut bytes),
        5 | 6 => behind = edit::splice(BEHIND, &mut bytes),
        _ => {
            let body = [JSON, BEHIND].concat();
            let (head, rest) = body.split_at(bytes.below(body.len() + 1));
            (json, behind) = (head.to_vec(), rest.to_vec());
        }
    }
    let json = wire::without_nan(&json);
    let Ok(request) = wire::read(&json, &behind) else { return };
    for input in &request.inputs {
        let Ok(elements) = input.elements() else { continue };
        assert_eq!(elements.len(), input.shape.iter().product::<usize>());
        for element in &elements {
            let is_text = matches!(element, Element::Text(_));
            assert!(*element == Element::Missing || is_text == (input.datatype == Datatype::Bytes));
            assert!(!matches!(element, Element::Number(number) if number.is_nan()));
        }
        if *PLANTED && input.name == "answers" {
            assert!(elements.first() == Some(&Element::Number(1.0)), "a planted fault");
        }
        again(&elements);
    }
}

/// Texts that were read are written as they were, and read again.
fn again(elements: &[Element<'_>]) {
    let text = |element: &Element<'_>| match element {
        Element::Text(text) => Some(text.clone().into_owned()),
        Element::Missing | Element::Whole(_) | Element::Number(_) => None,
    };
    let Some(texts) = elements.iter().map(text).collect::<Option<Vec<String>>>() else { return };
    let output =
        Output { name: "x", shape: vec![texts.len()], values: Values::Bytes(texts.clone()), binary: true };
    let answer = Answer {
        model_name: "vpr",
        model_version: "6".to_owned(),
        id: None,
        parameters: serde_json::Map::new(),
        outputs: vec![output],
    };
    let (body, length) = answer.written().unwrap();
    let (head, tail) = body.split_at(length.unwrap());
    let head: serde_json::Value = serde_json::from_slice(head).unwrap();
    let request = serde_json::json!({"inputs": head["outputs"]}).to_string();
    let request = wire::read(request.as_bytes(), tail).unwrap();
    let read = request.inputs[0].elements().unwrap();
    assert_eq!(read, texts.iter().map(|text| Element::Text(text.into())).collect::<Vec<_>>());
}
