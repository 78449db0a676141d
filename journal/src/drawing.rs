//! Keys that nobody can guess.

use amparo_signing::SigningKey;

use crate::Error;

/// A new key for a name, drawn from the operating system.
///
/// # Errors
/// [`Error::Malformed`] if it is no name; [`Error::Refuted`] if the system gives no random bytes.
pub fn draw_key(name: &str) -> Result<SigningKey, Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|source| Error::Refuted { problem: format!("no key can be drawn: {source}") })?;
    Ok(SigningKey::of(name, seed)?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn each_key_is_another() {
        let [a, b] = [(); 2].map(|()| draw_key("example.org/log").unwrap());
        assert_eq!(a.verifier().name(), "example.org/log");
        assert_ne!(a.verifier(), b.verifier());
        assert!(draw_key("a name with spaces").is_err());
    }
}
