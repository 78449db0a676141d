use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use amparo_datasets::{Indicator, Instrument, Polarity};

use super::clauses::Clauses;
use super::files::{self, Files};
use super::manifest::{Facts, Manifest};
use super::probes::Probe;
use super::{Outcomes, TrainingRecord, Version, timestamp};
use crate::name::check_name;
use crate::{Error, OutcomeModel, Protocol};

/// Everything a version is made of, before it has a number.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Name of the model: `vpr`.
    pub name: String,
    /// The form.
    pub instrument: Arc<Instrument>,
    /// What its probabilities mean.
    pub protocol: Protocol,
    /// Scorer, calibrator and explanation for a new assault.
    pub recidivism: OutcomeModel,
    /// The same for a lethal assault, if the version has it.
    pub lethality: Option<OutcomeModel>,
    /// Ids of indicators whose direction is declared not to hold.
    pub not_monotone: BTreeSet<String>,
    /// What it was trained on and how it did.
    pub training: TrainingRecord,
    /// The configuration as run.
    pub config_toml: String,
    /// The model card.
    pub card_md: String,
    /// When it is published, RFC 3339, told by the caller: nothing here reads a clock.
    pub published_at: String,
}

impl Draft {
    /// The version that the draft would be under a number, as any reader would find it; nothing is published.
    ///
    /// # Errors
    /// What is wrong with the draft; what its files fail in when they are read as a version.
    pub fn version(&self, number: u32) -> Result<Version, Error> {
        Version::from_files(self.version_files(number)?)
    }

    /// All files of that version, by name.
    ///
    /// # Errors
    /// What is wrong with the draft.
    pub fn version_files(&self, number: u32) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        self.with_manifest(number, self.files()?)
    }

    /// All files but the manifest: the same draft gives the same bytes.
    pub(crate) fn files(&self) -> Result<Files, Error> {
        self.check()?;
        let parts = self.parts();
        let probes = Probe::forms(&self.instrument)
            .map(|form| Probe::of(form, parts))
            .collect::<Result<Vec<_>, _>>()?;
        let mut files = Files::default();
        files.json(files::INSTRUMENT, &*self.instrument, true)?;
        files.json(files::MODEL, &parts.map(OutcomeModel::scorer), false)?;
        files.json(files::POOLS, &parts.map(OutcomeModel::pooling), false)?;
        files.json(files::CALIBRATOR, &parts.map(OutcomeModel::calibrator), true)?;
        files.json(files::EXPLANATION, &parts.map(OutcomeModel::background), false)?;
        files.json(files::LEARNED, &parts.map(OutcomeModel::learned), true)?;
        super::population::write(&mut files, parts)?;
        if let Some(clauses) = Clauses::of(&self.recidivism) {
            files.json(files::CLAUSES, &clauses, true)?;
        }
        files.json(files::PROBES, &probes, false)?;
        files.insert(files::PROTOCOL, self.protocol.text().as_bytes().to_vec());
        files.insert(files::CONFIG, self.config_toml.as_bytes().to_vec());
        files.insert(files::CARD, self.card_md.as_bytes().to_vec());
        Ok(files)
    }

    /// All files of version `version`, given the others.
    pub(crate) fn with_manifest(
        &self,
        version: u32,
        files: Files,
    ) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        let manifest = Manifest::new(
            Facts {
                name: &self.name,
                version,
                published_at: &self.published_at,
                code_version: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
                instrument: &self.instrument,
                protocol: &self.protocol,
                parts: self.parts(),
                not_monotone: &self.not_monotone,
                training: &self.training,
            },
            &files,
        )?;
        files.with_manifest(&manifest)
    }

    fn parts(&self) -> Outcomes<&OutcomeModel> {
        Outcomes { recidivism: &self.recidivism, lethality: self.lethality.as_ref() }
    }

    /// Refuses, all at once, what would not survive the way to disk and back.
    fn check(&self) -> Result<(), Error> {
        check_name("model", &self.name)?;
        let mut problems = self.training.problems();
        problems.extend(timestamp::problem("published_at", &self.published_at));
        if self.training.outcome != self.recidivism.outcome() {
            let (said, is) = (&self.training.outcome, self.recidivism.outcome());
            problems.push(format!("training.outcome is `{said}`, the recidivism part was made for `{is}`"));
        }
        for (part, of) in self.parts().iter() {
            let sums = of.background();
            let finite = sums.weight.is_finite()
                && sums.answers.iter().flatten().all(|w| w.is_finite())
                && sums.patterns.iter().flatten().flatten().all(|w| w.is_finite())
                && sums.long.iter().flat_map(|sums| &sums.weights).all(|w| w.is_finite());
            if !finite {
                problems.push(format!("a sum behind the explanation of {part} is not a finite number"));
            }
            if of.learned().is_none() {
                problems
                    .push(format!("it is not known how many fit rows stand behind each answer of {part}"));
            }
        }
        let left_out = |of: &OutcomeModel| of.left_out(&self.instrument).collect::<Vec<_>>();
        for (part, of) in self.parts().iter().filter(|(_, of)| left_out(of) != left_out(&self.recidivism)) {
            let [found, expected] = [of, &self.recidivism].map(|of| left_out(of).join(", "));
            problems.push(format!("{part} leaves out [{found}], recidivism leaves out [{expected}]"));
        }
        let directed = |i: &&Indicator| i.polarity != Polarity::Neutral && !self.not_monotone.contains(&i.id);
        let expected: Vec<&str> =
            self.instrument.indicators().iter().filter(directed).map(|i| i.id.as_str()).collect();
        for (part, of) in self.parts().iter() {
            let found: Vec<&str> = of.proof().indicators(&self.instrument).collect();
            if found != expected {
                let [found, expected] = [found, expected.clone()].map(|ids| ids.join(", "));
                problems.push(format!(
                    "{part} is proved monotone in [{found}], the form and not_monotone expect [{expected}]"
                ));
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::invalid(format!("draft of model `{}`", self.name), problems.join("; ")))
    }
}
