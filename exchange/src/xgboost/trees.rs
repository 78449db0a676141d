//! Trees, and which of them count how much.

use std::collections::HashMap;

use super::{Trees, categories};
use crate::Error;
use crate::error::TWO_CLASSES;
use crate::foreign::{Categories, ForeignNode, ForeignTree, Term, Test};
use crate::json::At;

/// The trees of `gbtree` or `dart` that are used.
pub(super) fn terms(
    format: &'static str,
    learner: &At<'_>,
    booster: &At<'_>,
    n_columns: usize,
    choice: Option<Trees>,
    notes: &mut Vec<String>,
) -> Result<Vec<Term>, Error> {
    // Where the weights of `dart` stand, and what is around its trees, depends on the version.
    let inner = if booster.maybe("gbtree").is_some() { booster.field("gbtree")? } else { booster.clone() };
    let model = inner.field("model")?;
    let list = model.field("trees")?;
    let all = list.items()?;
    let weights = dropped(booster, &model, all.len())?;
    if let Some(groups) = model.maybe("tree_info")
        && groups.whole_numbers()?.iter().any(|&group| group != 0)
    {
        return Err(groups.unsupported("trees of several classes", TWO_CLASSES));
    }
    let n_used = used(learner, &model, all.len(), choice, notes)?;
    let mut categories = Categories::new(categories::names(&model, n_columns)?);
    let mut terms = Vec::new();
    for (i, at) in all.iter().enumerate().take(n_used) {
        let weight = weights.as_ref().and_then(|weights| weights.get(i)).copied();
        terms.push(Term::Tree(Tree::of(format, at, n_columns)?.grown(at, weight, &mut categories)?));
    }
    notes.extend(categories.note());
    Ok(terms)
}

/// The weight of each tree, if the booster is `dart`. They are never multiplied into the leaves.
fn dropped(booster: &At<'_>, model: &At<'_>, n_trees: usize) -> Result<Option<Vec<f64>>, Error> {
    let Some(at) = booster.maybe("weight_drop").or_else(|| model.maybe("weight_drop")) else {
        if booster.field("name")?.text()? == "dart" {
            return Err(booster.malformed("the weights of its trees, `weight_drop`"));
        }
        return Ok(None);
    };
    let weights = at.numbers()?;
    // A booster that is no `dart` may have an empty list.
    if weights.is_empty() && booster.field("name")?.text()? == "gbtree" {
        return Ok(None);
    }
    at.length(weights.len(), n_trees)?;
    Ok(Some(weights))
}

/// How many trees are used: a choice, if training went on beyond the best iteration.
fn used(
    learner: &At<'_>,
    model: &At<'_>,
    n_trees: usize,
    choice: Option<Trees>,
    notes: &mut Vec<String>,
) -> Result<usize, Error> {
    let Some(best) = learner.maybe("attributes").and_then(|attributes| attributes.maybe("best_iteration"))
    else {
        return Ok(n_trees);
    };
    let rounds = model.field("iteration_indptr")?;
    let ends = rounds.whole_numbers()?;
    let last = ends.len().saturating_sub(1);
    let round = best.count()?.saturating_add(1);
    let end = ends.get(round).and_then(|&end| usize::try_from(end).ok()).filter(|&end| end <= n_trees);
    let Some(end) = end else { return Err(best.malformed(format!("one of {last} rounds, counted from 0"))) };
    if end == n_trees {
        return Ok(n_trees);
    }
    match choice {
        None => {
            let what = format!("a model of {last} rounds whose best is the one with number {}", round - 1);
            let instead = "say whether `all` trees are used, as `Booster.predict` does, or the `best`, as `predict` of the \
                           scikit-learn classes does";
            Err(best.unsupported(what, instead))
        }
        Some(Trees::All) => {
            notes.push(format!(
                "all {n_trees} trees are used, also those after the best iteration, which end at {end}"
            ));
            Ok(n_trees)
        }
        Some(Trees::Best) => {
            notes.push(format!(
                "of {n_trees} trees the first {end} are used, which end with the best iteration"
            ));
            Ok(end)
        }
    }
}

/// The arrays of a tree, an item for each node.
struct Tree {
    format: &'static str,
    left: Vec<i64>,
    right: Vec<i64>,
    columns: Vec<i64>,
    conditions: Vec<f64>,
    default_left: Vec<i64>,
    kinds: Vec<i64>,
    /// Codes that go right, by node.
    listed: HashMap<usize, Vec<u32>>,
    n_columns: usize,
}

impl Tree {
    fn of(format: &'static str, at: &At<'_>, n_columns: usize) -> Result<Self, Error> {
        if let Some(size) = at.maybe("tree_param").and_then(|parameters| parameters.maybe("size_leaf_vector"))
            && size.count()? > 1
        {
            return Err(size.unsupported("a tree of several outputs", TWO_CLASSES));
        }
        let left = at.field("left_children")?.whole_numbers()?;
        let whole = |name: &str| {
            let list = at.field(name)?;
            let numbers = list.whole_numbers()?;
            list.length(numbers.len(), left.len()).map(|()| numbers)
        };
        let conditions = at.field("split_conditions")?;
        let numbers = conditions.numbers_or_nan()?;
        conditions.length(numbers.len(), left.len())?;
        Ok(Self {
            format,
            right: whole("right_children")?,
            columns: whole("split_indices")?,
            conditions: numbers,
            default_left: whole("default_left")?,
            kinds: whole("split_type")?,
            listed: listed(at)?,
            left,
            n_columns,
        })
    }

    fn grown(
        &self,
        at: &At<'_>,
        weight: Option<f64>,
        categories: &mut Categories,
    ) -> Result<ForeignTree, Error> {
        ForeignTree::grown(self.format, at.place(), 0, |id| self.node(at, id, weight, categories))
    }

    fn node(
        &self,
        at: &At<'_>,
        id: usize,
        weight: Option<f64>,
        categories: &mut Categories,
    ) -> Result<ForeignNode, Error> {
        let wrong = |found: String, expected: &str| {
            Error::malformed(self.format, format!("{}, node {id}", at.place()), found, expected)
        };
        let of = |list: &[i64]| list.get(id).copied();
        let (Some(left), Some(right), Some(column), Some(default_left), Some(kind), Some(&condition)) = (
            of(&self.left),
            of(&self.right),
            of(&self.columns),
            of(&self.default_left),
            of(&self.kinds),
            self.conditions.get(id),
        ) else {
            return Err(wrong(format!("a tree of {} nodes", self.left.len()), "this node"));
        };
        if left == -1 && right == -1 {
            // In 32 bits, as the program computes.
            let value = weight.map_or(condition as f32, |weight| condition as f32 * weight as f32);
            if !value.is_finite() {
                return Err(wrong("a leaf that is not finite".to_owned(), "a finite number"));
            }
            return Ok(ForeignNode::Leaf(f64::from(value)));
        }
        let child = |child: i64| {
            usize::try_from(child).map_err(|_| wrong(format!("a child with number {child}"), "a node"))
        };
        let (left, right) = (child(left)?, child(right)?);
        let column = usize::try_from(column).ok().filter(|&column| column < self.n_columns);
        let column = column.ok_or_else(|| {
            wrong("a split of another column".to_owned(), &format!("one of {} columns", self.n_columns))
        })?;
        let left_by_default = default_left != 0;
        match kind {
            0 if condition.is_nan() => Err(wrong("a threshold that is no number".to_owned(), "a number")),
            0 => {
                let threshold = f64::from(condition as f32);
                let test = Test::Below { threshold, missing: left_by_default };
                Ok(ForeignNode::Split { column, test, yes: left, no: right })
            }
            1 => {
                let listed = self.listed.get(&id);
                let listed =
                    listed.ok_or_else(|| wrong("a split without categories".to_owned(), "its categories"))?;
                let test = categories.test(column, listed, !left_by_default);
                let test = test.map_err(|[found, expected]| wrong(found, &expected))?;
                // The listed codes go right.
                Ok(ForeignNode::Split { column, test, yes: right, no: left })
            }
            _ => Err(wrong(format!("a split of type {kind}"), "0 for numbers or 1 for categories")),
        }
    }
}

/// The codes of each node that splits on categories.
fn listed(at: &At<'_>) -> Result<HashMap<usize, Vec<u32>>, Error> {
    let nodes = at.field("categories_nodes")?;
    let (ids, begins) = (nodes.whole_numbers()?, at.field("categories_segments")?.whole_numbers()?);
    let sizes = at.field("categories_sizes")?.whole_numbers()?;
    nodes.length(begins.len(), ids.len())?;
    nodes.length(sizes.len(), ids.len())?;
    let codes = at.field("categories")?;
    let all = codes.whole_numbers()?;
    let mut listed = HashMap::new();
    let mut end = 0;
    for ((&id, &begin), &size) in ids.iter().zip(&begins).zip(&sizes) {
        // One after another, so that together they are no longer than the list.
        let whole = |number: i64| usize::try_from(number).ok();
        let segment = whole(begin).zip(whole(size)).filter(|&(begin, _)| begin == end);
        end = segment.map_or(usize::MAX, |(begin, size)| begin.saturating_add(size));
        let segment = segment.and_then(|(begin, _)| all.get(begin..end));
        let segment = segment.and_then(|codes| codes.iter().map(|&code| u32::try_from(code).ok()).collect());
        let (Some(id), Some(segment)) = (whole(id), segment) else {
            return Err(codes.malformed(format!("the categories of node {id} after those of the one before")));
        };
        let segment: Vec<u32> = segment;
        listed.insert(id, segment);
    }
    Ok(listed)
}
