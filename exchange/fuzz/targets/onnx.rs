//! Graphs of ONNX, changed.
#![no_main]

use amparo_exchange::Format;
use libfuzzer_sys::fuzz_target;

const FILES: &[&[u8]] = &[
    include_bytes!("../../tests/files/onnx-columns.onnx"),
    include_bytes!("../../tests/files/onnx-histogram.onnx"),
    include_bytes!("../../tests/files/onnx-calibrated.onnx"),
    include_bytes!("../../tests/files/onnx-columns-ordinal.onnx"),
    include_bytes!("../../tests/files/onnx-questions-5.onnx"),
];

fuzz_target!(|data: &[u8]| amparo_exchange_fuzz::changed(Format::Onnx, FILES, data));
