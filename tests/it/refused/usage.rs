//! What is typed wrong.

use super::{refused, refused_without_features};
use crate::running::{quickstart, run_in};

#[test]
fn flags_and_commands_that_are_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["train", "--nonsense"], "error: unexpected argument '--nonsense' found"),
        (&["predict"], "error: unrecognized subcommand 'predict'"),
        (&["train"], "error: the following required arguments were not provided:"),
        (&["data", "generate", "--rows", "many"], "error: invalid value 'many' for '--rows <ROWS>'"),
        (&["serve", "--listen", "here"], "error: invalid value 'here' for '--listen <LISTEN>'"),
    ];
    for (args, start) in cases {
        let ran = run_in(dir.path(), args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.starts_with(start), "{}", ran.err);
    }
    assert!(crate::running::listing(dir.path()).is_empty());
    assert_eq!(run_in(dir.path(), ["--help"]).code, Some(0));
    assert_eq!(run_in(dir.path(), ["--version"]).succeeded().out, "amparo 0.1.0\n");
}

#[test]
fn a_registry_that_is_no_folder_needs_a_feature_or_is_none() {
    let dir = tempfile::tempdir().unwrap();
    for (address, problem) in [
        (
            "s3://bucket/prefix/",
            "registry `s3://bucket/prefix`: it is on an S3-compatible store, which this program was built without: build it with `cargo \
             build --release --features s3`, or name a folder",
        ),
        (
            "gs://bucket",
            "registry: an address that begins with `gs://` was found, expected a folder or `s3://bucket/prefix`",
        ),
    ] {
        for args in [
            &["models", "list", "--registry", address][..],
            &["serve", "--registry", address, "--listen", "127.0.0.1:0", "--log", "log.sqlite"],
            &["train", "--config", "vpr", "--cohort", "cohort.parquet", "--registry", address],
            &["gate", "--gates", "quickstart", "--model", "vpr@1", "--cohort", "c", "--registry", address],
        ] {
            refused_without_features(dir.path(), args, problem);
        }
    }
    assert!(crate::running::listing(dir.path()).is_empty());
}

#[test]
fn a_model_without_a_version() {
    let dir = tempfile::tempdir().unwrap();
    let ran = run_in(dir.path(), ["explain", "--registry", "r", "--model", "vpr", "--in", "case.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    let start = "error: invalid value 'vpr' for '--model <MODEL>': model reference: `vpr` names no version, expected \
                 `model@3` or `model@champion`: which version answers is never left open\n";
    assert!(ran.err.starts_with(start), "{}", ran.err);
}

#[test]
fn a_case_with_several_problems() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let registry = quick.join("registry");
    let case = std::fs::read_to_string(quick.join("case.json")).unwrap();
    let explain =
        ["explain", "--registry", registry.to_str().unwrap(), "--model", "vpr@1", "--in", "case.json"];
    let put = |text: &str| std::fs::write(dir.path().join("case.json"), text).unwrap();
    refused(dir.path(), &explain, "cannot read `case.json`: No such file or directory (os error 2)");
    put(&case.replace("\"I01\": \"", "\"I01\": \"very_").replace("I02", "Z9"));
    let ran = run_in(dir.path(), explain);
    assert_eq!(ran.code, Some(2));
    for problem in [
        "error: answers: 3 problems\n",
        "  - indicator `I02` is not answered, expected one of absent, mild, severe, very_severe, unknown\n",
        "  - indicator `Z9` is not on the form `vpr5.0-h`\n",
    ] {
        assert!(ran.err.contains(problem), "{}", ran.err);
    }
    put("{");
    refused(
        dir.path(),
        &explain,
        "`case.json` is not a case: EOF while parsing an object at line 1 column 1",
    );
}

#[test]
fn one_version_named_twice() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let paths =
        [quick.join("registry"), quick.join("cohort.parquet")].map(|p| p.to_str().unwrap().to_owned());
    let args = ["evaluate", "--registry", &paths[0], "--model", "vpr@1", "--against", "vpr@champion"];
    let args = [&args[..], &["--cohort", &paths[1], "--out", "report"]].concat();
    refused(dir.path(), &args, "`vpr@1 points` is named twice, expected different versions to compare");
}

#[test]
fn a_report_that_cannot_be_written() {
    let (quick, _) = quickstart();
    let dir = tempfile::tempdir().unwrap();
    let paths =
        [quick.join("registry"), quick.join("cohort.parquet")].map(|p| p.to_str().unwrap().to_owned());
    let args =
        ["evaluate", "--registry", &paths[0], "--model", "vpr@1", "--cohort", &paths[1], "--out", "report"];
    let few = [&args[..], &["--replicates", "1"]].concat();
    let message = "evaluation: `replicates` is 1, expected 100 to 65000";
    refused(dir.path(), &few, message);
    let enough = [&args[..], &["--replicates", "100"]].concat();
    std::fs::create_dir_all(dir.path().join("report/report.json")).unwrap();
    refused(dir.path(), &enough, "cannot write `report/report.json`: Is a directory (os error 21)");
    std::fs::remove_dir_all(dir.path().join("report")).unwrap();
    std::fs::write(dir.path().join("report"), "a file in its place").unwrap();
    refused(dir.path(), &enough, "cannot create `report`: File exists (os error 17)");
}
