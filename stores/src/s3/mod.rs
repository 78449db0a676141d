//! A registry on an S3-compatible object store.

mod bridge;
mod connect;
mod failure;
mod index;
mod objects;
mod probe;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use amparo_models::Error;
use amparo_models::artefact::sha256;
use amparo_models::registry::{Entry, FolderFiles, Store};
use bytes::Bytes;
use object_store::PutMode;
use object_store::aws::AmazonS3Builder;
use tokio::task::JoinSet;

use crate::address::Bucket;
use bridge::Bridge;
use index::Index;
use objects::Objects;

/// How long the mark of a log is not asked for again, so that a service that looks an alias up for each request does not wait for the
/// store each time: a move that another process made takes effect here within this time.
const MARK_HOLDS: Duration = Duration::from_secs(1);

/// A store in a bucket, below a prefix.
///
/// A folder is put by its index, which is created last; see [`index`]. A log is one object, which is replaced only as it was read.
pub(crate) struct S3 {
    location: PathBuf,
    objects: Objects,
    bridge: Bridge,
    /// By log, when it was asked for.
    marks: Mutex<HashMap<String, (Instant, String)>>,
}

impl S3 {
    /// Opens a bucket with what the environment says of endpoint and credentials.
    ///
    /// # Errors
    /// [`Error::Io`] if the bucket cannot be listed, with what is in the way.
    pub fn open(bucket: Bucket) -> Result<Self, Error> {
        Self::connected(AmazonS3Builder::from_env(), bucket)
    }

    /// The same, with settings from elsewhere.
    fn connected(settings: AmazonS3Builder, bucket: Bucket) -> Result<Self, Error> {
        let location = PathBuf::from(bucket.address());
        let failed = |source| Error::Io { action: "open", path: location.clone(), source };
        let bridge = Bridge::start().map_err(failed)?;
        let name = bucket.name.clone();
        let connected = bridge.wait(async move { connect::connect(settings, &name).await });
        let (client, endpoint) = connected.and_then(|connected| connected).map_err(failed)?;
        let objects = Objects::new(client, &bucket.prefix, location.clone());
        let store = Self { location: location.clone(), objects, bridge, marks: Mutex::default() };
        match store.list("") {
            Ok(_) => Ok(store),
            Err(Error::Io { source, .. }) => {
                let at = endpoint.map_or(String::new(), |endpoint| format!("; the endpoint is {endpoint}"));
                Err(failed(io::Error::new(source.kind(), format!("{source}{at}"))))
            }
            Err(other) => Err(other),
        }
    }

    /// Refuses a store on which writers could lose what others wrote; see [`probe`].
    ///
    /// # Errors
    /// As [`probe::check`].
    pub fn check(&self) -> Result<(), Error> {
        let name = self.fresh_name(".probe")?;
        self.ask(".probe", move |objects| async move { probe::check(&objects, &name).await })
    }

    /// Asks something of the objects, and waits.
    fn ask<T: Send + 'static, F: Future<Output = Result<T, Error>> + Send + 'static>(
        &self,
        about: &str,
        question: impl FnOnce(Objects) -> F,
    ) -> Result<T, Error> {
        let answered = self.bridge.wait(question(self.objects.clone()));
        answered.map_err(|source| self.objects.error("reach", about, source))?
    }

    /// A name that nobody else has.
    fn fresh_name(&self, about: &str) -> Result<String, Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|e| self.objects.error("name", about, io::Error::other(e.to_string())))?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Replaces a log that is what was seen of it.
    fn replace(&self, log: &str, replacement: Replacement) -> Result<bool, Error> {
        let name = log.to_owned();
        let replaced = self.ask(log, move |objects| async move { replacement.make(&objects, &name).await });
        // Also where it failed: the log may have changed.
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).remove(log);
        replaced
    }
}

impl Store for S3 {
    fn location(&self) -> &Path {
        &self.location
    }

    /// A folder is there once its index is; what is being put lies below names that are hidden.
    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let name = folder.to_owned();
        self.ask(folder, move |objects| async move { objects.folders(&name).await })
    }

    fn get(&self, file: &str) -> Result<Option<Vec<u8>>, Error> {
        let name = file.to_owned();
        self.ask(file, move |objects| async move { get(&objects, &name).await })
    }

    fn get_folder(&self, folder: &str) -> Result<FolderFiles, Error> {
        let name = folder.to_owned();
        self.ask(folder, move |objects| async move { get_folder(&objects, &name).await })
    }

    fn put_new(&self, folder: &str, files: &FolderFiles) -> Result<bool, Error> {
        let index = Index::of(files, self.fresh_name(folder)?);
        let (name, files) = (folder.to_owned(), files.clone());
        self.ask(folder, move |objects| async move { put_new(&objects, &name, files, index).await })
    }

    /// Who may read it is for the bucket's policy to say: an object has no owner of its own.
    fn put_secret(&self, file: &str, fresh: &[u8]) -> Result<Vec<u8>, Error> {
        let (name, fresh) = (file.to_owned(), Bytes::copy_from_slice(fresh));
        self.ask(file, move |objects| async move {
            let ours = fresh.clone();
            if objects.put_if(&name, fresh.clone(), PutMode::Create, |now| now == ours).await? {
                return Ok(fresh.to_vec());
            }
            let gone = || objects.error("read", &name, io::ErrorKind::NotFound.into());
            Ok(objects.get(&name).await?.ok_or_else(gone)?.bytes.to_vec())
        })
    }

    fn log(&self, log: &str) -> Result<Vec<u8>, Error> {
        let name = log.to_owned();
        self.ask(log, move |objects| async move {
            Ok(objects.get(&name).await?.map_or_else(Vec::new, |found| found.bytes.to_vec()))
        })
    }

    /// The entity tag of the log, not older than a second.
    fn mark(&self, log: &str) -> Result<String, Error> {
        let marks = || self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, mark)) = marks().get(log)
            && at.elapsed() < MARK_HOLDS
        {
            return Ok(mark.clone());
        }
        let (asked, name) = (Instant::now(), log.to_owned());
        let tag = self.ask(log, move |objects| async move { objects.tag(&name).await })?;
        let mark = tag.unwrap_or_else(|| "none".to_owned());
        marks().insert(log.to_owned(), (asked, mark.clone()));
        Ok(mark)
    }

    fn append(&self, log: &str, seen: &[u8], entry: Entry<'_>) -> Result<bool, Error> {
        let beside = entry.beside.map(|(name, bytes)| (name.to_owned(), Bytes::copy_from_slice(bytes)));
        let new = [seen, entry.line].concat().into();
        // Others may have added to it since.
        self.replace(
            log,
            Replacement { seen: seen.to_vec(), beside, new, is_ours: |now, new| now.starts_with(new) },
        )
    }

    fn cut(&self, log: &str, seen: &[u8], length: usize, kept: &str) -> Result<bool, Error> {
        let (new, end) = seen.split_at(length.min(seen.len()));
        let beside = Some((kept.to_owned(), Bytes::copy_from_slice(end)));
        let new = Bytes::copy_from_slice(new);
        self.replace(log, Replacement { seen: seen.to_vec(), beside, new, is_ours: |now, new| now == new })
    }
}

/// Nothing of the client, which knows the credentials.
impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("S3").field(&self.location).finish()
    }
}

/// What a log becomes.
struct Replacement {
    seen: Vec<u8>,
    /// A file that is put first, whose name says what it holds.
    beside: Option<(String, Bytes)>,
    new: Bytes,
    /// Whether a log shows that it became this.
    is_ours: fn(&[u8], &[u8]) -> bool,
}

impl Replacement {
    async fn make(self, objects: &Objects, log: &str) -> Result<bool, Error> {
        let Self { seen, beside, new, is_ours } = self;
        let (now, mode) = match objects.get(log).await? {
            Some(found) => (found.bytes, PutMode::Update(found.version)),
            None => (Bytes::new(), PutMode::Create),
        };
        if now != seen {
            return Ok(false);
        }
        if let Some((name, bytes)) = beside {
            objects.put(&name, bytes).await?;
        }
        let ours = new.clone();
        objects.put_if(log, new, mode, move |now| is_ours(now, &ours)).await
    }
}

/// A file of a folder, or one that stands by itself.
async fn get(objects: &Objects, file: &str) -> Result<Option<Vec<u8>>, Error> {
    if let Some((folder, name)) = file.rsplit_once('/')
        && let Some(index) = index_of(objects, folder).await?
        && let Some(at) = index.file(folder, name)
    {
        return get_whole(objects, &index, folder, name, &at).await.map(Some);
    }
    Ok(objects.get(file).await?.map(|found| found.bytes.to_vec()))
}

async fn get_folder(objects: &Objects, folder: &str) -> Result<FolderFiles, Error> {
    let missing = || objects.error("list", folder, io::ErrorKind::NotFound.into());
    let index = Arc::new(index_of(objects, folder).await?.ok_or_else(missing)?);
    let mut reading = JoinSet::new();
    for name in index.names() {
        let Some(at) = index.file(folder, name) else { continue };
        let (objects, index) = (objects.clone(), Arc::clone(&index));
        let (folder, name) = (folder.to_owned(), name.to_owned());
        reading.spawn(async move {
            let bytes = get_whole(&objects, &index, &folder, &name, &at).await?;
            Ok::<_, Error>((name, bytes))
        });
    }
    reading.join_all().await.into_iter().collect()
}

/// A file of a folder, as its index says.
async fn get_whole(
    objects: &Objects,
    index: &Index,
    folder: &str,
    name: &str,
    at: &str,
) -> Result<Vec<u8>, Error> {
    let file = format!("{folder}/{name}");
    let missing = || objects.error("read", &file, io::ErrorKind::NotFound.into());
    let bytes = objects.get(at).await?.ok_or_else(missing)?.bytes;
    let (found, expected) = (sha256(&bytes), index.sha256(name).unwrap_or_default());
    if found != expected {
        let path = objects.location().join(file);
        return Err(Error::Digest { path, expected: expected.to_owned(), found });
    }
    Ok(bytes.to_vec())
}

async fn index_of(objects: &Objects, folder: &str) -> Result<Option<Index>, Error> {
    let place = Index::place(folder);
    let Some(found) = objects.get(&place).await? else { return Ok(None) };
    let refuse = |message| Error::Format {
        path: objects.location().join(&place),
        expected: "the index of a folder",
        message,
    };
    Index::from_bytes(&found.bytes).map(Some).map_err(refuse)
}

/// Puts the files, where nobody finds them, and then the index.
async fn put_new(objects: &Objects, folder: &str, files: FolderFiles, index: Index) -> Result<bool, Error> {
    let place = Index::place(folder);
    // Before anything is sent in vain.
    if objects.get(&place).await?.is_some() {
        return Ok(false);
    }
    let kept = index.to_bytes().map_err(|e| objects.error("write", &place, io::Error::other(e)))?;
    let kept = Bytes::from(kept);
    let places: Vec<String> = index.names().filter_map(|name| index.file(folder, name)).collect();
    let mut putting = JoinSet::new();
    for (at, bytes) in places.iter().cloned().zip(files.into_values()) {
        let objects = objects.clone();
        putting.spawn(async move { objects.put(&at, bytes.into()).await });
    }
    putting.join_all().await.into_iter().collect::<Result<(), Error>>()?;
    let ours = kept.clone();
    if objects.put_if(&place, kept, PutMode::Create, |now| now == ours).await? {
        return Ok(true);
    }
    // Somebody else was first. What cannot be removed is in nobody's way.
    for at in &places {
        let _removed = objects.remove(at).await;
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
