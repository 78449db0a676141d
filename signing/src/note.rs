//! Signed notes, as C2SP's signed-note has them: a text, an empty line, and a line for each signature.
//!
//! ```text
//! — <key name> base64(4 bytes that name the key || signature)
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Error;
use crate::key::{self, SigningKey, VerifierKey};

/// Longest note that is read, in bytes.
const LONGEST: usize = 1_000_000;

/// Most signatures of a note.
const MOST: usize = 100;

/// How a line of a signature begins.
const MARK: &str = "\u{2014} ";

/// A text with signatures, of which none is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// What a line of a signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl Note {
    /// A text, which ends with a line feed, without signatures.
    pub fn new(text: String) -> Self {
        Self { text, signatures: Vec::new() }
    }

    /// Reads a note; `what` it is and where it is from, for an error.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the first thing that is not as it must be.
    pub fn parse(what: &str, note: &str) -> Result<Self, Error> {
        let malformed = |problem: String| Error::Malformed { what: what.to_owned(), problem };
        if note.len() > LONGEST {
            return Err(malformed(format!("it has {} bytes, expected at most {LONGEST}", note.len())));
        }
        if let Some(control) = note.chars().find(|c| *c < ' ' && *c != '\n') {
            return Err(malformed(format!("it holds the control character U+{:04X}", u32::from(control))));
        }
        let Some((text, signatures)) = note.rsplit_once("\n\n") else {
            return Err(malformed("no empty line stands between a text and its signatures".to_owned()));
        };
        let Some(signatures) = signatures.strip_suffix('\n') else {
            return Err(malformed("its last line does not end with a line feed".to_owned()));
        };
        let lines: Vec<&str> = signatures.split('\n').collect();
        if lines.len() > MOST {
            return Err(malformed(format!("it has {} signatures, expected at most {MOST}", lines.len())));
        }
        let signature = |line: &&str| {
            Signature::parse(line).ok_or_else(|| {
                malformed(format!("found `{line}`, expected a signature: `{MARK}name base64`"))
            })
        };
        let signatures = lines.iter().map(signature).collect::<Result<_, _>>()?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text, to its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds the signature of a key.
    pub fn sign(&mut self, key: &SigningKey) {
        let verifier = key.verifier();
        self.signatures.push(Signature {
            name: verifier.name().to_owned(),
            id: verifier.id(),
            bytes: key.sign(self.text.as_bytes()),
        });
    }

    /// The bytes of the first signature that names a key; `None` if there is none. They are not checked.
    pub fn signature_of(&self, key: &VerifierKey) -> Option<&[u8]> {
        let by = |signature: &&Signature| signature.name == key.name() && signature.id == key.id();
        self.signatures.iter().find(by).map(|signature| signature.bytes.as_slice())
    }

    /// Whether a key has signed the text; an error if a signature names the key and does not hold.
    ///
    /// # Errors
    /// [`Error::Refuted`].
    pub fn is_signed_by(&self, key: &VerifierKey) -> Result<bool, Error> {
        match self.signature_of(key) {
            None => Ok(false),
            Some(bytes) if key.holds(self.text.as_bytes(), bytes) => Ok(true),
            Some(_) => Err(Error::Refuted {
                problem: format!(
                    "the signature that names the key `{}` is not of that key over this text",
                    key.short()
                ),
            }),
        }
    }

    /// The keys that the signatures name, as errors name them.
    pub fn signers(&self) -> String {
        let names: Vec<String> =
            self.signatures.iter().map(|Signature { name, id, .. }| key::short(name, *id)).collect();
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, id, bytes } in &self.signatures {
            writeln!(f, "{MARK}{name} {}", STANDARD.encode([id.as_slice(), bytes].concat()))?;
        }
        Ok(())
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix(MARK)?.split_once(' ')?;
        let bytes = STANDARD.decode(bytes).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        let whole = key::is_name(name) && !bytes.is_empty();
        whole.then(|| Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }
}
