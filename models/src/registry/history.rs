//! The moves of a model's aliases: one line each, chained by digest, only ever added to.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::artefact::{format, sha256};

pub(super) const FILE: &str = "aliases.jsonl";

const EXPECTED: &str = "an unbroken history of aliases";

/// One move of one alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The name that points.
    pub alias: String,
    /// Number of the version it points to from here on.
    pub version: u32,
    /// Digest of that version.
    pub digest: String,
    /// Number of the version it pointed to before, if any.
    pub from: Option<u32>,
    /// Who moved it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When, RFC 3339, told by the caller.
    pub at: String,
    /// SHA-256 (hex) of the line before, without its line feed; nothing on the first line.
    pub previous: Option<String>,
}

/// The moves of a model, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct History {
    pub(super) moves: Vec<Move>,
    /// Digest of the last line.
    last: Option<String>,
}

impl History {
    /// Reads and checks all lines; a model without the file has no moves.
    pub(super) fn read(model_dir: &Path) -> Result<Self, Error> {
        let path = model_dir.join(FILE);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(Error::Io { action: "read", path, source }),
        };
        // Shared with other readers; waits for a line that is just being added. Given back when the file is closed.
        file.lock_shared().map_err(|source| Error::Io { action: "lock", path: path.clone(), source })?;
        Self::parse(&path, &read_all(&path, &mut file)?)
    }

    /// Where an alias points.
    pub(super) fn current(&self, alias: &str) -> Option<&Move> {
        self.moves.iter().rev().find(|m| m.alias == alias)
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let mut history = Self::default();
        for (line, number) in bytes.split_inclusive(|&b| b == b'\n').zip(1..) {
            let refuse = |problem: String| Err(format(path, EXPECTED, format!("line {number} {problem}")));
            let Some(line) = line.strip_suffix(b"\n") else {
                return refuse(format!("is cut short after {} bytes, expected a line feed", line.len()));
            };
            let a_move: Move = match serde_json::from_slice(line) {
                Ok(a_move) => a_move,
                Err(e) => return refuse(format!("is not a move of an alias: {e}")),
            };
            if a_move.previous != history.last {
                let say = |digest: &Option<String>| digest.clone().unwrap_or_else(|| "none".to_owned());
                let (found, expected) = (say(&a_move.previous), say(&history.last));
                return refuse(format!("follows a line with digest {found}, the line before has {expected}"));
            }
            let from = history.current(&a_move.alias).map(|m| m.version);
            if a_move.from != from {
                let say =
                    |version: Option<u32>| version.map_or("nowhere".to_owned(), |v| format!("version {v}"));
                let (alias, found, expected) = (&a_move.alias, say(a_move.from), say(from));
                return refuse(format!("moves `{alias}` from {found}, it pointed to {expected}"));
            }
            history.last = Some(sha256(line));
            history.moves.push(a_move);
        }
        Ok(history)
    }
}

/// The history opened for one more line; nobody else adds to it as long as this lives.
pub(super) struct Writer {
    path: PathBuf,
    file: File,
    length: u64,
    history: History,
}

impl Writer {
    /// Waits for its turn, then reads and checks all lines.
    pub(super) fn open(model_dir: &Path) -> Result<Self, Error> {
        let path = model_dir.join(FILE);
        let io = |action| {
            let path = path.clone();
            move |source| Error::Io { action, path, source }
        };
        let opened = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let mut file = opened.map_err(io("write"))?;
        file.lock().map_err(io("lock"))?;
        let bytes = read_all(&path, &mut file)?;
        let history = History::parse(&path, &bytes)?;
        Ok(Self { length: bytes.len() as u64, path, file, history })
    }

    pub(super) fn history(&self) -> &History {
        &self.history
    }

    /// Adds one line, chained to the last, and waits until it is on disk.
    pub(super) fn append(mut self, a_move: Move) -> Result<Move, Error> {
        let a_move = Move { previous: self.history.last.clone(), ..a_move };
        let mut line =
            serde_json::to_vec(&a_move).map_err(|e| format(&self.path, EXPECTED, e.to_string()))?;
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_all());
        if let Err(source) = written {
            // Half a line (a full disk) would make the whole history unreadable. If this fails too, readers say so.
            let _undone = self.file.set_len(self.length);
            return Err(Error::Io { action: "write", path: self.path, source });
        }
        Ok(a_move)
    }
}

fn read_all(path: &Path, file: &mut File) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match file.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Error::Io { action: "read", path: path.to_owned(), source }),
    }
}
