use std::path::PathBuf;

/// The files that encrypted connections need. They are read again when they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate of the service, followed by those that lead from it to an authority that clients know (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM: PKCS #8, PKCS #1 or SEC 1).
    pub key: PathBuf,
    /// Whose certificates clients may present; without, they are asked for none.
    pub clients: Option<ClientAuthority>,
}

/// Whose certificates clients may present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAuthority {
    /// The certificates of the authorities (PEM).
    pub certificates: PathBuf,
    /// Whether a client without a certificate is refused at once. If not, it may present a key or a token instead.
    pub required: bool,
}
