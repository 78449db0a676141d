//! What is written into the tables, and what their rows are.

use std::collections::HashMap;

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::listing;
use super::session::{Fault, Session};
use super::statements::Ask;
use crate::erasure::Left;
use crate::packing::codec::{Codec, Damaged, Packed};
use crate::tree::{Hash, Leaf, Salt};
use crate::{Entry, Summary};

/// The dictionary of a frame that needs none; a body without any is no frame.
const NONE: i64 = 0;

/// An entry as it is kept.
pub(super) struct Kept {
    /// All but the body.
    entry: Entry,
    /// Nothing of an entry that was erased.
    body: Option<Packed>,
}

impl Kept {
    /// From a row of one of the statements about entries.
    pub fn of(row: &Row) -> Result<Self, Fault> {
        let body = match (row.try_get::<_, Option<Vec<u8>>>("body")?, row.try_get("dictionary")?) {
            (None, _) => None,
            (Some(body), Some(NONE)) => Some(Packed::Frame(body, None)),
            (Some(body), Some(number)) => Some(Packed::Frame(body, Some(number))),
            (Some(body), None) => {
                let text = String::from_utf8(body);
                Some(Packed::Plain(text.map_err(|_| Damaged("its body is not UTF-8".to_owned()))?))
            }
        };
        let entry = Entry {
            sequence: row.try_get("sequence")?,
            kind: row.try_get("kind")?,
            id: row.try_get("id")?,
            idempotency_key: row.try_get("idempotency_key")?,
            request_digest: row.try_get("request_digest")?,
            body: None,
            previous: row.try_get("previous")?,
            hash: row.try_get("hash")?,
            case_id: row.try_get("case_id")?,
        };
        Ok(Self { entry, body })
    }

    /// The entry, its body as it was.
    pub async fn unpacked(self, codec: &Codec, session: &Session) -> Result<Entry, Fault> {
        if let Some(number) = self.body.as_ref().and_then(|body| codec.lacks(body)) {
            take(codec, session, number).await?;
        }
        let body = self.body.map(|body| codec.unpack(body)).transpose()?;
        Ok(Entry { body, ..self.entry })
    }
}

/// Takes the newest dictionary of a log, if it has one, so that entries to come are packed with it.
pub(super) async fn prepare(codec: &Codec, session: &Session) -> Result<(), Fault> {
    let newest = session.ask(Ask::Newest, &[]).await?;
    match newest.first().map(|row| row.try_get(0)).transpose()?.flatten() {
        Some(number) => take(codec, session, number).await,
        None => Ok(()),
    }
}

/// Takes a dictionary of a log.
pub(super) async fn take(codec: &Codec, session: &Session, number: i64) -> Result<(), Fault> {
    let found = session.ask(Ask::Dictionary, &[&number]).await?;
    let kept = found.first().map(|row| Ok::<_, Fault>((row.try_get(0)?, row.try_get(1)?))).transpose()?;
    Ok(codec.take(number, kept)?)
}

/// Keeps a dictionary, and gives its number.
pub(super) async fn keep(session: &Session, dictionary: &[u8]) -> Result<i64, Fault> {
    let digest = crate::canonical::sha256_of(dictionary);
    let kept = session.ask(Ask::Keep, &[&digest, &dictionary]).await?;
    let number = kept.first().map(|row| row.try_get(0)).transpose()?;
    number.ok_or_else(|| Fault::Unexpected("the dictionary was not kept".to_owned()))
}

/// What an entry adds to the tree; its sequence, if that is not kept as it was written.
pub(super) fn leaf(row: &Row) -> Result<Result<Leaf, i64>, Fault> {
    let sequence: i64 = row.try_get("sequence")?;
    let (salt, tree): (Option<&[u8]>, &[u8]) = (row.try_get("salt")?, row.try_get("tree")?);
    Ok(Leaf::of_bytes(sequence, salt, tree).ok_or(sequence))
}

/// Entries by something of theirs, with bodies as they were.
pub(super) async fn by(
    rows: &[Row],
    codec: &Codec,
    session: &Session,
    of: impl Fn(&Entry) -> Option<String>,
) -> Result<HashMap<String, Entry>, Fault> {
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let entry = Kept::of(row)?.unpacked(codec, session).await?;
        found.extend(of(&entry).map(|name| (name, entry)));
    }
    Ok(found)
}

/// A body and its dictionary, as columns.
pub(super) fn kept(packed: Option<&Packed>) -> (Option<&[u8]>, Option<i64>) {
    match packed {
        None => (None, None),
        Some(Packed::Plain(text)) => (Some(text.as_bytes()), None),
        Some(Packed::Frame(frame, dictionary)) => (Some(frame), Some(dictionary.unwrap_or(NONE))),
    }
}

/// What would be left of an entry that is erased.
pub(super) fn left(row: &Row) -> Result<Left, Fault> {
    let sequence = row.try_get("sequence")?;
    let leaf = Leaf::of_bytes(sequence, None, row.try_get("tree")?);
    let leaf = leaf.ok_or_else(|| Damaged(format!("entry {sequence} lacks its part of the tree")))?;
    let (kind, id, hash) = (row.try_get("kind")?, row.try_get("id")?, row.try_get("hash")?);
    Ok(Left { sequence, kind, id, hash, data: leaf.data, erased: row.try_get("erased")? })
}

/// An entry, its body as it is packed, its leaf, and what it is listed by.
pub(super) type Written<'a> = (&'a Entry, Option<&'a Packed>, &'a Leaf, Option<&'a Summary>);

/// Writes entries in one statement, and lists them. All that the server is asked is sent at once, in order.
pub(super) async fn insert(session: &Session, rows: &[Written<'_>]) -> Result<(), Fault> {
    let trees: Vec<Vec<u8>> = rows.iter().map(|(_, _, leaf, _)| leaf.bytes()).collect();
    let column = |of: fn(&Entry) -> &str| -> Vec<String> {
        rows.iter().map(|(entry, ..)| of(entry).to_owned()).collect()
    };
    let sequences: Vec<i64> = rows.iter().map(|(entry, ..)| entry.sequence).collect();
    let keys: Vec<Option<&str>> = rows.iter().map(|(entry, ..)| entry.idempotency_key.as_deref()).collect();
    let salts: Vec<Option<&[u8]>> = rows
        .iter()
        .map(|(_, _, leaf, _)| leaf.salt.as_ref().map(|Salt(Hash(bytes))| bytes.as_slice()))
        .collect();
    let (bodies, dictionaries): (Vec<Option<&[u8]>>, Vec<Option<i64>>) =
        rows.iter().map(|(_, packed, ..)| kept(*packed)).unzip();
    let cases: Vec<Option<&str>> = rows.iter().map(|(entry, ..)| entry.case_id.as_deref()).collect();
    let (kinds, ids) = (column(|entry| &entry.kind), column(|entry| &entry.id));
    let digests: Vec<Option<&str>> = rows.iter().map(|(entry, ..)| entry.request_digest.as_deref()).collect();
    let previous = column(|entry| &entry.previous);
    let hashes = column(|entry| &entry.hash);
    let bound: [&(dyn ToSql + Sync); 12] = [
        &sequences,
        &kinds,
        &ids,
        &keys,
        &digests,
        &salts,
        &trees,
        &bodies,
        &dictionaries,
        &previous,
        &hashes,
        &cases,
    ];
    let of: Vec<_> = rows.iter().map(|(entry, _, _, summary)| (*entry, *summary)).collect();
    let (written, noted) =
        tokio::join!(biased; session.execute(Ask::Insert, &bound), listing::note(session, &of));
    let written = written?;
    noted?;
    if written == rows.len() as u64 {
        return Ok(());
    }
    let problem =
        format!("{written} of {} entries were kept: something in the database is in the way", rows.len());
    Err(Fault::Unexpected(problem))
}
