//! A column of texts, held as one buffer.

/// Texts one after the other, each known by where it ends; a cell may hold nothing.
///
/// A million short cells cost their bytes and 8 more each, not an allocation each.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    bytes: String,
    ends: Vec<usize>,
    /// Rows that hold nothing at all, in order.
    nulls: Vec<usize>,
}

impl Texts {
    /// Adds a cell below the others.
    pub fn push(&mut self, cell: Option<&str>) {
        match cell {
            Some(text) => self.bytes.push_str(text),
            None => self.nulls.push(self.ends.len()),
        }
        self.ends.push(self.bytes.len());
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let mut nulls = self.nulls.iter().copied().peekable();
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).enumerate().map(move |(row, (start, end))| match nulls.next_if_eq(&row) {
            Some(_) => None,
            None => Some(&self.bytes[start..*end]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_is_not_nothing() {
        let cells = [Some("a"), Some(""), None, Some("ñ"), None];
        let mut texts = Texts::default();
        cells.iter().for_each(|cell| texts.push(*cell));
        assert_eq!(texts.len(), 5);
        assert_eq!(texts.iter().collect::<Vec<_>>(), cells);
    }
}
