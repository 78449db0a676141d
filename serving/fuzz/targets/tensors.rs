//! Bodies of the Open Inference Protocol, changed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| amparo_serving_fuzz::changed(data));
