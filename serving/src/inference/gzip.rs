//! Bodies that come compressed. Answers are compressed where all others are.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::BODY_LIMIT;
use crate::api_error::ApiError;

/// What a body was before it was packed: at most as long as a body may be that was not.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, ApiError> {
    let mut unpacked = Vec::new();
    let limited = MultiGzDecoder::new(bytes).take(BODY_LIMIT as u64 + 1).read_to_end(&mut unpacked);
    limited.map_err(|_| ApiError::MalformedJson {
        message: "it is declared as compressed by gzip, and cannot be unpacked".to_owned(),
    })?;
    if unpacked.len() > BODY_LIMIT { Err(ApiError::BodyTooLarge { limit: BODY_LIMIT }) } else { Ok(unpacked) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(body: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked_again() {
        let body = b"0123456789".repeat(1000);
        let small = packed(&body);
        assert_eq!(unpacked(&small).unwrap(), body);
        assert!(matches!(unpacked(&small[..small.len() - 1]), Err(ApiError::MalformedJson { .. })));
        assert!(matches!(unpacked(&body), Err(ApiError::MalformedJson { .. })));
    }

    #[test]
    fn the_limit_of_a_body_holds_for_what_it_is_unpacked_to() {
        let packed = |n| packed(&vec![b' '; n]);
        assert_eq!(unpacked(&packed(BODY_LIMIT)).unwrap().len(), BODY_LIMIT);
        let bomb = packed(BODY_LIMIT + 1);
        assert!(bomb.len() < 20_000, "{} bytes", bomb.len());
        assert_eq!(unpacked(&bomb), Err(ApiError::BodyTooLarge { limit: BODY_LIMIT }));
    }
}
