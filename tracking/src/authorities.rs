//! Whose word is taken for who a server is.

use std::path::Path;

use crate::Error;

/// The authorities whose certificates are trusted, where the server is reached by TLS.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    /// Where they are stated; nothing for those that the program was built with.
    #[cfg(feature = "tls")]
    file: Option<std::path::PathBuf>,
    #[cfg(feature = "tls")]
    certificates: Vec<Vec<u8>>,
}

/// Longest file of certificates that is read.
#[cfg(feature = "tls")]
const LONGEST: u64 = 16 * 1024 * 1024;

#[cfg(feature = "tls")]
impl Authorities {
    /// Those whose certificates are in a file (PEM), and no others.
    ///
    /// # Errors
    /// A file that cannot be read, holds something that is no certificate where it says so, or none.
    pub fn in_file(path: &Path) -> Result<Self, Error> {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject;

        let wrong = |problem: String| Error::Certificates { path: path.to_owned(), problem };
        let length = std::fs::metadata(path).map_err(Error::io("read", path))?.len();
        if length > LONGEST {
            return Err(wrong(format!("it has {length} bytes, expected {LONGEST} at most")));
        }
        let text = std::fs::read(path).map_err(Error::io("read", path))?;
        let mut store = rustls::RootCertStore::empty();
        let mut certificates = Vec::new();
        for (found, number) in CertificateDer::pem_slice_iter(&text).zip(1..) {
            let found = found.map_err(|error| wrong(format!("certificate {number}: {error}")))?;
            certificates.push(found.to_vec());
            store.add(found).map_err(|error| wrong(format!("certificate {number}: {error}")))?;
        }
        if certificates.is_empty() {
            return Err(wrong("it holds no certificate, expected those of authorities (PEM)".to_owned()));
        }
        Ok(Self { file: Some(path.to_owned()), certificates })
    }

    /// As the client takes them.
    pub(crate) fn tls(&self) -> ureq::tls::TlsConfig {
        use ureq::tls::{Certificate, RootCerts, TlsConfig};

        let certificates = self.certificates.iter().map(|der| Certificate::from_der(der).to_owned());
        let roots = match &self.file {
            Some(_) => RootCerts::new_with_certs(&certificates.collect::<Vec<_>>()),
            None => RootCerts::WebPki,
        };
        TlsConfig::builder().root_certs(roots).build()
    }

    /// What is wrong with a server's certificate, in words that say what to do; nothing where that is not why there is no answer.
    pub(crate) fn problem(&self, error: &ureq::Error) -> Option<String> {
        use rustls::{CertificateError, Error as Tls};

        let error = match error {
            ureq::Error::Rustls(error) => error,
            ureq::Error::Io(error) => error.get_ref()?.downcast_ref::<Tls>()?,
            _ => return None,
        };
        let Tls::InvalidCertificate(error) = error else { return None };
        let problem = match (error, &self.file) {
            (CertificateError::UnknownIssuer, None) => {
                "it is of an authority that is not among those of Mozilla; state the certificate of the authority in a file (PEM) and name \
                 the file in MLFLOW_TRACKING_SERVER_CERT_PATH"
                    .to_owned()
            }
            (CertificateError::UnknownIssuer, Some(file)) => {
                format!("it is of an authority that is not among those in `{}`", file.display())
            }
            (error, _) => error.to_string(),
        };
        Some(format!("the certificate of the server is refused: {problem}"))
    }
}

#[cfg(not(feature = "tls"))]
impl Authorities {
    /// Nothing is read: this build does not speak TLS, and refuses its addresses.
    ///
    /// # Errors
    /// None.
    pub fn in_file(_path: &Path) -> Result<Self, Error> {
        Ok(Self {})
    }

    pub(crate) fn problem(&self, _error: &ureq::Error) -> Option<String> {
        None
    }
}

#[cfg(all(test, feature = "tls"))]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
