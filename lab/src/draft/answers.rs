//! The answers that are proposed for the texts or numbers of a column.

use super::bins::{Bin, bins};
use super::column::{Column, Holds};
use super::words;

/// The answers of one indicator, in the order of the form.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answers {
    /// Id of each answer, with its label in Spanish and in English and the rows that have it.
    pub answers: Vec<Answer>,
    /// The bins, one an answer, if the column holds numbers.
    pub bins: Option<Vec<Bin>>,
    /// Texts of the column, each with the id of its answer; `unknown` among them. Only for texts.
    pub texts: Vec<(String, String)>,
}

/// One proposed answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub id: String,
    pub es: String,
    pub en: String,
    pub n_rows: usize,
}

impl Answers {
    pub fn of(column: &Column<'_>) -> Self {
        match &column.holds {
            Holds::Numbers(numbers) => Self::of_numbers(bins(numbers.iter().flatten().copied())),
            _ => Self::of_texts(column),
        }
    }

    /// What makes two indicators share one set: the same answers, however many rows have them.
    pub fn set(&self) -> Vec<&str> {
        self.answers
            .iter()
            .map(|answer| answer.id.as_str())
            .chain(self.answers.iter().map(|a| a.en.as_str()))
            .collect()
    }

    fn of_texts(column: &Column<'_>) -> Self {
        let mut known: Vec<(&str, usize)> = column
            .texts
            .iter()
            .filter(|(text, _)| !words::is_unknown(text))
            .map(|(text, n)| (*text, *n))
            .collect();
        // No before yes; everything else as the alphabet has it, for no order of it is known.
        known.sort_by_key(|(text, _)| (words::yes(text), *text));
        let mut ids: Vec<String> = Vec::new();
        for (at, (text, _)) in known.iter().enumerate() {
            let id =
                words::id(text).filter(|id| id != "unknown").unwrap_or_else(|| format!("answer_{}", at + 1));
            ids.push(words::free(id, &ids));
        }
        let texts = known.iter().zip(&ids).map(|((text, _), id)| ((*text).to_owned(), id.clone()));
        let unknown = column.texts.keys().filter(|text| words::is_unknown(text)).chain(column.nothing.keys());
        let unknown = unknown.map(|text| ((*text).to_owned(), "unknown".to_owned()));
        let texts = texts.chain(unknown).collect();
        let answer = |((text, n_rows), id): (&(&str, usize), &String)| Answer {
            id: id.clone(),
            es: (*text).to_owned(),
            en: (*text).to_owned(),
            n_rows: *n_rows,
        };
        Self { answers: known.iter().zip(&ids).map(answer).collect(), bins: None, texts }
    }

    fn of_numbers(bins: Vec<Bin>) -> Self {
        let whole = bins.iter().all(|bin| bin.from.fract().abs() <= 0.0 && bin.to.fract().abs() <= 0.0);
        let mut answers = Vec::with_capacity(bins.len());
        for (at, bin) in bins.iter().enumerate() {
            let (from, next) = (bin.from, bins.get(at + 1).map(|next| next.from));
            let [id, es, en] = match (at, next) {
                (0, Some(next)) => {
                    [format!("under_{next}"), format!("menos de {next}"), format!("under {next}")]
                }
                (_, None) => [format!("from_{from}"), format!("{from} o más"), format!("{from} or more")],
                (_, Some(next)) if whole && (next - 1.0 - from).abs() <= 0.0 => {
                    [from.to_string(), from.to_string(), from.to_string()]
                }
                (_, Some(next)) if whole => {
                    let to = next - 1.0;
                    [format!("{from}_to_{to}"), format!("{from} a {to}"), format!("{from} to {to}")]
                }
                (_, Some(next)) => [
                    format!("{from}_to_under_{next}"),
                    format!("{from} a menos de {next}"),
                    format!("{from} to under {next}"),
                ],
            };
            answers.push(Answer { id: id.replace('-', "minus_"), es, en, n_rows: bin.n_rows });
        }
        Self { answers, bins: Some(bins), texts: vec![] }
    }
}
