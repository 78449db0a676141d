//! Which of two versions answers a case for which the request names none: the same one each time, by a hash that anybody can compute again.

use std::fmt;
use std::str::FromStr;

use amparo_journal::canonical;
use amparo_models::ModelRef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest salt, in characters.
const LONGEST: usize = 128;

/// A version that answers a share of the cases for which requests name no version.
///
/// A case is in one of 10,000 buckets, and the challenger answers those of the first ones:
/// ```text
/// bucket = the first 8 bytes of SHA-256(salt, line feed, case_id), as a number, modulo 10,000
/// the challenger answers if bucket < 10,000 * share
/// ```
/// So a case is always answered by the same side, and another share moves only the cases between the old and the new one.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenger {
    version: ModelRef,
    share: Share,
    salt: String,
}

/// A share of all cases: 0 to 1, with at most four decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(u16);

/// What decided which version answers: it stands in the proposal, so that anybody can decide it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    /// The side that answers the case.
    pub answered_by: Side,
    /// The share of the cases that the challenger answers, 0 to 1.
    pub share: f64,
    /// What is hashed before the case.
    pub salt: String,
    /// The first 8 bytes of SHA-256 over `salt`, a line feed and `case_id`, as a number, modulo 10,000. The challenger answers if this is
    /// below 10,000 times `share`.
    pub bucket: u16,
}

/// One of the two versions that may answer a request that names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Side {
    /// The default version.
    Default,
    /// The challenger.
    Challenger,
}

impl Challenger {
    /// A version with its share of the cases; `salt` says which of them. Another salt is another draw.
    ///
    /// # Errors
    /// What is wrong with the salt, in words.
    pub fn new(version: ModelRef, share: Share, salt: &str) -> Result<Self, String> {
        let length = salt.chars().count();
        if !(1..=LONGEST).contains(&length) || salt.chars().any(char::is_control) {
            return Err(format!(
                "salt of the challenger is refused: {length} characters found, expected 1 to {LONGEST}, none of them a control character"
            ));
        }
        Ok(Self { version, share, salt: salt.to_owned() })
    }

    /// The version.
    pub fn version(&self) -> &ModelRef {
        &self.version
    }

    /// Who answers a case.
    pub(crate) fn assigned(&self, case_id: &str) -> Assignment {
        Assignment::of(self.share, &self.salt, case_id)
    }
}

impl Assignment {
    /// Who answers a case.
    fn of(share: Share, salt: &str, case_id: &str) -> Self {
        let bucket = bucket(salt, case_id);
        let answered_by = if bucket < share.0 { Side::Challenger } else { Side::Default };
        Self { answered_by, share: share.get(), salt: salt.to_owned(), bucket }
    }

    /// The same, decided again by its share and its salt; nothing if its share is none.
    pub fn again(&self, case_id: &str) -> Option<Self> {
        Share::new(self.share).ok().map(|share| Self::of(share, &self.salt, case_id))
    }
}

impl Share {
    /// Into how many buckets the cases are divided.
    const BUCKETS: u16 = 10_000;

    /// A share.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(share: f64) -> Result<Self, String> {
        let buckets = share * f64::from(Self::BUCKETS);
        let whole = buckets.round();
        // A decimal like 0.07 is not quite a number of buckets in binary.
        if (0.0..=f64::from(Self::BUCKETS)).contains(&whole) && (buckets - whole).abs() < 1e-6 {
            Ok(Self(whole as u16))
        } else {
            Err(format!("share `{share}` is refused, expected 0 to 1 with at most four decimals"))
        }
    }

    /// As a number from 0 to 1.
    pub fn get(self) -> f64 {
        f64::from(self.0) / f64::from(Self::BUCKETS)
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = |_| format!("share `{text}` is no number, expected 0 to 1 with at most four decimals");
        text.parse().map_err(refused).and_then(Self::new)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// See [`Challenger`].
fn bucket(salt: &str, case_id: &str) -> u16 {
    let hash = canonical::sha256(&format!("{salt}\n{case_id}"));
    // 16 hexadecimal digits are 8 bytes; a SHA-256 has 64.
    let first = hash.get(..16).and_then(|first| u64::from_str_radix(first, 16).ok()).unwrap_or_default();
    (first % u64::from(Share::BUCKETS)) as u16
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn challenger(share: f64) -> Challenger {
        Challenger::new("vpr@challenger".parse().unwrap(), Share::new(share).unwrap(), "trial-1").unwrap()
    }

    fn answers(share: f64) -> Vec<bool> {
        let challenger = challenger(share);
        (0..20_000).map(|n| challenger.assigned(&format!("c-{n}")).answered_by == Side::Challenger).collect()
    }

    #[test]
    fn the_bucket_is_the_one_that_anybody_computes() {
        // printf 'trial-1\nc-000123' | sha256sum, its first 16 digits as a number, modulo 10,000.
        assert_eq!(bucket("trial-1", "c-000123"), 9016);
        assert_ne!(bucket("trial-2", "c-000123"), 9016);
    }

    #[test]
    fn the_share_is_the_share_that_is_asked_for() {
        for share in [0.0, 0.1, 0.5, 1.0] {
            let found = answers(share).into_iter().filter(|yes| *yes).count() as f64 / 20_000.0;
            // Four standard deviations; none at the ends.
            let tolerance = 4.0 * (share * (1.0 - share) / 20_000.0_f64).sqrt();
            assert!((found - share).abs() <= tolerance, "{share}: {found}");
        }
        assert_ne!(answers(0.1), answers(0.5));
    }

    #[test]
    fn another_share_moves_only_the_cases_between_the_two() {
        let (before, after) = (answers(0.1), answers(0.25));
        assert!(before.iter().zip(&after).all(|(before, after)| *after || !before), "nobody leaves");
        let moved = before.iter().zip(&after).filter(|(before, after)| before != after).count();
        let beyond = (0..20_000).filter(|n| {
            let bucket = bucket("trial-1", &format!("c-{n}"));
            (1_000..2_500).contains(&bucket)
        });
        assert_eq!(moved, beyond.count());
        // Of another salt, this does not hold.
        let other = Challenger { salt: "trial-2".to_owned(), ..challenger(0.25) };
        let other = (0..20_000).map(|n| other.assigned(&format!("c-{n}")).answered_by == Side::Challenger);
        assert!(before.iter().zip(other).any(|(before, after)| *before && !after));
    }

    #[test]
    fn an_assignment_can_be_decided_again() {
        let assigned = challenger(0.1).assigned("c-1");
        assert_eq!(assigned.again("c-1"), Some(assigned.clone()));
        assert_ne!(assigned.again("c-2"), Some(assigned.clone()));
        assert_eq!(Assignment { share: 1.5, ..assigned }.again("c-1"), None);
    }

    #[test]
    fn shares_and_salts_that_are_none_are_refused() {
        for share in ["0", "1", "0.07", "0.0001", "0.9999", "1e-2"] {
            share.parse::<Share>().unwrap();
        }
        assert_eq!("0.07".parse::<Share>().unwrap().0, 700);
        for share in ["", "-0.1", "1.0001", "0.00001", "NaN", "inf", "10%"] {
            assert!(share.parse::<Share>().is_err(), "{share}");
        }
        let salted = |salt: &str| Challenger::new("v@a".parse().unwrap(), Share(1), salt);
        assert!(salted("trial 1").is_ok());
        for salt in ["", "a\nb", &"x".repeat(129)] {
            assert!(salted(salt).unwrap_err().contains("expected 1 to 128"), "{salt}");
        }
    }
}
