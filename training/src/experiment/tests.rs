use amparo_datasets::split::{Method as SplitMethod, SharedCases};
use amparo_models::artefact::FoldsBy;

use super::*;

mod former;

fn vpr_with(from: &str, to: &str) -> Result<Experiment, Error> {
    let (_, text) = Experiment::BUILT_IN[0];
    assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in vpr.toml");
    Experiment::from_toml(&text.replace(from, to))
}

fn refusal(from: &str, to: &str) -> String {
    vpr_with(from, to).unwrap_err().to_string()
}

#[test]
fn the_built_in_experiments_are_read() {
    for (id, text) in Experiment::BUILT_IN {
        let experiment = Experiment::named(id).unwrap();
        assert_eq!(experiment.text(), *text, "{id}");
        let uncommented = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let keys = uncommented.filter(|line| line.contains('=')).count();
        let comments = text.lines().filter(|line| line.starts_with('#')).count();
        assert!(comments + 2 >= keys, "{id}: a comment on every key");
    }
}

#[test]
fn candidates_are_named_in_the_order_they_are_published() {
    let experiment = Experiment::named("vpr").unwrap();
    let expected =
        ["points", "logistic", "boosted", "hybrid-boosted-0.25", "hybrid-boosted-0.5", "hybrid-boosted-0.75"];
    assert_eq!(experiment.candidates(), expected);
    let plan = experiment.plan().unwrap();
    assert_eq!((plan.method, plan.seed), (SplitMethod::Stratified, 20_260_101));
    assert!(Experiment::named("compas-two-years").unwrap().plan().is_none());
}

#[test]
fn a_file_is_read_like_a_built_in_one() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (_, text) = Experiment::BUILT_IN[0];
    std::fs::write(file.path(), text).unwrap();
    let read = Experiment::named(file.path().to_str().unwrap()).unwrap();
    let built_in = Experiment::named("vpr").unwrap();
    // But for where it was read from.
    let config = Config { file: None, ..read.config().clone() };
    assert_eq!((&config, read.text()), (built_in.config(), built_in.text()));
}

#[test]
fn what_is_neither_is_refused() {
    let error = Experiment::named("vprr").unwrap_err().to_string();
    assert_eq!(
        error,
        "no config `vprr`: it is neither built in (vpr, catalonia-savry, compas-two-years) nor a file"
    );
}

#[test]
fn a_key_that_does_not_exist_is_refused_wherever_it_stands() {
    for (from, to, key) in [
        ("seed = 20260101", "seed = 20260101\nseeds = 1", "seeds"),
        ("fit = 0.6", "fit = 0.6\nfitt = 0.6", "fitt"),
        ("dials = [", "dial = 0.5\ndials = [", "dial"),
        ("outcome = \"lethal\"", "outcome = \"lethal\"\nhorizon = 1", "horizon"),
    ] {
        let error = refusal(from, to);
        assert!(error.starts_with("config: TOML parse error"), "{error}");
        assert!(error.contains(&format!("unknown field `{key}`")), "{error}");
        assert!(!error.ends_with('\n'));
    }
}

#[test]
fn a_missing_key_is_refused() {
    assert!(refusal("inner_folds = 5", "").contains("missing field `inner_folds`"));
    assert!(refusal("fit = 0.6", "").contains("missing field `fit`"));
    assert!(refusal("family = \"logistic\"", "").contains("missing field `family`"));
    assert!(refusal("baseline = \"points\"", "").contains("missing field `baseline`"));
}

#[test]
fn wrong_parameters_are_named_with_their_candidate_for_all_candidates_at_once() {
    let (_, text) = Experiment::BUILT_IN[0];
    let text = text
        .replace("trees = 300", "trees = 300\nmax_leaves = 4\ngamma = 0.0")
        .replace("l2 = 1.0", "l1 = 1.0")
        .replacen("unit = 0.1", "", 1);
    let boosted = "expected one of `trees`, `depth`, `learning_rate`, `l2`, `min_child_weight`, `rows`, `indicators`, `interactions`, `offset`, `early_stopping`";
    assert_eq!(
        Experiment::from_toml(&text).unwrap_err().to_string(),
        format!(
            "config: 4 problems\
             \n  - candidate `points`: missing field `unit`\
             \n  - candidate `logistic`: unknown field `l1`, expected one of `l2`\
             \n  - candidate `boosted`: unknown field `gamma`, {boosted}\
             \n  - candidate `boosted`: unknown field `max_leaves`, {boosted}"
        )
    );
}

#[test]
fn everything_out_of_range_is_named_at_once() {
    let (_, text) = Experiment::BUILT_IN[0];
    let text = text
        .replace("inner_folds = 5", "inner_folds = 1")
        .replace("least_rows = 10", "least_rows = 0")
        .replace("fit = 0.6", "fit = 0.9")
        .replace("depth = 4", "depth = 0")
        .replace("learning_rate = 0.05", "learning_rate = 2.0")
        .replace("l2 = 1.0", "l2 = 0.0")
        .replace(
            "[lethality.points]\n# Log-odds ratio that is worth one point.\nunit = 0.1",
            "[lethality.points]\nunit = 99.0",
        )
        .replace("[0.25, 0.5, 0.75]", "[0.0, 0.5, 0.5, 1.0]");
    assert_eq!(
        Experiment::from_toml(&text).unwrap_err().to_string(),
        "config: 10 problems\
         \n  - `holdout.fit` 0.9 and `holdout.calibrate` 0.2 must each and together lie between 0 and 1\
         \n  - `inner_folds` is 1, expected 2 or more\
         \n  - `least_rows` is 0, expected 1 or more\
         \n  - hybrid of `points` and `boosted`: dial 0 is not between 0 and 1 (the ends are the two candidates)\
         \n  - hybrid of `points` and `boosted`: dial 1 is not between 0 and 1 (the ends are the two candidates)\
         \n  - candidate `hybrid-boosted-0.5` is listed twice\
         \n  - candidate `logistic`: `l2` is 0, expected a number above 0\
         \n  - candidate `boosted`: `depth` is 0, expected 1 to 12\
         \n  - candidate `boosted`: `learning_rate` is 2, expected above 0 and at most 1\
         \n  - `lethality.points`: `unit` is 99, expected 0.001 to 10"
    );
}

#[test]
fn a_clause_without_a_reason_is_refused() {
    let with = |clause: &str| refusal("dials = [0.25, 0.5, 0.75]", &format!("dials = [0.5]\n{clause}"));
    assert!(with("never_below_baseline = { es = \"acordado\", en = \" \" }").contains(
        "hybrid of `points` and `boosted`: the reason `never_below_baseline` is empty, expected a sentence in `es` and in `en`"
    ));
    assert!(with("never_below_baseline = { es = \"acordado\" }").contains("missing field `en`"));
    assert!(with("never_below_baseline = true").contains("invalid type: boolean"));
}

#[test]
fn numbers_that_are_none_are_refused() {
    for number in ["nan", "-nan", "inf", "-inf"] {
        for key in [
            "fit = 0.6",
            "calibrate = 0.2",
            "learning_rate = 0.05",
            "l2 = 1.0",
            "l2 = 5.0",
            "min_child_weight = 3.0",
            "rows = 0.8",
            "indicators = 0.8",
        ] {
            let (name, _) = key.split_once(" = ").unwrap();
            assert!(vpr_with(key, &format!("{name} = {number}")).is_err(), "{key} as {number}");
        }
        assert!(vpr_with("dials = [0.25, 0.5, 0.75]", &format!("dials = [{number}]")).is_err());
        let lethal =
            format!("[lethality.points]\n# Log-odds ratio that is worth one point.\nunit = {number}");
        assert!(
            vpr_with("[lethality.points]\n# Log-odds ratio that is worth one point.\nunit = 0.1", &lethal)
                .is_err()
        );
        let points = format!("family = \"points\"\nunit = {number}");
        let with =
            vpr_with("family = \"points\"\n# Log-odds ratio that is worth one point.\nunit = 0.1", &points);
        assert!(with.unwrap_err().to_string().contains("expected 0.001 to 10"));
    }
}

#[test]
fn folds_and_repeats_have_least_values() {
    let (_, text) = Experiment::BUILT_IN[2];
    let text = text.replace("folds = 10", "folds = 1").replace("repeats = 3", "repeats = 0");
    assert_eq!(
        Experiment::from_toml(&text).unwrap_err().to_string(),
        "config: 2 problems\n  - `holdout.folds` is 1, expected 2 or more\n  - `holdout.repeats` is 0, expected 1 or more"
    );
}

/// A config with these candidates, each a name and a family, and this text of hybrids.
fn list(candidates: &[(&str, &str)], hybrids: &str) -> Result<Experiment, Error> {
    let (_, text) = Experiment::BUILT_IN[2];
    let head = &text[..text.find("# The candidates are published").unwrap()];
    let of = |(name, family): &(&str, &str)| {
        let parameters = if *family == "points" { "unit = 0.1" } else { "l2 = 1.0" };
        format!("[[candidate]]\nname = \"{name}\"\nfamily = \"{family}\"\n{parameters}\n")
    };
    Experiment::from_toml(&format!("{head}{}{hybrids}", candidates.iter().map(of).collect::<String>()))
}

fn hybrid(baseline: &str, candidate: &str) -> String {
    format!("[[hybrid]]\nbaseline = \"{baseline}\"\ncandidate = \"{candidate}\"\ndials = [0.5]\n")
}

#[test]
fn candidates_are_published_in_the_order_of_the_list() {
    let three = [("stiff", "logistic"), ("odds", "points"), ("soft", "logistic")];
    let experiment = list(&three, &[hybrid("odds", "soft"), hybrid("odds", "stiff")].concat()).unwrap();
    assert_eq!(experiment.candidates(), ["stiff", "odds", "soft", "hybrid-soft-0.5", "hybrid-stiff-0.5"]);
    assert_eq!(list(&three[..1], "").unwrap().candidates(), ["stiff"], "without a baseline");
}

#[test]
fn a_hybrid_needs_a_baseline_of_points_and_a_candidate_of_another_family() {
    let both = [("a", "points"), ("b", "logistic")];
    assert!(list(&both, &hybrid("a", "b")).is_ok());
    for (baseline, candidate, expected) in [
        ("b", "b", "its baseline is of family `logistic`, expected `points` or `optimal_points`"),
        ("a", "a", "its candidate is of family `points`, expected any but `points` or `optimal_points`"),
        ("a", "c", "no candidate has the name `c`, expected one of a, b"),
        ("c", "b", "no candidate has the name `c`, expected one of a, b"),
    ] {
        let error = list(&both, &hybrid(baseline, candidate)).unwrap_err().to_string();
        assert_eq!(error, format!("config: hybrid of `{baseline}` and `{candidate}`: {expected}"));
    }
    let error = list(&both, &hybrid("b", "a")).unwrap_err().to_string();
    assert!(error.starts_with("config: 2 problems"), "both ends are wrong: {error}");
}

#[test]
fn names_are_checked() {
    let error = list(&[("Two words", "points")], "").unwrap_err().to_string();
    assert!(error.contains("name `Two words` is not allowed, expected 1 to 64 of a-z, 0-9"), "{error}");
    let error = list(&[("a", "points"), ("a", "logistic")], "").unwrap_err().to_string();
    assert_eq!(error, "config: candidate `a` is listed twice");
    let error = list(&[("hybrid-b-0.5", "points"), ("b", "logistic")], &hybrid("hybrid-b-0.5", "b"));
    assert_eq!(error.unwrap_err().to_string(), "config: candidate `hybrid-b-0.5` is listed twice");
    let long = "b".repeat(64);
    let error = list(&[("a", "points"), (&long, "logistic")], &hybrid("a", &long)).unwrap_err().to_string();
    assert!(error.contains(&format!("name `hybrid-{long}-0.5` is not allowed")), "{error}");
}

#[test]
fn a_family_that_does_not_exist_is_refused_and_so_is_no_candidate_at_all() {
    let error = list(&[("a", "pionts"), ("b", "logistic")], "").unwrap_err().to_string();
    let expected = "config: candidate `a`: `family` is `pionts`, expected one of points, optimal_points, logistic, boosted, additive, naive_bayes, \
         centroid, elastic_net, tree, random_forest";
    // Behind it the families that are compared only, in a build that has them.
    assert!(error.starts_with(expected), "{error}");
    let error = list(&[], "").unwrap_err().to_string();
    assert_eq!(error, "config: no `[[candidate]]` is listed, expected one or more");
}

#[test]
fn the_tables_own_division_is_stated_with_its_method() {
    let split =
        vpr_with("method = \"stratified\"", "method = \"column\"\nshared_cases = \"leave_out_of_test\"");
    let plan = split.unwrap().plan().unwrap();
    assert_eq!((plan.method, plan.shared_cases), (SplitMethod::Column, SharedCases::LeaveOutOfTest));
    let error =
        refusal("method = \"stratified\"", "method = \"stratified\"\nshared_cases = \"leave_out_of_train\"");
    assert!(
        error.contains("`holdout.shared_cases` is given, expected only with `method = \"column\"`"),
        "{error}"
    );

    let (_, text) = Experiment::BUILT_IN[2];
    let folds = |lines: &str| {
        let lines = format!("kind = \"cross_fit\"\n{lines}");
        Experiment::from_toml(&text.replace("kind = \"cross_fit\"", &lines))
    };
    let by_column = text.lines().find(|line| line.starts_with("repeats = ")).unwrap();
    let once = text
        .replace(by_column, "repeats = 1")
        .replace("kind = \"cross_fit\"", "kind = \"cross_fit\"\nby = \"column\"");
    let record = Experiment::from_toml(&once).unwrap().split_record();
    assert!(matches!(record, SplitRecord::CrossFit { by: FoldsBy::Column, repeats: 1, .. }), "{record:?}");
    let error = folds("by = \"column\"\nshared_cases = \"leave_out_of_test\"").unwrap_err().to_string();
    assert!(error.contains("expected 1: the table's own folds are there once"), "{error}");
    assert!(error.contains("expected `refuse` or `leave_out_of_train`: folds have no test side"), "{error}");
    let error = folds("shared_cases = \"leave_out_of_train\"").unwrap_err().to_string();
    assert!(error.contains("expected only with `by = \"column\"`"), "{error}");
}

#[test]
fn an_offset_is_a_candidate_of_points_that_is_listed_before() {
    let boosted = |name: &str, offset: &str| {
        format!(
            "[[candidate]]\nname = \"{name}\"\nfamily = \"boosted\"\ntrees = 2\ndepth = 1\nlearning_rate = 0.1\nl2 = 1.0\n\
             min_child_weight = 1.0\nrows = 1.0\nindicators = 1.0\noffset = \"{offset}\"\n"
        )
    };
    let before = [("odds", "points"), ("line", "logistic")];
    let experiment = list(&before, &[boosted("trees", "odds"), hybrid("odds", "trees")].concat()).unwrap();
    assert_eq!(experiment.candidates(), ["odds", "line", "trees", "hybrid-trees-0.5"]);
    let after = "[[candidate]]\nname = \"late\"\nfamily = \"points\"\nunit = 0.1\n";
    for wrong in ["line", "trees", "late", "nobody"] {
        let error = list(&before, &[&boosted("trees", wrong), after].concat()).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "config: candidate `trees`: `offset` is `{wrong}`, expected a candidate of family `points` or `optimal_points` that is listed before it: odds"
            )
        );
    }
    let circle = [boosted("a", "b"), boosted("b", "a")].concat();
    let error = list(&before[1..], &circle).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: 2 problems\
         \n  - candidate `a`: `offset` is `b`, expected a candidate of family `points` or `optimal_points` that is listed before it, but there is none\
         \n  - candidate `b`: `offset` is `a`, expected a candidate of family `points` or `optimal_points` that is listed before it, but there is none"
    );
}

#[test]
fn the_candidates_of_the_documentation_are_read() {
    let text = include_str!("../../../docs/families.md");
    let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let candidates: Vec<&str> = blocks.filter(|block| block.starts_with("[[candidate]]")).collect();
    assert!(candidates.len() >= 3, "{candidates:?}");
    for candidate in candidates {
        let experiment = |candidate: &str| {
            let (_, config) = Experiment::BUILT_IN[2];
            let head = &config[..config.find("# The candidates are published").unwrap()];
            Experiment::from_toml(&format!("{head}{candidate}"))
        };
        let read = experiment(candidate);
        assert!(read.is_ok(), "{}", read.unwrap_err());
        assert!(experiment(&format!("{candidate}another_key = 1\n")).is_err());
    }
}

#[test]
fn a_blend_may_be_stacked_beside_fixed_dials_or_alone() {
    let dials = "dials = [0.25, 0.5, 0.75]";
    let blends = |text: &str| -> Vec<String> {
        vpr_with(dials, text).unwrap().candidates().into_iter().skip(3).collect()
    };
    assert_eq!(blends("dials = [0.5]\nstacked = true"), ["hybrid-boosted-0.5", "hybrid-boosted-stacked"]);
    assert_eq!(blends("stacked = true"), ["hybrid-boosted-stacked"]);
    assert_eq!(blends("dials = [0.5]\nstacked = false"), ["hybrid-boosted-0.5"]);
    assert_eq!(
        refusal(dials, "# no position"),
        "config: hybrid of `points` and `boosted`: neither `dials` nor `stacked` is given, expected `dials = [0.5]` or `stacked = true`"
    );
    assert!(refusal(dials, "stacked = \"yes\"").contains("expected a boolean"));
}
