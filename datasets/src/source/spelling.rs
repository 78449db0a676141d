//! How the texts of a column are made equal to those that a source lists for it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{CellKind, Source, Tidying};

/// The texts that a source lists for one column, and what it says about blanks and capitals there.
pub(crate) struct Spelling<'s> {
    tidying: Tidying,
    listed: BTreeSet<&'s str>,
    /// By their small letters; filled only where capitals do not matter.
    folded: BTreeMap<String, &'s str>,
}

impl<'s> Spelling<'s> {
    /// What a source says about a column.
    pub fn of(source: &'s Source, column: &str) -> Self {
        let tidying = source.tidying.get(column).copied().unwrap_or_default();
        let listed = source.listed(column);
        let fold = listed.iter().filter(|_| tidying.fold_case);
        let folded = fold.map(|text| (text.to_lowercase(), *text)).collect();
        Self { tidying, listed, folded }
    }

    /// The text that a cell holds, in the spelling of the source if it lists it.
    ///
    /// Of a value with a type, every way in which pandas and polars write it is that value: `1` and `1.0`, `true` and `True`,
    /// a day with and without the hour at which it begins.
    pub fn read<'c>(&self, cell: &'c str, kind: CellKind) -> Cow<'c, str> {
        let text = if self.tidying.trim { cell.trim() } else { cell };
        if self.listed.contains(text) {
            return text.into();
        }
        if self.tidying.fold_case
            && let Some(listed) = self.folded.get(&text.to_lowercase())
        {
            return (*listed).to_owned().into();
        }
        if kind != CellKind::Text
            && let Some(other) = ways(text).into_iter().find(|way| self.listed.contains(way.as_str()))
        {
            return other.into();
        }
        text.into()
    }
}

/// Other ways to write what a typed cell was shown as.
fn ways(shown: &str) -> Vec<String> {
    match shown {
        "true" => ["True", "TRUE"].map(str::to_owned).to_vec(),
        "false" => ["False", "FALSE"].map(str::to_owned).to_vec(),
        _ => match (shown.strip_suffix(".0"), shown.strip_suffix(" 00:00:00")) {
            (Some(whole), _) => vec![whole.to_owned()],
            (None, Some(day)) => vec![day.to_owned(), format!("{day}T00:00:00")],
            (None, None) if shown.parse::<i64>().is_ok() => vec![format!("{shown}.0")],
            (None, None) => vec![shown.replace(' ', "T")],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::ways;

    #[test]
    fn a_typed_value_is_known_in_every_way_it_is_written() {
        assert_eq!(ways("1.0"), ["1"]);
        assert_eq!(ways("1"), ["1.0"]);
        assert_eq!(ways("false"), ["False", "FALSE"]);
        assert_eq!(ways("2025-01-31 00:00:00"), ["2025-01-31", "2025-01-31T00:00:00"]);
        assert_eq!(ways("2025-01-31 06:00:00"), ["2025-01-31T06:00:00"]);
        assert!(!ways("1.5").contains(&"1".to_owned()));
    }
}
