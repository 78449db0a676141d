//! The dictionaries that bodies are packed with, as the file keeps them.

use rusqlite::{Connection, OptionalExtension, params};

use super::digest::Digest;
use super::fault::Fault;
use super::schema;
use crate::canonical::sha256_of;
use crate::packing::codec::{Codec, Packed};

/// Takes the newest dictionary of a log, if it has one, so that entries to come are packed with it.
pub(super) fn prepare(codec: &Codec, connection: &Connection) -> Result<(), Fault> {
    let newest: Option<i64> =
        connection.query_row("SELECT max(number) FROM dictionaries", [], |row| row.get(0))?;
    newest.map_or(Ok(()), |number| take(codec, connection, number))
}

/// Looks up the dictionary that a body needs, if it is not yet known.
pub(super) fn look_up(codec: &Codec, connection: &Connection, packed: &Packed) -> Result<(), Fault> {
    codec.lacks(packed).map_or(Ok(()), |number| take(codec, connection, number))
}

/// Takes every dictionary of a log.
pub(super) fn all(codec: &Codec, connection: &Connection) -> Result<(), Fault> {
    let mut select = connection.prepare("SELECT number FROM dictionaries")?;
    let numbers: Vec<i64> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    numbers.into_iter().try_for_each(|number| take(codec, connection, number))
}

/// Keeps a dictionary, and gives its number.
pub(super) fn keep(connection: &Connection, dictionary: &[u8]) -> rusqlite::Result<i64> {
    let digest = Digest(sha256_of(dictionary));
    connection.execute(schema::KEEP, params![digest, dictionary])?;
    Ok(connection.last_insert_rowid())
}

fn take(codec: &Codec, connection: &Connection, number: i64) -> Result<(), Fault> {
    let mut select = connection.prepare_cached("SELECT digest, bytes FROM dictionaries WHERE number = ?")?;
    let kept = select.query_row([number], |row| Ok((row.get::<_, Digest>(0)?.0, row.get(1)?))).optional()?;
    Ok(codec.take(number, kept)?)
}
