use std::collections::{BTreeSet, HashMap};

use amparo_datasets::{Cohort, number_cases};

use super::key::{Fingerprint, Key};

/// Fingerprints of the cases that a version has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprints {
    /// Whether the table names its cases: numbers of rows say nothing in another table.
    pub(super) is_named: bool,
    /// Of the case ids.
    pub(super) cases: BTreeSet<Fingerprint>,
    /// Of the answers of the rows.
    pub(super) answers: BTreeSet<Fingerprint>,
    /// Cases with a row whose answers another of the cases has.
    pub(super) n_alike: u64,
}

/// What a cohort has in common with the cases that a version has seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// Cases of the cohort.
    pub n_cases: u64,
    /// Cases that the version has seen.
    pub n_seen: u64,
    /// Whether both tables name their cases; else no id says anything.
    pub is_named: bool,
    /// Case ids of the cohort that the version has seen, in the order in which they first appear; empty if not named.
    pub cases: Vec<String>,
    /// Cases of the cohort with a row whose answers some seen case has.
    pub n_answers: u64,
    /// The same, as expected of people who were never seen.
    pub expected_answers: f64,
    /// Whether there are so many more than expected that the same people may stand in both under other ids.
    pub is_suspect: bool,
}

impl Fingerprints {
    /// Of all cases of a cohort.
    #[must_use]
    pub fn of(cohort: &Cohort, key: &Key) -> Self {
        let (numbers, n_cases) = number_cases(cohort.cases().iter().map(String::as_str));
        let answers: Vec<Fingerprint> = of_answers(cohort, key).collect();
        // The one case that has these answers, or `None` for several.
        let mut only: HashMap<Fingerprint, Option<u32>> = HashMap::new();
        for (answers, case) in answers.iter().zip(&numbers) {
            let of = only.entry(*answers).or_insert(Some(*case));
            *of = of.filter(|one| one == case);
        }
        let mut alike = vec![false; n_cases];
        for (answers, case) in answers.iter().zip(&numbers) {
            alike[*case as usize] |= only.get(answers).is_some_and(Option::is_none);
        }
        Self {
            is_named: cohort.names_cases(),
            cases: cohort.cases().iter().map(|case| of_case(cohort, case, key)).collect(),
            answers: answers.into_iter().collect(),
            n_alike: alike.into_iter().filter(|alike| *alike).count() as u64,
        }
    }

    /// These and others, made by the same key.
    ///
    /// Cases of one that give the answers of a case of the other are not counted as alike, so that of a third cohort a few more may be
    /// suspected than ought to be.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            is_named: self.is_named && other.is_named,
            cases: self.cases.union(&other.cases).copied().collect(),
            answers: self.answers.union(&other.answers).copied().collect(),
            n_alike: self.n_alike + other.n_alike,
        }
    }

    /// What a cohort has in common with them, by the same key.
    #[must_use]
    pub fn common(&self, cohort: &Cohort, key: &Key) -> Common {
        let (numbers, n) = number_cases(cohort.cases().iter().map(String::as_str));
        let mut with_answers = vec![false; n];
        for (answers, case) in of_answers(cohort, key).zip(&numbers) {
            with_answers[*case as usize] |= self.answers.contains(&answers);
        }
        let n_answers = with_answers.into_iter().filter(|has| *has).count();
        let is_named = self.is_named && cohort.names_cases();
        let mut told = BTreeSet::new();
        let shared = cohort.cases().iter().filter(|case| {
            is_named && self.cases.contains(&of_case(cohort, case, key)) && told.insert(case.as_str())
        });
        let (cases, n_seen, n) = (shared.cloned().collect(), self.cases.len() as f64, n as f64);
        let share = (1.0 + self.n_alike as f64) / (2.0 + n_seen);
        let expected_answers = n * share;
        let margin = 4.0 * (n * share * (1.0 - share) * (1.0 + n / n_seen)).sqrt();
        Common {
            n_cases: n as u64,
            n_seen: self.cases.len() as u64,
            is_named,
            cases,
            n_answers: n_answers as u64,
            expected_answers,
            is_suspect: n_answers as f64 - expected_answers > margin,
        }
    }
}

/// Of a case id without blanks at either end. The cases of a synthetic cohort are those of its generator and seed: `syn-0000001` of another
/// seed is somebody else.
fn of_case(cohort: &Cohort, case: &str, key: &Key) -> Fingerprint {
    let drawn = cohort.provenance().synthetic.as_ref();
    let of = drawn.map(|drawn| format!("{} {}", drawn.generator, drawn.seed)).unwrap_or_default();
    key.fingerprint("case", &[of.as_bytes(), case.trim().as_bytes()])
}

/// Of the answers of each row, on its form.
fn of_answers<'c>(cohort: &'c Cohort, key: &'c Key) -> impl Iterator<Item = Fingerprint> + 'c {
    let form = cohort.instrument().digest();
    cohort.answers().rows().map(move |row| key.fingerprint("answers", &[form.as_bytes(), row]))
}
