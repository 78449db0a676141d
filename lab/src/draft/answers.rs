//! The answers that are proposed for the texts or numbers of a column.

use amparo_datasets::{ForeignKind, Numbers};

use super::binning::written_number;
use super::bins::{Bin, bins};
use super::column::{Column, Holds};
use super::words;
use super::written::quoted;

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
            Holds::Numbers(numbers) => {
                let numbers = || numbers.iter().flatten().copied();
                Self::of_numbers(bins(numbers()), numbers())
            }
            _ => match column.known()[..] {
                [only] if let Ok(number) = Numbers::default().read(only) => {
                    Self::of_one_number(column, number)
                }
                _ => Self::of_texts(column),
            },
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
        let known = column.known();
        // A float says 1.0, and means 1.
        let plain = |text: &'_ str| match column.kind {
            ForeignKind::Typed => text.strip_suffix(".0").unwrap_or(text).to_owned(),
            _ => text.to_owned(),
        };
        let mut answers: Vec<Answer> = Vec::new();
        for (at, text) in known.iter().enumerate() {
            let label = plain(text);
            let id = words::id(&label).filter(|id| id != "unknown");
            let taken: Vec<String> = answers.iter().map(|answer| answer.id.clone()).collect();
            let id = words::free(id.unwrap_or_else(|| format!("answer_{}", at + 1)), &taken);
            let n_rows = column.texts.get(text).copied().unwrap_or(0);
            answers.push(Answer { id, es: label.clone(), en: label, n_rows });
        }
        let texts: Vec<(String, String)> = known
            .iter()
            .zip(&answers)
            .map(|(text, answer)| ((*text).to_owned(), answer.id.clone()))
            .collect();
        if let [only] = &answers[..] {
            let taken = [only.id.clone()];
            let [es, en] =
                ["otra, que no tiene ninguna fila", "another one, which no row has"].map(str::to_owned);
            answers.push(Answer { id: words::free("other".to_owned(), &taken), es, en, n_rows: 0 });
        }
        let unknown = column.texts.keys().filter(|text| words::is_unknown(text)).chain(column.nothing.keys());
        let unknown = unknown.map(|text| ((*text).to_owned(), "unknown".to_owned()));
        let texts = texts.into_iter().chain(unknown).collect();
        Self { answers, bins: None, texts }
    }

    /// The number that all rows have begins the upper of two bins.
    fn of_one_number(column: &Column<'_>, number: f64) -> Self {
        let bin = |n_rows| Bin { from: number, to: number, n_rows };
        Self::of_numbers(vec![bin(0), bin(column.n_filled())], std::iter::once(number))
    }

    /// An answer for each bin of some numbers. Where all of them are whole, the labels say 25 to 34, else 25 to under 35.
    pub fn of_numbers(bins: Vec<Bin>, mut numbers: impl Iterator<Item = f64>) -> Self {
        let is_whole = |number: f64| number.fract().abs() <= 0.0;
        let whole = numbers.all(is_whole) && bins.iter().all(|bin| is_whole(bin.from));
        let mut answers = Vec::with_capacity(bins.len());
        for (at, bin) in bins.iter().enumerate() {
            let is_next = |next: f64| (next - 1.0 - bin.from).abs() <= 0.0;
            let next = bins.get(at + 1).map(|next| next.from);
            let (from, alone) = (written_number(bin.from), whole && next.is_some_and(is_next));
            let to = next.map(|next| written_number(next - 1.0));
            let next = next.map(written_number);
            let [id, es, en] = match (at, next, to) {
                (0, Some(next), _) => {
                    [format!("under_{next}"), format!("menos de {next}"), format!("under {next}")]
                }
                (_, Some(_), _) if alone => [from.clone(), from.clone(), from],
                (_, Some(_), Some(to)) if whole => {
                    [format!("{from}_to_{to}"), format!("{from} a {to}"), format!("{from} to {to}")]
                }
                (_, Some(next), _) => [
                    format!("{from}_to_under_{next}"),
                    format!("{from} a menos de {next}"),
                    format!("{from} to under {next}"),
                ],
                (_, None, _) => [format!("from_{from}"), format!("{from} o más"), format!("{from} or more")],
            };
            answers.push(Answer { id: id.replace('-', "minus_"), es, en, n_rows: bin.n_rows });
        }
        Self { answers, bins: Some(bins), texts: vec![] }
    }

    /// The answers as a set of a form.
    pub fn set_written(&self, name: &str) -> String {
        let answer = |answer: &Answer| {
            let [id, es, en] = [&answer.id, &answer.es, &answer.en].map(|text| quoted(text));
            format!("  {{ id = {id}, es = {es}, en = {en} }},\n")
        };
        format!("{name} = [\n{}]\n", self.answers.iter().map(answer).collect::<String>())
    }

    /// The bins as a form states them, open at both ends; nothing if the answers are no bins.
    pub fn bins_written(&self, name: &str, unit: &str) -> String {
        let Some(bins) = &self.bins else { return String::new() };
        let starts = bins.iter().skip(1).map(|bin| written_number(bin.from));
        let starts = std::iter::once("-inf".to_owned()).chain(starts).collect::<Vec<_>>().join(", ");
        let ids = self.answers.iter().map(|answer| quoted(&answer.id)).collect::<Vec<_>>().join(", ");
        format!("[bins.{name}]\nunit = {}\nfrom = [{starts}]\nmost = inf\nanswers = [{ids}]\n", quoted(unit))
    }
}
