//! Changes to a file: of its bytes, or of the JSON in it so that it still parses.

use serde_json::{Number, Value};

use crate::Bytes;

/// Numbers at which code breaks, if anywhere.
const SPECIAL: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    1e-9,
    -1e-9,
    5e-324,
    1e-300,
    1e15,
    9_007_199_254_740_993.0,
    1e19,
    1e300,
    f64::MAX,
    f64::MIN,
];

/// Some bytes in place of some others.
pub fn splice(file: &[u8], bytes: &mut Bytes<'_>) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..=bytes.byte() % 4 {
        let from = bytes.below(file.len() + 1);
        let to = (from + bytes.below(64)).min(file.len());
        let n = bytes.below(32);
        file.splice(from..to, bytes.take(n).iter().copied());
    }
    file
}

/// One to four nodes of a JSON text changed, most often a number to another; the text as it is if it is no JSON.
pub fn json(file: &[u8], bytes: &mut Bytes<'_>) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(file) else { return file.to_vec() };
    for _ in 0..=bytes.byte() % 4 {
        let of = if bytes.byte() % 4 == 0 { |_: &Value| true } else { Value::is_number };
        let n = count(&value, of);
        let other = nth(&mut value, of, &mut bytes.below(n)).map(|node| node.clone());
        if let (Some(node), Some(other)) = (nth(&mut value, of, &mut bytes.below(n)), other) {
            change(node, other, bytes);
        }
    }
    value.to_string().into_bytes()
}

fn change(node: &mut Value, other: Value, bytes: &mut Bytes<'_>) {
    let float = |x: f64| Number::from_f64(x).map_or(Value::Null, Value::Number);
    match (bytes.byte() % 8, &mut *node) {
        (0, Value::Array(items)) if !items.is_empty() => {
            let (at, to) = (bytes.below(items.len()), bytes.below(items.len()));
            match bytes.byte() % 4 {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.swap(at, to),
                _ => items.truncate(at),
            }
        }
        (0, Value::Object(fields)) if !fields.is_empty() => {
            let name = fields.keys().nth(bytes.below(fields.len())).cloned().unwrap_or_default();
            let value = fields.remove(&name).unwrap_or_default();
            if bytes.byte() % 2 == 0 {
                fields.insert(String::from_utf8_lossy(bytes.take(4)).into_owned(), value);
            }
        }
        // A number close by: the sums behind an explanation are compared with a tolerance.
        (0..=3, Value::Number(number)) => {
            let x = number.as_f64().unwrap_or_default();
            let by = 10.0_f64.powi(-i32::from(bytes.byte() % 18));
            *node = match (bytes.byte() % 6, number.as_i64()) {
                (0..=2, Some(i)) => Value::from(i.wrapping_add(i64::from(bytes.byte() % 7) - 3)),
                (0, None) => float(x * (1.0 + by)),
                (1, None) => float(x * (1.0 - by)),
                (2, None) => float(x + by),
                (3, _) => float(-x),
                (4, _) => float(x * 10.0),
                _ => float(bytes.float()),
            };
        }
        (4, _) => *node = float(SPECIAL[bytes.below(SPECIAL.len())]),
        (5, _) => *node = Value::from(1_u64 << (bytes.byte() % 64)),
        (6, _) => {
            *node = [Value::Null, Value::from(""), Value::from(vec![0; 0]), Value::from(true)]
                [bytes.below(4)]
            .clone();
        }
        _ => *node = other,
    }
}

fn count(value: &Value, of: fn(&Value) -> bool) -> usize {
    usize::from(of(value))
        + match value {
            Value::Array(items) => items.iter().map(|item| count(item, of)).sum(),
            Value::Object(fields) => fields.values().map(|field| count(field, of)).sum(),
            _ => 0,
        }
}

/// The node of number `n` among those that count, a parent before its children.
fn nth<'v>(value: &'v mut Value, of: fn(&Value) -> bool, n: &mut usize) -> Option<&'v mut Value> {
    if of(value) {
        if *n == 0 {
            return Some(value);
        }
        *n -= 1;
    }
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, of, n)),
        Value::Object(fields) => fields.values_mut().find_map(|item| nth(item, of, n)),
        _ => None,
    }
}
