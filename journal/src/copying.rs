//! A log moved whole from one store to another.

use crate::log::PAGE;
use crate::packing::learning;
use crate::{Error, Log, Verified, stores};

impl Log {
    /// Copies a whole log into a store of its own, of another kind or the same: entries, chain and tree with its salts. The log is verified before,
    /// and the copy after: both have the same number of entries, the same last hash and the same root.
    ///
    /// # Errors
    /// As [`Log::read`] of the one address; [`Error::Chain`] if the log does not hold, [`Error::WithoutTree`] if it keeps no tree;
    /// [`Error::Store`] if there is something already at the other address, or if the log grew meanwhile. Then nothing is left there.
    pub async fn copy(from: &str, to: &str) -> Result<Verified, Error> {
        let log = Self::read(from).await?;
        let verified = log.verify().await?;
        if verified.root.is_none() {
            // Says of which edition the log is.
            log.leaves(1, 1).await?;
        }
        let mut filling = stores::fill(to).await?;
        if let Some(dictionary) = log.dictionary(verified.entries).await? {
            filling.keep(dictionary).await?;
        }
        let mut next = 1;
        while next <= verified.entries {
            let entries = log.entries(next, PAGE).await?;
            let leaves = log.leaves(next, PAGE).await?;
            let fits = entries.len() == leaves.len()
                && entries.iter().zip(&leaves).all(|(entry, leaf)| entry.sequence == leaf.sequence);
            next = match entries.last() {
                Some(last) if fits => last.sequence + 1,
                _ => return Err(log.changed()),
            };
            filling.write(entries.into_iter().zip(leaves).collect()).await?;
        }
        if next != verified.entries + 1 || !log.leaves(next, 1).await?.is_empty() {
            return Err(log.changed());
        }
        let copy = Self::on(filling.written().await?);
        let copied = copy.verify().await?;
        if copied != verified {
            let problem = format!(
                "the copy has {} entries and the last hash {}, expected {} and {}",
                copied.entries, copied.head, verified.entries, verified.head
            );
            return Err(Error::store("copy", log.place(), problem));
        }
        copy.close().await?;
        filling.finish().await?;
        Ok(verified)
    }

    /// A dictionary for bodies from all over the log; none if they are few.
    async fn dictionary(&self, entries: i64) -> Result<Option<Vec<u8>>, Error> {
        let mut samples = Vec::new();
        let step = (entries / learning::MOST as i64).max(1);
        let mut next = 1;
        while next <= entries && samples.len() < learning::MOST {
            let body = self.entries(next, 1).await?.pop().and_then(|entry| entry.body);
            samples.extend(body.filter(|body| body.len() >= learning::SHORTEST));
            next += step;
        }
        Ok(learning::train(&samples))
    }

    fn changed(&self) -> Error {
        let problem = "it was written to meanwhile: stop the services that use it, and copy it then";
        Error::store("copy", self.place(), problem)
    }
}

#[cfg(test)]
mod tests;
