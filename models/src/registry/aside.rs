use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Error;

/// A hidden folder beside the versions in which one is written; removed unless it was moved into place.
///
/// A killed process leaves it behind. Its name begins with a dot, so no reader ever takes it for a version.
pub(super) struct Aside {
    path: PathBuf,
    moved: bool,
}

impl Aside {
    pub(super) fn create(model_dir: &Path) -> Result<Self, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = model_dir.join(format!(".publishing-{}-{count}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path, moved: false }),
                // Left by a killed process that had this one's number, or taken by a machine that shares the disk.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(Error::Io { action: "create", path, source }),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Moves the folder to its place; `false` if that place is taken.
    pub(super) fn move_to(&mut self, place: &Path) -> Result<bool, Error> {
        match fs::rename(&self.path, place) {
            Ok(()) => {
                self.moved = true;
                Ok(true)
            }
            Err(e)
                if [io::ErrorKind::AlreadyExists, io::ErrorKind::DirectoryNotEmpty].contains(&e.kind()) =>
            {
                Ok(false)
            }
            Err(source) => Err(Error::Io { action: "rename", path: self.path.clone(), source }),
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.moved {
            // What is left is hidden and harmless; the error that led here is the one to report.
            let _removed = fs::remove_dir_all(&self.path);
        }
    }
}
