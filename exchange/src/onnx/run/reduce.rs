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

/// Numbers of a list at places, or one column of a matrix.
pub fn gather(table: &Tensor, places: &Tensor) -> Result<Tensor, String> {
    let at = places.integers()?;
    if let (Ok([rows, columns]), [column]) = (table.matrix(), at) {
        let places: Vec<usize> = match usize::try_from(*column) {
            Ok(column) if column < columns => (0..rows).map(|row| row * columns + column).collect(),
            _ => return Err(format!("column {column} of {columns} is asked for")),
        };
        return Ok(Tensor { shape: vec![rows], data: picked(&table.data, &places)? });
    }
    let [n] = table.shape.as_slice() else {
        return Err(format!("a table of shape {:?} found, expected a list", table.shape));
    };
    let inside = |&place: &i64| usize::try_from(place).ok().filter(|place| place < n);
    let places_in = at.iter().map(inside).collect::<Option<Vec<_>>>();
    let places_in = places_in.ok_or_else(|| format!("a place outside of a list of {n} is asked for"))?;
    Ok(Tensor { shape: places.shape.clone(), data: picked(&table.data, &places_in)? })
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
