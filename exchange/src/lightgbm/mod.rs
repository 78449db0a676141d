//! Models of LightGBM 3 and 4, in their own text: one output that is a probability.

mod header;
mod text;
mod tree;

#[cfg(test)]
mod tests;

use crate::foreign::{Arithmetic, Categories, Derived, ForeignModel, Origin, Term, Value};
use crate::{Error, json};
use header::Header;
use text::Block;

const FORMAT: &str = "LightGBM text";

/// Whether bytes begin as such a text does.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    line.trim_ascii_end() == b"tree"
}

/// Reads a model.
///
/// # Errors
/// Whatever is wrong in the file, and what has no exact meaning here.
pub(crate) fn read(bytes: &[u8]) -> Result<ForeignModel, Error> {
    let text = Error::text(FORMAT, bytes)?;
    let (head, rest) = text.split_once("\nTree=").unwrap_or((text, ""));
    let header = Header::of(&Block::of("the header".to_owned(), head))?;
    let Some((trees, end)) = rest.split_once("end of trees") else {
        let expected = "at least one tree, and `end of trees` after the last";
        return Err(Error::malformed(FORMAT, "the trees", "the end of the file", expected));
    };
    let blocks: Vec<&str> = trees.split("\nTree=").collect();
    if blocks.len() != header.n_trees {
        let expected = format!("{}, as many as `tree_sizes` has", header.n_trees);
        return Err(Error::malformed(FORMAT, "the trees", format!("{} of them", blocks.len()), expected));
    }
    let mut categories = Categories::new(names(end, &header)?);
    let share = header.factor / if header.average { blocks.len() as f64 } else { 1.0 };
    let mut notes = header.notes();
    let mut terms = Vec::new();
    for (i, block) in blocks.into_iter().enumerate() {
        // The first line is what stands behind `Tree=`.
        let block = Block::of(format!("tree {i}"), block.split_once('\n').map_or("", |(_, lines)| lines));
        terms.push(Term::Tree(tree::read(&block, &header, share, &mut categories)?));
    }
    notes.extend(categories.note());
    Ok(ForeignModel {
        origin: Origin {
            format: FORMAT,
            program: Some(format!("lightgbm, file version {}", header.version)),
            notes,
        },
        columns: Derived::plain(header.columns.len()),
        inputs: header.columns,
        base: 0.0,
        terms,
        scale: header.scale,
        arithmetic: Arithmetic::Double,
    })
}

/// The names of the categories of each column, by code, if it was trained on a data frame of pandas.
fn names(end: &str, header: &Header) -> Result<Vec<Option<Vec<Value>>>, Error> {
    let mut names = vec![None; header.columns.len()];
    let Some(line) = end.lines().find_map(|line| line.strip_prefix("pandas_categorical:")) else {
        return Ok(names);
    };
    let document = json::document(FORMAT, line.as_bytes())?;
    let place = "pandas_categorical";
    let lists = match &document {
        serde_json::Value::Null => return Ok(names),
        serde_json::Value::Array(lists) => lists,
        _ => return Err(Error::malformed(FORMAT, place, "something else", "null or a list of lists")),
    };
    let mut categorical = header.categorical.iter();
    if lists.len() != header.categorical.len() && !lists.is_empty() {
        let what = format!(
            "a list of categories of {} columns in a model of {} categorical columns, so that an ordered or constant one is among them,",
            lists.len(),
            header.categorical.len()
        );
        let instead = "train on the codes of ordered categories, and without constant columns";
        return Err(Error::unsupported(FORMAT, place, what, instead));
    }
    for list in lists {
        let value = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Some(Value::Text(text.clone())),
            value => value.as_f64().map(Value::Number),
        };
        let values = list.as_array().and_then(|list| list.iter().map(value).collect::<Option<Vec<_>>>());
        let values = values.ok_or_else(|| {
            Error::malformed(FORMAT, place, "other categories", "categories that are texts or numbers")
        })?;
        if let Some(name) = categorical.next().and_then(|&column| names.get_mut(column)) {
            *name = Some(values);
        }
    }
    Ok(names)
}
