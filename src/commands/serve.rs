//! `amparo serve`: the service, until it is told to stop.

use amparo_serving::Config;
use tracing_subscriber::EnvFilter;

use crate::cli::Serve;
use crate::failure::Failure;

pub fn run(args: Serve) -> Result<(), Failure> {
    let config = Config {
        registry: args.registry,
        listen: args.listen,
        log: args.log,
        default_model: args.default_model,
        grace: Config::GRACE,
    };
    serve(config, |address| {
        say!("listening on http://{address}, documentation at http://{address}/docs");
    })
}

/// Runs the service; `ready` is told the address once it listens.
pub fn serve(config: Config, ready: impl FnOnce(std::net::SocketAddr)) -> Result<(), Failure> {
    let filter = EnvFilter::try_from_env("AMPARO_TRACE").unwrap_or_else(|_| EnvFilter::new("info"));
    // Spans are not nested here: their list would say everything a second time.
    tracing_subscriber::fmt()
        .json()
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::io("start", "the service"))?;
    Ok(runtime.block_on(amparo_serving::serve(config, ready))?)
}
