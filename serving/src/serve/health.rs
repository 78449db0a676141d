//! The second address, where only the state of the service is told: on a thread of its own, so that an orchestrator has its answer
//! however many requests wait for the threads that serve.

use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::sync::watch;

use super::open;
use crate::connections::{Connections, Limits};
use crate::handler::build_health_handler;
use crate::{App, Error};

/// The thread that answers.
pub(super) struct Lane(JoinHandle<()>);

/// Few ask, and often the same ones.
fn limits() -> Limits {
    let few = std::num::NonZeroUsize::MIN.saturating_add(31);
    Limits { most: few, ..Limits::default() }
}

impl Lane {
    /// Opens the port and answers there, until told that the service has stopped.
    ///
    /// # Errors
    /// [`Error::Listen`], [`Error::Serve`].
    pub fn start(socket: TcpSocket, app: App, mut stopped: watch::Receiver<bool>) -> Result<Self, Error> {
        let failed = |source| Error::Serve { action: "start the thread for health checks", source };
        let asked = socket.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        // A socket belongs to the runtime on which its port is opened.
        let (listener, address) = {
            let _inside = runtime.enter();
            open(socket, asked)?
        };
        let serve = move || {
            let stop = async move {
                // Nobody left to tell is the end as well.
                let _ended = stopped.wait_for(|stopped| *stopped).await;
            };
            let connections = Connections::new(build_health_handler(app), limits(), None);
            runtime.block_on(connections.serve(listener, stop, Duration::ZERO));
        };
        let thread =
            std::thread::Builder::new().name("amparo-health".to_owned()).spawn(serve).map_err(failed)?;
        tracing::info!(%address, "listening for health checks");
        Ok(Self(thread))
    }

    /// Waits until the thread has ended, once the service has stopped.
    ///
    /// # Errors
    /// [`Error::Serve`] if it panicked.
    pub fn join(self) -> Result<(), Error> {
        let panicked = |_| Error::Serve {
            action: "answer health checks",
            source: std::io::Error::other("the thread panicked"),
        };
        self.0.join().map_err(panicked)
    }
}
