//! From the editions before: the third kept no tree, the bodies of the second were texts, and the first had no column `case_id` either.

use std::path::Path;

use rusqlite::Connection;

use super::fault::Fault;
use super::{dictionaries, schema, table};
use crate::Error;
use crate::packing::codec::Codec;
use crate::packing::learning;
use crate::tree::{Frontier, Leaf, Salt};

/// Rows read at a time.
const PAGE: i64 = 1000;

/// Gives every entry its leaf in the tree; packs every body that was a text, and files every entry under the case that its body names where
/// the edition before filed it under none; gives the number of entries. Nothing else changes: sequences, bodies and hashes stay as they are, whether the chain holds
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
    let codec = Codec::default();
    let packed = from > schema::WITHOUT_FRAMES;
    if packed {
        schema::make_entries(connection)?;
    } else {
        schema::make(connection)?;
        if let Some(dictionary) = learning::train(&samples(connection)?) {
            codec.learn(dictionaries::keep(connection, &dictionary)?, &dictionary);
        }
    }
    let (mut entries, mut tree) = (0, Frontier::default());
    let mut next = Some(i64::MIN);
    while let Some(start) = next {
        let rest = "WHERE sequence >= ? ORDER BY sequence LIMIT ?";
        let page = table::select(connection, ("former", from), rest, [start, PAGE])?;
        next = page.last().and_then(|last| last.sequence().checked_add(1));
        for kept in page {
            entries += 1;
            // In the order of the rows, also where a tamperer left a gap between them.
            let salt = Salt::draw()?;
            let data = salt.data(kept.hash());
            let leaf = Leaf { sequence: kept.sequence(), salt: Some(salt), data, nodes: tree.add(&data) };
            if packed {
                kept.insert(connection, &leaf)?;
            } else {
                let entry = kept.unpacked(&codec, connection)?;
                table::insert(connection, &entry, &codec.pack(&entry.body)?, &leaf)?;
            }
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
