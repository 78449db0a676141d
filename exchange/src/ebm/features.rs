//! Columns and their bins. Bin 0 is for a missing value, the last one for what training did not know.

use std::collections::HashMap;

use crate::Error;
use crate::foreign::{Axis, Budget, Test, Value};
use crate::json::{At, shortened};

pub(super) struct Feature {
    pub name: String,
    /// The bins of terms of one column, of two, and so on; a term of more columns has those of the last.
    levels: Vec<Bins>,
}

enum Bins {
    /// Where a bin ends and the next one begins.
    Cuts(Vec<f64>),
    /// The categories, one a bin.
    Categories(Vec<Vec<Value>>),
}

/// The columns by name.
pub(super) struct Features<'a>(HashMap<&'a str, (usize, &'a Feature)>);

impl<'a> Features<'a> {
    /// Nothing, if two have one name.
    pub(super) fn new(features: &'a [Feature]) -> Option<Self> {
        let named =
            features.iter().enumerate().map(|(column, feature)| (feature.name.as_str(), (column, feature)));
        let named: HashMap<_, _> = named.collect();
        (named.len() == features.len()).then_some(Self(named))
    }

    /// A column and its place.
    pub(super) fn named(&self, name: &str) -> Option<(usize, &'a Feature)> {
        self.0.get(name).copied()
    }
}

impl Feature {
    pub(super) fn of(at: &At<'_>) -> Result<Self, Error> {
        let kind = at.field("type")?;
        let levels = match kind.text()? {
            "continuous" => at.field("cuts")?.items()?.iter().map(cuts).collect::<Result<Vec<_>, _>>()?,
            "nominal" | "ordinal" => {
                at.field("categories")?.items()?.iter().map(categories).collect::<Result<Vec<_>, _>>()?
            }
            _ => return Err(kind.malformed("`continuous`, `nominal` or `ordinal`")),
        };
        if levels.is_empty() {
            return Err(at.malformed("bins"));
        }
        Ok(Self { name: at.field("name")?.text()?.to_owned(), levels })
    }

    /// The bins of this column in a term of so many columns.
    ///
    /// # Errors
    /// What was found and what was expected, if the names of categories are too many.
    pub(super) fn axis(
        &self,
        column: usize,
        n_columns: usize,
        budget: &mut Budget,
    ) -> Result<Axis, [String; 2]> {
        let level = self.levels.get(n_columns.saturating_sub(1)).or_else(|| self.levels.last());
        let mut tests = vec![(Test::IsMissing, 0)];
        let n_bins = match level {
            Some(Bins::Cuts(cuts)) => {
                // A value on a cut belongs to the bin above it.
                let below = cuts.iter().map(|&threshold| Test::Below { threshold, missing: false });
                tests.extend(below.zip(1..));
                tests.push((Test::Always, cuts.len() + 1));
                cuts.len() + 3
            }
            Some(Bins::Categories(categories)) => {
                for name in categories.iter().flatten() {
                    budget.take(name)?;
                }
                let one_of =
                    categories.iter().map(|values| Test::OneOf { values: values.clone(), missing: false });
                tests.extend(one_of.zip(1..));
                tests.push((Test::Always, categories.len() + 1));
                categories.len() + 2
            }
            // A feature has at least one list.
            None => 1,
        };
        Ok(Axis { column, n_bins, tests })
    }
}

fn cuts(at: &At<'_>) -> Result<Bins, Error> {
    let cuts = at.numbers()?;
    if cuts.windows(2).any(|pair| matches!(pair, [a, b] if a >= b)) {
        return Err(at.malformed("cuts that rise"));
    }
    Ok(Bins::Cuts(cuts))
}

fn categories(at: &At<'_>) -> Result<Bins, Error> {
    Ok(Bins::Categories(at.texts()?.into_iter().map(|text| values(at, text)).collect::<Result<_, _>>()?))
}

/// What a category stands for: a text, and the number that interpret turns into this very text. The text `1` stands for the number 1 too,
/// `1.0` and `01` for no number.
fn values(at: &At<'_>, text: String) -> Result<Vec<Value>, Error> {
    let number = text.parse::<f64>().ok().filter(|x| x.is_finite());
    // Python writes very large and very small numbers otherwise than Rust does.
    if number.is_some_and(|x| x.abs() >= 1e15 || (x != 0.0 && x.abs() < 1e-4)) {
        let what =
            format!("the category `{}`, which is a very large or very small number,", shortened(&text));
        return Err(at.unsupported(what, "give the category a name that is a text"));
    }
    let number = number.filter(|x| x.to_string() == text).map(Value::Number);
    Ok([Value::Text(text)].into_iter().chain(number).collect())
}
