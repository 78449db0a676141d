//! What stands in an answer, or where it is missing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Client, Error};

/// A text at a path of an answer, such as `/run/info/run_id`. A number is a text here.
pub(super) fn text(client: &Client, answer: &Value, at: &str) -> Result<String, Error> {
    match answer.pointer(at) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(missing(client, at)),
    }
}

/// A list at a path; an absent one is empty, as protocol buffers leave empty lists out.
pub(super) fn list<'a>(client: &Client, answer: &'a Value, at: &str) -> Result<&'a [Value], Error> {
    match answer.pointer(at) {
        Some(Value::Array(items)) => Ok(items),
        None => Ok(&[]),
        Some(_) => Err(missing(client, at)),
    }
}

/// A list of objects with `key` and `value`.
pub(super) fn pairs<'a>(
    client: &Client,
    answer: &'a Value,
    at: &str,
) -> Result<BTreeMap<&'a str, &'a Value>, Error> {
    let items = list(client, answer, at)?.iter();
    // An empty text is left out, too.
    let pair = |item: &'a Value| Some((item.get("key")?.as_str()?, item.get("value").unwrap_or(&EMPTY)));
    items.map(|item| pair(item).ok_or_else(|| missing(client, at))).collect()
}

static EMPTY: Value = Value::String(String::new());

pub(super) fn missing(client: &Client, at: &str) -> Error {
    Error::Answer {
        url: client.address().to_string(),
        problem: format!("`{at}` is missing or of another type"),
    }
}
