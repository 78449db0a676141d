//! Where a page of a list ended, as clients hand it back: bound to the question, to whom it was answered, and to the log.

use amparo_journal::{Search, canonical};

use super::asking::unavailable;
use crate::App;
use crate::api_error::ApiError;

/// Hexadecimal digits that bind a cursor to its question.
const BOUND: usize = 32;

/// A question whose answer has pages.
pub(super) struct Question(String);

impl Question {
    /// What a log is asked.
    pub async fn of(app: &App, search: &Search, newest_first: bool) -> Result<Self, ApiError> {
        // The first entry is the log's own: its hash stays, also once it is erased.
        let first = app.log().entries(1, 1).await.map_err(unavailable)?;
        let log = first.first().map(|entry| entry.hash.as_str()).unwrap_or_default();
        Ok(Self(format!("{log}\n{newest_first}\n{search:?}")))
    }

    /// A cursor behind a proposal.
    pub fn cursor(&self, sequence: i64) -> String {
        format!("{sequence:x}-{}", self.bound(sequence))
    }

    /// The sequence behind which a cursor stands; nothing if it is none of this question.
    pub fn place(&self, cursor: &str) -> Option<i64> {
        let (sequence, _) = cursor.split_once('-')?;
        let sequence = i64::from_str_radix(sequence, 16).ok()?;
        (self.cursor(sequence) == cursor).then_some(sequence)
    }

    fn bound(&self, sequence: i64) -> String {
        let mut digest = canonical::sha256(&format!("{}\n{sequence}", self.0));
        digest.truncate(BOUND);
        digest
    }
}
