//! How bodies are kept: as Zstandard frames, most of them with a dictionary that was trained on earlier bodies.
//!
//! A proposal's body is 30 kB of JSON whose keys and words are those of every other one; a dictionary knows them. Each
//! dictionary is kept in the log with its number and its SHA-256, and never changes: an entry names the one it was packed with.
//! Zstandard notices no wrong dictionary by itself, so every frame has a checksum of what it holds, and the chain covers the
//! body as it was before it was packed.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use zstd::zstd_safe::get_frame_content_size;

use super::frames::Frames;
use crate::canonical::sha256_of;

/// Level 1: higher ones take two to ten times as long for a tenth less.
pub(crate) const LEVEL: i32 = 1;

/// Longest body that is unpacked: many times what a request and its answer can be.
const LONGEST: u64 = 64 << 20;

/// A body as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packed {
    /// As it was: packing would not make it shorter.
    Plain(String),
    /// A frame, and the dictionary it needs.
    Frame(Vec<u8>, Option<i64>),
}

/// What is read is not what was kept.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Damaged(pub String);

/// The dictionaries of a log. Each is prepared once, and then shared.
#[derive(Debug, Default)]
pub(crate) struct Codec {
    without: Frames,
    with: RwLock<BTreeMap<i64, Arc<Frames>>>,
}

impl Packed {
    /// Bytes that it takes.
    pub fn len(&self) -> usize {
        match self {
            Self::Plain(text) => text.len(),
            Self::Frame(frame, _) => frame.len(),
        }
    }
}

impl Codec {
    /// Packs a body with the newest dictionary.
    pub fn pack(&self, body: &str) -> std::io::Result<Packed> {
        let newest = {
            let known = self.with.read().unwrap_or_else(PoisonError::into_inner);
            known.last_key_value().map(|(number, frames)| (*number, Arc::clone(frames)))
        };
        let frame = newest.as_ref().map_or(&self.without, |(_, frames)| frames).pack(body)?;
        Ok(if frame.len() < body.len() {
            Packed::Frame(frame, newest.map(|(number, _)| number))
        } else {
            Packed::Plain(body.to_owned())
        })
    }

    /// Packs what may have been erased.
    pub fn pack_if_any(&self, body: Option<&str>) -> std::io::Result<Option<Packed>> {
        body.map(|body| self.pack(body)).transpose()
    }

    /// The dictionary that a body needs and that has to be taken from the log first.
    pub fn lacks(&self, packed: &Packed) -> Option<i64> {
        let Packed::Frame(_, Some(number)) = packed else { return None };
        self.known(*number).is_none().then_some(*number)
    }

    /// Gives a body back, whose dictionary is known.
    pub fn unpack(&self, packed: Packed) -> Result<String, Damaged> {
        let (frame, number) = match packed {
            Packed::Plain(text) => return Ok(text),
            Packed::Frame(frame, number) => (frame, number),
        };
        let damaged = |what: String| Damaged(format!("its body cannot be unpacked: {what}"));
        let length = match get_frame_content_size(&frame) {
            Ok(Some(length)) if length <= LONGEST => length,
            Ok(Some(length)) => {
                return Err(damaged(format!("it would have {length} bytes, expected at most {LONGEST}")));
            }
            Ok(None) | Err(_) => return Err(damaged("it is no frame of a known length".to_owned())),
        };
        let unpacked = match number {
            Some(number) => {
                let frames = self.known(number);
                let frames = frames.ok_or_else(|| damaged(format!("dictionary {number} is not known")))?;
                frames.unpack(&frame, length as usize)
            }
            None => self.without.unpack(&frame, length as usize),
        };
        let bytes = unpacked.map_err(|source| damaged(source.to_string()))?;
        String::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8".to_owned()))
    }

    /// Takes a dictionary that the log keeps under a number.
    pub fn learn(&self, number: i64, bytes: &[u8]) {
        let frames = Arc::new(Frames::with(bytes));
        self.with.write().unwrap_or_else(PoisonError::into_inner).insert(number, frames);
    }

    /// The same, once its bytes are known to be those of its SHA-256; given is what the log keeps under the number.
    pub fn take(&self, number: i64, kept: Option<(String, Vec<u8>)>) -> Result<(), Damaged> {
        let damaged = |what: &str| Err(Damaged(format!("dictionary {number} of its body {what}")));
        let Some((digest, bytes)) = kept else { return damaged("is not in the log") };
        if digest != sha256_of(&bytes) {
            return damaged("was changed");
        }
        self.learn(number, &bytes);
        Ok(())
    }

    fn known(&self, number: i64) -> Option<Arc<Frames>> {
        self.with.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }
}
