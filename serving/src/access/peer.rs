//! Who is at the other end of a connection.

use std::net::IpAddr;
use std::sync::Arc;

/// The other end of the connection that a request came on. The connection puts it into the extensions of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// The certificate that it presented, once it was found to be trusted.
    pub certificate: Option<Arc<PeerCertificate>>,
}

/// A certificate that a client presented, and that a certificate authority of the service's signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PeerCertificate {
    /// The certificate itself, without those that signed it (DER).
    pub der: Vec<u8>,
}
