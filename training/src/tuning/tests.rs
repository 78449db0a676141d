use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use amparo_datasets::splitmix;
use amparo_models::probability::logit;
use amparo_models::{Model, Scorer};

use super::*;
use crate::calibrate::platt;
use crate::families::FAMILIES;
use crate::families::logistic::{LogisticFit, LogisticParams};
use crate::testing::{auc, close, data, form, uniform};
use crate::{Family, Fit, Learn, Losses, TrainingSet};

/// Keeps trials in memory.
#[derive(Default)]
struct Memory {
    at_first: BTreeMap<TrialKey, Finished>,
    kept: Mutex<Vec<Finished>>,
}

impl Memory {
    fn of(finished: &[Finished]) -> Self {
        let at_first = finished.iter().map(|one| (one.key.clone(), one.clone())).collect();
        Self { at_first, kept: Mutex::default() }
    }

    fn kept(&self) -> Vec<Finished> {
        self.kept.lock().unwrap().clone()
    }
}

impl TrialStore for Memory {
    fn losses(&self, key: &TrialKey, parameters: &toml::Table) -> Option<TrialLosses> {
        self.at_first.get(key).filter(|one| one.parameters == *parameters).map(|one| one.losses.clone())
    }

    fn keep(&self, finished: Finished) -> Result<(), Error> {
        self.kept.lock().unwrap().push(finished);
        Ok(())
    }
}

const SEED: u64 = 11;

fn config(tuning: &str, candidates: &str) -> String {
    format!(
        "name = \"small\"\ninstrument = \"small\"\nprotocol = \"none\"\noutcome = \"again\"\nseed = {SEED}\ninner_folds = 3\n\
         least_rows = 1\ncalibration = \"platt\"\nholdout = {{ kind = \"cross_fit\", folds = 3, repeats = 1 }}\n\
         [tuning]\nouter_folds = 3\ninner_folds = 4\nsearch = \"grid\"\ncriterion = \"log_loss\"\nrule = \"least\"\n{tuning}\n\
         {candidates}"
    )
}

const LOGISTIC: &str = "[[candidate]]\nname = \"ridge\" # by name\nfamily = \"logistic\"\n# How far it is held back.\nl2 = 1.0 # as ever\n\
    [candidate.search]\nl2 = [30.0, 3.0, 0.01]\n";

/// Two rows a case, whose events hang on their answers a little.
fn telling(n_cases: usize) -> Data {
    let form = form(&[(3, "risk"), (2, "neutral"), (2, "neutral"), (4, "risk")]);
    let answers = [4.0, 3.0, 3.0, 5.0];
    let row = |i: usize| (0..4).map(|j| (uniform(i * 10 + j) * answers[j]) as u8).collect::<Vec<u8>>();
    let rows: Vec<Vec<u8>> = (0..2 * n_cases).map(row).collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        let graded = if row[0] < 3 { 0.3 * f64::from(row[0]) } else { 0.1 };
        uniform(i * 10 + 9) < 0.05 + graded + if row[1] == 1 { 0.3 } else { 0.0 }
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    let cases: Vec<usize> = (0..rows.len()).map(|row| row / 2).collect();
    let weights: Vec<f64> = (0..rows.len()).map(|i| 0.5 + uniform(i * 10 + 8)).collect();
    data(&form, &rows, &events, &weights, &cases)
}

fn all(data: &Data) -> Vec<usize> {
    (0..data.n_rows()).collect()
}

fn tuned(text: &str, data: &Data) -> Vec<Tuned> {
    let experiment = Experiment::from_toml(text).unwrap();
    tune(&experiment, data, &all(data), &Memory::default(), &|| {}).unwrap().tuned
}

/// Scores of `held` by a ridge regression of the other rows.
fn ridge(data: &Data, l2: f64, others: &[usize], held: &[usize]) -> Vec<f64> {
    let set = TrainingSet::new(data, others, "the others").unwrap();
    let fitted = LogisticFit::new(&LogisticParams { l2 }, &[]).unwrap().fit(&set).unwrap();
    data.part(held).answers().map(|row| fitted.score(row)).collect()
}

/// What the module's first page says, written down once more for one candidate.
fn by_hand(data: &Data, grid: &[f64]) -> (Vec<usize>, Vec<f64>) {
    let outer = folds(&data.cohort, &all(data), &data.outcome, 3, SEED + 1).unwrap();
    let (mut taken, mut probabilities) = (Vec::new(), vec![0.0; data.n_rows()]);
    for (at, held) in outer.iter().enumerate() {
        let seen: Vec<usize> = all(data).into_iter().filter(|row| !held.contains(row)).collect();
        let seed = splitmix(SEED ^ splitmix(at as u64 + 1));
        let inner = folds(&data.cohort, &seen, &data.outcome, 4, seed).unwrap();
        let but = |fold: &[usize]| -> Vec<usize> {
            seen.iter().copied().filter(|row| !fold.contains(row)).collect()
        };
        let crossed = |l2: f64| {
            let mut scores = vec![f64::NAN; data.n_rows()];
            for fold in &inner {
                let of_fold = ridge(data, l2, &but(fold), fold);
                fold.iter().zip(of_fold).for_each(|(&row, score)| scores[row] = score);
            }
            scores
        };
        let line = |rows: &[usize], scores: &[f64]| {
            let part = data.part(rows);
            platt(&part.of(scores), part.events(), part.weights(), "again").unwrap()
        };
        let mean = |l2: f64| {
            let scores = crossed(l2);
            let (mut sum, mut total) = (0.0, 0.0);
            for fold in &inner {
                let line = line(&but(fold), &scores);
                for &row in fold {
                    let p = 1.0 / (1.0 + (-(line.intercept + line.slope * scores[row])).exp());
                    sum -= data.weights[row] * if data.events[row] { p.ln() } else { (1.0 - p).ln() };
                    total += data.weights[row];
                }
            }
            sum / total
        };
        let means: Vec<f64> = grid.iter().map(|&l2| mean(l2)).collect();
        let best = (0..grid.len()).min_by(|&a, &b| means[a].total_cmp(&means[b])).unwrap();
        let line = line(&seen, &crossed(grid[best]));
        for (&row, score) in held.iter().zip(ridge(data, grid[best], &seen, held)) {
            probabilities[row] = 1.0 / (1.0 + (-(line.intercept + line.slope * score)).exp());
        }
        taken.push(best);
    }
    (taken, probabilities)
}

#[test]
fn choice_and_scores_are_those_of_nested_loops() {
    let data = telling(150);
    let found = tuned(&config("", LOGISTIC), &data).swap_remove(0);
    let (taken, probabilities) = by_hand(&data, &[30.0, 3.0, 0.01]);
    let chosen: Vec<usize> = found.by_fold.iter().map(|(_, choice)| choice.taken).collect();
    assert_eq!(chosen, taken);
    assert!(close(&found.out_of_fold[0].probabilities, &probabilities, 1e-9));
    // Another penalty gives other probabilities.
    let (_, other) = by_hand(&data, &[100.0]);
    assert!(!close(&found.out_of_fold[0].probabilities, &other, 1e-3));
}

#[test]
fn the_best_of_many_trials_of_noise_foretells_nothing() {
    // Labels that mean nothing, and 12 ways to look for what is not there.
    let n_cases = 200;
    let form = form(&[(2, "neutral"); 8]);
    let rows: Vec<Vec<u8>> =
        (0..n_cases).map(|i| (0..8).map(|j| (uniform(i * 20 + j) * 3.0) as u8).collect()).collect();
    let events: Vec<bool> = (0..n_cases).map(|i| uniform(i * 20 + 9) < 0.5).collect();
    let data = data(&form, &rows, &events, &vec![1.0; n_cases], &(0..n_cases).collect::<Vec<_>>());
    let candidates = "[[candidate]]\nname = \"trees\"\nfamily = \"boosted\"\ntrees = 10\ndepth = 2\nlearning_rate = 0.3\nl2 = 1.0\n\
        min_child_weight = 1.0\nrows = 0.7\nindicators = 0.7\n[candidate.search]\ndepth = [1, 2, 4]\ntrees = [1, 3, 9, 27]\n";
    let found = tuned(&config("", candidates), &data).swap_remove(0);
    let ranked = auc(&found.out_of_fold[0].log_odds, &events);
    // Four standard deviations of the ranking measure of noise.
    assert!((ranked - 0.5).abs() <= 0.165, "{ranked}");
    let chosen = &found.on_all_rows;
    let least = chosen.trials[chosen.taken].mean.unwrap();
    let log_odds: Vec<f64> = found.out_of_fold[0].probabilities.iter().map(|&p| logit(p)).collect();
    let nested = Losses::of(&log_odds, &events, &vec![1.0; n_cases]).log_loss;
    // The loss by which the choice was made flatters it; the nested one does not.
    assert!(nested > least, "{nested} {least}");
}

#[test]
fn a_search_that_was_stopped_comes_to_the_same() {
    let data = telling(100);
    let both = format!("{LOGISTIC}[[candidate]]\nname = \"points\"\nfamily = \"points\"\nunit = 0.1\n");
    let experiment = Experiment::from_toml(&config("repeats = 2", &both)).unwrap();
    let first = Memory::default();
    let whole = tune(&experiment, &data, &all(&data), &first, &|| {}).unwrap();
    // Three trials of one candidate, one of the other, on all rows and in 2 x 3 folds.
    let mut kept = first.kept();
    assert_eq!(kept.len(), 7 * (3 + 1));
    kept.sort_by(|a, b| a.key.cmp(&b.key));
    for done in [0, 5, 28] {
        let store = Memory::of(&kept[..done]);
        assert_eq!(tune(&experiment, &data, &all(&data), &store, &|| {}).unwrap(), whole);
        assert_eq!(store.kept().len(), 28 - done);
    }
    // Losses of other parameters under the same key are not taken.
    let mut others = kept.clone();
    others.iter_mut().for_each(|one| {
        one.parameters.insert("l2".to_owned(), toml::Value::Float(7.0));
    });
    let store = Memory::of(&others);
    assert_eq!(tune(&experiment, &data, &all(&data), &store, &|| {}).unwrap(), whole);
    assert_eq!(store.kept().len(), 28);
}

#[test]
fn any_number_of_threads_comes_to_the_same() {
    let data = telling(60);
    let with = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| tuned(&config("", LOGISTIC), &data))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_candidate_that_tells_nothing_has_the_loss_of_the_base_rate() {
    let data = telling(100);
    let candidates = "[[candidate]]\nname = \"mute\"\nfamily = \"boosted\"\ntrees = 3\ndepth = 1\nlearning_rate = 0.3\nl2 = 1.0\n\
        min_child_weight = 1.0e9\nrows = 1.0\nindicators = 1.0\n";
    let found = tuned(&config("", candidates), &data).swap_remove(0);
    let total: f64 = data.weights.iter().sum();
    let rate =
        data.weights.iter().zip(&data.events).filter(|(_, e)| **e).map(|(w, _)| w).sum::<f64>() / total;
    let of_base_rate = -(rate * rate.ln() + (1.0 - rate) * (1.0 - rate).ln());
    let mean = found.on_all_rows.trials[0].mean.unwrap();
    // The folds differ a little from each other in their shares of events.
    assert!((mean - of_base_rate).abs() <= 0.01, "{mean} {of_base_rate}");
    let telling = tuned(&config("", LOGISTIC), &data).swap_remove(0);
    let best = &telling.on_all_rows;
    assert!(best.trials[best.taken].mean.unwrap() < of_base_rate - 0.03);
}

/// Refuses every set, or those of some parameters only.
#[derive(Debug)]
struct Fickle(f64);

impl Learn for Fickle {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        if self.0 > 1.0 {
            return Err(Error::config("mood", format!("mood {} is no day for fits", self.0)));
        }
        LogisticFit::new(&LogisticParams { l2: 1.0 }, &[])?.learn(set)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Mood {
    mood: f64,
}

fn fickle(moods: &str, data: &Data) -> Result<Vec<Tuned>, Error> {
    let family =
        Family { name: "fickle", read: |settings| Ok(Arc::new(Fickle(settings.parameters::<Mood>()?.mood))) };
    let families: Vec<Family> = FAMILIES.iter().copied().chain([family]).collect();
    let candidate = format!(
        "[[candidate]]\nname = \"odd\"\nfamily = \"fickle\"\nmood = 1.0\n[candidate.search]\nmood = {moods}\n"
    );
    let experiment = Experiment::with_families(&config("", &candidate), &families)?;
    tune(&experiment, data, &all(data), &Memory::default(), &|| {}).map(|searched| searched.tuned)
}

#[test]
fn a_trial_that_fails_is_kept_and_not_taken() {
    let data = telling(60);
    let found = fickle("[2.0, 1.0]", &data).unwrap().swap_remove(0);
    assert_eq!(found.on_all_rows.taken, 1);
    let failed = &found.on_all_rows.trials[0];
    assert!(failed.mean.is_none());
    let why = "candidate `odd` cannot be fitted: config: mood 2 is no day for fits";
    assert_eq!(failed.losses, TrialLosses::Failed(why.to_owned()));
    let error = fickle("[2.0, 3.0]", &data).unwrap_err().to_string();
    assert_eq!(error, format!("all 2 trials of candidate `odd` failed; the first: {why}"));
}

#[test]
fn a_candidate_that_fails_takes_nothing_from_the_others() {
    let data = telling(60);
    let family =
        Family { name: "fickle", read: |settings| Ok(Arc::new(Fickle(settings.parameters::<Mood>()?.mood))) };
    let families: Vec<Family> = FAMILIES.iter().copied().chain([family]).collect();
    let odd = "[[candidate]]\nname = \"odd\"\nfamily = \"fickle\"\nmood = 2.0\n";
    let of = |text: &str| {
        let experiment = Experiment::with_families(&config("", text), &families).unwrap();
        tune(&experiment, &data, &all(&data), &Memory::default(), &|| {}).unwrap()
    };
    let (with, without) = (of(&format!("{odd}{LOGISTIC}")), of(LOGISTIC));
    assert_eq!(with.tuned, without.tuned);
    assert!(without.failed.is_empty());
    let [failed] = with.failed.as_slice() else { panic!("{:?}", with.failed) };
    assert_eq!((failed.candidate.as_str(), failed.scope), ("odd", Scope::AllRows));
    assert!(
        failed.why.starts_with(
            "all 1 trials of candidate `odd` failed; the first: candidate `odd` cannot be fitted"
        )
    );
}

#[test]
fn a_config_says_everything_that_is_wrong_with_a_search() {
    let bad = "[[candidate]]\nname = \"ridge\"\nfamily = \"logistic\"\nl2 = 1.0\n\
        [candidate.search]\nl2 = [-1.0, 1.0]\nl3 = [1]\n\
        [[candidate]]\nname = \"trees\"\nfamily = \"points\"\nunit = 0.1\nsearch = { unit = { from = 0.1, to = 0.2 } }\n\
        [[candidate]]\nname = \"ridge\"\nfamily = \"logistic\"\nl2 = 1.0\ncompare_only = true\n\
        [[hybrid]]\nbaseline = \"points\"\ncandidate = \"other\"\ndials = [0.5]\n";
    let error = Experiment::from_toml(&config("trials = 3\nrepeats = 0", bad)).unwrap_err().to_string();
    for expected in [
        "`tuning.repeats` is 0, expected 1 or more",
        "`tuning.trials` is given, expected only with `search = \"random\"`",
        "candidate `ridge`: unknown field `l3`",
        "candidate `trees`: `search.unit` is a range, expected a list of values",
        "candidate `ridge` is listed twice",
    ] {
        assert!(error.contains(expected), "{expected}\n{error}");
    }
    let none = config("", LOGISTIC);
    let (before, after) = none.split_once("[tuning]").unwrap();
    let without = format!("{before}{}", &after[after.find("[[candidate]]").unwrap()..]);
    let error = Experiment::from_toml(&without).unwrap_err().to_string();
    assert!(
        error.contains("candidate `ridge`: `search` is for `amparo tune`, expected a section `[tuning]`"),
        "{error}"
    );
}

#[test]
fn a_config_with_the_choice_keeps_everything_else() {
    let data = telling(150);
    let family_first = "[[candidate]]\nname = \"bare\"\nfamily = \"logistic\"\nl2 = 2.0\n";
    let text = config("", &format!("{family_first}{LOGISTIC}"));
    let experiment = Experiment::from_toml(&text).unwrap();
    let found = tune(&experiment, &data, &all(&data), &Memory::default(), &|| {}).unwrap().tuned;
    let best = &found[1].on_all_rows;
    let l2 = best.trials[best.taken].parameters["l2"].to_string();
    let written = with_chosen(&experiment, &found).unwrap();
    let (comment, rest) = written.split_once('\n').unwrap();
    assert!(comment.starts_with("# The parameters below"), "{comment}");
    assert_eq!(rest, text.replace("l2 = 1.0 # as ever", &format!("l2 = {l2} # as ever")));
    assert!(!written.contains("l2 = 1.0"));
}

#[test]
fn a_parameter_that_the_config_leaves_out_is_written_below_the_family() {
    let data = telling(60);
    let candidates = "[[candidate]]\nname = \"trees\"\nfamily = \"boosted\" # ours\ntrees = 5\ndepth = 1\nlearning_rate = 0.3\n\
        l2 = 1.0\nmin_child_weight = 1.0\nrows = 1.0\nindicators = 1.0\n\
        [candidate.search]\nearly_stopping = [{ held_out = 0.3, patience = 2 }]\n";
    let experiment = Experiment::from_toml(&config("", candidates)).unwrap();
    let found = tune(&experiment, &data, &all(&data), &Memory::default(), &|| {}).unwrap().tuned;
    let written = with_chosen(&experiment, &found).unwrap();
    let below = "family = \"boosted\"\nearly_stopping = { held_out = 0.3, patience = 2 } # ours\n";
    assert!(written.contains(below), "{written}");
}

#[test]
fn trees_on_top_of_points_are_searched_on_the_points_of_the_same_rows() {
    let data = telling(80);
    let trees = |name: &str, offset: &str| {
        format!(
            "[[candidate]]\nname = \"{name}\"\nfamily = \"boosted\"\ntrees = 5\ndepth = 1\nlearning_rate = 0.3\nl2 = 1.0\n\
             min_child_weight = 1.0\nrows = 1.0\nindicators = 1.0\n{offset}[candidate.search]\ndepth = [1, 2]\n"
        )
    };
    let points = "[[candidate]]\nname = \"points\"\nfamily = \"points\"\nunit = 0.1\n";
    let on_points = "offset = \"points\"\n";
    let all = format!("{points}{}{}", trees("alone", ""), trees("above", on_points));
    let found = tuned(&config("", &all), &data);
    let scores = |at: usize| &found[at].out_of_fold[0].log_odds;
    assert!(!close(scores(1), scores(2), 1e-3), "the offset makes a difference");
    let early = format!("{}{points}", trees("above", on_points));
    let error = Experiment::from_toml(&config("", &early)).unwrap_err().to_string();
    let said = "candidate `above`: `offset` is `points`, expected a candidate of family `points` or `optimal_points` that is listed before it, but there is none";
    assert_eq!(error, format!("config: {said}"));
}
