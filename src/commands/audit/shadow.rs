//! What another model says of the forms in a log.

use std::path::Path;

use amparo_datasets::table::{self, Column};
use amparo_journal::{Entry, Log, decision};
use amparo_lab::audit::{Moved, ShadowedBy, Shadowing};
use amparo_reporting::telling::{self, Lang};

use super::settings;
use crate::cli;
use crate::commands::{graphs, print_json, runtime};
use crate::failure::Failure;
use crate::{progress, show};

pub fn run(args: &cli::Shadow) -> Result<(), Failure> {
    let lang = Lang::from(args.how.lang);
    let registry = amparo_stores::open(&args.registry)?;
    let model = args.compared.as_deref().map(graphs::compared_model).transpose()?;
    let version = args.model.as_ref().map(|of| registry.load(of)).transpose()?;
    let by = match (&model, &version) {
        (Some(model), _) => ShadowedBy::Model(model),
        (None, Some(version)) => ShadowedBy::Version(version),
        (None, None) => return Err(Failure::Usage("--model or --compared is needed".to_owned())),
    };
    let mut shadowing = Shadowing::new(&registry, by);
    runtime()?.block_on(async {
        let log = Log::read(&args.log).await?;
        log.walk(
            |entry, _| {
                if is_asked(entry, args.since)? { Ok(shadowing.add(entry)?) } else { Ok::<_, Failure>(()) }
            },
        )
        .await
    })?;
    let mut run = model.as_ref().map(|model| graphs::running(&args.runtime, &model.bytes()?)).transpose()?;
    let found = shadowing.finished(settings(&args.how), &mut |columns| match &mut run {
        Some(run) => run(columns),
        // A version needs none.
        None => Ok(Vec::new()),
    })?;
    if let Some(path) = &args.moves {
        write_moves(path, &found.moved)?;
    }
    if found.erased > 0 {
        progress::note(&telling::erased(found.erased as usize, lang));
    }
    if found.replaced > 0 {
        progress::note(&telling::replaced(found.replaced as usize, lang));
    }
    if args.how.json {
        return print_json(&found);
    }
    if found.of_levels.is_empty() {
        match lang {
            Lang::Es => say!("Ninguna propuesta del registro se pudo comparar."),
            Lang::En => say!("No proposal of the log could be compared."),
        }
    }
    if model.is_some() {
        match lang {
            Lang::Es => say!("Los niveles son los que dan por sí solas las probabilidades."),
            Lang::En => say!("The levels are those that the probabilities alone give."),
        }
    }
    found.of_levels.iter().for_each(|one| show::print(&telling::shadow(&one.scale, &one.shadow, lang)));
    telling::not_compared(found.other_form, found.other_levels, lang).iter().for_each(|told| say!("{told}"));
    Ok(())
}

/// Whether an entry is of the time that is asked for.
fn is_asked(entry: &Entry, since: Option<jiff::Timestamp>) -> Result<bool, Failure> {
    match since {
        Some(since) if entry.kind == amparo_journal::PROPOSAL && !entry.is_erased() => {
            Ok(decision(entry)?.assessed_at >= since)
        }
        _ => Ok(true),
    }
}

fn write_moves(path: &Path, moved: &[Moved]) -> Result<(), Failure> {
    fn texts<'a>(moved: &'a [Moved], of: impl Fn(&'a Moved) -> &'a str) -> Column<'a> {
        Column::Texts(moved.iter().map(of).collect())
    }
    let (probability, by_shadow): (Vec<f64>, Vec<f64>) =
        moved.iter().map(|one| (one.probability, one.shadow_probability)).unzip();
    let columns = [
        ("proposal", texts(moved, |one| &one.proposal)),
        ("case", texts(moved, |one| &one.case)),
        ("unit", Column::OptionalTexts(moved.iter().map(|one| one.unit.as_deref()).collect())),
        ("version", texts(moved, |one| &one.version)),
        ("level", texts(moved, |one| &one.level)),
        ("shadow_level", texts(moved, |one| &one.shadow_level)),
        ("probability", Column::Floats(&probability)),
        ("shadow_probability", Column::Floats(&by_shadow)),
    ];
    Ok(table::write_columns(path, &columns.map(|(name, column)| (name.to_owned(), column)))?)
}
