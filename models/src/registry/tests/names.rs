use super::message;
use crate::ModelRef;
use crate::registry::{Which, check_name};

#[test]
fn names_are_plain() {
    let longest = "a".repeat(64);
    for name in ["vpr", "vpr5.0-h", "0", "a_b-c.d", longest.as_str()] {
        assert_eq!(message(check_name("model", name)), "no error");
    }
    let too_long = "a".repeat(65);
    for name in
        ["", ".", "..", ".hidden", "-x", "A", "a b", "a/b", "a\\b", "a@1", "é", "a\n", too_long.as_str()]
    {
        let said = message(check_name("model", name));
        assert!(said.contains("expected 1 to 64 of a-z, 0-9, `.`, `_` and `-`"), "{name:?}: {said}");
    }
}

#[test]
fn a_version_is_named_by_number_or_alias() {
    let by_number: ModelRef = "vpr@3".parse().unwrap();
    assert_eq!((by_number.model(), by_number.which()), ("vpr", &Which::Version(3)));
    assert_eq!(by_number, ModelRef::version("vpr", 3).unwrap());
    let by_alias: ModelRef = "vpr5.0-h@champion".parse().unwrap();
    assert_eq!((by_alias.model(), by_alias.which()), ("vpr5.0-h", &Which::Alias("champion".to_owned())));
    assert_eq!(by_alias, ModelRef::alias("vpr5.0-h", "champion").unwrap());
    for text in ["vpr@3", "vpr@champion"] {
        let reference: ModelRef = serde_json::from_str(&format!("{text:?}")).unwrap();
        assert_eq!(reference.to_string(), text);
        assert_eq!(serde_json::to_string(&reference).unwrap(), format!("{text:?}"));
    }
}

#[test]
fn which_version_is_never_left_open() {
    let said = message("vpr".parse::<ModelRef>());
    assert!(said.contains("which version answers is never left open"), "{said}");
    for alias in ["latest", "newest"] {
        let said = message(format!("vpr@{alias}").parse::<ModelRef>());
        assert!(said.contains("promises to move by itself"), "{said}");
    }
}

#[test]
fn other_references_are_refused() {
    for text in
        ["", "@", "@3", "vpr@", "vpr@0", "vpr@03", "vpr@-1", "vpr@+3", "vpr@3x", "vpr@3@4", "vpr@4294967296"]
    {
        assert!(text.parse::<ModelRef>().is_err(), "{text}");
    }
    for text in ["../vpr@3", "vpr/3@champion", "vpr@../../x", "VPR@3"] {
        assert!(message(text.parse::<ModelRef>()).contains("is not allowed"), "{text}");
    }
    assert!(serde_json::from_str::<ModelRef>("\"vpr\"").is_err());
}
