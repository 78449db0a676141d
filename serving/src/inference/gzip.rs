//! Bodies that are compressed: what is sent so is unpacked, and what is answered is packed where the client takes it.

use std::io::{Read, Write};

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::BODY_LIMIT;
use crate::api_error::ApiError;
use crate::content::listed;

/// Answers that are shorter are sent as they are: they fit into one packet.
const WORTH_PACKING: usize = 1400;

/// What a body was before it was packed: at most as long as a body may be that was not.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, ApiError> {
    let mut unpacked = Vec::new();
    let limited = MultiGzDecoder::new(bytes).take(BODY_LIMIT as u64 + 1).read_to_end(&mut unpacked);
    limited.map_err(|_| ApiError::MalformedJson {
        message: "it is declared as compressed by gzip, and cannot be unpacked".to_owned(),
    })?;
    if unpacked.len() > BODY_LIMIT { Err(ApiError::BodyTooLarge { limit: BODY_LIMIT }) } else { Ok(unpacked) }
}

/// The packed answer, if the client takes one and it is worth it.
pub(super) fn packed(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < WORTH_PACKING || !is_taken(headers) {
        return None;
    }
    let mut packer = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::fast());
    packer.write_all(body).ok()?;
    packer.finish().ok()
}

/// Whether the client says that it takes gzip (RFC 9110, section 12.5.3).
fn is_taken(headers: &HeaderMap) -> bool {
    listed(headers, ACCEPT_ENCODING).iter().any(|member| {
        let mut parts = member.split(';').map(str::trim);
        let taken = parts.next().is_some_and(|coding| coding == "gzip" || coding == "x-gzip");
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        taken && weight.is_none_or(|weight| weight.parse::<f64>().is_ok_and(|weight| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn taking(accepted: &str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, accepted.parse().unwrap())])
    }

    #[test]
    fn what_is_packed_is_unpacked_again() {
        let body = b"0123456789".repeat(1000);
        let small = packed(&taking("gzip, deflate, br"), &body).unwrap();
        assert!(small.len() < body.len() / 10);
        assert_eq!(unpacked(&small).unwrap(), body);
        assert!(matches!(unpacked(&small[..small.len() - 1]), Err(ApiError::MalformedJson { .. })));
        assert!(matches!(unpacked(&body), Err(ApiError::MalformedJson { .. })));
    }

    #[test]
    fn the_limit_of_a_body_holds_for_what_it_is_unpacked_to() {
        let packed = |n| packed(&taking("gzip"), &vec![b' '; n]).unwrap();
        assert_eq!(unpacked(&packed(BODY_LIMIT)).unwrap().len(), BODY_LIMIT);
        let bomb = packed(BODY_LIMIT + 1);
        assert!(bomb.len() < 20_000, "{} bytes", bomb.len());
        assert_eq!(unpacked(&bomb), Err(ApiError::BodyTooLarge { limit: BODY_LIMIT }));
    }

    #[test]
    fn who_does_not_take_gzip_gets_none() {
        let body = [b'x'; 2 * WORTH_PACKING];
        for (accepted, expected) in [
            ("gzip", true),
            ("GZIP;q=0.5", true),
            ("br, gzip ; q=1", true),
            ("gzip;q=0", false),
            ("gzip;q=x", false),
            ("br", false),
            ("", false),
        ] {
            assert_eq!(packed(&taking(accepted), &body).is_some(), expected, "{accepted}");
        }
        assert_eq!(packed(&HeaderMap::new(), &body), None);
        assert_eq!(packed(&taking("gzip"), &body[..WORTH_PACKING - 1]), None);
    }
}
