//! What is asked of an object store: each question with a bounded number of attempts, each error with its place.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use amparo_models::Error;
use bytes::Bytes;
use object_store::path::{Path, PathPart};
use object_store::{ObjectStore, ObjectStoreExt, PutMode, UpdateVersion};
use tokio::time::{Instant, sleep};

use super::failure::{is_passing, is_refusal, told};

/// How often a question is asked at most.
const ATTEMPTS: u32 = 3;

/// Pause before the second attempt; the third waits four times as long.
const PAUSE: Duration = Duration::from_millis(200);

/// How long after the first attempt another one may begin.
const GIVE_UP: Duration = Duration::from_secs(10);

/// Objects below a prefix. Cheap to clone.
#[derive(Clone)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// What they are called in errors.
    location: Arc<PathBuf>,
}

/// An object as it was read.
pub(super) struct Object {
    pub bytes: Bytes,
    /// What a put that must replace this very object states.
    pub version: UpdateVersion,
}

impl Objects {
    /// The objects of a store below a prefix.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: &str, location: PathBuf) -> Self {
        Self { store, prefix: Path::from(prefix), location: Arc::new(location) }
    }

    /// What they are called.
    pub fn location(&self) -> &std::path::Path {
        &self.location
    }

    /// Names of the folders in a folder that are not hidden, in the order of their bytes.
    pub async fn folders(&self, folder: &str) -> Result<Vec<String>, Error> {
        let at = self.at(folder);
        let below = Some(&at).filter(|at| !at.is_root());
        let mut attempts = Attempts::new();
        let listed = loop {
            match self.store.list_with_delimiter(below).await {
                Err(error) if is_passing(&error) && attempts.another().await => {}
                listed => break listed.map_err(self.failed("list", folder))?,
            }
        };
        let names = listed.common_prefixes.iter().filter_map(|prefix| prefix.filename().map(str::to_owned));
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        Ok(names)
    }

    /// An object; `None` if it is not there.
    pub async fn get(&self, file: &str) -> Result<Option<Object>, Error> {
        let at = self.at(file);
        let mut attempts = Attempts::new();
        loop {
            return match self.get_once(&at).await {
                Ok(object) => Ok(Some(object)),
                Err(error) if is_passing(&error) && attempts.another().await => continue,
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(self.failed("read", file)(error)),
            };
        }
    }

    async fn get_once(&self, at: &Path) -> object_store::Result<Object> {
        let found = self.store.get(at).await?;
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        Ok(Object { bytes: found.bytes().await?, version })
    }

    /// The entity tag of an object; `None` if it is not there.
    pub async fn tag(&self, file: &str) -> Result<Option<String>, Error> {
        let at = self.at(file);
        let mut attempts = Attempts::new();
        let found = loop {
            match self.store.head(&at).await {
                Err(error) if is_passing(&error) && attempts.another().await => {}
                Err(error) if is_missing(&error) => return Ok(None),
                found => break found.map_err(self.failed("read", file))?,
            }
        };
        let untagged = || self.error("read", file, io::Error::other("the store gives it no entity tag"));
        found.e_tag.map(Some).ok_or_else(untagged)
    }

    /// Puts an object, over another one if there is one.
    pub async fn put(&self, file: &str, bytes: Bytes) -> Result<(), Error> {
        let at = self.at(file);
        let mut attempts = Attempts::new();
        loop {
            match self.store.put(&at, bytes.clone().into()).await {
                Err(error) if is_passing(&error) && attempts.another().await => {}
                put => return put.map(|_| ()).map_err(self.failed("write", file)),
            }
        }
    }

    /// Puts an object if the condition of `mode` holds; `false` if it does not.
    ///
    /// Where the connection broke, the object may have been put all the same. Another attempt would then be refused because of the
    /// first one, so the object is read: `is_ours` says whether it shows that ours was put. Where it was not and the condition no
    /// longer holds, ours can never be put, however many answers were lost.
    pub async fn put_if(
        &self,
        file: &str,
        bytes: Bytes,
        mode: PutMode,
        is_ours: impl Fn(&[u8]) -> bool,
    ) -> Result<bool, Error> {
        let at = self.at(file);
        let mut attempts = Attempts::new();
        // Whether an attempt had no answer.
        let mut is_open = false;
        let ended = loop {
            match self.store.put_opts(&at, bytes.clone().into(), mode.clone().into()).await {
                Ok(_) => return Ok(true),
                Err(error) if is_refusal(&error) => break None,
                Err(error) => {
                    is_open |= matches!(error, object_store::Error::Generic { .. });
                    if !is_passing(&error) || !attempts.another().await {
                        break Some(self.failed("write", file)(error));
                    }
                }
            }
        };
        if !is_open {
            return ended.map_or(Ok(false), Err);
        }
        let now = self.get(file).await?;
        match ended {
            _ if now.as_ref().is_some_and(|now| is_ours(&now.bytes)) => Ok(true),
            Some(error) if holds(&mode, now.as_ref()) => Err(error),
            _ => Ok(false),
        }
    }

    /// Removes an object, if it is there.
    pub async fn remove(&self, file: &str) -> Result<(), Error> {
        match self.store.delete(&self.at(file)).await {
            Err(error) if is_missing(&error) => Ok(()),
            removed => removed.map_err(self.failed("remove", file)),
        }
    }

    /// An error with its place.
    pub fn error(&self, action: &'static str, file: &str, source: io::Error) -> Error {
        Error::Io { action, path: self.location.join(file), source }
    }

    fn failed(&self, action: &'static str, file: &str) -> impl FnOnce(object_store::Error) -> Error {
        move |error| self.error(action, file, told(&error))
    }

    fn at(&self, path: &str) -> Path {
        let below = path.split('/').filter(|name| !name.is_empty()).map(PathPart::from);
        self.prefix.parts().chain(below).collect()
    }
}

/// Whether the object is not there. A bucket that is not there is something else.
fn is_missing(error: &object_store::Error) -> bool {
    match error {
        object_store::Error::NotFound { source, .. } => !source.to_string().contains("NoSuchBucket"),
        _ => false,
    }
}

/// Whether the condition of a put holds for what is there.
fn holds(mode: &PutMode, now: Option<&Object>) -> bool {
    match mode {
        PutMode::Overwrite => true,
        PutMode::Create => now.is_none(),
        PutMode::Update(read) => now.is_some_and(|now| now.version.e_tag == read.e_tag),
    }
}

/// The attempts of one question.
struct Attempts {
    begun: Instant,
    n: u32,
}

impl Attempts {
    fn new() -> Self {
        Self { begun: Instant::now(), n: 1 }
    }

    /// Pauses before another attempt; `false`, at once, if none may be made.
    async fn another(&mut self) -> bool {
        let pause = PAUSE * 4_u32.pow(self.n - 1);
        if self.n == ATTEMPTS || self.begun.elapsed() + pause > GIVE_UP {
            return false;
        }
        self.n += 1;
        sleep(pause).await;
        true
    }
}
