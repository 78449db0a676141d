use crate::Error;

/// Longest name.
const LONGEST: usize = 64;

/// Refuses a name of a model, an alias or a candidate that is not `[a-z0-9][a-z0-9._-]{0,63}`.
///
/// Such a name is a safe file name everywhere and cannot lead out of its folder.
///
/// # Errors
/// [`Error::Invalid`] saying what is allowed.
pub fn check_name(kind: &str, name: &str) -> Result<(), Error> {
    if is_name(name) {
        return Ok(());
    }
    let problem = format!(
        "name `{}` is not allowed, expected 1 to {LONGEST} of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or digit",
        name.escape_debug()
    );
    Err(Error::invalid(kind, problem))
}

/// Whether a name may be that of a model or alias.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=LONGEST).contains(&name.len())
        && name.bytes().enumerate().all(|(at, b)| plain(b) || (at > 0 && b"._-".contains(&b)))
}

/// The number of a version written the one way it may be: no sign, no leading zero, above 0.
pub(crate) fn version_number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}
