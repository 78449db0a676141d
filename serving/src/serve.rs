//! The running service: warm before it listens, gentle when it stops.

mod health;
mod reload;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::connections::Connections;
use crate::tls::Tls;
use crate::{App, Config, Error, build_handler, descriptors};
pub use reload::Reread;

/// How long a stop waits for the last spans to be sent.
const LAST_SPANS: Duration = Duration::from_secs(1);

/// Serves until SIGTERM or SIGINT; see [`serve_until`]. On SIGHUP, the configuration is read again by `reread` and taken over, as far as
/// [`App::reload`] can; one that cannot be read, or that differs in more, changes nothing, which the operational log says.
///
/// # Errors
/// As [`serve_until`]; [`Error::Serve`] if signals cannot be waited for.
pub async fn serve(config: Config, ready: impl FnOnce(SocketAddr), reread: Reread) -> Result<(), Error> {
    // Before the port is open: a signal that comes right after is not missed.
    let failed = |source| Error::Serve { action: "wait for signals", source };
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let hangup = signal(SignalKind::hangup()).map_err(failed)?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    run(config, ready, stop, reload::on(hangup, reread)).await
}

/// Serves until `stop` is done.
///
/// In this order: an address of other machines is refused if nothing says who may ask; the addresses are taken, so that one in use is told before anything is made; the default version is loaded
/// and answers a form; the log is opened; the ports are opened; `ready` is called with the address. At the stop: no new connection is taken;
/// requests that have begun get [`Config::grace`] to finish, also on connections that were kept alive, each of which ends with its answer;
/// the log is folded into one file and closed.
///
/// # Errors
/// The first of these that fails; [`Error::Listen`] names an address that is in use, [`Error::Open`] one that everybody could reach.
pub async fn serve_until(
    config: Config,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (_none, never) = mpsc::channel(1);
    run(config, ready, stop, never).await
}

async fn run(
    mut config: Config,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
    reloads: reload::Reloads,
) -> Result<(), Error> {
    if config.access.is_open() && !config.listen.ip().is_loopback() {
        return Err(Error::Open { address: config.listen });
    }
    let running = config.clone();
    config.connections.most = descriptors::connections(config.connections.most)?;
    let address = |address| take(address).map_err(|source| Error::Listen { address, source });
    let socket = address(config.listen)?;
    let health_socket = config.health_listen.map(address).transpose()?;
    let tls = config.tls.clone().map(Tls::open).transpose();
    let tls = tls.map_err(|problem| Error::Access { what: "TLS", problem })?.map(Arc::new);
    let app = App::open(&config).await?;
    let log = app.log().clone();
    let (stopping, stopped) = watch::channel(false);
    let (keeping, reloading) = (app.clone(), app.clone());
    let served = async {
        let lane = health_socket.map(|socket| health::Lane::start(socket, app.clone(), stopped.clone()));
        let lane = lane.transpose()?;
        let served = listen(&config, socket, app.clone(), tls.clone(), ready, stop).await;
        // Whoever asks for the service's health is answered until the last request is.
        stopping.send_replace(true);
        lane.map_or(Ok(()), health::Lane::join).and(served)
    };
    let served = tokio::select! {
        served = served => served,
        () = keeping.readiness().keep(|| keeping.clone().missing()) => Ok(()),
        () = keeping.keep_access() => Ok(()),
        () = reload::each(reloads, &reloading, tls.as_deref(), running) => Ok(()),
    };
    // However it ended: what was acknowledged is durable, and a reader finds one file.
    let closed = log.close().await.map_err(Error::from);
    if let Some(tracer) = keeping.tracer().cloned() {
        // The last spans are worth a moment, and no more.
        let _panicked = tokio::task::spawn_blocking(move || tracer.finish(LAST_SPANS)).await;
    }
    served.and(closed)
}

/// Takes an address without accepting connections yet.
pub(crate) fn take(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // As tokio's own listener does: a port whose last connections are still being forgotten is not in use.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Opens the port of an address that was taken.
fn open(socket: TcpSocket, asked: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let refused = |source| Error::Listen { address: asked, source };
    // Waiting connections, as many as tokio's own listener lets wait.
    let listener = socket.listen(1024).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

async fn listen(
    config: &Config,
    socket: TcpSocket,
    app: App,
    tls: Option<Arc<Tls>>,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (listener, address) = open(socket, config.listen)?;
    let stop = async move {
        stop.await;
        tracing::info!("stopping");
    };
    tracing::info!(%address, "listening");
    if config.access.is_open() {
        tracing::warn!("nothing says who may ask: everybody on this machine may do everything");
    }
    ready(address);
    let open = Arc::clone(app.open_connections());
    let connections = Connections::new(build_handler(app), config.connections, tls).counted(&open);
    // On a task of its own, so that it shares no turn with what else is waited for here.
    let serving = tokio::spawn(connections.serve(listener, stop, config.grace));
    let failed = |_| Error::Serve { action: "serve", source: std::io::Error::other("accepting panicked") };
    if !serving.await.map_err(failed)? {
        tracing::warn!("requests were still in flight when the time to finish them was over");
    }
    Ok(())
}
