use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{draft, message, written};
use crate::artefact::files::{ALL, MANIFEST, SUBSAMPLES};
use crate::artefact::manifest::FileEntry;
use crate::{Manifest, Version};

fn names() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().chain([MANIFEST])
}

/// Changes one file of a fresh version and says what loading makes of it.
fn after(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let dir = written(&draft("vpr"));
    rewrite(dir.path(), name, change);
    message(Version::load(dir.path()))
}

fn rewrite(dir: &Path, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let path = dir.join(name);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Changes one file and makes the manifest agree with it again: what only the later checks can notice.
fn forged(name: &str, from: &str, to: &str) -> (TempDir, String) {
    let dir = written(&draft("vpr"));
    rewrite(dir.path(), name, |bytes| *bytes = replaced(bytes, from, to));
    let entry = FileEntry::of(&fs::read(dir.path().join(name)).unwrap());
    reseal(dir.path(), |manifest| *manifest.files.get_mut(name).unwrap() = entry);
    let said = message(Version::load(dir.path()));
    (dir, said)
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.contains(from), "nothing to change");
    text.replacen(from, to, 1).into_bytes()
}

fn reseal(dir: &Path, change: impl FnOnce(&mut Manifest)) {
    let path = dir.join(MANIFEST);
    let (mut manifest, _) = Manifest::from_bytes(&path, &fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    let sealed = manifest.sealed().unwrap();
    fs::write(path, sealed.to_bytes().unwrap()).unwrap();
}

/// The helpers above change nothing by themselves.
#[test]
fn an_untouched_version_loads() {
    assert_eq!(after(MANIFEST, |_| {}), "no error");
    assert_eq!(forged("model.json", "{", "{").1, "no error");
}

#[test]
fn any_flipped_byte_is_noticed() {
    let dir = written(&draft("vpr"));
    for name in names() {
        let path = dir.path().join(name);
        let whole = fs::read(&path).unwrap();
        // All kinds of bytes of the manifest; a digest does not care which byte of the others.
        let step = if name == MANIFEST { 7 } else { whole.len().div_ceil(9) };
        for at in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            fs::write(&path, flipped).unwrap();
            let said = message(Version::load(dir.path()));
            assert!(said.contains(name), "byte {at} of {name}: {said}");
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(message(Version::load(dir.path())), "no error");
}

#[test]
fn a_truncated_file_is_noticed() {
    for name in names() {
        for keep in [0.0, 0.5, 0.99] {
            let said = after(name, |bytes| bytes.truncate((bytes.len() as f64 * keep) as usize));
            assert!(said.contains(name), "{name}: {said}");
        }
    }
    let said = after("card.md", |bytes| bytes.truncate(4));
    assert!(said.contains("card.md` has digest ") && said.contains(" (4 bytes), expected "), "{said}");
    assert!(said.contains(" (9 bytes)"), "{said}");
}

#[test]
fn a_missing_file_is_named() {
    for name in names() {
        let dir = written(&draft("vpr"));
        fs::remove_file(dir.path().join(name)).unwrap();
        let said = message(Version::load(dir.path()));
        assert!(said.contains(name), "{name}: {said}");
    }
}

#[test]
fn whatever_is_added_is_refused() {
    let dir = written(&draft("vpr"));
    fs::write(dir.path().join("notes.txt"), "").unwrap();
    fs::remove_file(dir.path().join("card.md")).unwrap();
    let said = message(Version::load(dir.path()));
    assert!(said.contains("`card.md` missing; `notes.txt` found, which no version holds"), "{said}");

    let dir = written(&draft("vpr"));
    fs::create_dir(dir.path().join("evaluation")).unwrap();
    assert!(message(Version::load(dir.path())).contains("is not a plain file"));
}

#[cfg(unix)]
#[test]
fn a_link_is_no_file_of_a_version() {
    let (dir, other) = (written(&draft("vpr")), written(&draft("vpr")));
    fs::remove_file(dir.path().join("model.json")).unwrap();
    std::os::unix::fs::symlink(other.path().join("model.json"), dir.path().join("model.json")).unwrap();
    assert!(message(Version::load(dir.path())).contains("model.json` is not a plain file"));
}

#[test]
fn another_format_is_said_before_its_fields_are_read() {
    let said =
        after(MANIFEST, |bytes| *bytes = replaced(bytes, "\"format\": 7", "\"format\": 8, \"new\": 0"));
    assert!(
        said.contains("it has format 8, that of a newer edition of Amparo; this program reads format 7"),
        "{said}"
    );
    // Of an earlier edition.
    let said = after(MANIFEST, |bytes| *bytes = replaced(bytes, "\"format\": 7", "\"format\": 6"));
    assert!(said.contains("it has format 6; this program reads format 7"), "{said}");
}

#[test]
fn an_edited_manifest_is_noticed() {
    for (from, to) in [("2026-03-01", "2026-03-02"), ("\"version\": 1", "\"version\": 2"), ("0.35", "0.36")] {
        let said = after(MANIFEST, |bytes| *bytes = replaced(bytes, from, to));
        assert!(said.contains("manifest.json` has digest"), "{said}");
    }
    let said = after(MANIFEST, |bytes| *bytes = replaced(bytes, "\"dial\"", "\"dail\""));
    assert!(said.contains("manifest.json` is not a manifest: unknown field `dail`"), "{said}");
    let said = after(MANIFEST, |bytes| bytes.push(b'\n'));
    assert!(said.contains("laid out in another way"), "{said}");
}

#[test]
fn a_manifest_that_contradicts_its_files_is_noticed() {
    type Change = fn(&mut Manifest);
    let changes: [(&str, Change); 5] = [
        ("`dial` is 0.5, expected 0.35", |m| m.dial = 0.5),
        ("`family` is \"forest\", expected \"hybrid\"", |m| m.family = "forest".to_owned()),
        ("`monotone` is []", |m| m.monotone.clear()),
        ("`smallest_cell` is 1000", |m| m.smallest_cell = 1000),
        ("`instrument` is", |m| m.instrument.id.push('x')),
    ];
    for (expected, change) in changes {
        let dir = written(&draft("vpr"));
        reseal(dir.path(), change);
        let said = message(Version::load(dir.path()));
        assert!(said.contains(expected), "{expected} not in: {said}");
    }
}

#[test]
fn a_file_that_never_was_what_it_should_be_is_noticed() {
    let cases = [
        // One point more, one interval wider: the probes notice.
        ("model.json", "[0,3,1]", "[0,4,1]", "probes.json` is not what this program computes"),
        ("calibrator.json", "0.03", "0.04", "probes.json` is not what this program computes"),
        ("explanation.json", "\"weight\":", "\"weight\":1", "background: "),
        (
            "population.json",
            "\"n_cases\":9",
            "\"n_cases\":1",
            "subsamples: 100 cases, expected 800 to 1000 rows",
        ),
        (
            "population.json",
            "\"smallest_cell\":",
            "\"smallest_cell\":0,\"of\":",
            "population.json` is not a population: ",
        ),
        (
            "population.json",
            "\"points\":[[",
            "\"points\":[[-9.0,0.0,0.9],[",
            "distribution: scores: points do not ascend from 0 to 1",
        ),
        ("learned.json", "\"needed\": 1,", "\"needed\": 0,", "learned answers: 0 rows are needed"),
        (
            "learned.json",
            "\"events\": 0",
            "\"events\": 5000",
            "learned answers: answer `a0` to indicator `I1` has",
        ),
        ("probes.json", "\"form\":[0,", "\"form\":[1,", "are not the 32 of this form"),
        (
            "model.json",
            "\"dial\"",
            "\"extra\":0,\"dial\"",
            "model.json` is not a model: unknown field `extra`",
        ),
        ("model.json", "[0,3,1]", "[3,0,1]", "points is not monotone in indicator `I1`"),
        ("model.json", "[0,3,1]", "[0,3]", "2 values for indicator `I1`, expected 3"),
        ("model.json", "0.35", "1e999", "model.json` is not a model: number out of range"),
        (
            "protocol.toml",
            "\"assault\"",
            "\"theft\"",
            "manifest.json` is not what its files say: `protocol` is",
        ),
        (
            "instrument.json",
            "\"made up for a test\"",
            "\"other\"",
            "manifest.json` is not what its files say: `instrument` is",
        ),
    ];
    for (name, from, to, expected) in cases {
        let (_dir, said) = forged(name, from, to);
        assert!(said.contains(expected), "{name}, {to}: {said}");
    }
}

/// Both are whole divisions: only what the values are, or another cell, can tell.
#[test]
fn subsamples_that_were_never_those_of_the_population_are_noticed() {
    let forged = |change: &dyn Fn(&mut Vec<u8>)| {
        let dir = written(&draft("vpr"));
        rewrite(dir.path(), SUBSAMPLES, change);
        let entry = FileEntry::of(&fs::read(dir.path().join(SUBSAMPLES)).unwrap());
        reseal(dir.path(), |manifest| *manifest.files.get_mut(SUBSAMPLES).unwrap() = entry);
        message(Version::load(dir.path()))
    };
    assert_eq!(forged(&|_| {}), "no error");
    let said = forged(&|bytes| bytes[..32].rotate_left(2));
    assert!(said.contains("the answers of indicator 0 give subsample "), "{said}");
    // One unit from one subsample to another is less than rounding may be.
    let said = forged(&|bytes| {
        let bytes = &mut bytes[32..];
        let unit = |bytes: &[u8], k: usize| u16::from_le_bytes([bytes[2 * k], bytes[2 * k + 1]]);
        let (more, less) = (unit(bytes, 0) + 1, unit(bytes, 1) - 1);
        bytes[..2].copy_from_slice(&more.to_le_bytes());
        bytes[2..4].copy_from_slice(&less.to_le_bytes());
    });
    assert!(said.contains("probes.json` is not what this program computes"), "{said}");
    let said = forged(&|bytes| bytes.extend([0; 32]));
    assert!(said.contains("32 bytes are left after the last table, expected none"), "{said}");
    let said = forged(&|bytes| bytes.truncate(100));
    assert!(said.contains("subsamples.bin` is not the tables of the population: "), "{said}");
}
