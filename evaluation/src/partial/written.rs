//! A partial as bytes.
//!
//! ```text
//! "amparo-partial" and a zero byte, format (1 byte), SHA-256 of what follows (64 bytes, hexadecimal)
//! outcome, horizon, scores and groups; number of rows; outcomes; weights; cases; labels and codes of each group; each score
//! ```

use amparo_models::artefact::sha256;

use super::about::About;
use super::floats::Floats;
use super::ids::Ids;
use super::packed::Packed;
use super::wire::{Reader, Writer, unreadable};
use super::{Cases, Partial, is_weight, range};
use crate::error::Error;

/// What a partial begins with.
const MAGIC: &[u8] = b"amparo-partial\0";
/// The edition of the format that this crate writes and reads.
const FORMAT: u8 = 1;
/// Length of a digest.
const DIGEST: usize = 64;

impl Partial {
    /// The partial as bytes: the same bytes for the same rows, however they were parted and merged.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = self.body();
        [MAGIC, &[FORMAT], sha256(&body).as_bytes(), &body].concat()
    }

    /// SHA-256 (hex) of the rows and of what their columns are: the same for the same rows, however they were parted and merged.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(&self.body())
    }

    /// Reads bytes. No more memory is used than a few times their number.
    ///
    /// # Errors
    /// [`Error::Partial`] for bytes that are no partial, or are damaged or cut off; [`Error::PartialFormat`] for another edition.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut from = Reader::new(bytes);
        if from.take(MAGIC.len()) != Ok(MAGIC) {
            return Err(unreadable("it does not begin as a partial does"));
        }
        let found = from.byte()?;
        if found != FORMAT {
            return Err(Error::PartialFormat { found, expected: FORMAT });
        }
        let digest = from.take(DIGEST)?;
        let body = &bytes[MAGIC.len() + 1 + DIGEST..];
        if sha256(body).as_bytes() != digest {
            return Err(unreadable(
                "its bytes were damaged or cut off: they do not have the digest that it states",
            ));
        }
        let found = read(&mut from)?;
        if from.is_empty() { Ok(found) } else { Err(unreadable("something follows it")) }
    }

    fn body(&self) -> Vec<u8> {
        let mut out = Writer::default();
        self.about.write(&mut out);
        out.number(self.n_rows as u64);
        self.events.write(&mut out);
        out.0.push(u8::from(self.weights.is_some()));
        self.weights.iter().for_each(|weights| weights.write(&mut out));
        out.0.push(u8::from(self.cases.is_some()));
        if let Some(cases) = &self.cases {
            out.piece(&cases.ids);
            cases.more.write(&mut out);
        }
        for (labels, codes) in &self.groups {
            out.number(labels.len() as u64);
            labels.iter().for_each(|label| out.piece(label.as_bytes()));
            codes.write(&mut out);
        }
        self.scores.iter().for_each(|scores| scores.write(&mut out));
        out.0
    }
}

fn read(from: &mut Reader<'_>) -> Result<Partial, Error> {
    let about = About::read(from)?;
    let n = from.number()?;
    let n_rows =
        u32::try_from(n).map_err(|_| unreadable(format!("{n} rows, expected at most {}", u32::MAX)))?;
    let n_rows = n_rows as usize;
    let events = Packed::read(from, n_rows, |event| event <= 1)?;
    if n_rows > 0 && events.n_bytes() == 0 {
        return Err(unreadable("outcomes take no bit"));
    }
    let weights = if from.byte()? == 1 { Some(Floats::read(from, n_rows, is_weight)?) } else { None };
    let cases = if from.byte()? == 1 { Some(cases(from, n_rows)?) } else { None };
    let mut groups = Vec::new();
    for _ in &about.groups {
        let mut labels: Vec<String> = Vec::new();
        for _ in 0..from.number()? {
            let label = from.text()?.to_owned();
            if labels.last().is_some_and(|before| *before >= label) || labels.len() > usize::from(u16::MAX) {
                return Err(unreadable("labels of a group are not in order, or too many"));
            }
            labels.push(label);
        }
        let n_labels = labels.len();
        groups.push((labels, Packed::read(from, n_rows, |code| (code as usize) < n_labels)?));
    }
    let mut scores = Vec::new();
    for (_, is_probability) in &about.scores {
        scores.push(Floats::read(from, n_rows, range(*is_probability).1)?);
    }
    let n_events = events.iter().filter(|event| *event == 1).count();
    Ok(Partial { about, n_rows, n_events, events, weights, cases, groups, scores })
}

fn cases(from: &mut Reader<'_>, n_rows: usize) -> Result<Cases, Error> {
    let ids = from.piece()?;
    let mut within = Reader::new(ids);
    let n = Ids::count(&mut within)?;
    let more = Packed::read(from, n, |_| true)?;
    let rows = n as u64 + more.iter().map(u64::from).sum::<u64>();
    if rows != n_rows as u64 || !within.is_empty() {
        return Err(unreadable(format!("cases have {rows} rows, expected {n_rows}")));
    }
    Ok(Cases { n, ids: ids.to_vec(), more })
}
