use std::path::Path;

use amparo_models::Error;

/// Where a registry is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    /// In a folder.
    Folder(&'a Path),
    /// In a bucket.
    S3(Bucket),
}

/// A bucket of an object store, and what the keys of the registry begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub name: String,
    /// Names joined by `/`, without one at either end; may be empty.
    pub prefix: String,
}

impl Bucket {
    /// How it is written.
    pub fn address(&self) -> String {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        format!("s3://{}{slash}{}", self.name, self.prefix)
    }
}

impl<'a> Address<'a> {
    /// Reads an address: `s3://bucket/prefix`, or the path of a folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another scheme, or a bucket or prefix that cannot be.
    pub fn parse(address: &'a Path) -> Result<Self, Error> {
        let Some((scheme, rest)) = address.to_str().and_then(|text| text.split_once("://")) else {
            return Ok(Self::Folder(address));
        };
        // Not repeated here: what somebody typed may hold a password.
        let refuse = |problem: String| Err(Error::invalid("registry", problem));
        if scheme.is_empty() || scheme.contains(|c: char| !c.is_ascii_alphanumeric()) {
            return Ok(Self::Folder(address));
        }
        if scheme != "s3" {
            return refuse(format!(
                "an address that begins with `{scheme}://` was found, expected a folder or `s3://bucket/prefix`"
            ));
        }
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let of_bucket =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.' || c == '_';
        if name.is_empty() || !name.chars().all(of_bucket) {
            return refuse(
                "the name of its bucket is empty or holds more than lower-case letters, digits, `-`, `.` and `_`, \
                 expected `s3://bucket/prefix`; credentials are taken from the environment"
                    .to_owned(),
            );
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let of_prefix = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
        let is_name = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(of_prefix);
        if !prefix.is_empty() && !prefix.split('/').all(is_name) {
            return refuse(
                "the prefix behind its bucket is not names of letters, digits, `-`, `_` and `.`, joined by `/`".to_owned(),
            );
        }
        Ok(Self::S3(Bucket { name: name.to_owned(), prefix: prefix.to_owned() }))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn parsed(text: &str) -> Result<String, String> {
        match Address::parse(Path::new(text)) {
            Ok(Address::Folder(dir)) => Ok(format!("folder {}", dir.display())),
            Ok(Address::S3(bucket)) => Ok(bucket.address()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_folder_is_a_folder_whatever_it_is_called() {
        for folder in ["registry", "/a/b c", "s3:/bucket", "s3", "a:b", "./s3://bucket", "://x", "ñ"] {
            assert_eq!(parsed(folder).unwrap(), format!("folder {folder}"));
        }
    }

    #[test]
    fn an_address_of_a_bucket_is_written_in_one_way() {
        for (address, expected) in [
            ("s3://bucket", "s3://bucket"),
            ("s3://bucket/", "s3://bucket"),
            ("s3://bucket/a/b-2/", "s3://bucket/a/b-2"),
            ("s3://b.c-1/a.b", "s3://b.c-1/a.b"),
        ] {
            assert_eq!(parsed(address).unwrap(), expected);
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_its_password() {
        for (address, problem) in [
            ("s3://", "the name of its bucket is empty"),
            ("s3:///prefix", "the name of its bucket is empty"),
            ("s3://key:secret@bucket/prefix", "credentials are taken from the environment"),
            ("s3://Bucket", "lower-case letters"),
            ("s3://bucket//a", "the prefix behind its bucket is not names"),
            ("s3://bucket/a/../b", "is not names"),
            ("s3://bucket/a?key=secret", "is not names"),
            (
                "gs://bucket/prefix",
                "begins with `gs://` was found, expected a folder or `s3://bucket/prefix`",
            ),
            ("https://key:secret@host/bucket", "begins with `https://`"),
        ] {
            let error = parsed(address).unwrap_err();
            assert!(error.starts_with("registry: ") && error.contains(problem), "{address}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
