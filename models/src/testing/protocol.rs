//! Protocols of a few levels, for tests that need a small one.

use std::fmt::Write as _;

/// The file of a protocol `small-1`: what its probabilities are of, and its levels by id and lowest probability, from the
/// lowest level on. A test may append rules.
pub fn protocol_text(outcome: &str, horizon_days: Option<u32>, levels: &[(&str, f64)]) -> String {
    let horizon = horizon_days.map_or_else(String::new, |days| format!("horizon_days = {days}\n"));
    let mut text = format!(
        "id = \"small-1\"\ntitle = {{ es = \"pequeño\", en = \"small\" }}\n\
         cut_points = {{ es = \"de prueba\", en = \"for a test\" }}\noutcome = \"{outcome}\"\n{horizon}\
         cumulative_measures = true\nunlearned_answers = \"flag\"\n"
    );
    for (id, from) in levels {
        write!(
            text,
            "\n[[level]]\nid = \"{id}\"\nlabel = {{ es = \"{id}\", en = \"{id}\" }}\nfrom_probability = {from:?}\n\
             measures = []\n"
        )
        .unwrap();
    }
    text
}
