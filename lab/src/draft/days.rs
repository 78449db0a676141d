//! Texts that are days.

use jiff::civil::Date;

/// A way in which days are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    /// As `strptime` has it.
    pub format: &'static str,
    /// What is put behind a text that says less than a day.
    pub append: &'static str,
    /// How much of the text is looked at: all, or the day of a typed value.
    typed: bool,
}

/// The ways that are tried, in this order.
const WAYS: [(&str, &str); 11] = [
    ("%Y-%m-%d", ""),
    ("%d/%m/%Y", ""),
    ("%m/%d/%Y", ""),
    ("%d-%m-%Y", ""),
    ("%d.%m.%Y", ""),
    ("%Y/%m/%d", ""),
    ("%Y-%m-%d %H:%M:%S", ""),
    ("%Y-%m-%dT%H:%M:%S", ""),
    ("%d/%m/%Y %H:%M:%S", ""),
    ("%d/%m/%Y %H:%M", ""),
    ("%Y-%m-%d", "-01"),
];

/// Years that a day of a table may lie in: others are numbers that happen to look like days.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;

impl Written {
    /// The day that a text says, if it says one.
    pub fn read(&self, text: &str) -> Option<Date> {
        let day = if self.typed {
            text.get(..10)?.parse().ok()?
        } else {
            Date::strptime(self.format, format!("{text}{}", self.append)).ok()?
        };
        YEARS.contains(&Date::year(day)).then_some(day)
    }
}

/// Every way in which all of some texts can be read.
pub(super) fn ways<'t>(texts: impl Iterator<Item = &'t str> + Clone, typed: bool) -> Vec<Written> {
    let typed_way = typed.then_some(Written { format: "%Y-%m-%d", append: "", typed: true });
    let of_text =
        WAYS.into_iter().filter(|_| !typed).map(|(format, append)| Written { format, append, typed });
    typed_way
        .into_iter()
        .chain(of_text)
        .filter(|way| texts.clone().all(|text| way.read(text).is_some()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(texts: &[&str]) -> Vec<(&'static str, &'static str)> {
        ways(texts.iter().copied(), false).into_iter().map(|way| (way.format, way.append)).collect()
    }

    #[test]
    fn every_way_is_told() {
        assert_eq!(formats(&["2013-08-14"]), [("%Y-%m-%d", "")]);
        assert_eq!(formats(&["03/04/2013"]), [("%d/%m/%Y", ""), ("%m/%d/%Y", "")]);
        assert_eq!(formats(&["03/04/2013", "13/04/2013"]), [("%d/%m/%Y", "")]);
        assert_eq!(formats(&["2010-03"]), [("%Y-%m-%d", "-01")]);
        assert_eq!(formats(&["2013-08-13 06:03:42"]), [("%Y-%m-%d %H:%M:%S", "")]);
        for no in ["1", "0001-01-01", "2013-02-30", "abc"] {
            assert_eq!(formats(&[no]), [], "{no}");
        }
    }
}
