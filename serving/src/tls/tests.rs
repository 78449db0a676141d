#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use super::testing::{file, files, pem};
use super::{ClientAuthority, Tls};

fn client(versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem("root").as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// A byte there and back: the version and the protocol that both sides agreed on.
async fn greeted(tls: &Tls, config: ClientConfig) -> std::io::Result<(ProtocolVersion, Vec<u8>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let serving = async {
        let (mut stream, certificate) = tls.accept(listener.accept().await?.0).await?;
        assert!(certificate.is_none());
        let byte = stream.read_u8().await?;
        stream.write_u8(byte).await?;
        stream.shutdown().await
    };
    let asking = async {
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_u8(7).await?;
        assert_eq!(stream.read_u8().await?, 7);
        let (_, session) = stream.get_ref();
        Ok((session.protocol_version().unwrap(), session.alpn_protocol().unwrap().to_vec()))
    };
    let (served, asked) = tokio::join!(serving, asking);
    served.and(asked)
}

fn open(folder: &Path) -> Tls {
    Tls::open(files(folder)).unwrap()
}

#[tokio::test]
async fn both_versions_are_spoken_and_http_1_1_only() {
    let dir = tempfile::tempdir().unwrap();
    let tls = open(dir.path());
    for (versions, expected) in
        [(&[&TLS13, &TLS12][..], ProtocolVersion::TLSv1_3), (&[&TLS12], ProtocolVersion::TLSv1_2)]
    {
        assert_eq!(greeted(&tls, client(versions)).await.unwrap(), (expected, b"http/1.1".to_vec()));
    }
    let mut other = client(&[&TLS13]);
    other.alpn_protocols = vec![b"h2".to_vec()];
    assert!(greeted(&tls, other).await.is_err());
}

#[tokio::test]
async fn without_a_certificate_a_client_is_refused_where_it_has_to_have_one() {
    let dir = tempfile::tempdir().unwrap();
    for (required, taken) in [(false, true), (true, false)] {
        let clients = Some(ClientAuthority { certificates: file(dir.path(), "root"), required });
        let tls = Tls::open(super::TlsFiles { clients, ..files(dir.path()) }).unwrap();
        for version in [&TLS13, &TLS12] {
            assert_eq!(greeted(&tls, client(&[version])).await.is_ok(), taken);
        }
    }
}

#[tokio::test]
async fn a_broken_pair_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let tls = open(dir.path());
    let certificate = dir.path().join("server.pem");
    for broken in ["", "no certificate", &pem("old"), &pem("client")] {
        std::fs::write(&certificate, broken).unwrap();
        tls.reread();
        assert!(greeted(&tls, client(&[&TLS13])).await.is_ok(), "{broken}");
    }
    // Another pair that fits, which this client does not trust: it is in use.
    std::fs::write(&certificate, pem("other")).unwrap();
    std::fs::write(dir.path().join("key.pem"), pem("other_key")).unwrap();
    tls.reread();
    assert!(greeted(&tls, client(&[&TLS13])).await.is_err());
}

#[test]
fn what_is_wrong_with_the_files_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let right = files(dir.path());
    let missing = dir.path().join("nowhere.pem");
    let in_file = |name| file(dir.path(), name);
    let clients = |certificates| Some(ClientAuthority { certificates, required: true });
    for (wrong, expected) in [
        (super::TlsFiles { certificate: missing.clone(), ..right.clone() }, "cannot read"),
        (super::TlsFiles { certificate: right.key.clone(), ..right.clone() }, "holds none"),
        (super::TlsFiles { key: right.certificate.clone(), ..right.clone() }, "private key in"),
        (super::TlsFiles { key: in_file("old_key"), ..right.clone() }, "with private key"),
        (
            super::TlsFiles { certificate: in_file("old"), key: in_file("old_key"), ..right.clone() },
            "has expired",
        ),
        (super::TlsFiles { clients: clients(missing), ..right.clone() }, "cannot read"),
        (super::TlsFiles { clients: clients(right.key.clone()), ..right.clone() }, "holds none"),
    ] {
        let problem = Tls::open(wrong).unwrap_err();
        assert!(problem.contains(expected), "{expected}: {problem}");
    }
    assert!(Tls::open(right).is_ok());
}
