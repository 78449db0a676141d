use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::synthetic::{Design, Options, generate};
use amparo_datasets::{Cohort, Polarity};
use amparo_models::monotone::Proof;
use amparo_models::registry::Registry;
use amparo_models::{Additive, Candidate, Model, Scorer};

use super::*;
use crate::bases::Bases;
use crate::contests::{Families, contests};
use crate::families::{FAMILIES, Family};
use crate::pipeline::{Trained, train};
use crate::testing::{experiment, fixed, form, training_set, uniform};
use crate::{Contend, ContenderFamily, Error, Experiment, Learn, Scores, TrainingSet};

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

const BOOSTED: &str = "trees = 5\ndepth = 2\nlearning_rate = 0.1\nl2 = 1.0\nmin_child_weight = 1.0\nrows = 1.0\nindicators = 1.0";

/// Points, `logistic` and `boosted`, with this line below the family of each, and these hybrids.
fn small([points, logistic, boosted]: [&str; 3], hybrids: &str) -> Experiment {
    let mut text = experiment(BOOSTED, "platt", hybrids).text().to_owned();
    for (family, line) in [("points", points), ("logistic", logistic), ("boosted", boosted)] {
        let key = format!("family = \"{family}\"");
        text = text.replace(&key, &format!("{key}\n{line}"));
    }
    Experiment::from_toml(&text).unwrap()
}

fn hybrid(candidate: &str, lines: &str) -> String {
    format!("[[hybrid]]\nbaseline = \"points\"\ncandidate = \"{candidate}\"\n{lines}\n")
}

#[test]
fn what_one_candidate_need_not_keep_goes_with_all_that_contain_it() {
    let of_logistic = hybrid("logistic", "dials = [0.25, 0.5]\nstacked = true");
    let hybrids = of_logistic + &hybrid("boosted", "dials = [0.5]");
    let experiment = small(["", "not_monotone = [\"Q2\", \"Q4\"]", ""], &hybrids);
    let (none, some) = (set(&[]), set(&["Q2", "Q4"]));
    let expected = [&none, &some, &none, &some, &some, &some, &none].map(Clone::clone);
    assert_eq!(experiment.not_monotone_of_each(), expected);
    assert_eq!(experiment.not_monotone(), none, "of all");

    // Added to those of the experiment, which every candidate has.
    let text = format!("not_monotone = [\"Q1\"]\n{}", experiment.text());
    let all = Experiment::from_toml(&text).unwrap().not_monotone_of_each();
    assert_eq!((&all[0], &all[1], &all[6]), (&set(&["Q1"]), &set(&["Q1", "Q2", "Q4"]), &set(&["Q1"])));
}

#[test]
fn points_give_theirs_to_their_blends_and_to_what_rests_on_them() {
    let lines = ["not_monotone = [\"Q1\"]", "", "offset = \"points\"\nnot_monotone = [\"Q3\"]"];
    let all = small(lines, &hybrid("logistic", "dials = [0.5]")).not_monotone_of_each();
    assert_eq!(all, [set(&["Q1"]), set(&[]), set(&["Q1", "Q3"]), set(&["Q1"])]);
}

/// The last answer of `b` has too few rows: it counts as its neighbour where the order is kept, else as the average.
#[test]
fn an_answer_that_was_not_learned_counts_as_the_directions_of_its_candidate_say() {
    let n = 2000;
    let b = |i: usize| if i < 5 { 2 } else { u8::from(uniform(i * 10 + 1) < 0.4) };
    let rows: Vec<Vec<u8>> = (0..n).map(|i| vec![u8::from(uniform(i * 10) < 0.5), b(i)]).collect();
    let share = |row: &[u8]| 0.15 + 0.2 * f64::from(row[0]) + 0.4 * f64::from(u8::from(row[1] > 0));
    let events: Vec<bool> =
        rows.iter().enumerate().map(|(i, row)| uniform(i * 10 + 9) < share(row)).collect();
    let set = training_set(&form(&[(2, "risk"), (3, "risk")]), &rows, &events, &vec![1.0; n]);
    let text =
        small(["", "not_monotone = [\"Q2\"]", ""], "").text().replace("least_rows = 1", "least_rows = 10");
    let experiment = Experiment::from_toml(&text).unwrap();
    let scorers = Bases::fit(&experiment, &set).unwrap().scorers(&experiment, &fixed(&experiment)).unwrap();
    let of = |code: u8| rows.iter().filter(|row| row[1] == code).count() as f64;
    for (name, scorer) in scorers {
        let [none, one, few] = [0, 1, 2].map(|code| scorer.score(&[0, code]));
        let average = (of(0) * none + of(1) * one) / (of(0) + of(1));
        let expected = if name == "logistic" { average } else { one };
        assert!((few - expected).abs() <= 1e-12, "{name}: {few} {expected}");
        assert!((average - one).abs() > 0.2, "{name}: the two differ");
    }
}

#[test]
fn a_candidate_that_is_compared_only_has_its_own_and_a_family_without_directions_has_none() {
    let compared = |family: &str, line: &str| {
        format!(
            "[[candidate]]\nname = \"{family}\"\nfamily = \"{family}\"\ncompare_only = true\nl2 = 2.0\n{line}\n"
        )
    };
    let tuning = "[tuning]\nouter_folds = 2\ninner_folds = 2\nsearch = \"grid\"\ncriterion = \"log_loss\"\nrule = \"least\"\n";
    let read = |candidates: &str| {
        let text = format!("{}\n{tuning}{candidates}", experiment(BOOSTED, "platt", "").text());
        let config = Config::from_toml(&text).unwrap();
        contests(&config, Families { published: FAMILIES, compared: &[NO_DIRECTION] })
    };
    let listed = compared("logistic", "not_monotone = [\"Q2\"]").replacen("\"logistic\"", "\"ridge\"", 1);
    let all = read(&[listed, compared("distance", "")].concat()).unwrap();
    let exempt: Vec<bool> =
        all.iter().map(|of| format!("{:?}", of.trials[0].contestant).contains("Q2")).collect();
    assert_eq!(exempt, [false, false, false, true, false]);
    let told = read(&compared("distance", "not_monotone = [\"Q2\"]")).unwrap_err().to_string();
    assert_eq!(
        told,
        "config: candidate `distance`: `not_monotone` is given, expected none: family `distance` keeps no declared direction"
    );
}

const NO_DIRECTION: ContenderFamily = ContenderFamily {
    name: "distance",
    why_not_published: "which is made up",
    read: |_| Ok(Arc::new(Distance)),
};

#[derive(Debug)]
struct Distance;

impl Contend for Distance {
    fn contend(&self, _set: &TrainingSet) -> Result<Box<dyn Scores>, Error> {
        Err(Error::config("distance", "never fitted"))
    }
}

/// The experiment of the quickstart with these candidates and blends after the points.
fn text(candidates: &str) -> String {
    let (_, text) = Experiment::BUILT_IN[0];
    let (from, to) = (text.find("[[candidate]]").unwrap(), text.find("# The lethality model").unwrap());
    let points = "[[candidate]]\nname = \"points\"\nfamily = \"points\"\nunit = 0.1\n";
    text.replace(&text[from..to], &format!("{points}{candidates}\n"))
        .replace("inner_folds = 5", "inner_folds = 2")
}

fn cohort(seed: u64, design: Design) -> Cohort {
    generate(&Options { seed, design }, &|_| {}).unwrap()
}

fn trained(text: &str, families: &[Family]) -> Result<Trained, Error> {
    let population = cohort(5, Design::Population { rows: 2000 });
    let lethal = cohort(6, Design::CaseControl { cases: 159, controls: 600 });
    train(&Experiment::with_families(text, families).unwrap(), &population, Some(&lethal), &|_: &str| {})
}

const LINE: &str = "not_monotone = [\"I03\", \"I05\", \"I12\", \"I20\", \"P36\"]";

const TWO: &str = "
[[candidate]]
name = \"free\"
family = \"logistic\"
l2 = 0.01
LINE
[[candidate]]
name = \"kept\"
family = \"logistic\"
l2 = 0.01
[[hybrid]]
baseline = \"points\"
candidate = \"free\"
dials = [0.5]
stacked = true
never_below_baseline = { es = \"acordado\", en = \"agreed\" }
[[hybrid]]
baseline = \"points\"
candidate = \"kept\"
dials = [0.5]
";

/// Every version, the lethality model with it, proves exactly what its list says, and comes back from its files so.
#[test]
fn versions_prove_all_directions_but_those_of_their_own() {
    let all = trained(&text(&TWO.replace("LINE", LINE)), FAMILIES).unwrap();
    let drafts = all.drafts("vpr", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| "card".to_owned());
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::open(dir.path()).unwrap();
    let mut against = Vec::new();
    for ((name, _), draft) in all.candidates.iter().zip(&drafts) {
        let free = ["I03", "I05", "I12", "I20", "P36"];
        let expected = if name.contains("free") { set(&free) } else { set(&[]) };
        let form = &draft.instrument;
        let directed = form.indicators().iter().filter(|i| i.polarity != Polarity::Neutral);
        let proved: Vec<&str> =
            directed.map(|i| i.id.as_str()).filter(|id| !expected.contains(*id)).collect();
        let version = registry.publish(draft).unwrap();
        assert_eq!(
            (&version.manifest().not_monotone, version.manifest().monotone.as_slice()),
            (&expected, &proved.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()[..])
        );
        for part in [version.recidivism(), version.lethality().unwrap()] {
            assert_eq!(part.proof().indicators(form).collect::<Vec<_>>(), proved, "{name}");
        }
        let of_record = &draft.training.directions;
        assert!(
            of_record.len() > 20 && of_record.iter().all(|of| !expected.contains(&of.indicator)),
            "{name}"
        );
        if Proof::new(draft.recidivism.scorer(), form, &set(&[])).is_err() {
            against.push(name.as_str());
        }
    }
    // Or nothing was shown.
    assert_eq!(against, ["free", "hybrid-free-0.5", "hybrid-free-stacked"]);

    // The candidate is the one that it is where all are free, and the other is not.
    let of_all = text(&TWO.replace("LINE", "")).replace("not_monotone = []", LINE);
    let of_all = trained(&of_all, FAMILIES).unwrap();
    let same = |at: usize| all.candidates[at].1.scorer() == of_all.candidates[at].1.scorer();
    assert_eq!([same(1), same(2)], [true, false]);
}

#[test]
fn unknown_indicators_are_refused_with_their_candidate_all_at_once() {
    let wrong = TWO.replace("LINE", "not_monotone = [\"I98\", \"I05\", \"I99\"]");
    let wrong = wrong.replace("name = \"kept\"", "name = \"kept\"\nnot_monotone = [\"I97\"]");
    let told = trained(&text(&wrong), FAMILIES).unwrap_err().to_string();
    assert!(told.starts_with("config: 3 problems"), "{told}");
    for (name, id) in [("free", "I98"), ("free", "I99"), ("kept", "I97")] {
        let line = format!(
            "candidate `{name}`: indicator `{id}` in `not_monotone` is not on form `vpr5.0-h`, expected one of I01, I02"
        );
        assert!(told.contains(&line), "{told}");
    }
}

/// Numbers that rise with every answer, or fall where they should, but for those of `I02`.
#[derive(Debug)]
struct Stubborn;

impl Learn for Stubborn {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        let of = |i: &amparo_datasets::Indicator| {
            let falls = i.polarity == Polarity::Protective || i.id == "I02";
            (0..i.n_answers()).map(|code| code as f64 * if falls { -0.1 } else { 0.1 }).collect()
        };
        let weights = set.answers().instrument().indicators().iter().map(of).collect();
        Ok(Candidate::additive("stubborn", Additive { intercept: 0.0, weights })?.into())
    }
}

#[test]
fn a_model_against_a_direction_is_refused_with_its_candidate_unless_it_is_listed_there() {
    let family = Family { name: "stubborn", read: |_| Ok(Arc::new(Stubborn)) };
    let families = [FAMILIES, &[family]].concat();
    let with = |lines: &str| {
        trained(
            &text(&format!("[[candidate]]\nname = \"theirs\"\nfamily = \"stubborn\"\n{lines}")),
            &families,
        )
    };
    for lines in ["", "not_monotone = [\"I01\", \"I03\"]"] {
        let told = with(lines).unwrap_err().to_string();
        let expected =
            "candidate `theirs` cannot be published: stubborn is not monotone in indicator `I02`: ";
        assert!(told.starts_with(expected), "{told}");
    }
    let all = with("not_monotone = [\"I02\"]").unwrap();
    let proved = |at: usize| all.candidates[at].1.proof().covers(all.instrument.position("I02").unwrap());
    assert_eq!([proved(0), proved(1)], [true, false]);
}
