//! What is written into the tables, and what is read from them.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, params};

use super::digest::Digest;
use super::fault::Fault;
use super::{dictionaries, listing, schema};
use crate::erasure::Left;
use crate::packing::codec::{Codec, Damaged, Packed};
use crate::queue::Append;
use crate::tree::{Hash, Leaf, Node, Salt};
use crate::{Appended, Entry, Record, Summary, case_of};

/// Room that a log needs to be called writable: several times what a proposal fills.
const ROOM: u32 = 128 * 1024;

/// An entry as it is kept.
pub(super) struct Kept {
    /// All but the body.
    entry: Entry,
    /// Nothing of an entry that was erased.
    body: Option<Packed>,
}

impl Kept {
    /// From a row of the present edition, or of one before, whose bodies and digests are texts and which may file an entry
    /// under no case.
    fn of(row: &Row<'_>, edition: i64) -> rusqlite::Result<Self> {
        let digest = |column: &str| row.get(column).map(|Digest(text)| text);
        let body = match row.get_ref("body")? {
            ValueRef::Null => None,
            ValueRef::Blob(frame) => Some(Packed::Frame(frame.to_vec(), row.get("dictionary")?)),
            text => Some(Packed::Plain(text.as_str()?.to_owned())),
        };
        let entry = Entry {
            sequence: row.get("sequence")?,
            kind: row.get("kind")?,
            id: row.get("id")?,
            idempotency_key: row.get("idempotency_key")?,
            request_digest: row.get::<_, Option<Digest>>("request_digest")?.map(|Digest(text)| text),
            body: None,
            previous: digest("previous")?,
            hash: digest("hash")?,
            case_id: match (edition, &body) {
                (schema::WITHOUT_CASES, Some(Packed::Plain(body))) => case_of(body),
                _ => row.get("case_id")?,
            },
        };
        Ok(Self { entry, body })
    }

    /// Its sequence.
    pub fn sequence(&self) -> i64 {
        self.entry.sequence
    }

    /// Its hash.
    pub fn hash(&self) -> &str {
        &self.entry.hash
    }

    /// The entry, its body as it was.
    pub fn unpacked(self, codec: &Codec, connection: &Connection) -> Result<Entry, Fault> {
        Ok(self.with_dictionary(codec, connection)?.unpacked_alone(codec)?)
    }

    /// The same, once the dictionary that its body needs is known.
    pub fn with_dictionary(self, codec: &Codec, connection: &Connection) -> Result<Self, Fault> {
        self.body.iter().try_for_each(|body| dictionaries::look_up(codec, connection, body))?;
        Ok(self)
    }

    /// The entry, its body as it was; its dictionary is known, so that the file is not needed for it.
    pub fn unpacked_alone(self, codec: &Codec) -> Result<Entry, Damaged> {
        let body = self.body.map(|body| codec.unpack(body)).transpose()?;
        Ok(Entry { body, ..self.entry })
    }
}

/// The entries that a statement finds in a table as an edition made it; given is what follows the name of the table.
pub(super) fn select(
    connection: &Connection,
    (table, edition): (&str, i64),
    rest: &str,
    bound: impl Params,
) -> rusqlite::Result<Vec<Kept>> {
    let mut select = connection.prepare_cached(&format!("SELECT * FROM {table} {rest}"))?;
    select.query_map(bound, |row| Kept::of(row, edition))?.collect()
}

/// Appends records one after the other, and gives what became of each.
pub(super) fn append(
    transaction: &Transaction<'_>,
    codec: &Codec,
    appends: &[Append],
) -> Result<Vec<Appended>, Fault> {
    let mut last = last(transaction)?;
    let mut appended = Vec::with_capacity(appends.len());
    // What the tree needs is mostly what was just added to it.
    let mut leaves: Vec<Leaf> = Vec::new();
    for append in appends {
        let what = match refused(transaction, codec, append)? {
            Some(refused) => refused,
            None => {
                let of = (&append.packed, append.summary.as_deref());
                let entry = add(transaction, last, append.record.clone(), of, &mut leaves)?;
                last = Some((entry.sequence, entry.hash.clone()));
                Appended::Written(entry)
            }
        };
        appended.push(what);
    }
    Ok(appended)
}

/// Appends a record after the last entry; given are its body as it is packed, what it is listed by, and the leaves that were added in the same transaction.
pub(super) fn add(
    transaction: &Transaction<'_>,
    last: Option<(i64, String)>,
    record: Record,
    (packed, summary): (&Packed, Option<&Summary>),
    leaves: &mut Vec<Leaf>,
) -> Result<Entry, Fault> {
    let entry = Entry::after(last, record);
    let left = |node: Node| {
        let at = leaves.first().and_then(|first| usize::try_from(node.sequence() - first.sequence).ok());
        let added = at.and_then(|at| leaves.get(at)).and_then(|leaf| leaf.hash(node.level));
        added.map_or_else(|| kept(transaction, node), Ok)
    };
    let leaf = Leaf::grown(entry.sequence, &entry.hash, Salt::draw()?, left)?;
    insert(transaction, &entry, (Some(packed), summary), &leaf)?;
    leaves.push(leaf);
    Ok(entry)
}

/// Sequence and hash of the last entry.
pub(super) fn last(connection: &Connection) -> rusqlite::Result<Option<(i64, String)>> {
    let sql = "SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, Digest>(1)?.0));
    connection.prepare_cached(sql)?.query_row([], read).optional()
}

/// What would be left of an entry that is erased, from `sequence, kind, id, hash, tree, body IS NULL`.
pub(super) fn left(row: &Row<'_>) -> Result<Left, Fault> {
    let sequence = row.get(0)?;
    let leaf = Leaf::of_bytes(sequence, None, row.get_ref(4)?.as_bytes().map_err(rusqlite::Error::from)?);
    let leaf = leaf.ok_or_else(|| Damaged(format!("entry {sequence} lacks its part of the tree")))?;
    let (kind, id, erased) = (row.get(1)?, row.get(2)?, row.get(5)?);
    Ok(Left { sequence, kind, id, hash: row.get::<_, Digest>(3)?.0, data: leaf.data, erased })
}

/// What entries of a table add to the tree, up to the first that is not kept as it was written.
pub(super) fn leaves(
    connection: &Connection,
    table: &str,
    from: i64,
    limit: u32,
) -> rusqlite::Result<Vec<Result<Leaf, i64>>> {
    let sql =
        format!("SELECT sequence, salt, tree FROM {table} WHERE sequence >= ? ORDER BY sequence LIMIT ?");
    let leaf = |row: &Row<'_>| {
        let (sequence, salt): (i64, _) = (row.get(0)?, row.get_ref(1)?.as_blob_or_null()?);
        Ok(Leaf::of_bytes(sequence, salt, row.get_ref(2)?.as_blob()?).ok_or(sequence))
    };
    connection.prepare_cached(&sql)?.query_map((from, limit), leaf)?.collect()
}

/// The hash of a node, where the entry that completes it keeps it.
fn kept(connection: &Connection, node: Node) -> Result<Hash, Fault> {
    let sequence = node.sequence();
    let mut select = connection.prepare_cached("SELECT tree FROM entries WHERE sequence = ?")?;
    let bytes: Option<Vec<u8>> = select.query_row([sequence], |row| row.get(0)).optional()?;
    let leaf = bytes.and_then(|bytes| Leaf::of_bytes(sequence, None, &bytes));
    leaf.and_then(|leaf| leaf.hash(node.level)).ok_or_else(|| {
        Fault::Damaged(Damaged(format!(
            "the next entry cannot be put into the tree: entry {sequence} lacks its part of it"
        )))
    })
}

/// Why a record is not written.
fn refused(connection: &Connection, codec: &Codec, append: &Append) -> Result<Option<Appended>, Fault> {
    let record = &append.record;
    if let Some(key) = &record.idempotency_key {
        let held =
            select(connection, ("entries", schema::EDITION), "WHERE idempotency_key = ?", [key])?.pop();
        if let Some(held) = held {
            return Ok(Some(record.with_key_of(held.unpacked(codec, connection)?)));
        }
    }
    let sql = "SELECT 1 FROM entries WHERE id = ?";
    if connection.prepare_cached(sql)?.exists([&record.id])? {
        return Ok(Some(Appended::IdTaken));
    }
    let Some(proposal) = append.about() else { return Ok(None) };
    let sql = "SELECT 1 FROM entries WHERE id = ? AND body IS NULL";
    if connection.prepare_cached(sql)?.exists([proposal])? {
        return Ok(Some(Appended::ProposalErased));
    }
    if record.takes_replaced() {
        return Ok(None);
    }
    Ok(listing::is_replaced(connection, proposal)?.then_some(Appended::ProposalReplaced))
}

/// Writes an entry as it is, in the present edition, with its body as it is packed and what it is listed by.
pub(super) fn insert(
    connection: &Connection,
    entry: &Entry,
    (packed, summary): (Option<&Packed>, Option<&Summary>),
    leaf: &Leaf,
) -> rusqlite::Result<()> {
    let digest = |text: &str| Digest(text.to_owned());
    let (body, dictionary): (ValueRef<'_>, _) = match packed {
        None => (ValueRef::Null, None),
        Some(Packed::Plain(text)) => (ValueRef::Text(text.as_bytes()), None),
        Some(Packed::Frame(frame, dictionary)) => (ValueRef::Blob(frame), *dictionary),
    };
    connection.prepare_cached(schema::INSERT)?.execute(params![
        entry.sequence,
        entry.kind,
        entry.id,
        entry.idempotency_key,
        entry.request_digest.as_deref().map(digest),
        leaf.salt.map(|Salt(Hash(salt))| salt),
        leaf.bytes(),
        rusqlite::types::ToSqlOutput::Borrowed(body),
        dictionary,
        digest(&entry.previous),
        digest(&entry.hash),
        entry.case_id,
    ])?;
    listing::note(connection, entry, summary)
}

/// Writes as much as several entries to the disk, to be taken back, so that a full disk is found out before a request is.
///
/// With next to nothing kept in memory, pages of an open transaction go to the disk as they fill.
pub(super) fn try_out(connection: &Connection) -> rusqlite::Result<()> {
    let usual: i64 = connection.query_row("PRAGMA cache_size", [], |row| row.get(0))?;
    connection.execute_batch("PRAGMA cache_size = 4")?;
    connection.execute(schema::TRY_OUT, [ROOM])?;
    connection.execute_batch(&format!("PRAGMA cache_size = {usual}"))
}
