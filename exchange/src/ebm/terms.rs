//! Tables of one column or two.

use super::features::Features;
use crate::Error;
use crate::foreign::{Axis, Budget, Term};
use crate::json::At;

pub(super) fn read(
    at: &At<'_>,
    features: &Features<'_>,
    budget: &mut Budget,
    notes: &mut Vec<String>,
) -> Result<Term, Error> {
    let list = at.field("term_features")?;
    let names = list.texts()?;
    let scores = at.field("scores")?;
    if !matches!(names.len(), 1 | 2) {
        let what = format!("a term of {} columns", names.len());
        return Err(list.unsupported(what, "train with `interactions` of two columns"));
    }
    let mut axes: Vec<Axis> = Vec::new();
    for name in &names {
        let named = features.named(name).filter(|(column, _)| axes.iter().all(|axis| axis.column != *column));
        let Some((column, feature)) = named else {
            return Err(list.malformed("names of `features`, each once"));
        };
        let axis = feature.axis(column, names.len(), budget);
        axes.push(axis.map_err(|[found, expected]| list.found(found, expected))?);
    }
    let values = match axes.as_slice() {
        [axis] => row(&scores, axis)?,
        [first, second] => {
            let rows = scores.items()?;
            scores.length(rows.len(), first.n_bins)?;
            let rows: Vec<Vec<f64>> = rows.iter().map(|at| row(at, second)).collect::<Result<_, _>>()?;
            rows.concat()
        }
        _ => return Err(list.malformed("one name or two")),
    };
    if let ([axis], [name]) = (axes.as_slice(), names.as_slice()) {
        unlearned(at, name, axis, &values, notes)?;
    }
    Ok(Term::Table { axes, values })
}

fn row(at: &At<'_>, axis: &Axis) -> Result<Vec<f64>, Error> {
    let row = at.numbers()?;
    at.length(row.len(), axis.n_bins)?;
    Ok(row)
}

/// Says which bins no row of training was in: they add exactly nothing, which is not the same as an average value.
fn unlearned(
    at: &At<'_>,
    name: &str,
    axis: &Axis,
    values: &[f64],
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let Some(weights) = at.maybe("bin_weights") else { return Ok(()) };
    let rows = row(&weights, axis)?;
    let empty = |bin: usize| {
        let nothing = |list: &[f64]| list.get(bin).is_some_and(|x| x.abs() < f64::MIN_POSITIVE);
        nothing(&rows) && nothing(values)
    };
    if empty(0) {
        notes.push(format!("no row of training lacked `{name}`, so that a missing value adds nothing"));
    }
    Ok(())
}
