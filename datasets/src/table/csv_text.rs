//! The text of a CSV file in UTF-8, whatever it is encoded in or compressed with.

use std::io::{self, Read};
use std::path::Path;

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use parquet::file::reader::ChunkReader;

use super::opened::{format_error, of};
use super::shared_file::SharedFile;
use crate::Error;
use crate::dialect::Dialect;

/// Bytes of the beginning that are looked at for marks.
const PEEK: u64 = 4096;

/// A text, from its header on.
pub(super) struct CsvText {
    pub text: SharedFile,
    /// Bytes before the header: a byte order mark, a line `sep=;`.
    pub start: u64,
    pub separator: u8,
}

/// The text of a file. One in UTF-8 is read where it lies; any other is decoded and held in memory, not on disk: what a
/// table holds is nobody else's business.
///
/// # Errors
/// [`Error::Invalid`] if the dialect states another encoding or separator than the file; [`Error::Format`] with the line
/// that cannot be decoded; [`Error::Io`].
pub(super) fn read(
    path: &Path,
    file: SharedFile,
    gzip: bool,
    dialect: &Dialect,
    default_separator: u8,
) -> Result<CsvText, Error> {
    let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let file = if gzip { unpacked(&file).map_err(io)? } else { file };
    let first = beginning(&file, 0).map_err(io)?;
    let marked = Encoding::for_bom(&first);
    if let (Some(stated), Some((marked, _))) = (dialect.encoding, marked)
        && stated != marked
    {
        let message = format!(
            "the file begins with the byte order mark of {}, but its encoding is stated to be {}",
            marked.name().to_lowercase(),
            stated.name().to_lowercase()
        );
        return Err(of(path, "encoding", message));
    }
    let (encoding, length) = marked.or(dialect.encoding.map(|e| (e, 0))).unwrap_or((UTF_8, 0));
    if marked.is_none()
        && encoding == UTF_8
        && let Some(likely) = utf_16(&first)
    {
        let message =
            format!("the file seems to be {} without a byte order mark", likely.name().to_lowercase());
        return Err(of(path, "encoding", format!("{message}: state it as the encoding")));
    }
    let (text, mut start) = match encoding == UTF_8 {
        true => (file, length as u64),
        false => (decoded(path, &file, length as u64, encoding)?, 0),
    };
    let mut separator = dialect.separator.unwrap_or(default_separator);
    if let Some((named, length)) = named_separator(&beginning(&text, start).map_err(io)?) {
        if dialect.separator.is_some_and(|stated| stated != named) {
            let [named, stated] = [named, separator].map(|b| char::from(b).escape_debug().to_string());
            let message =
                format!("the first line names the separator `{named}`, but it is stated to be `{stated}`");
            return Err(of(path, "separator", message));
        }
        (separator, start) = (named, start + length);
    }
    Ok(CsvText { text, start, separator })
}

/// The encoding that a text which is no UTF-8 is likely to be in: the one in which Excel writes CSV in western Europe, if
/// the bytes beyond ASCII of the line are letters or signs in it.
pub(super) fn likely(line: &[u8]) -> Option<&'static str> {
    let signs = "€‚„…‰‘’“”•–—™¡¿ªº«»°§£·´¨ ";
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(line);
    let beyond = text.chars().filter(|c| !c.is_ascii());
    let plausible = |c: char| c.is_alphabetic() || signs.contains(c);
    (line.iter().any(|byte| !byte.is_ascii()) && beyond.into_iter().all(plausible)).then_some("windows-1252")
}

fn beginning(file: &SharedFile, from: u64) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    file.get_read(from).map_err(io::Error::other)?.take(PEEK).read_to_end(&mut first)?;
    Ok(first)
}

fn unpacked(file: &SharedFile) -> io::Result<SharedFile> {
    let mut text = Vec::new();
    MultiGzDecoder::new(file.get_read(0).map_err(io::Error::other)?).read_to_end(&mut text)?;
    Ok(SharedFile::in_memory(text))
}

fn decoded(
    path: &Path,
    file: &SharedFile,
    from: u64,
    encoding: &'static Encoding,
) -> Result<SharedFile, Error> {
    let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let mut reader = file.get_read(from).map_err(|e| io(io::Error::other(e)))?;
    reader.read_to_end(&mut bytes).map_err(io)?;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(most.unwrap_or(0));
    match decoder.decode_to_string_without_replacement(&bytes, &mut text, true).0 {
        DecoderResult::InputEmpty => Ok(SharedFile::in_memory(text.into_bytes())),
        DecoderResult::Malformed(..) | DecoderResult::OutputFull => {
            let line = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            let name = encoding.name().to_lowercase();
            let message = format!("line {line} holds bytes that are no {name}, in which it is stated to be");
            Err(format_error(path, "a CSV table", &message))
        }
    }
}

/// Of a text in ASCII for the most part, every other byte of UTF-16 is zero.
fn utf_16(first: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| first.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match (even * 4 > first.len(), odd * 4 > first.len()) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// The separator that a first line `sep=;` names, which Excel writes and reads, and the length of the line.
fn named_separator(text: &[u8]) -> Option<(u8, u64)> {
    let length = text.iter().position(|byte| b"\r\n".contains(byte))?;
    let line = text[..length].trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    // A tab may have been trimmed away.
    let named = match (line.len(), line.get(..4)?.eq_ignore_ascii_case(b"sep=")) {
        (4, true) if text.get(4) == Some(&b'\t') => b'\t',
        (5, true) => line[4],
        _ => return None,
    };
    Some((named, length as u64))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_that_names_the_separator_is_known() {
        assert_eq!(named_separator(b"sep=;\r\na;b\r\n"), Some((b';', 5)));
        assert_eq!(named_separator(b"\"SEP=|\"\na|b\n"), Some((b'|', 7)));
        assert_eq!(named_separator(b"sep=\t\na\tb\n"), Some((b'\t', 5)));
        for other in [&b"sep=;;\n"[..], b"sep;\n", b"separator\n", b"sep=", b"", b"sep=\n"] {
            assert_eq!(named_separator(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_no_utf8_is_guessed_only_in_words() {
        assert_eq!(likely(b"ni\xf1a,a\xf1o \x80 5"), Some("windows-1252"));
        assert_eq!(likely(b"a\x81b"), None);
        assert_eq!(likely(b"ascii"), None);
        assert_eq!(
            utf_16(&"a;b\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()).unwrap(),
            UTF_16LE
        );
        assert_eq!(
            utf_16(&"a;b\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()).unwrap(),
            UTF_16BE
        );
        assert!(utf_16(b"a;b\r\n").is_none() && utf_16(b"").is_none());
    }
}
