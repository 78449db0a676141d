//! The hash chain: each entry's hash covers the one before it.

use crate::Entry;
use crate::canonical::sha256;

/// What stands before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The hash of an entry.
///
/// ```text
/// sha256(previous \n sequence \n kind \n id \n idempotency key, or nothing \n request digest \n body)
/// ```
/// All in UTF-8, hashes in lower-case hexadecimal. Nothing but the body can hold a line break, so no two entries
/// are written alike.
pub fn hash(entry: &Entry) -> String {
    let Entry { sequence, kind, id, idempotency_key, request_digest, body, previous, hash: _ } = entry;
    let key = idempotency_key.as_deref().unwrap_or_default();
    sha256(&format!("{previous}\n{sequence}\n{kind}\n{id}\n{key}\n{request_digest}\n{body}"))
}

/// What does not hold about `entry` after an entry with `sequence` and `hash`; `None` if all does.
pub(crate) fn fault(entry: &Entry, sequence: i64, hash_before: &str) -> Option<String> {
    if entry.sequence != sequence + 1 {
        return Some(format!("entry {} follows entry {sequence}", entry.sequence));
    }
    if entry.previous != hash_before {
        return Some(format!("previous hash is {}, expected {hash_before}", entry.previous));
    }
    let expected = hash(entry);
    (entry.hash != expected).then(|| format!("hash is {}, the content gives {expected}", entry.hash))
}
