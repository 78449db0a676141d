//! Indicators packed into blocks: one byte says how all indicators of a block are answered.

use amparo_datasets::Instrument;

/// Combinations of answers that one byte tells apart.
pub(crate) const CELLS: usize = 256;

/// Groups that the widest packed row holds: more than 250 indicators of 15 known answers.
pub(crate) const MOST_BYTES: usize = 128;

/// Where the indicators of a form lie in a packed row.
#[derive(Debug)]
pub(crate) struct Joint {
    blocks: Vec<Block>,
    /// Block and place in it, one an indicator.
    places: Vec<(usize, usize)>,
    /// Place of each indicator's first answer in a list of all answers of the form, and the length of that list.
    offsets: Vec<usize>,
}

/// The indicators that share a byte.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) members: Vec<Member>,
    /// Combinations of answers: the product of the members' numbers of answers.
    pub(crate) n_cells: usize,
}

impl Block {
    /// How all indicators of the block are answered in a row of codes.
    pub(crate) fn byte(&self, row: &[u8]) -> u8 {
        self.members.iter().map(|m| usize::from(row[m.indicator]) * m.stride).sum::<usize>() as u8
    }
}

/// One indicator of a block.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its place in the form.
    pub(crate) indicator: usize,
    /// Its number of answers.
    n_answers: usize,
    /// The byte rises by this from one answer to the next.
    stride: usize,
    /// Where each byte's answer stands in a list of all answers of the form.
    pub(crate) answers: [u16; CELLS],
}

/// What is done on packed rows. Their width is known to the compiler, so that its loops are.
pub(super) trait ByWidth {
    /// What comes of it.
    type Output;

    /// Does it on rows of `W` bytes.
    fn run<const W: usize>(self, joint: &Joint) -> Self::Output;
}

impl Joint {
    /// Packs the indicators of a form.
    pub(super) fn of(form: &Instrument) -> Self {
        Self::new(&form.indicators().iter().map(|indicator| indicator.n_answers()).collect::<Vec<usize>>())
    }

    /// Packs indicators of so many answers (2 to 16 each, 256 for whoever asks for no [`Test`]) into as few blocks as first fit finds, the largest ones first.
    ///
    /// # Panics
    /// If they take more than [`MOST_BYTES`].
    pub(crate) fn new(n_answers: &[usize]) -> Self {
        let offsets: Vec<usize> = std::iter::once(0)
            .chain(n_answers.iter().scan(0, |sum, n| {
                *sum += n;
                Some(*sum)
            }))
            .collect();
        let mut largest_first: Vec<usize> = (0..n_answers.len()).collect();
        largest_first.sort_by_key(|&indicator| std::cmp::Reverse(n_answers[indicator]));
        let mut blocks: Vec<Block> = Vec::new();
        let mut places = vec![(0, 0); n_answers.len()];
        for indicator in largest_first {
            let n = n_answers[indicator];
            let fits = blocks.iter().position(|block| block.n_cells * n <= CELLS);
            let at = fits.unwrap_or_else(|| {
                blocks.push(Block { members: Vec::new(), n_cells: 1 });
                blocks.len() - 1
            });
            let block = &mut blocks[at];
            places[indicator] = (at, block.members.len());
            let stride = block.n_cells;
            let answers = std::array::from_fn(|cell| (offsets[indicator] + cell / stride % n) as u16);
            block.members.push(Member { indicator, n_answers: n, stride, answers });
            block.n_cells *= n;
        }
        assert!(
            blocks.len() <= MOST_BYTES,
            "a form of {} blocks of indicators, expected at most 128",
            blocks.len()
        );
        Self { blocks, places, offsets }
    }

    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.blocks.len()
    }

    /// Number of answers of all indicators together.
    pub(crate) fn n_answers(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// The answers of one indicator in a list of all answers of the form.
    pub(crate) fn answers(&self, indicator: usize) -> std::ops::Range<usize> {
        self.offsets[indicator]..self.offsets[indicator + 1]
    }

    /// Does it on rows of the least width that holds all blocks.
    pub(super) fn by_width<R: ByWidth>(&self, what: R) -> R::Output {
        match self.n_bytes() {
            0..=4 => what.run::<4>(self),
            5..=8 => what.run::<8>(self),
            9..=16 => what.run::<16>(self),
            17..=32 => what.run::<32>(self),
            _ => what.run::<MOST_BYTES>(self),
        }
    }

    /// A row of codes in `W` bytes; those beyond the blocks are 0.
    pub(crate) fn pack<const W: usize>(&self, row: &[u8]) -> [u8; W] {
        let mut packed = [0; W];
        for (byte, block) in packed.iter_mut().zip(&self.blocks) {
            *byte = block.byte(row);
        }
        packed
    }

    /// The block of an indicator, and how its bytes are read.
    pub(crate) fn member(&self, indicator: usize) -> (usize, &Member) {
        let (block, place) = self.places[indicator];
        (block, &self.blocks[block].members[place])
    }

    /// The block of an indicator, and of each byte whether its answer to the indicator is in the set.
    pub(crate) fn test(&self, indicator: usize, set: u16) -> Test {
        let (block, member) = self.member(indicator);
        let bits = std::array::from_fn(|word| {
            let passes = |bit: usize| set >> ((word * 64 + bit) / member.stride % member.n_answers) & 1;
            (0..64).fold(0_u64, |bits, bit| bits | u64::from(passes(bit)) << bit)
        });
        Test { block, bits }
    }
}

/// Whether an indicator's answer is in a set, asked of a packed row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Test {
    block: usize,
    bits: [u64; CELLS / 64],
}

impl Test {
    /// The block whose byte is asked.
    pub(crate) fn block(&self) -> usize {
        self.block
    }

    /// Whether a byte of that block passes.
    pub(crate) fn cell(&self, byte: u8) -> bool {
        self.bits[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// Whether a row passes.
    pub(crate) fn row<const W: usize>(&self, packed: &[u8; W]) -> bool {
        self.cell(packed[self.block])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_police_takes_eight_bytes() {
        let instrument = amparo_datasets::Instrument::named("vpr5.0-h").ok();
        let n: Vec<usize> = instrument.iter().flat_map(|i| i.indicators()).map(|i| i.n_answers()).collect();
        assert_eq!((n.len(), Joint::new(&n).n_bytes()), (37, 8));
    }

    #[test]
    fn every_answer_of_every_row_comes_out_as_it_went_in() {
        let n_answers = [3, 16, 2, 5, 3, 16, 7, 3, 3, 3, 3, 11, 4];
        let joint = Joint::new(&n_answers);
        assert!(joint.blocks().iter().all(|block| block.n_cells <= CELLS));
        for i in 0..200 {
            let row: Vec<u8> =
                n_answers.iter().enumerate().map(|(j, n)| ((i * 7 + j * i + j) % n) as u8).collect();
            let packed = joint.pack::<16>(&row);
            for (indicator, &code) in row.iter().enumerate() {
                assert!(joint.test(indicator, 1 << code).row(&packed));
                assert!(!joint.test(indicator, !(1 << code)).row(&packed));
                let (block, place) = joint.places[indicator];
                let at = joint.blocks[block].members[place].answers[usize::from(packed[block])];
                assert_eq!(usize::from(at), joint.answers(indicator).start + usize::from(code));
            }
        }
    }

    #[test]
    fn the_longest_forms_fit() {
        assert_eq!(Joint::new(&[16; 256]).n_bytes(), MOST_BYTES);
        assert_eq!(Joint::new(&[3; 5]).n_bytes(), 1);
    }
}
