#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn key() -> SigningKey {
    crate::draw_key("example.org/log").unwrap()
}

fn entry(sequence: i64, record: Record) -> Entry {
    Entry::after((sequence > 1).then(|| (sequence - 1, crate::GENESIS.to_owned())), record)
}

#[test]
fn each_key_is_in_force_from_its_entry_to_the_next() {
    let [a, b, c] = [key(), key(), key()];
    let mut keys = Keys::default();
    assert_eq!(keys.at(5), None);
    keys.note(&entry(4, Rotation::record(&a, &b).unwrap())).unwrap();
    let other = Record {
        kind: crate::PROPOSAL,
        id: "p".to_owned(),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body: "{}".to_owned(),
    };
    keys.note(&entry(5, other)).unwrap();
    keys.note(&entry(9, Rotation::record(&b, &c).unwrap())).unwrap();
    for (size, expected) in [(0, &a), (3, &a), (4, &b), (8, &b), (9, &c), (1000, &c)] {
        assert_eq!(keys.at(size), Some(&expected.verifier()), "{size}");
    }
    assert_eq!(keys.all().cloned().collect::<Vec<_>>(), [&a, &b, &c].map(SigningKey::verifier));
    // Whoever stole the first key cannot hand over from it once more.
    let error = keys.note(&entry(10, Rotation::record(&a, &key()).unwrap())).unwrap_err().to_string();
    let (found, expected) = (a.verifier().short(), c.verifier().short());
    assert_eq!(error, format!("entry 10 replaces the key `{found}`, but since entry 9 it is `{expected}`"));
}

#[test]
fn both_keys_have_signed() {
    let [a, b, c] = [key(), key(), key()];
    let record = Rotation::record(&a, &b).unwrap();
    let read = Rotation::read(&entry(1, record.clone())).unwrap().unwrap();
    assert_eq!(read, Rotation { old: a.verifier(), new: b.verifier() });
    let body: Body = serde_json::from_str(&record.body).unwrap();
    let changed = |statement: String| {
        let record = Record { body: canonical::json(&Body { statement }).unwrap(), ..record.clone() };
        Rotation::read(&entry(1, record)).unwrap_err().to_string()
    };
    let last = body.statement.trim_end().rsplit_once('\n').unwrap().0;
    let told = changed(format!("{last}\n"));
    assert!(told.ends_with(&format!("`{}` has not signed it", b.verifier().short())), "{told}");
    let told = changed(body.statement.replace(&b.verifier().to_string(), &c.verifier().to_string()));
    assert!(told.contains("is not of that key over this text"), "{told}");
    let told = changed(body.statement.replace("rotation v1", "rotation v2"));
    assert!(told.contains("is not `amparo log key rotation v1`"), "{told}");
    let broken = Record { body: "{}".to_owned(), ..record };
    let told = Rotation::read(&entry(1, broken)).unwrap_err().to_string();
    assert!(told.contains("it is not as this edition logs"), "{told}");
}

#[test]
fn a_key_of_another_log_and_the_same_key_cannot_follow() {
    let a = key();
    for b in [a.clone(), crate::draw_key("example.org/other").unwrap()] {
        let error = Rotation::record(&a, &b).unwrap_err().to_string();
        assert!(error.ends_with("expected another key of the same name"), "{error}");
    }
}
