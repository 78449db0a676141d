//! The header `traceparent` (W3C Trace Context, section 3.2): the trace that a request belongs to.

use axum::http::HeaderMap;

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parent {
    pub trace: [u8; 16],
    pub span: [u8; 8],
    /// Whether the caller may have recorded it.
    pub sampled: bool,
}

/// The parent that a request names. A header that is broken, or there twice, is as if there were none (section 3.2.2.5).
pub(super) fn parent(headers: &HeaderMap) -> Option<Parent> {
    let mut values = headers.get_all("traceparent").iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { parsed(value.as_bytes()) }
}

fn parsed(text: &[u8]) -> Option<Parent> {
    let (head, rest) = text.split_at_checked(55)?;
    let version = hexadecimal::<1>(&head[..2])?;
    // Version 00 ends here. What a later one has besides is of no concern to us; 255 is none.
    let ends = match version {
        [0] => rest.is_empty(),
        [255] => false,
        _ => rest.is_empty() || rest[0] == b'-',
    };
    let separated = [2, 35, 52].into_iter().all(|at| head[at] == b'-');
    let (trace, span) = (hexadecimal(&head[3..35])?, hexadecimal(&head[36..52])?);
    let [flags] = hexadecimal(&head[53..])?;
    (ends && separated && trace != [0; 16] && span != [0; 8]).then_some(Parent {
        trace,
        span,
        sampled: flags & 1 == 1,
    })
}

/// Bytes written in lower-case hexadecimal; upper case is not allowed.
fn hexadecimal<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, two) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(two[0])? << 4 | digit(two[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn of(values: &[&str]) -> Option<Parent> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("traceparent", value.parse().unwrap());
        }
        parent(&headers)
    }

    /// The example of the specification.
    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_example_of_the_specification_is_read() {
        let read = of(&[EXAMPLE]).unwrap();
        assert_eq!(u128::from_be_bytes(read.trace), 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
        assert_eq!(u64::from_be_bytes(read.span), 0x00f0_67aa_0ba9_02b7);
        assert!(read.sampled);
        assert!(!of(&[&EXAMPLE.replace("-01", "-00")]).unwrap().sampled);
        // Flags that are not known yet are ignored.
        assert!(of(&[&EXAMPLE.replace("-01", "-ff")]).unwrap().sampled);
        // A later version may say more.
        assert_eq!(of(&[&format!("cc{}-what-comes", &EXAMPLE[2..])]), Some(read));
        assert_eq!(of(&[&format!("cc{}", &EXAMPLE[2..])]), Some(read));
    }

    #[test]
    fn what_is_broken_is_as_if_it_were_not_there() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[EXAMPLE, EXAMPLE]), None);
        for broken in [
            "",
            "00",
            &EXAMPLE[..54],
            &EXAMPLE.to_uppercase(),
            &EXAMPLE.replace('-', "_"),
            &EXAMPLE.replacen("00", "ff", 1),
            &EXAMPLE.replacen("00", "0g", 1),
            &format!("{EXAMPLE}-more"),
            &format!("{EXAMPLE} "),
            &format!("cc{}.what", &EXAMPLE[2..]),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01",
        ] {
            assert_eq!(of(&[broken]), None, "{broken}");
        }
    }
}
