#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_datasets::testing::{Question, Scale, instrument, one_outcome};
use amparo_datasets::{Answers, Cohort, Polarity, Status, Synthetic};

use super::*;
use crate::registry::Memory;
use crate::testing::small;

const BYTES: [u8; Key::BYTES] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
    29, 30, 31,
];

fn key() -> Key {
    Key::from_bytes("a.key".as_ref(), &BYTES).unwrap()
}

/// A cohort of these cases; the answers of each row are the bits of a number, on twenty binary questions.
fn cohort(rows: &[(&str, u32)]) -> Cohort {
    let questions: Vec<Question> =
        (0..20).map(|at| Question::new(&format!("Q{at}"), Polarity::Risk, Scale::binary())).collect();
    let codes = rows.iter().flat_map(|(_, bits)| (0..20).map(move |at| (bits >> at & 1) as u8));
    let answers = Answers::from_codes(instrument("wide", &questions), codes.collect()).unwrap();
    let cases = rows.iter().map(|(case, _)| (*case).to_owned()).collect();
    Cohort::new(one_outcome(answers, cases, "again", vec![Status::Event; rows.len()])).unwrap()
}

/// So many cases with answers of their own from a number on.
fn many(prefix: &str, n: u32, from: u32) -> Cohort {
    let names: Vec<String> = (0..n).map(|at| format!("{prefix}{at}")).collect();
    cohort(&names.iter().zip(from..).map(|(name, bits)| (name.as_str(), bits)).collect::<Vec<_>>())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Computed by Python's `hmac.new(bytes(range(32)), message, "sha256")`, each part of the message after its length in 8 bytes.
#[test]
fn a_fingerprint_is_the_first_half_of_an_hmac_sha_256() {
    let key = key();
    assert_eq!(hex(&key.fingerprint("case", &[b"", b"c1"])), "2800fd052a26c2c460b0246b2435d8e1");
    assert_eq!(key.id(), "ddc56171939d830fb4f75d1047dc1b2b");
    let other = Key::from_bytes("a.key".as_ref(), &[1; Key::BYTES]).unwrap();
    assert_ne!(other.fingerprint("case", &[b"", b"c1"]), key.fingerprint("case", &[b"", b"c1"]));
    assert_ne!(
        key.fingerprint("case", &[b"c", b"1"]),
        key.fingerprint("case", &[b"", b"c1"]),
        "parts stay apart"
    );
    assert!(!format!("{key:?}").contains(&hex(&BYTES)[..8]), "{key:?}");
    let error = Key::from_bytes("a.key".as_ref(), &[1; 31]).unwrap_err().to_string();
    assert_eq!(error, "`a.key` is not a key of fingerprints: it holds 31 bytes, expected 32");
}

#[test]
fn common_ids_are_found_whatever_the_blanks_around_them() {
    let seen = Fingerprints::of(&many("c", 200, 0), &key());
    let other = cohort(&[
        ("x", 1000),
        (" c7 ", 1001),
        ("C8", 1002),
        ("c9", 1003),
        ("c9", 1004),
        ("c199", 1005),
        ("c200", 1006),
    ]);
    let common = seen.common(&other, &key());
    assert_eq!(common.cases, [" c7 ", "c9", "c199"], "capitals matter, and each case is told once");
    assert_eq!((common.n_cases, common.n_seen, common.is_named), (6, 200, true));
    let none = seen.common(&many("d", 50, 1000), &key());
    assert!(none.cases.is_empty() && !none.is_suspect, "{none:?}");
}

#[test]
fn both_are_found_among_two_together() {
    let (one, other) =
        (Fingerprints::of(&many("c", 50, 0), &key()), Fingerprints::of(&many("d", 30, 500), &key()));
    let both = one.with(&other);
    let asked = cohort(&[("c7", 1), ("d8", 2), ("e9", 3)]);
    let common = both.common(&asked, &key());
    assert_eq!((common.cases, common.n_seen), (vec!["c7".to_owned(), "d8".to_owned()], 80));
    assert_eq!(one.common(&asked, &key()).cases, ["c7"]);
}

#[test]
fn the_same_people_under_other_ids_are_suspected_by_their_answers() {
    let seen = Fingerprints::of(&many("c", 1000, 0), &key());
    // 23 of 500 cases give the answers of a seen case, where hardly one is expected.
    let mut rows: Vec<(String, u32)> = (0..500).map(|at| (format!("d{at}"), 5000 + at)).collect();
    rows.iter_mut().take(23).enumerate().for_each(|(at, row)| row.1 = at as u32 * 40);
    let as_rows = |rows: &[(String, u32)]| {
        cohort(&rows.iter().map(|(case, bits)| (case.as_str(), *bits)).collect::<Vec<_>>())
    };
    let common = seen.common(&as_rows(&rows), &key());
    assert!(common.cases.is_empty());
    assert_eq!((common.n_answers, common.is_suspect), (23, true));
    // 500 (1 + 0) / (2 + 1000).
    assert!((common.expected_answers - 0.499_001_996_007_984).abs() <= 1e-12, "{common:?}");
    rows.iter_mut().skip(3).for_each(|row| row.1 += 9000);
    let few = seen.common(&as_rows(&rows), &key());
    assert_eq!((few.n_answers, few.is_suspect), (3, false), "a few may be chance");
}

#[test]
fn answers_that_many_give_are_expected_of_strangers() {
    // Every answer of the fit stands with two cases, and one of another cohort with any of them shows nothing.
    let names: Vec<String> = (0..400).map(|at| format!("c{at}")).collect();
    let alike =
        cohort(&names.iter().zip(0_u32..).map(|(name, at)| (name.as_str(), at / 2)).collect::<Vec<_>>());
    let common = Fingerprints::of(&alike, &key()).common(&many("d", 200, 0), &key());
    assert_eq!((common.n_answers, common.is_suspect), (200, false));
    assert!((common.expected_answers - 200.0 * 401.0 / 402.0).abs() <= 1e-9, "{common:?}");
    // Rows of one case with the same answers make it no less alone.
    let twice = cohort(&[("a", 1), ("a", 1), ("b", 2)]);
    assert!(
        (Fingerprints::of(&twice, &key()).common(&many("d", 4, 50), &key()).expected_answers - 1.0).abs()
            <= 1e-12
    );
}

#[test]
fn numbers_of_rows_name_nobody_and_invented_cases_are_those_of_their_seed() {
    let numbered = many("row-00000", 9, 0);
    let seen = Fingerprints::of(&numbered, &key());
    let common = seen.common(&numbered, &key());
    assert!(!common.is_named && common.cases.is_empty(), "{common:?}");
    assert!(Fingerprints::of(&many("row-", 9, 0), &key()).is_named, "`row-1` is none of ours");

    let drawn = |seed: u64| {
        let plain = many("syn-", 30, 0);
        let mut parts =
            one_outcome(plain.answers().clone(), plain.cases().to_vec(), "again", vec![Status::Event; 30]);
        let (generator, statement) = ("g".to_owned(), "invented".to_owned());
        parts.provenance.synthetic = Some(Synthetic { generator, seed, statement });
        Cohort::new(parts).unwrap()
    };
    let seen = Fingerprints::of(&drawn(1), &key());
    assert_eq!(seen.common(&drawn(1), &key()).cases.len(), 30);
    assert!(seen.common(&drawn(2), &key()).cases.is_empty());
}

#[test]
fn fingerprints_come_back_from_the_registry_and_changes_are_refused() {
    let registry = Registry::on(Memory::default());
    let version = registry.publish(&small::draft("small", -3.0)).unwrap();
    assert!(matches!(registry.seen(&version).unwrap(), Seen::NoFingerprints));
    let key = registry.key_or(BYTES).unwrap();
    let seen = Fingerprints::of(&many("c", 40, 0), &key);
    registry.keep_fingerprints(&version, &seen, &key).unwrap();
    let Seen::Known(known) = registry.seen(&version).unwrap() else { panic!("expected fingerprints") };
    assert_eq!(known.0, seen);
    assert_eq!(registry.key_or([9; Key::BYTES]).unwrap().id(), key.id(), "a key is made once");
    assert!(registry.keep_fingerprints(&version, &seen, &key).is_err(), "and fingerprints are kept once");

    let bytes = file::to_bytes(&seen, version.digest(), &key).unwrap();
    let read = |bytes: &[u8], version: &str, key: &Key| file::from_bytes("f".as_ref(), bytes, version, key);
    let other = Key::from_bytes("a.key".as_ref(), &[9; Key::BYTES]).unwrap();
    assert!(read(&bytes, version.digest(), &other).unwrap().is_none(), "another key");
    let error = read(&bytes, "0", &key).unwrap_err().to_string();
    assert!(error.contains("it is about the version"), "{error}");
    let key_at = bytes.windows(32).position(|w| w == key.id().as_bytes()).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        // The id of the key tells which it was made with; nothing else may change.
        let is_of_key = (key_at..key_at + 32).contains(&at);
        let found = read(&changed, version.digest(), &key);
        assert!(if is_of_key { matches!(found, Ok(None) | Err(_)) } else { found.is_err() }, "byte {at}");
        assert!(read(&bytes[..at], version.digest(), &key).is_err(), "cut at {at}");
    }
}

#[test]
fn a_version_is_the_same_with_and_without_fingerprints() {
    let (with, without) = (Registry::on(Memory::default()), Registry::on(Memory::default()));
    let [one, other] =
        [&with, &without].map(|registry| registry.publish(&small::draft("small", -3.0)).unwrap());
    let key = with.key_or(BYTES).unwrap();
    with.keep_fingerprints(&one, &Fingerprints::of(&many("c", 40, 0), &key), &key).unwrap();
    assert_eq!(with.load(&"small@1".parse().unwrap()).unwrap().digest(), other.digest());
    assert_eq!(with.list().unwrap(), without.list().unwrap());
    assert!(matches!(without.seen(&one).unwrap(), Seen::NoFingerprints), "a copy of a version has none");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::create(dir.path()).unwrap();
    registry.key_or(BYTES).unwrap();
    let mode = std::fs::metadata(dir.path().join(KEY)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::write(dir.path().join(KEY), b"short").unwrap();
    assert!(registry.key().unwrap_err().to_string().contains("it holds 5 bytes, expected 32"));
}
