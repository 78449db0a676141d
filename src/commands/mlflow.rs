//! `amparo mlflow`: runs of a folder, sent.

use amparo_tracking::{Error, Limits, Runs, mirror, push};

use crate::cli::{Mlflow, PushRuns};
use crate::failure::Failure;
use crate::progress::note;
use crate::tracked::{self, Server};

pub fn run(args: &Mlflow) -> Result<(), Failure> {
    match args {
        Mlflow::Push(args) => push_all(args),
    }
}

fn push_all(args: &PushRuns) -> Result<(), Failure> {
    let client = Server::named(&args.mlflow)?.client(Limits::default());
    let registry = args.registry.as_ref().map(|path| amparo_stores::open(path)).transpose()?;
    let (mut sent, mut before, mut failed) = (0, 0, Vec::new());
    for kept in Runs::open(&args.runs)?.list()? {
        match push(&kept, &client) {
            Ok(pushed) if pushed.before => before += 1,
            Ok(pushed) => {
                sent += 1;
                say!("{} is run {}", kept.path().display(), pushed.sent.run_id);
                pushed.notes.iter().for_each(|text| note(text));
            }
            // Whoever is not there for one run is not there for the next.
            Err(error @ Error::Unreachable { .. }) => return Err(error.into()),
            Err(error) => {
                note(&format!("`{}` was not sent: {error}", kept.path().display()));
                failed.push(kept.path().display().to_string());
            }
        }
    }
    if let Some(registry) = registry {
        for model in registry.list()? {
            let aliases = tracked::aliases(&registry, &model.name, &tracked::moment())?;
            mirror(&client, &model.name, &aliases)?.iter().for_each(|text| note(text));
        }
    }
    say!("{sent} runs sent, {before} sent before, {} not sent", failed.len());
    match failed.first() {
        None => Ok(()),
        Some(first) => {
            Err(Failure::Usage(format!("{} runs were not sent, the first of them `{first}`", failed.len())))
        }
    }
}
