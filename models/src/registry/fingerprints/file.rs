//! The file of fingerprints.

use std::collections::BTreeSet;
use std::path::Path;

use hmac::Mac;
use serde::{Deserialize, Serialize};

use super::cases::Fingerprints;
use super::key::{Fingerprint, Key};
use crate::Error;
use crate::artefact::format;

/// The only layout there is so far.
const FORMAT: u32 = 1;

/// Bytes of the HMAC at the end.
const MAC: usize = 32;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    /// Digest of the version.
    version: String,
    /// What tells the key from another.
    key: String,
    is_named: bool,
    /// Fingerprints of case ids that follow, then of answers, 16 bytes each, ascending.
    cases: usize,
    answers: usize,
    n_alike: u64,
}

/// The file of the fingerprints of a version.
pub(super) fn to_bytes(seen: &Fingerprints, version: &str, key: &Key) -> Result<Vec<u8>, Error> {
    let header = Header {
        format: FORMAT,
        version: version.to_owned(),
        key: key.id(),
        is_named: seen.is_named,
        cases: seen.cases.len(),
        answers: seen.answers.len(),
        n_alike: seen.n_alike,
    };
    let header = serde_json::to_string(&header).map_err(|e| Error::invalid("fingerprints", e.to_string()))?;
    let mut bytes = header.into_bytes();
    bytes.push(b'\n');
    bytes.extend(seen.cases.iter().chain(&seen.answers).flatten());
    let mac = key.mac("file", &[&bytes]).finalize().into_bytes();
    bytes.extend_from_slice(&mac);
    Ok(bytes)
}

/// Reads and verifies the file of a version; `None` if it was made with another key.
pub(super) fn from_bytes(
    path: &Path,
    bytes: &[u8],
    version: &str,
    key: &Key,
) -> Result<Option<Fingerprints>, Error> {
    let refuse = |message: String| format(path, "the fingerprints of a version", message);
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| refuse("it has no first line".to_owned()))?;
    let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
    let header: Header = serde_json::from_slice(line).map_err(|e| refuse(e.to_string()))?;
    if header.format != FORMAT {
        return Err(refuse(format!("it has format {}, this program reads format {FORMAT}", header.format)));
    }
    if header.key != key.id() {
        return Ok(None);
    }
    let Some((body, mac)) = rest.split_last_chunk::<MAC>() else {
        return Err(refuse("it was cut short".to_owned()));
    };
    let (sound, at) = (&bytes[..bytes.len() - MAC], header.cases);
    if key.mac("file", &[sound]).verify_slice(mac).is_err() {
        return Err(refuse("it was changed after it was written".to_owned()));
    }
    if header.version != version {
        return Err(refuse(format!("it is about the version {}, expected {version}", header.version)));
    }
    let (prints, left) = body.as_chunks::<16>();
    if prints.len() != at + header.answers || !left.is_empty() {
        let expected = at + header.answers;
        return Err(refuse(format!("{} bytes found for {expected} fingerprints", body.len())));
    }
    let set = |prints: &[Fingerprint]| prints.iter().copied().collect::<BTreeSet<_>>();
    Ok(Some(Fingerprints {
        is_named: header.is_named,
        cases: set(&prints[..at]),
        answers: set(&prints[at..]),
        n_alike: header.n_alike,
    }))
}
