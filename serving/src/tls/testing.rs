//! Certificates, for tests: `.ci/oracles/certified.py` made them. Their keys protect nothing.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;

use super::TlsFiles;

/// A client's certificate, in date until the end of the century.
pub(crate) const CLIENT: &str = "client";
/// The same, long expired.
pub(crate) const EXPIRED: &str = "expired";

/// One of them as PEM.
pub(crate) fn pem(name: &str) -> String {
    let all: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    all[name].as_str().unwrap().to_owned()
}

/// One of them as it goes over the wire.
pub(crate) fn der(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem(name).as_bytes()).unwrap().to_vec()
}

/// One of them in a file of a folder.
pub(crate) fn file(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(format!("{name}.pem"));
    std::fs::write(&path, pem(name)).unwrap();
    path
}

/// A certificate of `localhost` with its key, in files of a folder.
pub(crate) fn files(folder: &Path) -> TlsFiles {
    TlsFiles { certificate: file(folder, "server"), key: file(folder, "key"), clients: None }
}
