//! A published version holds sums and tables, never a row of a case.

use std::fs;

use amparo_datasets::table::read_cohort;
use serde_json::Value;

use crate::running::{listing, quickstart};

/// Lengths of all arrays in a value.
fn lengths(value: &Value, found: &mut Vec<usize>) {
    match value {
        Value::Array(items) => {
            found.push(items.len());
            items.iter().for_each(|item| lengths(item, found));
        }
        Value::Object(fields) => fields.values().for_each(|field| lengths(field, found)),
        _ => {}
    }
}

#[test]
fn no_case_is_named_in_any_file_of_a_version() {
    let (dir, _) = quickstart();
    let cohorts = ["cohort.parquet", "lethality.parquet"].map(|name| read_cohort(&dir.join(name)).unwrap());
    let mut cases: Vec<&str> = cohorts.iter().flat_map(|c| c.cases()).map(String::as_str).collect();
    cases.sort_unstable();
    cases.dedup();
    let shortest = cases.iter().map(|case| case.len()).min().unwrap();
    assert!(
        shortest >= 4,
        "an id as short as `{:?}` may occur by chance",
        cases.iter().find(|c| c.len() == shortest)
    );
    // One pass a file: all pieces that are as long as an id.
    let mut sizes: Vec<usize> = cases.iter().map(|case| case.len()).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let named = |bytes: &[u8]| {
        let pieces = sizes.iter().flat_map(|&size| bytes.windows(size));
        pieces
            .filter_map(|piece| std::str::from_utf8(piece).ok())
            .find(|p| cases.binary_search(p).is_ok())
            .map(str::to_owned)
    };
    for (name, bytes) in listing(&dir.join("registry/vpr")) {
        if let Some(bytes) = bytes {
            assert_eq!(named(&bytes), None, "{}", name.display());
        }
    }
    // The search finds what is there.
    assert_eq!(
        named(&fs::read(dir.join("case.json")).unwrap()).as_deref(),
        Some(cohorts[0].cases()[0].as_str())
    );
}

#[test]
fn explanations_hold_sums_and_the_fewest_rows_behind_them_are_known() {
    let (dir, _) = quickstart();
    let lethality = read_cohort(&dir.join("lethality.parquet")).unwrap();
    for version in 1..=6 {
        let read = |name: &str| -> Value {
            let path = dir.join(format!("registry/vpr/{version}/{name}"));
            serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
        };
        let (manifest, explanation) = (read("manifest.json"), read("explanation.json"));
        let parts = manifest["training"]["n_rows"].as_object().unwrap().values();
        let mut rows: Vec<usize> = parts.map(|n| n.as_u64().unwrap() as usize).collect();
        rows.extend([crate::running::ROWS, rows.iter().sum(), lethality.n_rows()]);
        for part in ["recidivism", "lethality"] {
            rows.push(explanation[part]["n_rows"].as_u64().unwrap() as usize);
            // Sums over the whole population, in which each row is counted once and none can be told apart.
            let weight = explanation[part]["weight"].as_f64().unwrap();
            for answers in explanation[part]["answers"].as_array().unwrap() {
                let sum: f64 = answers.as_array().unwrap().iter().map(|w| w.as_f64().unwrap()).sum();
                assert!((sum - weight).abs() <= 1e-9 * weight, "{sum} {weight}");
            }
        }
        // Of the population besides: how few rows stand behind a number is known, and behind a percentile it is no fewer
        // than ten.
        let population = read("population.json");
        let mut cells = Vec::new();
        for part in ["recidivism", "lethality"] {
            let (subsamples, distributions) =
                (&population[part]["subsamples"], &population[part]["distributions"]);
            cells.extend([&explanation[part]["smallest_cell"], &subsamples["smallest_cell"]]);
            let of_values = distributions["values"].as_array().unwrap().iter();
            for distribution in of_values.chain([&distributions["log_odds"]]) {
                let smallest = &distribution["smallest_cell"];
                assert!(smallest.as_u64().unwrap() >= 10, "{smallest}");
                cells.push(smallest);
            }
        }
        let mut cells: Vec<u64> = cells.into_iter().map(|cell| cell.as_u64().unwrap()).collect();
        // Behind each answer no small number of rows or events is told.
        let learned = read("learned.json");
        for part in ["recidivism", "lethality"] {
            let needed = learned[part]["needed"].as_u64().unwrap();
            let answers = learned[part]["answers"].as_array().unwrap();
            for count in answers.iter().flat_map(|answers| answers.as_array().unwrap()) {
                let (rows, events) = (count["rows"].as_u64(), count["events"].as_u64());
                let told = rows.into_iter().chain(events).chain(rows.zip(events).map(|(n, e)| n - e));
                let told: Vec<u64> = told.filter(|&n| n > 0).collect();
                assert!(told.iter().all(|&n| n >= needed), "{count}");
                cells.extend(told);
            }
        }
        let smallest = cells.into_iter().min().unwrap();
        assert_eq!(manifest["smallest_cell"], smallest);
        let mut found = Vec::new();
        lengths(&explanation, &mut found);
        lengths(&population, &mut found);
        let as_long = found.iter().find(|length| rows.contains(length));
        assert_eq!(as_long, None, "an array of version {version} is as long as the rows of a part");
        assert!(manifest["smallest_cell"].as_u64().unwrap() >= 1);
    }
    let mut found = Vec::new();
    lengths(&serde_json::json!({"a": [[1, 2, 3], []]}), &mut found);
    assert_eq!(found, [2, 3, 0]);
}

#[test]
fn the_key_of_the_fingerprints_leaves_the_registry_with_nothing() {
    let (dir, _) = quickstart();
    let file = dir.join("registry/fingerprint.key");
    let key = fs::read(&file).unwrap();
    assert_eq!(key.len(), 32);
    let written = key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let holds = |bytes: &[u8]| {
        bytes.windows(32).any(|piece| piece == key)
            || bytes.windows(64).any(|piece| piece.eq_ignore_ascii_case(written.as_bytes()))
    };
    // Versions, what is kept beside them, reports, cards, documents: all that a run leaves behind.
    let mut n_files = 0;
    for (name, bytes) in listing(dir) {
        if let Some(bytes) = bytes {
            n_files += 1;
            assert_eq!(holds(&bytes), dir.join(&name) == file, "{}", name.display());
        }
    }
    assert!(n_files > 50, "{n_files}");
    assert!(
        holds(&[b"x", &key[..], b"y"].concat()) && holds(written.to_uppercase().as_bytes()),
        "the search finds it"
    );
}
