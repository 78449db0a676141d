//! What all leaves of a forest add, tabulated by the answers of a row.

use std::collections::HashMap;
use std::hash::Hash;

use super::Background;
use super::condition::{Condition, conditions, is_long};
use super::fixed::Fixed;
use super::frame::{Dimension, Frame};
use super::leaf::Weights;
use super::long::{LongFrames, LongLeaves};
use super::plan::{Bundle, Layout, bundles};
use super::planes::{BLOCK, Planes};
use super::table::{MAX_ASKED, StridedDimension, Tables, no_sums};
use crate::scorer::Node;
use crate::{Error, Explain, Explanation, Forest};

/// The tables of all leaves of a forest.
///
/// One row looks up one cell a table and adds its numbers; see [`bundles`] for which leaves share a table. All numbers are
/// [`Fixed`], so that neither the order of the tables nor which leaves share one changes a bit of the values.
#[derive(Debug, Clone)]
pub(super) struct LeafTables {
    base: f64,
    fixed: Fixed,
    /// Answers by indicator.
    n_answers: Vec<usize>,
    /// The indicators that trees ask, in the order of their sums.
    asked: Vec<usize>,
    dimensions: Vec<Dimension>,
    /// Places of dimensions with strides; the first is a stride of 0.
    terms: Vec<StridedDimension>,
    small: Small,
    narrow: Narrow,
    wide: Wide,
    long: LongLeaves,
}

/// As large as leaves are merged up to.
type Small = Tables<8, 128>;
type Narrow = Tables<8, 256>;
type Wide = Tables<12, 4096>;

/// Fewer rows are sooner explained one by one than as a block.
const FEWEST: usize = 128;

/// A leaf on its way into a table.
struct Entry {
    value: f64,
    conditions: Vec<Condition>,
    shares: Vec<f64>,
}

impl LeafTables {
    pub(super) fn new(forest: &Forest, background: &Background, layout: Layout) -> Result<Self, Error> {
        let n_answers: Vec<usize> = background.answers.iter().map(Vec::len).collect();
        let (entries, long) = entries(forest, background, &n_answers)?;
        let base = entries.iter().fold(forest.base, |base, e| base + e.value * e.shares[e.shares.len() - 1]);
        let mut tables = Self {
            base: base + long.base(),
            fixed: fixed(forest, &entries, &long)?,
            n_answers,
            asked: Vec::new(),
            dimensions: Vec::new(),
            terms: vec![(0, 0)],
            small: Tables::new(),
            narrow: Tables::new(),
            wide: Tables::new(),
            long,
        };
        tables.fill(&entries, layout)?;
        Ok(tables)
    }

    /// Bytes of the tables.
    pub(super) fn bytes(&self) -> usize {
        self.small.bytes() + self.narrow.bytes() + self.wide.bytes() + self.long.bytes()
    }

    fn fill(&mut self, entries: &[Entry], layout: Layout) -> Result<(), Error> {
        let frames = entries.iter().map(|e| Frame::of(&e.conditions, |j| self.n_answers[j])).collect();
        let mut bundles = bundles(frames, layout);
        // Leaves that all rows reach, or none: in the base, and nothing else.
        bundles.retain(|bundle| !bundle.frame.dimensions.is_empty());
        let mut cells = [0; 3];
        for Bundle { frame, .. } in &bundles {
            cells[width(frame)] += frame.n_cells();
        }
        let [small, narrow, wide] = cells;
        let bytes = (small + narrow) * Narrow::CELL_BYTES + wide * Wide::CELL_BYTES;
        if bytes > layout.max_bytes {
            let most = layout.max_bytes;
            let problem = format!(
                "{bytes} bytes needed for paths this long, expected at most {most}: fit shallower trees or fewer"
            );
            return Err(Error::invalid("explanation tables", problem));
        }
        self.small.reserve(small);
        self.narrow.reserve(narrow);
        self.wide.reserve(wide);

        let all =
            || bundles.iter().flat_map(|bundle| bundle.frame.dimensions.iter().zip(bundle.frame.strides()));
        let asked = all().map(|(dimension, _)| dimension.indicator).chain(self.long.asked());
        self.asked = distinct("indicators asked", MAX_ASKED, asked)?.0;
        self.asked.sort_unstable();
        self.long.place(&self.asked);
        let most = usize::from(u16::MAX);
        let dimensions;
        (self.dimensions, dimensions) = distinct("different questions", most, all().map(|(d, _)| *d))?;
        let with_strides = all().map(|(dimension, stride)| (dimensions[dimension] as u16, stride as u16));
        let terms;
        (self.terms, terms) =
            distinct("different questions", most, std::iter::once((0, 0)).chain(with_strides))?;
        let weights = Weights::new(entries.iter().map(|e| e.conditions.len()).max().unwrap_or(0));
        let asked = &self.asked;
        let places = |d: &Dimension, stride: usize| {
            let term = terms[&(dimensions[d] as u16, stride as u16)];
            (term as u16, asked.partition_point(|&j| j < d.indicator) as u8)
        };
        for bundle in &bundles {
            let leaves = bundle.leaves.iter().map(|&leaf| &entries[leaf]);
            let frame = &bundle.frame;
            match width(frame) {
                0 => add(self.fixed, &weights, frame, leaves, self.small.push(frame, places)),
                1 => add(self.fixed, &weights, frame, leaves, self.narrow.push(frame, places)),
                _ => add(self.fixed, &weights, frame, leaves, self.wide.push(frame, places)),
            }
        }
        self.small.close();
        self.narrow.close();
        self.wide.close();
        Ok(())
    }

    /// Of how many rows at a time a batch is best explained.
    pub(super) fn rows_at_once(&self) -> usize {
        // What leaves with long paths add is worked out once for all rows that answer their questions alike.
        if self.long.is_empty() { BLOCK } else { 16 * BLOCK }
    }

    /// Explains rows, to the same bits as one at a time.
    ///
    /// # Panics
    /// As [`Self::explain`].
    pub(super) fn explain_rows(&self, rows: &[&[u8]]) -> Vec<Explanation> {
        rows.iter().for_each(|row| self.assert_form(row));
        if rows.len() < FEWEST {
            return rows.iter().map(|row| self.explain(row)).collect();
        }
        let n = self.asked.len();
        let mut long = if self.long.is_empty() { Vec::new() } else { vec![0; rows.len() * n] };
        self.long.add_rows(self.fixed, rows, |sum, row, units| long[row * n + sum] += units);
        let mut explained = Vec::with_capacity(rows.len());
        for (number, rows) in rows.chunks(BLOCK).enumerate() {
            let long = long.get(number * BLOCK * n..).unwrap_or_default();
            self.explain_block(rows, long, &mut explained);
        }
        explained
    }

    /// Explains a block of rows, given what leaves with long paths add, row by row; nothing if there are none.
    fn explain_block(&self, rows: &[&[u8]], long: &[i64], explained: &mut Vec<Explanation>) {
        let mut planes = Planes::new(self.dimensions.iter().map(|d| d.n_classes));
        for (at, dimension) in self.dimensions.iter().enumerate() {
            planes.fill(at, |row| dimension.class(rows[row][dimension.indicator]), rows.len());
        }
        let mut sums = no_sums(self.asked.len());
        self.small.add_block(&self.terms, &planes, rows.len(), &mut sums);
        self.narrow.add_block(&self.terms, &planes, rows.len(), &mut sums);
        self.wide.add_block_by_cell(&self.terms, &planes, rows.len(), &mut sums);
        let mut row = vec![0; sums.len()];
        let of_row = |at: usize| {
            row.iter_mut().zip(&sums).for_each(|(units, sums)| *units = sums[at]);
            let long = long.get(at * row.len()..).unwrap_or_default();
            row.iter_mut().zip(long).for_each(|(units, long)| *units += long);
            self.explanation(&row)
        };
        explained.extend((0..rows.len()).map(of_row));
    }

    fn explanation(&self, sums: &[i64]) -> Explanation {
        let mut values = vec![0.0; self.n_answers.len()];
        for (&indicator, &units) in self.asked.iter().zip(sums) {
            values[indicator] = self.fixed.log_odds(units);
        }
        Explanation { base: self.base, values }
    }

    /// A code that the form does not have would be taken for another.
    fn assert_form(&self, row: &[u8]) {
        assert_eq!(row.len(), self.n_answers.len(), "a row holds one code an indicator");
        let known = row.iter().zip(&self.n_answers).all(|(&code, &n)| usize::from(code) < n);
        assert!(known, "codes are answers of their indicators");
    }
}

impl Explain for LeafTables {
    /// # Panics
    /// If the row is not one of the form.
    fn explain(&self, row: &[u8]) -> Explanation {
        self.assert_form(row);
        let classes: Vec<u8> = self.dimensions.iter().map(|d| d.class(row[d.indicator])).collect();
        let term =
            |&(dimension, stride): &StridedDimension| u16::from(classes[usize::from(dimension)]) * stride;
        let terms: Vec<u16> = std::iter::once(0).chain(self.terms[1..].iter().map(term)).collect();
        let mut sums = [0; MAX_ASKED + 1];
        self.small.add_row(&terms, &mut sums);
        self.narrow.add_row(&terms, &mut sums);
        self.wide.add_row(&terms, &mut sums);
        self.long.add_row(self.fixed, row, &mut sums);
        self.explanation(&sums)
    }
}

/// Which tables a frame belongs to: 0 for small, 1 for narrow, 2 for wide.
fn width(frame: &Frame) -> usize {
    match frame {
        frame if Small::hold(frame) => 0,
        frame if Narrow::hold(frame) => 1,
        _ => 2,
    }
}

/// Values and their places, in order of appearance, if there are no more than `most`.
fn distinct<T: Copy + Eq + Hash>(
    what: &str,
    most: usize,
    all: impl Iterator<Item = T>,
) -> Result<(Vec<T>, HashMap<T, usize>), Error> {
    let mut values = Vec::new();
    let mut places = HashMap::new();
    for value in all {
        places.entry(value).or_insert_with(|| {
            values.push(value);
            values.len() - 1
        });
    }
    if values.len() > most {
        let problem = format!("{} {what}, expected at most {most}", values.len());
        return Err(Error::invalid("explanation tables", problem));
    }
    Ok((values, places))
}

/// All leaves of a forest, tree by tree in depth-first order, with their shares of the background; those with long paths apart.
fn entries(
    forest: &Forest,
    background: &Background,
    n_answers: &[usize],
) -> Result<(Vec<Entry>, LongLeaves), Error> {
    let (mut entries, mut long) = (Vec::new(), LongFrames::default());
    for (number, (tree, patterns)) in forest.trees.iter().zip(&background.patterns).enumerate() {
        let leaves = tree.leaves();
        if leaves.len() != patterns.len() {
            let (found, expected) = (patterns.len(), leaves.len());
            let problem = format!("tree {number} has pattern sums of {found} leaves, expected {expected}");
            return Err(Error::invalid("background", problem));
        }
        for (at, (leaf, patterns)) in leaves.iter().zip(patterns).enumerate() {
            let place = || format!("leaf {at} of tree {number}");
            if is_long(&leaf.path) {
                long.add(leaf, |j| n_answers[j])?;
                if !patterns.is_empty() {
                    let problem = format!(
                        "{} has {} pattern sums, expected none of so long a path",
                        place(),
                        patterns.len()
                    );
                    return Err(Error::invalid("background", problem));
                }
                continue;
            }
            let conditions = conditions(&leaf.path)?;
            let shares = background.pattern_shares(&conditions, patterns, place)?;
            entries.push(Entry { value: leaf.value, conditions, shares });
        }
    }
    Ok((entries, LongLeaves::new(&long.frames, background)?))
}

/// Units that hold every sum of what leaves add to one indicator.
///
/// Against one background row and one coalition, a tree is in one leaf with the indicator and in one without it: what
/// its leaves add to one indicator is, sign by sign, at most twice its largest value.
fn fixed(forest: &Forest, entries: &[Entry], long: &LongLeaves) -> Result<Fixed, Error> {
    let largest = |nodes: &[Node]| {
        let values = nodes.iter().map(|node| if let Node::Leaf(value) = node { value.abs() } else { 0.0 });
        values.fold(0.0, f64::max)
    };
    let bound: f64 = forest.trees.iter().map(|tree| 2.0 * largest(&tree.nodes)).sum();
    let short: usize = entries.iter().map(|entry| entry.conditions.len()).sum();
    Fixed::new(bound, short + long.n_numbers())
}

/// Adds leaves into a table by `add(cell, dimension, units)`.
fn add<'a>(
    fixed: Fixed,
    weights: &Weights,
    frame: &Frame,
    leaves: impl Iterator<Item = &'a Entry>,
    mut add: impl FnMut(usize, usize, i64),
) {
    for Entry { value, conditions, shares } in leaves {
        let d = conditions.len();
        let additions = weights.additions(*value, d, shares);
        let units: Vec<i64> = additions.iter().map(|&addition| fixed.units(addition)).collect();
        // A condition without a dimension is met by all answers or by none: it adds nothing.
        let place =
            |k: usize| frame.dimensions.iter().position(|dim| dim.indicator == conditions[k].indicator);
        let places: Vec<(usize, usize)> = (0..d).filter_map(|k| Some((k, place(k)?))).collect();
        for (cell, &pattern) in frame.patterns(conditions).iter().enumerate() {
            for &(k, place) in &places {
                add(cell, place, units[usize::from(pattern) * d + k]);
            }
        }
    }
}
