//! One file a subcommand.

mod data;
mod evaluate;
mod explain;
mod models;
mod quickstart;
mod score;
mod serve;
mod train;

use std::path::Path;

use crate::cli::Command;
use crate::failure::Failure;

/// Runs a command.
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Quickstart(args) => quickstart::run(&args),
        Command::Data(args) => data::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Serve(args) => serve::run(args),
    }
}

/// The time, as versions and aliases record it.
fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_else(|_| jiff::Timestamp::now()).to_string()
}

/// Prints a value for a machine.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text =
        serde_json::to_string_pretty(value).map_err(|e| Failure::Usage(format!("cannot write JSON: {e}")))?;
    println!("{text}");
    Ok(())
}

/// Makes a folder and those above it.
fn create_dir(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(Failure::io("create", dir))
}

/// Writes a file beside its place and renames it, so that nobody reads half of it.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let aside = path.with_extension("part");
    std::fs::write(&aside, text).map_err(Failure::io("write", &aside))?;
    std::fs::rename(&aside, path).map_err(Failure::io("write", path))
}
