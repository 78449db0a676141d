//! One file a subcommand.

mod access;
mod audit;
mod bind;
mod bins;
mod data;
mod draft;
mod evaluate;
mod explain;
mod export;
mod gate;
mod graphs;
mod import;
mod keys;
mod log;
mod mlflow;
mod models;
mod quickstart;
mod recalibrate;
mod replay;
mod score;
mod serve;
mod train;
mod tune;

use std::fs::OpenOptions;
use std::path::Path;

use amparo_datasets::table::{self, Dialect};
use amparo_datasets::{Cohort, Error, ForeignTable, Problem};
use amparo_models::OutcomeModel;
use amparo_models::artefact::Version;
use tokio::runtime::Runtime;

use crate::cli::{Command, Spelling};
use crate::failure::Failure;

/// Runs a command.
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Quickstart(args) => quickstart::run(&args),
        Command::Data(args) => data::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Tune(args) => tune::run(&args),
        Command::Recalibrate(args) => recalibrate::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Gate(args) => gate::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Serve(args) => serve::run(*args),
        Command::Log(args) => log::run(&args),
        Command::Mlflow(args) => mlflow::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Access(args) => access::run(args),
        Command::Replay(args) => replay::run(&args),
    }
}

/// The time, as versions and aliases record it.
fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_else(|_| jiff::Timestamp::now()).to_string()
}

/// Prints a value for a machine.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    say!("{}", json(value)?);
    Ok(())
}

/// A value as JSON for people and machines.
fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(amparo_lab::json(value)?)
}

/// What the flags `--csv-separator`, `--csv-encoding` and `--xlsx-sheet` state about the file of a table.
fn dialect(spelling: &Spelling) -> Result<Dialect, Failure> {
    let flags =
        |messages: Vec<String>| messages.into_iter().map(|m| format!("--csv-{m}")).collect::<Vec<_>>();
    let stated = Dialect::stated(spelling.csv_separator.as_deref(), spelling.csv_encoding.as_deref())
        .map_err(|messages| Failure::Usage(flags(messages).join("; ")))?;
    Ok(stated.with_sheet(spelling.xlsx_sheet.as_deref()))
}

/// A column and a text of it, written `COLUMN=TEXT`, or a column alone. A column may have `=` in its name.
fn column_and_text<'a>(text: &'a str, table: &ForeignTable) -> (&'a str, Option<&'a str>) {
    match text.split_once('=') {
        Some((column, of_column)) if table.columns.iter().all(|known| known.name != text) => {
            (column, Some(of_column))
        }
        _ => (text, None),
    }
}

/// The error about a table that is read without a source, with a word about the flag by which its separator, its encoding or its sheet is
/// stated.
fn by_flag(error: Error) -> Error {
    let Error::Invalid { what, mut problems } = error else { return error };
    for problem in &mut problems.0 {
        let section = match problem.field.as_str() {
            "separator" | "encoding" => "csv",
            "sheet" => "xlsx",
            _ => continue,
        };
        problem.message.push_str(&format!(" (--{section}-{} says which)", problem.field));
    }
    Error::Invalid { what, problems }
}

/// Reads the cohort that a model of a version is judged on. If it has the version's form and not the outcome of the model, the error names
/// the file; a cohort of another form is refused where it is used.
fn cohort_for(path: &Path, version: &Version, model: &OutcomeModel) -> Result<Cohort, Failure> {
    let cohort = table::read_cohort(path)?;
    let outcome = model.outcome();
    let same_form = cohort.instrument().digest() == version.instrument().digest();
    if same_form && cohort.outcome(outcome).is_err() {
        let what = format!("cohort `{}`", path.display());
        let message = cohort.misses_outcome("cohort", outcome);
        return Err(Error::invalid(what, Problem::new("outcome", message)).into());
    }
    Ok(cohort)
}

/// Makes a folder and those above it.
fn create_dir(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(Failure::io("create", dir))
}

/// Writes a file beside its place and renames it, so that nobody reads half of it; on any problem nothing is left behind.
fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let aside = path.with_extension("part");
    let written = std::fs::write(&aside, bytes).and_then(|()| std::fs::rename(&aside, path));
    written.map_err(|source| {
        // The first problem is the one to report.
        let _ = std::fs::remove_file(&aside);
        Failure::io("write", path)(source)
    })
}

/// Writes a file that must not exist; on any problem nothing is left behind.
fn create_new(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    create_with(&mut OpenOptions::new(), path, bytes)
}

/// The same, for its owner alone from its first moment on.
fn create_secret(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    create_with(&mut options, path, bytes)
}

fn create_with(options: &mut OpenOptions, path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut file = options.write(true).create_new(true).open(path).map_err(Failure::io("create", path))?;
    let written = std::io::Write::write_all(&mut file, bytes.as_ref()).and_then(|()| file.sync_all());
    written.map_err(|source| {
        // The first problem is the one to report.
        let _ = std::fs::remove_file(path);
        Failure::io("write", path)(source)
    })
}

/// Writes files, each named with its text, into a folder that is made if there is none.
fn write_files(dir: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    create_dir(dir)?;
    files.iter().try_for_each(|(file, text)| write(&dir.join(file), text))
}

/// What runs the log's reading.
fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::io("start", "the runtime"))
}
