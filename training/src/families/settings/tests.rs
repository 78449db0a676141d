use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    trees: usize,
    share: f64,
    shape: Option<String>,
}

fn read(text: &str) -> Result<Params, String> {
    let parameters: toml::Table = text.parse().unwrap();
    let settings = Settings { parameters: &parameters, seed: 1, not_monotone: &[], file: None };
    settings.parameters().map_err(|error| error.to_string())
}

#[test]
fn parameters_are_read() {
    assert_eq!(read("trees = 3\nshare = 0.5"), Ok(Params { trees: 3, share: 0.5, shape: None }));
}

#[test]
fn every_unknown_field_is_named() {
    let expected = "expected one of `trees`, `share`, `shape`";
    assert_eq!(
        read("trees = 3\nshared = 0.5\nleaves = 4").unwrap_err(),
        format!(
            "config: 2 problems\n  - unknown field `leaves`, {expected}\n  - unknown field `shared`, {expected}"
        )
    );
}

#[test]
fn a_missing_field_and_one_of_another_type_are_named() {
    assert_eq!(read("trees = 3").unwrap_err(), "config: missing field `share`");
    let error = read("trees = \"three\"\nshare = 0.5").unwrap_err();
    assert_eq!(error, "config: invalid type: string \"three\", expected usize in `trees`");
}
