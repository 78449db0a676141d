//! The shape of an RFC 3339 time. Told by the caller, only checked here: this crate reads no clock.

/// What is wrong with a time, in words, if anything is.
pub(crate) fn problem(field: &str, text: &str) -> Option<String> {
    let fits = parse(text).is_some();
    (!fits).then(|| format!("{field} is `{text}`, expected a time such as `2026-03-01T09:30:00Z` (RFC 3339)"))
}

fn parse(text: &str) -> Option<()> {
    let (date, time) = text.split_once('T')?;
    let [year, month, day] = fields(date, '-')?;
    let offset = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at(offset);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = fields(clock, ':')?;
    number(year, 4, 0, 9999)?;
    number(month, 2, 1, 12)?;
    number(day, 2, 1, 31)?;
    number(hour, 2, 0, 23)?;
    number(minute, 2, 0, 59)?;
    number(second, 2, 0, 60)?;
    number(fraction, fraction.len().clamp(1, 9), 0, u32::MAX)?;
    if zone != "Z" {
        let [hours, minutes] = fields(&zone[1..], ':')?;
        number(hours, 2, 0, 23)?;
        number(minutes, 2, 0, 59)?;
    }
    Some(())
}

fn fields<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    text.split(separator).collect::<Vec<_>>().try_into().ok()
}

fn number(text: &str, digits: usize, least: u32, most: u32) -> Option<u32> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| plain && (least..=most).contains(n))
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn times_as_the_rfc_writes_them() {
        for time in ["2026-03-01T09:30:00Z", "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00"] {
            assert_eq!(problem("at", time), None);
        }
    }

    #[test]
    fn other_texts_are_refused_with_their_field() {
        for time in [
            "",
            "yesterday",
            "2026-03-01",
            "2026-03-01 09:30:00Z",
            "2026-13-01T09:30:00Z",
            "2026-03-01T09:30:00",
            "2026-03-01T09:30Z",
            "2026-03-01T24:30:00Z",
            "2026-03-01T09:30:00ZZ",
            "2026-03-01T09:30:00+1:00",
            "2026-03-01T09:30:00.Z",
            "+026-03-01T09:30:00Z",
        ] {
            assert!(problem("at", time).is_some_and(|p| p.starts_with("at is `")), "{time}");
        }
    }
}
