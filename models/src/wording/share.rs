//! Probabilities as natural frequencies.

use amparo_datasets::Text;

use super::fill::same;
use super::glossary::Glossary;

/// From this probability on, cases are counted of 100.
const OF_HUNDRED: f64 = 0.1;
/// From this one on, of 1,000; below, it is 1 of so many.
const OF_THOUSAND: f64 = 0.01;
/// Below 1 of this many, no number is given but this.
const RAREST: u64 = 100_000;

/// Of how many cases a share is said.
///
/// One case has one, chosen by its probability, so that all numbers said about it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// `23 of 100`, `45 of 1,000`.
    Cases(u64),
    /// `1 of 430`.
    One,
}

impl Of {
    pub(super) fn fit(probability: f64) -> Self {
        if probability >= OF_HUNDRED {
            Self::Cases(100)
        } else if probability >= OF_THOUSAND {
            Self::Cases(1000)
        } else {
            Self::One
        }
    }
}

impl Glossary {
    /// `about 23 of 100`.
    pub(super) fn share(&self, probability: f64) -> Text {
        let says = &self.phrases;
        match Of::fit(probability) {
            Of::Cases(of) => {
                let (n, of_text) = (counted(probability, of), self.number(of));
                // The least is 10: a smaller share is said of more cases.
                if n >= of {
                    says.more_than_of(&self.number(of - 1), &of_text)
                } else {
                    says.about_of(&self.number(n), &of_text)
                }
            }
            Of::One => match one_of(probability) {
                Some(n) => says.about_one_of(&self.number(n)),
                None => says.fewer_than_of(&self.number(1), &self.number(RAREST)),
            },
        }
    }

    /// An end of a margin: a bare count where cases are counted (`20`), else a share of its own (`1 of 610`).
    pub(super) fn end(&self, probability: f64, of: Of) -> Text {
        let says = &self.phrases;
        match of {
            Of::Cases(of) => match counted(probability, of) {
                0 => says.fewer_than(&self.number(1)),
                n if n >= of => says.more_than(&self.number(of - 1)),
                n => self.number(n),
            },
            Of::One if probability >= OF_HUNDRED => {
                let n = counted(probability, 100).min(99);
                says.n_of(&self.number(n), &self.number(100))
            }
            Of::One => match one_of(probability) {
                Some(n) => says.one_of(&self.number(n)),
                None => says.fewer_than_of(&self.number(1), &self.number(RAREST)),
            },
        }
    }

    /// A whole number with its groups of three digits.
    pub(super) fn number(&self, n: u64) -> Text {
        let digits = n.to_string();
        let grouped = |between: &str| {
            let mut text = String::new();
            for (k, digit) in digits.chars().enumerate() {
                if k > 0 && (digits.len() - k).is_multiple_of(3) {
                    text.push_str(between);
                }
                text.push(digit);
            }
            text
        };
        if n < 1000 {
            return same(digits);
        }
        Text { es: grouped(&self.thousands.es), en: grouped(&self.thousands.en) }
    }
}

/// How many of `of` cases, rounded; 0 to `of`.
fn counted(probability: f64, of: u64) -> u64 {
    (probability.clamp(0.0, 1.0) * of as f64).round() as u64
}

/// One of how many cases, to two digits; nothing for what is rarer than can be said.
fn one_of(probability: f64) -> Option<u64> {
    let n = 1.0 / probability;
    if n > RAREST as f64 {
        return None;
    }
    let unit = if n < 100.0 { 1.0 } else { 10_f64.powi(libm::log10(n).floor() as i32 - 1) };
    Some(((n / unit).round() * unit) as u64)
}
