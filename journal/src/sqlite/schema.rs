//! The tables of the present edition: made if the file is new, checked if it is not.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{listing, migration};
use crate::Error;

/// Edition of the tables below, kept in the file's `user_version`.
pub(super) const EDITION: i64 = 6;

/// The edition whose proposals could not be listed, and whose log knew no own views and no readings.
pub(super) const WITHOUT_LISTING: i64 = 5;

/// The edition whose entries could not be erased, and whose dictionaries could hold something of a single case.
pub(super) const WITHOUT_ERASURE: i64 = 4;

/// The edition that kept no tree.
pub(super) const WITHOUT_TREE: i64 = 3;

/// The edition whose entries were texts as they are served.
pub(super) const WITHOUT_FRAMES: i64 = 2;

/// The edition whose entries were filed under no case besides.
pub(super) const WITHOUT_CASES: i64 = 1;

/// Digests are 32 bytes; a body is a Zstandard frame or, if that is no shorter, a text. What an entry adds to the tree stands before its
/// body, so that it is read without it. Of an entry that was erased, key, digest, salt, body, dictionary and case are nothing.
/// Dictionaries are numbered from beyond those of the editions before, which went when the file was migrated: a program of that edition that is still running
/// may write nothing that is packed with one of them.
const ENTRIES: &str = "
CREATE TABLE entries (
    sequence        INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    id              TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    request_digest  ANY,
    salt            BLOB,
    tree            BLOB NOT NULL,
    body            ANY,
    dictionary      INTEGER CHECK (dictionary > 1000000),
    previous        ANY NOT NULL,
    hash            ANY NOT NULL,
    case_id         TEXT
) STRICT;
CREATE INDEX entries_by_case ON entries (case_id) WHERE case_id IS NOT NULL;
PRAGMA user_version = 6";

const DICTIONARIES: &str = "
CREATE TABLE dictionaries (
    number INTEGER PRIMARY KEY,
    digest ANY NOT NULL,
    bytes  BLOB NOT NULL
) STRICT";

/// The triggers of a table to which rows are added, and of which none is ever removed, replaced or changed, unless so as it may: each with its name, as
/// the database keeps them. Given are the table, what a row of it is called, what is the same in a row that would be replaced, and when a change is refused.
///
/// `INSERT OR REPLACE` removes what is in its way without asking the second one.
macro_rules! append_only {
    ($table:literal, $one:literal, $replaced:expr, $changed:expr) => {
        [
            (concat!($table, "_are_not_changed"), append_only!(@ $table, $one, "changed", "UPDATE", $changed)),
            (concat!($table, "_are_not_removed"), append_only!(@ $table, $one, "removed", "DELETE", "")),
            (concat!($table, "_are_not_replaced"), append_only!(@ $table, $one, "replaced", "INSERT", $replaced)),
        ]
    };
    (@ $table:literal, $one:literal, $done:literal, $by:literal, $when:expr) => {
        concat!(
            "CREATE TRIGGER ", $table, "_are_not_", $done, " BEFORE ", $by, " ON ", $table, $when,
            "\nBEGIN SELECT RAISE(ABORT, 'the log is append-only: no ", $one, " is ", $done, "'); END"
        )
    };
}

/// A proposal, a confirmation, an own view or a reading may be erased, whole and with nothing else changed, while the last entry of the log is the one that says so. (The database
/// cannot tell whether that one was written in the same transaction.)
macro_rules! of_entries {
    ($kinds:literal) => {
        append_only!("entries", "entry", "
WHEN EXISTS (SELECT 1 FROM entries
    WHERE sequence = NEW.sequence OR id = NEW.id OR idempotency_key = NEW.idempotency_key)", concat!("
WHEN NOT (OLD.kind IN (", $kinds, ") AND OLD.body IS NOT NULL
    AND coalesce(NEW.idempotency_key, NEW.request_digest, NEW.salt, NEW.body, NEW.dictionary, NEW.case_id) IS NULL
    AND NEW.sequence = OLD.sequence AND NEW.kind = OLD.kind AND NEW.id = OLD.id
    AND NEW.tree = OLD.tree AND NEW.previous = OLD.previous AND NEW.hash = OLD.hash
    AND EXISTS (SELECT 1
        FROM (SELECT kind, body FROM entries ORDER BY sequence DESC LIMIT 1) AS last, json_each(last.body, '$.erased') AS range
        WHERE last.kind = 'erasure' AND OLD.sequence BETWEEN range.value ->> 0 AND range.value ->> 1))"))
    };
}

const OF_ENTRIES: [(&str, &str); 3] = of_entries!("'proposal', 'confirmation', 'own_view', 'read'");

/// The first trigger of the edition before, which knew no own views.
const NO_OWN_VIEW_IS_ERASED: (&str, &str) = of_entries!("'proposal', 'confirmation'")[0];

const OF_DICTIONARIES: [(&str, &str); 3] = append_only!(
    "dictionaries",
    "dictionary",
    "
WHEN EXISTS (SELECT 1 FROM dictionaries WHERE number = NEW.number)",
    ""
);

/// The first trigger of the editions before, which let nothing be erased.
const NO_ENTRY_IS_CHANGED: (&str, &str) = append_only!("entries", "entry", "", "")[0];

/// All of them.
pub(super) const TRIGGERS: [(&str, &str); 6] = {
    let ([a, b, c], [d, e, f]) = (OF_ENTRIES, OF_DICTIONARIES);
    [a, b, c, d, e, f]
};

/// Writes an entry, field by field in the table's order.
pub(super) const INSERT: &str = "
INSERT INTO entries
    (sequence, kind, id, idempotency_key, request_digest, salt, tree, body, dictionary, previous, hash, case_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Keeps a dictionary under the next number.
pub(super) const KEEP: &str = "
INSERT INTO dictionaries (number, digest, bytes) SELECT coalesce(max(number), 1000000) + 1, ?, ? FROM dictionaries";

/// Writes what no log keeps, as many characters as are bound; to be rolled back.
pub(super) const TRY_OUT: &str = "
INSERT INTO entries (kind, id, request_digest, tree, body, previous, hash)
VALUES ('', hex(randomblob(16)), '', x'', printf('%.*c', ?, 'x'), '', '')";

/// Entries of a case, from a sequence on.
pub(super) const OF_A_CASE: &str = "WHERE case_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?";

/// What a file is found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing is in it.
    Empty,
    /// A log of an edition that is read: the present one, or one that is migrated when it is opened for writing.
    Edition(i64),
}

/// Makes what a new file lacks, migrates an edition before, and refuses what is neither.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let failed = |source| failed(path, source);
    // Two processes may make the same new file: the first one does, the second finds it made.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let mut migrated = None;
    match look(&transaction, path)? {
        Found::Empty => make(&transaction).map_err(failed)?,
        Found::Edition(EDITION) => {}
        Found::Edition(from) => {
            migrated = Some((from, migration::migrate(&transaction, from, path)?));
        }
    }
    transaction.commit().map_err(failed)?;
    if let Some((from, entries)) = migrated {
        tracing::info!(from, to = EDITION, entries, "log migrated");
    }
    Ok(())
}

/// Refuses what is not a log of the present edition any more.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), Error> {
    match look(connection, path)? {
        Found::Edition(EDITION) => Ok(()),
        Found::Empty => Err(other(path, "empty".to_owned())),
        Found::Edition(before) => Err(other(path, format!("of edition {before}"))),
    }
}

/// What the file is; an error if it is no log, one of a newer edition, or one that has lost its triggers.
pub(super) fn look(connection: &Connection, path: &Path) -> Result<Found, Error> {
    let failed = |source| failed(path, source);
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let edition = number("PRAGMA user_version")?;
    match (edition, number("SELECT count(*) FROM sqlite_master")?) {
        (0, 0) => return Ok(Found::Empty),
        (WITHOUT_CASES..=EDITION, _) => {}
        (0, _) => return Err(other(path, "another program's database".to_owned())),
        (newer, _) => return Err(other(path, format!("of edition {newer}"))),
    }
    if !is_log(connection, edition).map_err(failed)? {
        return Err(other(path, "a database without the table `entries`".to_owned()));
    }
    let triggers = missing(connection, &triggers(edition)).map_err(failed)?;
    if !triggers.is_empty() {
        return Err(Error::Unprotected { log: path.display().to_string(), triggers });
    }
    Ok(Found::Edition(edition))
}

/// The triggers of an edition: those above, of which the first ones had two and three, and none let anything be erased before the present one.
pub(super) fn triggers(edition: i64) -> Vec<(&'static str, &'static str)> {
    let mut triggers = TRIGGERS.to_vec();
    match edition {
        WITHOUT_CASES => triggers.truncate(2),
        WITHOUT_FRAMES => triggers.truncate(3),
        _ => {}
    }
    match edition {
        ..=WITHOUT_ERASURE => triggers[0] = NO_ENTRY_IS_CHANGED,
        WITHOUT_LISTING => triggers[0] = NO_OWN_VIEW_IS_ERASED,
        _ => {}
    }
    triggers
}

fn failed(path: &Path, source: rusqlite::Error) -> Error {
    Error::store("open", path.display(), source)
}

/// Says what was found in the place of a log.
pub(super) fn other(path: &Path, found: String) -> Error {
    Error::Format { log: path.display().to_string(), found, expected: format!("a log of edition {EDITION}") }
}

/// Makes the tables, and what protects them.
pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    make_entries(connection)?;
    connection.execute_batch(listing::TABLE)?;
    connection.execute_batch(DICTIONARIES)?;
    OF_DICTIONARIES.iter().try_for_each(|(_, sql)| connection.execute_batch(sql))
}

/// Makes of the edition before what is the present one, but for what proposals are listed by, which is nothing yet.
pub(super) fn alter(connection: &Connection) -> rusqlite::Result<()> {
    let (changed, sql) = OF_ENTRIES[0];
    connection.execute_batch(&format!("DROP TRIGGER {changed}; {sql}"))?;
    connection.execute_batch(listing::TABLE)?;
    connection.pragma_update(None, "user_version", EDITION)
}

/// Makes the table of entries, and what protects it.
pub(super) fn make_entries(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(ENTRIES)?;
    OF_ENTRIES.iter().try_for_each(|(_, sql)| connection.execute_batch(sql))
}

/// Whether the table has the columns of its edition.
fn is_log(connection: &Connection, edition: i64) -> rusqlite::Result<bool> {
    let mut select = connection.prepare("SELECT name FROM pragma_table_info(?) ORDER BY cid")?;
    let mut columns =
        |table| select.query_map([table], |row| row.get(0))?.collect::<Result<Vec<String>, _>>();
    if edition > WITHOUT_LISTING && columns("proposals")? != listing::COLUMNS {
        return Ok(false);
    }
    let columns = columns("entries")?;
    let expected: &[&str] = &[
        "sequence",
        "kind",
        "id",
        "idempotency_key",
        "request_digest",
        "salt",
        "tree",
        "body",
        "dictionary",
        "previous",
        "hash",
        "case_id",
    ];
    let has = |column: &&&str| match **column {
        "salt" | "tree" => edition > WITHOUT_TREE,
        "dictionary" => edition > WITHOUT_FRAMES,
        "case_id" => edition > WITHOUT_CASES,
        _ => true,
    };
    Ok(columns.iter().eq(expected.iter().filter(has)))
}

/// Names of the triggers that are not there, or not as they were made.
fn missing(
    connection: &Connection,
    expected: &[(&'static str, &str)],
) -> rusqlite::Result<Vec<&'static str>> {
    let mut select = connection.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")?;
    let found: Vec<(String, String)> =
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let is_there = |(name, sql): &(&str, &str)| found.iter().any(|(n, s)| n == name && s == sql);
    Ok(expected.iter().filter(|trigger| !is_there(trigger)).map(|(name, _)| *name).collect())
}
