use std::fs;

use super::*;

/// Of an authority that was made up, by OpenSSL.
const AUTHORITY: &str = "-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUAXqaZb0EyvljH+kNhc9uRyJMWF4wCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUTWluaXN0cnkgb2YgdGhlIHRlc3QwIBcNMjYxMTMwMjEyNzUx
WhgPMjEyNjExMDYyMTI3NTFaMB8xHTAbBgNVBAMMFE1pbmlzdHJ5IG9mIHRoZSB0
ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnwFpx72GLh+St1NTMxWPhcvP
CMOmOGm2PQS4CeJMl8GIk7L5JS/RVxYj/bIx1UZunnC4V87pK9pi2gbFEVG0BKNT
MFEwHQYDVR0OBBYEFFZr11FZhfg5tV8EvI/3ZZVBoUtjMB8GA1UdIwQYMBaAFFZr
11FZhfg5tV8EvI/3ZZVBoUtjMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
SQAwRgIhAPM4eEBaGGb2kqj/fM0kh9pXVWPcm2bgws5Xxf5225+wAiEA0lwot7t+
Pwz+ML8D+0e36j61dhXdZ3NcHeMdkJRmjsQ=
-----END CERTIFICATE-----
";

fn read(text: &str) -> Result<Authorities, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authorities.pem");
    fs::write(&path, text).unwrap();
    Authorities::in_file(&path).map_err(|error| {
        let told = error.to_string();
        assert!(told.contains("authorities.pem"), "{told}");
        told
    })
}

#[test]
fn a_file_states_all_whose_word_is_taken() {
    let two = read(&format!("A remark\n{AUTHORITY}\n{AUTHORITY}")).unwrap();
    assert_eq!(two.certificates.len(), 2);
    let ureq::tls::RootCerts::Specific(stated) = two.tls().root_certs().clone() else { panic!("others") };
    assert_eq!(stated.len(), 2);
    assert!(matches!(Authorities::default().tls().root_certs(), ureq::tls::RootCerts::WebPki));
}

#[test]
fn a_file_without_certificates_is_refused() {
    let key = AUTHORITY.replace("CERTIFICATE", "PRIVATE KEY");
    for (text, expected) in [
        ("", "it holds no certificate"),
        (key.as_str(), "it holds no certificate"),
        (&AUTHORITY.replace("MIIB", "MIIC"), "certificate 1: "),
        (&AUTHORITY.replace("MIIB", "MI*B"), "certificate 1: "),
        (&format!("{AUTHORITY}{}", AUTHORITY.replace("-----END CERTIFICATE-----", "")), "certificate 2: "),
    ] {
        let told = read(text).unwrap_err();
        assert!(told.contains(expected), "{told}");
    }
    let told = Authorities::in_file(Path::new("/nowhere.pem")).unwrap_err().to_string();
    assert!(told.starts_with("cannot read `/nowhere.pem`"), "{told}");
}

#[test]
fn who_is_not_trusted_is_told_with_what_to_do() {
    let unknown = || rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    let told = Authorities::default().problem(&ureq::Error::Rustls(unknown())).unwrap();
    assert!(
        told.contains("not among those of Mozilla") && told.contains("MLFLOW_TRACKING_SERVER_CERT_PATH"),
        "{told}"
    );
    let io = ureq::Error::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, unknown()));
    let told = read(AUTHORITY).unwrap().problem(&io).unwrap();
    assert!(told.contains("not among those in `") && told.ends_with("authorities.pem`"), "{told}");
    let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
    let told = Authorities::default().problem(&ureq::Error::Rustls(expired)).unwrap();
    assert!(told.contains("is refused") && told.to_lowercase().contains("expired"), "{told}");
    assert!(Authorities::default().problem(&ureq::Error::HostNotFound).is_none());
}
