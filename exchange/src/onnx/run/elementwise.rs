//! Operators that take numbers one by one.

use super::tensor::{Data, Joined, Tensor};
use crate::onnx::proto::element;

/// A function of two numbers.
pub fn numeric(
    a: &Tensor,
    b: &Tensor,
    of_doubles: impl Fn(f64, f64) -> f64,
    of_integers: impl Fn(i64, i64) -> i64,
) -> Result<Tensor, String> {
    let Joined { shape, places } = Joined::of(&a.shape, &b.shape)?;
    let data = match (&a.data, &b.data) {
        (Data::Doubles(a), Data::Doubles(b)) => {
            Data::Doubles(places.iter().map(|&[i, j]| of_doubles(a[i], b[j])).collect())
        }
        (Data::Integers(a), Data::Integers(b)) => {
            Data::Integers(places.iter().map(|&[i, j]| of_integers(a[i], b[j])).collect())
        }
        _ => return Err("expected two of one numeric type".to_owned()),
    };
    Ok(Tensor { shape, data })
}

/// A comparison of two numbers.
pub fn compare(
    a: &Tensor,
    b: &Tensor,
    of_doubles: impl Fn(f64, f64) -> bool,
    of_integers: impl Fn(i64, i64) -> bool,
) -> Result<Tensor, String> {
    let Joined { shape, places } = Joined::of(&a.shape, &b.shape)?;
    let data = match (&a.data, &b.data) {
        (Data::Doubles(a), Data::Doubles(b)) => places.iter().map(|&[i, j]| of_doubles(a[i], b[j])).collect(),
        (Data::Integers(a), Data::Integers(b)) => {
            places.iter().map(|&[i, j]| of_integers(a[i], b[j])).collect()
        }
        _ => return Err("expected two of one numeric type".to_owned()),
    };
    Ok(Tensor { shape, data: Data::Bools(data) })
}

/// A function of two booleans.
pub fn logical(a: &Tensor, b: &Tensor, of: impl Fn(bool, bool) -> bool) -> Result<Tensor, String> {
    let Joined { shape, places } = Joined::of(&a.shape, &b.shape)?;
    let (a, b) = (a.bools()?, b.bools()?);
    Ok(Tensor { shape, data: Data::Bools(places.iter().map(|&[i, j]| of(a[i], b[j])).collect()) })
}

/// One of two numbers, by a condition.
pub fn select(condition: &Tensor, a: &Tensor, b: &Tensor) -> Result<Tensor, String> {
    let of_two = Joined::of(&a.shape, &b.shape)?;
    let Joined { shape, places } = Joined::of(&condition.shape, &of_two.shape)?;
    let condition = condition.bools()?;
    // Places in both, for those of the condition and of the two.
    let chosen = places.iter().map(|&[c, of]| (condition[c], of_two.places[of]));
    let data = match (&a.data, &b.data) {
        (Data::Doubles(a), Data::Doubles(b)) => {
            Data::Doubles(chosen.map(|(yes, [i, j])| if yes { a[i] } else { b[j] }).collect())
        }
        (Data::Integers(a), Data::Integers(b)) => {
            Data::Integers(chosen.map(|(yes, [i, j])| if yes { a[i] } else { b[j] }).collect())
        }
        _ => return Err("expected two of one numeric type".to_owned()),
    };
    Ok(Tensor { shape, data })
}

/// A function of one number; of integers it is the same function of their values.
pub fn unary(a: &Tensor, of: impl Fn(f64) -> f64) -> Result<Tensor, String> {
    let data = Data::Doubles(a.doubles()?.iter().map(|&value| of(value)).collect());
    Ok(Tensor { shape: a.shape.clone(), data })
}

/// Another type.
pub fn cast(a: &Tensor, to: i64) -> Result<Tensor, String> {
    let data = match (&a.data, i32::try_from(to)) {
        (Data::Bools(values), Ok(element::INT64)) => {
            Data::Integers(values.iter().map(|&yes| i64::from(yes)).collect())
        }
        (Data::Integers(values), Ok(element::BOOL)) => Data::Bools(values.iter().map(|&v| v != 0).collect()),
        (Data::Integers(values), Ok(element::DOUBLE)) => {
            Data::Doubles(values.iter().map(|&v| v as f64).collect())
        }
        (Data::Doubles(values), Ok(element::INT64)) => {
            Data::Integers(values.iter().map(|&v| v as i64).collect())
        }
        _ => return Err(format!("a cast to type {to} is not known here")),
    };
    Ok(Tensor { shape: a.shape.clone(), data })
}
