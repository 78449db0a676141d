//! The bins of least log loss, exactly.

use serde::Serialize;

use super::counted::Cell;

/// Whether the rate of the outcome rises or falls from each bin to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It rises with the number.
    Rising,
    /// It falls with the number.
    Falling,
}

impl Direction {
    /// A number that rises where the given one goes in this direction.
    pub(super) fn of(self, number: f64) -> f64 {
        match self {
            Self::Rising => number,
            Self::Falling => -number,
        }
    }
}

/// Adjoining bins of groups.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Partition {
    /// Place of the first group of each bin, ascending from 0.
    pub starts: Vec<usize>,
    /// Log loss of all rows, summed with their weights, if each is given the rate of its bin.
    pub loss: f64,
}

impl Partition {
    /// The rows of each bin.
    pub fn bins(&self, cells: &[Cell]) -> Vec<Cell> {
        let bin = |(start, end): (usize, usize)| {
            let mut sum = Cell::default();
            cells[start..end].iter().for_each(|cell| sum += *cell);
            sum
        };
        self.spans(cells.len()).map(bin).collect()
    }

    /// The first group of each bin, and the group behind its last one.
    pub fn spans(&self, n_groups: usize) -> impl Iterator<Item = (usize, usize)> {
        let ends = self.starts.iter().skip(1).copied().chain([n_groups]);
        self.starts.iter().copied().zip(ends)
    }

    /// The bin that a group is in.
    pub fn bin_of(&self, group: usize) -> usize {
        self.starts.partition_point(|start| *start <= group) - 1
    }
}

/// Groups from `start` to before `end` as one bin.
struct Segment {
    start: usize,
    end: usize,
    /// The rate, or minus it where rates are to fall.
    rate: f64,
    loss: f64,
}

/// For each number of bins from 1 to `most`, the ones of least log loss; `None` where there are none.
///
/// ```text
/// loss(bins)    = - sum over bins of E ln(E / W) + (W - E) ln(1 - E / W)          E, W: weight of events, of all
/// L_1(a, b)     = loss of the groups a .. b-1 as one bin                            if a = 0, else infinite
/// L_k(a, b)     = min over a' with rate(a', a) < rate(a, b) of L_k-1(a', a) + loss of a .. b-1 as one bin
/// best with k   = min over a of L_k(a, m)                                           m groups
/// ```
/// Every bin has at least `least` rows with the event and as many without, and rates strictly rise or fall from bin to bin. The state is
/// the last bin, not where it begins: what may follow hangs on its rate. The best of all bins that end at a place and have a lower rate
/// is kept while those that begin there are gone through by rising rate, so the whole takes O(most m^2 log m) and not O(most m^3).
///
/// Without `least`, cuts inside the blocks of isotonic regression never pay, and those blocks could be the groups. With it they can, so
/// all groups are kept.
///
/// # References
/// Fisher, "On grouping for maximum homogeneity", JASA 53, 1958, for the recursion; Haiminen, Gionis and Laasonen, "Algorithms for
/// unimodal segmentation with applications to unimodality detection", Knowledge and Information Systems 14, 2008, for monotone segments.
pub(super) fn partitions(
    cells: &[Cell],
    least: usize,
    most: usize,
    direction: Direction,
) -> Vec<Option<Partition>> {
    let segments = segments(cells, least, direction);
    let mut ending: Vec<Vec<usize>> = vec![vec![]; cells.len() + 1];
    let mut starting = ending.clone();
    for (id, segment) in segments.iter().enumerate() {
        ending[segment.end].push(id);
        starting[segment.start].push(id);
    }
    for ids in ending.iter_mut().chain(&mut starting) {
        ids.sort_by(|a, b| segments[*a].rate.total_cmp(&segments[*b].rate));
    }
    let first = |segment: &Segment| if segment.start == 0 { segment.loss } else { f64::INFINITY };
    let mut losses: Vec<f64> = segments.iter().map(first).collect();
    let mut before: Vec<Vec<usize>> = Vec::new();
    let mut found = vec![best(&segments, &losses, &before, &ending[cells.len()])];
    for _ in 1..most {
        let mut next = vec![f64::INFINITY; segments.len()];
        let mut back = vec![0; segments.len()];
        for at in 1..cells.len() {
            let mut ended = ending[at].iter().copied().peekable();
            let mut best: Option<usize> = None;
            for &id in &starting[at] {
                while let Some(lower) = ended.next_if(|other| segments[*other].rate < segments[id].rate) {
                    if best.map_or(f64::INFINITY, |best| losses[best]) > losses[lower] {
                        best = Some(lower);
                    }
                }
                if let Some(best) = best {
                    next[id] = losses[best] + segments[id].loss;
                    back[id] = best;
                }
            }
        }
        losses = next;
        before.push(back);
        found.push(best(&segments, &losses, &before, &ending[cells.len()]));
    }
    found
}

/// Every bin that has enough rows. A group without rows never begins one: whose it is, the rows do not say.
fn segments(cells: &[Cell], least: usize, direction: Direction) -> Vec<Segment> {
    let mut found = Vec::new();
    for start in (0..cells.len()).filter(|start| *start == 0 || cells[*start].n_rows > 0) {
        let mut sum = Cell::default();
        for (end, cell) in (start + 1..).zip(&cells[start..]) {
            sum += *cell;
            if sum.n_events >= least && sum.n_rows - sum.n_events >= least {
                let rate = sum.rate();
                found.push(Segment { start, end, rate: direction.of(rate), loss: sum.loss_at(rate) });
            }
        }
    }
    found
}

/// The best of the bins that end at the last group, with those before them.
fn best(segments: &[Segment], losses: &[f64], before: &[Vec<usize>], last: &[usize]) -> Option<Partition> {
    let finite = last.iter().copied().filter(|id| losses[*id].is_finite());
    let mut at = finite.min_by(|a, b| losses[*a].total_cmp(&losses[*b]))?;
    let loss = losses[at];
    let mut starts = vec![segments[at].start];
    for back in before.iter().rev() {
        at = back[at];
        starts.push(segments[at].start);
    }
    starts.reverse();
    Some(Partition { starts, loss })
}
