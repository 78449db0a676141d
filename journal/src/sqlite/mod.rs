//! The log as one SQLite file.
//!
//! An entry is committed with `synchronous = FULL` before anybody is told of it. Nothing is ever changed or removed, and
//! the database itself refuses to: a file without the triggers that do so is not opened.

mod file;
mod migration;
mod reader;
mod reading;
mod schema;
mod writer;

use std::path::Path;

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;

use crate::{Appended, Entry, Error, Pending, Record, Store};
use reading::Reading;
use writer::{End, Writer};

pub use reader::SqliteReader;

/// Room that a log needs to be called writable: several times what a proposal fills.
const ROOM: u32 = 128 * 1024;

/// One file; several processes may write to it.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    reading: Reading,
}

impl SqliteStore {
    /// Opens the file at a path or `sqlite:path`. It is made if there is none, for its owner alone, and migrated in one
    /// transaction if it is of the edition before.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Store`], [`Error::Format`], [`Error::Unprotected`].
    pub async fn open(address: &str) -> Result<Self, Error> {
        let path = file::path(address)?;
        Self::open_with(&path, file::options(&path)).await
    }

    async fn open_with(path: &Path, options: SqliteConnectOptions) -> Result<Self, Error> {
        let (writer, reading) = file::open(path, options).await?;
        Ok(Self { writer, reading })
    }
}

impl Store for SqliteStore {
    fn place(&self) -> &str {
        &self.reading.place
    }

    fn append(&self, record: Record) -> Pending<'_, Appended> {
        Box::pin(self.writer.transact(Box::new(|connection| Box::pin(append(connection, record)))))
    }

    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Entry>> {
        Box::pin(self.reading.find(id))
    }

    fn find_key<'a>(&'a self, key: &'a str) -> Pending<'a, Option<Entry>> {
        Box::pin(self.reading.find_key(key))
    }

    fn find_case<'a>(&'a self, case_id: &'a str, from: i64, limit: u32) -> Pending<'a, Vec<Entry>> {
        Box::pin(self.reading.find_case(case_id, from, limit))
    }

    fn entries(&self, from: i64, limit: u32) -> Pending<'_, Vec<Entry>> {
        Box::pin(self.reading.entries(from, limit))
    }

    /// Writes as much as several entries to the disk and takes it back, so that a full disk is found out before a request is.
    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(self.writer.transact(Box::new(|connection| Box::pin(try_out(connection)))))
    }

    /// Moves everything from the write-ahead file into the log, so that one file is left.
    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.reading.pool.close().await;
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
