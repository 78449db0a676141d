//! `amparo log` and `amparo replay`: what an auditor runs years later.

use amparo_models::registry::Registry;
use amparo_serving::log::Log;
use amparo_serving::replay;
use tokio::runtime::Runtime;

use super::print_json;
use crate::cli;
use crate::failure::Failure;

/// Entries read at a time.
const PAGE: i64 = 1000;

pub fn run(args: &cli::Log) -> Result<(), Failure> {
    let runtime = runtime()?;
    match args {
        cli::Log::Verify(file) => runtime.block_on(async {
            let log = Log::open_existing(&file.log).await?;
            let verified = log.verify().await.map_err(|error| match error {
                broken @ amparo_serving::Error::Chain { .. } => Failure::Refused(broken.to_string()),
                other => other.into(),
            })?;
            println!("{} entries, the chain holds; head {}", verified.entries, verified.head);
            Ok(())
        }),
        cli::Log::Export(file) => runtime.block_on(async {
            let log = Log::open_existing(&file.log).await?;
            let mut from = 1;
            loop {
                let entries = log.entries(from, PAGE).await?;
                let Some(last) = entries.last() else { return Ok(()) };
                from = last.sequence + 1;
                for entry in &entries {
                    let line = serde_json::to_string(entry)
                        .map_err(|e| Failure::Usage(format!("cannot write JSON: {e}")))?;
                    println!("{line}");
                }
            }
        }),
    }
}

pub fn replay(args: &cli::Replay) -> Result<(), Failure> {
    let registry = Registry::open(&args.registry)?;
    let entry = runtime()?.block_on(async {
        let log = Log::open_existing(&args.log.log).await?;
        Ok::<_, Failure>(log.find(&args.proposal).await?)
    })?;
    let Some(entry) = entry else {
        return Err(Failure::Usage(format!("no proposal `{}` in the log", args.proposal)));
    };
    let replayed = replay::replay(&registry, &entry)?;
    if args.json {
        print_json(&replayed)?;
    }
    if !replayed.differences.is_empty() {
        let fields: Vec<&str> = replayed.differences.iter().map(|d| d.field.as_str()).collect();
        let n = fields.len();
        let message = format!(
            "proposal `{}` comes out differently in {n} fields: {}",
            args.proposal,
            fields.join(", ")
        );
        return Err(Failure::Refused(message));
    }
    if !args.json {
        println!(
            "proposal {} by {}@{} comes out the same, to the last bit",
            replayed.proposal_id, replayed.model, replayed.version
        );
    }
    Ok(())
}

fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::io("start", "the runtime"))
}
