//! The files of a published version, changed: refused, or a version whose explanations add up. Never a panic.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use amparo_datasets::Instrument;
use amparo_models::{OutcomeModel, Protocol, Version};
use amparo_models_fuzz::made::{self, Made};
use amparo_models_fuzz::{Bytes, edit, judge};
use libfuzzer_sys::fuzz_target;

static MADE: LazyLock<Made> = LazyLock::new(Made::publish);

/// With `AMPARO_FUZZ_PLANTED` set, an accepted model with another dial counts as a fault, which the fuzzer has to find.
static PLANTED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("AMPARO_FUZZ_PLANTED").is_some());

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes::new(data);
    match bytes.byte() % 32 {
        0 => folder(&mut bytes),
        1 => protocol(&mut bytes),
        2 => instrument(&mut bytes),
        _ => pieces(&mut bytes),
    }
});

/// Model, calibrator and explanation, past the digests.
fn pieces(bytes: &mut Bytes<'_>) {
    let mut files =
        ["model.json", "calibrator.json", "explanation.json"].map(|name| MADE.file(name).to_vec());
    for _ in 0..=bytes.byte() % 2 {
        let file = &mut files[usize::from(bytes.byte() % 3)];
        *file = if bytes.byte() % 8 == 0 { edit::splice(file, bytes) } else { edit::json(file, bytes) };
    }
    let instrument = MADE.version.instrument();
    let Ok(parts) = made::parts(instrument, files.each_ref().map(Vec::as_slice)) else { return };
    let dial = |part: &OutcomeModel| part.scorer().dial();
    assert!(!*PLANTED || dial(&parts.recidivism) == dial(MADE.version.recidivism()), "a planted fault");
    for row in rows(instrument, bytes) {
        for (_, part) in parts.iter() {
            judge::part(part, instrument, &row).unwrap();
        }
    }
}

/// Another form for the same model.
fn instrument(bytes: &mut Bytes<'_>) {
    let file = MADE.file("instrument.json");
    let file = if bytes.byte() % 4 == 0 { edit::splice(file, bytes) } else { edit::json(file, bytes) };
    let Ok(instrument) = serde_json::from_slice::<Instrument>(&file) else { return };
    let files = ["model.json", "calibrator.json", "explanation.json"].map(|name| MADE.file(name));
    let Ok(parts) = made::parts(&instrument, files) else { return };
    for row in rows(&instrument, bytes) {
        judge::part(&parts.recidivism, &instrument, &row).unwrap();
        if MADE.version.protocol().check_against(&instrument).is_ok() {
            judge::form(MADE.version.protocol(), &instrument, &parts.recidivism, None, &row).unwrap();
        }
    }
}

/// Another protocol for the same version.
fn protocol(bytes: &mut Bytes<'_>) {
    let file = edit::splice(MADE.file("protocol.toml"), bytes);
    let Ok(text) = std::str::from_utf8(&file) else { return };
    let Ok(protocol) = Protocol::from_toml(text, "protocol.toml".as_ref()) else { return };
    let version = &MADE.version;
    let outcome = |rules: &amparo_models::protocol::Lethality| rules.outcome == "lethal";
    if protocol.check_against(version.instrument()).is_err()
        || protocol.outcome() != "assault"
        || !protocol.lethality().is_none_or(outcome)
    {
        return;
    }
    for row in rows(version.instrument(), bytes) {
        judge::form(&protocol, version.instrument(), version.recidivism(), version.lethality(), &row)
            .unwrap();
    }
}

/// A whole folder: whatever was changed in one of its files, the reader sees it.
fn folder(bytes: &mut Bytes<'_>) {
    let (name, file) = MADE.files.iter().nth(bytes.below(MADE.files.len())).unwrap();
    let changed = if bytes.byte() % 2 == 0 { edit::splice(file, bytes) } else { edit::json(file, bytes) };
    let path = MADE.dir.join(name);
    fs::write(&path, &changed).unwrap();
    let read = Version::load(&MADE.dir);
    fs::write(&path, file).unwrap();
    assert_eq!(read.is_ok(), changed == *file, "`{name}`: {read:?}");
}

/// A form by the bytes, one of first answers, one of which nothing is known.
fn rows(instrument: &Instrument, bytes: &mut Bytes<'_>) -> [Vec<u8>; 3] {
    let of = |code: &mut dyn FnMut(usize) -> u8| {
        instrument.indicators().iter().map(|i| code(i.n_answers())).collect()
    };
    [of(&mut |n| bytes.byte() % n as u8), of(&mut |_| 0), of(&mut |n| n as u8 - 1)]
}
