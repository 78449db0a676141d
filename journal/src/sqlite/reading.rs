//! What is read from the table, however the file was opened.

use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, FromRow, Row};

use super::schema::Found;
use crate::{Entry, Error, case_of};

/// Rows read at a time where many are looked through.
const PAGE: u32 = 1000;

/// Connections that read, and the edition of what they read.
#[derive(Debug)]
pub(super) struct Reading {
    pub place: String,
    pub pool: SqlitePool,
    pub edition: Found,
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

impl Reading {
    pub async fn find(&self, id: &str) -> Result<Option<Entry>, Error> {
        let sql = self.select("WHERE id = ?");
        let found = sqlx::query_as(sql).bind(id).fetch_optional(&self.pool).await;
        Ok(found.map_err(|source| self.failed(source))?.map(|entry| self.filed(entry)))
    }

    pub async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        let sql = self.select("WHERE idempotency_key = ?");
        let found = sqlx::query_as(sql).bind(key).fetch_optional(&self.pool).await;
        Ok(found.map_err(|source| self.failed(source))?.map(|entry| self.filed(entry)))
    }

    pub async fn entries(&self, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let sql = self.select("WHERE sequence >= ? ORDER BY sequence LIMIT ?");
        let found = sqlx::query_as(sql).bind(from).bind(limit).fetch_all(&self.pool).await;
        Ok(found.map_err(|source| self.failed(source))?.into_iter().map(|entry| self.filed(entry)).collect())
    }

    pub async fn find_case(&self, case_id: &str, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        if self.edition == Found::Old {
            return self.look_through(case_id, from, limit).await;
        }
        let sql = super::schema::OF_A_CASE;
        let found = sqlx::query_as(sql).bind(case_id).bind(from).bind(limit).fetch_all(&self.pool).await;
        found.map_err(|source| self.failed(source))
    }

    /// Entries of a case where nothing but their bodies says which they are.
    async fn look_through(&self, case_id: &str, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let (mut found, mut next) = (Vec::new(), Some(from));
        while let Some(from) = next {
            let page = self.entries(from, PAGE).await?;
            next = page.last().and_then(|last| last.sequence.checked_add(1));
            let wanted = limit as usize - found.len();
            let of_the_case = page.into_iter().filter(|entry| entry.case_id.as_deref() == Some(case_id));
            found.extend(of_the_case.take(wanted));
            if found.len() == limit as usize {
                break;
            }
        }
        Ok(found)
    }

    fn select(&self, rest: &str) -> AssertSqlSafe<String> {
        let filed = match self.edition {
            Found::Old => ", NULL AS case_id",
            Found::Present | Found::Empty => "",
        };
        AssertSqlSafe(format!("SELECT *{filed} FROM entries {rest}"))
    }

    /// In the edition before, an entry is filed under no case: its body alone says which it is of.
    fn filed(&self, mut entry: Entry) -> Entry {
        if self.edition == Found::Old {
            entry.case_id = case_of(&entry.body);
        }
        entry
    }

    fn failed(&self, source: sqlx::Error) -> Error {
        Error::Store { action: "read", log: self.place.clone(), source: source.into() }
    }
}
