//! What the service is told of encrypted connections and of certificates of clients.

use std::path::PathBuf;

use amparo_serving::{ClientAuthority, TlsFiles};
use clap::{Args, ValueEnum};
use serde::Deserialize;

/// Encrypted connections, each setting of which may be missing.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct TlsSettings {
    /// File with the certificate of the service and those that lead from it to its authority (PEM), in a program that was built with
    /// `--features tls`. Requests are then answered by TLS 1.2 and 1.3 only. The files of TLS are read again when they change. Default: none.
    #[arg(long, value_name = "FILE", env = "AMPARO_TLS_CERTIFICATE")]
    pub tls_certificate: Option<PathBuf>,
    /// File with the private key of that certificate (PEM). Default: none.
    #[arg(long, value_name = "FILE", env = "AMPARO_TLS_KEY")]
    pub tls_key: Option<PathBuf>,
    /// File with the certificates of the authorities that sign those of clients (PEM). Default: none, and clients are asked for no certificate.
    #[arg(long, value_name = "FILE", env = "AMPARO_TLS_CLIENT_AUTHORITY")]
    pub tls_client_authority: Option<PathBuf>,
    /// Whether a client has to have a certificate, or may present a key or a token instead. Default: `required`, with `--tls-client-authority`.
    #[arg(long, value_name = "WHETHER", env = "AMPARO_TLS_CLIENT_CERTIFICATES")]
    pub tls_client_certificates: Option<ClientCertificates>,
    /// File that says who the certificate of a client is (TOML): its name, roles, institution, unit, officers and expiry. Default: none.
    #[arg(long, value_name = "FILE", env = "AMPARO_TLS_CLIENTS")]
    pub tls_clients: Option<PathBuf>,
}

/// Whether a client has to have a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientCertificates {
    /// A client without one is refused before it can ask.
    Required,
    /// A client without one presents a key or a token.
    Optional,
}

impl TlsSettings {
    /// These, and those of a file where these say nothing.
    pub fn over(self, file: Self) -> Self {
        Self {
            tls_certificate: self.tls_certificate.or(file.tls_certificate),
            tls_key: self.tls_key.or(file.tls_key),
            tls_client_authority: self.tls_client_authority.or(file.tls_client_authority),
            tls_client_certificates: self.tls_client_certificates.or(file.tls_client_certificates),
            tls_clients: self.tls_clients.or(file.tls_clients),
        }
    }

    /// The files, and the table of clients. What contradicts itself is added to the problems.
    pub fn files(self, problems: &mut Vec<String>) -> (Option<TlsFiles>, Option<PathBuf>) {
        let some = [
            ("tls_certificate", self.tls_certificate.is_some()),
            ("tls_key", self.tls_key.is_some()),
            ("tls_client_authority", self.tls_client_authority.is_some()),
            ("tls_client_certificates", self.tls_client_certificates.is_some()),
            ("tls_clients", self.tls_clients.is_some()),
        ];
        let set = |name: &str| some.iter().any(|(other, set)| *set && *other == name);
        let mut needs = |name: &str, other: &str| {
            if set(name) && !set(other) {
                problems.push(format!("`{name}` is set without `{other}`, which it needs"));
            }
        };
        needs("tls_certificate", "tls_key");
        needs("tls_key", "tls_certificate");
        needs("tls_client_authority", "tls_certificate");
        needs("tls_client_certificates", "tls_client_authority");
        needs("tls_clients", "tls_client_authority");
        if let Some((name, _)) = some.iter().find(|(_, set)| *set)
            && !cfg!(feature = "tls")
        {
            problems.push(format!("`{name}` is set in a program that was built without `--features tls`"));
        }
        let required = self.tls_client_certificates != Some(ClientCertificates::Optional);
        let clients =
            self.tls_client_authority.map(|certificates| ClientAuthority { certificates, required });
        let files = self.tls_certificate.zip(self.tls_key);
        (files.map(|(certificate, key)| TlsFiles { certificate, key, clients }), self.tls_clients)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: TlsSettings) -> (Option<TlsFiles>, Option<PathBuf>, Vec<String>) {
        let mut problems = Vec::new();
        let (files, clients) = settings.files(&mut problems);
        problems.retain(|problem| !problem.contains("built without"));
        (files, clients, problems)
    }

    fn all() -> TlsSettings {
        TlsSettings {
            tls_certificate: Some("c".into()),
            tls_key: Some("k".into()),
            tls_client_authority: Some("a".into()),
            tls_client_certificates: None,
            tls_clients: Some("t".into()),
        }
    }

    #[test]
    fn clients_have_to_have_a_certificate_unless_it_is_said() {
        for (said, required) in [
            (None, true),
            (Some(ClientCertificates::Required), true),
            (Some(ClientCertificates::Optional), false),
        ] {
            let (files, clients, problems) = read(TlsSettings { tls_client_certificates: said, ..all() });
            let authority = files.and_then(|files| files.clients);
            assert_eq!(authority, Some(ClientAuthority { certificates: "a".into(), required }));
            assert_eq!((clients, problems), (Some("t".into()), Vec::new()));
        }
    }

    #[test]
    fn what_needs_something_else_is_told() {
        let without = |change: fn(&mut TlsSettings)| {
            let mut settings = all();
            change(&mut settings);
            read(settings).2.join("\n")
        };
        let pair = without(|settings| settings.tls_key = None);
        assert_eq!(pair, "`tls_certificate` is set without `tls_key`, which it needs");
        let both =
            without(|settings| (settings.tls_certificate, settings.tls_client_authority) = (None, None));
        assert!(both.contains("`tls_key` is set without `tls_certificate`"), "{both}");
        assert!(both.contains("`tls_clients` is set without `tls_client_authority`"), "{both}");
        let (files, _, problems) = read(TlsSettings::default());
        assert_eq!((files, problems), (None, Vec::new()));
    }

    #[test]
    fn a_program_without_tls_says_so() {
        let mut problems = Vec::new();
        all().files(&mut problems);
        assert_eq!(problems.is_empty(), cfg!(feature = "tls"), "{problems:?}");
    }
}
