//! Operators that change shapes.

use super::tensor::{Data, Tensor};

/// One integer of each row.
pub fn by_row(a: &Tensor, of: impl Fn(i64, i64) -> i64 + Copy) -> Result<Tensor, String> {
    let [rows, columns] = a.matrix()?;
    let values = a.integers()?;
    if columns == 0 {
        return Err("a matrix without columns has no reduction".to_owned());
    }
    let of_row = |row: &[i64]| row.iter().copied().reduce(of).unwrap_or(0);
    let data = Data::Integers(values.chunks_exact(columns).map(of_row).collect());
    Ok(Tensor { shape: vec![rows], data })
}

/// Sums from the first column to each.
pub fn cum_sum(a: &Tensor) -> Result<Tensor, String> {
    let [_, columns] = a.matrix()?;
    let mut values = a.doubles()?.to_vec();
    for row in values.chunks_exact_mut(columns.max(1)) {
        for at in 1..row.len() {
            row[at] += row[at - 1];
        }
    }
    Ok(Tensor { shape: a.shape.clone(), data: Data::Doubles(values) })
}

/// Numbers of a list at places.
pub fn gather(table: &Tensor, places: &Tensor) -> Result<Tensor, String> {
    let [n] = table.shape.as_slice() else {
        return Err(format!("a table of shape {:?} found, expected a list", table.shape));
    };
    let at = inside(places, *n)?;
    Ok(Tensor { shape: places.shape.clone(), data: picked(&table.data, &at)? })
}

/// Columns of a matrix at places; one place that is no list gives a list.
pub fn columns(table: &Tensor, places: &Tensor) -> Result<Tensor, String> {
    let [rows, columns] = table.matrix()?;
    let at = inside(places, columns)?;
    let of_rows: Vec<usize> =
        (0..rows).flat_map(|row| at.iter().map(move |column| row * columns + column)).collect();
    let shape = if places.shape.is_empty() { vec![rows] } else { vec![rows, at.len()] };
    Ok(Tensor { shape, data: picked(&table.data, &of_rows)? })
}

fn inside(places: &Tensor, below: usize) -> Result<Vec<usize>, String> {
    let of = |&place: &i64| usize::try_from(place).ok().filter(|place| *place < below);
    let all = places.integers()?.iter().map(of).collect::<Option<Vec<_>>>();
    all.ok_or_else(|| format!("a place outside of 0 to {below} is asked for"))
}

/// A list as a column.
pub fn unsqueeze(a: &Tensor) -> Result<Tensor, String> {
    let [n] = a.shape.as_slice() else {
        return Err(format!("shape {:?} found, expected a list", a.shape));
    };
    Ok(Tensor { shape: vec![*n, 1], data: a.data.clone() })
}

fn picked(data: &Data, places: &[usize]) -> Result<Data, String> {
    match data {
        Data::Doubles(values) => Ok(Data::Doubles(places.iter().map(|&at| values[at]).collect())),
        Data::Integers(values) => Ok(Data::Integers(places.iter().map(|&at| values[at]).collect())),
        Data::Bools(_) => Err("booleans are not looked up".to_owned()),
    }
}
