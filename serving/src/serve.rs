//! The running service: warm before it listens, gentle when it stops.

use std::future::Future;
use std::net::SocketAddr;

use tokio::net::TcpSocket;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::{App, Config, Error, build_handler};

/// Serves until SIGTERM or SIGINT; see [`serve_until`].
///
/// # Errors
/// As [`serve_until`]; [`Error::Serve`] if signals cannot be waited for.
pub async fn serve(config: Config, ready: impl FnOnce(SocketAddr)) -> Result<(), Error> {
    // Before the port is open: a signal that comes right after is not missed.
    let failed = |source| Error::Serve { action: "wait for signals", source };
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    serve_until(config, ready, stop).await
}

/// Serves until `stop` is done.
///
/// In this order: the address is taken, so that one in use is told before anything is made; the default version is loaded
/// and answers a form; the log is opened; the port is opened; `ready` is called with its address. At the stop: no new connection is taken, requests in flight get [`Config::grace`] to finish,
/// the log is folded into one file and closed.
///
/// # Errors
/// The first of these that fails; [`Error::Listen`] names an address that is in use.
pub async fn serve_until(
    config: Config,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let socket = take(config.listen).map_err(|source| Error::Listen { address: config.listen, source })?;
    let app = App::open(&config).await?;
    let log = app.log().clone();
    let served = listen(&config, socket, app, ready, stop).await;
    // However it ended: what was acknowledged is durable, and a reader finds one file.
    let closed = log.close().await.map_err(Error::from);
    served.and(closed)
}

/// Takes an address without accepting connections yet.
fn take(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // As tokio's own listener does: a port whose last connections are still being forgotten is not in use.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn listen(
    config: &Config,
    socket: TcpSocket,
    app: App,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let refused = |source| Error::Listen { address: config.listen, source };
    // Waiting connections, as many as tokio's own listener lets wait.
    let listener = socket.listen(1024).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let (stopping, stopped) = oneshot::channel();
    let signalled = async move {
        stop.await;
        tracing::info!("stopping");
        // Fails only if nobody waits any more.
        let _ = stopping.send(());
    };
    let server = axum::serve(listener, build_handler(app)).with_graceful_shutdown(signalled);
    let grace = config.grace;
    let out_of_patience = async move {
        match stopped.await {
            Ok(()) => tokio::time::sleep(grace).await,
            Err(_) => std::future::pending().await,
        }
    };
    tracing::info!(%address, "listening");
    ready(address);
    tokio::select! {
        result = server.into_future() => result.map_err(|source| Error::Serve { action: "serve", source }),
        () = out_of_patience => {
            tracing::warn!("requests were still in flight when the time to finish them was over");
            Ok(())
        }
    }
}
