//! Files that are there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::Error;

/// Writes a file beside `path`, makes it durable and renames it; on any problem nothing is left behind and what stood at
/// `path` still stands.
pub(super) fn replace(path: &Path, fill: impl FnOnce(&mut File) -> Result<(), Error>) -> Result<(), Error> {
    let aside = beside(path);
    let io = |source| Error::Io { action: "write", path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).open(&aside).map_err(io)?;
    let written = fill(&mut file)
        .and_then(|()| file.sync_all().map_err(io))
        .and_then(|()| fs::rename(&aside, path).map_err(io));
    if written.is_err() {
        // The first problem is the one to report; what cannot be removed now is a stray hidden file.
        let _ = fs::remove_file(&aside);
        return written;
    }
    sync_parent(path).map_err(io)
}

/// Makes a rename durable: it is once its directory is.
pub(super) fn sync_parent(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|directory| directory.sync_all())
}

/// A hidden name in the same directory, so that the rename stays on one file system.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}
