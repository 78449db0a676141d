//! What a certificate calls its holder.

use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// The names of a certificate, each with its kind: `subject:CN=...` as RFC 4514 writes it, `dns:`, `uri:`, `email:`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub all: Vec<String>,
    /// Until when the certificate holds.
    pub until: SystemTime,
}

impl Names {
    /// Those of a certificate (DER); nothing if it cannot be read.
    pub fn of(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let certificate = certificate.tbs_certificate();
        let mut all = Vec::new();
        if !certificate.subject().is_empty() {
            all.push(format!("subject:{}", certificate.subject()));
        }
        if let Some((_, SubjectAltName(names))) = certificate.get_extension().ok()? {
            all.extend(names.iter().filter_map(|name| match name {
                // Names of hosts are the same in capitals.
                GeneralName::DnsName(name) => Some(format!("dns:{}", name.as_str().to_ascii_lowercase())),
                GeneralName::UniformResourceIdentifier(uri) => Some(format!("uri:{}", uri.as_str())),
                GeneralName::Rfc822Name(address) => Some(format!("email:{}", address.as_str())),
                _ => None,
            }));
        }
        Some(Self {
            all,
            until: SystemTime::UNIX_EPOCH + certificate.validity().not_after.to_unix_duration(),
        })
    }
}
