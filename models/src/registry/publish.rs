use super::Registry;
use crate::{Draft, Error, Version};

impl Registry {
    /// Publishes a draft under the next free number and gives the version as any reader will find it.
    ///
    /// # Errors
    /// What is wrong with the draft; what its files fail in when they are read as a version; [`Error::Io`] naming the
    /// file. Nothing is published then.
    pub fn publish(&self, draft: &Draft) -> Result<Version, Error> {
        let files = draft.files()?;
        let mut number = self.number_after(0, &draft.name)?;
        loop {
            let folder = format!("{}/{number}", draft.name);
            let all = draft.with_manifest(number, files.clone())?;
            let version = Version::at(&self.place(&folder), all.clone())?;
            if self.store.put_new(&folder, &all)? {
                return Ok(version);
            }
            // Someone else took the number in the meantime: theirs stays.
            number = self.number_after(number, &draft.name)?;
        }
    }

    /// The number after `taken` and after every version of the model.
    fn number_after(&self, taken: u32, model: &str) -> Result<u32, Error> {
        let last = self.numbers(model)?.last().map_or(taken, |last| taken.max(*last));
        let none_left =
            || Error::invalid(format!("model `{model}`"), format!("version {last} is the last there can be"));
        last.checked_add(1).ok_or_else(none_left)
    }
}
