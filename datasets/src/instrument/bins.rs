//! How the numbers that an indicator asks for become answers.

use serde::{Deserialize, Serialize};

use super::Answer;

/// The bins of a numeric indicator: adjoining ranges of numbers, each with an answer.
///
/// ```text
/// a number x has the answer of the last bin that starts at x or below, if x is not above `most`
/// ```
///
/// The first bin may be open below and the last one above. The binning is part of the form, so a version carries it and reads
/// a raw number as the cohort did that it was fitted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Bins {
    unit: String,
    from: Vec<f64>,
    most: f64,
    answers: Vec<String>,
}

// A number that is none is refused before a form is made.
impl Eq for Bins {}

impl Bins {
    /// The unit of the numbers: `years`.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Where each bin starts, ascending; the first may be minus infinity.
    pub fn starts(&self) -> &[f64] {
        &self.from
    }

    /// The largest number of the last bin; infinity if it is open.
    pub fn most(&self) -> f64 {
        self.most
    }

    /// Id of the answer of each bin.
    pub fn answers(&self) -> &[String] {
        &self.answers
    }

    /// Id of the answer that a number has, if it is in a bin.
    pub fn answer(&self, number: f64) -> Option<&str> {
        let bin = self.from.partition_point(|from| *from <= number).checked_sub(1)?;
        (number.is_finite() && number <= self.most).then(|| self.answers[bin].as_str())
    }

    /// The numbers that are in a bin, for messages: `18 to 110 years`, `at least 0 offences`.
    pub fn range(&self) -> String {
        let least = self.from.first().copied().filter(|least| least.is_finite());
        match (least, self.most.is_finite()) {
            (Some(least), true) => format!("{least} to {} {}", self.most, self.unit),
            (Some(least), false) => format!("at least {least} {}", self.unit),
            (None, true) => format!("at most {} {}", self.most, self.unit),
            (None, false) => format!("a finite number of {}", self.unit),
        }
    }

    /// Everything that is wrong with the bins of an indicator that has these answers.
    pub(super) fn problems(&self, indicator: &str, answers: &[Answer]) -> Vec<String> {
        let Self { from, most, answers: of_bins, .. } = self;
        let mut found = Vec::new();
        if from.len() != of_bins.len() || from.is_empty() {
            found.push(format!(
                "bins of indicator `{indicator}` have {} starts and {} answers, expected as many of both and at least one",
                from.len(),
                of_bins.len()
            ));
        }
        let closed = from.get(1..).unwrap_or_default().iter().all(|from| from.is_finite());
        let ends = from.first().is_none_or(|least| *least < f64::INFINITY) && *most > f64::NEG_INFINITY;
        let ordered = from.is_sorted_by(|a, b| a < b) && from.last().is_none_or(|last| last <= most);
        if !closed || !ends || !ordered {
            found.push(format!(
                "bins of indicator `{indicator}` start at {from:?} and end at {most:?}, expected numbers that ascend, of which only \
                 the first may be -inf and only the end inf"
            ));
        }
        let known = &answers[..answers.len().saturating_sub(1)];
        for answer in of_bins.iter().filter(|answer| known.iter().all(|known| known.id != **answer)) {
            let known = known.iter().map(|a| a.id.as_str()).collect::<Vec<_>>().join(", ");
            found.push(format!(
                "bins of indicator `{indicator}` have answer `{answer}`, expected one of {known}"
            ));
        }
        found
    }
}

/// The bins as people write them, in TOML, which knows infinity.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    unit: String,
    from: Vec<f64>,
    most: f64,
    answers: Vec<String>,
}

impl From<Written> for Bins {
    fn from(Written { unit, from, most, answers }: Written) -> Self {
        Self { unit, from, most, answers }
    }
}

/// The bins as they stand in JSON: an open end is null.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    unit: String,
    /// Where the first bin starts.
    least: Option<f64>,
    /// Where the others start.
    cuts: Vec<f64>,
    most: Option<f64>,
    answers: Vec<String>,
}

impl From<Stored> for Bins {
    fn from(Stored { unit, least, mut cuts, most, answers }: Stored) -> Self {
        cuts.insert(0, least.unwrap_or(f64::NEG_INFINITY));
        Self { unit, from: cuts, most: most.unwrap_or(f64::INFINITY), answers }
    }
}

impl From<Bins> for Stored {
    fn from(Bins { unit, from, most, answers }: Bins) -> Self {
        let least = from.first().copied().filter(|least| least.is_finite());
        let cuts = from.get(1..).unwrap_or_default().to_vec();
        Self { unit, least, cuts, most: Some(most).filter(|most| most.is_finite()), answers }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn bins(from: &[f64], most: f64) -> Bins {
        let answers = ["low", "middle", "high"][..from.len()].iter().map(|id| (*id).to_owned()).collect();
        Bins { unit: "times".to_owned(), from: from.to_vec(), most, answers }
    }

    fn answers() -> Vec<Answer> {
        let label = || super::super::Text { es: String::new(), en: String::new() };
        let ids = ["low", "middle", "high", "unknown"];
        ids.iter().map(|id| Answer { id: (*id).to_owned(), label: label() }).collect()
    }

    #[test]
    fn every_border_belongs_to_the_bin_that_starts_there() {
        let closed = bins(&[0.1, 1.0, 3.0], 99.5);
        for (number, expected) in [
            (0.1_f64.next_down(), None),
            (0.1, Some("low")),
            (0.1_f64.next_up(), Some("low")),
            (1.0_f64.next_down(), Some("low")),
            (1.0, Some("middle")),
            (1.0_f64.next_up(), Some("middle")),
            (3.0_f64.next_down(), Some("middle")),
            (3.0, Some("high")),
            (99.5_f64.next_down(), Some("high")),
            (99.5, Some("high")),
            (99.5_f64.next_up(), None),
            (f64::INFINITY, None),
            (f64::NAN, None),
        ] {
            assert_eq!(closed.answer(number), expected, "{number}");
        }
    }

    #[test]
    fn open_ends_take_every_finite_number_and_no_other() {
        let open = bins(&[f64::NEG_INFINITY, 0.0, 3.0], f64::INFINITY);
        for (number, expected) in [
            (f64::MIN, Some("low")),
            (0.0_f64.next_down(), Some("low")),
            (-0.0, Some("middle")),
            (0.0, Some("middle")),
            (f64::MAX, Some("high")),
            (f64::INFINITY, None),
            (f64::NEG_INFINITY, None),
            (f64::NAN, None),
        ] {
            assert_eq!(open.answer(number), expected, "{number}");
        }
        assert_eq!(open.range(), "a finite number of times");
        assert_eq!(bins(&[0.0], f64::INFINITY).range(), "at least 0 times");
        assert_eq!(bins(&[f64::NEG_INFINITY], 2.5).range(), "at most 2.5 times");
        assert_eq!(bins(&[0.0], 2.5).range(), "0 to 2.5 times");
    }

    #[test]
    fn the_last_bin_may_hold_one_number() {
        let one = bins(&[0.0, 1.0, 2.0], 2.0);
        assert_eq!(one.problems("B", &answers()), [""; 0]);
        assert_eq!((one.answer(2.0), one.answer(2.0_f64.next_up())), (Some("high"), None));
    }

    #[test]
    fn open_and_closed_bins_come_back_from_json_bit_for_bit() {
        let third = 1.0 / 3.0;
        for bins in [
            bins(&[f64::NEG_INFINITY, third, third.next_up()], f64::INFINITY),
            bins(&[third, 0.1 + 0.3, 2.0], 1e300),
            bins(&[f64::NEG_INFINITY], 0.1),
        ] {
            let text = serde_json::to_string(&bins).unwrap();
            assert_eq!(serde_json::from_str::<Bins>(&text).unwrap(), bins, "{text}");
        }
        let text = serde_json::to_string(&bins(&[f64::NEG_INFINITY, 1.0], f64::INFINITY)).unwrap();
        let expected = r#"{"unit":"times","least":null,"cuts":[1.0],"most":null,"answers":["low","middle"]}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn bins_that_mean_nothing_are_refused() {
        let nan = f64::NAN;
        for (from, most) in [
            (&[0.0, 0.0][..], 1.0),
            (&[1.0, 0.0], 2.0),
            (&[0.0, 3.0], 2.0),
            (&[0.0, f64::INFINITY], f64::INFINITY),
            (&[f64::INFINITY], f64::INFINITY),
            (&[f64::NEG_INFINITY], f64::NEG_INFINITY),
            (&[0.0, f64::NEG_INFINITY], 1.0),
            (&[nan], 1.0),
            (&[0.0, nan], 1.0),
            (&[0.0], nan),
        ] {
            let found = bins(from, most).problems("B", &answers());
            assert_eq!(found.len(), 1, "{from:?} {most}: {found:?}");
        }
        let mut wrong = bins(&[0.0, 1.0], 2.0);
        wrong.answers = vec!["low".to_owned(), "unknown".to_owned(), "huge".to_owned()];
        assert_eq!(
            wrong.problems("B", &answers()),
            [
                "bins of indicator `B` have 2 starts and 3 answers, expected as many of both and at least one",
                "bins of indicator `B` have answer `unknown`, expected one of low, middle, high",
                "bins of indicator `B` have answer `huge`, expected one of low, middle, high",
            ]
        );
    }
}
