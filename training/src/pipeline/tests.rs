use amparo_models::artefact::{Draft, SplitRecord};
use std::sync::OnceLock;

use amparo_datasets::synthetic::{Design, LETHAL, NEW_ASSAULT, Options, generate};
use amparo_datasets::{CohortParts, Outcome, Status};
use rayon::ThreadPoolBuilder;

use super::*;
use crate::testing::{auc, close};

/// The experiment of the quickstart with fewer trees.
fn shrunk() -> Experiment {
    let (_, text) = Experiment::BUILT_IN[0];
    let text = text.replace("trees = 300", "trees = 40").replace("inner_folds = 5", "inner_folds = 3");
    Experiment::from_toml(&text).unwrap()
}

fn population() -> Cohort {
    generate(&Options { seed: 5, design: Design::Population { rows: 4000 } }, &|_| {}).unwrap()
}

fn lethal() -> Cohort {
    generate(&Options { seed: 6, design: Design::CaseControl { cases: 159, controls: 600 } }, &|_| {})
        .unwrap()
}

/// One training run, shared by the tests that only look at it.
fn trained() -> &'static Trained {
    static TRAINED: OnceLock<Trained> = OnceLock::new();
    TRAINED.get_or_init(|| train(&shrunk(), &population(), Some(&lethal()), &|_: &str| {}).unwrap())
}

/// All that a version is made of, as bytes.
fn bytes(trained: &Trained) -> Vec<String> {
    let of = |part: &OutcomeModel| {
        let (scorer, calibrator) =
            (serde_json::to_string(part.scorer()), serde_json::to_string(part.calibrator()));
        [scorer.unwrap(), calibrator.unwrap(), serde_json::to_string(part.background()).unwrap()]
    };
    let drafts = trained.drafts("vpr", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| "card".to_owned());
    let parts = drafts.iter().flat_map(|draft| {
        let lethality = draft.lethality.as_ref().unwrap();
        let record = serde_json::to_string(&draft.training).unwrap();
        of(&draft.recidivism).into_iter().chain(of(lethality)).chain([record]).collect::<Vec<_>>()
    });
    parts.chain([format!("{:?} {:?}", trained.dials, trained.split)]).collect()
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let with = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bytes(&train(&shrunk(), &population(), Some(&lethal()), &|_: &str| {}).unwrap()))
    };
    let (one, two) = (with(1), with(2));
    assert!(one == two, "bytes differ");
    assert!(one == bytes(trained()), "and so does a second run");
    let other_seed = Experiment::from_toml(&shrunk().text().replace("seed = 20260101", "seed = 1")).unwrap();
    assert!(one != bytes(&train(&other_seed, &population(), Some(&lethal()), &|_: &str| {}).unwrap()));
}

#[test]
fn a_run_hands_over_every_candidate() {
    let trained = trained();
    let names: Vec<&str> = trained.candidates.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, shrunk().candidates());
    for (name, part) in &trained.candidates {
        assert_eq!(part.outcome(), NEW_ASSAULT, "{name}");
        let form = trained.data.cohort.answers().row(0);
        part.explain(form).unwrap();
    }
    assert_eq!(trained.lethality.as_ref().unwrap().outcome(), LETHAL);
    let split = trained.split.as_ref().unwrap();
    assert_eq!(split.fit.len() + split.calibrate.len() + split.test.len(), trained.data.events.len());
    assert!(trained.data.n_censored() > 0 && trained.data.n_censored() + trained.data.events.len() == 4000);
}

#[test]
fn every_candidate_ranks_unseen_rows_and_is_calibrated_on_them() {
    let trained = trained();
    let test = &trained.split.as_ref().unwrap().test;
    let events: Vec<bool> = test.iter().map(|&row| trained.data.events[row]).collect();
    let weights: Vec<f64> = test.iter().map(|&row| trained.data.weights[row]).collect();
    let total: f64 = weights.iter().sum();
    let observed = events.iter().zip(&weights).filter(|(e, _)| **e).map(|(_, w)| w).sum::<f64>() / total;
    for (name, part) in &trained.candidates {
        let scores: Vec<f64> =
            test.iter().map(|&row| part.score(trained.data.cohort.answers().row(row))).collect();
        assert!(auc(&scores, &events) > 0.6, "{name}: {}", auc(&scores, &events));
        let expected: f64 =
            scores.iter().zip(&weights).map(|(&s, w)| w * part.calibrate(s).probability).sum();
        // Two samples of 800 rows, each share with a standard deviation of about 0.0125.
        assert!(close(&[expected / total], &[observed], 4.0 * 0.0125 * 2.0_f64.sqrt()), "{name}");
    }
}

#[test]
fn the_dials_cover_the_grid_and_their_ends_are_the_parts() {
    let trained = trained();
    let dials: Vec<f64> = trained.dials.iter().map(|d| d.dial).collect();
    let grid = [0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0];
    assert!(close(&dials, &grid, 1e-12), "{dials:?}");
    let best = trained.best_hybrid().unwrap();
    let of = |dial: f64| trained.dials.iter().find(|d| (d.dial - dial).abs() < 1e-9).unwrap().losses.log_loss;
    let least = [0.25, 0.5, 0.75].into_iter().min_by(|a, b| of(*a).total_cmp(&of(*b))).unwrap();
    assert_eq!(best, format!("hybrid-boosted-{least}"));
    assert!(trained.dials.iter().all(|d| d.losses.brier > 0.0 && d.losses.log_loss < 2.0_f64.ln()));
}

#[test]
fn drafts_say_what_they_were_trained_on() {
    let metrics = BTreeMap::from([(
        "points".to_owned(),
        BTreeMap::from([("test".to_owned(), BTreeMap::from([("auc".to_owned(), 0.7)]))]),
    )]);
    let trained = trained();
    let drafts =
        trained.drafts("vpr", "2026-01-01T00:00:00Z", &metrics, &|record, _| record.candidate.clone());
    assert_eq!(drafts.len(), 6);
    let points = &drafts[0];
    assert_eq!((points.card_md.as_str(), points.training.candidate.as_str()), ("points", "points"));
    assert!(close(&[points.training.metrics["test"]["auc"]], &[0.7], 0.0));
    assert!(drafts[1].training.metrics.is_empty());
    let learned = population().learned_fingerprint("new_assault").unwrap();
    assert_eq!(points.training.cohort_fingerprint, learned);
    assert_eq!(points.training.horizon_days, Some(320));
    assert!(points.training.synthetic.as_deref().unwrap().starts_with("SYNTHETIC"));
    assert!(points.training.notes.iter().any(|note| note.contains("censored before the horizon")));
    assert_eq!(points.training.n_rows.values().sum::<u64>(), trained.data.events.len() as u64);
    assert_eq!(points.config_toml, shrunk().text());
}

#[test]
fn a_temporal_split_is_stated_with_its_days_and_its_gap() {
    let text = shrunk().text().replace("\"stratified\"", "\"temporal\"");
    let text = text[..text.find("# The lethality model").unwrap()].replace(
        "calibrate = 0.2\n",
        "calibrate = 0.2\n[holdout.temporal]\ntest_from = \"2023-08-01\"\ngap_days = 30\n",
    );
    let trained = train(&Experiment::from_toml(&text).unwrap(), &population(), None, &|_: &str| {}).unwrap();
    let record =
        &trained.drafts("vpr", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| String::new())[0].training;
    let cuts = record.cuts.unwrap();
    assert_eq!((cuts.test_from.to_string().as_str(), cuts.gap_days), ("2023-08-01", 30));
    let (split, cohort) = (trained.split.as_ref().unwrap(), &trained.data.cohort);
    let dates: Vec<_> = cohort.dates().unwrap().iter().map(|day| day.unwrap()).collect();
    let first = |row: usize| {
        let of_case = (0..cohort.n_rows()).filter(|other| cohort.cases()[*other] == cohort.cases()[row]);
        of_case.map(|other| dates[other]).min().unwrap()
    };
    assert!(split.fit.iter().all(|&row| first(row) < cuts.calibrate_from));
    let gap = "2023-07-02".parse().unwrap();
    assert!(split.calibrate.iter().all(|&row| first(row) >= cuts.calibrate_from && dates[row] < gap));
    assert!(split.test.iter().all(|&row| first(row) >= cuts.test_from));
    assert!(!split.left_out.is_empty() && record.n_rows["left_out"] == split.left_out.len() as u64);
    assert_eq!(record.n_rows.values().sum::<u64>(), cohort.n_rows() as u64);

    // A gap in a split at random means nothing, and is refused before anything is read.
    let wrong = text.replace("method = \"temporal\"", "method = \"stratified\"");
    let error = Experiment::from_toml(&wrong).unwrap_err().to_string();
    assert!(
        error.contains("`holdout.temporal` is given, expected only with `method = \"temporal\"`"),
        "{error}"
    );
}

#[test]
fn a_small_cohort_is_held_back_by_cross_fitting() {
    let text = shrunk().text().to_owned();
    let (from, to) = (text.find("[holdout]").unwrap(), text.find("# The candidates are published").unwrap());
    let text = text.replace(&text[from..to], "[holdout]\nkind = \"cross_fit\"\nfolds = 3\nrepeats = 1\n\n");
    let experiment = Experiment::from_toml(&text[..text.find("# The lethality model").unwrap()]).unwrap();
    let trained = train(&experiment, &population(), None, &|_: &str| {}).unwrap();
    assert!(trained.split.is_none() && trained.lethality.is_none());
    let draft = &trained.drafts("vpr", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| String::new())[0];
    assert_eq!(draft.training.n_rows, BTreeMap::from([("fit".to_owned(), trained.data.events.len() as u64)]));
    assert!(matches!(
        draft.training.split,
        SplitRecord::CrossFit { folds: 3, repeats: 1, seed: 20_260_101, .. }
    ));
}

#[test]
fn progress_is_told_every_step() {
    let told = std::cell::RefCell::new(Vec::new());
    train(&shrunk(), &population(), Some(&lethal()), &|step: &str| told.borrow_mut().push(step.to_owned()))
        .unwrap();
    assert_eq!(told.borrow().len() as u64, STEPS);
    assert_eq!(told.borrow()[0], "checking");
}

fn refusal(text: &str, cohort: &Cohort, lethality: Option<&Cohort>) -> String {
    train(&Experiment::from_toml(text).unwrap(), cohort, lethality, &|_: &str| {}).unwrap_err().to_string()
}

/// A cohort of another form, with the outcomes named.
fn foreign(outcomes: &[(&str, Option<u32>)]) -> Cohort {
    let form = Arc::new(Instrument::named("compas").unwrap());
    let width = form.indicators().len();
    let of = |&(name, horizon_days): &(&str, Option<u32>)| Outcome {
        name: name.to_owned(),
        horizon_days,
        status: vec![Status::Event, Status::NoEvent],
        days: None,
        classes: None,
    };
    let like = population();
    Cohort::new(CohortParts {
        answers: amparo_datasets::Answers::from_codes(form, vec![0; 2 * width]).unwrap(),
        cases: vec!["a".into(), "b".into()],
        dates: None,
        weights: vec![1.0; 2],
        assigned: Default::default(),
        outcomes: outcomes.iter().map(of).collect(),
        groups: vec![],
        scores: vec![],
        oracles: vec![],
        provenance: like.provenance().clone(),
    })
    .unwrap()
}

#[test]
fn all_mismatches_are_named_at_once() {
    let text = shrunk()
        .text()
        .replace("not_monotone = []", "not_monotone = [\"I99\"]")
        .replace("leave_out = []", "leave_out = [\"I77\"]");
    let found = refusal(&text, &foreign(&[("new_assault", None)]), Some(&foreign(&[("lethal", Some(30))])));
    assert_eq!(
        found,
        "config: 6 problems\
         \n  - the cohort answers form `compas`, the config names `vpr5.0-h` (or another edition of it)\
         \n  - outcome `new_assault` counts within an unstated number of days, protocol `es-2025` within 320 days\
         \n  - the lethality cohort answers form `compas`, the config names `vpr5.0-h` (or another edition of it)\
         \n  - outcome `lethal` counts within 30 days, protocol `es-2025` within 365 days\
         \n  - indicator `I77` is not on form `vpr5.0-h`, expected one of I01, I02, I03, I04, I05, I06, I07, I08, I09, I10, I11, \
         I12, I13, I14, I15, I16, I17, I18, I19, I20, I21, I22, I23, I24, I25, I26, I27, I28, I29, I30, I31, I32, I33, I34, I35, P36, P37\
         \n  - indicator `I99` is not on form `vpr5.0-h`"
    );
}

#[test]
fn a_form_cannot_be_left_out_as_a_whole() {
    let form = Instrument::named("vpr5.0-h").unwrap();
    let all: Vec<String> = form.indicators().iter().map(|indicator| format!("{:?}", indicator.id)).collect();
    let text = shrunk().text().replace("leave_out = []", &format!("leave_out = [{}]", all.join(", ")));
    let found = refusal(&text, &population(), Some(&lethal()));
    assert_eq!(found, "config: every indicator of the form is left out, expected one or more to fit on");
}

#[test]
fn indicators_that_are_not_fitted_on_are_in_no_set_of_those_that_may_meet() {
    let text = shrunk().text().replace("leave_out = []", "leave_out = [\"I15\"]").replace(
        "indicators = 0.8",
        "indicators = 0.8\ninteractions = [[\"I01\", \"I15\"], [\"I99\", \"I02\"]]",
    );
    let found = refusal(&text, &population(), Some(&lethal()));
    for (set, id) in [(1, "I15"), (2, "I99")] {
        let line = format!(
            "candidate `boosted`: set {set} of `interactions` names indicator `{id}`, expected one that is fitted on: I01, I02, "
        );
        assert!(found.contains(&line), "{found}");
    }
    assert!(found.starts_with("config: 2 problems"), "{found}");
}

/// Both calculations leave it out, and so does what is published.
#[test]
fn what_is_left_out_has_no_effect_in_any_version() {
    let text = shrunk().text().replace("leave_out = []", "leave_out = [\"I15\"]");
    let trained =
        train(&Experiment::from_toml(&text).unwrap(), &population(), Some(&lethal()), &|_: &str| {}).unwrap();
    let place = trained.instrument.position("I15").unwrap();
    let parts = trained.candidates.iter().map(|(_, part)| part).chain(&trained.lethality);
    for part in parts.clone() {
        assert!(part.leaves_out(place) && part.scorer().ignores(place));
        assert_eq!(part.left_out(&trained.instrument).collect::<Vec<_>>(), ["I15"]);
    }
    assert_eq!(parts.count(), 7);
    assert!(trained.directions.iter().all(|direction| direction.indicator != "I15"));
    assert!(
        self::trained().candidates.iter().any(|(_, part)| !part.scorer().ignores(place)),
        "or it tells nothing"
    );
}

#[test]
fn outcomes_must_be_the_protocols_and_in_the_cohorts() {
    let text = shrunk()
        .text()
        .replace("outcome = \"new_assault\"", "outcome = \"any_assault\"")
        .replace("outcome = \"lethal\"", "outcome = \"killed\"");
    let found = refusal(&text, &population(), Some(&lethal()));
    let known =
        |cohort: &Cohort| cohort.outcomes().iter().map(|o| o.name.clone()).collect::<Vec<_>>().join(", ");
    assert_eq!(
        found,
        format!(
            "config: 3 problems\
             \n  - config outcome is `any_assault`, protocol `es-2025` is about `new_assault`\
             \n  - config lethality outcome is `killed`, the lethality model of protocol `es-2025` is about `lethal`\
             \n  - no outcome `killed` in the lethality cohort, expected one of {}",
            known(&lethal())
        )
    );
    let absent = foreign(&[("other", Some(320))]);
    let found = refusal(shrunk().text(), &absent, Some(&lethal()));
    assert!(found.contains("no outcome `new_assault` in the cohort, expected one of other"), "{found}");
}

#[test]
fn a_cohort_without_an_outcome_is_refused_with_a_sentence() {
    let found = refusal(shrunk().text(), &foreign(&[]), Some(&lethal()));
    let expected = "no outcome `new_assault` in the cohort: it has no outcome at all, because its source states none, so that its \
                    cases can be scored, but no model can be fitted to them or judged by them";
    assert!(found.contains(expected), "{found}");
}

#[test]
fn the_lethality_model_needs_its_cohort_and_the_cohort_its_section() {
    let found = refusal(shrunk().text(), &population(), None);
    assert_eq!(found, "config: config asks for a lethality model, but no lethality cohort is given");
    let text = shrunk().text().to_owned();
    let without = &text[..text.find("# The lethality model").unwrap()];
    let found = refusal(without, &population(), Some(&lethal()));
    assert_eq!(found, "config: a lethality cohort is given, but the config has no `[lethality]` section");
}

#[test]
fn a_protocol_of_another_form_is_refused_with_the_rest() {
    let text = shrunk().text().replace("protocol = \"es-2025\"", "protocol = \"savry-3\"");
    assert_eq!(
        refusal(&text, &population(), Some(&lethal())),
        "config: 3 problems\
         \n  - config outcome is `new_assault`, protocol `savry-3` is about `recidivism_2015`\
         \n  - outcome `new_assault` counts within 320 days, protocol `savry-3` within an unstated number of days\
         \n  - config asks for a lethality model, but protocol `savry-3` has no rule for one"
    );
}

#[test]
fn form_and_protocol_are_looked_for_beside_the_config() {
    let folder = tempfile::tempdir().unwrap();
    let put = |file: &str, text: &str| std::fs::write(folder.path().join(file), text).unwrap();
    let text = shrunk().text().replace("protocol = \"es-2025\"", "protocol = \"own.toml\"");
    put("config.toml", &text.replace("instrument = \"vpr5.0-h\"", "instrument = \"form.toml\""));
    put("form.toml", Instrument::BUILT_IN[0].1);
    let config = folder.path().join("config.toml");
    let refused = |config: &str| {
        let experiment = Experiment::named(config).unwrap();
        train(&experiment, &population(), None, &|_: &str| {}).unwrap_err().to_string()
    };
    assert_eq!(
        refused(config.to_str().unwrap()),
        format!(
            "no protocol `own.toml`, which `{}` names: it is neither built in (es-2019, es-2025, savry-3, compas-2) nor the \
             file `{}`",
            config.display(),
            folder.path().join("own.toml").display()
        )
    );
    let (_, protocol) = Protocol::BUILT_IN.iter().find(|(id, _)| *id == "es-2025").unwrap();
    put("own.toml", protocol);
    // Both are found: what is missing now is the cohort of the lethality model.
    let expected = "config: config asks for a lethality model, but no lethality cohort is given";
    assert_eq!(refused(config.to_str().unwrap()), expected);
}

#[test]
fn a_version_published_by_a_former_config_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let registry = amparo_models::Registry::create(folder.path()).unwrap();
    let drafts = trained().drafts("vpr", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| "card".to_owned());
    let version = registry.publish(&drafts[0]).unwrap();
    assert_eq!(Experiment::of_version(&version).unwrap().text(), shrunk().text());

    let config_toml = shrunk().text().replace("[lethality]", "[points]\nunit = 0.1\n\n[lethality]");
    let former = Draft { config_toml, ..drafts[0].clone() };
    let version = registry.publish(&former).unwrap();
    let error = Experiment::of_version(&version).unwrap_err().to_string();
    let expected = "the config of version `vpr@2`, kept as it was published, cannot be run again: config: its models stand in";
    assert!(error.starts_with(expected), "{error}");
    assert!(
        error.contains("\n\n[[candidate]]\nname = \"points\"\nfamily = \"points\"\nunit = 0.1\n"),
        "{error}"
    );
}
