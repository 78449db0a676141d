//! The keys of a file, as requests are compared with them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::file::{ApiKey, KeyFile};
use super::issued::digest;
use crate::Error;
use crate::access::Caller;
use crate::access::credential::KEY_PREFIX;
use crate::unrecognised::Unrecognised;

/// Keys by id, as a file had them when it was read.
#[derive(Debug)]
pub(crate) struct ApiKeys {
    path: PathBuf,
    by_id: HashMap<String, (ApiKey, Arc<Caller>)>,
}

/// What changes when a file is replaced or written.
pub(super) type Stamp = (SystemTime, u64);

impl ApiKeys {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::ApiKeys`] names it and says what is wrong.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let refused = |problem: String| Error::ApiKeys { path: path.to_owned(), problem };
        let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
        let file = KeyFile::parse(&text).map_err(refused)?;
        let with_caller = |key: ApiKey| (key.id.clone(), (key.clone(), Arc::new(key.caller())));
        Ok(Self { path: path.to_owned(), by_id: file.keys.into_iter().map(with_caller).collect() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whoever presents a key, `amparo_<id>_<secret>`.
    ///
    /// # Errors
    /// It is none, or holds no more. Only whoever has the secret is told which.
    pub fn caller(&self, key: &str, now: Timestamp) -> Result<Arc<Caller>, Unrecognised> {
        let parts = key.strip_prefix(KEY_PREFIX).and_then(|rest| rest.split_once('_'));
        let (id, secret) = parts.unwrap_or_default();
        let known = self.by_id.get(id);
        // As much is done for an id that nobody has, and the digests are compared in a time that says nothing of where they differ.
        let expected = known.map_or("", |(key, _)| key.digest.as_str());
        let same: bool = digest(secret).as_bytes().ct_eq(expected.as_bytes()).into();
        match known {
            Some((key, caller)) if same => match key.state(now) {
                "valid" => Ok(Arc::clone(caller)),
                "expired" => Err(Unrecognised::Invalid("the API key has expired")),
                _ => Err(Unrecognised::Invalid("the API key was revoked")),
            },
            Some(_) | None => Err(Unrecognised::Invalid("the API key is unknown")),
        }
    }
}

/// What a file is now; none if it is not there.
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, std::os::unix::fs::MetadataExt::ino(&metadata)))
}
