//! Entries erased in the file, and the file without a trace of them.
//!
//! On a connection of its own: the thread that writes waits for it as for another process. `secure_delete` overwrites with zeros what a row and its places in
//! the indexes held, and pages that become free. It does not reach copies that SQLite left in the unused middle of a page when it moved rows between
//! pages; only writing the file anew does.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault::Fault;
use super::file::Opening;
use super::{listing, schema, table};
use crate::erasure::Left;
use crate::packing::codec::Packed;
use crate::{Entry, Erasure, Error};

/// Destroys all that an entry holds of a case.
const ERASE: &str = "
UPDATE entries
SET idempotency_key = NULL, request_digest = NULL, salt = NULL, body = NULL, dictionary = NULL, case_id = NULL
WHERE sequence = ?";

/// How connections are made that erase.
#[derive(Debug, Clone)]
pub(super) struct Erasing(Opening);

impl Erasing {
    pub fn of(opening: Opening) -> Self {
        Self(opening)
    }

    /// Erases entries and writes the entry that says so, in one transaction.
    pub async fn erase(&self, erasure: Erasure) -> Result<Entry, Error> {
        self.work("erase from", move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let entry = erase(&transaction, &erasure)?;
            transaction.commit()?;
            // What was erased is not in the write-ahead file for longer than it has to be.
            let _read_meanwhile = checkpoint(connection)?;
            Ok(entry)
        })
        .await
    }

    /// Writes the file anew, and empties the write-ahead file.
    pub async fn scrub(&self) -> Result<(), Error> {
        let emptied = self.work("scrub", |connection| {
            connection.execute_batch("VACUUM")?;
            checkpoint(connection)
        });
        if emptied.await? {
            return Ok(());
        }
        let problem = "somebody is reading it, so that what was erased stays in the file beside it (`-wal`): scrub it again later";
        Err(self.0.failed("scrub", problem))
    }

    /// Does something on a new connection to the log, off the threads that wait for others.
    async fn work<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Error> {
        let opening = self.0.clone();
        let worked = tokio::task::spawn_blocking(move || {
            let failed = |source: Fault| match source {
                Fault::NotErased(error) => error,
                other => opening.failed(action, other),
            };
            let mut connection = opening.connect().map_err(|source| failed(source.into()))?;
            schema::check(&connection, &opening.path)?;
            work(&mut connection).map_err(failed)
        });
        worked.await.unwrap_or_else(|_| Err(self.0.failed(action, "it panicked")))
    }
}

/// In a transaction that nobody else writes in.
pub(super) fn erase(transaction: &Transaction<'_>, erasure: &Erasure) -> Result<Entry, Fault> {
    let mut named = Vec::new();
    for (first, last) in erasure.entries.bounds() {
        named.extend(left(transaction, "sequence BETWEEN ? AND ?", (*first, *last))?);
    }
    let later = (erasure.seen, crate::CONFIRMATION, crate::OWN_VIEW, crate::READ);
    let later = left(transaction, "sequence > ? AND kind IN (?, ?, ?)", later)?;
    let of = erasure.with_later(named, later);
    let record = erasure.record(&of).map_err(Fault::NotErased)?;
    // As a text: the trigger that lets entries be erased reads it.
    let packed = Packed::Plain(record.body.clone());
    let last = table::last(transaction)?;
    let entry = table::add(transaction, last, record, (&packed, None), &mut Vec::new())?;
    let mut erase = transaction.prepare_cached(ERASE)?;
    for left in &of {
        erase.execute([left.sequence])?;
        listing::forget(transaction, left.sequence)?;
    }
    Ok(entry)
}

/// What would be left of entries.
fn left(connection: &Connection, which: &str, bound: impl rusqlite::Params) -> Result<Vec<Left>, Fault> {
    let sql = format!(
        "SELECT sequence, kind, id, hash, tree, body IS NULL FROM entries WHERE {which} ORDER BY sequence"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let mut rows = select.query(bound)?;
    let mut left = Vec::new();
    while let Some(row) = rows.next()? {
        left.push(table::left(row)?);
    }
    Ok(left)
}

/// Moves all of the write-ahead file into the log, and empties it; whether that was possible beside those who read.
fn checkpoint(connection: &Connection) -> Result<bool, Fault> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}
