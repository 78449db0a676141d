//! Zones of time by their names, from the database that comes with the program: the same on every machine.

use jiff::tz::{Offset, TimeZone};

/// A zone by its name in the IANA database, or an offset such as `+05:30`; `None` if there is none of that name.
pub(crate) fn named(name: &str) -> Option<TimeZone> {
    if is_utc(name) {
        return Some(TimeZone::UTC);
    }
    offset(name).map(TimeZone::fixed).or_else(|| TimeZone::get(name).ok())
}

/// A zone as messages name it.
#[cfg(feature = "tables")]
pub(crate) fn name(zone: &TimeZone) -> String {
    let offset = || zone.to_fixed_offset().map_or_else(|_| "unnamed".to_owned(), |offset| offset.to_string());
    zone.iana_name().map_or_else(offset, str::to_owned)
}

/// Whether a name stands for UTC, which writers give to moments whose zone they do not know.
pub(crate) fn is_utc(name: &str) -> bool {
    const NAMES: [&str; 7] = ["UTC", "Etc/UTC", "UCT", "Etc/UCT", "Z", "GMT", "Etc/GMT"];
    NAMES.iter().any(|utc| utc.eq_ignore_ascii_case(name)) || offset(name) == Some(Offset::UTC)
}

/// `+05:30`, as Arrow writes an offset that never changes.
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |digits: &str| {
        let is_written = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_written.then(|| digits.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes).filter(|minutes| *minutes < 60)?);
    Offset::from_seconds(sign * (3_600 * hours + 60 * minutes)).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn names_and_offsets_are_zones_and_nothing_else_is() {
        // 2025-01-31 00:00 in UTC.
        let at = Timestamp::from_second(1_738_281_600).unwrap();
        let seconds = |name: &str| named(name).map(|zone| zone.to_offset(at).seconds());
        assert_eq!(seconds("Europe/Madrid"), Some(3_600));
        assert_eq!(seconds("America/Bogota"), Some(-18_000));
        assert_eq!(seconds("+05:30"), Some(19_800));
        assert_eq!(seconds("-03:00"), Some(-10_800));
        for utc in ["UTC", "utc", "Z", "Etc/UTC", "+00:00", "-00:00"] {
            assert_eq!((seconds(utc), is_utc(utc)), (Some(0), true), "{utc}");
        }
        assert!(!is_utc("Europe/London") && !is_utc("Africa/Abidjan") && !is_utc("+01:00"));
        for none in ["", "Mars/Base", "Madrid", "+5:30", "+05:60", "+99:00", "05:30", "+é:00"] {
            assert_eq!(named(none), None, "{none}");
        }
    }
}
