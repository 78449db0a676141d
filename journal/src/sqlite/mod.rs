//! The log as one SQLite file.
//!
//! An entry is committed with `synchronous = FULL` before anybody is told of it. Nothing is ever changed or removed, and
//! the database itself refuses to: a file without the triggers that do so is not opened.

mod file;
mod migration;
mod schema;

use std::path::Path;

use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{FromRow, Row};

use crate::{Appended, Entry, Error, Pending, Record, Store};

/// One file; several processes may write to it.
#[derive(Debug)]
pub struct SqliteStore {
    place: String,
    /// One connection: within the process there is a single writer.
    writer: SqlitePool,
    reader: SqlitePool,
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
            case_id: row.try_get("case_id")?,
        })
    }
}

impl SqliteStore {
    /// Opens the file at a path or `sqlite:path`. It is made if there is none, for its owner alone, and migrated in one
    /// transaction if it is of the edition before.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Store`], [`Error::Format`], [`Error::Unprotected`].
    pub async fn open(address: &str) -> Result<Self, Error> {
        Self::open_file(&file::path(address)?).await
    }

    /// Opens a file that must be there.
    ///
    /// # Errors
    /// [`Error::Missing`], else as [`SqliteStore::open`].
    pub async fn open_existing(address: &str) -> Result<Self, Error> {
        let path = file::path(address)?;
        if path.is_file() { Self::open_file(&path).await } else { Err(Error::Missing { path }) }
    }

    async fn open_file(path: &Path) -> Result<Self, Error> {
        let (writer, reader) = file::open(path).await?;
        Ok(Self { place: path.display().to_string(), writer, reader })
    }

    fn failed(&self, action: &'static str, source: sqlx::Error) -> Error {
        Error::Store { action, log: self.place.clone(), source: source.into() }
    }
}

impl Store for SqliteStore {
    fn place(&self) -> &str {
        &self.place
    }

    fn append(&self, record: Record) -> Pending<'_, Appended> {
        let appended = uninterrupted(append(self.writer.clone(), record));
        Box::pin(async move { appended.await.map_err(|source| self.failed("append to", source)) })
    }

    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Entry>> {
        let found =
            sqlx::query_as("SELECT * FROM entries WHERE id = ?").bind(id).fetch_optional(&self.reader);
        Box::pin(async move { found.await.map_err(|source| self.failed("read", source)) })
    }

    fn find_key<'a>(&'a self, key: &'a str) -> Pending<'a, Option<Entry>> {
        let found = sqlx::query_as("SELECT * FROM entries WHERE idempotency_key = ?")
            .bind(key)
            .fetch_optional(&self.reader);
        Box::pin(async move { found.await.map_err(|source| self.failed("read", source)) })
    }

    fn find_case<'a>(&'a self, case_id: &'a str, from: i64, limit: u32) -> Pending<'a, Vec<Entry>> {
        let found =
            sqlx::query_as(schema::OF_A_CASE).bind(case_id).bind(from).bind(limit).fetch_all(&self.reader);
        Box::pin(async move { found.await.map_err(|source| self.failed("read", source)) })
    }

    fn entries(&self, from: i64, limit: u32) -> Pending<'_, Vec<Entry>> {
        let found = sqlx::query_as("SELECT * FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?")
            .bind(from)
            .bind(limit)
            .fetch_all(&self.reader);
        Box::pin(async move { found.await.map_err(|source| self.failed("read", source)) })
    }

    /// Takes the place of a writer and gives it back.
    fn writable(&self) -> Pending<'_, ()> {
        let writer = self.writer.clone();
        let attempt =
            uninterrupted(async move { writer.begin_with("BEGIN IMMEDIATE").await?.rollback().await });
        Box::pin(async move { attempt.await.map_err(|source| self.failed("append to", source)) })
    }

    /// Moves everything from the write-ahead file into the log, so that one file is left.
    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.reader.close().await;
            let checkpoint = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await;
            self.writer.close().await;
            checkpoint.map(|_| ()).map_err(|source| self.failed("close", source))
        })
    }
}

async fn append(writer: SqlitePool, record: Record) -> Result<Appended, sqlx::Error> {
    // Dropped without commit, a transaction is rolled back: each early return leaves nothing behind.
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    if let Some(key) = &record.idempotency_key {
        let held: Option<Entry> = sqlx::query_as("SELECT * FROM entries WHERE idempotency_key = ?")
            .bind(key)
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(held) = held {
            return Ok(record.with_key_of(held));
        }
    }
    let held: Option<i64> = sqlx::query_scalar("SELECT sequence FROM entries WHERE id = ?")
        .bind(&record.id)
        .fetch_optional(&mut *transaction)
        .await?;
    if held.is_some() {
        return Ok(Appended::IdTaken);
    }
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(&mut *transaction)
            .await?;
    let entry = Entry::after(last, record);
    sqlx::query(schema::INSERT)
        .bind(entry.sequence)
        .bind(&entry.kind)
        .bind(&entry.id)
        .bind(&entry.idempotency_key)
        .bind(&entry.request_digest)
        .bind(&entry.body)
        .bind(&entry.previous)
        .bind(&entry.hash)
        .bind(&entry.case_id)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Appended::Written(entry))
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
