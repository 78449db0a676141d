#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::access::keys::loaded::ApiKeys;
use crate::access::{Officers, Role};
use crate::unrecognised::Unrecognised;

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn issue() -> Issue {
    Issue {
        roles: BTreeSet::from([Role::Platform]),
        institution: Some("police".to_owned()),
        unit: Some("u-7".to_owned()),
        officers: vec!["u-7:*".to_owned()],
        expires: at("2027-06-01T00:00:00Z"),
        note: "the case platform".to_owned(),
    }
}

const NOW: &str = "2026-12-01T00:00:00Z";

struct Place {
    dir: tempfile::TempDir,
    store: KeyStore,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::at(&dir.path().join("keys.json"));
    Place { dir, store }
}

impl Place {
    fn path(&self) -> PathBuf {
        self.dir.path().join("keys.json")
    }

    fn caller(&self, key: &str, now: &str) -> Result<crate::Caller, Unrecognised> {
        ApiKeys::read(&self.path()).unwrap().caller(key, at(now)).map(|caller| (*caller).clone())
    }
}

#[test]
fn a_key_is_shown_once_and_kept_as_a_digest_in_a_file_of_its_owner() {
    let place = place();
    let issued = place.store.issue(issue(), "ana", at(NOW)).unwrap();
    let text = std::fs::read_to_string(place.path()).unwrap();
    let secret = issued.secret.rsplit('_').next().unwrap();
    assert_eq!((secret.len(), issued.secret.starts_with(&format!("amparo_{}_", issued.key.id))), (64, true));
    assert!(!text.contains(secret) && text.contains(&issued.key.digest));
    assert!(!format!("{:?}", place.store.list().unwrap()).contains(secret));
    for name in ["keys.json", "keys.json.lock"] {
        let mode = std::fs::metadata(place.dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let caller = place.caller(&issued.secret, NOW).unwrap();
    assert_eq!(caller.id, format!("key:{}", issued.key.id));
    assert_eq!((caller.institution.as_deref(), caller.unit.as_deref()), (Some("police"), Some("u-7")));
    assert_eq!(caller.officers, Officers::Named(vec!["u-7:*".to_owned()]));
    // The digest is that of any other implementation.
    let line = std::process::Command::new("sh")
        .args(["-c", &format!("printf %s {secret} | sha256sum")])
        .output()
        .unwrap();
    assert!(String::from_utf8(line.stdout).unwrap().starts_with(&issued.key.digest));
}

#[test]
fn a_wrong_secret_says_nothing_of_the_key() {
    let place = place();
    let issued = place.store.issue(issue(), "ana", at(NOW)).unwrap();
    place.store.revoke(&issued.key.id, "ana", at(NOW)).unwrap();
    let mut wrong = issued.secret.clone();
    let last = if wrong.pop() == Some('0') { '1' } else { '0' };
    wrong.push(last);
    let unknown = Err(Unrecognised::Invalid("the API key is unknown"));
    let other = "amparo_000000000000_0";
    for key in [wrong.as_str(), "amparo_", "amparo_x", other, &format!("amparo_{}_", issued.key.id)] {
        assert_eq!(place.caller(key, NOW), unknown, "{key}");
    }
    assert_eq!(place.caller(&issued.secret, NOW), Err(Unrecognised::Invalid("the API key was revoked")));
}

#[test]
fn a_key_and_its_successor_hold_together_for_the_time_of_the_overlap() {
    let place = place();
    let old = place.store.issue(issue(), "ana", at(NOW)).unwrap();
    let how = (at("2028-01-01T00:00:00Z"), SignedDuration::from_hours(24));
    let new = place.store.rotate(&old.key.id, how, "ana", at(NOW)).unwrap();
    let expired = Err(Unrecognised::Invalid("the API key has expired"));
    assert!(place.caller(&old.secret, "2026-12-01T23:59:59Z").is_ok());
    assert_eq!(place.caller(&old.secret, "2026-12-02T00:00:00Z"), expired);
    assert!(place.caller(&new.secret, "2027-12-31T00:00:00Z").is_ok());
    assert_eq!(place.caller(&new.secret, "2028-01-01T00:00:00Z"), expired);
    let again = place.store.rotate(&old.key.id, how, "ana", at(NOW)).unwrap_err().to_string();
    assert!(again.ends_with(&format!("was rotated already: its successor is `{}`", new.key.id)), "{again}");
    // A key that would have expired before is not made to hold longer.
    let how = (at("2029-01-01T00:00:00Z"), SignedDuration::from_hours(24 * 3650));
    place.store.rotate(&new.key.id, how, "ana", at(NOW)).unwrap();
    assert_eq!(place.store.list().unwrap()[1].expires, at("2028-01-01T00:00:00Z"));
}

#[test]
fn changes_at_the_same_time_are_all_there_in_the_end() {
    let place = place();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    place.store.issue(issue(), "ana", at(NOW)).unwrap();
                }
            });
        }
    });
    assert_eq!(place.store.list().unwrap().len(), 40);
}

#[test]
fn what_is_wrong_is_told_and_changes_nothing() {
    let place = place();
    let missing = place.store.revoke("x", "ana", at(NOW)).unwrap_err().to_string();
    assert!(missing.ends_with("keys.json`: there is no such file"), "{missing}");
    let wrong = Issue {
        roles: BTreeSet::new(),
        institution: Some("a b".to_owned()),
        unit: Some(String::new()),
        officers: vec!["*".to_owned(), "u*7".to_owned()],
        expires: at("2026-11-01T00:00:00Z"),
        ..issue()
    };
    let error = place.store.issue(wrong, "ana", at(NOW)).unwrap_err().to_string();
    for part in ["there is no role", "which is past", "institution `a b`", "unit ``", "officer `u*7`"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(!error.contains("officer `*`") && !place.path().exists());
    let issued = place.store.issue(issue(), "ana", at(NOW)).unwrap();
    let before = std::fs::read_to_string(place.path()).unwrap();
    assert!(
        place
            .store
            .revoke("000000000000", "ana", at(NOW))
            .unwrap_err()
            .to_string()
            .contains("there is no key")
    );
    assert_eq!(std::fs::read_to_string(place.path()).unwrap(), before);
    place.store.revoke(&issued.key.id, "ana", at(NOW)).unwrap();
    assert!(
        place
            .store
            .revoke(&issued.key.id, "ana", at(NOW))
            .unwrap_err()
            .to_string()
            .contains("revoked already")
    );
    // A file that is broken is not replaced by one with a key.
    std::fs::write(place.path(), "{").unwrap();
    assert!(place.store.issue(issue(), "ana", at(NOW)).is_err());
    assert_eq!(std::fs::read_to_string(place.path()).unwrap(), "{");
}
