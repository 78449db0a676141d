//! What is read from files, and read again when they change: a certificate is renewed while the service runs.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How often files are looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Reads the files, or says what is wrong.
type Read<T> = Box<dyn Fn() -> Result<T, String> + Send + Sync>;

/// Something that is read from files. What cannot be read, or fits not together, changes nothing, which the operational log says once.
pub(crate) struct Watched<T> {
    what: &'static str,
    paths: Vec<PathBuf>,
    read: Read<T>,
    state: Mutex<State<T>>,
}

struct State<T> {
    now: Arc<T>,
    stamps: Stamps,
    looked: Instant,
}

/// When each file was changed and how long it is; nothing for one that cannot be found.
type Stamps = Vec<Option<(SystemTime, u64)>>;

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("what", &self.what)
            .field("paths", &self.paths)
            .finish_non_exhaustive()
    }
}

impl<T> Watched<T> {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with the files, in words.
    pub fn open(
        what: &'static str,
        paths: Vec<PathBuf>,
        read: impl Fn() -> Result<T, String> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        // Looked at before they are read: what is changed meanwhile is read again.
        let stamps = stamps(&paths);
        let state = State { now: Arc::new(read()?), stamps, looked: Instant::now() };
        Ok(Self { what, paths, read: Box::new(read), state: Mutex::new(state) })
    }

    /// What holds now: the files are looked at if that was not done a moment ago.
    pub fn now(&self) -> Arc<T> {
        self.looked_at(EVERY)
    }

    /// Reads the files again.
    pub fn reread(&self) {
        self.state().stamps.clear();
        self.looked_at(Duration::ZERO);
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn looked_at(&self, every: Duration) -> Arc<T> {
        let mut state = self.state();
        if state.looked.elapsed() >= every {
            state.looked = Instant::now();
            let found = stamps(&self.paths);
            if found != state.stamps {
                state.stamps = found;
                match (self.read)() {
                    Ok(now) => {
                        state.now = Arc::new(now);
                        tracing::info!(what = self.what, "files were read again");
                    }
                    Err(error) => {
                        tracing::error!(
                            what = self.what,
                            error,
                            "files cannot be used, so nothing was changed"
                        );
                    }
                }
            }
        }
        Arc::clone(&state.now)
    }
}

fn stamps(paths: &[PathBuf]) -> Stamps {
    let stamp = |path: &PathBuf| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    paths.iter().map(stamp).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_changes_is_read_again_and_what_is_wrong_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("number");
        std::fs::write(&path, "1").unwrap();
        let from = path.clone();
        let read = move || std::fs::read_to_string(&from).unwrap().parse::<u32>().map_err(|e| e.to_string());
        let watched = Watched::open("a number", vec![path.clone()], read).unwrap();
        std::fs::write(&path, "22").unwrap();
        assert_eq!(*watched.now(), 1, "it was looked at a moment ago");
        assert_eq!(*watched.looked_at(Duration::ZERO), 22);
        std::fs::write(&path, "three").unwrap();
        assert_eq!(*watched.looked_at(Duration::ZERO), 22);
        std::fs::write(&path, "4444").unwrap();
        assert_eq!(*watched.looked_at(Duration::ZERO), 4444);
        // Unchanged, it is not read; told to, it is.
        assert!(Arc::ptr_eq(&watched.looked_at(Duration::ZERO), &watched.now()));
        let before = watched.now();
        watched.reread();
        assert!(!Arc::ptr_eq(&before, &watched.now()));
        std::fs::write(&path, "x").unwrap();
        let read = move || std::fs::read_to_string(&path).unwrap().parse::<u32>().map_err(|e| e.to_string());
        assert!(Watched::open("a number", Vec::new(), read).is_err());
    }
}
