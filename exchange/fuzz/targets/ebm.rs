//! Files of interpret, changed.
#![no_main]

use amparo_exchange::Format;
use libfuzzer_sys::fuzz_target;

const FILES: &[&[u8]] = &[include_bytes!("../../tests/files/ebm.json")];

fuzz_target!(|data: &[u8]| amparo_exchange_fuzz::changed(Format::Ebm, FILES, data));
