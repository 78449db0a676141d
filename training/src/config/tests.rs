use super::*;

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
    assert_eq!((read.config(), read.text()), (built_in.config(), built_in.text()));
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
        ("trees = 300", "trees = 300\nmax_leaves = 4", "max_leaves"),
        ("l2 = 1.0", "l2 = 1.0\nl1 = 1.0", "l1"),
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
}

#[test]
fn everything_out_of_range_is_named_at_once() {
    let (_, text) = Experiment::BUILT_IN[0];
    let text = text
        .replace("inner_folds = 5", "inner_folds = 1")
        .replace("fit = 0.6", "fit = 0.9")
        .replace("depth = 4", "depth = 0")
        .replace("learning_rate = 0.05", "learning_rate = 2.0")
        .replace("l2 = 1.0", "l2 = 0.0")
        .replace("[0.25, 0.5, 0.75]", "[0.0, 0.5, 0.5, 1.0]");
    assert_eq!(
        Experiment::from_toml(&text).unwrap_err().to_string(),
        "config: 8 problems\
         \n  - `holdout.fit` 0.9 and `holdout.calibrate` 0.2 must each and together lie between 0 and 1\
         \n  - `inner_folds` is 1, expected 2 or more\
         \n  - dial 0 of hybrid `boosted` is not between 0 and 1 (the ends are the parts themselves)\
         \n  - dial 1 of hybrid `boosted` is not between 0 and 1 (the ends are the parts themselves)\
         \n  - candidate `hybrid-boosted-0.5` is listed twice\
         \n  - `logistic.l2` is 0, expected a number above 0\
         \n  - `boosted.depth` is 0, expected 1 to 12\
         \n  - `boosted.learning_rate` is 2, expected above 0 and at most 1"
    );
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
        let points = format!("[points]\n# Log-odds ratio that is worth one point.\nunit = {number}");
        let with = vpr_with("[points]\n# Log-odds ratio that is worth one point.\nunit = 0.1", &points);
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

#[test]
fn a_blend_needs_its_candidate() {
    assert!(vpr_with("candidate = \"boosted\"", "candidate = \"logistic\"").is_ok(), "both are fitted");
    let (_, text) = Experiment::BUILT_IN[0];
    let text = text
        .replace("[logistic]\n# Ridge penalty, against a weight of one per row.\nl2 = 1.0", "")
        .replace("candidate = \"boosted\"", "candidate = \"logistic\"");
    let error = Experiment::from_toml(&text).unwrap_err().to_string();
    assert_eq!(error, "config: hybrid of `logistic`, but there is no `[logistic]` section");
}
