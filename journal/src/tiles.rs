//! The tree as static files, as C2SP's tlog-tiles has it: any web server can publish them, and anybody can follow the log and prove what it holds.
//!
//! ```text
//! checkpoint                       the signed text
//! tile/<level>/<place>[.p/<n>]     256 hashes of 32 bytes, or n; level 0: leaves, each further one: roots of full tiles of the one below
//! tile/entries/<place>[.p/<n>]     data of 256 leaves, or n; before each its length, two bytes
//! ```
//! The data of a leaf is a salted hash, so that no file holds anything of a case. (`tlog_tiles` 0.2 writes the paths of an older layout.)

use crate::tree::{Frontier, Hash};
use crate::{Error, Log};

/// Hashes of a full tile.
const WIDTH: u64 = 256;

/// Levels of the tree that a tile spans.
const HEIGHT: u32 = 8;

/// Leaves read at a time.
const PAGE: u32 = 4096;

/// Hands on every tile and every bundle of the tree over the first `size` entries, each with its path and its bytes. The tree is recomputed from the
/// leaves on the way.
///
/// # Errors
/// [`Error::Refuted`] if the log is shorter; [`Error::Store`], [`Error::WithoutTree`], [`Error::Chain`]; those of `write`.
pub async fn tiles<E: From<Error>>(
    log: &Log,
    size: u64,
    mut write: impl FnMut(&str, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut bundle = Open::new("entries".to_owned());
    let mut levels: Vec<Open> = Vec::new();
    let (mut next, mut tree) = (1_u64, Frontier::default());
    while next <= size {
        let left = u32::try_from(size - next + 1).unwrap_or(PAGE).min(PAGE);
        let page = log.leaves(i64::try_from(next).unwrap_or(i64::MAX), left).await?;
        if page.is_empty() {
            let problem = format!("the log has {} entries, expected at least {size}", next - 1);
            return Err(Error::Refuted { problem }.into());
        }
        for leaf in page {
            let broken = |problem: String| {
                let (log, sequence) = (log.place().to_owned(), leaf.sequence);
                E::from(Error::Chain { log, sequence, problem })
            };
            if leaf.sequence != i64::try_from(next).unwrap_or(i64::MAX) {
                return Err(broken(format!("it follows entry {}", next - 1)));
            }
            if tree.add(&leaf.data) != leaf.nodes {
                return Err(broken("the tree above it is not the one that its leaves give".to_owned()));
            }
            let [high, low] = (leaf.data.0.len() as u16).to_be_bytes();
            bundle.add(&[&[high, low], leaf.data.0.as_slice()].concat(), &mut write)?;
            // A leaf that completes a full tile completes the hash of it that stands in the level above.
            let mut level = 0;
            while let Some(Hash(hash)) = leaf.hash(level * HEIGHT) {
                let place = level as usize;
                if levels.len() == place {
                    levels.push(Open::new(level.to_string()));
                }
                levels[place].add(&hash, &mut write)?;
                level += 1;
            }
            next += 1;
        }
    }
    levels.iter().chain([&bundle]).try_for_each(|open| open.write_rest(&mut write))
}

/// A tile or bundle that is not full yet.
struct Open {
    level: String,
    place: u64,
    n: u64,
    bytes: Vec<u8>,
}

impl Open {
    fn new(level: String) -> Self {
        Self { level, place: 0, n: 0, bytes: Vec::new() }
    }

    fn add<E>(
        &mut self,
        bytes: &[u8],
        write: &mut impl FnMut(&str, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.bytes.extend(bytes);
        self.n += 1;
        if self.n == WIDTH {
            write(&path(&self.level, self.place, None), &self.bytes)?;
            *self = Self { place: self.place + 1, ..Self::new(std::mem::take(&mut self.level)) };
        }
        Ok(())
    }

    fn write_rest<E>(&self, write: &mut impl FnMut(&str, &[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.n == 0 { Ok(()) } else { write(&path(&self.level, self.place, Some(self.n)), &self.bytes) }
    }
}

/// `tile/0/x001/x234/067`, and `.p/<n>` if it is not full.
fn path(level: &str, place: u64, n: Option<u64>) -> String {
    let mut elements = format!("{:03}", place % 1000);
    let mut rest = place / 1000;
    while rest > 0 {
        elements = format!("x{:03}/{elements}", rest % 1000);
        rest /= 1000;
    }
    let partial = n.map(|n| format!(".p/{n}")).unwrap_or_default();
    format!("tile/{level}/{elements}{partial}")
}

#[cfg(test)]
mod tests;
