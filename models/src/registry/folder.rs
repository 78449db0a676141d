//! A registry in a folder of a file system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::aside::Aside;
use super::mounted::is_on_own_disk;
use super::store::{Entry, FolderFiles, Store};
use crate::Error;
use crate::artefact::{format, read_folder, sync_dir, write};

/// A store in a folder.
///
/// A folder of files is written aside, made durable, read back and only then renamed into place. A log is locked while
/// it is read and while it is added to.
#[derive(Debug, Clone)]
pub struct Folder {
    dir: PathBuf,
}

impl Folder {
    /// Opens an existing folder.
    ///
    /// # Errors
    /// [`Error::Io`] if there is no such folder, [`Error::Format`] if it is not a folder.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        let dir = dir.into();
        let kind = fs::metadata(&dir).map_err(failed("open", &dir))?;
        if !kind.is_dir() {
            return Err(format(&dir, "a registry", "found a file, expected a folder".to_owned()));
        }
        Ok(Self { dir })
    }

    /// Opens a folder, making it if there is none.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be made, [`Error::Format`] if something else has its name.
    pub fn create(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        let dir = dir.into();
        if !dir.exists() {
            fs::create_dir_all(&dir).map_err(failed("create", &dir))?;
        }
        Self::open(dir)
    }
}

impl Store for Folder {
    fn location(&self) -> &Path {
        &self.dir
    }

    /// A link to a folder is a folder. Links that lead nowhere, hidden folders and names that are not UTF-8 are none of ours.
    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let dir = self.dir.join(folder);
        // What is missing is missing; the store itself is not.
        if !folder.is_empty() && !dir.is_dir() {
            return Ok(Vec::new());
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&dir).map_err(failed("list", &dir))? {
            let entry = entry.map_err(failed("list", &dir))?;
            // Asked of what a link leads to, and not of the link.
            let is_dir = match fs::metadata(entry.path()) {
                Ok(data) => data.is_dir(),
                Err(e) if e.kind() == io::ErrorKind::NotFound => false,
                Err(source) => return Err(Error::Io { action: "list", path: entry.path(), source }),
            };
            if is_dir
                && let Ok(name) = entry.file_name().into_string()
                && !name.starts_with('.')
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn get(&self, file: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.dir.join(file);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Io { action: "read", path, source }),
        }
    }

    fn get_folder(&self, folder: &str) -> Result<FolderFiles, Error> {
        read_folder(&self.dir.join(folder))
    }

    fn put_new(&self, folder: &str, files: &FolderFiles) -> Result<bool, Error> {
        let place = self.dir.join(folder);
        let parent = parent(&place);
        make(parent)?;
        // An empty folder would be written over by the rename.
        if place.symlink_metadata().is_ok() {
            return Ok(false);
        }
        let mut aside = Aside::create(parent)?;
        for (name, bytes) in files {
            write(&aside.path().join(name), bytes)?;
        }
        if read_folder(aside.path())? != *files {
            let message = "what was read back is not what was written".to_owned();
            return Err(format(aside.path(), "the folder that was put", message));
        }
        sync_dir(aside.path())?;
        let moved = aside.move_to(&place)?;
        if moved {
            sync_dir(parent)?;
        }
        Ok(moved)
    }

    fn put_secret(&self, file: &str, fresh: &[u8]) -> Result<Vec<u8>, Error> {
        let path = self.dir.join(file);
        make(parent(&path))?;
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        // From its first moment on: a mode that is set afterwards leaves a moment in which others may open it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed("write", &path))?;
        // Whoever comes second waits here and finds what the first one wrote.
        file.lock().map_err(failed("lock", &path))?;
        let there = read_all(&path, &mut file)?;
        if !there.is_empty() {
            return Ok(there);
        }
        let written = file.write_all(fresh).and_then(|()| file.sync_all());
        if let Err(source) = written {
            // As of a log: what is half written would be taken for the secret.
            let _undone = file.set_len(0);
            return Err(Error::Io { action: "write", path, source });
        }
        sync_dir(parent(&path))?;
        Ok(fresh.to_vec())
    }

    fn log(&self, log: &str) -> Result<Vec<u8>, Error> {
        let path = self.dir.join(log);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(Error::Io { action: "read", path, source }),
        };
        // Shared with other readers; waits for a line that is just being added. Given back when the file is closed.
        file.lock_shared().map_err(failed("lock", &path))?;
        read_all(&path, &mut file)
    }

    /// Which file it is, how long, and when it was changed last. No lock is taken: nobody who holds one is waited for.
    fn mark(&self, log: &str) -> Result<String, Error> {
        let path = self.dir.join(log);
        match fs::metadata(&path) {
            Ok(found) => {
                let changed = found.modified().map_err(failed("read", &path))?;
                Ok(format!("{} {} {changed:?}", number(&found), found.len()))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok("none".to_owned()),
            Err(source) => Err(Error::Io { action: "read", path, source }),
        }
    }

    fn is_at_hand(&self, log: &str) -> bool {
        is_on_own_disk(&self.dir.join(log))
    }

    fn append(&self, log: &str, seen: &[u8], entry: Entry<'_>) -> Result<bool, Error> {
        let path = self.dir.join(log);
        make(parent(&path))?;
        let opened = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let mut file = opened.map_err(failed("write", &path))?;
        // Nobody else reads or adds to it until the file is closed.
        file.lock().map_err(failed("lock", &path))?;
        if read_all(&path, &mut file)? != seen {
            return Ok(false);
        }
        if let Some((name, bytes)) = entry.beside {
            self.put_beside(name, bytes)?;
        }
        let written = file.write_all(entry.line).and_then(|()| file.sync_all());
        if let Err(source) = written {
            // Half a line (a full disk) would make the whole file unreadable. If this fails too, readers say so.
            let _undone = file.set_len(seen.len() as u64);
            return Err(Error::Io { action: "write", path, source });
        }
        sync_dir(parent(&path))?;
        Ok(true)
    }

    fn cut(&self, log: &str, seen: &[u8], length: usize, kept: &str) -> Result<bool, Error> {
        let path = self.dir.join(log);
        let opened = OpenOptions::new().read(true).append(true).open(&path);
        let mut file = opened.map_err(failed("write", &path))?;
        file.lock().map_err(failed("lock", &path))?;
        if read_all(&path, &mut file)? != seen {
            return Ok(false);
        }
        self.put_beside(kept, seen.get(length..).unwrap_or_default())?;
        file.set_len(length.min(seen.len()) as u64)
            .and_then(|()| file.sync_all())
            .map_err(failed("write", &path))?;
        Ok(true)
    }
}

impl Folder {
    fn put_beside(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let place = self.dir.join(name);
        let folder = parent(&place);
        make(folder)?;
        let hidden = place.file_name().map(|name| format!(".{}", name.to_string_lossy())).unwrap_or_default();
        let aside = folder.join(hidden);
        write(&aside, bytes)?;
        fs::rename(&aside, &place).map_err(failed("rename", &aside))?;
        sync_dir(folder)
    }
}

/// What tells a file from others that had its name.
#[cfg(unix)]
fn number(of: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(of)
}

/// Files have no number here that the standard library tells.
#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}

/// The folder that something is in.
fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// Makes a folder, durably, unless it is there.
fn make(dir: &Path) -> Result<(), Error> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir).map_err(failed("create", dir))?;
    sync_dir(parent(dir))
}

fn read_all(path: &Path, file: &mut File) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed("read", path))?;
    Ok(bytes)
}

fn failed(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Error {
    move |source| Error::Io { action, path: path.to_owned(), source }
}
