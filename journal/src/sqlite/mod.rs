//! The log as one SQLite file.
//!
//! An entry is committed with `synchronous = FULL` before anybody is told of it. Nothing is ever changed or removed, and
//! the database itself refuses to: a file without the triggers that do so is not opened.

mod file;
mod migration;
mod schema;
mod writer;

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqliteRow};
use sqlx::{FromRow, Row, SqliteConnection};

use crate::{Appended, Entry, Error, Pending, Record, Store};
use writer::{End, Writer};

/// Room that a log needs to be called writable: several times what a proposal fills.
const ROOM: u32 = 128 * 1024;

/// One file; several processes may write to it.
#[derive(Debug)]
pub struct SqliteStore {
    place: String,
    writer: Writer,
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
        Self::open_with(path, file::options(path)).await
    }

    async fn open_with(path: &Path, options: SqliteConnectOptions) -> Result<Self, Error> {
        let (writer, reader) = file::open(path, options).await?;
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
        Box::pin(self.writer.transact(Box::new(|connection| Box::pin(append(connection, record)))))
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

    /// Writes as much as several entries to the disk and takes it back, so that a full disk is found out before a request is.
    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(self.writer.transact(Box::new(|connection| Box::pin(try_out(connection)))))
    }

    /// Moves everything from the write-ahead file into the log, so that one file is left.
    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.reader.close().await;
            self.writer.close().await
        })
    }
}

async fn append(connection: &mut SqliteConnection, record: Record) -> Result<End<Appended>, sqlx::Error> {
    if let Some(key) = &record.idempotency_key {
        let held: Option<Entry> = sqlx::query_as("SELECT * FROM entries WHERE idempotency_key = ?")
            .bind(key)
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(held) = held {
            return Ok(End::RollBack(record.with_key_of(held)));
        }
    }
    let held: Option<i64> = sqlx::query_scalar("SELECT sequence FROM entries WHERE id = ?")
        .bind(&record.id)
        .fetch_optional(&mut *connection)
        .await?;
    if held.is_some() {
        return Ok(End::RollBack(Appended::IdTaken));
    }
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(&mut *connection)
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
        .execute(&mut *connection)
        .await?;
    Ok(End::Commit(Appended::Written(entry)))
}

/// With next to nothing kept in memory, pages of an open transaction go to the disk as they fill.
async fn try_out(connection: &mut SqliteConnection) -> Result<End<()>, sqlx::Error> {
    let usual: i64 = sqlx::query_scalar("PRAGMA cache_size").fetch_one(&mut *connection).await?;
    sqlx::raw_sql("PRAGMA cache_size = 4").execute(&mut *connection).await?;
    sqlx::query(schema::TRY_OUT).bind(ROOM).execute(&mut *connection).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA cache_size = {usual}"))).execute(connection).await?;
    Ok(End::RollBack(()))
}

#[cfg(test)]
mod tests;
