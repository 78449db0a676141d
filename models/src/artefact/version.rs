use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::{FormAnswer, Indicator, Instrument, encode_form};

use super::clauses::Clauses;
use super::files::{self, Files};
use super::manifest::{Facts, Manifest};
use super::outcomes::Outcomes;
use super::population;
use super::probes::Probe;
use crate::assess::{Parts, UnlearnedAnswer, assess_parts, may_be_missing, unlearned_answers};
use crate::explain::Background;
use crate::learned::Learned;
use crate::pooling::Pooling;
use crate::{Assessment, Calibrator, Error, OutcomeModel, Protocol, Scorer, assess};

/// A published version, read back and found to be exactly what was published.
#[derive(Debug, Clone)]
pub struct Version {
    manifest: Manifest,
    digest: String,
    instrument: Arc<Instrument>,
    protocol: Protocol,
    parts: Outcomes<OutcomeModel>,
    config: String,
    card: String,
}

impl Version {
    /// Reads a version from its folder; see [`Self::from_files`].
    ///
    /// # Errors
    /// [`Error::Io`] for a file that cannot be read; [`Error::Format`] for what is no file; what is wrong with the files.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        Self::at(dir, files::read_folder(dir)?)
    }

    /// Reads a version from the bytes of its files, by name, wherever they come from, and verifies all of it.
    ///
    /// In this order: the manifest's format and seal; that every file is there and no other; each one's length and digest;
    /// that each parses without an unknown field; that model, calibrator, explanation, counts of answers, population and clauses fit each other and the form; that
    /// the model is monotone where it has to be; that the manifest follows from the files; that the model was trained for
    /// what the protocol speaks of; and that all probes come out the same to the last bit.
    ///
    /// # Errors
    /// The first of these that fails, naming file, expected and found.
    pub fn from_files(files: BTreeMap<String, Vec<u8>>) -> Result<Self, Error> {
        Self::at(Path::new("version"), files)
    }

    /// The same; `dir` is where the files are, for errors.
    pub(crate) fn at(dir: &Path, files: BTreeMap<String, Vec<u8>>) -> Result<Self, Error> {
        let missing = || files::format(dir, "a complete version", format!("`{}` missing", files::MANIFEST));
        let bytes = files.get(files::MANIFEST).ok_or_else(missing)?;
        let (manifest, digest) = Manifest::from_bytes(&dir.join(files::MANIFEST), bytes)?;
        let files = Files::checked(dir, files, &manifest)?;
        let instrument: Instrument = files.parse(dir, files::INSTRUMENT, "an instrument")?;
        let protocol = Protocol::from_toml(files.text(dir, files::PROTOCOL)?, &dir.join(files::PROTOCOL))?;
        protocol.check_against(&instrument)?;
        let mut parts = parts(dir, &files, &manifest, &instrument)?;
        if let Some(clauses) = Clauses::read(&files, dir)? {
            parts.recidivism = clauses.on(parts.recidivism, &instrument, &manifest.not_monotone)?;
        }
        let facts = Facts {
            name: &manifest.name,
            version: manifest.version,
            published_at: &manifest.published_at,
            code_version: &manifest.code_version,
            instrument: &instrument,
            protocol: &protocol,
            parts: parts.as_ref(),
            not_monotone: &manifest.not_monotone,
            training: &manifest.training,
        };
        let derived = Manifest::new(facts, &files)?;
        if derived != manifest {
            let path = dir.join(files::MANIFEST);
            return Err(files::format(&path, "what its files say", manifest.differences(&derived)));
        }
        check_meaning(&manifest, &protocol)?;
        let probes: Vec<Probe> = files.parse(dir, files::PROBES, "a list of probes")?;
        Probe::check(&probes, &instrument, parts.as_ref(), dir)?;
        let config = files.text(dir, files::CONFIG)?.to_owned();
        let card = files.text(dir, files::CARD)?.to_owned();
        Ok(Self { manifest, digest, instrument: Arc::new(instrument), protocol, parts, config, card })
    }

    /// What the version says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 (hex) of `manifest.json`: the version's identity, which binds every file.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The form it reads.
    pub fn instrument(&self) -> &Arc<Instrument> {
        &self.instrument
    }

    /// What its probabilities mean.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The part for a new assault.
    pub fn recidivism(&self) -> &OutcomeModel {
        &self.parts.recidivism
    }

    /// The part for a lethal assault, if it has one.
    pub fn lethality(&self) -> Option<&OutcomeModel> {
        self.parts.lethality.as_ref()
    }

    /// The forms, as rows of codes, by which the version proves on every load that it computes what it was published with: the same ones
    /// for all versions of a form.
    pub fn probe_forms(&self) -> impl Iterator<Item = Vec<u8>> {
        Probe::forms(&self.instrument)
    }

    /// Assesses one form: `row` holds one answer code an indicator.
    ///
    /// # Errors
    /// See [`fn@assess`].
    pub fn assess(&self, row: &[u8]) -> Result<Assessment, Error> {
        assess(&self.protocol, &self.instrument, self.recidivism(), self.lethality(), row)
    }

    /// Assesses one form, without the parts that nobody asks for.
    ///
    /// # Errors
    /// See [`assess_parts`].
    pub fn assess_parts(&self, row: &[u8], parts: Parts) -> Result<Assessment, Error> {
        assess_parts(&self.protocol, &self.instrument, self.recidivism(), self.lethality(), row, parts)
    }

    /// One filled-in form as a row of codes; see [`encode_form`]. A question that the version was fitted without, and that no rule
    /// of its protocol reads, may be missing: it then counts as answered with `unknown`, which adds nothing, like every answer to it.
    ///
    /// # Errors
    /// See [`encode_form`].
    pub fn encode(&self, form: &BTreeMap<String, FormAnswer>) -> Result<Vec<u8>, amparo_datasets::Error> {
        let missing = self.instrument.indicators().iter().enumerate().filter(|(j, indicator)| {
            !form.contains_key(&indicator.id)
                && may_be_missing(&self.protocol, &self.instrument, self.recidivism(), *j)
        });
        let mut missing = missing.peekable();
        if missing.peek().is_none() {
            return encode_form(&self.instrument, form);
        }
        let unknown = |(_, indicator): (usize, &Indicator)| {
            let answer = &indicator.answers()[usize::from(indicator.unknown())];
            (indicator.id.clone(), FormAnswer::Id(answer.id.clone()))
        };
        let mut whole = form.clone();
        whole.extend(missing.map(unknown));
        encode_form(&self.instrument, &whole)
    }

    /// The answers of a form that the version has not learned from; `row` holds one answer code an indicator.
    ///
    /// # Errors
    /// [`Error::UnlearnedAnswers`] if there are some and the protocol refuses them.
    pub fn unlearned_answers(&self, row: &[u8]) -> Result<Vec<UnlearnedAnswer>, Error> {
        unlearned_answers(&self.protocol, &self.instrument, [Some(self.recidivism()), self.lethality()], row)
    }

    /// Assesses one form, and says what pairs of its answers add together.
    ///
    /// # Errors
    /// See [`fn@assess`] and [`Assessment::with_pairs`].
    pub fn assess_with_pairs(&self, row: &[u8]) -> Result<Assessment, Error> {
        self.assess(row)?.with_pairs(&self.instrument, self.recidivism(), row)
    }

    /// The configuration as run, TOML.
    pub fn config(&self) -> &str {
        &self.config
    }

    /// The model card, Markdown.
    pub fn card(&self) -> &str {
        &self.card
    }
}

fn parts(
    dir: &Path,
    files: &Files,
    manifest: &Manifest,
    instrument: &Instrument,
) -> Result<Outcomes<OutcomeModel>, Error> {
    let scorers: Outcomes<Scorer> = files.parse(dir, files::MODEL, "a model")?;
    let pools: Outcomes<Pooling> = files.parse(dir, files::POOLS, "pools of answers")?;
    let calibrators: Outcomes<Calibrator> = files.parse(dir, files::CALIBRATOR, "a calibrator")?;
    let backgrounds: Outcomes<Background> = files.parse(dir, files::EXPLANATION, "an explanation")?;
    let learned: Outcomes<Learned> = files.parse(dir, files::LEARNED, "counts of rows behind each answer")?;
    let populations = population::read(files, dir)?;
    let names = manifest.outcomes.clone().zip(pools);
    let pieces = names.and_then(|names| names.zip(scorers.zip(calibrators)?));
    let sums = backgrounds.zip(learned).and_then(|p| p.zip(populations));
    let Some(pieces) = pieces.zip(sums).and_then(|(pieces, sums)| pieces.zip(sums)) else {
        let message = "only some of manifest, pools, model, calibrator, explanation, learned and population have a lethality part";
        return Err(files::format(dir, "a complete version", message.to_owned()));
    };
    pieces.try_map(|(((outcome, pooling), (scorer, calibrator)), ((background, learned), population))| {
        let made = (scorer, calibrator, background);
        OutcomeModel::pooled(outcome, pooling, made, instrument, &manifest.not_monotone)?
            .leaving_out(&manifest.left_out, instrument)?
            .with_learned(learned, instrument)?
            .with_population(population)
    })
}

/// Refuses a probability of one thing under a protocol that speaks of another.
fn check_meaning(manifest: &Manifest, protocol: &Protocol) -> Result<(), Error> {
    let outcomes = manifest.outcomes.as_ref();
    let mut problems = Vec::new();
    let mut same = |found: &str, expected: &str| {
        if found != expected {
            problems.push(format!("the model is of outcome `{found}`, the protocol speaks of `{expected}`"));
        }
    };
    same(outcomes.recidivism, protocol.outcome());
    if let (Some(found), Some(rules)) = (outcomes.lethality, protocol.lethality()) {
        same(found, &rules.outcome);
    }
    if let (Some(found), Some(expected)) = (manifest.training.horizon_days, protocol.horizon_days())
        && found != expected
    {
        problems
            .push(format!("the model is trained on {found} days, the protocol speaks of {expected} days"));
    }
    if problems.is_empty() {
        return Ok(());
    }
    let what = format!("model `{}` under protocol `{}`", manifest.name, protocol.id());
    Err(Error::invalid(what, problems.join("; ")))
}
