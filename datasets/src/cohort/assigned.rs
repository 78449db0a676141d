//! Divisions of its rows that a table brings with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which side of the table's own split a row is on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// For learning.
    Train,
    /// For judging.
    Test,
    /// For neither, as the source states.
    #[default]
    LeftOut,
}

/// The table's own folds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignedFolds {
    /// The texts of the column that name a fold, in order: by number where all are whole numbers, else by their letters.
    pub names: Vec<String>,
    /// One index into `names` a row; `None` for a row in no fold, as the source states.
    pub codes: Vec<Option<u16>>,
}

/// The divisions that a table brings with it, where its source names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The side of each row.
    pub sides: Option<Vec<Side>>,
    /// The fold of each row.
    pub folds: Option<AssignedFolds>,
}

/// One of the divisions that a table may bring with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Division {
    /// [`Assigned::sides`].
    Sides,
    /// [`Assigned::folds`].
    Folds,
}

impl Side {
    /// Its name in a file.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
            Self::LeftOut => "left_out",
        }
    }
}

impl AssignedFolds {
    /// Folds by the text of each row, `None` for a row in no fold.
    ///
    /// # Errors
    /// The number of different texts, if there are more than can be numbered.
    pub fn of_texts(texts: &[Option<String>]) -> Result<Self, usize> {
        let mut names: Vec<&String> = texts.iter().flatten().collect();
        let whole = |name: &String| name.parse::<i64>().ok();
        match names.iter().all(|name| whole(name).is_some()) {
            // `01` and `1` are two texts: what the numbers do not tell apart, the letters do.
            true => names.sort_by(|a, b| whole(a).cmp(&whole(b)).then(a.cmp(b))),
            false => names.sort(),
        }
        names.dedup();
        if names.len() > usize::from(u16::MAX) {
            return Err(names.len());
        }
        let places: BTreeMap<&String, u16> = names.iter().zip(0..).map(|(name, at)| (*name, at)).collect();
        let codes = texts.iter().map(|text| places.get(text.as_ref()?).copied()).collect();
        Ok(Self { codes, names: names.into_iter().cloned().collect() })
    }
}

impl Assigned {
    /// The same of the given rows.
    ///
    /// # Panics
    /// If a row is not below the number of rows.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        Self {
            sides: self.sides.as_ref().map(|sides| rows.iter().map(|&row| sides[row]).collect()),
            folds: self.folds.as_ref().map(|folds| AssignedFolds {
                names: folds.names.clone(),
                codes: rows.iter().map(|&row| folds.codes[row]).collect(),
            }),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn folds(texts: &[&str]) -> AssignedFolds {
        let texts: Vec<Option<String>> =
            texts.iter().map(|text| (*text != "-").then(|| (*text).to_owned())).collect();
        AssignedFolds::of_texts(&texts).unwrap()
    }

    #[test]
    fn folds_are_in_the_order_of_their_numbers_or_letters() {
        let of_numbers = folds(&["10", "2", "-", "1", "2"]);
        assert_eq!(of_numbers.names, ["1", "2", "10"]);
        assert_eq!(of_numbers.codes, [Some(2), Some(1), None, Some(0), Some(1)]);
        assert_eq!(folds(&["b10", "b2", "a"]).names, ["a", "b10", "b2"]);
        assert_eq!(folds(&["01", "1", "2"]).names, ["01", "1", "2"], "two texts stay two folds");
    }

    #[test]
    fn more_folds_than_can_be_numbered_are_refused() {
        let texts: Vec<Option<String>> = (0..70_000).map(|n| Some(format!("{n}"))).collect();
        assert_eq!(AssignedFolds::of_texts(&texts), Err(70_000));
    }
}
