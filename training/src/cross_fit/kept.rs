//! Out-of-fold scores as bytes, so that they are kept to the last bit.
//!
//! ```text
//! one line of JSON: Header
//! then for each repeat, the lower byte first:
//!     log-odds of every row           8 bytes each
//!     probability of every row        8 bytes each
//!     fold of every row               4 bytes each
//!     probability by the baseline     8 bytes each, only where a clause on the level speaks of it
//!     log-odds of every censored row  8 bytes each
//! ```

use serde::{Deserialize, Serialize};

use super::OutOfFold;
use crate::{Data, Error};

/// The only layout there is so far.
const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    candidate: String,
    repeats: usize,
    rows: usize,
    censored: usize,
    /// Whether there are probabilities by the baseline; not written where there are none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    baseline: bool,
}

impl Header {
    fn of((candidate, baseline): (&str, bool), repeats: usize, data: &Data) -> Self {
        let (rows, censored) = (data.n_rows(), data.n_censored());
        Self { format: FORMAT, candidate: candidate.to_owned(), repeats, rows, censored, baseline }
    }

    /// Bytes of one repeat.
    fn size(&self) -> usize {
        let a_row = if self.baseline { 28 } else { 20 };
        a_row * self.rows + 8 * self.censored
    }
}

impl OutOfFold {
    /// The repeats of a candidate as bytes: the same scores give the same bytes.
    ///
    /// # Errors
    /// [`Error::Kept`] if a repeat has other rows than the data.
    pub fn to_bytes(candidate: &str, repeats: &[&Self], data: &Data) -> Result<Vec<u8>, Error> {
        let has_baseline = repeats.iter().any(|repeat| repeat.baseline.is_some());
        let header = Header::of((candidate, has_baseline), repeats.len(), data);
        let mut bytes = serde_json::to_vec(&header).map_err(|e| Error::Kept { problem: e.to_string() })?;
        bytes.push(b'\n');
        let first = bytes.len();
        bytes.reserve(repeats.len() * header.size());
        for repeat in repeats {
            let Self { candidate: _, log_odds, probabilities, folds, baseline, censored } = repeat;
            bytes.extend(log_odds.iter().chain(probabilities).flat_map(|value| value.to_le_bytes()));
            bytes.extend(folds.iter().flat_map(|fold| fold.to_le_bytes()));
            bytes.extend(baseline.iter().flatten().flat_map(|value| value.to_le_bytes()));
            bytes.extend(censored.iter().flat_map(|value| value.to_le_bytes()));
        }
        let (found, expected) = (bytes.len() - first, repeats.len() * header.size());
        if found != expected {
            return Err(Error::Kept {
                problem: format!("{found} bytes of scores made, expected {expected}"),
            });
        }
        Ok(bytes)
    }

    /// The repeats of a candidate that [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`Error::Kept`] if they are of another candidate, of other rows or of another number of repeats, or are no such bytes.
    pub fn from_bytes(
        bytes: &[u8],
        candidate: &str,
        repeats: usize,
        data: &Data,
    ) -> Result<Vec<Self>, Error> {
        let refuse = |problem: String| Error::Kept { problem };
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or_else(|| refuse("no first line was found".to_owned()))?;
        let header: Header = serde_json::from_slice(&bytes[..end]).map_err(|e| refuse(e.to_string()))?;
        let expected = Header::of((candidate, header.baseline), repeats, data);
        if header != expected {
            return Err(refuse(format!("{header:?} found, expected {expected:?}")));
        }
        let body = &bytes[end + 1..];
        if body.len() != repeats * expected.size() {
            return Err(refuse(format!(
                "{} bytes of scores found, expected {}",
                body.len(),
                repeats * expected.size()
            )));
        }
        let of_repeat = |mut rest: &[u8]| {
            let mut take = |n: usize| {
                let (taken, left) = rest.split_at(n);
                rest = left;
                taken
            };
            let rows = header.rows;
            let log_odds = floats(take(8 * rows));
            let probabilities = floats(take(8 * rows));
            let folds = take(4 * rows).as_chunks().0.iter().map(|fold| u32::from_le_bytes(*fold)).collect();
            let baseline = header.baseline.then(|| floats(take(8 * rows)));
            let censored = floats(take(8 * header.censored));
            Self { candidate: candidate.to_owned(), log_odds, probabilities, folds, baseline, censored }
        };
        // A cohort has a row, so a repeat has bytes.
        Ok(body.chunks(expected.size().max(1)).map(of_repeat).collect())
    }
}

fn floats(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|value| f64::from_le_bytes(*value)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::{data, form};

    fn two_rows() -> Data {
        data(&form(&[(2, "risk")]), &[vec![0], vec![1]], &[true, false], &[1.0, 1.0], &[1, 2])
    }

    fn repeat(fold: u32) -> OutOfFold {
        OutOfFold {
            candidate: "a".to_owned(),
            log_odds: vec![-0.0, 0.1 + 0.2],
            probabilities: vec![f64::MIN_POSITIVE, 1.0 / 3.0],
            folds: vec![fold, 1],
            baseline: None,
            censored: vec![],
        }
    }

    fn bits(of: &[OutOfFold]) -> Vec<(Vec<u64>, Vec<u64>, Vec<u32>)> {
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
        of.iter().map(|of| (bits(&of.log_odds), bits(&of.probabilities), of.folds.clone())).collect()
    }

    #[test]
    fn scores_come_back_to_the_last_bit() {
        let (data, repeats) = (two_rows(), [repeat(0), repeat(7)]);
        let bytes = OutOfFold::to_bytes("a", &[&repeats[0], &repeats[1]], &data).unwrap();
        let back = OutOfFold::from_bytes(&bytes, "a", 2, &data).unwrap();
        assert_eq!(bits(&back), bits(&repeats));
        assert_ne!(bits(&back[..1]), bits(&back[1..]));
    }

    #[test]
    fn what_is_of_something_else_is_refused() {
        let (data, one) = (two_rows(), repeat(0));
        let bytes = OutOfFold::to_bytes("a", &[&one], &data).unwrap();
        let said = |bytes: &[u8], candidate: &str, repeats: usize| {
            OutOfFold::from_bytes(bytes, candidate, repeats, &data).unwrap_err().to_string()
        };
        assert!(
            said(&bytes, "b", 1).contains("expected Header { format: 1, candidate: \"b\""),
            "{}",
            said(&bytes, "b", 1)
        );
        assert!(said(&bytes, "a", 2).contains("repeats: 2"), "{}", said(&bytes, "a", 2));
        let cut = &bytes[..bytes.len() - 1];
        assert!(said(cut, "a", 1).contains("39 bytes of scores found, expected 40"), "{}", said(cut, "a", 1));
        assert!(said(b"{}", "a", 1).contains("no first line"));
        let short = OutOfFold { folds: vec![0], ..repeat(0) };
        assert!(OutOfFold::to_bytes("a", &[&short], &data).is_err());
    }
}
