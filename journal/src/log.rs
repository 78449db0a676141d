//! The decision log: what was proposed and confirmed, append-only, durable and chained.
//!
//! One SQLite file. An entry is committed with `synchronous = FULL` before anybody is told of it. Each entry's hash
//! covers the one before it, so that a change, a gap or an insertion shows from there on. A chain cannot show that its
//! *last* entries were cut off: for that, keep a head elsewhere. Every receipt is one.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{FromRow, Row};

use crate::sqlite::schema;
use crate::{Error, GENESIS, chain, hash};

/// The kind of an entry that holds a proposal.
pub const PROPOSAL: &str = "proposal";
/// The kind of an entry that holds a confirmation.
pub const CONFIRMATION: &str = "confirmation";

/// Rows read at a time when the whole log is walked.
const PAGE: i64 = 1000;

/// The log, shared by all requests.
#[derive(Debug, Clone)]
pub struct Log {
    path: PathBuf,
    /// One connection: there is a single writer, so the chain has a single end.
    writer: SqlitePool,
    reader: SqlitePool,
}

/// What is to be appended.
#[derive(Debug, Clone)]
pub struct Record {
    /// `proposal` or `confirmation`.
    pub kind: &'static str,
    /// Unique in the log.
    pub id: String,
    /// The client's own key for this request, unique in the log.
    pub idempotency_key: Option<String>,
    /// SHA-256 of what was asked.
    pub request_digest: String,
    /// What was asked and what was answered, as JSON.
    pub body: String,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// 1, 2, 3, ... without gaps.
    pub sequence: i64,
    /// `proposal` or `confirmation`.
    pub kind: String,
    /// Unique in the log.
    pub id: String,
    /// The client's own key for this request.
    pub idempotency_key: Option<String>,
    /// SHA-256 of what was asked.
    pub request_digest: String,
    /// What was asked and what was answered, as JSON.
    pub body: String,
    /// Hash of the entry before, or [`GENESIS`].
    pub previous: String,
    /// See [`hash`](fn@hash).
    pub hash: String,
}

impl FromRow<'_, SqliteRow> for Entry {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            sequence: row.try_get("sequence")?,
            kind: row.try_get("kind")?,
            id: row.try_get("id")?,
            idempotency_key: row.try_get("idempotency_key")?,
            request_digest: row.try_get("request_digest")?,
            body: row.try_get("body")?,
            previous: row.try_get("previous")?,
            hash: row.try_get("hash")?,
        })
    }
}

/// What became of a [`Record`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is in the log, durably.
    Written(Entry),
    /// The same request with the same key was in the log already; nothing was written.
    Repeated(Entry),
    /// The key belongs to another request; nothing was written.
    KeyTaken,
    /// The id is in the log already; nothing was written.
    IdTaken,
}

/// A log whose chain holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Number of entries.
    pub entries: i64,
    /// Hash of the last one, or [`GENESIS`].
    pub head: String,
}

impl Log {
    /// Opens the log at a path or `sqlite:path`, and makes it if there is none.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Store`]; [`Error::Format`] for a newer edition or another program's database.
    pub async fn open(address: &str) -> Result<Self, Error> {
        let path = schema::path(address)?;
        let (writer, reader) = schema::open(&path).await?;
        Ok(Self { path, writer, reader })
    }

    /// Opens a log that must be there.
    ///
    /// # Errors
    /// [`Error::Missing`], else as [`Log::open`].
    pub async fn open_existing(address: &str) -> Result<Self, Error> {
        let path = schema::path(address)?;
        if path.is_file() { Self::open(address).await } else { Err(Error::Missing { path }) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a record; when this returns [`Appended::Written`], the entry is on the disk.
    ///
    /// # Errors
    /// [`Error::Store`]; then nothing was written.
    pub async fn append(&self, record: Record) -> Result<Appended, Error> {
        let log = self.clone();
        let appended = uninterrupted(async move { log.try_append(record).await }).await;
        appended.map_err(|source| self.failed("append to", source))
    }

    async fn try_append(&self, record: Record) -> Result<Appended, sqlx::Error> {
        let Record { kind, id, idempotency_key, request_digest, body } = record;
        // Dropped without commit, a transaction is rolled back: each early return leaves nothing behind.
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(key) = &idempotency_key {
            let held: Option<Entry> = sqlx::query_as("SELECT * FROM entries WHERE idempotency_key = ?")
                .bind(key)
                .fetch_optional(&mut *transaction)
                .await?;
            match held {
                Some(entry) if entry.request_digest == request_digest => {
                    return Ok(Appended::Repeated(entry));
                }
                Some(_) => return Ok(Appended::KeyTaken),
                None => {}
            }
        }
        let held: Option<i64> = sqlx::query_scalar("SELECT sequence FROM entries WHERE id = ?")
            .bind(&id)
            .fetch_optional(&mut *transaction)
            .await?;
        if held.is_some() {
            return Ok(Appended::IdTaken);
        }
        let last: Option<(i64, String)> =
            sqlx::query_as("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1")
                .fetch_optional(&mut *transaction)
                .await?;
        let (last, previous) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let mut entry = Entry {
            sequence: last + 1,
            kind: kind.to_owned(),
            id,
            idempotency_key,
            request_digest,
            body,
            previous,
            hash: String::new(),
        };
        entry.hash = hash(&entry);
        sqlx::query("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(entry.sequence)
            .bind(&entry.kind)
            .bind(&entry.id)
            .bind(&entry.idempotency_key)
            .bind(&entry.request_digest)
            .bind(&entry.body)
            .bind(&entry.previous)
            .bind(&entry.hash)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Appended::Written(entry))
    }

    /// The entry of an id.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find(&self, id: &str) -> Result<Option<Entry>, Error> {
        sqlx::query_as("SELECT * FROM entries WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.reader)
            .await
            .map_err(|source| self.failed("read", source))
    }

    /// The entry that an idempotency key belongs to.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        sqlx::query_as("SELECT * FROM entries WHERE idempotency_key = ?")
            .bind(key)
            .fetch_optional(&self.reader)
            .await
            .map_err(|source| self.failed("read", source))
    }

    /// Up to `limit` entries in order, from sequence `from` on.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn entries(&self, from: i64, limit: i64) -> Result<Vec<Entry>, Error> {
        sqlx::query_as("SELECT * FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?")
            .bind(from)
            .bind(limit)
            .fetch_all(&self.reader)
            .await
            .map_err(|source| self.failed("read", source))
    }

    /// Recomputes the whole chain.
    ///
    /// # Errors
    /// [`Error::Chain`] with the first sequence at which it does not hold; [`Error::Store`].
    pub async fn verify(&self) -> Result<Verified, Error> {
        self.walk(|_| Ok(())).await
    }

    /// Recomputes the whole chain and hands on each entry, in order, once the chain is known to hold up to it.
    ///
    /// # Errors
    /// As [`Log::verify`], when every entry before that place has been handed on; the first error of `sound`.
    pub async fn walk<E: From<Error>>(
        &self,
        mut sound: impl FnMut(&Entry) -> Result<(), E>,
    ) -> Result<Verified, E> {
        // From below any sequence a tamperer may have written, so that no row is passed over.
        let mut from = i64::MIN;
        let mut verified = Verified { entries: 0, head: GENESIS.to_owned() };
        loop {
            let page = self.entries(from, PAGE).await?;
            let Some(last) = page.last() else { return Ok(verified) };
            from = last.sequence.saturating_add(1);
            for entry in page {
                if let Some(problem) = chain::fault(&entry, verified.entries, &verified.head) {
                    let sequence = verified.entries + 1;
                    return Err(
                        Error::Chain { log: self.path.display().to_string(), sequence, problem }.into()
                    );
                }
                sound(&entry)?;
                verified = Verified { entries: entry.sequence, head: entry.hash };
            }
        }
    }

    /// Takes the place of a writer and gives it back: whether an entry could be written now.
    ///
    /// # Errors
    /// [`Error::Store`] if not.
    pub async fn writable(&self) -> Result<(), Error> {
        let writer = self.writer.clone();
        let attempt = async move { writer.begin_with("BEGIN IMMEDIATE").await?.rollback().await };
        uninterrupted(attempt).await.map_err(|source| self.failed("append to", source))
    }

    /// Moves everything from the write-ahead file into the log and closes it.
    ///
    /// # Errors
    /// [`Error::Store`]. What was acknowledged is durable all the same.
    pub async fn close(self) -> Result<(), Error> {
        self.reader.close().await;
        let checkpoint = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await;
        self.writer.close().await;
        checkpoint.map(|_| ()).map_err(|source| self.failed("close", source))
    }

    fn failed(&self, action: &'static str, source: sqlx::Error) -> Error {
        Error::Store { action, log: self.path.display().to_string(), source: source.into() }
    }
}

/// Lets a transaction run to its end even if whoever waits for it goes away (a client that hangs up): dropped between two
/// statements, it would leave the only writing connection in an open transaction.
async fn uninterrupted<T: Send + 'static>(
    transaction: impl Future<Output = Result<T, sqlx::Error>> + Send + 'static,
) -> Result<T, sqlx::Error> {
    tokio::spawn(transaction).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

#[cfg(test)]
mod tests;
