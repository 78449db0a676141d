#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// The example of C2SP's tlog-cosignature.
const PUBLISHED: &str = "example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
";

fn key() -> SigningKey {
    crate::draw_key("example.org/log").unwrap()
}

/// A witness and its cosignature of a text.
fn witness(text: &str, time: u64) -> (VerifierKey, String) {
    use ed25519_dalek::Signer;
    use sha2::{Digest, Sha256};
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let public = [&[4], key.verifying_key().as_bytes().as_slice()].concat();
    let id = &Sha256::digest([b"w.example/1\n".as_slice(), &public].concat())[..4];
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let verifier = VerifierKey::parse(&format!("w.example/1+{hex}+{}", STANDARD.encode(&public))).unwrap();
    let signature = key.sign(format!("cosignature/v1\ntime {time}\n{text}").as_bytes()).to_bytes();
    let line = STANDARD.encode([id, &time.to_be_bytes(), &signature].concat());
    (verifier, format!("\u{2014} w.example/1 {line}\n"))
}

#[test]
fn the_published_checkpoint_is_read_and_written_as_it_is() {
    let read = Checkpoint::parse("it", PUBLISHED).unwrap();
    assert_eq!((read.origin(), read.size()), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(STANDARD.encode(read.root().0), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    assert_eq!(read.to_string(), PUBLISHED);
}

#[test]
fn a_checkpoint_is_believed_of_its_own_key_only() {
    let (ours, other) = (key(), key());
    let root = Hash([5; 32]);
    let text = Checkpoint::signed(9, root, &ours).to_string();
    let read = Checkpoint::parse("checkpoint `c`", &text).unwrap();
    assert_eq!(read.tree(), (9, root));
    assert_eq!(read.verify(&[other.verifier(), ours.verifier()]).unwrap(), &ours.verifier());
    let refused = |text: &str, keys: &[VerifierKey]| {
        let error = Checkpoint::parse("checkpoint `c`", text).unwrap().verify(keys).unwrap_err();
        assert!(matches!(error, Error::Refuted { .. }));
        error.to_string()
    };
    let (found, expected) = (ours.verifier().short(), other.verifier().short());
    assert_eq!(
        refused(&text, &[other.verifier()]),
        format!("checkpoint `c` is signed by `{found}`, expected `{expected}`")
    );
    let elsewhere = crate::draw_key("example.org/other").unwrap().verifier();
    assert_eq!(
        refused(&text, &[elsewhere]),
        "checkpoint `c` is of the log `example.org/log`, expected `example.org/other`, whose key was given"
    );
    for changed in [text.replace("\n9\n", "\n8\n"), text.replacen("BQU", "BQV", 1)] {
        assert!(refused(&changed, &[ours.verifier()]).contains("does not hold"));
    }
}

#[test]
fn a_witness_says_when_it_has_seen_a_checkpoint() {
    let ours = key();
    let signed = Checkpoint::signed(9, Hash([5; 32]), &ours);
    let (witness, line) = witness(signed.note.text(), 1_679_315_147);
    let read = Checkpoint::parse("it", &format!("{signed}{line}")).unwrap();
    read.verify(&[ours.verifier()]).unwrap();
    assert_eq!(read.witnessed(&witness).unwrap(), 1_679_315_147);
    let error = signed.witnessed(&witness).unwrap_err().to_string();
    assert!(error.contains("has no cosignature of the witness `w.example/1+"), "{error}");
    // Another time, another text, and a key that is no witness's.
    let mut bytes = STANDARD.decode(line.trim_end().rsplit(' ').next().unwrap()).unwrap();
    bytes[11] ^= 1;
    let later = format!("{signed}\u{2014} w.example/1 {}\n", STANDARD.encode(&bytes));
    let other = format!("{}{line}", Checkpoint::signed(10, Hash([5; 32]), &ours));
    for text in [later, other] {
        let error = Checkpoint::parse("it", &text).unwrap().witnessed(&witness).unwrap_err().to_string();
        assert!(error.contains("that does not hold"), "{error}");
    }
    assert!(read.witnessed(&ours.verifier()).unwrap_err().to_string().contains("of no witness"));
}

#[test]
fn what_is_no_checkpoint_is_told() {
    let text = Checkpoint::signed(9, Hash([5; 32]), &key()).to_string();
    for (from, to, told) in [
        ("\n9\n", "\n09\n", "found the size `09`, expected a decimal number"),
        ("\n9\n", "\n-9\n", "found the size `-9`"),
        ("\n9\n", "\n18446744073709551615\n", "found the size `18446744073709551615`"),
        ("=\n", "\n", "expected 32 bytes in Base64"),
        ("BQUF", "", "expected 32 bytes in Base64"),
        ("example.org/log\n9", "\n9", "its first line is empty"),
    ] {
        let error = Checkpoint::parse("checkpoint `c`", &text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.starts_with("cannot read checkpoint `c`: ") && error.contains(told), "{error}");
    }
}
