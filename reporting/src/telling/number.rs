//! Numbers as people read them: fixed decimals, percentages, thousands, intervals, a true minus sign.

use amparo_evaluation::measure::{Count, Measure};
use amparo_evaluation::reason::Reason;

use super::lang::Lang;
use super::reasons::reason;

/// How the values of a metric are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Three decimals.
    Decimal,
    /// Four decimals, for errors whose differences are small.
    Fine,
    /// A share: percent with one decimal; its differences are percentage points.
    Share,
    /// Cases for every 1,000, with one decimal.
    PerThousand,
    /// A number of cases, with one decimal.
    Count,
}

impl Unit {
    /// The unit of a metric's name (not its key).
    pub(crate) fn of(metric: &str) -> Self {
        match metric {
            "base_rate"
            | "mean_probability"
            | "recall"
            | "false_positive_rate"
            | "specificity"
            | "ppv"
            | "npv"
            | "level_share"
            | "level_rate"
            | "events_in_lowest"
            | "severe_in_lowest"
            | "false_negative_rate"
            | "selection_rate"
            | "equalised_odds"
            | "protection"
            | "overload" => Self::Share,
            "brier" | "brier_reliability" | "brier_resolution" | "brier_uncertainty" | "log_loss"
            | "probability_error" | "ece" | "smooth_ece" | "ici" | "e50" | "e90" | "emax" => Self::Fine,
            "net_benefit" => Self::PerThousand,
            _ => Self::Decimal,
        }
    }

    fn decimals(self) -> usize {
        match self {
            Self::Share | Self::PerThousand | Self::Count => 1,
            Self::Decimal => 3,
            Self::Fine => 4,
        }
    }

    /// What a value is multiplied by before it is written.
    fn scale(self) -> f64 {
        match self {
            Self::Share => 100.0,
            Self::PerThousand => 1000.0,
            Self::Decimal | Self::Fine | Self::Count => 1.0,
        }
    }
}

/// Writes numbers in a language: `1,234.500` in English, `1 234,500` with a narrow space in Spanish.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    pub(crate) lang: Lang,
}

impl Numbers {
    /// A fixed number of decimals, thousands separated; never `-0.000`.
    pub(crate) fn fixed(self, value: f64, decimals: usize) -> String {
        if value.abs() >= 1e12 {
            return format!("{value:.3e}").replace('-', "\u{2212}");
        }
        let digits = format!("{:.decimals$}", value.abs());
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let minus = if value < 0.0 && is_shown(&digits) { "\u{2212}" } else { "" };
        let point = if fraction.is_empty() { "" } else { self.lang.pick(",", ".") };
        format!("{minus}{}{point}{fraction}", self.thousands(whole))
    }

    /// A whole number with thousands separated.
    pub(crate) fn count(self, count: u64) -> String {
        self.thousands(&count.to_string())
    }

    /// A count, or that it is few.
    pub(crate) fn rows(self, count: Count) -> String {
        match count {
            Count::Exact(count) => self.count(count),
            Count::Few { fewer_than } => format!("<\u{a0}{}", self.count(fewer_than)),
        }
    }

    /// A value in its unit: `0.712`, or `14.3%`.
    pub(crate) fn value(self, unit: Unit, value: f64) -> String {
        let percent = if unit == Unit::Share { self.lang.pick("\u{202f}%", "%") } else { "" };
        self.fixed(value * unit.scale(), unit.decimals()) + percent
    }

    /// An interval of a value, without the sign of the unit: `[0.690, 0.734]`, never broken across lines; Spanish parts the bounds by a semicolon.
    pub(crate) fn interval(self, unit: Unit, interval: (f64, f64)) -> String {
        self.bounds(unit, interval, unit.decimals())
    }

    /// A difference in its unit with its sign, and its interval: `+0.021` and `[0.010, 0.033]`, or `−1.2 pp` (percentage points).
    ///
    /// Where the interval excludes zero but a bound would be written as zero, both have more decimals.
    pub(crate) fn difference(
        self,
        unit: Unit,
        value: f64,
        interval: Option<(f64, f64)>,
    ) -> (String, Option<String>) {
        let excluded = interval.filter(|(low, high)| *low > 0.0 || *high < 0.0);
        let nearest = excluded.map_or(1.0, |(low, high)| low.abs().min(high.abs()) * unit.scale());
        let decimals = unit.decimals();
        let decimals =
            (decimals..decimals + 3).find(|d| is_shown(&format!("{nearest:.*}", *d))).unwrap_or(decimals + 3);
        let text = self.fixed(value * unit.scale(), decimals);
        let plus = if value > 0.0 && is_shown(&text) { "+" } else { "" };
        let points = if unit == Unit::Share { "\u{a0}pp" } else { "" };
        (format!("{plus}{text}{points}"), interval.map(|interval| self.bounds(unit, interval, decimals)))
    }

    /// A measure in a sentence: value and interval, or why not.
    pub(crate) fn measure(self, unit: Unit, measure: &Measure, signed: bool) -> String {
        let Some(value) = measure.value() else {
            return self.not_known(measure.reason().unwrap_or(Reason::NotInReport));
        };
        let (value, interval) = if signed {
            self.difference(unit, value, measure.interval())
        } else {
            (self.value(unit, value), measure.interval().map(|interval| self.interval(unit, interval)))
        };
        match interval {
            Some(interval) => format!("{value} {interval}"),
            None => format!("{value} ({})", self.reason(measure.reason().unwrap_or(Reason::NotResampled))),
        }
    }

    /// `not known: reason`.
    pub(crate) fn not_known(self, reason: Reason) -> String {
        format!("{}: {}", self.lang.pick("no se sabe", "not known"), self.reason(reason))
    }

    /// A reason in the language.
    pub(crate) fn reason(self, why: Reason) -> String {
        reason(&why, self.lang)
    }

    fn bounds(self, unit: Unit, (low, high): (f64, f64), decimals: usize) -> String {
        let bound = |value: f64| self.fixed(value * unit.scale(), decimals);
        format!("[{}{}\u{a0}{}]", bound(low), self.lang.pick(";", ","), bound(high))
    }

    fn thousands(self, digits: &str) -> String {
        let separator = self.lang.pick('\u{202f}', ',');
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }
}

/// Whether a number as written shows more than zeros.
fn is_shown(text: &str) -> bool {
    text.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: Numbers = Numbers { lang: Lang::En };
    const ES: Numbers = Numbers { lang: Lang::Es };

    #[test]
    fn decimals_percent_and_thousands() {
        assert_eq!(EN.fixed(0.7124, 3), "0.712");
        assert_eq!(EN.fixed(-1234.5, 3), "\u{2212}1,234.500");
        assert_eq!(ES.fixed(-1234.5, 3), "\u{2212}1\u{202f}234,500");
        assert_eq!(
            (EN.count(999), EN.count(1000), EN.count(57_134_000)),
            ("999".into(), "1,000".into(), "57,134,000".into())
        );
        assert_eq!(
            (EN.value(Unit::Share, 0.1432), ES.value(Unit::Share, 0.1432)),
            ("14.3%".into(), "14,3\u{202f}%".into())
        );
        assert_eq!(EN.fixed(3e300, 3), "3.000e300");
    }

    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        assert_eq!((EN.fixed(-0.0004, 3), EN.fixed(-0.0, 3)), ("0.000".into(), "0.000".into()));
        assert_eq!(EN.difference(Unit::Decimal, 0.0004, None).0, "0.000");
        assert_eq!(EN.fixed(-0.0006, 3), "\u{2212}0.001");
    }

    #[test]
    fn differences_and_intervals() {
        assert_eq!(EN.difference(Unit::Decimal, 0.0213, None).0, "+0.021");
        assert_eq!(EN.difference(Unit::Share, -0.0123, None).0, "\u{2212}1.2\u{a0}pp");
        assert_eq!(EN.interval(Unit::Decimal, (-0.01, 0.034)), "[\u{2212}0.010,\u{a0}0.034]");
        assert_eq!(ES.interval(Unit::Share, (0.135, 0.151)), "[13,5;\u{a0}15,1]");
        assert_eq!(EN.rows(Count::Few { fewer_than: 10 }), "<\u{a0}10");
    }

    #[test]
    fn what_excludes_zero_does_not_look_as_if_it_touched_it() {
        let (value, interval) = EN.difference(Unit::Share, -0.0014, Some((-0.0023, -0.0002)));
        assert_eq!(
            (value.as_str(), interval.as_deref()),
            ("\u{2212}0.14\u{a0}pp", Some("[\u{2212}0.23,\u{a0}\u{2212}0.02]"))
        );
        // What covers zero keeps its decimals.
        assert_eq!(
            EN.difference(Unit::Share, 0.001, Some((-0.0002, 0.002))).1.as_deref(),
            Some("[0.0,\u{a0}0.2]")
        );
    }

    #[test]
    fn measures_never_print_blank() {
        let undefined =
            Measure::undefined(Reason::suppressed(10, amparo_evaluation::reason::SmallCell::Rows));
        assert_eq!(EN.measure(Unit::Decimal, &undefined, false), "not known: suppressed: fewer than 10 rows");
        assert_eq!(ES.measure(Unit::Decimal, &undefined, false), "no se sabe: suprimido: menos de 10 filas");
        let point = Measure::Point { value: 0.5, n: 9, events: 2, reason: Reason::SameInResamples };
        assert_eq!(EN.measure(Unit::Share, &point, false), "50.0% (no interval: the same in every resample)");
    }
}
