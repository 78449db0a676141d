//! `amparo models`: what is published, and which alias points where.

use amparo_models::registry::Registry;

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
        Models::Show { registry: at, model } => {
            // Loaded, not only read: what is shown was verified.
            let version = Registry::open(&at.registry)?.load(model)?;
            if at.json {
                return print_json(version.manifest());
            }
            say!("digest {}\n\n{}", version.digest(), version.card());
            Ok(())
        }
        Models::Alias { registry: at, model, alias, version, by, reason } => {
            let made = Registry::open(&at.registry)?.alias(model, alias, *version, by, reason, &now())?;
            if at.json {
                return print_json(&made);
            }
            let from = made.from.map_or_else(|| "new".to_owned(), |from| format!("from {model}@{from}"));
            say!("{model}@{alias} points to {model}@{version} ({from})");
            Ok(())
        }
        Models::History { registry: at, model } => {
            let moves = Registry::open(&at.registry)?.history(model)?;
            if at.json {
                return print_json(&moves);
            }
            let rows = moves.into_iter().map(|m| {
                let from = m.from.map_or_else(|| "-".to_owned(), |from| from.to_string());
                [m.at, m.alias, from, m.version.to_string(), m.by, m.reason]
            });
            say!("{}", show::table(["at", "alias", "from", "to", "by", "reason"], rows));
            Ok(())
        }
    }
}
