//! Cells of a Parquet file as the texts that a CSV table of the same would hold.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::kind::Kind;

/// A whole number of this type as text; `None` if it is one that no calendar has.
///
/// ```text
/// 31           an integer, an unsigned one by its bits
/// 12.50        a decimal, with all its digits behind the point
/// 2025-01-31   a day
/// 2025-01-31 06:03:42    a local time, or a moment as a clock in its zone shows it, with as many decimals of a second as are not zero
/// ```
pub(super) fn whole(kind: &Kind, value: i128) -> Option<String> {
    match kind {
        Kind::Decimal(scale) => Some(decimal(value, *scale as usize)),
        Kind::Day => Some(day(i64::try_from(value).ok()?)?.to_string()),
        Kind::WallClock(units) => wall_clock(i64::try_from(value).ok()?, *units),
        Kind::Zoned(units, zone) => moment(i64::try_from(value).ok()?, *units, zone),
        Kind::Utc(units) => moment(i64::try_from(value).ok()?, *units, &TimeZone::UTC),
        _ => Some(value.to_string()),
    }
}

/// A number of up to 16 bytes, the highest first, with its sign in the highest bit.
pub(super) fn big_endian(bytes: &[u8]) -> Option<i128> {
    let negative = *bytes.first()? >= 0x80;
    let mut all = if negative { [0xff; 16] } else { [0; 16] };
    // A longer one is right only if what goes beyond repeats the sign.
    let (beyond, rest) = bytes.split_at(bytes.len().saturating_sub(16));
    all[16 - rest.len()..].copy_from_slice(rest);
    let value = i128::from_be_bytes(all);
    let fits = beyond.iter().all(|byte| *byte == if negative { 0xff } else { 0 }) && (value < 0) == negative;
    fits.then_some(value)
}

/// A decimal: `1250` with two digits behind the point is `12.50`.
fn decimal(value: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

fn day(since_1970: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(Span::new().try_days(since_1970).ok()?).ok()
}

fn wall_clock(value: i64, units: i64) -> Option<String> {
    let nanoseconds = value.rem_euclid(units) * (1_000_000_000 / units);
    let seconds = value.div_euclid(units);
    let date = day(seconds.div_euclid(86_400))?;
    // All within a day, so each fits its type.
    let of_day = seconds.rem_euclid(86_400);
    let [hour, minute, second] =
        [of_day / 3_600, of_day / 60 % 60, of_day % 60].map(|part| i8::try_from(part).unwrap_or_default());
    let time = Time::new(hour, minute, second, i32::try_from(nanoseconds).ok()?).ok()?;
    Some(date.to_datetime(time).to_string().replace('T', " "))
}

fn moment(value: i64, units: i64, zone: &TimeZone) -> Option<String> {
    let nanoseconds = i32::try_from(value.rem_euclid(units) * (1_000_000_000 / units)).ok()?;
    let at = Timestamp::new(value.div_euclid(units), nanoseconds).ok()?;
    Some(zone.to_datetime(at).to_string().replace('T', " "))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn moments_are_what_a_clock_in_their_zone_shows() {
        let of = |zone: &str, value| whole(&Kind::Zoned(1_000, crate::zone::named(zone).unwrap()), value);
        // pandas 3.1.1: Timestamp("2025-01-31 00:30", tz="Europe/Madrid") is 2025-01-30 23:30 in UTC; in summer, the clock is two hours ahead.
        let winter = 1_738_279_800_000;
        assert_eq!(of("Europe/Madrid", winter).as_deref(), Some("2025-01-31 00:30:00"));
        assert_eq!(whole(&Kind::Utc(1_000), winter).as_deref(), Some("2025-01-30 23:30:00"));
        assert_eq!(of("Atlantic/Canary", winter).as_deref(), Some("2025-01-30 23:30:00"));
        // Timestamp("2025-07-31 00:30:00.25", tz="Europe/Madrid"), Timestamp("1969-12-31 23:59:59.999", tz="UTC").
        let summer = 1_753_914_600_250;
        assert_eq!(of("Europe/Madrid", summer).as_deref(), Some("2025-07-31 00:30:00.25"));
        assert_eq!(of("+05:30", -1).as_deref(), Some("1970-01-01 05:29:59.999"));
        assert_eq!(whole(&Kind::Utc(1_000), i128::from(i64::MAX)), None);
    }

    #[test]
    fn whole_numbers_are_what_their_type_says() {
        let shown = |kind, value| whole(&kind, value);
        assert_eq!(shown(Kind::Decimal(2), 1250).as_deref(), Some("12.50"));
        assert_eq!(shown(Kind::Decimal(2), -5).as_deref(), Some("-0.05"));
        assert_eq!(shown(Kind::Decimal(0), -5).as_deref(), Some("-5"));
        assert_eq!(shown(Kind::Day, 0).as_deref(), Some("1970-01-01"));
        assert_eq!(shown(Kind::Day, 20_119).as_deref(), Some("2025-01-31"));
        assert_eq!(shown(Kind::Day, -1).as_deref(), Some("1969-12-31"));
        assert_eq!(shown(Kind::Day, i128::from(i32::MAX)), None);
        // pandas 3.1.1: Timestamp(-1, unit="ms"), Timestamp("2025-01-31 06:03:42.5").
        assert_eq!(shown(Kind::WallClock(1_000), -1).as_deref(), Some("1969-12-31 23:59:59.999"));
        let of = 1_738_303_422_500_000_000;
        assert_eq!(shown(Kind::WallClock(1_000_000_000), of).as_deref(), Some("2025-01-31 06:03:42.5"));
        assert_eq!(shown(Kind::WallClock(1_000_000), of / 1_000).as_deref(), Some("2025-01-31 06:03:42.5"));
        assert_eq!(shown(Kind::WallClock(1_000), 1_738_281_600_000).as_deref(), Some("2025-01-31 00:00:00"));
        assert_eq!(shown(Kind::WallClock(1_000), i128::from(i64::MAX)), None);
    }

    #[test]
    fn bytes_are_numbers_with_a_sign() {
        assert_eq!(big_endian(&[0x04, 0xe2]), Some(1250));
        assert_eq!(big_endian(&[0xff, 0xfb]), Some(-5));
        assert_eq!(big_endian(&[0xfb]), Some(-5));
        assert_eq!(big_endian(&[0x80; 16]), Some(i128::from_be_bytes([0x80; 16])));
        assert_eq!(big_endian(&[&[0_u8][..], &[0x7f; 16]].concat()), Some(i128::from_be_bytes([0x7f; 16])));
        assert_eq!(big_endian(&[&[0_u8][..], &[0x80; 16]].concat()), None);
        assert_eq!(big_endian(&[]), None);
    }
}
