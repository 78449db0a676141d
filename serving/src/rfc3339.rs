//! Times as RFC 3339 writes them, to the letter: neither more nor less is read.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Digits of a second's fraction that a time keeps.
const KEPT: usize = 9;

/// The time that a text is by the grammar of RFC 3339, section 5.6, or `None`.
///
/// ```text
/// 4DIGIT "-" 2DIGIT "-" 2DIGIT "T" 2DIGIT ":" 2DIGIT ":" 2DIGIT ["." 1*DIGIT] ("Z" / ("+" / "-") 2DIGIT ":" 2DIGIT)
/// ```
/// `t` and `z` are as good as `T` and `Z`. Offsets are less than 24 hours. What a fraction says beyond a nanosecond
/// is cut off. A second 60 is one that can be: the last of June or December in UTC (section 5.7); it is read as the
/// first second after it, as POSIX counts.
///
/// # References
/// Klyne and Newman, "Date and Time on the Internet: Timestamps", RFC 3339, sections 5.6 and 5.7.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    let mut rest = text.as_bytes();
    let (year, month, day) = (digits(&mut rest, 4)?, after(&mut rest, b"-", 2)?, after(&mut rest, b"-", 2)?);
    let (hour, minute, second) =
        (after(&mut rest, b"Tt", 2)?, after(&mut rest, b":", 2)?, after(&mut rest, b":", 2)?);
    let nanosecond = fraction(&mut rest)?;
    let offset = offset(&mut rest)?;
    if !rest.is_empty() {
        return None;
    }
    let narrow = |value: i32| i8::try_from(value).ok();
    let date = Date::new(i16::try_from(year).ok()?, narrow(month)?, narrow(day)?).ok()?;
    let leap = second == 60;
    let second = if leap { 59 } else { second };
    let time = Time::new(narrow(hour)?, narrow(minute)?, narrow(second)?, nanosecond).ok()?;
    let at = offset.to_timestamp(DateTime::from_parts(date, time)).ok()?;
    if !leap {
        return Some(at);
    }
    let utc = Offset::UTC.to_datetime(at);
    let can_be =
        matches!((utc.month(), utc.day(), utc.hour(), utc.minute()), (6, 30, 23, 59) | (12, 31, 23, 59));
    can_be.then(|| at.checked_add(SignedDuration::from_secs(1)).ok()).flatten()
}

/// A number of so many digits.
fn digits(rest: &mut &[u8], n: usize) -> Option<i32> {
    let (number, after) = rest.split_at_checked(n)?;
    *rest = after;
    number.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0')))
}

/// The same, after one of some characters.
fn after(rest: &mut &[u8], before: &[u8], n: usize) -> Option<i32> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    before.contains(first).then(|| digits(rest, n)).flatten()
}

/// Nanoseconds; none if there is no fraction.
fn fraction(rest: &mut &[u8]) -> Option<i32> {
    let Some((b'.', after)) = rest.split_first() else { return Some(0) };
    let n = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (found, after) = after.split_at(n);
    *rest = after;
    let kept = found.iter().map(|digit| i32::from(digit - b'0')).chain(std::iter::repeat(0)).take(KEPT);
    (n > 0).then(|| kept.fold(0, |sum, digit| sum * 10 + digit))
}

fn offset(rest: &mut &[u8]) -> Option<Offset> {
    let (sign, after_sign) = rest.split_first()?;
    *rest = after_sign;
    let sign = match sign {
        b'Z' | b'z' => return Some(Offset::UTC),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (digits(rest, 2)?, after(rest, b":", 2)?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes))
        .then(|| Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn what_the_grammar_allows_is_read() {
        // Expected: GNU `date --utc --date=... +%s.%N`; the leap seconds by RFC 3339, section 5.8.
        for (text, seconds, nanoseconds) in [
            ("1985-04-12T23:20:50.52Z", 482_196_050, 520_000_000),
            ("1996-12-19T16:39:57-08:00", 851_042_397, 0),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172, -130_000_000),
            ("1990-12-31T23:59:60Z", 662_688_000, 0),
            ("1990-12-31T15:59:60-08:00", 662_688_000, 0),
            ("2025-03-01t09:30:00z", 1_740_821_400, 0),
            ("2025-03-01T09:30:00-00:00", 1_740_821_400, 0),
            ("2025-03-01T09:30:00.123456789012Z", 1_740_821_400, 123_456_789),
            ("2025-03-01T09:30:00.000000000999Z", 1_740_821_400, 0),
            ("2025-03-01T09:30:00+23:59", 1_740_735_060, 0),
            ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
        ] {
            let at = timestamp(text).map(|at| (at.as_second(), at.subsec_nanosecond()));
            assert_eq!(at, Some((seconds, nanoseconds)), "{text}");
        }
    }

    #[test]
    fn what_it_does_not_allow_is_not() {
        for text in [
            "",
            "2025-03-01",
            "2025-03-01T09:30Z",
            "2025-03-01T09:30:00",
            "2025-03-01 09:30:00Z",
            "2025-03-01T09:30:00+25:00",
            "2025-03-01T09:30:00+24:00",
            "2025-03-01T09:30:00+23:60",
            "2025-03-01T09:30:00+01",
            "2025-03-01T09:30:00+0100",
            "2025-03-01T09:30:00+01:00:00",
            "2025-03-01T09:30:00+01:00[Europe/Madrid]",
            "2025-03-01T09:30:00Z ",
            " 2025-03-01T09:30:00Z",
            "2025-03-01T09:30:00.Z",
            "2025-03-01T09:30:00,5Z",
            "2025-03-01T24:00:00Z",
            "2025-03-01T09:60:00Z",
            "2025-03-01T09:30:60Z",
            "2025-03-31T23:59:60Z",
            "2025-06-30T23:59:60+01:00",
            "2025-06-30T23:59:61Z",
            "2025-02-29T00:00:00Z",
            "2025-13-01T00:00:00Z",
            "2025-00-01T00:00:00Z",
            "20250301T093000Z",
            "+002025-03-01T09:30:00Z",
            "2025-3-1T09:30:00Z",
            "2025-03-01T9:30:00Z",
            "2025-03-01T09:30:00\u{2212}01:00",
            "２０２５-03-01T09:30:00Z",
            "1740821400",
        ] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }
}
