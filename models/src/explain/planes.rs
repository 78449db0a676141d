//! The classes of a block of rows, as masks: an index into a table is a sum of strides under masks, 16 rows at a time.

/// Rows of a block: their sums stay in the second cache.
pub(super) const BLOCK: usize = 2048;

/// All ones for each row of a class or of a later one.
type Plane = [u8; BLOCK];

/// One plane for each class of a dimension but the first.
///
/// ```text
/// class of a row * stride = sum over the planes of its dimension of (plane of the row AND stride)
/// ```
pub(super) struct Planes {
    planes: Vec<Plane>,
    /// Where the planes of each dimension begin, and where those of the last end.
    starts: Vec<usize>,
}

impl Planes {
    /// Room for dimensions of these numbers of classes.
    pub(super) fn new(n_classes: impl Iterator<Item = usize>) -> Self {
        let mut starts = vec![0];
        n_classes.for_each(|n| starts.push(starts[starts.len() - 1] + n - 1));
        Self { planes: vec![[0; BLOCK]; starts[starts.len() - 1]], starts }
    }

    /// Notes the classes of rows in a dimension, by `class` of a row.
    pub(super) fn fill(&mut self, dimension: usize, class: impl Fn(usize) -> u8, n_rows: usize) {
        let planes = &mut self.planes[self.starts[dimension]..self.starts[dimension + 1]];
        for (below, plane) in planes.iter_mut().enumerate() {
            for (row, ones) in plane[..n_rows].iter_mut().enumerate() {
                *ones = if usize::from(class(row)) > below { u8::MAX } else { 0 };
            }
        }
    }

    /// The planes of a dimension.
    pub(super) fn of(&self, dimension: u16) -> &[Plane] {
        let dimension = usize::from(dimension);
        &self.planes[self.starts[dimension]..self.starts[dimension + 1]]
    }
}
