//! SIGHUP: a configuration that is read again while the service runs.

use tokio::signal::unix::Signal;
use tokio::sync::mpsc;

use crate::tls::Tls;
use crate::{App, Config};

/// Reads the configuration again, or says why it cannot.
pub type Reread = Box<dyn FnMut() -> Result<Config, String> + Send>;

/// Configurations that were read again.
pub(super) type Reloads = mpsc::Receiver<Result<Config, String>>;

/// Reads the configuration at each signal.
pub(super) fn on(mut hangup: Signal, mut reread: Reread) -> Reloads {
    let (read, reloads) = mpsc::channel(1);
    tokio::spawn(async move { while hangup.recv().await.is_some() && read.send(reread()).await.is_ok() {} });
    reloads
}

/// Takes each over, or says why not; for ever.
pub(super) async fn each(mut reloads: Reloads, app: &App, tls: Option<&Tls>, running: Config) {
    while let Some(read) = reloads.recv().await {
        match read {
            Ok(config) => take_over(app, tls, &running, &config).await,
            Err(error) => tracing::error!(%error, "configuration cannot be read, so nothing was changed"),
        }
    }
    std::future::pending().await
}

async fn take_over(app: &App, tls: Option<&Tls>, running: &Config, config: &Config) {
    let fixed = running.fixed_but_other(config).join(", ");
    if !fixed.is_empty() {
        tracing::error!(
            settings = fixed,
            "settings differ that only a new start can change, so nothing was changed"
        );
        return;
    }
    if let Some(tls) = tls {
        tls.reread();
    }
    match app.reload(config).await {
        Ok(()) => tracing::info!("configuration reloaded"),
        Err(error) => tracing::error!(%error, "the configuration cannot be used, so nothing was changed"),
    }
}
