//! Both stores hold to the suite, and stores that do not are found out by it.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use crate::Error;
use crate::registry::{Entry, Folder, FolderFiles, Memory, Store, conformance};

#[test]
fn a_folder_is_a_store() {
    let (dir, n) = (tempfile::tempdir().unwrap(), Cell::new(0));
    conformance::check(|| {
        n.set(n.get() + 1);
        Folder::create(dir.path().join(n.get().to_string())).unwrap()
    });
}

#[test]
fn a_memory_is_a_store() {
    conformance::check(Memory::default);
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    PutsAgain,
    PutsHalf,
    Forgets,
    ListsBackwards,
    AddsToWhatWasNotSeen,
    AddsNothing,
    KeepsBesideWhenRefused,
    ChangesASecret,
    MarksAllLogsAlike,
    CutsWhatWasNotSeen,
    LosesWhatIsCut,
}

#[derive(Debug)]
struct Faulty(Memory, Fault);

impl Store for Faulty {
    fn location(&self) -> &Path {
        self.0.location()
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let mut names = self.0.list(folder)?;
        if self.1 == Fault::ListsBackwards {
            names.reverse();
        }
        Ok(names)
    }

    fn get(&self, file: &str) -> Result<Option<Vec<u8>>, Error> {
        self.0.get(file)
    }

    fn get_folder(&self, folder: &str) -> Result<FolderFiles, Error> {
        self.0.get_folder(folder)
    }

    fn put_new(&self, folder: &str, files: &FolderFiles) -> Result<bool, Error> {
        match self.1 {
            Fault::PutsAgain => self.0.put_new(folder, files).map(|_| true),
            Fault::PutsHalf => {
                self.0.put_new(folder, &files.iter().take(1).map(|(n, b)| (n.clone(), b.clone())).collect())
            }
            Fault::Forgets => Ok(self.0.list(folder)?.is_empty()),
            _ => self.0.put_new(folder, files),
        }
    }

    fn put_secret(&self, file: &str, fresh: &[u8]) -> Result<Vec<u8>, Error> {
        match self.1 {
            Fault::ChangesASecret => Ok(self.0.put_secret(file, fresh).map(|_| fresh.to_vec())?),
            _ => self.0.put_secret(file, fresh),
        }
    }

    fn log(&self, log: &str) -> Result<Vec<u8>, Error> {
        self.0.log(log)
    }

    fn mark(&self, log: &str) -> Result<String, Error> {
        match self.1 {
            Fault::MarksAllLogsAlike => Ok("log".to_owned()),
            _ => self.0.mark(log),
        }
    }

    fn append(&self, log: &str, seen: &[u8], entry: Entry<'_>) -> Result<bool, Error> {
        match self.1 {
            Fault::AddsToWhatWasNotSeen => self.0.append(log, &self.0.log(log)?, entry),
            Fault::AddsNothing => Ok(self.0.log(log)? == seen),
            Fault::KeepsBesideWhenRefused => {
                let added = self.0.append(log, seen, entry)?;
                if !added && entry.beside.is_some() {
                    self.0.append(log, &self.0.log(log)?, Entry { line: b"", ..entry })?;
                }
                Ok(added)
            }
            _ => self.0.append(log, seen, entry),
        }
    }

    fn cut(&self, log: &str, seen: &[u8], length: usize, kept: &str) -> Result<bool, Error> {
        match self.1 {
            Fault::CutsWhatWasNotSeen => self.0.cut(log, &self.0.log(log)?, length, kept),
            Fault::LosesWhatIsCut => self.0.cut(log, seen, length, "elsewhere"),
            _ => self.0.cut(log, seen, length, kept),
        }
    }
}

#[test]
fn the_suite_finds_faults() {
    for fault in [
        Fault::PutsAgain,
        Fault::PutsHalf,
        Fault::Forgets,
        Fault::ListsBackwards,
        Fault::AddsToWhatWasNotSeen,
        Fault::MarksAllLogsAlike,
        Fault::CutsWhatWasNotSeen,
        Fault::LosesWhatIsCut,
        Fault::AddsNothing,
        Fault::KeepsBesideWhenRefused,
        Fault::ChangesASecret,
    ] {
        let run = || conformance::check(|| Faulty(Memory::default(), fault));
        assert!(panic::catch_unwind(AssertUnwindSafe(run)).is_err(), "{fault:?} passes");
    }
}
