#![expect(clippy::unwrap_used, reason = "tests")]

use crate::{Note, SigningKey, VerifierKey};

// The example of Go's golang.org/x/mod/sumdb/note, which C2SP's signed-note describes.
const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\
    \n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn keys_and_notes_are_the_published_ones() {
    let (secret, public) = (SigningKey::parse("it", SECRET).unwrap(), VerifierKey::parse(PUBLIC).unwrap());
    assert_eq!((secret.secret().as_str(), public.to_string().as_str()), (SECRET, PUBLIC));
    assert_eq!(secret.verifier(), public);
    let note = Note::parse("it", NOTE).unwrap();
    assert!(note.is_signed_by(&public).unwrap());
    assert_eq!(note.to_string(), NOTE);
    let mut ours = Note::new(note.text().to_owned());
    ours.sign(&secret);
    assert_eq!(ours.to_string(), NOTE);
}

#[test]
fn a_signature_holds_for_its_text_and_its_key_only() {
    let key = VerifierKey::parse(PUBLIC).unwrap();
    let other = SigningKey::of("PeterNeumann", [7; 32]).unwrap().verifier();
    assert!(!Note::parse("it", NOTE).unwrap().is_signed_by(&other).unwrap());
    for (from, to) in [("answer", "Answer"), ("x08go/ZJ", "x08go/ZK")] {
        let changed = Note::parse("it", &NOTE.replace(from, to)).unwrap();
        let error = changed.is_signed_by(&key).unwrap_err().to_string();
        assert!(error.contains("names the key `PeterNeumann+c74f20a3` is not of that key"), "{error}");
    }
    // Another name or id names another key.
    for (from, to) in [("— Peter", "— Paul"), ("x08go", "y08go")] {
        let changed = Note::parse("it", &NOTE.replace(from, to)).unwrap();
        assert!(!changed.is_signed_by(&key).unwrap());
    }
}

#[test]
fn what_is_no_note_is_told() {
    for (text, told) in [
        ("text\n", "no empty line stands between"),
        ("text\n\n— a AAAAAAA=", "does not end with a line feed"),
        ("text\n\n", "does not end with a line feed"),
        ("text\n\n- a AAAAAAA=\n", "found `- a AAAAAAA=`, expected a signature"),
        ("text\n\n— a AAAAAA==\n", "expected a signature"),
        ("text\n\n— a+b AAAAAAA=\n", "expected a signature"),
        ("te\txt\n\n— a AAAAAAA=\n", "U+0009"),
    ] {
        let error = Note::parse("note `n`", text).unwrap_err().to_string();
        assert!(error.starts_with("cannot read note `n`: ") && error.contains(told), "{error}");
    }
    let many = format!("text\n\n{}", "— a AAAAAAA=\n".repeat(101));
    assert!(
        Note::parse("it", &many).unwrap_err().to_string().ends_with("101 signatures, expected at most 100")
    );
    Note::parse("it", "text\n\n— a AAAAAAA=\n").unwrap();
}

#[test]
fn what_is_no_key_is_told_and_a_private_key_is_not_repeated() {
    for (text, told) in [
        ("", "expected `name+id+base64`"),
        ("PeterNeumann", "expected `name+id+base64`"),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "expected `name+id+base64`"),
        (
            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "its name and key give c74f20a3",
        ),
        ("PaulNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "its id is c74f20a3"),
        ("PeterNeumann+c74f20a3+AhpcAA==", "its type is 2, expected 1"),
        ("PeterNeumann+c74f20a3+AQAA", "no Ed25519 key"),
        ("PeterNeumann+c74f20a3+*", "no Base64"),
    ] {
        let error = VerifierKey::parse(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot read verifier key `{text}`: ")), "{error}");
        assert!(error.contains(told), "{error}");
    }
    let error = VerifierKey::parse(SECRET).unwrap_err().to_string();
    assert!(
        error.ends_with("it is a private key, expected the public one") && !error.contains("AYEK"),
        "{error}"
    );
    for text in [
        PUBLIC,
        &SECRET.replace("c74f20a3", "c74f20a4"),
        &SECRET.replace("+AYEK", "+AIEK"),
        "PRIVATE+KEY+a+00000000+AQ==",
    ] {
        let error = SigningKey::parse("key file `k`", text).unwrap_err().to_string();
        assert!(error.starts_with("cannot read key file `k`: ") && !error.contains("YEK"), "{error}");
    }
    for name in ["", "a b", "a+b", "a\n"] {
        assert!(SigningKey::of(name, [7; 32]).unwrap_err().to_string().contains("no space and no `+`"));
    }
    let drawn = SigningKey::of("example.org/a", [7; 32]).unwrap();
    assert_ne!(drawn.secret(), SigningKey::of("example.org/a", [8; 32]).unwrap().secret());
    assert!(!format!("{drawn:?}").contains(&drawn.secret()[40..]));
    assert_eq!(SigningKey::parse("it", &format!("{}\n", drawn.secret())).unwrap().secret(), drawn.secret());
    assert_eq!(VerifierKey::parse(&drawn.verifier().to_string()).unwrap(), drawn.verifier());
}
