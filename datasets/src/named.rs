//! Files that are built in under an id, or brought by path.

use std::borrow::Cow;
use std::path::Path;

use crate::Error;

/// The id of something that is built in, or the path of a file: as given to a command, or as another file writes it.
///
/// A relative path that a file writes starts at the folder of that file, wherever the command was run; one that was given
/// to a command starts at the current folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    name: &'a str,
    written_in: Option<&'a Path>,
}

impl<'a> Name<'a> {
    /// A name that stands in a file; `None` where there is no file, as with what is built in.
    pub fn written_in(name: &'a str, file: Option<&'a Path>) -> Self {
        Self { name, written_in: file }
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &'a str {
        self.name
    }

    /// The path that is meant if nothing of that name is built in.
    pub fn path(&self) -> Cow<'a, Path> {
        let path = Path::new(self.name);
        match self.written_in.and_then(Path::parent) {
            Some(folder) => folder.join(path).into(),
            None => path.into(),
        }
    }
}

impl<'a, T: AsRef<str> + ?Sized> From<&'a T> for Name<'a> {
    fn from(name: &'a T) -> Self {
        Self { name: name.as_ref(), written_in: None }
    }
}

/// The text built in under this id, else of the file of that path.
///
/// `kind` names what is looked for in errors: `instrument`, `source`, `protocol`, `config`.
///
/// # Errors
/// [`Error::NotFound`] with the ids that are built in and the file that writes the name; [`Error::Io`].
pub fn built_in_or_file<'a>(
    kind: &'static str,
    name: impl Into<Name<'a>>,
    built_in: &[(&str, &str)],
) -> Result<String, Error> {
    let name = name.into();
    if let Some((_, text)) = built_in.iter().find(|(id, _)| *id == name.name) {
        return Ok((*text).to_owned());
    }
    let path = name.path();
    if !path.is_file() {
        return Err(Error::NotFound {
            kind,
            name: name.name.to_owned(),
            written_in: name.written_in.map(Path::to_owned),
            path: path.into_owned(),
            known: built_in.iter().map(|(id, _)| (*id).to_owned()).collect(),
        });
    }
    std::fs::read_to_string(&path).map_err(|source| Error::Io {
        action: "read",
        path: path.into_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const BUILT_IN: &[(&str, &str)] = &[("small", "built in")];

    #[test]
    fn a_relative_path_starts_at_the_file_that_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("forms")).unwrap();
        for (file, text) in [("forms/form.toml", "beside"), ("small", "never read")] {
            std::fs::write(folder.path().join(file), text).unwrap();
        }
        let source = folder.path().join("source.toml");
        let read = |name| built_in_or_file("instrument", Name::written_in(name, Some(&source)), BUILT_IN);
        assert_eq!(read("forms/form.toml").unwrap(), "beside");
        assert_eq!(read("small").unwrap(), "built in");
        let absolute = folder.path().join("forms/form.toml");
        assert_eq!(read(absolute.to_str().unwrap()).unwrap(), "beside");
        assert!(built_in_or_file("instrument", "forms/form.toml", BUILT_IN).is_err(), "not from here");
    }

    #[test]
    fn what_is_not_there_is_named_with_the_file_that_writes_it() {
        let name = Name::written_in("form.toml", Some(Path::new("folder/source.toml")));
        assert_eq!(
            built_in_or_file("instrument", name, BUILT_IN).unwrap_err().to_string(),
            "no instrument `form.toml`, which `folder/source.toml` names: it is neither built in (small) nor the file \
             `folder/form.toml`"
        );
        assert_eq!(
            built_in_or_file("instrument", "form.toml", BUILT_IN).unwrap_err().to_string(),
            "no instrument `form.toml`: it is neither built in (small) nor a file"
        );
    }
}
