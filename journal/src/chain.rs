//! The hash chain: each entry's hash covers the one before it.

use crate::canonical::sha256_of_parts;
use crate::entry::{Entry, Record, case_of, is_of_a_case};
use crate::processors::on_all_processors;

/// What stands before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The hash of an entry.
///
/// ```text
/// sha256(previous \n sequence \n kind \n id \n idempotency key, or nothing \n request digest \n body)
/// ```
/// All in UTF-8, hashes in lower-case hexadecimal. Nothing but the body can hold a line break, so no two entries
/// are written alike. `None` of an entry that was erased: its hash stays, and cannot be made again.
pub fn hash(entry: &Entry) -> Option<String> {
    let (request_digest, body) = (entry.request_digest.as_deref()?, entry.body.as_deref()?);
    let Entry { sequence, kind, id, idempotency_key, previous, .. } = entry;
    let key = idempotency_key.as_deref().unwrap_or_default();
    let before = format!("{previous}\n{sequence}\n{kind}\n{id}\n{key}\n{request_digest}\n");
    Some(sha256_of_parts([&before, body]))
}

impl Entry {
    /// The entry that a record becomes after the last one, given by its sequence and hash; `None` in an empty log.
    pub fn after(last: Option<(i64, String)>, record: Record) -> Self {
        let (sequence, previous) = last.unwrap_or_else(|| (0, GENESIS.to_owned()));
        let Record { kind, id, idempotency_key, request_digest, body } = record;
        let mut entry = Self {
            sequence: sequence + 1,
            kind: kind.to_owned(),
            id,
            idempotency_key,
            request_digest: Some(request_digest),
            case_id: case_of(&body),
            body: Some(body),
            previous,
            hash: String::new(),
        };
        entry.hash = hash(&entry).unwrap_or_default();
        entry
    }
}

/// What does not hold about the place of `entry` after an entry with `sequence` and `hash`; `None` if all does.
pub(crate) fn misplaced(entry: &Entry, sequence: i64, hash_before: &str) -> Option<String> {
    if entry.sequence != sequence + 1 {
        return Some(format!("entry {} follows entry {sequence}", entry.sequence));
    }
    (entry.previous != hash_before)
        .then(|| format!("previous hash is {}, expected {hash_before}", entry.previous))
}

/// What does not hold about each of some entries by itself, worked out on all processors; `None` where all does.
pub(crate) fn altered(entries: &[Entry]) -> Vec<Option<String>> {
    on_all_processors(entries.iter().collect(), fault)
}

/// What does not hold about an entry by itself: its hash, and the case that it is filed under.
fn fault(entry: &Entry) -> Option<String> {
    let Some(body) = &entry.body else { return erased_by_half(entry) };
    let Some(expected) = hash(entry) else {
        return Some("the digest of its request is gone, and its body is not".to_owned());
    };
    if entry.hash != expected {
        return Some(format!("hash is {}, the content gives {expected}", entry.hash));
    }
    // Neither case is named: the sentence may reach an operational log.
    (entry.case_id != case_of(body))
        .then(|| "it is filed under a case that its body does not name".to_owned())
}

/// What is left of an entry whose body is gone, and should be gone with it.
fn erased_by_half(entry: &Entry) -> Option<String> {
    let left = match entry {
        Entry { idempotency_key: Some(_), .. } => "its key",
        Entry { request_digest: Some(_), .. } => "the digest of its request",
        Entry { case_id: Some(_), .. } => "the case that it is filed under",
        Entry { kind, .. } if !is_of_a_case(kind) => {
            return Some(format!("its body is gone, and no {kind} is ever erased"));
        }
        _ => return None,
    };
    Some(format!("it was erased by half: its body is gone, and {left} is not"))
}
