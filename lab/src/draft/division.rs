//! Divisions of its rows that a table seems to bring with it: an official split, or folds.

use std::collections::{BTreeSet, HashMap};

use super::column::Column;
use super::role::Role;
use super::{Drafted, words};

/// Most folds that a column is taken to name.
const MOST_FOLDS: usize = 50;

/// Texts of a column that seem to say which side of a split a row is on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sides<'t> {
    pub train: Vec<&'t str>,
    pub test: Vec<&'t str>,
    pub left_out: Vec<&'t str>,
}

/// Texts of a column that seem to name folds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folds<'t> {
    pub names: Vec<&'t str>,
    pub left_out: Vec<&'t str>,
}

enum Part {
    Train,
    Validation,
    Test,
}

impl<'t> Sides<'t> {
    /// The sides, if every text of the column is the name of one; or if the column is named like one, and says yes or no.
    ///
    /// Rows for validation are for learning, as training calibrates on a part of them; without rows for a test, they are the test.
    pub fn of(column: &Column<'t>) -> Option<Self> {
        let left_out = column.nothing.keys().copied();
        if let Some(yes_is_train) = flag(column.name) {
            let mut sides = Self { left_out: left_out.collect(), ..Self::default() };
            for text in column.texts.keys() {
                let is_train = words::yes(text)? == yes_is_train;
                if is_train { &mut sides.train } else { &mut sides.test }.push(*text);
            }
            return sides.is_whole().then_some(sides);
        }
        let mut sides = Self::default();
        let mut validation = Vec::new();
        for text in column.texts.keys() {
            match part(text) {
                Some(Part::Train) => sides.train.push(*text),
                Some(Part::Validation) => validation.push(*text),
                Some(Part::Test) => sides.test.push(*text),
                None if words::is_unknown(text) => sides.left_out.push(*text),
                None => return None,
            }
        }
        sides.left_out.extend(left_out);
        if sides.test.is_empty() { &mut sides.test } else { &mut sides.train }.extend(validation);
        sides.is_whole().then_some(sides)
    }

    fn is_whole(&self) -> bool {
        !self.train.is_empty() && !self.test.is_empty()
    }
}

impl<'t> Folds<'t> {
    /// The folds, if the column is named like folds and numbers them. A number below 0 is no fold.
    pub fn of(column: &Column<'t>) -> Option<Self> {
        let least = words::names_folds(column.name)?;
        let mut folds = Self::default();
        for text in column.texts.keys() {
            let name = words::words(text).join(" ");
            let plain = name.strip_prefix("fold").map_or(text.trim(), str::trim);
            let number = plain.parse::<f64>().ok().filter(|number| number.fract().abs() <= 0.0)?;
            if number < 0.0 { &mut folds.left_out } else { &mut folds.names }.push(*text);
        }
        folds.left_out.extend(column.nothing.keys().copied());
        (least..=MOST_FOLDS).contains(&folds.names.len()).then_some(folds)
    }
}

/// Whether yes means training, where a name asks which of two sides a row is on: `is_train`, `in_test_set`.
fn flag(name: &str) -> Option<bool> {
    let words = words::words(name);
    let beside = ["is", "in", "set", "sample", "split", "flag", "data"];
    let (beside, sides): (Vec<&str>, Vec<&str>) =
        words.iter().map(String::as_str).partition(|word| beside.contains(word));
    match (sides.as_slice(), beside.is_empty()) {
        (["train" | "training"], _) => Some(true),
        // A test alone may be one of the blood.
        (["test" | "testing" | "holdout"], false) => Some(false),
        _ => None,
    }
}

/// What a text says of a row, if it is the name of a part of a split.
fn part(text: &str) -> Option<Part> {
    let beside = ["set", "sample", "data", "split", "de", "conjunto", "muestra"];
    let words = words::words(text);
    let left: Vec<&str> = words.iter().map(String::as_str).filter(|word| !beside.contains(word)).collect();
    Some(match left.join(" ").as_str() {
        "train" | "training" | "learn" | "learning" | "fit" | "development" | "derivation"
        | "entrenamiento" | "entrenament" | "aprendizaje" | "desarrollo" | "derivacion" => Part::Train,
        "validation" | "valid" | "val" | "dev" | "validacion" | "validacio" => Part::Validation,
        "test" | "testing" | "holdout" | "hold out" | "prueba" | "prova" => Part::Test,
        _ => return None,
    })
}

/// Gives the first column that seems to be a split and the first that seems to be folds their roles, and leaves out the others.
pub(super) fn roles(columns: &[Column<'_>], of: &mut [Option<Role>]) {
    for (at, column) in columns.iter().enumerate() {
        if of[at].is_some() {
            continue;
        }
        let role = if Sides::of(column).is_some() {
            Role::Split
        } else if Folds::of(column).is_some() {
            Role::Folds
        } else if words::names_a_division(column.name) {
            Role::Out(
                "it is named like a division of the rows, and its texts do not say into what".to_owned(),
            )
        } else {
            continue;
        };
        of[at] = Some(match columns.iter().zip(&*of).find(|(_, other)| other.as_ref() == Some(&role)) {
            Some((other, _)) => Role::Out(format!("it seems to divide the rows, as `{}` does", other.name)),
            None => role,
        });
    }
}

/// The proposed split, with its column.
pub(super) fn split<'a, 't>(drafted: &'a Drafted<'t>) -> Option<(&'a Column<'t>, Sides<'t>)> {
    let (_, column) = drafted.roles.with(drafted.columns, &Role::Split).next()?;
    Some((column, Sides::of(column)?))
}

/// The proposed folds, with their column.
pub(super) fn folds<'a, 't>(drafted: &'a Drafted<'t>) -> Option<(&'a Column<'t>, Folds<'t>)> {
    let (_, column) = drafted.roles.with(drafted.columns, &Role::Folds).next()?;
    Some((column, Folds::of(column)?))
}

/// Number of cases whose rows are in more than one part, where `part` says which a text is, if any.
pub(super) fn shared(
    drafted: &Drafted<'_>,
    column: &Column<'_>,
    part: impl Fn(&str) -> Option<usize>,
) -> usize {
    let case =
        drafted.columns.iter().zip(&drafted.roles.of).find(|(_, role)| matches!(role, Role::Case { .. }));
    let Some((case, _)) = case else { return 0 };
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut several: BTreeSet<&str> = BTreeSet::new();
    for (case, text) in case.cells.iter().zip(column.cells) {
        if let Some(part) = part(text)
            && *first.entry(case).or_insert(part) != part
        {
            several.insert(case);
        }
    }
    several.len()
}

impl Sides<'_> {
    /// The side of a text, by number; none of one that is left out.
    pub fn place(&self, text: &str) -> Option<usize> {
        [&self.train, &self.test].iter().position(|texts| texts.contains(&text))
    }

    /// Rows for training and for the test.
    pub fn n_rows(&self, column: &Column<'_>) -> [usize; 2] {
        let of = |texts: &[&str]| texts.iter().filter_map(|text| column.texts.get(text)).sum();
        [of(&self.train), of(&self.test)]
    }
}

impl Folds<'_> {
    /// The fold of a text, by number; none of one that is left out.
    pub fn place(&self, text: &str) -> Option<usize> {
        self.names.iter().position(|name| *name == text)
    }
}
