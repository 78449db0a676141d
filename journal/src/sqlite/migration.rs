//! From the edition before, whose table had no column `case_id`.

use sqlx::SqliteConnection;

use super::schema;
use crate::case_of;

/// The edition that is migrated.
pub(super) const FROM: i64 = 1;

/// The triggers that it had.
pub(super) const TRIGGERS: [(&str, &str); 2] = [schema::TRIGGERS[0], schema::TRIGGERS[1]];

/// Rows read at a time.
const PAGE: i64 = 1000;

/// Files every entry under the case that its body names; gives the number of entries. Nothing else changes: sequences,
/// bodies and hashes stay as they are, whether the chain holds or not.
///
/// The caller commits. Until then, and so after a kill at any moment, the file is of the edition before.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let (_, no_change) = schema::TRIGGERS[0];
    let (_, no_replacement) = schema::TRIGGERS[2];
    for sql in ["DROP TRIGGER entries_are_not_changed", "ALTER TABLE entries ADD COLUMN case_id TEXT"] {
        sqlx::raw_sql(sql).execute(&mut *connection).await?;
    }
    let entries = file_under_cases(connection).await?;
    for sql in [no_change, no_replacement, schema::INDEX, "PRAGMA user_version = 2"] {
        sqlx::raw_sql(sql).execute(&mut *connection).await?;
    }
    Ok(entries)
}

async fn file_under_cases(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let mut entries = 0;
    let mut next = Some(i64::MIN);
    while let Some(from) = next {
        let page: Vec<(i64, String)> = sqlx::query_as(
            "SELECT sequence, body FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?",
        )
        .bind(from)
        .bind(PAGE)
        .fetch_all(&mut *connection)
        .await?;
        next = page.last().and_then(|(last, _)| last.checked_add(1));
        for (sequence, body) in page {
            entries += 1;
            let Some(case_id) = case_of(&body) else { continue };
            sqlx::query("UPDATE entries SET case_id = ? WHERE sequence = ?")
                .bind(case_id)
                .bind(sequence)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(entries)
}
