//! Days as periods of time.

use jiff::civil::Date;

use crate::Error;

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `2025-03`.
    Month,
    /// `2025-Q1`.
    Quarter,
    /// `2025`.
    Year,
}

impl Period {
    /// The period of a day; names sort in order of time.
    #[must_use]
    pub fn of(self, day: Date) -> String {
        let (year, month) = (day.year(), day.month());
        match self {
            Self::Month => format!("{year:04}-{month:02}"),
            Self::Quarter => format!("{year:04}-Q{}", (month + 2) / 3),
            Self::Year => format!("{year:04}"),
        }
    }

    /// The periods of days in order of time, and the place of each day's.
    pub(super) fn code(self, days: impl Iterator<Item = Date>) -> Result<(Vec<String>, Vec<u16>), Error> {
        let of_days: Vec<String> = days.map(|day| self.of(day)).collect();
        let mut periods = of_days.clone();
        periods.sort_unstable();
        periods.dedup();
        if periods.len() > usize::from(u16::MAX) {
            return Err(Error::Periods { found: periods.len() });
        }
        let place = |name: &String| periods.partition_point(|other| other < name) as u16;
        let places = of_days.iter().map(place).collect();
        Ok((periods, places))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_fall_into_the_period_they_are_in() {
        let days = [date(2025, 12, 31), date(2025, 1, 1), date(2025, 4, 1), date(2025, 3, 31)];
        let of = |period: Period| period.code(days.into_iter()).unwrap();
        assert_eq!(of(Period::Year), (vec!["2025".to_owned()], vec![0; 4]));
        let quarters = ["2025-Q1", "2025-Q2", "2025-Q4"].map(str::to_owned).to_vec();
        assert_eq!(of(Period::Quarter), (quarters, vec![2, 0, 1, 0]));
        let months = ["2025-01", "2025-03", "2025-04", "2025-12"].map(str::to_owned).to_vec();
        assert_eq!(of(Period::Month), (months, vec![3, 0, 2, 1]));
    }
}
