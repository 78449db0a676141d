//! Held-out rows in, report out.

use amparo_datasets::Cohort;
use amparo_evaluation::input::{Kind, Scored};
use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Agreement, Context, Report};
use amparo_evaluation::{classes, evaluate, total_steps};

use crate::hold_out::classes::observed;
use crate::{Error, HeldOutRows, Observer, PartialScored};

/// The margin of a gap unless another is stated: 5 percentage points.
pub const MARGIN: f64 = 0.05;

/// Quantile bins of the reliability table.
pub(crate) const BINS: u32 = 10;

/// How an evaluation is computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Bootstrap replicates, 1000 by default.
    pub replicates: u32,
    /// Seed of the bootstrap, 1 by default.
    pub seed: u64,
    /// A number that rests on fewer rows or events than this is suppressed, 10 by default.
    pub smallest_cell: u64,
    /// A gap in a share is called absent when its simultaneous interval lies within this much of 0; [`MARGIN`] by default.
    pub margin: f64,
    /// Whether gaps are taken between all labels of a group column; not by default.
    pub pairwise: bool,
    /// Days within which the event is looked at, where the days of follow-up are known: a quarter, half, three quarters and all of the horizon
    /// unless others are stated.
    pub horizons: Option<Vec<u32>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { replicates: 1000, seed: 1, smallest_cell: 10, margin: MARGIN, pairwise: false, horizons: None }
    }
}

/// Evaluates scores on the rows held out from `cohort`. The report is about the scores named `subject`; differences are taken against
/// those named `reference`.
///
/// A score that some rows lack is evaluated on the rows that have it, without differences.
///
/// # Errors
/// See [`evaluate`].
pub fn judge(
    mut held: HeldOutRows,
    cohort: Cohort,
    (subject, reference): (String, String),
    settings: &Settings,
    observer: &dyn Observer,
) -> Result<Report, Error> {
    if let Some(horizons) = &settings.horizons {
        held.input = held.input.with_horizons(within(horizons, held.horizon_days)?)?;
    }
    let provenance = cohort.provenance();
    let synthetic = provenance.synthetic.as_ref().map(|s| s.statement.clone());
    // A synthetic cohort's statement is one of its notes, too, and said once.
    let notes = provenance.notes.iter().filter(|note| Some(*note) != synthetic.as_ref()).cloned().collect();
    let context = Context {
        cohort: provenance.title.clone(),
        synthetic,
        notes,
        held_out: held.held_out,
        outcome: held.outcome,
        horizon_days: held.horizon_days,
        censored_left_out: held.n_censored as u64,
        excluded_left_out: held.n_excluded as u64,
        fingerprint: cohort.fingerprint(),
        seed: settings.seed,
        replicates: settings.replicates,
        subject,
        reference,
        smallest_cell: settings.smallest_cell,
        bins: BINS,
        margin: Some(settings.margin),
        pairwise: settings.pairwise,
    };
    let observed = observed(&held.part, &context.outcome, held.input.columns().repeats);
    // Millions of rows are worth their memory from here on; whoever needs the cohort afterwards shares it.
    drop((cohort, held.part));
    observer.stage("resampling cases", total_steps(&held.input, &context));
    let done = |steps| observer.advance(steps);
    let mut report = evaluate(&held.input, &held.scored, context.clone(), &done)?;
    report.directions = held.directions;
    if let Some(observed) = observed {
        let forecasts = (held.scored.as_slice(), held.forecasts.as_slice());
        report.classes = Some(classes::judged(&held.input, &observed, forecasts, &context)?);
    }
    for PartialScored { input, scored: score, .. } in held.partial {
        report.agreement.extend(held.scored.iter().filter_map(|version| not_compared(version, &score)));
        // On fewer rows, so never in a paired difference.
        let context =
            Context { subject: score.name.clone(), reference: score.name.clone(), ..context.clone() };
        let one = evaluate(&input, &[score], context, &|_| ())?;
        report.scored.extend(one.scored);
        if let (Some(all), Some(one)) = (&mut report.horizons, one.horizons) {
            all.scored.extend(one.scored);
        }
    }
    Ok(report)
}

/// The stated horizons, none of which may lie beyond the one that the outcome is known within.
pub(crate) fn within(horizons: &[u32], known: Option<u32>) -> Result<Vec<u32>, Error> {
    let (Some(last), Some(known)) = (horizons.last(), known) else { return Ok(horizons.to_vec()) };
    if *last > known {
        let found = horizons.to_vec();
        return Err(Error::HorizonBeyond { found, known });
    }
    Ok(horizons.to_vec())
}

/// That the levels of a score which some rows lack are not compared with a version's, although both have as many.
fn not_compared(version: &Scored, score: &Scored) -> Option<Agreement> {
    let levels = |one: &Scored| one.levels.as_ref().map(|levels| levels.ids.len());
    let is_pair = matches!(version.kind, Kind::Version { .. }) && levels(version)? == levels(score)?;
    let unknown = || Measure::undefined(Reason::ScoreMissingInSomeRows);
    is_pair.then(|| Agreement {
        name: version.name.clone(),
        against: score.name.clone(),
        kappa_linear: unknown(),
        kappa_quadratic: unknown(),
        ranked_probability_score: unknown(),
    })
}
