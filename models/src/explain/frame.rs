//! What a table is indexed by: the answers of a few indicators, as far as conditions tell them apart.

use super::condition::Condition;

/// Codes of one indicator; a set of answers is a `u16`.
const N_CODES: usize = u16::BITS as usize;

/// One indicator's answers in classes: two answers are in one class if no condition tells them apart.
///
/// A condition and its complement make the same two classes, so that the two leaves below one split share a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Dimension {
    pub(super) indicator: usize,
    pub(super) n_classes: usize,
    /// Class by code, numbered by their first code; codes that the indicator does not have are in class 0.
    classes: [u8; N_CODES],
}

impl Dimension {
    fn of(condition: Condition, n_answers: usize) -> Self {
        Self::by(condition.indicator, |code| condition.takes(if code < n_answers { code } else { 0 }))
    }

    fn refined(&self, other: &Self) -> Self {
        Self::by(self.indicator, |code| (self.classes[code], other.classes[code]))
    }

    /// Codes of one key are one class.
    fn by<K: PartialEq>(indicator: usize, key: impl Fn(usize) -> K) -> Self {
        let mut classes = [0; N_CODES];
        let mut n_classes = 0;
        for code in 0..N_CODES {
            classes[code] = match (0..code).find(|&before| key(before) == key(code)) {
                Some(before) => classes[before],
                None => {
                    n_classes += 1;
                    n_classes - 1
                }
            };
        }
        Self { indicator, n_classes: usize::from(n_classes), classes }
    }

    /// The class of an answer.
    pub(super) fn class(&self, code: u8) -> u8 {
        self.classes[usize::from(code) % N_CODES]
    }

    /// By class, the class of the same answers in a dimension that tells apart no more than this one.
    pub(super) fn classes_in(&self, other: &Self) -> Vec<usize> {
        let first = |class| (0..N_CODES).find(|&code| usize::from(self.classes[code]) == class);
        let class = |code: Option<usize>| code.map_or(0, |code| usize::from(other.classes[code]));
        (0..self.n_classes).map(|own| class(first(own))).collect()
    }

    /// Which classes meet a condition on this indicator.
    fn meets(&self, condition: Condition) -> impl Iterator<Item = bool> {
        let first = |class| (0..N_CODES).find(|&code| usize::from(self.classes[code]) == class);
        (0..self.n_classes).map(move |class| first(class).is_some_and(|code| condition.takes(code)))
    }
}

/// A few dimensions, in the order of the instrument, each of at least two classes.
///
/// ```text
/// cell of a row = sum_i class_i * stride_i          stride_0 = 1, stride_(i+1) = stride_i * n_classes_i
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Frame {
    pub(super) dimensions: Vec<Dimension>,
}

impl Frame {
    /// The frame that tells apart what the conditions do. What all answers meet, or none, needs no dimension.
    pub(super) fn of(conditions: &[Condition], n_answers: impl Fn(usize) -> usize) -> Self {
        let dimensions = conditions.iter().map(|&c| Dimension::of(c, n_answers(c.indicator)));
        Self { dimensions: dimensions.filter(|d| d.n_classes > 1).collect() }
    }

    pub(super) fn n_cells(&self) -> usize {
        self.dimensions.iter().map(|d| d.n_classes).product()
    }

    pub(super) fn strides(&self) -> impl Iterator<Item = usize> {
        self.dimensions.iter().scan(1, |next, dimension| {
            let stride = *next;
            *next *= dimension.n_classes;
            Some(stride)
        })
    }

    /// The smallest frame that tells apart what either does.
    pub(super) fn union(&self, other: &Self) -> Self {
        let mut dimensions = self.dimensions.clone();
        for theirs in &other.dimensions {
            match dimensions.binary_search_by_key(&theirs.indicator, |ours| ours.indicator) {
                Ok(at) => dimensions[at] = dimensions[at].refined(theirs),
                Err(at) => dimensions.insert(at, *theirs),
            }
        }
        Self { dimensions }
    }

    /// A set that holds every indicator of the frame, and in a form of up to 128 no other.
    pub(super) fn mask(&self) -> u128 {
        self.dimensions.iter().fold(0, |mask, d| mask | 1 << (d.indicator % 128))
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: &[u8]) -> usize {
        let classes = self.dimensions.iter().map(|d| usize::from(d.class(row[d.indicator])));
        classes.zip(self.strides()).map(|(class, stride)| class * stride).sum()
    }

    /// The cell whose rows meet all conditions; none if no answer meets one of them.
    ///
    /// The frame is that of these very conditions.
    pub(super) fn cell_of(&self, conditions: &[Condition]) -> Option<usize> {
        let class = |c: &Condition| match self.dimensions.iter().find(|d| d.indicator == c.indicator) {
            Some(dimension) => dimension.meets(*c).position(|meets| meets),
            None => c.takes(0).then_some(0),
        };
        if conditions.iter().any(|c| class(c).is_none()) {
            return None;
        }
        let strided = self.dimensions.iter().zip(self.strides());
        let of = |(d, stride): (&Dimension, usize)| {
            let condition = conditions.iter().find(|c| c.indicator == d.indicator)?;
            Some(class(condition)? * stride)
        };
        strided.map(of).sum()
    }

    /// By cell, which of the conditions the rows of that cell meet: bit `k` for the `k`-th.
    ///
    /// The frame tells apart what the conditions do.
    pub(super) fn patterns(&self, conditions: &[Condition]) -> Vec<u16> {
        let asks = |c: &Condition| self.dimensions.iter().any(|d| d.indicator == c.indicator);
        let fixed = conditions.iter().enumerate().filter(|(_, c)| !asks(c));
        let fixed = fixed.fold(0, |pattern, (k, c)| pattern | u16::from(c.takes(0)) << k);
        let mut patterns = Vec::with_capacity(self.n_cells());
        patterns.push(fixed);
        for dimension in &self.dimensions {
            let lower = patterns.len();
            let asked = conditions.iter().enumerate().find(|(_, c)| c.indicator == dimension.indicator);
            let bits: Vec<u16> = match asked {
                Some((k, &condition)) => dimension.meets(condition).map(|m| u16::from(m) << k).collect(),
                None => vec![0; dimension.n_classes],
            };
            for &bit in &bits[1..] {
                for at in 0..lower {
                    patterns.push(patterns[at] | bit);
                }
            }
            patterns[..lower].iter_mut().for_each(|pattern| *pattern |= bits[0]);
        }
        patterns
    }
}
