use std::fs;

use amparo_signing::SigningKey;

use super::{AT, digest, message, registry, verdict};
use crate::registry::{Binding, ToBind, VerdictEntry};
use crate::{Error, ModelRef, Registry};

/// Digests of two gates files; the first is the one of [`verdict`].
const GATES: [&str; 2] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "1111111111111111111111111111111111111111111111111111111111111111",
];

/// The key of one of several people of the same name.
fn key(person: u8) -> SigningKey {
    SigningKey::of("gates", [person; 32]).unwrap()
}

fn bind(
    registry: &Registry,
    gates: &[&str],
    key: &SigningKey,
    next: Option<&SigningKey>,
) -> Result<Binding, Error> {
    let gates: Vec<String> = gates.iter().map(|digest| (*digest).to_owned()).collect();
    registry.bind("vpr", &ToBind { gates: &gates, key, next, by: "ana", reason: "why", at: AT })
}

/// Keeps a verdict by some gates on a version, compared with another.
fn judged(
    registry: &Registry,
    number: u32,
    (gates, against, passed): (&str, Option<u32>, bool),
    key: Option<&SigningKey>,
) -> Result<VerdictEntry, Error> {
    let against = against.map(|number| digest(registry, number));
    let json = verdict(&digest(registry, number), against.as_deref(), passed).replace(GATES[0], gates);
    match key {
        Some(key) => registry.keep_signed_verdict("vpr", number, &json, key),
        None => registry.keep_verdict("vpr", number, &json),
    }
}

fn put(registry: &Registry, version: u32) -> String {
    message(registry.alias("vpr", "champion", version, "ana", "why", AT))
}

/// What a reader says who opens the registry anew: the number in force, or why there is none.
fn in_force(registry: &Registry, trusted: &[&SigningKey]) -> String {
    let keys: Vec<_> = trusted.iter().map(|key| key.verifier()).collect();
    let read = Registry::open(registry.location()).unwrap().trusting(keys);
    let champion = ModelRef::alias("vpr", "champion").unwrap();
    let found = read.resolve(&champion);
    let loaded = read.load(&champion).map(|version| version.manifest().version);
    let at_once = read.resolved_at_once(&champion);
    match found {
        Ok(number) => {
            assert_eq!((loaded.unwrap(), at_once), (number, Some(number)));
            number.to_string()
        }
        Err(error) => {
            assert_eq!((loaded.unwrap_err().to_string(), at_once), (error.to_string(), None));
            error.to_string()
        }
    }
}

#[test]
fn a_bound_model_counts_what_its_key_has_signed() {
    let (_dir, registry) = registry(2);
    let (owner, other) = (key(1), key(2));
    let bound = bind(&registry, &GATES[..1], &owner, None).unwrap();
    assert_eq!((bound.number, bound.verdicts, bound.key), (1, 0, owner.verifier().to_string()));
    judged(&registry, 1, (GATES[0], None, true), None).unwrap();
    let said = put(&registry, 1);
    assert!(
        said.contains("no verdict on it by the gates with digest 000000000000 that the bound key has signed"),
        "{said}"
    );
    let said = message(judged(&registry, 1, (GATES[0], None, true), Some(&other)));
    assert!(said.contains(&format!("signed with the key `{}`", other.verifier().short())), "{said}");
    // By other gates, it may be signed as it likes.
    judged(&registry, 1, (GATES[1], None, true), Some(&owner)).unwrap();
    assert!(put(&registry, 1).contains("by the gates with digest 000000000000"));
    let signed = judged(&registry, 1, (GATES[0], None, true), Some(&owner)).unwrap();
    assert!(signed.statement.unwrap().starts_with("amparo verdict v1\nvpr\n3 "));
    assert_eq!(put(&registry, 1), "no error");
    assert_eq!(in_force(&registry, &[&owner]), "1");
    // One that blocks and is signed counts, and one that is not signed does not.
    judged(&registry, 2, (GATES[0], Some(1), true), Some(&owner)).unwrap();
    judged(&registry, 2, (GATES[0], Some(1), false), None).unwrap();
    assert_eq!(put(&registry, 2), "no error");
    judged(&registry, 1, (GATES[0], Some(2), false), Some(&owner)).unwrap();
    assert!(put(&registry, 1).contains("does not let it pass"));
}

#[test]
fn a_model_is_bound_once_its_version_in_force_has_passed_all_gates() {
    let (_dir, registry) = registry(1);
    let owner = key(1);
    judged(&registry, 1, (GATES[0], None, true), None).unwrap();
    assert_eq!(put(&registry, 1), "no error");
    let said = message(bind(&registry, &GATES, &owner, None));
    assert_eq!(
        said,
        "`vpr@1` is in force, and is not believed to be: no verdict by the gates with digest 000000000000 that the bound key has signed lets it pass"
    );
    judged(&registry, 1, (GATES[0], None, true), Some(&owner)).unwrap();
    assert!(message(bind(&registry, &GATES, &owner, None)).contains("by the gates with digest 111111111111"));
    assert_eq!(registry.bindings("vpr").unwrap(), []);
    judged(&registry, 1, (GATES[1], None, true), Some(&owner)).unwrap();
    let bound = bind(&registry, &GATES, &owner, None).unwrap();
    assert_eq!((bound.verdicts, registry.bindings("vpr").unwrap()), (3, vec![bound]));
    assert_eq!(in_force(&registry, &[&owner]), "1");
}

#[test]
fn who_can_write_and_has_no_key_puts_no_version_in_force() {
    let (_dir, registry) = registry(2);
    let (owner, thief) = (key(1), key(2));
    bind(&registry, &GATES[..1], &owner, None).unwrap();
    judged(&registry, 1, (GATES[0], None, true), Some(&owner)).unwrap();
    assert_eq!(put(&registry, 1), "no error");
    let file = |name: &str| registry.location().join("vpr").join(name);
    let (bindings, verdicts) =
        (fs::read(file("bindings.jsonl")).unwrap(), fs::read_to_string(file("verdicts.jsonl")).unwrap());
    // The bindings are put aside, a verdict is written by hand, the alias is moved, and the bindings are put back.
    fs::remove_file(file("bindings.jsonl")).unwrap();
    judged(&registry, 2, (GATES[0], Some(1), true), Some(&thief)).unwrap();
    assert_eq!(put(&registry, 2), "no error");
    // Nothing is bound: a reader who trusts nobody in particular cannot tell, one who trusts the owner can.
    assert_eq!(in_force(&registry, &[]), "2");
    assert!(
        in_force(&registry, &[&owner]).contains("the model is bound to no key, expected one that is trusted")
    );
    fs::write(file("bindings.jsonl"), &bindings).unwrap();
    let said =
        "`vpr@2` is in force, and is not believed to be: no verdict by the gates with digest 000000000000";
    assert!(in_force(&registry, &[]).starts_with(said), "{}", in_force(&registry, &[]));
    assert!(in_force(&registry, &[&owner]).starts_with(said));
    // The other aliases and the numbers are as they were.
    registry.alias("vpr", "shadow", 1, "ana", "why", AT).unwrap();
    let read = Registry::open(registry.location()).unwrap();
    assert_eq!(read.resolve(&ModelRef::alias("vpr", "shadow").unwrap()).unwrap(), 1);
    // Everything is bound anew by somebody else.
    fs::remove_file(file("bindings.jsonl")).unwrap();
    bind(&registry, &GATES[..1], &thief, None).unwrap();
    assert_eq!(in_force(&registry, &[]), "2");
    let said = in_force(&registry, &[&owner]);
    assert!(
        said.contains(&format!("bound to the key `{}`, which is not trusted", thief.verifier().short())),
        "{said}"
    );
    assert_eq!(in_force(&registry, &[&owner, &thief]), "2", "or this shows nothing");
    // A signature is taken to another version.
    fs::write(file("bindings.jsonl"), &bindings).unwrap();
    let moved = verdicts
        .replace(&digest(&registry, 1), &digest(&registry, 2))
        .replace("\"version\":1", "\"version\":2");
    assert_ne!(moved, verdicts);
    fs::write(file("verdicts.jsonl"), moved).unwrap();
    assert!(in_force(&registry, &[&owner]).contains("no verdict by the gates"));
}

#[test]
fn a_key_hands_over_and_what_it_signs_later_does_not_count() {
    let (_dir, registry) = registry(2);
    let (first, second) = (key(1), key(2));
    bind(&registry, &GATES[..1], &first, None).unwrap();
    judged(&registry, 1, (GATES[0], None, true), Some(&first)).unwrap();
    assert_eq!(put(&registry, 1), "no error");
    let said = message(bind(&registry, &GATES[..1], &second, None));
    assert!(said.contains("the model is bound to `gates+"), "{said}");
    let bound = bind(&registry, &GATES[..1], &first, Some(&second)).unwrap();
    assert_eq!((bound.number, bound.verdicts), (2, 1));
    // Whoever trusts one of them goes on, and what was in force stays.
    for trusted in [&first, &second] {
        assert_eq!(in_force(&registry, &[trusted]), "1");
    }
    assert!(judged(&registry, 2, (GATES[0], Some(1), true), Some(&first)).is_err());
    // The stolen key signs a line by hand.
    let path = registry.location().join("vpr/bindings.jsonl");
    let bindings = fs::read_to_string(&path).unwrap();
    fs::write(&path, bindings.lines().next().unwrap().to_owned() + "\n").unwrap();
    judged(&registry, 2, (GATES[0], Some(1), true), Some(&first)).unwrap();
    fs::write(&path, &bindings).unwrap();
    assert!(put(&registry, 2).contains("no verdict on it by the gates"));
    judged(&registry, 2, (GATES[0], Some(1), true), Some(&second)).unwrap();
    assert_eq!(put(&registry, 2), "no error");
    assert_eq!(in_force(&registry, &[&first]), "2");
    // Or it writes the verdicts before the handover anew.
    let verdicts = registry.location().join("vpr/verdicts.jsonl");
    fs::remove_file(&verdicts).unwrap();
    fs::remove_file(&path).unwrap();
    judged(&registry, 2, (GATES[0], Some(1), true), Some(&first)).unwrap();
    fs::write(&path, &bindings).unwrap();
    let said = in_force(&registry, &[]);
    assert!(said.contains("the verdicts before binding 2 are not those that it was signed with"), "{said}");
}

#[test]
fn bindings_that_were_changed_are_refused() {
    let (_dir, registry) = registry(1);
    let (owner, next) = (key(1), key(2));
    bind(&registry, &GATES, &owner, None).unwrap();
    bind(&registry, &GATES[..1], &owner, Some(&next)).unwrap();
    let path = registry.location().join("vpr/bindings.jsonl");
    let whole = fs::read_to_string(&path).unwrap();
    assert_eq!(registry.bindings("vpr").unwrap().len(), 2);
    let (first, last) = whole.split_once('\n').unwrap();
    let easier = last.replacen(GATES[0], GATES[1], 1);
    let by_itself = {
        let mut binding: Binding = serde_json::from_str(last.trim_end()).unwrap();
        // The signature of the key so far is taken away.
        let lines: Vec<&str> = binding.statement.split_inclusive('\n').collect();
        binding.statement = lines[..lines.len() - 1].concat();
        serde_json::to_string(&binding).unwrap()
    };
    for (text, expected) in [
        (format!("{first}\n{easier}"), "binding 2 does not say what was signed"),
        (format!("{first}\n{by_itself}\n"), "binding 2 is not signed by `gates+"),
        (last.to_owned(), "line 1 follows a line with digest"),
    ] {
        fs::write(&path, text).unwrap();
        let said = message(registry.bindings("vpr"));
        assert!(said.contains(expected), "{said}");
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(registry.bindings("vpr").unwrap().len(), 2);
}

#[test]
fn a_binding_says_all_that_is_wrong_with_it() {
    let (_dir, registry) = registry(1);
    let owner = key(1);
    let none = ToBind { gates: &[], key: &owner, next: None, by: " ", reason: "", at: "now" };
    let said = message(registry.bind("vpr", &none));
    for expected in ["by is empty", "reason is empty", "at is `now`", "no gates found"] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(message(registry.bind("other", &none)).contains("no model `other`"));
}
