//! Answers of any kind to a good version: refused, or assessed with sums, ranges and levels that hold. Never a panic.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use amparo_datasets::{FormAnswer, encode_form};
use amparo_models::{ModelRef, Registry, Version};
use amparo_models_fuzz::made::Made;
use amparo_models_fuzz::{Bytes, judge};
use libfuzzer_sys::fuzz_target;

/// The version that `AMPARO_FUZZ_REGISTRY` and `AMPARO_FUZZ_MODEL` name, or one made here.
static VERSION: LazyLock<Version> = LazyLock::new(|| match std::env::var_os("AMPARO_FUZZ_REGISTRY") {
    Some(registry) => {
        let model = std::env::var("AMPARO_FUZZ_MODEL").unwrap();
        Registry::open(registry).unwrap().load(&model.parse::<ModelRef>().unwrap()).unwrap()
    }
    None => Made::publish().version.clone(),
});

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes::new(data);
    let version = &*VERSION;
    let instrument = version.instrument();
    let indicators = instrument.indicators();
    match bytes.byte() % 4 {
        // Codes as they come, of any number and size.
        0 => {
            let row = bytes.take(data.len());
            let fits = row.len() == indicators.len()
                && indicators.iter().zip(row).all(|(i, code)| usize::from(*code) < i.n_answers());
            assert_eq!(version.assess_with_pairs(row).is_ok(), fits);
        }
        // A form in words, some of them wrong.
        1 => {
            let mut form = BTreeMap::new();
            for indicator in indicators {
                let n = bytes.byte();
                let answer = match indicator.answers().get(usize::from(n)) {
                    Some(answer) => answer.id.clone(),
                    None => String::from_utf8_lossy(bytes.take(usize::from(n % 8))).into_owned(),
                };
                let name = if n == 255 { answer.clone() } else { indicator.id.clone() };
                form.insert(name, FormAnswer::Id(answer));
            }
            if let Ok(row) = encode_form(instrument, &form) {
                check(version, &row);
            }
        }
        // A row that fits, half of it unknown.
        2 => {
            let code = |n: usize, byte: u8| if byte < 128 { n as u8 - 1 } else { byte % n as u8 };
            let row: Vec<u8> = indicators.iter().map(|i| code(i.n_answers(), bytes.byte())).collect();
            check(version, &row);
        }
        _ => {
            let row: Vec<u8> = indicators.iter().map(|i| bytes.byte() % i.n_answers() as u8).collect();
            check(version, &row);
        }
    }
});

fn check(version: &Version, row: &[u8]) {
    let (instrument, protocol) = (version.instrument(), version.protocol());
    judge::form(protocol, instrument, version.recidivism(), version.lethality(), row).unwrap();
    for part in [Some(version.recidivism()), version.lethality()].into_iter().flatten() {
        judge::part(part, instrument, row).unwrap();
    }
}
