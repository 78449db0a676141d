//! `import` from outside: the way of a scorecard from its file to a published version, and what is refused on it.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::running::{Ran, run_in};
use crate::small::{IMPORT, TRAIN, folder};

const CARD: &str = "
intercept = -2
multiplier = 1

[[points]]
column = \"weapon\"
equals = 1
points = 0.75

[[points]]
column = \"weapon\"
missing = true
points = 0.25

[[points]]
column = \"loud\"
at_least = 1
points = 0.5

[[points]]
column = \"loud\"
missing = true
points = 0.125
";

const MAPPING: &str = "
instrument = \"small\"

[[column]]
name = \"weapon\"
indicator = \"A\"
numbers = { absent = 0, present = 1 }
missing = [\"unknown\"]

[[column]]
name = \"loud\"
indicator = \"B\"
numbers = { absent = 0, present = 1 }
missing = [\"unknown\"]
";

const CANDIDATE: &str = "
[[candidate]]
name = \"theirs\"
family = \"imported\"
file = \"theirs.json\"
other_cases = true
";

/// What the card says, added up by hand.
fn log_odds(weapon: &str, loud: &str) -> f64 {
    let of = |cell: &str, points: f64, missing: f64| match cell {
        "1" => points,
        "" => missing,
        _ => 0.0,
    };
    -2.0 + of(weapon, 0.75, 0.25) + of(loud, 0.5, 0.125)
}

fn import(dir: &Path, step: &[&str]) -> Ran {
    run_in(dir, ["import", "card.toml", "--instrument", "small.toml"].iter().chain(step))
}

/// The rows of the second step with what `said` says of them.
fn scored(dir: &Path, said: impl Fn(&str, &str) -> f64) {
    let rows = fs::read_to_string(dir.join("rows.csv")).unwrap();
    let mut lines = rows.lines();
    let mut text = format!("{},said\n", lines.next().unwrap());
    for line in lines {
        let (weapon, loud) = line.split_once(',').unwrap();
        writeln!(text, "{line},{}", said(weapon, loud)).unwrap();
    }
    fs::write(dir.join("scored.csv"), text).unwrap();
}

const MAP: [&str; 2] = ["--mapping", "mapping.toml"];
const PROBES: [&str; 4] = [MAP[0], MAP[1], "--probes", "rows.csv"];
const CHECK: [&str; 10] = [
    MAP[0],
    MAP[1],
    "--check",
    "scored.csv",
    "--prediction",
    "said",
    "--predicts",
    "log-odds",
    "--out",
    "theirs.json",
];

/// A folder with the card, its mapping and the rows to be scored.
fn mapped() -> tempfile::TempDir {
    let dir = folder();
    fs::write(dir.path().join("card.toml"), CARD).unwrap();
    fs::write(dir.path().join("mapping.toml"), MAPPING).unwrap();
    import(dir.path(), &PROBES).succeeded();
    dir
}

#[test]
fn a_card_becomes_a_version_that_scores_as_it_does() {
    let dir = mapped();
    let dir = dir.path();
    scored(dir, log_odds);
    let told = import(dir, &CHECK).succeeded().out;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("a sum of tables about 2 indicators") && told.contains("is 0e0"), "{told}");
    assert!(told.contains("It keeps the declared direction of every indicator"), "{told}");
    let config = fs::read_to_string(dir.join("config.toml")).unwrap();
    fs::write(dir.join("config.toml"), config + CANDIDATE).unwrap();
    run_in(dir, IMPORT).succeeded();
    run_in(dir, TRAIN).succeeded();
    fs::write(dir.join("forms.csv"), "A,B\nabsent,absent\nabsent,present\npresent,absent\npresent,present\n")
        .unwrap();
    let explain = ["--in", "case.json", "--registry", "registry", "--model", "small@2", "--json"];
    let mut found = Vec::new();
    for (a, b) in [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")] {
        let answer = |cell| if cell == "1" { "present" } else { "absent" };
        let case = format!(r#"{{"answers": {{"A": "{}", "B": "{}"}}}}"#, answer(a), answer(b));
        fs::write(dir.join("case.json"), case).unwrap();
        let explained = run_in(dir, ["explain"].iter().chain(&explain)).succeeded().json();
        found.push((explained["recidivism"]["log_odds"].as_f64().unwrap(), log_odds(a, b)));
    }
    let worst = found.iter().map(|(found, said)| (found - said).abs()).fold(0.0, f64::max);
    assert!(worst <= 1e-12, "{found:?}");
    assert!((found[0].0 - found[3].0).abs() > 1.0, "answers have different scores");
    let card = run_in(dir, ["models", "show", "--registry", "registry", "small@2"]).succeeded().out;
    let card = card.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(card.contains("The model was not fitted here"), "{card}");
}

/// The printed section goes into the config as it is.
#[test]
fn a_card_against_a_direction_takes_it_from_its_own_versions_only() {
    let dir = mapped();
    let dir = dir.path();
    // Loud threats lower the score.
    fs::write(dir.join("card.toml"), CARD.replace("points = 0.5", "points = -0.5")).unwrap();
    scored(dir, |weapon, loud| log_odds(weapon, loud) - if loud == "1" { 1.0 } else { 0.0 });
    let told = import(dir, &CHECK).succeeded().out;
    let section = &told[told.find("[[candidate]]").unwrap()..];
    assert!(section.contains("\nnot_monotone = [\"B\"]\n"), "{told}");
    let hybrid = "\n[[hybrid]]\nbaseline = \"points\"\ncandidate = \"imported\"\ndials = [0.5]\n";
    let config = fs::read_to_string(dir.join("config.toml")).unwrap();
    fs::write(dir.join("config.toml"), format!("{config}\n{section}{hybrid}")).unwrap();
    run_in(dir, IMPORT).succeeded();
    run_in(dir, TRAIN).succeeded();
    let lists = [1, 2, 3].map(|number| {
        let path = dir.join(format!("registry/small/{number}/manifest.json"));
        let manifest: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        (manifest["monotone"].clone(), manifest["not_monotone"].clone())
    });
    let (kept, free) = ((json!(["A", "B"]), json!([])), (json!(["A"]), json!(["B"])));
    assert_eq!(lists, [kept, free.clone(), free]);

    // Without the line nothing is published, and it is said whose model it is.
    let without = section.replace("not_monotone = [\"B\"]", "");
    fs::write(dir.join("config.toml"), format!("{config}\n{without}")).unwrap();
    let ran = run_in(dir, TRAIN.iter().map(|arg| if *arg == "registry" { "other" } else { arg }));
    assert!(ran.code == Some(2) || ran.code == Some(1), "{:?} {}", ran.code, ran.err);
    assert!(
        ran.err
            .contains("candidate `imported` cannot be published: imported is not monotone in indicator `B`"),
        "{}",
        ran.err
    );
}

#[test]
fn what_does_not_agree_is_refused_and_nothing_is_written() {
    let dir = mapped();
    let dir = dir.path();
    let refused = |why: &str| {
        let ran = import(dir, &CHECK);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains(why), "{}", ran.err);
        assert!(!dir.join("theirs.json").exists());
    };
    // A missing value that goes another way, by a little.
    scored(dir, |weapon, loud| log_odds(weapon, loud) + if loud.is_empty() { 1e-6 } else { 0.0 });
    refused("nothing was imported");
    // Rows without an unknown answer.
    scored(dir, log_odds);
    let all = fs::read_to_string(dir.join("scored.csv")).unwrap();
    let known: String =
        all.lines().filter(|line| !line.starts_with(',')).map(|line| format!("{line}\n")).collect();
    assert!(known.len() < all.len());
    fs::write(dir.join("scored.csv"), known).unwrap();
    refused("no row has `A` = `unknown`");
    // A mapping that leaves a column out.
    scored(dir, log_odds);
    fs::write(dir.join("mapping.toml"), MAPPING.replace("name = \"loud\"", "name = \"quiet\"")).unwrap();
    refused("the model uses column `loud`, which the mapping does not have");
    // A number that no answer has.
    fs::write(dir.join("mapping.toml"), MAPPING).unwrap();
    fs::write(dir.join("card.toml"), CARD.replace("equals = 1", "equals = 3")).unwrap();
    refused("but no answer has another side");
}

#[test]
fn a_step_is_asked_for_once_and_never_writes_over_a_file() {
    let dir = mapped();
    let dir = dir.path();
    let again = import(dir, &PROBES);
    assert!(again.code == Some(2) && again.err.contains("rows.csv"), "{}", again.err);
    let drafted = import(dir, &["--suggest-mapping", "draft.toml"]).succeeded().out;
    assert!(drafted.contains("draft.toml"), "{drafted}");
    for (args, why) in [
        (&["--suggest-mapping", "x.toml", "--probes", "y.csv"][..], "cannot be used with"),
        (&["--probes", "y.csv"][..], "--mapping"),
        (&["--mapping", "mapping.toml", "--check", "rows.csv"][..], "--prediction"),
        (&[][..], "--suggest-mapping"),
    ] {
        let ran = import(dir, args);
        assert!(ran.code == Some(2) && ran.err.contains(why), "{args:?}: {}", ran.err);
    }
}

/// A graph that does not reduce is mapped without ONNX Runtime, and compared with it only.
#[test]
fn a_network_is_mapped_and_never_a_candidate() {
    let dir = folder();
    let dir = dir.path();
    run_in(dir, IMPORT).succeeded();
    let network = Path::new(env!("CARGO_MANIFEST_DIR")).join("exchange/tests/files/onnx-network.onnx");
    fs::copy(network, dir.join("network.onnx")).unwrap();
    let step = |rest: &[&str]| {
        let args = ["import", "network.onnx", "--instrument", "small.toml"];
        run_in(dir, args.iter().chain(rest))
    };
    let refused = step(&["--suggest-mapping", "none.toml"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("--compare-only"), "{}", refused.err);
    step(&["--compare-only", "--suggest-mapping", "map.toml"]).succeeded();
    let draft = fs::read_to_string(dir.join("map.toml")).unwrap();
    assert!(draft.contains("name = \"X[0]\""), "{draft}");
    // Both columns that ask nothing yet are told at once.
    let told = step(&["--compare-only", "--mapping", "map.toml", "--probes", "rows.csv"]);
    assert_eq!(told.code, Some(2));
    assert!(told.err.contains("`X[0]`") && told.err.contains("`X[1]`"), "{}", told.err);
    let both =
        step(&["--compare-only", "--mapping", "map.toml", "--check-by-onnxruntime", "--out", "x.json"]);
    assert_eq!(both.code, Some(2), "{}", both.out);
    assert!(both.err.contains("cannot be used with"), "{}", both.err);
}
