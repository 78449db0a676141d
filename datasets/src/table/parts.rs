//! A large Parquet file, written part by part so that a run that was killed goes on where it stopped.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::ops::Range;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;
use serde::{Deserialize, Serialize};

use super::columns::Cells;
use super::kind::Kind;
use super::parquet_in::{self, ParquetIn, Span};
use super::parquet_out::{Column, Packing, ParquetOut};
use super::replace::{replace, sync_parent};
use super::write::failed;
use crate::{Error, Problem, Problems};

/// The only layout of the folder there is so far.
const FORMAT: u32 = 1;

const PROGRESS: &str = "progress.json";
const LOCK: &str = "lock";
const WHOLE: &str = "whole.parquet";

/// What a folder of parts is for, kept in it as `progress.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartsPlan {
    /// Rows of the whole file.
    pub n_rows: usize,
    /// Rows of each part but the last; each part becomes a row group of the whole file.
    pub rows_per_part: usize,
    /// All that decides what the parts hold, by name: the input, what is done with it, ...
    pub made_from: BTreeMap<String, String>,
}

/// A file that grows in a folder beside it, `FILE.parts`, until it is whole.
///
/// Each part is durable before it has its name, so whatever has its name is finished. The folder is locked while it is
/// open, and belongs to one [`PartsPlan`].
pub struct Parts {
    path: PathBuf,
    dir: PathBuf,
    plan: PartsPlan,
    done: Vec<bool>,
    /// Held until the parts are closed, or the process ends in whatever way.
    _lock: File,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Progress {
    format: u32,
    plan: PartsPlan,
}

impl Parts {
    /// Opens the folder of a file, or makes it; what was made for the same plan is kept.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming everything in which the plan of the folder differs, if the folder is in use, or if it is
    /// no folder of parts; [`Error::Io`]; [`Error::Format`] naming the part that is damaged.
    pub fn open(path: &Path, plan: PartsPlan) -> Result<Self, Error> {
        let dir = folder(path);
        if let Err(source) = fs::create_dir(&dir)
            && !dir.is_dir()
        {
            return Err(Error::Io { action: "write", path: dir, source });
        }
        let lock = lock(&dir)?;
        let progress = dir.join(PROGRESS);
        if progress.exists() {
            read_progress(&progress)?.check(&plan, &dir)?;
        } else {
            refuse_other_files(&dir)?;
            let made = Progress { format: FORMAT, plan: plan.clone() };
            let json = serde_json::to_vec_pretty(&made).map_err(|e| failed(&progress, e))?;
            let io = |source| Error::Io { action: "write", path: progress.clone(), source };
            replace(&progress, |file| std::io::Write::write_all(file, &json).map_err(io))?;
        }
        let mut parts = Self { path: path.to_owned(), dir, plan, done: Vec::new(), _lock: lock };
        parts.remove_strays()?;
        parts.done = (0..parts.n_parts()).map(|at| parts.is_whole(at)).collect::<Result<_, _>>()?;
        Ok(parts)
    }

    /// Number of parts.
    pub fn n_parts(&self) -> usize {
        self.plan.n_rows.div_ceil(self.plan.rows_per_part)
    }

    /// The rows of a part, counted from 0.
    pub fn rows(&self, part: usize) -> Range<usize> {
        let start = part.saturating_mul(self.plan.rows_per_part).min(self.plan.n_rows);
        start..start.saturating_add(self.plan.rows_per_part).min(self.plan.n_rows)
    }

    /// The parts that are not there yet, in order.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.n_parts()).filter(|&at| !self.done[at]).collect()
    }

    /// Rows of the parts that have not been written yet.
    pub fn n_rows_missing(&self) -> usize {
        self.missing().iter().map(|&at| self.rows(at).len()).sum()
    }

    /// Writes a part: the same columns in every part, as many cells as the part has rows.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be written, two columns have one name or differ in length, or it has other than its
    /// number of rows; the part is not there then.
    pub fn write(&mut self, at: usize, columns: Vec<(String, Cells)>) -> Result<(), Error> {
        let path = self.part(at);
        let mut names = std::collections::BTreeSet::new();
        if let Some((name, _)) = columns.iter().find(|(name, _)| !names.insert(name)) {
            return Err(failed(&path, format!("two columns are named `{name}`")));
        }
        let (found, expected) = (columns.first().map_or(0, |(_, c)| c.n_rows()), self.rows(at).len());
        if found != expected {
            return Err(failed(&path, format!("{found} rows found, expected {expected}")));
        }
        replace(&path, |file| write_once(file, &columns).map_err(|e| failed(&path, e)))?;
        self.done[at] = true;
        Ok(())
    }

    /// Puts the parts together, a part a row group, and removes the folder; `metadata` stands under its key in the file.
    ///
    /// The same parts give the same bytes. `each` is told the rows of each part that is in.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Format`]; what stood at the place of the file still stands, and the parts are kept.
    pub fn finish(self, metadata: (&str, String), mut each: impl FnMut(usize)) -> Result<(), Error> {
        if let Some(at) = self.missing().first() {
            return Err(failed(&self.path, format!("part {at} is not there yet")));
        }
        let whole = self.dir.join(WHOLE);
        let refuse = |e| failed(&self.path, e);
        replace(&whole, |file| {
            let mut writer: Option<ParquetOut<_>> = None;
            let mut to = Some((file, metadata));
            for at in 0..self.n_parts() {
                let cells = self.read(at)?;
                let columns = borrowed(&cells);
                if let Some((file, metadata)) = to.take() {
                    let new = ParquetOut::new(file, &columns, &Packing::Small, Some(metadata));
                    writer = Some(new.map_err(refuse)?);
                }
                if let Some(writer) = &mut writer {
                    writer.write(&columns).map_err(refuse)?;
                }
                each(self.rows(at).len());
            }
            writer.map_or(Ok(()), ParquetOut::finish).map_err(refuse)
        })?;
        let io = |source| Error::Io { action: "write", path: self.path.clone(), source };
        fs::rename(&whole, &self.path).and_then(|()| sync_parent(&self.path)).map_err(io)?;
        self.discard()
    }

    /// Removes the folder with all parts.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn discard(self) -> Result<(), Error> {
        fs::remove_dir_all(&self.dir).map_err(|source| Error::Io { action: "remove", path: self.dir, source })
    }

    fn part(&self, at: usize) -> PathBuf {
        self.dir.join(format!("part-{at:05}.parquet"))
    }

    fn read(&self, at: usize) -> Result<Vec<(String, Cells)>, Error> {
        let path = self.part(at);
        let file = opened(&path)?;
        let all = Span::without(&[], 0..file.n_rows);
        let cells = file.columns.iter().map(|leaf| {
            let cells = match leaf.kind {
                Kind::Text => {
                    let texts = file.texts(leaf, &all)?;
                    Cells::Text(texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
                }
                _ => {
                    let floats = file.floats(leaf, &all)?;
                    Cells::Number(floats.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect())
                }
            };
            Ok((leaf.name.clone(), cells))
        });
        cells.collect::<Result<_, ParquetError>>().map_err(|e| damaged(path, e.to_string()))
    }

    /// Whether a part is there; an error if it is and holds other than its number of rows.
    fn is_whole(&self, at: usize) -> Result<bool, Error> {
        let path = self.part(at);
        if !path.exists() {
            return Ok(false);
        }
        let (found, expected) = (opened(&path)?.n_rows, self.rows(at).len());
        if found != expected {
            let message = format!(
                "{found} rows found, expected {expected}: remove the file so that it is written again"
            );
            return Err(damaged(path, message));
        }
        Ok(true)
    }

    /// Removes what a killed run was writing.
    fn remove_strays(&self) -> Result<(), Error> {
        let io = |source| Error::Io { action: "write", path: self.dir.clone(), source };
        for entry in fs::read_dir(&self.dir).map_err(io)? {
            let path = entry.map_err(io)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == WHOLE || name.starts_with('.') && name.ends_with(".tmp") {
                fs::remove_file(&path).map_err(io)?;
            }
        }
        Ok(())
    }
}

impl Progress {
    /// Refuses parts that were made for another plan.
    fn check(self, plan: &PartsPlan, dir: &Path) -> Result<(), Error> {
        let mut problems = Problems::default();
        let mut compare = |name: &str, found: &str, expected: &str| {
            if found != expected {
                problems.push(Problem::new(name, format!("{name} `{found}` found, expected `{expected}`")));
            }
        };
        compare("format", &self.format.to_string(), &FORMAT.to_string());
        compare("n_rows", &self.plan.n_rows.to_string(), &plan.n_rows.to_string());
        compare("rows_per_part", &self.plan.rows_per_part.to_string(), &plan.rows_per_part.to_string());
        let names = self.plan.made_from.keys().chain(plan.made_from.keys());
        for name in names.collect::<std::collections::BTreeSet<_>>() {
            let of =
                |plan: &PartsPlan| plan.made_from.get(name).cloned().unwrap_or_else(|| "nothing".to_owned());
            compare(name, &of(&self.plan), &of(plan));
        }
        let what = format!(
            "the parts in `{}` belong to another run (finish that run, remove the folder or write to another file)",
            dir.display()
        );
        problems.or(what, ())
    }
}

fn borrowed(cells: &[(String, Cells)]) -> Vec<(String, Column<'_>)> {
    cells.iter().map(|(name, cells)| (name.clone(), cells.column())).collect()
}

/// Writes a part: read once and removed, so time matters, not space.
fn write_once(file: &mut File, cells: &[(String, Cells)]) -> Result<(), ParquetError> {
    let columns = borrowed(cells);
    let mut writer = ParquetOut::new(file, &columns, &Packing::Fast, None)?;
    writer.write(&columns)?;
    writer.finish()
}

fn opened(path: &Path) -> Result<ParquetIn, Error> {
    let opened = parquet_in::open(path);
    let opened = opened.map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
    opened.map_err(|e| damaged(path.to_owned(), e.to_string()))
}

fn damaged(path: PathBuf, message: String) -> Error {
    Error::Format { path, expected: "a part", message }
}

fn folder(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".parts");
    path.with_file_name(name)
}

fn lock(dir: &Path) -> Result<File, Error> {
    let io = |source| Error::Io { action: "write", path: dir.join(LOCK), source };
    let file = File::create(dir.join(LOCK)).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = "another run is writing into the folder, expected none";
            Err(Error::invalid(format!("parts `{}`", dir.display()), Problem::new(LOCK, message)))
        }
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

fn read_progress(path: &Path) -> Result<Progress, Error> {
    let bytes =
        fs::read(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
    serde_json::from_slice(&bytes).map_err(|e| Error::Format {
        path: path.to_owned(),
        expected: "the progress of a run",
        message: e.to_string(),
    })
}

/// A folder without progress is new, or somebody else's.
fn refuse_other_files(dir: &Path) -> Result<(), Error> {
    let io = |source| Error::Io { action: "read", path: dir.to_owned(), source };
    for entry in fs::read_dir(dir).map_err(io)? {
        let name = entry.map_err(io)?.file_name();
        let name = name.to_string_lossy();
        if name != LOCK && !name.starts_with(&format!(".{PROGRESS}.")) {
            let message =
                format!("`{name}` found and no `{PROGRESS}`: not a folder that this command has made");
            return Err(Error::invalid(
                format!("parts `{}`", dir.display()),
                Problem::new(PROGRESS, message),
            ));
        }
    }
    Ok(())
}
