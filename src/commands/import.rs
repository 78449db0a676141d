//! `amparo import`: the model of another program, mapped to a form and proved to be the same.

mod compare_only;

use std::path::Path;

use amparo_datasets::{Instrument, table};
use amparo_exchange::formats::MAX_BYTES;
use amparo_exchange::{Mapped, Scored, mapping};
use amparo_models::Imported;
use amparo_models::artefact::sha256;
use amparo_models::scorer::Form;

use super::{by_flag, create_new, dialect, graphs, print_json};
use crate::cli::ImportModel;
use crate::failure::Failure;
use crate::show;

pub fn run(args: &ImportModel) -> Result<(), Failure> {
    let form = Instrument::named(&args.instrument)?;
    let bytes = bounded(&args.file)?;
    if args.compare_only {
        return compare_only::run(args, bytes, &form);
    }
    let mut model = amparo_exchange::read(&bytes, args.format, args.trees)?;
    if args.check_by_onnxruntime {
        model.origin.notes.push("the rows were scored by ONNX Runtime at the import".to_owned());
    }
    if let Some(out) = &args.suggest_mapping {
        create_new(out, mapping::suggested(&model.inputs, &form))?;
        return suggested(model.inputs.len(), out);
    }
    let mapped = Mapped::new(&model, &mapping_text(args)?, &form)?;
    if let (true, Some(out)) = (args.check_by_onnxruntime, &args.out) {
        let imported = scored_here(mapped, &bytes, args)?;
        create_new(out, super::json(&imported)?)?;
        return told(&imported, out, args);
    }
    match (&args.probes, &args.check, &args.prediction, &args.out) {
        (Some(out), ..) => probes(&mapped.probes(), out, args),
        (_, Some(check), Some(prediction), Some(out)) => {
            let imported = with_scored((check, prediction), args, |scored, table_sha256| {
                mapped.imported(scored, sha256(&bytes), table_sha256)
            })?;
            create_new(out, super::json(&imported)?)?;
            told(&imported, out, args)
        }
        _ => Err(Failure::Usage("--check needs --prediction and --out".to_owned())),
    }
}

/// The bytes of a file, unless there are more than a model is read of.
fn bounded(path: &Path) -> Result<Vec<u8>, Failure> {
    let n_bytes = std::fs::metadata(path).map_err(Failure::io("read", path))?.len();
    if n_bytes > MAX_BYTES as u64 {
        let path = path.display();
        return Err(Failure::Usage(format!("`{path}` has {n_bytes} bytes, expected {MAX_BYTES} at most")));
    }
    std::fs::read(path).map_err(Failure::io("read", path))
}

fn mapping_text(args: &ImportModel) -> Result<String, Failure> {
    let Some(path) = &args.mapping else {
        return Err(Failure::Usage("--probes and --check need --mapping".to_owned()));
    };
    std::fs::read_to_string(path).map_err(Failure::io("read", path))
}

fn suggested(n: usize, out: &Path) -> Result<(), Failure> {
    let text = format!(
        "A draft of the mapping of {n} columns was written to {}. Correct what it guessed from names, then write the rows to be scored with --probes.",
        out.display()
    );
    say!("{}", show::wrapped(&text, "", ""));
    Ok(())
}

fn probes(columns: &[(String, Vec<String>)], out: &Path, args: &ImportModel) -> Result<(), Failure> {
    create_new(out, amparo_exchange::check::csv(columns)?)?;
    let n_rows = columns.first().map_or(0, |(_, cells)| cells.len());
    let text = format!(
        "{n_rows} rows were written to {}. Let the program that made `{}` score them, add what it says as a column, and pass the table with --check.",
        out.display(),
        args.file.display()
    );
    say!("{}", show::wrapped(&text, "", ""));
    Ok(())
}

/// What `compared` makes of the rows that the original program scored, and of the SHA-256 of their table.
fn with_scored<T>(
    (check, prediction): (&Path, &str),
    args: &ImportModel,
    compared: impl FnOnce(&Scored<'_>, String) -> Result<T, amparo_exchange::Error>,
) -> Result<T, Failure> {
    let table = table::read_foreign(check, &dialect(&args.spelling)?).map_err(by_flag)?;
    let table_sha256 = sha256(&std::fs::read(check).map_err(Failure::io("read", check))?);
    let columns: Vec<(&str, &[String])> =
        table.columns.iter().map(|column| (column.name.as_str(), column.cells.as_slice())).collect();
    let mut of_name = columns.iter().filter(|(name, _)| *name == prediction);
    let (Some((_, predictions)), None) = (of_name.next(), of_name.next()) else {
        let known = columns.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let table = check.display();
        return Err(Failure::Usage(format!(
            "--prediction is `{prediction}`, expected one of the columns of `{table}`: {known}"
        )));
    };
    let scored = Scored { columns: &columns, predictions, compared: args.predicts.into() };
    Ok(compared(&scored, table_sha256)?)
}

/// Lets ONNX Runtime score the probes, and compares.
fn scored_here(mapped: Mapped<'_>, file: &[u8], args: &ImportModel) -> Result<Imported, Failure> {
    let probes = mapped.probes();
    let scores = graphs::running(&args.runtime, file)?(&probes)?;
    let predictions: Vec<String> = scores.iter().map(f64::to_string).collect();
    let columns: Vec<(&str, &[String])> =
        probes.iter().map(|(name, cells)| (name.as_str(), cells.as_slice())).collect();
    let scored = Scored { columns: &columns, predictions: &predictions, compared: args.predicts.into() };
    let table_sha256 = sha256(&amparo_exchange::check::csv(&probes)?);
    Ok(mapped.imported(&scored, sha256(file), table_sha256)?)
}

fn told(imported: &Imported, out: &Path, args: &ImportModel) -> Result<(), Failure> {
    if args.json {
        return print_json(&imported.record);
    }
    let record = &imported.record;
    let paragraph = |text: &str| say!("{}", show::wrapped(text, "", ""));
    let shape = match imported.model.form() {
        Form::Additive(_) => "a sum of tables".to_owned(),
        Form::Trees(forest) => format!("{} trees", forest.trees.len()),
    };
    let program =
        record.program.as_deref().map_or(String::new(), |program| format!(", written by {program}"));
    paragraph(&format!(
        "{} ({}{program}) is {shape} about {} indicators. It says what the original program says of {} rows: the largest difference of {} is {:e}, where \
         rounding explains {:e}.",
        args.file.display(),
        record.source,
        imported.asks.len(),
        record.check.n_rows,
        record.check.compared,
        record.check.largest_difference,
        record.check.allowed_there
    ));
    record.notes.iter().for_each(|note| paragraph(&format!("{note}.")));
    if record.against_direction.is_empty() {
        paragraph(
            "It keeps the declared direction of every indicator, which was proved for each of its parts.",
        );
    } else {
        paragraph(&format!(
            "It does not keep the declared direction of {}. An experiment takes it only if these stand in `not_monotone` of the candidate, with a \
             reason for each. Versions without this candidate keep their directions.",
            record.against_direction.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
        ));
    }
    say!("\nwritten to {}; as a candidate of an experiment:\n", out.display());
    let file = out.file_name().unwrap_or_default().to_string_lossy();
    say!("[[candidate]]\nname = \"imported\"\nfamily = \"imported\"\nfile = \"{file}\"");
    say!(
        "# Declares that the model was fitted on none of the cases of the cohort, nor chosen by them.\nother_cases = true"
    );
    if !record.against_direction.is_empty() {
        let listed: Vec<String> = record.against_direction.iter().map(|id| format!("\"{id}\"")).collect();
        say!(
            "# Its declared direction is not enforced in this candidate and in versions that contain it; the reason for each belongs here."
        );
        say!("not_monotone = [{}]", listed.join(", "));
    }
    Ok(())
}
