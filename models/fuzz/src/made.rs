//! A version that is really published: a form of four questions, points, trees, a hybrid of both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use amparo_datasets::testing::{self as datasets, Question, Scale};
use amparo_datasets::{Answers, Instrument, Polarity};
use amparo_models::artefact::{Outcomes, TrainingRecord};
use amparo_models::calibrator::{Isotonic, Platt};
use amparo_models::explain::Background;
use amparo_models::learned::{Counts, Learned};
use amparo_models::scorer::{Candidate, Node, Tree};
use amparo_models::testing::{protocol_text, small};
use amparo_models::{
    Calibrator, Draft, Error, Forest, Hybrid, OutcomeModel, Points, Protocol, Registry, Scorer, Version,
};

use crate::judge;

/// A published version and its files.
#[derive(Debug)]
pub struct Made {
    /// What was read back.
    pub version: Version,
    /// Its folder.
    pub dir: PathBuf,
    /// The bytes of each file in it, by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Removed when this goes.
    _folder: tempfile::TempDir,
}

/// The pieces of `model.json`, `calibrator.json` and `explanation.json`, put together and checked as a reader does.
///
/// # Errors
/// What a reader says.
pub fn parts(
    instrument: &Instrument,
    [model, calibrator, explanation]: [&[u8]; 3],
) -> Result<Outcomes<OutcomeModel>, String> {
    let said = |e: serde_json::Error| e.to_string();
    let scorers: Outcomes<Scorer> = serde_json::from_slice(model).map_err(said)?;
    let calibrators: Outcomes<Calibrator> = serde_json::from_slice(calibrator).map_err(said)?;
    let backgrounds: Outcomes<Background> = serde_json::from_slice(explanation).map_err(said)?;
    let pieces =
        scorers.zip(calibrators).and_then(|pieces| pieces.zip(backgrounds)).ok_or("another shape")?;
    let exempt = BTreeSet::from(["D".to_owned()]);
    let exempt = exempt.into_iter().filter(|id| instrument.position(id).is_some()).collect();
    let part = |((scorer, calibrator), background)| {
        OutcomeModel::new("assault".to_owned(), scorer, calibrator, background, instrument, &exempt)
    };
    pieces.try_map(part).map_err(|error: Error| error.to_string())
}

impl Made {
    /// Publishes it, and makes sure that [`judge`] tells right from wrong.
    ///
    /// # Panics
    /// If it cannot be published, or the judge does not.
    pub fn publish() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::create(folder.path().join("registry")).unwrap();
        registry.publish(&draft()).unwrap();
        let version = registry.load(&"small@1".parse().unwrap()).unwrap();
        let dir = folder.path().join("registry/small/1");
        let read =
            |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
        let files = fs::read_dir(&dir).unwrap().map(|entry| read(entry.unwrap())).collect();
        judge_judges(&version);
        Self { version, dir, files, _folder: folder }
    }

    /// The bytes of a file.
    pub fn file(&self, name: &str) -> &[u8] {
        &self.files[name]
    }
}

fn judge_judges(version: &Version) {
    let row = [1, 2, 0, 2];
    let good = version.assess_with_pairs(&row).unwrap();
    let protocol = version.protocol();
    judge::assessment(&good, protocol).unwrap();
    let slips: [fn(&mut amparo_models::Assessment); 6] = [
        |a| a.explanation.values[1].value += 1e-6,
        |a| a.explanation.base = f64::NAN,
        |a| a.explanation.interactions.as_mut().unwrap()[0].value += 1e-6,
        |a| a.recidivism.probability = a.recidivism.interval.high + 1e-6,
        |a| a.recidivism.if_unknowns.low = a.recidivism.if_unknowns.high + 1e-6,
        |a| a.computed_level = "low".to_owned(),
    ];
    for (n, slip) in slips.iter().enumerate() {
        let mut wrong = good.clone();
        slip(&mut wrong);
        assert!(judge::assessment(&wrong, protocol).is_err(), "slip {n} passes");
    }
}

fn draft() -> Draft {
    let instrument = instrument();
    let rows = vec![0, 0, 0, 0, 1, 0, 0, 1, 0, 2, 1, 0, 1, 1, 0, 2, 2, 3, 2, 2, 1, 2, 1, 1];
    let answers = Answers::from_codes(Arc::clone(&instrument), rows).unwrap();
    let weights = [1.0, 0.25, 1.5, 1.0, 2.0, 0.125];
    let exempt = BTreeSet::from(["D".to_owned()]);
    let part = |outcome: &str, scorer: Scorer, calibrator: Calibrator| {
        let background = Background::of(&scorer, &answers, &weights).unwrap();
        OutcomeModel::new(outcome.to_owned(), scorer, calibrator, background, &instrument, &exempt)
            .unwrap()
            .with_learned(Learned::of(&Counts::of(&answers, &[false; 6], &weights), 1), &instrument)
            .unwrap()
    };
    let points = Points {
        points: vec![vec![0, 4, 1], vec![0, 1, 3, 0], vec![2, 0, 1], vec![0, 1, -1]],
        offset: -3.0,
        scale: 0.5,
    };
    let split = |indicator, set, left, right| Node::Split { indicator, set, left, right };
    let leaf = Node::Leaf;
    let trees = vec![
        Tree {
            nodes: vec![
                split(0, 0b101, 1, 2),
                split(1, 0b1011, 3, 4),
                split(3, 0b110, 5, 6),
                leaf(-0.4),
                leaf(0.1),
                leaf(0.8),
                leaf(0.3),
            ],
        },
        Tree {
            nodes: vec![split(3, 0b001, 1, 2), leaf(-0.25), split(2, 0b110, 3, 4), leaf(0.2), leaf(0.25)],
        },
        Tree { nodes: vec![leaf(0.125)] },
    ];
    let candidate = Candidate::trees("forest", Forest { n_indicators: 4, base: -1.0, trees }).unwrap();
    let platt = Calibrator::Platt(Platt { intercept: 0.1, slope: 1.2, covariance: [0.01, 0.001, 0.02] });
    let isotonic = Calibrator::Isotonic(Isotonic {
        scores: vec![-7.0, -5.0, -3.0],
        low: vec![0.0005, 0.001, 0.01],
        probabilities: vec![0.001, 0.002, 0.02],
        high: vec![0.002, 0.004, 0.03],
    });
    let lethal = Points { offset: -7.0, ..points.clone() };
    let protocol = protocol_text("assault", Some(180), &LEVELS) + RULES;
    Draft {
        name: "small".to_owned(),
        protocol: Protocol::from_toml(&protocol, Path::new("small.toml")).unwrap(),
        recidivism: part("assault", Scorer::from(Hybrid::new(0.5, points, candidate).unwrap()), platt),
        lethality: Some(part("lethal", Scorer::from(lethal), isotonic)),
        not_monotone: exempt.clone(),
        training: TrainingRecord { candidate: "hybrid".to_owned(), ..small::training() },
        config_toml: String::new(),
        card_md: "# Small\n".to_owned(),
        published_at: "2026-03-01T09:30:00Z".to_owned(),
        instrument: Arc::clone(&instrument),
    }
}

/// A binary question, a graded one, a protective one, and `D`, which need not be monotone.
fn instrument() -> Arc<Instrument> {
    datasets::instrument(
        "small",
        &[
            Question::new("A", Polarity::Risk, Scale::binary()).correctable(),
            Question::new("B", Polarity::Risk, Scale::graded()).correctable(),
            Question::new("C", Polarity::Protective, Scale::binary()),
            Question::new("D", Polarity::Risk, Scale::binary()).correctable(),
        ],
    )
}

const LEVELS: [(&str, f64); 3] = [("low", 0.0), ("medium", 0.3), ("high", 0.6)];

const RULES: &str = r#"
[lethality]
outcome = "lethal"
horizon_days = 365
rule = [{ from_probability = 0.01, at_least = "medium", special_relevance = true, reason = { es = "letal", en = "lethal" } }]
[[floor]]
id = "d"
at_least = "medium"
any = [{ indicator = "D", answers = ["present"] }]
reason = { es = "d", en = "d" }
[[flag]]
id = "minors_at_risk"
label = { es = "menores", en = "minors" }
any = [{ indicator = "C", answers = ["present"] }]
[[safety_plan]]
id = "phone"
always = true
text = { es = "teléfono", en = "phone" }
"#;
