//! `amparo models`: what is published, and which alias points where.

use amparo_evaluation::documents::{Subject, card};
use amparo_evaluation::gates::KeptVerdict;
use amparo_evaluation::telling::{self, Lang};
use amparo_lab::display_name;
use amparo_models::artefact::Version;
use amparo_models::registry::{Move, Registry, VerdictEntry};

use super::{now, print_json};
use crate::cli::Models;
use crate::failure::Failure;
use crate::show;

pub fn run(args: &Models) -> Result<(), Failure> {
    match args {
        Models::List(at) => {
            let models = Registry::open(&at.registry)?.list()?;
            if at.json {
                return print_json(&models);
            }
            let rows = models.into_iter().map(|m| {
                let versions = m.versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                let aliases =
                    m.aliases.iter().map(|(a, v)| format!("{a} -> {v}")).collect::<Vec<_>>().join(", ");
                [m.name, versions, aliases]
            });
            say!("{}", show::table(["model", "versions", "aliases"], rows));
            Ok(())
        }
        Models::Show { registry: at, model, lang } => {
            let lang = Lang::from(*lang);
            // Loaded, not only read: what is shown was verified.
            let version = Registry::open(&at.registry)?.load(model)?;
            if at.json {
                return print_json(version.manifest());
            }
            let digest = version.digest();
            match lang {
                Lang::Es => say!("huella {digest}\n\n{}", spanish_card(&version)),
                Lang::En => say!("digest {digest}\n\n{}", version.card()),
            }
            let verdicts = Registry::open(&at.registry)?.verdicts(model.model())?;
            let rows: Vec<_> = verdicts
                .into_iter()
                .filter(|v| v.digest == version.digest())
                .map(|v| verdict_row(v, lang))
                .collect();
            let header = match lang {
                Lang::Es => ["veredicto", "fecha", "pasa", "condiciones", "comparada con"],
                Lang::En => ["verdict", "at", "passes", "gates", "compared with"],
            };
            match (rows.is_empty(), lang) {
                (false, _) => say!("{}", show::table(header, rows)),
                (true, Lang::Es) => {
                    say!(
                        "No hay veredicto: `amparo gate --model {model}` juzga la versión con sus condiciones."
                    );
                }
                (true, Lang::En) => say!("No verdict: `amparo gate --model {model}` judges it by its gates."),
            }
            Ok(())
        }
        Models::Alias { registry: at, model, alias, number, by, reason } => {
            let made = Registry::open(&at.registry)?.alias(model, alias, *number, by, reason, &now())?;
            if at.json {
                return print_json(&made);
            }
            let from = made.from.map_or_else(|| "new".to_owned(), |from| format!("from {model}@{from}"));
            say!("{model}@{alias} points to {model}@{number} ({from})");
            Ok(())
        }
        Models::Verdict { registry: at, model, lang } => {
            let lang = Lang::from(*lang);
            let registry = Registry::open(&at.registry)?;
            let version = registry.load(model)?;
            let verdicts = registry.verdicts(model.model())?;
            let Some(last) = verdicts.iter().rev().find(|v| v.digest == version.digest()) else {
                return Err(Failure::Usage(format!(
                    "there is no verdict on `{model}`; `amparo gate --model {model}` judges it by its gates"
                )));
            };
            let text = registry.verdict(model.model(), last)?;
            if at.json {
                say!("{text}");
                return Ok(());
            }
            match lang {
                Lang::Es => say!("Veredicto {} de {}", last.number, last.at),
                Lang::En => say!("Verdict {} of {}", last.number, last.at),
            }
            show::print(&telling::kept_verdict(&KeptVerdict::from_json(&text)?, lang));
            Ok(())
        }
        Models::History { registry: at, model } => {
            let registry = Registry::open(&at.registry)?;
            let moves = registry.history(model)?;
            if at.json {
                return print_json(&moves);
            }
            let verdicts = registry.verdicts(model)?;
            // By which gates a version was let pass is as much as that it was.
            let let_pass = |digest: &str| match verdicts.iter().find(|v| v.verdict == digest) {
                Some(entry) => {
                    let verdict = KeptVerdict::from_json(&registry.verdict(model, entry)?)?;
                    Ok::<_, Failure>(format!(
                        "{}, gates {} {}",
                        entry.number,
                        verdict.gates().id,
                        short(&entry.gates)
                    ))
                }
                None => Ok(short(digest).to_owned()),
            };
            let row = |m: Move| {
                let from = m.from.map_or_else(|| "-".to_owned(), |from| from.to_string());
                let verdict = m.verdict.as_deref().map_or_else(|| Ok("-".to_owned()), let_pass)?;
                Ok([m.at, m.alias, from, m.version.to_string(), verdict, m.by, m.reason])
            };
            let rows = moves.into_iter().map(row).collect::<Result<Vec<_>, Failure>>()?;
            say!("{}", show::table(["at", "alias", "from", "to", "verdict", "by", "reason"], rows));
            Ok(())
        }
    }
}

/// The card as it was when the version was published, in Spanish: the version holds the English one.
fn spanish_card(version: &Version) -> String {
    let subject = Subject::published(
        &display_name(version),
        version.digest(),
        version.manifest(),
        version.protocol(),
        version.recidivism(),
    );
    card(&subject, None, Lang::Es)
}

/// Number, time, outcome, gates and the version compared with.
fn verdict_row(verdict: VerdictEntry, lang: Lang) -> [String; 5] {
    let passes = match (verdict.passed, lang) {
        (true, Lang::Es) => "sí",
        (true, Lang::En) => "yes",
        (false, _) => "no",
    };
    let passes = passes.to_owned();
    let against = verdict.against.map_or_else(|| "-".to_owned(), |digest| short(&digest).to_owned());
    [verdict.number.to_string(), verdict.at, passes, short(&verdict.gates).to_owned(), against]
}

/// The beginning of a digest, as people compare them.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
