//! Whom a document is about, and the evaluation that it rests on.

use amparo_datasets::{Instrument, Text};
use amparo_evaluation::report::Effects;
use amparo_models::artefact::{TrainingRecord, Version};
use amparo_models::learned::Compared;
use amparo_models::pooling::Pools;
use amparo_models::{OutcomeModel, Protocol};

/// What a version says of itself.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// Its name; in a report, that of its scores.
    pub name: String,
    /// SHA-256 of the published version; `None` before it is published.
    pub digest: Option<String>,
    /// When it was published, RFC 3339; `None` before.
    pub published_at: Option<String>,
    /// Family of the model.
    pub family: &'a str,
    /// Dial, from baseline (0) to candidate (1).
    pub dial: f64,
    /// Family of the calibrator.
    pub calibrator: &'a str,
    /// The form with its digest, if known.
    pub instrument: Option<String>,
    /// What the probabilities mean, with its digest, if known.
    pub protocol: Option<String>,
    /// Where the cut-points come from, in Spanish and in English.
    pub cut_points: [&'a str; 2],
    /// Why the level is never below the one that the baseline alone gives, if a clause says so.
    pub never_below_baseline: Option<&'a Text>,
    /// Rows that explanations compare with.
    pub background: u64,
    /// Fewest rows behind any sum kept.
    pub smallest_cell: u64,
    /// Fit rows that an answer needs to count as learned; `None` if that is not known.
    pub needed_rows: Option<u64>,
    /// Which rows these are: effective ones if the weights made a difference to either model.
    pub compared: Compared,
    /// Answers with fewer rows, each as `outcome: indicator (answer, answer)`.
    pub unlearned: Vec<String>,
    /// The indicators that have no effect in the score.
    pub effects: Effects,
    /// The indicators with many answers, and how these are pooled.
    pub wide: Vec<WideIndicator>,
    /// What it was trained on.
    pub record: &'a TrainingRecord,
}

/// An indicator with more answers than a model tells apart.
#[derive(Debug, Clone, PartialEq)]
pub struct WideIndicator {
    /// The outcome of the model that pools its answers.
    pub outcome: String,
    /// Its id.
    pub indicator: String,
    /// Number of its known answers.
    pub n_answers: usize,
    /// Standard deviation of their effects, in log-odds.
    pub sd: f64,
    /// Effect of each pool, in log-odds against the average answer, and its number of answers.
    pub pools: Vec<(f64, usize)>,
}

impl<'a> Subject<'a> {
    /// A version about to be published.
    #[must_use]
    pub fn draft(
        name: &str,
        (instrument, protocol): (&'a Instrument, &'a Protocol),
        record: &'a TrainingRecord,
        (part, lethality): (&'a OutcomeModel, Option<&'a OutcomeModel>),
    ) -> Self {
        let background = part.background();
        let parts = || [Some(part), lethality].into_iter().flatten();
        let by_weight = |part: &OutcomeModel| {
            part.learned().is_some_and(|learned| learned.compared == Compared::EffectiveRows)
        };
        Self {
            name: format!("{name}: {}", record.candidate),
            digest: None,
            published_at: None,
            family: part.scorer().family(),
            dial: part.scorer().dial(),
            calibrator: part.calibrator().family(),
            instrument: None,
            protocol: Some(named(protocol.id(), &protocol.digest())),
            cut_points: [&protocol.cut_points().es, &protocol.cut_points().en],
            never_below_baseline: part.never_below_baseline().map(|clause| &clause.reason),
            background: background.n_rows as u64,
            smallest_cell: part.smallest_cell(),
            effects: Effects::of(part, instrument),
            wide: parts().flat_map(|p| wide(p, instrument)).collect(),
            needed_rows: part.learned().map(|learned| learned.needed),
            compared: if parts().any(by_weight) { Compared::EffectiveRows } else { Compared::Rows },
            unlearned: parts().flat_map(|p| unlearned(p, instrument)).collect(),
            record,
        }
    }

    /// A published version, by the name of its scores in the report.
    #[must_use]
    pub fn published(name: &str, version: &'a Version) -> Self {
        let (manifest, protocol) = (version.manifest(), version.protocol());
        let parts = (version.recidivism(), version.lethality());
        Self {
            name: name.to_owned(),
            digest: Some(version.digest().to_owned()),
            published_at: Some(manifest.published_at.clone()),
            instrument: Some(named(&manifest.instrument.id, &manifest.instrument.digest)),
            protocol: Some(named(&manifest.protocol.id, &manifest.protocol.digest)),
            ..Self::draft(name, (version.instrument(), protocol), &manifest.training, parts)
        }
    }
}

/// When and with what an evaluation was run.
#[derive(Debug, Clone)]
pub struct Run<'a> {
    /// When, RFC 3339.
    pub at: &'a str,
    /// The code that ran it.
    pub code_version: &'a str,
    /// SHA-256 of `report.json`.
    pub report_digest: &'a str,
}

fn named(id: &str, digest: &str) -> String {
    format!("{id} ({digest})")
}

fn wide(part: &OutcomeModel, instrument: &Instrument) -> Vec<WideIndicator> {
    let of = |pools: &Pools| WideIndicator {
        outcome: part.outcome().to_owned(),
        indicator: instrument.indicators()[pools.indicator].id.clone(),
        n_answers: pools.of_answers.len(),
        sd: pools.sd,
        pools: pools
            .effects
            .iter()
            .enumerate()
            .map(|(k, effect)| (*effect, pools.members(k).count()))
            .collect(),
    };
    part.pooling().wide().iter().map(of).collect()
}

/// `new_assault: I05 (unknown)`, one an indicator that has unlearned answers.
fn unlearned(part: &OutcomeModel, instrument: &Instrument) -> Vec<String> {
    let ids = part.unlearned_ids(instrument);
    ids.into_iter().map(|(id, answers)| format!("{}: {id} ({answers})", part.outcome())).collect()
}
