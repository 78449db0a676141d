//! Runs as folders of plain files.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::sent::SentByServer;
use crate::{Address, Error, Head, Metric, Run, Sent};

/// Longest file of a run folder that is read.
const LONGEST_FILE: u64 = 256 * 1024 * 1024;

/// A folder that holds run folders.
#[derive(Debug, Clone)]
pub struct Runs(PathBuf);

impl Runs {
    /// The folder, which is made if there is none.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn create(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        let dir = dir.into();
        fs::create_dir_all(&dir).map_err(Error::io("create", &dir))?;
        Ok(Self(dir))
    }

    /// The folder, which must be there.
    ///
    /// # Errors
    /// A folder that is not there.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        let dir = dir.into();
        fs::read_dir(&dir).map_err(Error::io("read", &dir))?;
        Ok(Self(dir))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a run aside, makes it durable, and renames it into place: nobody sees half of it.
    ///
    /// # Errors
    /// Names that cannot be those of files, a run of the same id, or files that cannot be written.
    pub fn write(&self, run: &Run) -> Result<Kept, Error> {
        let path = self.0.join(&run.head.id);
        check_id(&run.head.id, &path)?;
        for name in run.artefacts.keys() {
            check_artefact(name, &path)?;
        }
        if path.exists() {
            return Err(Error::Folder { path, problem: "it is there already".to_owned() });
        }
        let aside = self.0.join(format!(".{}.part", run.head.id));
        let written = write_all(&aside, run)
            .and_then(|()| fs::rename(&aside, &path).map_err(Error::io("write", &path)));
        if let Err(error) = written {
            // The first problem is the one to report.
            let _ = fs::remove_dir_all(&aside);
            return Err(error);
        }
        Ok(Kept(path))
    }

    /// All runs in the order of their ids: parents before their children. What is no run folder is passed over.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn list(&self) -> Result<Vec<Kept>, Error> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(Error::io("read", &self.0))? {
            let path = entry.map_err(Error::io("read", &self.0))?.path();
            let is_aside = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if !is_aside && path.join("run.json").is_file() {
                found.push(Kept(path));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    /// The run of an id.
    pub(crate) fn of_id(&self, id: &str) -> Result<Kept, Error> {
        let path = self.0.join(id);
        check_id(id, &path)?;
        Ok(Kept(path))
    }
}

/// The folder of one run.
#[derive(Debug, Clone)]
pub struct Kept(PathBuf);

impl Kept {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the run.
    ///
    /// # Errors
    /// A file that is missing, or that is not as it was written.
    pub fn read(&self) -> Result<Run, Error> {
        let head: Head = self.json("run.json")?;
        check_id(&head.id, &self.0)?;
        if self.0.file_name().is_none_or(|name| name.to_string_lossy() != head.id.as_str()) {
            return Err(self.wrong(format!("`run.json` is of the run `{}`", head.id)));
        }
        let mut run = Run {
            head,
            params: self.json("params.json")?,
            metrics: self.metrics()?,
            undefined: self.json("undefined.json")?,
            tags: self.json("tags.json")?,
            artefacts: BTreeMap::new(),
        };
        artefacts(&self.0.join("artifacts"), "", &mut run.artefacts)?;
        Ok(run)
    }

    /// What a server has of the run, as far as it is known.
    ///
    /// # Errors
    /// A mark that cannot be read.
    pub fn sent(&self, to: &Address) -> Result<Option<Sent>, Error> {
        Ok(self.marks()?.remove(&to.to_string()))
    }

    /// Notes what a server has of the run.
    pub(crate) fn mark(&self, to: &Address, sent: &Sent) -> Result<(), Error> {
        let mut marks = self.marks()?;
        marks.insert(to.to_string(), sent.clone());
        let aside = self.0.join(".sent.json.part");
        write_json(&aside, &marks)?;
        let path = self.0.join("sent.json");
        fs::rename(&aside, &path).map_err(Error::io("write", &path))
    }

    /// Keeps other processes from sending the run, until what is returned is dropped.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        let path = self.0.join(".lock");
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::Busy { path: self.0.clone() }),
            Err(TryLockError::Error(source)) => Err(Error::io("lock", &path)(source)),
        }
    }

    /// The folder that it is in.
    pub(crate) fn runs(&self) -> Runs {
        Runs(self.0.parent().unwrap_or(Path::new(".")).to_owned())
    }

    fn marks(&self) -> Result<SentByServer, Error> {
        if self.0.join("sent.json").exists() { self.json("sent.json") } else { Ok(SentByServer::new()) }
    }

    fn metrics(&self) -> Result<Vec<Metric>, Error> {
        let bytes = read(&self.0.join("metrics.jsonl"))?;
        let lines = bytes.split(|&byte| byte == b'\n').zip(1..).filter(|(line, _)| !line.is_empty());
        let metrics = lines.map(|(line, number)| {
            let problem = |error| self.wrong(format!("line {number} of `metrics.jsonl`: {error}"));
            serde_json::from_slice::<Metric>(line).map_err(problem)
        });
        metrics.collect()
    }

    fn json<T: DeserializeOwned>(&self, file: &str) -> Result<T, Error> {
        let bytes = read(&self.0.join(file))?;
        serde_json::from_slice(&bytes).map_err(|error| self.wrong(format!("`{file}`: {error}")))
    }

    fn wrong(&self, problem: String) -> Error {
        Error::Folder { path: self.0.clone(), problem }
    }
}

fn write_all(aside: &Path, run: &Run) -> Result<(), Error> {
    if aside.exists() {
        // Left by a process that was killed: ids are never used twice.
        fs::remove_dir_all(aside).map_err(Error::io("write", aside))?;
    }
    fs::create_dir_all(aside.join("artifacts")).map_err(Error::io("create", aside))?;
    for (name, bytes) in &run.artefacts {
        let path = aside.join("artifacts").join(name);
        let parent = path.parent().unwrap_or(aside);
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
        write(&path, bytes)?;
    }
    let mut lines = Vec::new();
    for metric in &run.metrics {
        lines.extend(json(metric, aside)?);
        lines.push(b'\n');
    }
    write(&aside.join("metrics.jsonl"), &lines)?;
    write_json(&aside.join("params.json"), &run.params)?;
    write_json(&aside.join("undefined.json"), &run.undefined)?;
    write_json(&aside.join("tags.json"), &run.tags)?;
    write_json(&aside.join("run.json"), &run.head)
}

fn json(value: &impl Serialize, path: &Path) -> Result<Vec<u8>, Error> {
    let problem =
        |error: serde_json::Error| Error::Folder { path: path.to_owned(), problem: error.to_string() };
    serde_json::to_vec(value).map_err(problem)
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    let problem =
        |error: serde_json::Error| Error::Folder { path: path.to_owned(), problem: error.to_string() };
    let mut bytes = serde_json::to_vec_pretty(value).map_err(problem)?;
    bytes.push(b'\n');
    write(path, &bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let written =
        File::create(path).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(Error::io("write", path))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let length = fs::metadata(path).map_err(Error::io("read", path))?.len();
    if length > LONGEST_FILE {
        let problem = format!("it has {length} bytes, expected {LONGEST_FILE} at most");
        return Err(Error::Folder { path: path.to_owned(), problem });
    }
    fs::read(path).map_err(Error::io("read", path))
}

/// The files below a folder, by their path with `/`; links are not followed.
fn artefacts(dir: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
    for entry in fs::read_dir(dir).map_err(Error::io("read", dir))? {
        let entry = entry.map_err(Error::io("read", dir))?;
        let kind = entry.file_type().map_err(Error::io("read", entry.path()))?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        check_artefact(&name, dir)?;
        if kind.is_dir() {
            artefacts(&entry.path(), &format!("{name}/"), found)?;
        } else if kind.is_file() {
            found.insert(name, read(&entry.path())?);
        } else {
            let problem = format!("`{name}` is neither a file nor a folder");
            return Err(Error::Folder { path: dir.to_owned(), problem });
        }
    }
    Ok(())
}

fn is_plain(text: &str) -> bool {
    let may = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
    !text.is_empty() && !text.starts_with('.') && text.chars().all(may)
}

fn check_id(id: &str, path: &Path) -> Result<(), Error> {
    if is_plain(id) && id.len() <= 120 {
        return Ok(());
    }
    let problem = format!("`{id}` is no id of a run, expected letters, digits, `-`, `_` and `.`");
    Err(Error::Folder { path: path.to_owned(), problem })
}

fn check_artefact(name: &str, path: &Path) -> Result<(), Error> {
    // Deep enough for any version, and no more.
    if name.len() <= 400 && name.split('/').count() <= 10 && name.split('/').all(is_plain) {
        return Ok(());
    }
    let problem =
        format!("`{name}` is no name of an artefact, expected letters, digits, `-`, `_`, `.`, `@` and `/`");
    Err(Error::Folder { path: path.to_owned(), problem })
}
