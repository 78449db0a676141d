use std::fs;
use std::io;
use std::path::Path;

use super::Registry;
use super::aside::Aside;
use crate::artefact::sync_dir;
use crate::{Draft, Error, Version};

impl Registry {
    /// Publishes a draft under the next free number and gives the version as any reader will find it.
    ///
    /// # Errors
    /// What is wrong with the draft; what its files fail in when read back; [`Error::Io`] naming the file. Nothing is
    /// published then.
    pub fn publish(&self, draft: &Draft) -> Result<Version, Error> {
        let files = draft.files()?;
        let model_dir = self.dir.join(&draft.name);
        self.create_model_dir(&model_dir)?;
        let mut aside = Aside::create(&model_dir)?;
        let mut number = self.number_after(0, &draft.name)?;
        draft.write(number, &files, aside.path())?;
        loop {
            let version = Version::load(aside.path())?;
            sync_dir(aside.path())?;
            if aside.move_to(&model_dir.join(number.to_string()))? {
                sync_dir(&model_dir)?;
                return Ok(version);
            }
            // Someone else took the number in the meantime: theirs stays.
            number = self.number_after(number, &draft.name)?;
            draft.write_manifest(number, &files, aside.path())?;
        }
    }

    /// The number after `taken` and after every version of the model.
    fn number_after(&self, taken: u32, model: &str) -> Result<u32, Error> {
        let last = self.numbers(model)?.last().map_or(taken, |last| taken.max(*last));
        let none_left =
            || Error::invalid(format!("model `{model}`"), format!("version {last} is the last there can be"));
        last.checked_add(1).ok_or_else(none_left)
    }

    fn create_model_dir(&self, model_dir: &Path) -> Result<(), Error> {
        match fs::create_dir(model_dir) {
            Ok(()) => sync_dir(&self.dir),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && model_dir.is_dir() => Ok(()),
            Err(source) => Err(Error::Io { action: "create", path: model_dir.to_owned(), source }),
        }
    }
}
