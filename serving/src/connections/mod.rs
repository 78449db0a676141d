//! The connections to one address: how many there are, how long each may take, and how they end.
//!
//! axum's own server takes any number of connections, and lets each take any time. A few hundred that send nothing would then use
//! up the descriptors of the process, and nobody would be answered any more.

mod activity;
mod answering;
mod limits;
mod open;

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use activity::{Activity, Heard, Stage};
use answering::Answering;
pub use limits::Limits;
pub(crate) use open::Open;
use open::Place;

use crate::access::Peer;
use crate::tls::Tls;

/// Largest head of a request, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// How long a connection that is to end may take to send what it still has.
const LAST_BYTES: Duration = Duration::from_secs(1);

/// How long connections without a request are kept at a stop: a request that was on its way is still answered.
const LINGER: Duration = Duration::from_millis(250);

/// How long nothing is accepted after the system could not.
const PAUSE: Duration = Duration::from_millis(100);

/// A router that answers those who connect.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    router: Router,
    limits: Limits,
    /// What connections are encrypted with; nothing if they are not.
    tls: Option<Arc<Tls>>,
    open: Arc<Open>,
    stopping: Arc<AtomicBool>,
}

impl Connections {
    pub fn new(router: Router, limits: Limits, tls: Option<Arc<Tls>>) -> Self {
        Self { router, limits, tls, open: Arc::default(), stopping: Arc::default() }
    }

    /// The same, which are also those that `open` counts.
    pub fn counted(self, open: &Arc<Open>) -> Self {
        Self { open: Arc::clone(open), ..self }
    }

    /// Takes connections until `stop` is done; then no more, and those that are open get `grace` to end what they are in.
    ///
    /// Gives whether they did.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>, grace: Duration) -> bool {
        let sweeping = self.clone();
        let sweeper = tokio::spawn(async move { sweeping.sweep().await });
        tokio::select! {
            () = self.accept(&listener) => {}
            () = stop => {}
        }
        self.stopping.store(true, Ordering::Release);
        let ended = self.end(listener, Instant::now() + grace).await;
        sweeper.abort();
        ended
    }

    /// Accepts for ever.
    async fn accept(&self, listener: &TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, address)) => {
                    self.room().await;
                    self.take(stream, address.ip());
                }
                Err(error) => {
                    // No descriptor is left, or the client is gone already: the next one may fare better.
                    tracing::warn!(%error, "no connection was accepted");
                    self.open.make_room();
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Waits until there is room for one more connection, and makes it if need be.
    async fn room(&self) {
        while self.open.len() >= self.limits.most.get() {
            let gone = self.open.one_gone();
            self.open.make_room();
            // If all are in a request, one of them may become idle.
            let _waited = timeout(PAUSE, gone).await;
        }
    }

    /// Serves a connection.
    fn take(&self, stream: TcpStream, address: IpAddr) {
        // An answer goes out at once; without this it can wait for the client to acknowledge the one before.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection was lost");
            return;
        }
        let activity = Activity::new();
        let place = self.open.add(Arc::clone(&activity));
        let number = place.number();
        let stopping = Arc::clone(&self.stopping);
        let (router, activity_of) = (self.router.clone(), Arc::clone(&activity));
        let peer = Peer { address, certificate: None };
        let answering = Answering { router, activity: activity_of, peer, stopping };
        let task = tokio::spawn(greeted(stream, self.tls.clone(), answering, activity, place));
        self.open.serve(number, task.abort_handle());
    }

    async fn sweep(&self) {
        let mut told = 0;
        loop {
            sleep(self.limits.period()).await;
            let cut_off = self.open.sweep(&self.limits);
            // One line for as long as it goes on.
            if cut_off > 0 && told == 0 {
                tracing::warn!(cut_off, "connections were too slow and have been closed");
            }
            told = cut_off;
        }
    }

    /// Ends everything by a time; gives whether nothing had to be cut off.
    async fn end(&self, listener: TcpListener, until: Instant) -> bool {
        // Those who connected before the stop are still taken, as far as there is room.
        while self.open.len() < self.limits.most.get()
            && let Ok(Ok((stream, address))) = timeout(Duration::ZERO, listener.accept()).await
        {
            self.take(stream, address.ip());
        }
        drop(listener);
        let linger = until.min(Instant::now() + LINGER);
        while self.open.len() > 0 && Instant::now() < until {
            if Instant::now() >= linger {
                self.open.end_idle();
            }
            let _waited = timeout(Duration::from_millis(20), self.open.one_gone()).await;
        }
        let ended = self.open.len() == 0;
        self.open.cut_off();
        ended
    }
}

/// Serves one connection, once both sides have agreed on its encryption, if it is encrypted.
async fn greeted(
    stream: TcpStream,
    tls: Option<Arc<Tls>>,
    mut answering: Answering,
    activity: Arc<Activity>,
    place: Place,
) {
    let Some(tls) = tls else { return connection(stream, answering, activity, place).await };
    // As long as a head may take, from the first moment on.
    activity.enter(Stage::Head);
    match tls.accept(stream).await {
        Ok((stream, certificate)) => {
            activity.enter(Stage::Idle);
            answering.peer.certificate = certificate;
            connection(stream, answering, activity, place).await;
        }
        Err(error) => tracing::debug!(%error, "a connection was not encrypted as it has to be"),
    }
}

/// Serves one connection to its end.
async fn connection<T: AsyncRead + AsyncWrite + Unpin>(
    stream: T,
    answering: Answering,
    activity: Arc<Activity>,
    place: Place,
) {
    let heard = Heard { inner: stream, activity: Arc::clone(&activity) };
    let mut http = http1::Builder::new();
    // The times are ours: hyper's for the head would count the time before it, too.
    http.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_LIMIT);
    let mut served = std::pin::pin!(http.serve_connection(TokioIo::new(heard), answering));
    let result = loop {
        tokio::select! {
            // What has come is read before it is decided that nothing has.
            biased;
            result = served.as_mut() => break result,
            () = activity.ended() => {
                if activity.stage().0 == Stage::Idle {
                    served.as_mut().graceful_shutdown();
                    break timeout(LAST_BYTES, served).await.unwrap_or(Ok(()));
                }
            }
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection was lost");
    }
    drop(place);
}
