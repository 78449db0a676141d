//! An indicator with many answers, from the raw table to a proposal.

use std::fmt::Write as _;
use std::fs;

use amparo_datasets::Polarity;
use amparo_datasets::testing::{Question, Scale, form_text};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::gates;
use crate::http::Server;
use crate::running::{amparo, ran, run_in};
use crate::small::{self, IMPORT, TRAIN};

/// Towns, of which the last has no row and the one before it a few.
const TOWNS: usize = 60;
const ROWS: usize = 2_000;

const MORE_CANDIDATES: &str = r#"
[[candidate]]
name = "logistic"
family = "logistic"
l2 = 1.0

[[candidate]]
name = "boosted"
family = "boosted"
trees = 20
depth = 3
learning_rate = 0.1
l2 = 1.0
min_child_weight = 5.0
rows = 1.0
indicators = 1.0

[[hybrid]]
baseline = "points"
candidate = "boosted"
dials = [0.5]
"#;

fn town(row: usize) -> usize {
    match row * row % 1009 {
        r if r < 2 => TOWNS - 2,
        r => r % (TOWNS - 2),
    }
}

/// In every third town the outcome is common, in the others it is rare.
fn table() -> String {
    let mut text = "id,a,b,town,ever,soon\n".to_owned();
    for row in 0..ROWS {
        let yes = |n: usize| if row.is_multiple_of(n) { "yes" } else { "no" };
        let often = 1 + usize::from(row.is_multiple_of(3)) + 5 * usize::from(town(row).is_multiple_of(3));
        let event = u8::from(row * 7919 % 11 < often);
        let town = if row % 41 == 5 { String::new() } else { format!("t{}", town(row)) };
        writeln!(text, "c{row},{},{},{town},{event},{event}", yes(3), yes(5)).unwrap();
    }
    text
}

/// The folder of [`small`] with a question about the town.
fn folder() -> TempDir {
    let dir = small::folder();
    let questions = [
        Question::new("A", Polarity::Risk, Scale::binary()),
        Question::new("B", Polarity::Risk, Scale::binary()),
        Question::new("town", Polarity::Neutral, Scale::of(TOWNS)),
    ];
    let put = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    put("small.toml", &form_text("small", &questions));
    put("table.csv", &table());
    let mut towns = "[values.town]\n\"\" = \"unknown\"\n".to_owned();
    (0..TOWNS).for_each(|town| writeln!(towns, "t{town} = \"a{town}\"").unwrap());
    let indicator = "[[indicator]]\nid = \"town\"\ncolumn = \"town\"\nvalues = \"town\"\n\n[[outcome]]";
    small::spoil(dir.path(), "source.toml", "[values.binary]", &format!("{towns}\n[values.binary]"));
    small::spoil(dir.path(), "source.toml", "[[outcome]]", indicator);
    small::spoil(dir.path(), "config.toml", "least_rows = 1", "least_rows = 10");
    let config = fs::read_to_string(dir.path().join("config.toml")).unwrap();
    put("config.toml", &(config + MORE_CANDIDATES));
    dir
}

/// The folder with cohort and registry.
fn trained() -> (TempDir, String) {
    let dir = folder();
    run_in(dir.path(), IMPORT).succeeded();
    let out = run_in(dir.path(), TRAIN).succeeded().out;
    (dir, out)
}

fn case(town: &str) -> String {
    let answers = json!({ "A": "present", "B": "absent", "town": town });
    json!({ "case_id": "c-1", "instrument": "small", "answers": answers }).to_string()
}

#[test]
fn a_town_is_pooled_explained_and_served() {
    let (dir, told) = trained();
    let at = dir.path();
    let described = run_in(at, ["data", "describe", "cohort.parquet"]).succeeded().out;
    assert!(described.lines().all(|line| line.len() < 400), "{described}");
    assert!(described.contains("59 of 60 answers occur: "), "{described}");
    assert!(told.contains("58 of 60") && told.contains("sd of effects"), "{told}");
    assert!(told.contains("town (a58, a59)"), "{told}");

    for version in 1..=4 {
        let model = format!("small@{version}");
        let explain = |town: &str, more: &[&str]| {
            fs::write(at.join("case.json"), case(town)).unwrap();
            let args = ["explain", "--registry", "registry", "--model", &model, "--in", "case.json"];
            run_in(at, args.into_iter().chain(more.iter().copied())).succeeded().out
        };
        let value = |town: &str| -> Value {
            let all: Value = serde_json::from_str(&explain(town, &["--json"])).unwrap();
            let values = all["explanation"]["values"].as_array().unwrap();
            values.iter().find(|value| value["indicator"] == "town").unwrap().clone()
        };
        let [often, seldom, rare] = ["a3", "a4", "a58"].map(value);
        let effect = |of: &Value| of["value"].as_f64().unwrap();
        assert!(effect(&often) > effect(&seldom) + 0.5, "{often} {seldom}");
        assert!((effect(&seldom)..=effect(&often)).contains(&effect(&rare)), "{rare}");
        assert_eq!(often["same_effect"]["of"], 60);
        let pools = fs::read(at.join(format!("registry/small/{version}/pools.json"))).unwrap();
        let pools: Value = serde_json::from_slice(&pools).unwrap();
        let pools = pools["recidivism"][0]["of_answers"].as_array().unwrap();
        let alike = pools.iter().filter(|pool| **pool == pools[3]).count();
        assert!(often["same_effect"]["answers"] == alike && alike > 1, "{often}");
        assert!(rare.get("same_effect").is_none());
        let text = explain("a3", &["--lang", "en", "--all"]);
        assert!(text.contains("answers that weigh the same, of 60 possible ones)"), "{text}");
        assert!(text.contains("/60]") && text.lines().count() < 60, "{text}");
        let text = explain("a58", &["--lang", "es"]);
        assert!(text.contains("no se ha podido aprender lo que pesan"), "{text}");
    }

    let score = |from: [&str; 4], to: &str| {
        let args = ["score", "--registry", "registry", "--model", "small@4", "--explain", "--out", to];
        run_in(at, args.into_iter().chain(from.into_iter().filter(|arg| !arg.is_empty()))).succeeded();
        fs::read(at.join(to)).unwrap()
    };
    let of_cohort = score(["--in", "cohort.parquet", "", ""], "of-cohort.parquet");
    let of_table = score(["--in", "table.csv", "--source", "source.toml"], "of-table.parquet");
    assert!(of_cohort == of_table, "the raw table is scored otherwise");

    let args = ["evaluate", "--registry", "registry", "--model", "small@4", "--cohort", "cohort.parquet"];
    run_in(at, args.into_iter().chain(["--out", "report", "--replicates", "100"])).succeeded();

    let mut server = Server::start(&at.join("registry"), at, "small@4");
    let reply = server.post("/v1/assessments", case("a3").as_bytes());
    assert_eq!(reply.status, 201, "{reply:?}");
    let proposal = reply.json();
    assert_eq!(proposal["explanation"]["values"][2]["same_effect"]["of"], 60);
    let wrong = server.post("/v1/assessments", case("a60").as_bytes()).json();
    let said = wrong.to_string();
    assert!(said.contains("a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, ... (60 in all), unknown"), "{said}");
    server.terminate();
    server.wait();
    let id = proposal["proposal_id"].as_str().unwrap();
    let mut replay = amparo();
    replay.args(["replay", "--log", "log.sqlite", "--registry", "registry", "--proposal", id]);
    let replayed = ran(replay.current_dir(at)).succeeded().out;
    assert!(replayed.ends_with("is the same as in the log, to the last bit\n"), "{replayed}");
}

#[test]
fn cases_without_an_outcome_are_imported_and_scored_and_nothing_else() {
    let (dir, _) = trained();
    let at = dir.path();
    let source = fs::read_to_string(at.join("source.toml")).unwrap();
    let text = &source[..source.find("[[outcome]]").unwrap()];
    fs::write(at.join("new.toml"), text.replace("small-table", "new-cases")).unwrap();
    fs::write(at.join("new.csv"), "id,a,b,town\nn1,yes,no,t3\nn2,no,no,t4\nn3,,yes,\n").unwrap();
    let import = ["data", "import", "--source", "new.toml", "--in", "new.csv", "--out", "new.parquet"];
    let imported = run_in(at, import).succeeded().out;
    assert!(imported.contains("note: the source states no outcome: these cases can be scored"), "{imported}");
    run_in(at, ["data", "describe", "new.parquet"]).succeeded();

    let score = |from: &[&str], to: &str| {
        let args = ["score", "--registry", "registry", "--model", "small@4", "--out", to];
        run_in(at, args.iter().chain(from)).succeeded();
        fs::read(at.join(to)).unwrap()
    };
    let of_cohort = score(&["--in", "new.parquet"], "of-cohort.parquet");
    let of_table = score(&["--in", "new.csv", "--source", "new.toml"], "of-table.parquet");
    assert!(of_cohort == of_table && of_cohort.len() > 100);

    let train = ["train", "--config", "config.toml", "--cohort", "new.parquet", "--registry", "other"];
    let evaluate = ["evaluate", "--registry", "registry", "--model", "small@4", "--cohort", "new.parquet"];
    let judged = run_in(at, evaluate.into_iter().chain(["--other-cases", "--out", "report"]));
    let good = gates::value("good", "auc", "at_least = 0.5");
    fs::write(at.join("gates.toml"), gates::HEAD.to_owned() + &good).unwrap();
    let gate = ["gate", "--registry", "registry", "--model", "small@4", "--cohort", "new.parquet"];
    let gated = run_in(at, gate.into_iter().chain(["--other-cases", "--gates", "gates.toml"]));
    for ran in [&judged, &gated] {
        assert!(ran.err.contains("cohort `new.parquet`: no outcome `assault`"), "{}", ran.err);
    }
    for ran in [run_in(at, train), judged, gated] {
        assert_eq!(ran.code, Some(2), "{}", ran.out);
        let sentence = "it has no outcome at all, because its source states none, so that its cases can be scored, but no model can \
                        be fitted to them or judged by them";
        assert!(
            ran.err.contains("no outcome `assault` in the cohort: ") && ran.err.contains(sentence),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_version_whose_pools_were_changed_is_refused() {
    let (dir, _) = trained();
    let pools = dir.path().join("registry/small/1/pools.json");
    let text = fs::read_to_string(&pools).unwrap();
    let other = text.replacen("\"of_answers\":[", "\"of_answers\":[1,", 1);
    assert!(other != text);
    fs::write(&pools, other).unwrap();
    fs::write(dir.path().join("case.json"), case("a3")).unwrap();
    let found =
        run_in(dir.path(), ["explain", "--registry", "registry", "--model", "small@1", "--in", "case.json"]);
    assert_eq!(found.code, Some(2));
    assert!(found.err.contains("pools.json"), "{}", found.err);
}

#[test]
fn more_than_250_answers_are_refused_by_name() {
    let dir = folder();
    let wide = Question::new("town", Polarity::Neutral, Scale::of(251));
    fs::write(dir.path().join("small.toml"), form_text("small", &[wide])).unwrap();
    let found = run_in(dir.path(), IMPORT);
    assert_eq!(found.code, Some(2));
    assert!(found.err.contains("indicator `town` has 251 known answers, expected 2 to 250"), "{}", found.err);
}
