//! Encrypted connections, to the server of `AMPARO_POSTGRES`, whose certificate is for `localhost` and signed by the authority in `AMPARO_POSTGRES_CA`.

use super::*;

fn authority() -> String {
    std::env::var("AMPARO_POSTGRES_CA").unwrap()
}

#[tokio::test]
async fn a_connection_is_encrypted_and_its_server_verified() {
    let place = Place::fresh().await;
    let at = |host: &str, rest: &str| {
        let (start, end) = place.address.split_once("@127.0.0.1").unwrap();
        with(&format!("{start}@{host}{end}"), rest)
    };
    for mode in ["require", "verify-full"] {
        let address =
            at("localhost", &format!("sslmode={mode}&sslrootcert={}&application_name=enc", authority()));
        let log = Log::open(&address).await.unwrap();
        log.append(record(mode)).await.unwrap();
        let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'enc' AND NOT ssl";
        assert_eq!(place.number(encrypted).await, 0);
        assert!(place.number(&encrypted.replace("NOT ssl", "ssl")).await >= 1);
        log.close().await.unwrap();
    }
    let told = async |address: String| Log::open(&address).await.unwrap_err().to_string();
    // The certificate is for another name.
    let error = told(at("127.0.0.1", &format!("sslmode=require&sslrootcert={}", authority()))).await;
    assert!(error.contains("error performing TLS handshake") && error.contains("certificate"), "{error}");
    // Nobody who is trusted has signed it.
    let other = std::env::var("AMPARO_POSTGRES_OTHER_CA").unwrap();
    let error = told(at("localhost", &format!("sslmode=require&sslrootcert={other}"))).await;
    assert!(error.contains("error performing TLS handshake"), "{error}");
}
