//! The one command of Amparo: data in, versions out, compared, served, explained.
#![expect(clippy::print_stderr, reason = "a command speaks to its user")]

#[macro_use]
mod output;

mod cli;
mod commands;
mod failure;
mod progress;
mod show;
mod tracked;

use std::process::ExitCode;

use clap::Parser;

/// A service asks for memory and gives it back some thousand times a request, often on another thread.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::run(cli::Cli::parse().command) {
        Ok(()) => match output::failed() {
            None => ExitCode::SUCCESS,
            Some(error) => {
                eprintln!("error: cannot write to standard output: {error}");
                ExitCode::from(2)
            }
        },
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
