//! The service's side of an encrypted connection, by rustls.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::{ClientAuthority, TlsFiles};
use crate::access::PeerCertificate;
use crate::watched::Watched;

/// Longest file of certificates or of a key.
const LONGEST: u64 = 1024 * 1024;

/// What the connections to one address are encrypted with.
#[derive(Debug)]
pub(crate) struct Tls(Watched<ServerConfig>);

impl Tls {
    /// Reads certificates and key.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    pub fn open(files: TlsFiles) -> Result<Self, String> {
        let mut paths = vec![files.certificate.clone(), files.key.clone()];
        paths.extend(files.clients.iter().map(|clients| clients.certificates.clone()));
        Watched::open("certificates", paths, move || read(&files)).map(Self)
    }

    /// Reads them again.
    pub fn reread(&self) {
        self.0.reread();
    }

    /// Greets a client, and says which certificate it presented.
    ///
    /// # Errors
    /// The client does not speak TLS, or presents what is not trusted.
    pub async fn accept(
        &self,
        stream: TcpStream,
    ) -> std::io::Result<(TlsStream<TcpStream>, Option<Arc<PeerCertificate>>)> {
        let stream = TlsAcceptor::from(self.0.now()).accept(stream).await?;
        let presented = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let certificate = presented.map(|der| Arc::new(PeerCertificate { der: der.to_vec() }));
        Ok((stream, certificate))
    }
}

fn read(files: &TlsFiles) -> Result<ServerConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let chain = certificates(&files.certificate)?;
    in_date(&chain, &files.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes(&files.key)?)
        .map_err(|error| wrong("private key", &files.key, error))?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| format!("versions of TLS: {error}"))?;
    let builder = match &files.clients {
        Some(clients) => builder.with_client_cert_verifier(verifier(clients, provider)?),
        None => builder.with_no_client_auth(),
    };
    // Refuses a key that is not that of the certificate.
    let mut config = builder.with_single_cert(chain, key).map_err(|error| {
        let (certificate, key) = (files.certificate.display(), files.key.display());
        format!("certificate `{certificate}` with private key `{key}`: {error}")
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if files.clients.is_some() {
        // A session that is taken up again is not checked again: the certificate may have expired, or its authority been replaced.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    Ok(config)
}

fn verifier(
    clients: &ClientAuthority,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, String> {
    let path = &clients.certificates;
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|error| wrong("certificates of authorities", path, error))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = if clients.required { builder } else { builder.allow_unauthenticated() };
    builder.build().map_err(|error| wrong("certificates of authorities", path, error))
}

/// Refuses a certificate that no client would take today.
fn in_date(chain: &[CertificateDer<'_>], path: &Path) -> Result<(), String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    for (der, number) in chain.iter().zip(1..) {
        let found = Certificate::from_der(der)
            .map_err(|error| wrong("certificate", path, format!("{number} in the file: {error}")))?;
        let validity = found.tbs_certificate().validity();
        if now > validity.not_after.to_unix_duration() {
            let until = validity.not_after;
            return Err(wrong("certificate", path, format!("{number} in the file has expired on {until}")));
        }
        if now < validity.not_before.to_unix_duration() {
            let since = validity.not_before;
            return Err(wrong(
                "certificate",
                path,
                format!("{number} in the file holds from {since} on only"),
            ));
        }
    }
    Ok(())
}

fn certificates(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes(path)?).collect();
    let found = found.map_err(|error| wrong("certificates", path, error))?;
    if found.is_empty() {
        return Err(wrong("certificates", path, "it holds none, expected PEM"));
    }
    Ok(found)
}

fn bytes(path: &PathBuf) -> Result<Vec<u8>, String> {
    let unread = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    let length = std::fs::metadata(path).map_err(unread)?.len();
    if length > LONGEST {
        return Err(format!("`{}` has {length} bytes, expected {LONGEST} at most", path.display()));
    }
    std::fs::read(path).map_err(unread)
}

fn wrong(what: &str, path: &Path, problem: impl std::fmt::Display) -> String {
    format!("{what} in `{}`: {problem}", path.display())
}
