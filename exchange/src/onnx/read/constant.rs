//! Constants of a graph.

use crate::onnx::proto::{TensorProto, element};

/// Numbers or texts with a shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constant {
    pub shape: Vec<usize>,
    pub element: i32,
    pub data: Data,
}

/// Numbers, each a 64-bit float that says it exactly, or texts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Data {
    Numbers(Vec<f64>),
    Texts(Vec<String>),
}

impl Constant {
    /// A constant, or what is wrong with it.
    pub fn of(tensor: &TensorProto) -> Result<Self, [String; 2]> {
        let wrong = |found: String, expected: &str| [found, expected.to_owned()];
        if tensor.data_location != 0 || !tensor.external_data.is_empty() {
            return Err(wrong("numbers in another file".to_owned(), "a model in one file"));
        }
        let shape: Option<Vec<usize>> = tensor.dims.iter().map(|&n| usize::try_from(n).ok()).collect();
        let n = shape.as_ref().and_then(|dims| dims.iter().try_fold(1_usize, |all, &n| all.checked_mul(n)));
        let (Some(shape), Some(n)) = (shape, n) else {
            return Err(wrong(
                format!("the shape {:?}", tensor.dims.iter().take(8).collect::<Vec<_>>()),
                "a shape",
            ));
        };
        let raw = &tensor.raw_data;
        let integers = |data: &[i64]| data.iter().map(|&x| x as f64).collect::<Vec<f64>>();
        let narrow = || tensor.int32_data.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
        let has_raw = !raw.is_empty();
        let data = match tensor.data_type {
            element::STRING => {
                let texts = tensor.string_data.iter().map(|text| String::from_utf8(text.clone()).ok());
                let texts = texts.collect::<Option<Vec<_>>>();
                Data::Texts(texts.ok_or_else(|| wrong("a text that is not UTF-8".to_owned(), "UTF-8"))?)
            }
            element::FLOAT if has_raw => {
                Data::Numbers(words(raw, |word| f64::from(f32::from_le_bytes(word))))
            }
            element::FLOAT => Data::Numbers(tensor.float_data.iter().map(|&x| f64::from(x)).collect()),
            element::DOUBLE if has_raw => Data::Numbers(words(raw, f64::from_le_bytes)),
            element::DOUBLE => Data::Numbers(tensor.double_data.clone()),
            element::INT64 if has_raw => Data::Numbers(words(raw, |word| i64::from_le_bytes(word) as f64)),
            element::INT64 => Data::Numbers(integers(&tensor.int64_data)),
            element::INT32 if has_raw => {
                Data::Numbers(words(raw, |word| f64::from(i32::from_le_bytes(word))))
            }
            element::UINT8 | element::BOOL if has_raw => {
                Data::Numbers(words(raw, |[byte]: [u8; 1]| f64::from(byte)))
            }
            element::INT32 | element::UINT8 | element::BOOL => Data::Numbers(narrow()),
            other => return Err(wrong(format!("elements of type {other}"), "floats, integers or texts")),
        };
        let found = match &data {
            Data::Numbers(numbers) => numbers.len(),
            Data::Texts(texts) => texts.len(),
        };
        if found != n {
            return Err(wrong(format!("{found} elements"), &format!("{n}, as its shape says")));
        }
        Ok(Self { shape, element: tensor.data_type, data })
    }

    /// The numbers, if they are numbers.
    pub fn numbers(&self) -> Option<&[f64]> {
        match &self.data {
            Data::Numbers(numbers) => Some(numbers),
            Data::Texts(_) => None,
        }
    }
}

/// Numbers of so many bytes each; a rest is left over, which the count of elements shows.
fn words<const N: usize>(raw: &[u8], of: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    let (words, rest) = raw.as_chunks::<N>();
    let more = usize::from(!rest.is_empty());
    words.iter().map(|word| of(*word)).chain(std::iter::repeat_n(f64::NAN, more)).collect()
}
