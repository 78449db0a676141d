//! Sequences of entries as ranges.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// Sequences of entries, as the few ranges that they are in mostly: `[[first, last], ...]`, in order and apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// From sequences, which are in order or not.
    pub fn of(sequences: impl IntoIterator<Item = i64>) -> Self {
        let mut sequences: Vec<i64> = sequences.into_iter().collect();
        sequences.sort_unstable();
        let mut ranges: Vec<(i64, i64)> = Vec::new();
        for sequence in sequences {
            match ranges.last_mut() {
                Some((_, last)) if sequence <= last.saturating_add(1) => *last = sequence,
                _ => ranges.push((sequence, sequence)),
            }
        }
        Self(ranges)
    }

    /// First and last sequence of each range.
    pub fn bounds(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// Every sequence, in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// Whether a sequence is among them.
    pub fn contains(&self, sequence: i64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= sequence);
        after.checked_sub(1).is_some_and(|at| sequence <= self.0[at].1)
    }
}

/// `3 to 4, 9`.
impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (first, last)) in self.0.iter().enumerate() {
            let before = if n == 0 { "" } else { ", " };
            match last - first {
                0 => write!(f, "{before}{first}")?,
                _ => write!(f, "{before}{first} to {last}")?,
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Ranges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ranges = Vec::<(i64, i64)>::deserialize(deserializer)?;
        let in_order = ranges.iter().all(|(first, last)| 0 < *first && first <= last);
        let apart =
            ranges.windows(2).all(|pair| pair[0].1.checked_add(1).is_some_and(|next| next < pair[1].0));
        if in_order && apart {
            return Ok(Self(ranges));
        }
        Err(de::Error::custom("found ranges of sequences that are not in order and apart from each other"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn sequences_are_written_as_ranges_and_read_back() {
        let ranges = Ranges::of([9, 3, 4, 12, 10, 11, 1]);
        let text = serde_json::to_string(&ranges).unwrap();
        assert_eq!(
            (text.as_str(), ranges.to_string().as_str()),
            ("[[1,1],[3,4],[9,12]]", "1, 3 to 4, 9 to 12")
        );
        assert_eq!(serde_json::from_str::<Ranges>(&text).unwrap(), ranges);
        assert_eq!(ranges.iter().collect::<Vec<_>>(), [1, 3, 4, 9, 10, 11, 12]);
        for sequence in -1..15 {
            assert_eq!(ranges.contains(sequence), ranges.iter().any(|one| one == sequence), "{sequence}");
        }
        for wrong in ["[[2,1]]", "[[1,2],[3,4]]", "[[3,4],[1,1]]", "[[0,4]]", "[[1,5],[2,9]]", "[[1]]", "3"] {
            assert!(serde_json::from_str::<Ranges>(wrong).is_err(), "{wrong}");
        }
    }
}
