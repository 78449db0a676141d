//! Files that are built in under an id, or brought by path.

use std::path::Path;

use crate::Error;

/// The text built in under this id, else of the file of that path.
///
/// `kind` names what is looked for in errors: `instrument`, `source`, `protocol`, `config`.
///
/// # Errors
/// [`Error::NotFound`] with the ids that are built in; [`Error::Io`].
pub fn built_in_or_file(kind: &'static str, name: &str, built_in: &[(&str, &str)]) -> Result<String, Error> {
    if let Some((_, text)) = built_in.iter().find(|(id, _)| *id == name) {
        return Ok((*text).to_owned());
    }
    let path = Path::new(name);
    if !path.is_file() {
        let known = built_in.iter().map(|(id, _)| (*id).to_owned()).collect();
        return Err(Error::NotFound { kind, name: name.to_owned(), known });
    }
    std::fs::read_to_string(path).map_err(|source| Error::Io {
        action: "read",
        path: path.to_owned(),
        source,
    })
}
