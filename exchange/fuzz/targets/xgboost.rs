//! Files of XGBoost, changed.
#![no_main]

use amparo_exchange::Format;
use libfuzzer_sys::fuzz_target;

const FILES: &[&[u8]] = &[
    include_bytes!("../../tests/files/xgboost-3.2-categories.json"),
    include_bytes!("../../tests/files/xgboost-3.2-logistic.json"),
    include_bytes!("../../tests/files/xgboost-3.2-linear.json"),
    include_bytes!("../../tests/files/xgboost-3.2-dart.ubj"),
    include_bytes!("../../tests/files/xgboost-3.2-stopped.ubj"),
];

fuzz_target!(|data: &[u8]| amparo_exchange_fuzz::changed(Format::Xgboost, FILES, data));
