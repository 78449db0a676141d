//! What a version loses as fewer questions are answered.

use std::sync::Arc;

use amparo_datasets::{Answers, Cohort, SPLITMIX_STEP, splitmix};
use amparo_evaluation::bridge;
use amparo_evaluation::classes::Forecast;
use amparo_evaluation::input::{Columns, Input, Kind, Scored};
use amparo_evaluation::report::Report;
use amparo_models::artefact::Version;
use amparo_models::registry::Registry;

use crate::hold_out::of_answers;
use crate::{Error, HeldOutRows, Observer, Settings, display_name, hold_out, judge};

/// Shares of the known answers that are turned to `unknown`, in percent.
pub const SHARES: [u32; 6] = [0, 10, 20, 30, 40, 50];

/// Whose answers a version is judged without.
#[derive(Debug, Clone, Copy)]
pub struct Unknowns<'a> {
    /// The registry of the version.
    pub registry: &'a Registry,
    /// The version.
    pub version: &'a Version,
    /// Declares that the cohort holds no case that the version was trained on; see [`hold_out()`].
    pub other_cases: bool,
    /// A group column by which the share of unknown answers differs, such as the officer; without it, it is the same for all.
    pub by: Option<&'a str>,
}

impl Unknowns<'_> {
    /// The version on its held-out rows with 0 to 50 % of their known answers turned to `unknown`, one report with paired differences to
    /// the answers as they are.
    ///
    /// ```text
    /// an answer is turned   if u(row, indicator) < s(row)                 u: drawn once, uniform in [0, 1), the same for all shares
    /// s(row)                = the share;  with `by`: min(1, share v(label) / mean over rows of v)       v: drawn once for each label
    /// ```
    /// So what is unknown at one share is unknown at every larger one. Turned answers are drawn without regard to what they say: unknown
    /// answers that hide a risk on purpose cost more than this. Answers, not rows, are turned; draws hang on the seed of the settings.
    ///
    /// # Errors
    /// [`Error::CrossFitted`] for a version whose held-out rows were scored by models of their folds, which are not kept; [`Error::NoGroup`];
    /// whatever [`hold_out()`] and [`judge()`] refuse.
    pub fn judge(
        &self,
        cohort: Cohort,
        settings: &Settings,
        observer: &dyn Observer,
    ) -> Result<Report, Error> {
        let version = self.version;
        let held = hold_out(self.registry, &[version], &cohort, self.other_cases, observer)?;
        let name = display_name(version);
        if held.folds.first().is_some_and(Option::is_some) {
            return Err(Error::CrossFitted { version: name });
        }
        let part = &held.part;
        let factors = factors(part, self.by, settings.seed)?;
        let at = |percent: &u32| {
            let share = f64::from(*percent) / 100.0;
            let answers = turned(part.answers(), &factors, share, settings.seed)?;
            Ok(scored(version, (&format!("{name}, {percent} % more unknown"), share), &answers))
        };
        let scored = SHARES.iter().map(at).collect::<Result<Vec<Scored>, Error>>()?;
        let reference = scored[0].name.clone();
        // Follow-up is scored on rows of its own, which are not turned.
        let columns = Columns { survival: None, ..held.input.columns().clone() };
        let held = HeldOutRows {
            input: Input::new(columns)?,
            folds: vec![None; scored.len()],
            forecasts: vec![Forecast::None; scored.len()],
            scored,
            partial: Vec::new(),
            ..held
        };
        let mut report = judge(held, cohort, (reference.clone(), reference), settings, observer)?;
        report.context.notes.push(note(self.by));
        Ok(report)
    }
}

fn note(by: Option<&str>) -> String {
    let by = by
        .map_or(String::new(), |by| format!("; the share differs by `{by}`, and this is its mean over rows"));
    format!(
        "one version on the same rows: so many percent of their known answers were turned to `unknown`, drawn without regard to what they \
         say{by}"
    )
}

fn scored(version: &Version, (name, share): (&str, f64), answers: &Answers) -> Scored {
    let (digest, family) = (version.digest().to_owned(), version.manifest().family.clone());
    // On no dial: a transition plan is about other models, not about fewer answers.
    let kind = Kind::Version { digest, family, dial: None, more_unknown: Some(share) };
    bridge::version(name, kind, version.protocol(), of_answers(version, answers))
}

/// By how much the share of each row is larger or smaller than the mean: 1 for all rows, or one number for each label, whose mean over
/// rows is 1.
fn factors(part: &Cohort, by: Option<&str>, seed: u64) -> Result<Vec<f64>, Error> {
    let Some(name) = by else { return Ok(vec![1.0; part.n_rows()]) };
    let Some(group) = part.groups().iter().find(|group| group.name == name) else {
        let known = part.groups().iter().map(|group| group.name.clone()).collect();
        return Err(Error::NoGroup { found: name.to_owned(), known });
    };
    // Apart from the draws of cells, which begin at 0.
    let of_label = |code: &u16| uniform(seed, u64::MAX - u64::from(*code));
    let drawn: Vec<f64> = group.codes.iter().map(of_label).collect();
    let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
    Ok(drawn.into_iter().map(|drawn| drawn / mean).collect())
}

/// The answers with a share of the known ones turned to `unknown`.
fn turned(answers: &Answers, factors: &[f64], share: f64, seed: u64) -> Result<Answers, Error> {
    let n = answers.n_indicators();
    let unknown: Vec<u8> =
        answers.instrument().indicators().iter().map(|indicator| indicator.n_known() as u8).collect();
    let mut codes = answers.codes().to_vec();
    for (row, (cells, factor)) in codes.chunks_exact_mut(n).zip(factors).enumerate() {
        for (at, (cell, unknown)) in cells.iter_mut().zip(&unknown).enumerate() {
            if uniform(seed, (row * n + at) as u64) < (share * factor).min(1.0) {
                *cell = *unknown;
            }
        }
    }
    Ok(Answers::from_codes(Arc::clone(answers.instrument()), codes)?)
}

/// A number in [0, 1) that hangs on nothing but seed and place.
fn uniform(seed: u64, at: u64) -> f64 {
    let drawn = splitmix(splitmix(seed).wrapping_add(at.wrapping_mul(SPLITMIX_STEP)));
    (drawn >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use amparo_datasets::synthetic::{Design, Options, generate};
    use amparo_evaluation::report::ScoredReport;

    use super::*;
    use crate::testing::{Place, SPLIT, cohort, cross_fit};

    const QUICK: Settings = Settings {
        replicates: 100,
        seed: 1,
        smallest_cell: 1,
        margin: crate::MARGIN,
        pairwise: false,
        horizons: None,
    };

    fn report(place: &Place, version: &Version, cohort: &Cohort, by: Option<&str>) -> Result<Report, Error> {
        Unknowns { registry: &place.registry, version, other_cases: false, by }.judge(
            cohort.clone(),
            &QUICK,
            &(),
        )
    }

    /// Of 40,000 answers, the share that is asked for within four standard errors, nested, and no known answer becomes another.
    #[test]
    fn the_share_that_is_asked_for_is_unknown_and_what_was_unknown_stays_so() {
        let cohort = cohort(20_000);
        let answers = cohort.answers();
        let unknown: Vec<u8> = answers.instrument().indicators().iter().map(|i| i.n_known() as u8).collect();
        let is_unknown = |answers: &Answers| -> Vec<bool> {
            answers
                .codes()
                .iter()
                .enumerate()
                .map(|(at, code)| *code == unknown[at % unknown.len()])
                .collect()
        };
        let factors = vec![1.0; cohort.n_rows()];
        let mut before = is_unknown(answers);
        let known: Vec<usize> = (0..before.len()).filter(|at| !before[*at]).collect();
        for share in [0.0, 0.1, 0.3, 0.5] {
            let after = turned(answers, &factors, share, 7).unwrap();
            let now = is_unknown(&after);
            assert!(before.iter().zip(&now).all(|(before, now)| !before || *now), "{share}: nested");
            let same = |at: &usize| now[*at] || after.codes()[*at] == answers.codes()[*at];
            assert!(known.iter().all(same), "{share}: no other answer");
            let found = known.iter().filter(|at| now[**at]).count() as f64 / known.len() as f64;
            let error = 4.0 * (share * (1.0 - share) / known.len() as f64).sqrt();
            assert!((found - share).abs() <= error, "{share}: {found}");
            before = now;
        }
        assert_ne!(
            turned(answers, &factors, 0.5, 8).unwrap().codes(),
            turned(answers, &factors, 0.5, 7).unwrap().codes()
        );
    }

    #[test]
    fn a_version_is_judged_at_every_share_against_its_answers_as_they_are() {
        let (place, cohort) = (Place::new(), cohort(2000));
        let versions = place.train(SPLIT, &cohort);
        let report = report(&place, &versions[0], &cohort, None).unwrap();
        let names: Vec<&str> = report.scored.iter().map(|scored| scored.name.as_str()).collect();
        let name = display_name(&versions[0]);
        let expected: Vec<String> =
            SHARES.iter().map(|percent| format!("{name}, {percent} % more unknown")).collect();
        assert_eq!(names, expected);
        let share = |scored: &ScoredReport| match scored.kind {
            Kind::Version { more_unknown, .. } => more_unknown.unwrap(),
            _ => panic!("{} is no version", scored.name),
        };
        let off = report.scored.iter().zip(SHARES).map(|(one, p)| (share(one) - f64::from(p) / 100.0).abs());
        assert!(off.fold(0.0, f64::max) <= 1e-12);
        let auc = |at: usize| report.scored[at].overall["auc"].value().unwrap();
        let held = hold_out(&place.registry, &[&versions[0]], &cohort, false, &()).unwrap();
        let as_they_are = judge(held, cohort.clone(), (name.clone(), name), &QUICK, &()).unwrap();
        assert!((auc(0) - as_they_are.scored[0].overall["auc"].value().unwrap()).abs() <= 1e-12);
        assert!(auc(0) > auc(3) && auc(3) > auc(5) && auc(5) > 0.5, "{} {} {}", auc(0), auc(3), auc(5));
        assert!(report.context.notes.last().unwrap().contains("turned to `unknown`"));
        assert!(report.transitions.is_empty());
    }

    #[test]
    fn folds_have_no_model_that_could_score_their_rows_again() {
        let (place, cohort) = (Place::new(), cohort(300));
        let versions = place.train(&cross_fit(3, 1), &cohort);
        let error = report(&place, &versions[0], &cohort, None).unwrap_err().to_string();
        assert!(error.contains("cross-fitted on this cohort"), "{error}");
        let split = place.train(SPLIT, &cohort);
        let error = report(&place, &split[0], &cohort, Some("officer")).unwrap_err().to_string();
        assert!(error.contains("the cohort has no group column `officer`, expected one of none"), "{error}");
    }

    /// Two labels with other shares, whose mean over rows is the one that is asked for.
    #[test]
    fn shares_that_differ_by_label_have_the_mean_that_is_asked_for() {
        let options = Options { seed: 1, design: Design::Population { rows: 4000 } };
        let cohort = generate(&options, &|_| {}).unwrap();
        let group = &cohort.groups()[0];
        let factors = factors(&cohort, Some(&group.name), 5).unwrap();
        assert!((factors.iter().sum::<f64>() / 4000.0 - 1.0).abs() <= 1e-9);
        let answers = turned(cohort.answers(), &factors, 0.2, 5).unwrap();
        let n = answers.n_indicators();
        let unknown: Vec<u8> = answers.instrument().indicators().iter().map(|i| i.n_known() as u8).collect();
        let mut found = Vec::new();
        for code in 0..group.labels.len() as u16 {
            let of_label =
                |at: &usize| group.codes[at / n] == code && cohort.answers().codes()[*at] != unknown[at % n];
            let known: Vec<usize> = (0..4000 * n).filter(of_label).collect();
            let turned = known.iter().filter(|at| answers.codes()[**at] == unknown[**at % n]).count();
            let share = turned as f64 / known.len() as f64;
            let expected = 0.2 * factors[known[0] / n];
            let error = 4.0 * (expected * (1.0 - expected) / known.len() as f64).sqrt();
            assert!((share - expected).abs() <= error, "{code}: {share}, expected {expected}");
            found.push(share);
        }
        assert!(found.iter().any(|share| (share - 0.2).abs() > 0.02), "labels differ: {found:?}");
    }
}
