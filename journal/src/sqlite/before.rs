//! What would keep a log from being opened for writing, found out without writing anything.

use std::path::Path;

use rustix::fs::{Access, access};

use super::file;
use crate::Error;

/// Whether there is a file; an error if it could not be written to, or not be made. SQLite also makes files beside it.
pub(crate) fn could_open(address: &str) -> Result<bool, Error> {
    let path = file::path(address)?;
    let failed = |what: &str, at: &Path, source: rustix::io::Errno| {
        let problem = format!("{what} `{}` cannot be written to: {source}", at.display());
        Error::store("open", path.display(), problem)
    };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    access(folder, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|source| failed("the folder", folder, source))?;
    if path.symlink_metadata().is_err() {
        return Ok(false);
    }
    access(&path, Access::READ_OK | Access::WRITE_OK).map_err(|source| failed("the file", &path, source))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn nothing_is_made_and_a_folder_that_is_not_there_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        assert!(!could_open(&at("log.sqlite")).unwrap());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        std::fs::write(dir.path().join("log.sqlite"), "").unwrap();
        assert!(could_open(&format!("sqlite:{}", at("log.sqlite"))).unwrap());
        let error = could_open(&at("none/log.sqlite")).unwrap_err().to_string();
        assert!(error.contains("the folder") && error.contains("none"), "{error}");
    }
}
