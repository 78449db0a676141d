//! Gates: a version is put in force only if its verdict lets it pass.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::refused::refused;
use crate::running::{Ran, copy, quickstart, real_data, run_in};
use crate::small::{self, FIRST, IMPORT, TRAIN};

pub const HEAD: &str =
    "format = 1\nid = \"g\"\ntitle = { es = \"prueba\", en = \"test\" }\nowner = \"the test\"\n";

/// A gate of kind `value`.
pub fn value(name: &str, metric: &str, bound: &str) -> String {
    let reason = "reason = { es = \"prueba\", en = \"for the test\" }";
    format!("[[gate]]\nname = \"{name}\"\n{reason}\nkind = \"value\"\nmetric = \"{metric}\"\n{bound}\n")
}

/// A folder with `small@1`, and gates of which one passes (`good`), one blocks (`bad`), one cannot tell (`open`).
pub fn folder() -> TempDir {
    let dir = small::folder();
    run_in(dir.path(), IMPORT).succeeded();
    run_in(dir.path(), TRAIN).succeeded();
    let put = |name: &str, gates: &[String]| {
        fs::write(dir.path().join(name), HEAD.to_owned() + &gates.concat()).unwrap();
    };
    let good = value("good", "auc", "at_least = 0.5");
    let open = value("open", "auc", "at_least = 0.7");
    let bad = value("bad", "brier", "at_most = 0.05");
    put("good.toml", std::slice::from_ref(&good));
    put("open.toml", &[good.clone(), open.clone()]);
    put("bad.toml", &[good, open, bad]);
    let waivers = "format = 1\n[[waiver]]\ngate = \"open\"\nversion = \"small@1\"\nreason = \"looked at\"\nby = \"ana\"\n";
    fs::write(dir.path().join("waivers.toml"), waivers).unwrap();
    dir
}

pub fn gate(dir: &Path, gates: &str, more: &[&str]) -> Ran {
    let args = ["gate", "--replicates", "200", "--gates", gates];
    run_in(dir, args.iter().chain(&FIRST).chain(more))
}

pub fn champion(dir: &Path) -> Ran {
    let args = ["models", "alias", "--registry", "registry", "--by", "ana", "--reason", "for a test"];
    run_in(dir, args.into_iter().chain(["small", "champion", "1"]))
}

pub fn models(dir: &Path, what: &[&str]) -> Value {
    let args = what.iter().copied().chain(["--json", "--registry", "registry"]);
    run_in(dir, ["models"].into_iter().chain(args)).succeeded().json()
}

/// The header and the rows of a printed table, cell by cell; cells stand at least two spaces apart.
fn cells(table: &str) -> Vec<Vec<String>> {
    let lines = table.lines().filter(|line| !line.contains('─'));
    let split = |line: &str| {
        line.trim().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    lines.map(split).collect()
}

#[test]
fn a_version_that_passes_is_put_in_force() {
    let dir = folder();
    let at = dir.path();
    let refused = champion(at);
    assert_eq!(refused.code, Some(1));
    assert_eq!(
        refused.err,
        "error: `small@1` may not be put in force: there is no verdict on it; `amparo gate --model small@1` judges it by its \
         gates\n"
    );
    let ran = gate(at, "good.toml", &["--out", "out"]).succeeded();
    assert!(
        ran.out.contains("PASS        good: Area under the ROC curve, asked for at least 0.5: passes"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("small@1 points passes: of 1 gates, 1 pass, 0 block, 0 cannot tell and 0 are waived")
    );
    champion(at).succeeded();

    let verdict = models(at, &["verdict", "small@champion"]);
    let written: Value =
        serde_json::from_str(&fs::read_to_string(at.join("out/verdict.json")).unwrap()).unwrap();
    assert_eq!(verdict, written);
    assert_eq!(verdict["gates"]["text"], fs::read_to_string(at.join("good.toml")).unwrap());
    let show = run_in(at, ["models", "show", "--registry", "registry", "small@1"]).succeeded().out;
    assert!(show.contains("compared with"), "{show}");
    // In Spanish, all of it.
    let spanish = |what: &str| {
        let args = ["models", what, "--registry", "registry", "--lang", "es", "small@1"];
        run_in(at, args).succeeded().out
    };
    let told = spanish("verdict");
    for said in [
        "PASA        good: Área bajo la curva ROC, se pide al menos 0,5: pasa: todas las filas: 0,",
        "small@1 points pasa: de 1 condiciones, 1 se cumplen, 0 bloquean",
    ] {
        assert!(told.contains(said), "{said}\n{told}");
    }
    assert!(!told.contains("passes") && !told.contains("asked for"), "{told}");
    let card = spanish("show");
    assert!(card.contains("## Detalles del modelo") && card.contains("condiciones"), "{card}");
    let told = |args: &[&str], lang: &str| {
        let place = ["--registry", "registry", "--lang", lang];
        let args = ["models"].iter().chain(args).chain(&place);
        run_in(at, args.copied()).succeeded().out
    };
    assert_eq!(
        cells(&told(&["list"], "es")),
        [["modelo", "versiones", "alias"], ["small", "1", "champion -> 1"]]
    );
    assert_eq!(cells(&told(&["list"], "en"))[0], ["model", "versions", "aliases"]);
    let gates = models(at, &["verdict", "small@1"])["gates"]["digest"].as_str().unwrap()[..12].to_owned();
    let spanish = cells(&told(&["history", "small"], "es"));
    assert_eq!(spanish[0], ["fecha", "alias", "de", "a", "veredicto", "por", "motivo"]);
    assert_eq!(
        spanish[1][1..],
        ["champion", "-", "1", &format!("1, condiciones g {gates}"), "ana", "for a test"]
    );
    let english = cells(&told(&["history", "small"], "en"));
    assert_eq!(english[0], ["at", "alias", "from", "to", "verdict", "by", "reason"]);
    assert_eq!(english[1][4], format!("1, gates g {gates}"));
    // JSON is data: the language changes nothing in it.
    let json = |lang: &str| told(&["history", "small", "--json"], lang);
    assert_eq!(json("es"), json("en"));
    let alias = |name: &str, lang: &str| {
        let args = ["alias", "--by", "ana", "--reason", "for a test", "small", name, "1"];
        told(&args, lang)
    };
    assert_eq!(alias("shadow", "es"), "small@shadow apunta a small@1 (alias nuevo)\n");
    assert_eq!(alias("challenger", "en"), "small@challenger points to small@1 (new)\n");
    let history = models(at, &["history", "small"]);
    assert_eq!(history[0]["verdict"].as_str().unwrap().len(), 64);
    // The numbers behind it are those of an evaluation.
    run_in(at, ["evaluate", "--replicates", "200", "--out", "e"].iter().chain(&FIRST)).succeeded();
    let json =
        |name: &str| -> Value { serde_json::from_str(&fs::read_to_string(at.join(name)).unwrap()).unwrap() };
    assert_eq!(
        json("e/report.json")["scored"][0]["overall"]["auc"],
        verdict["results"][0]["findings"][0]["measure"]
    );
    assert_eq!(json("e/report.json"), json("out/report.json"));
}

#[test]
fn what_blocks_ends_with_1_and_cannot_be_waived() {
    let dir = folder();
    let at = dir.path();
    for waivers in [&[][..], &["--waivers", "waivers.toml"]] {
        let ran = gate(at, "bad.toml", waivers);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(
            ran.err.starts_with("error: small@1 points does not pass: of 3 gates, 1 pass, 1 block, "),
            "{}",
            ran.err
        );
        assert!(ran.err.ends_with(": open, bad\n") || ran.err.ends_with(": bad\n"), "{}", ran.err);
        assert!(
            ran.out.contains("BLOCK       bad: Brier score, asked for at most 0.05: blocks"),
            "{}",
            ran.out
        );
        let refused = champion(at);
        assert_eq!(refused.code, Some(1));
        assert!(refused.err.contains("does not let it pass"), "{}", refused.err);
    }
    let spoiled = fs::read_to_string(at.join("waivers.toml")).unwrap().replace("\"open\"", "\"bad\"");
    fs::write(at.join("waivers.toml"), spoiled).unwrap();
    let ran = gate(at, "bad.toml", &["--waivers", "waivers.toml", "--json"]);
    assert_eq!(ran.code, Some(1));
    let waivers = &ran.json()["waivers"];
    assert_eq!((&waivers[0]["outcome"], &waivers[0]["waiver"]["by"]), (&"refused".into(), &"ana".into()));
    assert_eq!(fs::read_dir(at.join("registry/small/verdicts")).unwrap().count(), 3);
}

#[test]
fn what_cannot_be_told_blocks_unless_it_is_waived_by_name() {
    let dir = folder();
    let at = dir.path();
    let ran = gate(at, "open.toml", &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("CANNOT TELL open: "), "{}", ran.out);
    assert!(ran.out.contains("why: for the test (the test)"), "{}", ran.out);
    assert!(champion(at).err.contains("does not let it pass"));
    let ran = gate(at, "open.toml", &["--waivers", "waivers.toml"]).succeeded();
    assert!(ran.out.contains("WAIVED      open: "), "{}", ran.out);
    assert!(ran.out.contains("waived: these rows cannot tell (ana): looked at"), "{}", ran.out);
    champion(at).succeeded();
    assert_eq!(models(at, &["verdict", "small@1"])["waivers"][0]["waiver"]["reason"], "looked at");
}

#[test]
fn a_verdict_that_was_changed_puts_nothing_in_force() {
    let dir = folder();
    let at = dir.path();
    assert_eq!(gate(at, "bad.toml", &[]).code, Some(1));
    let verdicts: Vec<_> = fs::read_dir(at.join("registry/small/verdicts")).unwrap().collect();
    assert_eq!(verdicts.len(), 1);
    let path = verdicts[0].as_ref().unwrap().path();
    let lines = at.join("registry/small/verdicts.jsonl");
    for file in [&path, &lines] {
        let kept = fs::read_to_string(file).unwrap();
        assert!(kept.contains("\"passed\":"), "{kept}");
        fs::write(
            file,
            kept.replace("\"passed\": false", "\"passed\": true")
                .replace("\"passed\":false", "\"passed\":true"),
        )
        .unwrap();
    }
    let ran = champion(at);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains(".json` has digest"), "{}", ran.err);
    assert_eq!(run_in(at, ["models", "verdict", "--registry", "registry", "small@1"]).code, Some(2));
}

#[test]
fn names_that_mean_nothing_are_refused_at_once_and_nothing_is_kept() {
    let dir = folder();
    let at = dir.path();
    let wrong =
        [value("a", "recall@top", "at_least = 0.5"), value("b", "auc", "at_least = 0.5\ngroup = \"sex\"")];
    fs::write(at.join("wrong.toml"), HEAD.to_owned() + &wrong.concat()).unwrap();
    let ran = gate(at, "wrong.toml", &["--waivers", "waivers.toml"]);
    assert_eq!(ran.code, Some(2));
    for problem in [
        "error: gates: 2 problems\n",
        "gate `a` (line 5): `recall@top` has a level of which the metric knows nothing, expected one of `recall@high`\n",
        "gate `b` (line 11): group `sex` is no group column of the cohort, it has none",
        "waivers: waiver of `open` (line 2): it is none of the gates a, b\n",
    ] {
        assert!(ran.err.contains(problem), "`{problem}` is not in\n{}", ran.err);
    }
    assert!(!at.join("registry/small/verdicts.jsonl").exists());
    let named = |more: &[&'static str]| [&["gate"], &FIRST[..], more].concat();
    refused(
        at,
        &named(&["--gates", "nowhere.toml"]),
        "no gates `nowhere.toml`: it is neither built in (quickstart, compas-fairness, compas-performance) nor a file",
    );
    refused(
        at,
        &named(&["--gates", "good.toml", "--against", "small@1"]),
        "`small@1 points` is named twice, expected another version to compare with",
    );
    let none = ["models", "verdict", "--registry", "registry", "small@1"];
    refused(
        at,
        &none,
        "there is no verdict on `small@1`; `amparo gate --model small@1` judges it by its gates",
    );
}

#[test]
fn a_new_version_is_compared_with_the_one_in_force() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    copy(&quick.join("registry"), &at.join("registry"));
    copy_file(quick, at, "cohort.parquet");
    // Margins that any version keeps: what is shown is that each kind finds its numbers.
    let ask = |name: &str, rest: &str| {
        format!("[[gate]]\nname = \"{name}\"\nreason = {{ es = \"r\", en = \"r\" }}\n{rest}\n")
    };
    let kinds = [
        ask("no-worse", "kind = \"difference\"\nmetric = \"auc\"\nmargin = 0.5"),
        ask("no-label-worse", "kind = \"difference\"\nmetric = \"brier\"\ngroup = \"children\"\nmargin = 2"),
        ask("no-growing-gap", "kind = \"change\"\nmetric = \"brier\"\ngroup = \"children\"\nmargin = 2"),
        ask(
            "alike",
            "kind = \"gap\"\nmetric = \"selection_rate@medium\"\ngroup = \"children x rural\"\nlabels = [\"no x no\"]\nmargin = 2",
        ),
    ];
    fs::write(at.join("g.toml"), HEAD.to_owned() + &kinds.concat()).unwrap();
    let alias = |alias: &str, version: &str| {
        let args = ["models", "alias", "--registry", "registry", "--by", "ana", "--reason", "for a test"];
        run_in(at, args.into_iter().chain(["vpr", alias, version]))
    };
    let judge = |more: &[&str]| {
        let args =
            ["gate", "--registry", "registry", "--model", "vpr@3", "--cohort", "cohort.parquet", "--json"];
        let args = args.into_iter().chain(["--replicates", "100", "--gates", "g.toml"]);
        run_in(at, args.chain(more.iter().copied())).succeeded().json()
    };
    // Any other alias is free.
    alias("shadow", "3").succeeded();
    let other = judge(&["--against", "vpr@2"]);
    assert_eq!(other["against"]["name"], "vpr@2 logistic");
    let ran = alias("champion", "3");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("does not compare it with the version in force, `vpr@1`"), "{}", ran.err);
    let in_force = judge(&[]);
    assert_eq!(
        (&in_force["against"]["name"], &in_force["results"][0]["answer"]),
        (&"vpr@1 points".into(), &"pass".into())
    );
    for gate in in_force["results"].as_array().unwrap() {
        assert_eq!(gate["answer"], "pass", "{gate}");
        let findings = gate["findings"].as_array().unwrap();
        assert!(findings.iter().all(|finding| finding["judged"]["low"].is_number()), "{gate}");
    }
    alias("champion", "3").succeeded();
    // Back again, by the verdict it had.
    alias("champion", "1").succeeded();
}

fn copy_file(from: &Path, to: &Path, name: &str) {
    fs::copy(from.join(name), to.join(name)).unwrap();
}

/// The same version of the same public table passes one file of gates and is blocked by the other.
#[test]
fn compas_passes_on_performance_and_is_blocked_on_false_alarms_by_race() {
    let Some(table) = real_data("compas_two_years_deid.csv") else { return };
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("training/configs/compas-two-years.toml");
    let mut text = fs::read_to_string(config).unwrap();
    for (from, to) in
        [("trees = 150", "trees = 5"), ("folds = 10", "folds = 2"), ("repeats = 3", "repeats = 1")]
    {
        assert!(text.contains(from), "`{from}` is not in the config");
        text = text.replace(from, to);
    }
    fs::write(at.join("config.toml"), text).unwrap();
    let table = table.to_str().unwrap();
    run_in(at, ["data", "import", "--source", "compas-two-years", "--in", table, "--out", "c.parquet"])
        .succeeded();
    run_in(at, ["train", "--config", "config.toml", "--cohort", "c.parquet", "--registry", "r"]).succeeded();
    let gate = |gates: &str| {
        let args = ["gate", "--registry", "r", "--model", "compas@1", "--cohort", "c.parquet", "--json"];
        run_in(at, args.into_iter().chain(["--replicates", "200", "--gates", gates]))
    };
    let alias = || {
        let args = ["models", "alias", "--registry", "r", "--by", "ana", "--reason", "for a test"];
        run_in(at, args.into_iter().chain(["compas", "champion", "1"]))
    };

    let blocked = gate("compas-fairness");
    assert_eq!(blocked.code, Some(1), "{}", blocked.err);
    assert!(blocked.err.ends_with(": false-alarms-by-race\n"), "{}", blocked.err);
    let race = &blocked.json()["results"][0];
    assert_eq!((&race["name"], &race["answer"]), (&"false-alarms-by-race".into(), &"block".into()));
    let of = |label: &str| {
        let findings = race["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["label"] == label).unwrap().clone()
    };
    let white = of("Caucasian");
    assert_eq!((&white["against"], &white["answer"]), (&"African-American".into(), &"block".into()));
    assert!(white["judged"]["high"].as_f64().unwrap() < -0.05, "{white}");
    // Too few events: said, not passed over.
    assert_eq!(of("Asian")["answer"], "cannot_tell");
    assert_eq!(alias().code, Some(1));

    let passed = gate("compas-performance").succeeded().json();
    assert_eq!(passed["passed"], true);
    assert_eq!(passed["version"]["digest"], blocked.json()["version"]["digest"]);
    // Gates that it fails are not forgotten for others that it passes.
    let refused = alias();
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("number 1 of"), "{}", refused.err);
}
