//! `amparo models`: what is published, and which alias points where.

use amparo_evaluation::gates::KeptVerdict;
use amparo_lab::documents::published_card;
use amparo_models::registry::{ModelRef, Move, Unfinished, VerdictEntry};
use amparo_reporting::telling::{self, Lang};

use super::{bind, now, print_json};
use crate::cli::{self, Models};
use crate::failure::Failure;
use crate::show;
use crate::tracked::{self, Tracking};

pub fn run(args: &Models) -> Result<(), Failure> {
    match args {
        Models::List(at) => list(at),
        Models::Show { registry, model } => show(registry, model),
        Models::Alias { registry: at, model, alias, number, by, reason, tracked } => {
            let registry = amparo_stores::open_to_write(&at.registry)?;
            let tracking = Tracking::begin(tracked, &at.registry, "alias")?;
            let made = registry.alias(model, alias, *number, by, reason, &now())?;
            if at.json {
                print_json(&made)?;
            } else {
                say!("{}", moved(model, &made, Lang::from(at.lang)));
            }
            // The alias points there already, whatever becomes of its run.
            let Some(tracking) = tracking else { return Ok(()) };
            let version = registry.load(&ModelRef::version(model, *number)?)?;
            let moment = tracked::moment();
            let aliases = tracked::aliases(&registry, model, &moment)?;
            let run = tracked::of_move(&tracking, &version, &made, (&aliases, &moment))?;
            tracking.end(&[run])
        }
        Models::Mend { registry, model } => mend(registry, model),
        Models::Verdict { registry, model } => verdict(registry, model),
        Models::History { registry, model } => history(registry, model),
        Models::Bind(args) => bind::bind(args),
        Models::Bindings { registry, model } => bind::list(registry, model),
    }
}

fn mend(at: &cli::Registry, model: &str) -> Result<(), Failure> {
    let taken = amparo_stores::open_to_write(&at.registry)?.mend(model)?;
    if at.json {
        return print_json(&taken);
    }
    let lang = Lang::from(at.lang);
    for Unfinished { log, line, bytes, kept } in &taken {
        let (log, kept) = (log.display(), kept.display());
        match lang {
            Lang::Es => say!(
                "De `{log}` se ha quitado la línea {line}, sin terminar ({bytes} bytes); está en `{kept}`."
            ),
            Lang::En => say!(
                "Line {line} of `{log}`, which was not finished ({bytes} bytes), was taken off; it is in `{kept}`."
            ),
        }
    }
    match (taken.is_empty(), lang) {
        (false, _) => {}
        (true, Lang::Es) => say!("Todas las líneas están terminadas: no se ha cambiado nada."),
        (true, Lang::En) => say!("Every line is finished: nothing was changed."),
    }
    Ok(())
}

fn list(at: &cli::Registry) -> Result<(), Failure> {
    let models = amparo_stores::open(&at.registry)?.list()?;
    if at.json {
        return print_json(&models);
    }
    let rows = models.into_iter().map(|m| {
        let versions = m.versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        let aliases = m.aliases.iter().map(|(a, v)| format!("{a} -> {v}")).collect::<Vec<_>>().join(", ");
        [m.name, versions, aliases]
    });
    let header = match Lang::from(at.lang) {
        Lang::Es => ["modelo", "versiones", "alias"],
        Lang::En => ["model", "versions", "aliases"],
    };
    say!("{}", show::table(header, rows));
    Ok(())
}

fn show(at: &cli::Registry, model: &ModelRef) -> Result<(), Failure> {
    let lang = Lang::from(at.lang);
    // Loaded, not only read: what is shown was verified.
    let registry = amparo_stores::open(&at.registry)?;
    let version = registry.load(model)?;
    if at.json {
        return print_json(version.manifest());
    }
    let digest = version.digest();
    match lang {
        Lang::Es => say!("huella {digest}\n\n{}", published_card(&version, lang)),
        Lang::En => say!("digest {digest}\n\n{}", version.card()),
    }
    let verdicts = registry.verdicts(model.model())?;
    let rows: Vec<_> =
        verdicts.into_iter().filter(|v| v.digest == version.digest()).map(|v| verdict_row(v, lang)).collect();
    let header = match lang {
        Lang::Es => ["veredicto", "fecha", "pasa", "condiciones", "comparada con"],
        Lang::En => ["verdict", "at", "passes", "gates", "compared with"],
    };
    match (rows.is_empty(), lang) {
        (false, _) => say!("{}", show::table(header, rows)),
        (true, Lang::Es) => {
            say!("No hay veredicto: `amparo gate --model {model}` juzga la versión con sus condiciones.");
        }
        (true, Lang::En) => say!("No verdict: `amparo gate --model {model}` judges it by its gates."),
    }
    Ok(())
}

fn verdict(at: &cli::Registry, model: &ModelRef) -> Result<(), Failure> {
    let lang = Lang::from(at.lang);
    let registry = amparo_stores::open(&at.registry)?;
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

fn history(at: &cli::Registry, model: &str) -> Result<(), Failure> {
    let lang = Lang::from(at.lang);
    let registry = amparo_stores::open(&at.registry)?;
    let moves = registry.history(model)?;
    if at.json {
        return print_json(&moves);
    }
    let verdicts = registry.verdicts(model)?;
    let gates_word = match lang {
        Lang::Es => "condiciones",
        Lang::En => "gates",
    };
    // Which gates let a version pass matters as much as that it passed.
    let let_pass = |digest: &str| match verdicts.iter().find(|v| v.verdict == digest) {
        Some(entry) => {
            let verdict = KeptVerdict::from_json(&registry.verdict(model, entry)?)?;
            let gates = &verdict.gates().id;
            Ok::<_, Failure>(format!("{}, {gates_word} {gates} {}", entry.number, show::short(&entry.gates)))
        }
        None => Ok(show::short(digest).to_owned()),
    };
    let row = |m: Move| {
        let from = m.from.map_or_else(|| "-".to_owned(), |from| from.to_string());
        let verdict = m.verdict.as_deref().map_or_else(|| Ok("-".to_owned()), let_pass)?;
        Ok([m.at, m.alias, from, m.version.to_string(), verdict, m.by, m.reason])
    };
    let rows = moves.into_iter().map(row).collect::<Result<Vec<_>, Failure>>()?;
    let header = match lang {
        Lang::Es => ["fecha", "alias", "de", "a", "veredicto", "por", "motivo"],
        Lang::En => ["at", "alias", "from", "to", "verdict", "by", "reason"],
    };
    say!("{}", show::table(header, rows));
    Ok(())
}

/// A move of an alias as one line.
fn moved(model: &str, made: &Move, lang: Lang) -> String {
    let (alias, to) = (&made.alias, made.version);
    match (made.from, lang) {
        (Some(from), Lang::Es) => {
            format!("{model}@{alias} apunta a {model}@{to} (antes, a {model}@{from})")
        }
        (None, Lang::Es) => format!("{model}@{alias} apunta a {model}@{to} (alias nuevo)"),
        (Some(from), Lang::En) => format!("{model}@{alias} points to {model}@{to} (from {model}@{from})"),
        (None, Lang::En) => format!("{model}@{alias} points to {model}@{to} (new)"),
    }
}

/// Number, time, outcome, gates and the version compared with.
fn verdict_row(verdict: VerdictEntry, lang: Lang) -> [String; 5] {
    let passes = match (verdict.passed, lang) {
        (true, Lang::Es) => "sí",
        (true, Lang::En) => "yes",
        (false, _) => "no",
    };
    let passes = passes.to_owned();
    let against = verdict.against.map_or_else(|| "-".to_owned(), |digest| show::short(&digest).to_owned());
    [verdict.number.to_string(), verdict.at, passes, show::short(&verdict.gates).to_owned(), against]
}
