//! From the editions before, whose bodies were texts; the first had no column `case_id` either.

use std::path::Path;

use rusqlite::Connection;

use super::codec::{Codec, Fault};
use super::{learning, schema, table};
use crate::Error;

/// Rows read at a time.
const PAGE: i64 = 1000;

/// Packs every body, and files every entry under the case that its body names where the edition before filed it under none;
/// gives the number of entries. Nothing else changes: sequences, bodies and hashes stay as they are, whether the chain holds
/// or not.
///
/// The caller commits. Until then, and so after a kill at any moment, the file is of the edition before.
pub(super) fn migrate(connection: &Connection, from: i64, path: &Path) -> Result<i64, Error> {
    moved(connection, from).map_err(|source| Error::store("migrate", path.display(), source))
}

fn moved(connection: &Connection, from: i64) -> Result<i64, Fault> {
    connection.execute_batch(
        "DROP TRIGGER entries_are_not_changed;
         DROP TRIGGER entries_are_not_removed;
         DROP TRIGGER IF EXISTS entries_are_not_replaced;
         DROP INDEX IF EXISTS entries_by_case;
         ALTER TABLE entries RENAME TO former",
    )?;
    schema::make(connection)?;
    let codec = Codec::default();
    if let Some(dictionary) = learning::train(&samples(connection)?) {
        codec.learn(table::keep(connection, &dictionary)?, &dictionary);
    }
    let mut entries = 0;
    let mut next = Some(i64::MIN);
    while let Some(start) = next {
        let rest = "WHERE sequence >= ? ORDER BY sequence LIMIT ?";
        let page = table::select(connection, ("former", from), rest, [start, PAGE])?;
        next = page.last().and_then(|last| last.sequence().checked_add(1));
        for kept in page {
            entries += 1;
            let entry = kept.unpacked(&codec, connection)?;
            table::insert(connection, &entry, &codec.pack(&entry.body)?)?;
        }
    }
    connection.execute_batch("DROP TABLE former")?;
    Ok(entries)
}

/// Bodies from all over the log.
fn samples(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut long =
        connection.prepare("SELECT sequence FROM former WHERE length(body) >= ? ORDER BY sequence")?;
    let long: Vec<i64> =
        long.query_map([learning::SHORTEST as i64], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut body = connection.prepare("SELECT body FROM former WHERE sequence = ?")?;
    let evenly = long.iter().step_by(long.len().div_ceil(learning::MOST).max(1));
    evenly.map(|sequence| body.query_row([sequence], |row| row.get(0))).collect()
}
