//! Whether the files that a service writes to are still the ones that have the log's name.
//!
//! A file that is deleted or replaced stays open for whoever has it open: entries would go on being acknowledged into a
//! file that nobody can find any more, and vanish with the process.

use std::path::Path;

use super::file::beside;

/// The log and the write-ahead file beside it: device and inode of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Files([Option<Place>; 2]);

type Place = (u64, u64);

impl Files {
    /// The files that have the names now.
    pub fn at(path: &Path) -> Self {
        Self([place(path), place(&beside(path, "-wal"))])
    }

    /// What has become of these files since; nothing if they are still there.
    pub fn changed(&self, path: &Path) -> Option<String> {
        let now = Self::at(path);
        if now == *self {
            return None;
        }
        let names = ["", "-wal"].map(|suffix| beside(path, suffix).display().to_string());
        let pairs = self.0.iter().zip(&now.0).zip(names);
        let told = pairs.filter(|((before, now), _)| before != now).map(|((_, now), name)| match now {
            None => format!("`{name}` was deleted or moved while the log was open"),
            Some(_) => format!("`{name}` was replaced by another file while the log was open"),
        });
        Some(told.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(unix)]
fn place(path: &Path) -> Option<Place> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Where files have no number that stays, an open file cannot be deleted or replaced either.
#[cfg(not(unix))]
fn place(_: &Path) -> Option<Place> {
    None
}
