//! Encrypted connections (RFC 8446, RFC 5246), in programs that are built with the feature `tls`.

mod files;
#[cfg(feature = "tls")]
mod server;
#[cfg(all(test, feature = "tls"))]
pub(crate) mod testing;
#[cfg(all(test, feature = "tls"))]
mod tests;

pub use files::{ClientAuthority, TlsFiles};
#[cfg(feature = "tls")]
pub(crate) use server::Tls;

/// What a program without the feature can have of it: nothing.
#[cfg(not(feature = "tls"))]
#[derive(Debug)]
pub(crate) enum Tls {}

#[cfg(not(feature = "tls"))]
impl Tls {
    /// Refuses.
    ///
    /// # Errors
    /// Always, in words.
    pub fn open(_: TlsFiles) -> Result<Self, String> {
        Err("this program was built without the feature `tls`".to_owned())
    }

    /// There is nothing to read.
    pub fn reread(&self) {
        match *self {}
    }

    /// There is nobody to greet.
    ///
    /// # Errors
    /// None.
    pub async fn accept(
        &self,
        _: tokio::net::TcpStream,
    ) -> std::io::Result<(tokio::net::TcpStream, Option<std::sync::Arc<crate::access::PeerCertificate>>)>
    {
        match *self {}
    }
}
