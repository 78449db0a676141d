//! From the editions before: proposals of the fifth could not be listed; nothing of the fourth could be erased, and its dictionaries were trained on bodies as they are, so that they may hold something
//! of a single case; the third kept no tree, the bodies of the second were texts, and the first had no column `case_id` either.
//!
//! Of the fifth, all entries stay as they are. Of those before, every body is packed anew, with a dictionary of what bodies have in common, and the dictionaries before go. What is removed is overwritten
//! (`secure_delete`).

use std::path::Path;

use rusqlite::Connection;

use super::fault::Fault;
use super::{dictionaries, listing, schema, table};
use crate::packing::codec::{Codec, Damaged};
use crate::packing::learning;
use crate::tree::{Frontier, Leaf, Salt};
use crate::{Error, Summary};

/// Rows read at a time.
const PAGE: u32 = 1000;

/// Lists every proposal. Of editions before the fifth, packs every body anew; gives every entry its leaf in the tree where it had none, and files it under the case that its body names where
/// the edition before filed it under none; gives the number of entries. Nothing else changes: sequences, bodies, hashes, and leaves that are there stay as they
/// are, whether the chain holds or not.
///
/// The caller commits. Until then, and so after a kill at any moment, the file is of the edition before.
pub(super) fn migrate(connection: &Connection, from: i64, path: &Path) -> Result<i64, Error> {
    let migrated = if from == schema::WITHOUT_LISTING { listed(connection) } else { moved(connection, from) };
    migrated.map_err(|source| Error::store("migrate", path.display(), source))
}

/// Of the fifth edition.
fn listed(connection: &Connection) -> Result<i64, Fault> {
    schema::alter(connection)?;
    let codec = Codec::default();
    let (mut entries, mut next) = (0, Some(i64::MIN));
    while let Some(start) = next {
        let page = table::select(
            connection,
            ("entries", schema::WITHOUT_LISTING),
            "WHERE sequence >= ? ORDER BY sequence LIMIT ?",
            (start, PAGE),
        )?;
        next = page.last().and_then(|last| last.sequence().checked_add(1));
        for kept in page {
            entries += 1;
            let entry = kept.unpacked(&codec, connection)?;
            listing::note(connection, &entry, Summary::of_entry(&entry).as_ref())?;
        }
    }
    Ok(entries)
}

fn moved(connection: &Connection, from: i64) -> Result<i64, Fault> {
    connection.execute_batch(
        "DROP TRIGGER entries_are_not_changed;
         DROP TRIGGER entries_are_not_removed;
         DROP TRIGGER IF EXISTS entries_are_not_replaced;
         DROP INDEX IF EXISTS entries_by_case;
         ALTER TABLE entries RENAME TO former",
    )?;
    let (old, new) = (Codec::default(), Codec::default());
    if from > schema::WITHOUT_FRAMES {
        // Every dictionary that a body may need, before it goes.
        dictionaries::all(&old, connection)?;
        connection.execute_batch("DROP TABLE dictionaries")?;
    }
    schema::make(connection)?;
    if let Some(dictionary) = learning::train(&samples(connection, &old, from)?) {
        new.learn(dictionaries::keep(connection, &dictionary)?, &dictionary);
    }
    let (mut entries, mut tree) = (0, Frontier::default());
    let mut next = Some(i64::MIN);
    while let Some(start) = next {
        let rest = "WHERE sequence >= ? ORDER BY sequence LIMIT ?";
        let page = table::select(connection, ("former", from), rest, (start, PAGE))?;
        next = page.last().and_then(|last| last.sequence().checked_add(1));
        let mut leaves = match from {
            ..=schema::WITHOUT_TREE => Vec::new(),
            _ => table::leaves(connection, "former", start, PAGE)?,
        }
        .into_iter();
        for kept in page {
            entries += 1;
            let leaf = match leaves.next() {
                Some(leaf) => leaf.map_err(|n| Damaged(format!("entry {n} lacks its part of the tree")))?,
                // In the order of the rows, also where a tamperer left a gap between them.
                None => {
                    let salt = Salt::draw()?;
                    let data = salt.data(kept.hash());
                    Leaf { sequence: kept.sequence(), salt: Some(salt), data, nodes: tree.add(&data) }
                }
            };
            let entry = kept.unpacked(&old, connection)?;
            let (packed, summary) = (new.pack_if_any(entry.body.as_deref())?, Summary::of_entry(&entry));
            table::insert(connection, &entry, (packed.as_ref(), summary.as_ref()), &leaf)?;
        }
    }
    connection.execute_batch("DROP TABLE former")?;
    Ok(entries)
}

/// Bodies from all over the log.
fn samples(connection: &Connection, codec: &Codec, edition: i64) -> Result<Vec<String>, Fault> {
    let mut proposals =
        connection.prepare("SELECT sequence FROM former WHERE kind = 'proposal' ORDER BY sequence")?;
    let proposals: Vec<i64> = proposals.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut samples = Vec::new();
    for sequence in proposals.iter().step_by(proposals.len().div_ceil(learning::MOST).max(1)) {
        for kept in table::select(connection, ("former", edition), "WHERE sequence = ?", [sequence])? {
            let body = kept.unpacked(codec, connection)?.body;
            samples.extend(body.filter(|body| body.len() >= learning::SHORTEST));
        }
    }
    Ok(samples)
}
