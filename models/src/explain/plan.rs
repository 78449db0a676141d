//! Which leaves share a table.

use std::collections::HashMap;

use super::frame::Frame;

/// How leaves are laid out in tables; no choice changes a bit of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Cells up to which tables are merged. A lookup costs about the same in any table, so fewer and larger ones are
    /// faster until they leave the caches.
    pub(super) merged_cells: usize,
    /// Most bytes of all tables.
    pub(super) max_bytes: usize,
}

impl Default for Layout {
    /// Tables of 8 KiB, which the first cache holds while rows use them; 2 GiB in all, of which a service can hold a few.
    fn default() -> Self {
        Self { merged_cells: 128, max_bytes: 1 << 31 }
    }
}

/// A table to be made: its frame, and the leaves (by place) that are added into it.
#[derive(Debug, Clone)]
pub(super) struct Bundle {
    pub(super) frame: Frame,
    pub(super) leaves: Vec<usize>,
}

impl Bundle {
    /// Cells of the union, if the two may be merged: the frame of one holds the other's, or the union is small.
    fn union(&self, other: &Self, merged_cells: usize) -> Option<Frame> {
        let union = self.frame.union(&other.frame);
        (union.n_cells() <= merged_cells.max(self.frame.n_cells())).then_some(union)
    }

    fn take(&mut self, other: Self, union: Frame) {
        self.frame = union;
        self.leaves.extend(other.leaves);
    }
}

/// Groups leaves, given by their frames tree by tree in depth-first order, into few tables.
///
/// First the leaves of one frame (siblings, and the same questions in another tree), then neighbours in their tree, then
/// from large to small each bundle into the one that grows least by it.
pub(super) fn bundles(frames: Vec<Frame>, Layout { merged_cells, .. }: Layout) -> Vec<Bundle> {
    let mut near: Vec<Bundle> = Vec::new();
    for bundle in alike(frames) {
        match near.last_mut().and_then(|last| Some((last.union(&bundle, merged_cells)?, last))) {
            Some((union, last)) => last.take(bundle, union),
            None => near.push(bundle),
        }
    }
    // A stable sort: the plan depends on the forest alone.
    near.sort_by_key(|bundle| std::cmp::Reverse(bundle.frame.n_cells()));
    let mut open: Vec<Open> = Vec::new();
    for bundle in near {
        let mask = bundle.frame.mask();
        let mut best: Option<(usize, &mut Open, Frame)> = None;
        for candidate in open.iter_mut().filter(|open| open.has_room_for(mask)) {
            let Some(union) = candidate.bundle.union(&bundle, merged_cells) else { continue };
            let growth = union.n_cells() - candidate.bundle.frame.n_cells();
            if best.as_ref().is_none_or(|(least, ..)| growth < *least) {
                best = Some((growth, candidate, union));
            }
            if growth == 0 {
                break;
            }
        }
        match best {
            Some((_, candidate, union)) => {
                candidate.bundle.take(bundle, union);
                candidate.measure(merged_cells);
            }
            None => {
                let mut new = Open { bundle, mask: 0, room: 0 };
                new.measure(merged_cells);
                open.push(new);
            }
        }
    }
    open.into_iter().map(|open| open.bundle).collect()
}

/// One bundle for each different frame, in order of appearance.
fn alike(frames: Vec<Frame>) -> Vec<Bundle> {
    let mut bundles: Vec<Bundle> = Vec::new();
    let mut places = HashMap::new();
    for (leaf, frame) in frames.into_iter().enumerate() {
        match places.get(&frame) {
            Some(&at) => {
                let bundle: &mut Bundle = &mut bundles[at];
                bundle.leaves.push(leaf);
            }
            None => {
                places.insert(frame.clone(), bundles.len());
                bundles.push(Bundle { frame, leaves: vec![leaf] });
            }
        }
    }
    bundles
}

/// A bundle with what tells quickly that another does not fit.
struct Open {
    bundle: Bundle,
    mask: u128,
    /// Further indicators that fit: each at least doubles the cells.
    room: u32,
}

impl Open {
    fn measure(&mut self, merged_cells: usize) {
        self.mask = self.bundle.frame.mask();
        self.room = (merged_cells / self.bundle.frame.n_cells()).checked_ilog2().unwrap_or(0);
    }

    fn has_room_for(&self, mask: u128) -> bool {
        let further = mask & !self.mask;
        further == 0 || (self.room > 0 && further.count_ones() <= self.room)
    }
}
