//! What a request presents to say who asks.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::peer::{Peer, PeerCertificate};
use crate::api_error::ApiError;

/// How every API key begins, so that keys are told from tokens and found where they should not be.
pub(crate) const KEY_PREFIX: &str = "amparo_";

/// What a request presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential<'a> {
    /// `Authorization: Bearer amparo_...`: an API key, with its prefix.
    Key(&'a str),
    /// `Authorization: Bearer ...`: anything else, which can only be a JWT.
    Token(&'a str),
    /// No header, on a connection whose client presented a certificate that the service trusts.
    Certificate(&'a PeerCertificate),
}

impl<'a> Credential<'a> {
    /// What a request presents. A header goes before the certificate of the connection, and one that does not hold is never made up for by it.
    ///
    /// # Errors
    /// [`ApiError::InvalidHeader`] if there is more than one header, or one of another scheme.
    pub fn of(parts: &'a Parts) -> Result<Option<Self>, ApiError> {
        let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
        let Some(header) = headers.next() else {
            let peer = parts.extensions.get::<Peer>();
            return Ok(peer.and_then(|peer| peer.certificate.as_deref()).map(Self::Certificate));
        };
        if headers.next().is_some() {
            return Err(refused("more than one value"));
        }
        let header = header.to_str().map_err(|_| refused("another character than visible ASCII"))?;
        let (scheme, credential) = header.split_once(' ').unwrap_or((header, ""));
        let credential = credential.trim_start_matches(' ');
        // Schemes are compared without case (RFC 9110, section 11.1); the rest is a `token68` (section 11.2).
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(refused("another scheme"));
        }
        if credential.is_empty() || !credential.bytes().all(is_token68) {
            return Err(refused("no token"));
        }
        Ok(Some(match credential.strip_prefix(KEY_PREFIX) {
            Some(_) => Self::Key(credential),
            None => Self::Token(credential),
        }))
    }
}

fn is_token68(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}

fn refused(found: &str) -> ApiError {
    ApiError::InvalidHeader {
        header: "Authorization",
        message: format!("{found} found, expected `Bearer` and a token"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;

    use axum::http::Request;

    use super::*;

    fn parts(headers: &[&str], certificate: bool) -> Parts {
        let mut request = Request::new(());
        for header in headers {
            request.headers_mut().append(AUTHORIZATION, header.parse().unwrap());
        }
        let certificate = certificate.then(|| Arc::new(PeerCertificate { der: vec![1] }));
        request.extensions_mut().insert(Peer { address: IpAddr::V4(Ipv4Addr::LOCALHOST), certificate });
        request.into_parts().0
    }

    #[test]
    fn a_key_is_told_from_a_token_by_how_it_begins() {
        let key = "amparo_1_2";
        for (header, expected) in [
            ("Bearer amparo_1_2", Credential::Key(key)),
            ("bearer  amparo_1_2", Credential::Key(key)),
            ("Bearer e30.e30.c2ln", Credential::Token("e30.e30.c2ln")),
        ] {
            assert_eq!(Credential::of(&parts(&[header], true)).unwrap(), Some(expected));
        }
    }

    #[test]
    fn a_certificate_counts_where_no_header_is_and_only_there() {
        let with = parts(&[], true);
        assert_eq!(
            Credential::of(&with).unwrap(),
            Some(Credential::Certificate(&PeerCertificate { der: vec![1] }))
        );
        assert_eq!(Credential::of(&parts(&[], false)).unwrap(), None);
        for headers in [
            &["Basic eDp5"][..],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a b"],
            &["Bearer a", "Bearer a"],
            &[""],
        ] {
            assert!(
                matches!(Credential::of(&parts(headers, true)), Err(ApiError::InvalidHeader { .. })),
                "{headers:?}"
            );
        }
    }
}
