//! Bins of a numeric column of a table, proposed and written.

use std::fs;

use crate::running::{real_data, run_in};

/// 400 people, 8 of each age, of whom the young reoffend more often; one age is not known.
fn people() -> String {
    let row = |i: usize| {
        let age = 18 + i * 7 % 50;
        let yes = i / 50 < if age < 25 { 5 } else { 2 };
        format!("{age},{}\n", if yes { "yes" } else { "no" })
    };
    format!("age,reoffended\n,yes\n{}", (0..400).map(row).collect::<String>())
}

#[test]
fn bins_are_told_and_written_once() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("people.csv"), people()).unwrap();
    let args = ["data", "bins", "people.csv", "--column", "age", "--outcome", "reoffended", "--bins", "2"];
    let printed = run_in(at, args).succeeded().out;
    assert!(printed.contains("1 without a number (``)"), "{printed}");
    assert!(printed.contains("Taken: 2 bins, as asked for."), "{printed}");
    assert!(printed.contains("from = [-inf, 25]\n"), "{printed}");
    let out = ["--out", "age.toml"];
    let written = run_in(at, args.into_iter().chain(out)).succeeded().out;
    let toml = fs::read_to_string(at.join("age.toml")).unwrap();
    assert!(printed.contains(toml.trim_end()) && !written.contains("from = ["), "{written}");
    let again = run_in(at, args.into_iter().chain(out));
    assert_eq!(again.code, Some(2), "{}", again.out);
    assert!(again.err.contains("cannot create `age.toml`"), "{}", again.err);
    let json = run_in(at, args.into_iter().chain(["--json"])).succeeded().json();
    assert_eq!((&json["toml"], &json["rows"]["without_number"]), (&toml.into(), &1.into()));
    assert_eq!(json["bins"][1]["from"], 25.0);
}

#[test]
fn what_is_no_number_is_named_with_its_row() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    fs::write(at.join("people.csv"), people().replacen("\n18,", "\nyoung,", 1)).unwrap();
    let args = ["data", "bins", "people.csv", "--column", "age", "--outcome", "reoffended"];
    let refused = run_in(at, args);
    assert_eq!(refused.code, Some(2));
    let said = "column `age` holds `young` in 1 row, expected a number, or that the text is stated to be unknown (row 2)";
    assert!(refused.err.contains(said), "{}", refused.err);
    run_in(at, args.into_iter().chain(["--unknown", "young"])).succeeded();
    let only = run_in(at, args.into_iter().chain(["--only", "set"]));
    assert!(only.err.contains("--only says no text of the column, expected COLUMN=TEXT"), "{}", only.err);
}

/// The numbers that `docs/data.md` tells.
#[test]
fn the_page_tells_what_compas_gives() {
    let Some(table) = real_data("compas_two_years_deid.csv") else { return };
    let dir = tempfile::tempdir().unwrap();
    let args = ["data", "bins", table.to_str().unwrap(), "--column", "age", "--outcome", "two_year_recid"];
    let json = run_in(dir.path(), args.into_iter().chain(["--json"])).succeeded().json();
    let tried = json["tried"].as_array().unwrap();
    let taken = tried.iter().find(|tried| tried["n_bins"] == json["taken"]).unwrap();
    let of = |number: &serde_json::Value| format!("{:.3}", number.as_f64().unwrap());
    let lost = &taken["lost_auc"];
    let said = format!(
        "{} bins of age (cut at 21, 35 and 53) lose {} [{}, {}] of the AUC of age, {}.",
        json["taken"],
        of(&lost["value"]),
        of(&lost["interval"][0]),
        of(&lost["interval"][1]),
        of(&json["number_auc"]["value"])
    );
    assert_eq!(taken["cuts"], serde_json::json!([21.0, 35.0, 53.0]));
    assert!(include_str!("../../docs/data.md").contains(&said), "{said}");
}
