//! `amparo serve`: the service, until it is told to stop.

use std::time::Duration;

use amparo_serving::{Config, Lines, Obstacle, Reread};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::cli::{Serve, Settings};
use crate::failure::Failure;

/// What is said of the service's running, as `tracing` filters write it: `warn`, `amparo_serving=debug`.
const TRACE: &str = "AMPARO_TRACE";

/// How long the end waits for its last lines to be read.
const LAST_WORDS: Duration = Duration::from_secs(1);

pub fn run(args: Serve) -> Result<(), Failure> {
    let Serve { config: file, check: only_check, settings } = args;
    let read = move || {
        let of_file = file.as_deref().map(Settings::read).transpose()?;
        settings.clone().over(of_file.unwrap_or_default()).config()
    };
    if only_check {
        return check(&read()?);
    }
    let reread = {
        let read = read.clone();
        Box::new(move || read().map_err(|failure| failure.to_string()))
    };
    let config = read()?;
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let ready = move |address| {
        say!("listening on {scheme}://{address}, documentation at {scheme}://{address}/docs");
    };
    serve(config, ready, reread)
}

/// Says what would keep the service from starting.
fn check(config: &Config) -> Result<(), Failure> {
    let filter = filter().map_err(|failure| failure.to_string());
    let mut wrong: Vec<String> = filter.err().into_iter().collect();
    let obstacles = super::runtime()?.block_on(amparo_serving::check(config));
    wrong
        .extend(obstacles.into_iter().map(|Obstacle { setting, message }| format!("`{setting}`: {message}")));
    match &wrong[..] {
        [] => {
            say!("the service would start: registry, default model, log and addresses are as they should be");
            Ok(())
        }
        [one] => Err(Failure::Usage(format!("the service would not start: {one}"))),
        many => Err(Failure::Usage(format!(
            "the service would not start, for {} reasons:\n  {}",
            many.len(),
            many.join("\n  ")
        ))),
    }
}

/// What of the service's running is said.
fn filter() -> Result<Targets, Failure> {
    match std::env::var(TRACE) {
        Ok(wanted) => wanted
            .parse::<Targets>()
            .map_err(|error| Failure::Usage(format!("`{TRACE}` is `{wanted}`: {error}"))),
        Err(_) => Ok(Targets::new().with_default(LevelFilter::INFO)),
    }
}

/// Runs the service; `ready` is told the address once it listens, and `reread` is asked at each SIGHUP.
pub fn serve(
    config: Config,
    ready: impl FnOnce(std::net::SocketAddr),
    reread: Reread,
) -> Result<(), Failure> {
    let filter = filter()?;
    let lines = Lines::to(std::io::stderr()).map_err(Failure::io("start", "the service"))?;
    let writer = lines.clone();
    // Spans are not nested here: their list would say everything a second time.
    let layer = fmt::layer().json().with_span_list(false).with_writer(move || writer.clone());
    tracing_subscriber::registry().with(layer.with_filter(filter)).init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::io("start", "the service"))?;
    let served = runtime.block_on(amparo_serving::serve(config, ready, reread));
    // What was said last is worth a moment, and no more: the reader may be what has failed.
    lines.finish(LAST_WORDS);
    Ok(served?)
}
