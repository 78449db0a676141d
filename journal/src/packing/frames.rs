//! Zstandard frames with one dictionary, or with none.

use std::io;
use std::sync::{Mutex, PoisonError};

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::CParameter;

use super::codec::LEVEL;

/// Packs and unpacks. Preparing a dictionary takes longer than packing a body with it, so what was prepared is used again.
#[derive(Default)]
pub(crate) struct Frames {
    /// Empty if there is none.
    dictionary: Vec<u8>,
    compressors: Idle<Compressor<'static>>,
    decompressors: Idle<Decompressor<'static>>,
}

impl std::fmt::Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}

impl Frames {
    /// With a dictionary.
    pub fn with(dictionary: &[u8]) -> Self {
        Self { dictionary: dictionary.to_owned(), ..Self::default() }
    }

    /// The frame of a text, with a checksum of it.
    pub fn pack(&self, text: &str) -> io::Result<Vec<u8>> {
        let prepare = || {
            let mut compressor = Compressor::with_dictionary(LEVEL, &self.dictionary)?;
            compressor.set_parameter(CParameter::ChecksumFlag(true))?;
            Ok(compressor)
        };
        self.compressors.lend(prepare, |compressor| compressor.compress(text.as_bytes()))
    }

    /// What a frame holds, of a length that it states.
    pub fn unpack(&self, frame: &[u8], length: usize) -> io::Result<Vec<u8>> {
        let prepare = || Decompressor::with_dictionary(&self.dictionary);
        self.decompressors.lend(prepare, |decompressor| decompressor.decompress(frame, length))
    }
}

/// What is lent to one caller at a time, and kept for the next.
struct Idle<T>(Mutex<Vec<T>>);

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Idle<T> {
    /// Most that are kept: each takes about half a megabyte.
    const MOST: usize = 8;

    /// Does work with what is idle, or else with a new one. After an error it is not used again, whatever state it is in.
    fn lend<R>(
        &self,
        prepare: impl FnOnce() -> io::Result<T>,
        work: impl FnOnce(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let mut lent = kept.map_or_else(prepare, Ok)?;
        let done = work(&mut lent)?;
        let mut idle = idle();
        if idle.len() < Self::MOST {
            idle.push(lent);
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_lent_again_packs_as_the_first_time() {
        let dictionary: Vec<u8> =
            (0..200).flat_map(|n| format!("\"answer_{n}\":\"value\",").into_bytes()).collect();
        for frames in [Frames::default(), Frames::with(&dictionary)] {
            let texts: Vec<String> =
                (0..5).map(|n| format!("{{\"answer_{n}\":\"value\",\"n\":{n}}}").repeat(n)).collect();
            for text in texts.iter().chain(&texts) {
                let frame = frames.pack(text).unwrap();
                let fresh = Frames::with(&frames.dictionary);
                assert_eq!(frame, fresh.pack(text).unwrap(), "{text}");
                assert_eq!(frames.unpack(&frame, text.len()).unwrap(), text.as_bytes());
                assert_eq!(fresh.unpack(&frame, text.len()).unwrap(), text.as_bytes());
            }
            assert_eq!(frames.compressors.0.lock().unwrap().len(), 1, "one caller needs one");
        }
    }

    #[test]
    fn after_an_error_the_next_caller_gets_a_fresh_one() {
        let frames = Frames::default();
        let frame = frames.pack(&"text ".repeat(50)).unwrap();
        assert!(frames.unpack(&frame[..frame.len() - 3], 250).is_err());
        assert!(frames.decompressors.0.lock().unwrap().is_empty());
        assert_eq!(frames.unpack(&frame, 250).unwrap(), "text ".repeat(50).as_bytes());
    }

    #[test]
    fn no_more_are_kept_than_stated() {
        let idle = Idle::<u8>::default();
        let nest = |depth: usize| {
            fn lend(idle: &Idle<u8>, depth: usize) -> io::Result<()> {
                idle.lend(|| Ok(0), |_| if depth == 0 { Ok(()) } else { lend(idle, depth - 1) })
            }
            lend(&idle, depth)
        };
        nest(2 * Idle::<u8>::MOST).unwrap();
        assert_eq!(idle.0.lock().unwrap().len(), Idle::<u8>::MOST);
    }
}
