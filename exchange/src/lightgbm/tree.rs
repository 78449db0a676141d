//! Trees, which ask as `Tree::Decision` of LightGBM 4 does.

use std::collections::HashSet;

use super::FORMAT;
use super::header::Header;
use super::text::Block;
use crate::Error;
use crate::foreign::{Categories, ForeignNode, ForeignTree, Test};

/// A tree whose leaves are multiplied with `share`.
pub(super) fn read(
    block: &Block<'_>,
    header: &Header,
    share: f64,
    categories: &mut Categories,
) -> Result<ForeignTree, Error> {
    if !matches!(block.maybe("is_linear"), None | Some("0")) {
        let instead = "train without `linear_tree`";
        return Err(block.unsupported("is_linear", "a tree with linear models in its leaves", instead));
    }
    let n_leaves = block.count("num_leaves")?;
    let Some(n_splits) = n_leaves.checked_sub(1) else {
        return Err(block.malformed("num_leaves", "0", "at least 1"));
    };
    let leaves: Vec<f64> = block.numbers("leaf_value", n_leaves)?;
    let tree = Tree {
        block,
        leaves: leaves.into_iter().map(|leaf| leaf * share).collect(),
        n_columns: header.columns.len(),
        columns: splits(block, "split_feature", n_splits)?,
        thresholds: splits(block, "threshold", n_splits)?,
        decisions: splits(block, "decision_type", n_splits)?,
        children: [splits(block, "left_child", n_splits)?, splits(block, "right_child", n_splits)?],
        sets: sets(block)?,
    };
    let mut taken = HashSet::new();
    ForeignTree::grown(FORMAT, block.place(), 0, |id| tree.node(id, &mut taken, categories))
}

/// A number for each split; a tree of one leaf has none, and may lack the line.
fn splits<T: std::str::FromStr>(block: &Block<'_>, name: &str, n: usize) -> Result<Vec<T>, Error> {
    if n == 0 { Ok(Vec::new()) } else { block.numbers(name, n) }
}

struct Tree<'a> {
    block: &'a Block<'a>,
    leaves: Vec<f64>,
    n_columns: usize,
    columns: Vec<usize>,
    thresholds: Vec<f64>,
    decisions: Vec<u8>,
    children: [Vec<i64>; 2],
    /// Codes of categories that go left.
    sets: Vec<Vec<u32>>,
}

impl Tree<'_> {
    fn wrong(&self, id: usize, found: impl Into<String>, expected: &str) -> Error {
        Error::malformed(FORMAT, format!("{}, node {id}", self.block.place()), found, expected)
    }

    /// A split; from the number of splits on, a leaf.
    fn node(
        &self,
        id: usize,
        taken: &mut HashSet<usize>,
        categories: &mut Categories,
    ) -> Result<ForeignNode, Error> {
        let (Some(&column), Some(&threshold), Some(&decision)) =
            (self.columns.get(id), self.thresholds.get(id), self.decisions.get(id))
        else {
            let leaf = id.checked_sub(self.columns.len()).and_then(|leaf| self.leaves.get(leaf));
            let leaf = leaf.copied().filter(|leaf| leaf.is_finite());
            let leaf =
                leaf.ok_or_else(|| self.wrong(id, "no node, or a leaf that is not finite", "a node"))?;
            return Ok(ForeignNode::Leaf(leaf));
        };
        if column >= self.n_columns {
            let expected = format!("one of {} columns", self.n_columns);
            return Err(self.wrong(id, format!("a split of column {column}"), &expected));
        }
        let test = if decision & 1 == 1 {
            let set = self.set(id, threshold, taken)?;
            categories
                .test(column, set, false)
                .map_err(|[found, expected]| self.wrong(id, found, &expected))?
        } else {
            self.numbers(id, threshold, decision)?
        };
        let [yes, no] = [self.child(0, id)?, self.child(1, id)?];
        Ok(ForeignNode::Split { column, test, yes, no })
    }

    /// Leaves have negative numbers: -1 is the first.
    fn child(&self, side: usize, id: usize) -> Result<usize, Error> {
        let child = self.children.get(side).and_then(|children| children.get(id)).copied();
        let number = child.and_then(|child| match usize::try_from(child) {
            Ok(split) => Some(split).filter(|&split| split < self.columns.len()),
            Err(_) => usize::try_from(!child).ok()?.checked_add(self.columns.len()),
        });
        number.ok_or_else(|| self.wrong(id, "a child that is not there", "a node"))
    }

    fn numbers(&self, id: usize, threshold: f64, decision: u8) -> Result<Test, Error> {
        if threshold.is_nan() {
            return Err(self.wrong(id, "a threshold that is no number", "a number"));
        }
        let left_by_default = decision & 2 != 0;
        match decision >> 2 & 3 {
            // No value was missing in training, and one that is now counts as zero.
            0 => Ok(Test::AtMost { threshold, missing: 0.0 <= threshold }),
            1 => Ok(Test::AtMostUnlessZero { threshold, missing: left_by_default }),
            2 => Ok(Test::AtMost { threshold, missing: left_by_default }),
            _ => Err(self.wrong(id, format!("the decision type {decision}"), "none, zero or NaN as missing")),
        }
    }

    /// The codes of a set go left; others, and a missing value, go right.
    fn set(&self, id: usize, place: f64, taken: &mut HashSet<usize>) -> Result<&[u32], Error> {
        let whole = place.fract().abs() < f64::MIN_POSITIVE && place >= 0.0;
        let place = place as usize;
        let set = self.sets.get(place).filter(|_| whole && taken.insert(place));
        let wrong =
            || self.wrong(id, "a set of categories that is not there or another's", "a set of its own");
        set.map(Vec::as_slice).ok_or_else(wrong)
    }
}

/// The sets of categories, as bits of 32 each.
fn sets(block: &Block<'_>) -> Result<Vec<Vec<u32>>, Error> {
    let n_sets = if block.has("num_cat") { block.count("num_cat")? } else { 0 };
    if n_sets == 0 {
        return Ok(Vec::new());
    }
    let bounds: Vec<usize> = block.numbers("cat_boundaries", n_sets.saturating_add(1))?;
    let n_words = bounds.last().copied().unwrap_or_default();
    let words: Vec<u32> = block.numbers("cat_threshold", n_words)?;
    if bounds.first() != Some(&0) || !bounds.is_sorted() {
        return Err(block.malformed(
            "cat_boundaries",
            block.text("cat_boundaries")?,
            "rising numbers from 0 on",
        ));
    }
    let set = |bounds: &[usize]| {
        let &[from, to] = bounds else { return Vec::new() };
        let words = words.get(from..to).unwrap_or_default();
        let bits = (0_u32..).zip(words).flat_map(|(i, &word)| {
            (0..32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| 32 * i + bit)
        });
        bits.collect()
    };
    Ok(bounds.windows(2).map(set).collect())
}
