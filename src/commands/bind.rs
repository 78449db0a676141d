//! `amparo models bind` and `amparo models bindings`: whose verdicts count for a model, and by which gates.

use amparo_datasets::built_in_or_file;
use amparo_evaluation::gates::Gates;
use amparo_models::registry::{Binding, ToBind};
use amparo_reporting::telling::Lang;

use super::{keys, now, print_json};
use crate::cli;
use crate::failure::Failure;
use crate::show;

pub fn bind(args: &cli::Bind) -> Result<(), Failure> {
    let read = |id: &String| -> Result<String, Failure> {
        Ok(Gates::from_toml(&built_in_or_file("gates", id, Gates::BUILT_IN)?)?.digest())
    };
    let gates = args.gates.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let key = keys::read(&args.key)?;
    let next = args.next_key.as_deref().map(keys::read).transpose()?;
    let cli::Bind { by, reason, model, .. } = args;
    let to_bind = ToBind { gates: &gates, key: &key, next: next.as_ref(), by, reason, at: &now() };
    let made = amparo_stores::open_to_write(&args.registry.registry)?.bind(model, &to_bind)?;
    if args.registry.json {
        return print_json(&made);
    }
    match Lang::from(args.registry.lang) {
        Lang::Es => say!("Para {model} cuentan los veredictos firmados con {}", made.key),
        Lang::En => say!("For {model}, verdicts count that are signed with {}", made.key),
    }
    Ok(())
}

pub fn list(at: &cli::Registry, model: &str) -> Result<(), Failure> {
    let bindings = amparo_stores::open(&at.registry)?.bindings(model)?;
    if at.json {
        return print_json(&bindings);
    }
    let lang = Lang::from(at.lang);
    if bindings.is_empty() {
        match lang {
            Lang::Es => say!("{model} no está vinculado: un veredicto cuenta, lo escriba quien lo escriba."),
            Lang::En => say!("{model} is not bound: a verdict counts whoever wrote it."),
        }
        return Ok(());
    }
    let header = match lang {
        Lang::Es => ["fecha", "clave", "condiciones", "por", "motivo"],
        Lang::En => ["at", "key", "gates", "by", "reason"],
    };
    let row = |Binding { at, key, gates, by, reason, .. }: Binding| {
        let gates: Vec<&str> = gates.iter().map(|digest| show::short(digest)).collect();
        [at, key, gates.join(", "), by, reason]
    };
    say!("{}", show::table(header, bindings.into_iter().map(row)));
    Ok(())
}
