//! Files of LightGBM, changed.
#![no_main]

use amparo_exchange::Format;
use libfuzzer_sys::fuzz_target;

const FILES: &[&[u8]] = &[
    include_bytes!("../../tests/files/lightgbm-codes.txt"),
    include_bytes!("../../tests/files/lightgbm-categories.txt"),
    include_bytes!("../../tests/files/lightgbm-forest.txt"),
    include_bytes!("../../tests/files/lightgbm-zero-as-missing.txt"),
];

fuzz_target!(|data: &[u8]| amparo_exchange_fuzz::changed(Format::Lightgbm, FILES, data));
