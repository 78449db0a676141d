//! Configs from before the candidates were a list.

use super::*;

/// What stands before the candidates in every config here.
const HEAD: &str = "name = \"savry\"\ninstrument = \"savry\"\nprotocol = \"savry-3\"\noutcome = \"recidivism_2015\"\n\
                    seed = 20100101\ninner_folds = 5\nleast_rows = 10\ncalibration = \"platt\"\n\
                    [holdout]\nkind = \"cross_fit\"\nfolds = 10\nrepeats = 5\n";

const FORMER: &str = r#"
[points]
unit = 0.1

[logistic]
l2 = 5.0

[boosted]
trees = 100
depth = 2
learning_rate = 0.05
l2 = 5.0
min_child_weight = 5.0
rows = 0.8
indicators = 0.5

[[hybrid]]
candidate = "boosted"
dials = [0.25, 0.5, 0.75]

[[hybrid]]
candidate = "logistic"
dials = [0.3]
"#;

/// What `FORMER` is now; keys stand in the order of the alphabet.
const NOW: &str = r#"[[candidate]]
name = "points"
family = "points"
unit = 0.1

[[candidate]]
name = "logistic"
family = "logistic"
l2 = 5.0

[[candidate]]
name = "boosted"
family = "boosted"
depth = 2
indicators = 0.5
l2 = 5.0
learning_rate = 0.05
min_child_weight = 5.0
rows = 0.8
trees = 100

[[hybrid]]
baseline = "points"
candidate = "boosted"
dials = [0.25, 0.5, 0.75]

[[hybrid]]
baseline = "points"
candidate = "logistic"
dials = [0.3]
"#;

fn sections(text: &str) -> String {
    match Experiment::from_toml(text) {
        Err(Error::FormerConfig { sections }) => sections,
        other => panic!("expected the sections, found {other:?}"),
    }
}

#[test]
fn it_is_shown_as_it_is_written_now() {
    let shown = sections(&format!("{HEAD}{FORMER}"));
    assert_eq!(shown, NOW);
    let told = Experiment::from_toml(&format!("{HEAD}{FORMER}")).unwrap_err().to_string();
    assert!(told.starts_with("config: ") && told.ends_with(&format!("\n\n{NOW}")), "{told}");
}

#[test]
fn what_is_shown_asks_for_the_same_models() {
    let experiment =
        Experiment::from_toml(&format!("{HEAD}{}", sections(&format!("{HEAD}{FORMER}")))).unwrap();
    let built_in = Experiment::named("catalonia-savry").unwrap();
    let names = experiment.candidates();
    assert_eq!(names[..6], built_in.candidates());
    assert_eq!(names[6..], ["hybrid-logistic-0.3"]);
    assert_eq!(format!("{:?}", experiment.learners), format!("{:?}", built_in.learners));
}

#[test]
fn sections_in_one_line_and_half_rewritten_configs_are_shown_too() {
    let inline = "points = { unit = 0.5 }\n";
    let expected = "[[candidate]]\nname = \"points\"\nfamily = \"points\"\nunit = 0.5\n";
    assert_eq!(sections(&format!("{inline}{HEAD}")), expected);
    let half = "[points]\nunit = 0.5\n[[hybrid]]\nbaseline = \"points\"\ncandidate = \"a\"\ndials = []\n";
    let hybrid = "\n[[hybrid]]\nbaseline = \"points\"\ncandidate = \"a\"\ndials = []\n";
    assert_eq!(sections(&format!("{HEAD}{half}")), format!("{expected}{hybrid}"));
}
