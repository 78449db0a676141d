//! Sums over the rows of a label (everyone, or one label of a group column), from which most metrics follow.

/// A row's number whose weighted mean is a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    Score,
    Probability,
    SquaredError,
    LogLoss,
    /// Error against the truth.
    Error,
}

impl Term {
    /// Every term, in the order in which they are summed.
    pub(crate) const ALL: [Self; 5] =
        [Self::Score, Self::Probability, Self::SquaredError, Self::LogLoss, Self::Error];
}

/// Sums before the terms: weight without and with the event, with a severe outcome, and of these in the lowest level.
const BEFORE: usize = 4;

/// How the sums of a label lie in memory: outcomes, severe outcomes, terms, then weight by level and outcome.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) n_levels: usize,
    /// The terms that are summed, one to five.
    pub(crate) terms: Vec<Term>,
}

/// The labels of every row: label 0 is everyone, the others belong to the group columns, one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Labels of the rows, `width` each; everyone's label is left out when there are group columns.
    pub(crate) labels: Vec<u32>,
    pub(crate) width: usize,
    /// The labels of each group column.
    pub(crate) columns: Vec<std::ops::Range<usize>>,
    pub(crate) n_labels: usize,
}

/// What a level stands for, from the lowest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scale {
    pub(crate) intensities: Vec<f64>,
    /// Odds `t / (1 - t)` of each level's cut-point as a threshold probability; `None` where it is none.
    pub(crate) odds: Vec<Option<f64>>,
}

/// The sums of one label under one weighting.
pub(crate) struct LabelSums<'a> {
    pub(crate) sums: &'a [f64],
    pub(crate) layout: &'a Layout,
    pub(crate) scale: &'a Scale,
}

/// The rows of one scored version, as they are summed.
pub(crate) struct Summands<'a> {
    pub(crate) y: &'a [bool],
    /// As many terms a row as the layout has.
    pub(crate) terms: &'a [f64],
    pub(crate) levels: Option<&'a [u8]>,
    /// Rows with a severe outcome.
    pub(crate) severe: &'a [u32],
}

impl Frame {
    /// The labels of each row with everyone's among them, and how many they are.
    pub(crate) fn with_everyone(&self) -> (Vec<u32>, usize) {
        if self.columns.is_empty() {
            return (self.labels.clone(), self.width);
        }
        let rows = self.labels.chunks_exact(self.width);
        let labels = rows.flat_map(|labels| std::iter::once(&0).chain(labels)).copied().collect();
        (labels, self.width + 1)
    }
}

impl Layout {
    pub(crate) fn stride(&self) -> usize {
        BEFORE + self.terms.len() + 2 * self.n_levels.max(1)
    }

    /// The sums of every label, one stride each, over the listed rows (row and weight); `weight` holds one entry a row.
    pub(crate) fn sums(
        &self,
        rows: &Summands<'_>,
        frame: &Frame,
        listed: &[(u32, f64)],
        weight: &[f64],
    ) -> Vec<f64> {
        let mut cells = vec![0.0; frame.n_labels * self.stride()];
        match self.terms.len() {
            1 => self.add::<1>(rows, frame, listed, &mut cells),
            2 => self.add::<2>(rows, frame, listed, &mut cells),
            3 => self.add::<3>(rows, frame, listed, &mut cells),
            4 => self.add::<4>(rows, frame, listed, &mut cells),
            _ => self.add::<5>(rows, frame, listed, &mut cells),
        }
        let stride = self.stride();
        for &row in rows.severe {
            let (row, w) = (row as usize, weight[row as usize]);
            let lowest = rows.levels.is_some_and(|levels| levels[row] == 0);
            for label in &frame.labels[row * frame.width..][..frame.width] {
                let cell = &mut cells[*label as usize * stride..][..stride];
                cell[2] += w;
                cell[3] += if lowest { w } else { 0.0 };
            }
        }
        // Everyone is the sum of any column's labels.
        if let Some(column) = frame.columns.first() {
            let (all, labels) = cells.split_at_mut(stride);
            for cell in labels.chunks_exact(stride).take(column.len()) {
                all.iter_mut().zip(cell).for_each(|(sum, part)| *sum += part);
            }
        }
        for cell in cells.chunks_exact_mut(stride) {
            let (outcomes, rest) = cell.split_at_mut(2);
            for level in rest[BEFORE - 2 + self.terms.len()..].chunks_exact(2) {
                outcomes[0] += level[0];
                outcomes[1] += level[1];
            }
        }
        cells
    }

    fn add<const TERMS: usize>(
        &self,
        rows: &Summands<'_>,
        frame: &Frame,
        listed: &[(u32, f64)],
        cells: &mut [f64],
    ) {
        let stride = self.stride();
        let (terms, _) = rows.terms.as_chunks::<TERMS>();
        for &(row, w) in listed {
            let row = row as usize;
            let level = rows.levels.map_or(0, |levels| usize::from(levels[row]));
            let slot = BEFORE + TERMS + 2 * level + usize::from(rows.y[row]);
            let weighted = terms[row].map(|term| w * term);
            for label in &frame.labels[row * frame.width..][..frame.width] {
                let cell = &mut cells[*label as usize * stride..][..stride];
                for (sum, term) in cell[BEFORE..BEFORE + TERMS].iter_mut().zip(&weighted) {
                    *sum += term;
                }
                cell[slot] += w;
            }
        }
    }
}

impl LabelSums<'_> {
    /// Weight without and with the event.
    pub(crate) fn outcomes(&self) -> [f64; 2] {
        [self.sums[0], self.sums[1]]
    }

    /// Weight with a severe outcome.
    pub(crate) fn severe(&self) -> f64 {
        self.sums[2]
    }

    pub(crate) fn total(&self) -> f64 {
        self.sums[0] + self.sums[1]
    }

    /// Weight at a level without and with the event.
    pub(crate) fn level(&self, level: usize) -> [f64; 2] {
        let at = BEFORE + self.layout.terms.len() + 2 * level;
        [self.sums[at], self.sums[at + 1]]
    }

    /// Weight at a level or above, without and with the event.
    pub(crate) fn at_or_above(&self, level: usize) -> [f64; 2] {
        self.levels(level..self.layout.n_levels)
    }

    /// Weight below a level, without and with the event; summed, not subtracted, so that nobody is exactly 0.
    pub(crate) fn below(&self, level: usize) -> [f64; 2] {
        self.levels(0..level)
    }

    /// Weight in the lowest level without and with the event; `None` without levels.
    pub(crate) fn lowest(&self) -> Option<[f64; 2]> {
        (self.layout.n_levels > 0).then(|| self.level(0))
    }

    /// Weight with a severe outcome in the lowest level; `None` without levels.
    pub(crate) fn severe_in_lowest(&self) -> Option<f64> {
        (self.layout.n_levels > 0).then_some(self.sums[3])
    }

    /// Odds `t / (1 - t)` of a level's cut-point as a threshold probability; `None` where it is none.
    pub(crate) fn threshold_odds(&self, level: usize) -> Option<f64> {
        self.scale.odds.get(level).copied().flatten()
    }

    /// Sum of weight x term; `None` if it is not summed.
    pub(crate) fn term(&self, term: Term) -> Option<f64> {
        self.layout.terms.iter().position(|other| *other == term).map(|at| self.sums[BEFORE + at])
    }

    fn levels(&self, levels: std::ops::Range<usize>) -> [f64; 2] {
        levels.map(|l| self.level(l)).fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
    }

    /// Sum of weight x intensity among rows without (0) or with (1) the event.
    pub(crate) fn intensity(&self, event: usize) -> f64 {
        self.scale.intensities.iter().enumerate().map(|(l, q)| q * self.level(l)[event]).sum()
    }
}

/// `a / b`; `None` when `b` is 0 or the ratio infinite.
pub(crate) fn divide(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b).filter(|ratio| ratio.is_finite())
}
