//! Indicators that tell the outcome instead of foretelling it, found before anything is fitted.

use amparo_datasets::split::folds;
use amparo_datasets::{Cohort, Indicator, Instrument};
use amparo_models::artefact::{AcceptedLeak, DatedAfter, Leak, OnlyWith};

use crate::{Data, Error, Experiment};

/// From this AUC on, an indicator by itself is taken to tell the outcome.
pub const LEAST_AUC: f64 = 0.9;

/// Share of the rows with an answer that have the outcome, from which on the answer is taken to be filled in afterwards.
pub const NEARLY_ALL: f64 = 0.99;

/// Fewest rows with the outcome, and without it, that anything is judged by.
pub const FEWEST: u64 = 30;

/// Refuses indicators that tell the outcome, unless the experiment accepts them, and says what it accepts.
///
/// `learned_from` has the rows of each outcome that is learned. An indicator is suspected if one of these holds; the last two where at least 30 rows
/// with the outcome and 30 without it are behind it:
///
/// ```text
/// dated      the cohort's table dates any of its answers after the assessment
/// AUC        its answers, ranked by the share of events that they have in one half of the cases, rank the rows of the other half with
///            an AUC of 0.9 or more (mean of both ways)
/// only with  at least 99 % of the rows with one answer, or with any known answer, have the outcome, and less than 90 % of the others
/// ```
/// Counts of rows are not weighted, shares and the AUC are. Indicators that are left out are not looked at.
///
/// # Errors
/// [`Error::Leaks`] with all of them.
pub(crate) fn guard(
    experiment: &Experiment,
    learned_from: &[(&Data, &[usize])],
) -> Result<Vec<AcceptedLeak>, Error> {
    let config = experiment.config();
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    for (data, rows) in learned_from {
        for leak in suspected(data, rows, &config.leave_out, config.seed)? {
            match config.accept_leak.get(&leak.indicator) {
                Some(reason) => accepted.push(AcceptedLeak { leak, reason: reason.clone() }),
                None => refused.push(leak),
            }
        }
    }
    if refused.is_empty() { Ok(accepted) } else { Err(Error::Leaks { leaks: refused }) }
}

/// The indicators that tell the outcome, in the order of the form.
fn suspected(data: &Data, rows: &[usize], left_out: &[String], seed: u64) -> Result<Vec<Leak>, Error> {
    let instrument = data.cohort.instrument();
    let halves = halves(data, rows, seed)?;
    let indicators = instrument.indicators().iter().enumerate();
    let looked_at = indicators.filter(|(_, indicator)| !left_out.contains(&indicator.id));
    Ok(looked_at
        .filter_map(|(j, indicator)| {
            let of_halves = halves.as_ref().map(|[first, second]| (&first[j], &second[j]));
            let auc = of_halves.and_then(|(first, second)| mean_auc(first, second));
            let auc = auc.filter(|auc| *auc >= LEAST_AUC);
            let only_with = of_halves.and_then(|(first, second)| only_with(indicator, &first.plus(second)));
            let dated_after = dated_after(&data.cohort, &indicator.id);
            let is_suspected = auc.is_some() || only_with.is_some() || dated_after.is_some();
            let (outcome, indicator) = (data.outcome.clone(), indicator.id.clone());
            is_suspected.then_some(Leak { outcome, indicator, auc, only_with, dated_after })
        })
        .collect())
}

/// What the cohort's table says of answers that were known only after the assessment.
fn dated_after(cohort: &Cohort, indicator: &str) -> Option<DatedAfter> {
    let late = cohort.provenance().late_answers.iter().find(|late| late.indicator == indicator)?;
    Some(DatedAfter { n_rows: late.n_late, n_dated: late.n_dated })
}

/// The counts of two halves of the cases, one of each indicator; nothing where there are too few rows to judge by.
fn halves(data: &Data, rows: &[usize], seed: u64) -> Result<Option<[Vec<Counts>; 2]>, Error> {
    let events = rows.iter().filter(|&&row| data.events[row]).count() as u64;
    if events < FEWEST || (rows.len() as u64) < events + FEWEST {
        return Ok(None);
    }
    let halves = folds(&data.cohort, rows, &data.outcome, 2, seed)?;
    let counts: Vec<Vec<Counts>> =
        halves.iter().map(|half| counts(data, half, data.cohort.instrument())).collect();
    Ok(counts.try_into().ok())
}

/// Rows and weights by answer to one indicator.
#[derive(Debug, Clone, Default, PartialEq)]
struct Counts(Vec<Count>);

/// Those of one answer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Count {
    n_rows: u64,
    n_events: u64,
    events: f64,
    others: f64,
}

impl Count {
    fn plus(self, other: Self) -> Self {
        Self {
            n_rows: self.n_rows + other.n_rows,
            n_events: self.n_events + other.n_events,
            events: self.events + other.events,
            others: self.others + other.others,
        }
    }

    /// Share of events by weight; nothing without a row.
    fn share(self) -> Option<f64> {
        let all = self.events + self.others;
        (all > 0.0).then_some(self.events / all)
    }

    fn is_enough(self) -> bool {
        self.n_rows >= FEWEST
    }
}

impl Counts {
    fn plus(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a.plus(*b)).collect())
    }

    fn of(&self, answers: impl Fn(usize) -> bool) -> Count {
        let of = self.0.iter().enumerate().filter(|(code, _)| answers(*code));
        of.fold(Count::default(), |sum, (_, count)| sum.plus(*count))
    }
}

/// The counts of some rows, one of each indicator.
fn counts(data: &Data, rows: &[usize], instrument: &Instrument) -> Vec<Counts> {
    let of = |indicator: &Indicator| Counts(vec![Count::default(); usize::from(indicator.unknown()) + 1]);
    let mut counts: Vec<Counts> = instrument.indicators().iter().map(of).collect();
    for &row in rows {
        let (event, weight) = (data.events[row], data.weights[row]);
        for (counts, &code) in counts.iter_mut().zip(data.cohort.answers().row(row)) {
            let count = &mut counts.0[usize::from(code)];
            count.n_rows += 1;
            count.n_events += u64::from(event);
            *if event { &mut count.events } else { &mut count.others } += weight;
        }
    }
    counts
}

/// The mean of the AUC of each half, by the shares of the other.
fn mean_auc(first: &Counts, second: &Counts) -> Option<f64> {
    Some((auc(first, second)? + auc(second, first)?) / 2.0)
}

/// The AUC by which the shares of one half rank the rows of the other; an answer that the first half does not have ranks as its mean.
fn auc(shares: &Counts, of: &Counts) -> Option<f64> {
    let mean = shares.of(|_| true).share()?;
    let mut ranked: Vec<(f64, Count)> =
        shares.0.iter().zip(&of.0).map(|(share, count)| (share.share().unwrap_or(mean), *count)).collect();
    ranked.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (mut below, mut concordant) = (0.0, 0.0);
    for same in ranked.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let sum = same.iter().fold(Count::default(), |sum, (_, count)| sum.plus(*count));
        concordant += sum.events * (below + sum.others / 2.0);
        below += sum.others;
    }
    let all = of.of(|_| true);
    let pairs = all.events * all.others;
    (pairs > 0.0).then(|| concordant / pairs)
}

/// The answer, or any known one, that nearly all rows have with the outcome only; of several the one with most rows.
fn only_with(indicator: &Indicator, counts: &Counts) -> Option<OnlyWith> {
    let unknown = usize::from(indicator.unknown());
    let one = |answer: Option<usize>| {
        let is_in = |code: usize| answer.map_or(code != unknown, |answer| code == answer);
        let (with, rest) = (counts.of(is_in), counts.of(|code| !is_in(code)));
        let only =
            with.is_enough() && with.share()? >= NEARLY_ALL && rest.is_enough() && rest.share()? < LEAST_AUC;
        only.then(|| OnlyWith {
            answer: answer.map(|code| {
                indicator.answer(code as u8).map_or_else(String::new, |answer| answer.id.clone())
            }),
            n_rows: with.n_rows,
            n_events: with.n_events,
        })
    };
    let each = (0..counts.0.len()).filter_map(|code| one(Some(code)));
    each.chain(one(None)).max_by_key(|only| only.n_rows)
}

/// What a command line accepts: `NAME=REASON`.
///
/// # Errors
/// Text without a name or without a reason.
pub fn accepted(text: &str) -> Result<(String, String), String> {
    match text.split_once('=').map(|(name, reason)| (name.trim(), reason.trim())) {
        Some((name, reason)) if !name.is_empty() && !reason.is_empty() => {
            Ok((name.to_owned(), reason.to_owned()))
        }
        _ => Err(format!("`{text}` found, expected an indicator and a reason: NAME=REASON")),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
