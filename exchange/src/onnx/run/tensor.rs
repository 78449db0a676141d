//! Numbers with a shape.

use crate::onnx::proto::{TensorProto, element};

/// Numbers with a shape of at most two dimensions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// The numbers, row by row.
    pub data: Data,
}

/// Numbers of one type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    /// 64-bit floats.
    Doubles(Vec<f64>),
    /// 64-bit integers.
    Integers(Vec<i64>),
    /// Yes and no.
    Bools(Vec<bool>),
}

impl Tensor {
    /// A constant of a file.
    pub fn of(tensor: &TensorProto) -> Result<Self, String> {
        let problem = |what: &str| format!("constant `{}`: {what}", tensor.name);
        let shape = tensor.dims.iter().map(|&n| usize::try_from(n)).collect::<Result<Vec<_>, _>>();
        let shape = shape.map_err(|_| problem("a dimension below 0"))?;
        let n = shape.iter().try_fold(1_usize, |all, &n| all.checked_mul(n));
        let (words, rest) = tensor.raw_data.as_chunks::<8>();
        if n != Some(words.len()) || !rest.is_empty() {
            return Err(problem("its length is not that of its shape"));
        }
        let data = match tensor.data_type {
            element::DOUBLE => Data::Doubles(words.iter().map(|word| f64::from_le_bytes(*word)).collect()),
            element::INT64 => Data::Integers(words.iter().map(|word| i64::from_le_bytes(*word)).collect()),
            other => return Err(problem(&format!("type {other} is not known here"))),
        };
        Ok(Self { shape, data })
    }

    /// The floats.
    pub fn doubles(&self) -> Result<&[f64], String> {
        match &self.data {
            Data::Doubles(values) => Ok(values),
            _ => Err("expected 64-bit floats".to_owned()),
        }
    }

    /// The integers.
    pub fn integers(&self) -> Result<&[i64], String> {
        match &self.data {
            Data::Integers(values) => Ok(values),
            _ => Err("expected 64-bit integers".to_owned()),
        }
    }

    /// Yes and no.
    pub fn bools(&self) -> Result<&[bool], String> {
        match &self.data {
            Data::Bools(values) => Ok(values),
            _ => Err("expected booleans".to_owned()),
        }
    }

    /// Rows and columns of a matrix.
    pub fn matrix(&self) -> Result<[usize; 2], String> {
        <[usize; 2]>::try_from(self.shape.as_slice())
            .map_err(|_| format!("shape {:?} found, expected a matrix", self.shape))
    }
}

/// The shape of two that are joined, and where each of its places lies in either.
pub(super) struct Joined {
    pub shape: Vec<usize>,
    pub places: Vec<[usize; 2]>,
}

impl Joined {
    /// Dimensions from the last one; one of 1 counts for any number.
    pub fn of(a: &[usize], b: &[usize]) -> Result<Self, String> {
        let at = |shape: &[usize], back: usize| shape.len().checked_sub(back + 1).map_or(1, |at| shape[at]);
        let depth = a.len().max(b.len());
        if depth > 2 {
            return Err(format!("shapes {a:?} and {b:?} found, expected at most two dimensions"));
        }
        let mut shape = Vec::new();
        for back in (0..depth).rev() {
            shape.push(match (at(a, back), at(b, back)) {
                (1, n) | (n, 1) => n,
                (n, m) if n == m => n,
                _ => return Err(format!("shapes {a:?} and {b:?} do not fit each other")),
            });
        }
        let [rows, columns] = [at(&shape, 1), at(&shape, 0)];
        let place = |of: &[usize], row: usize, column: usize| {
            let [n, m] = [at(of, 1), at(of, 0)];
            (if n == 1 { 0 } else { row }) * m + if m == 1 { 0 } else { column }
        };
        let each = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let places = each.map(|(row, column)| [place(a, row, column), place(b, row, column)]).collect();
        Ok(Self { shape, places })
    }
}
