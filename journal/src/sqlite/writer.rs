//! The one connection that writes, and what becomes of it when a transaction fails.
//!
//! After a full disk, a failed read or write or a lack of memory (`SQLITE_FULL`, `SQLITE_IOERR`, `SQLITE_NOMEM`),
//! SQLite rolls back by itself. The driver's own `ROLLBACK` then fails, and the driver goes on counting a transaction
//! that is over: on that connection none can begin any more. A connection is therefore kept only if its transaction
//! is known to have ended. Any other is closed, and the next transaction opens a new one.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;

use super::schema;
use crate::Error;

/// How long a transaction waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a transaction ends that did not fail.
pub(super) enum End<T> {
    /// What was written stays.
    Commit(T),
    /// Nothing was written, or it is taken back.
    RollBack(T),
}

/// What a transaction does on its connection.
pub(super) type Work<T> = Box<
    dyn for<'c> FnOnce(
            &'c mut SqliteConnection,
        ) -> Pin<Box<dyn Future<Output = Result<End<T>, sqlx::Error>> + Send + 'c>>
        + Send,
>;

/// Runs transactions that write, one after the other. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Writer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    options: SqliteConnectOptions,
    held: Mutex<Held>,
}

#[derive(Debug)]
enum Held {
    /// Of which it is known that no transaction is open.
    Connection(SqliteConnection),
    /// The last one failed, or somebody uses it now.
    Nothing,
    Closed,
}

impl Writer {
    /// Opens the log for writing: makes what a new file lacks, and migrates the edition before.
    pub async fn open(path: &Path, options: SqliteConnectOptions) -> Result<Self, Error> {
        let mut connection = options.connect().await.map_err(|source| failed(path, "open", source))?;
        schema::prepare(&mut connection, path).await?;
        let held = Mutex::new(Held::Connection(connection));
        Ok(Self(Arc::new(Inner { path: path.to_owned(), options, held })))
    }

    /// Does something in a transaction that nobody else writes in.
    ///
    /// It runs to its end even if whoever waits for it goes away (a client that hangs up).
    pub async fn transact<T: Send + 'static>(&self, work: Work<T>) -> Result<T, Error> {
        let inner = Arc::clone(&self.0);
        let running = tokio::spawn(async move {
            let waited = tokio::time::timeout(PATIENCE, inner.held.lock()).await;
            let mut held = waited.map_err(|_| inner.failed("append to", sqlx::Error::PoolTimedOut))?;
            let mut connection = inner.take(&mut held).await?;
            match transaction(&mut connection, work).await {
                Ok(done) => {
                    *held = Held::Connection(connection);
                    Ok(done)
                }
                Err(source) => {
                    // Closed before the next transaction opens its own, so that no lock of this one is in its way.
                    let _closed = connection.close().await;
                    Err(inner.failed("append to", source))
                }
            }
        });
        running.await.unwrap_or_else(|_| Err(self.0.failed("append to", sqlx::Error::WorkerCrashed)))
    }

    /// Moves everything from the write-ahead file into the log, and closes. Whatever is asked afterwards is an error.
    pub async fn close(&self) -> Result<(), Error> {
        let mut held = self.0.held.lock().await;
        let taken = self.0.take(&mut held).await;
        *held = Held::Closed;
        let mut connection = taken?;
        let checkpoint = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
        let closed = connection.close().await;
        checkpoint.and(closed).map_err(|source| self.0.failed("close", source))
    }

    /// Changes a log as somebody with the file in hand would.
    #[cfg(test)]
    pub async fn execute(&self, sql: impl Into<String>) -> Result<(), sqlx::Error> {
        let mut held = self.0.held.lock().await;
        let Held::Connection(connection) = &mut *held else { return Err(sqlx::Error::PoolClosed) };
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.into())).execute(connection).await.map(|_| ())
    }
}

impl Inner {
    /// Takes the connection, or a new one to a log that must be there.
    async fn take(&self, held: &mut Held) -> Result<SqliteConnection, Error> {
        match std::mem::replace(held, Held::Nothing) {
            Held::Connection(connection) => Ok(connection),
            Held::Nothing => {
                let opened = self.options.connect().await;
                let mut connection = opened.map_err(|source| self.failed("open", source))?;
                schema::check(&mut connection, &self.path).await?;
                Ok(connection)
            }
            Held::Closed => {
                *held = Held::Closed;
                Err(self.failed("append to", sqlx::Error::PoolClosed))
            }
        }
    }

    fn failed(&self, action: &'static str, source: sqlx::Error) -> Error {
        failed(&self.path, action, source)
    }
}

async fn transaction<T>(connection: &mut SqliteConnection, work: Work<T>) -> Result<T, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    match work(&mut transaction).await? {
        End::Commit(done) => transaction.commit().await.map(|()| done),
        End::RollBack(done) => transaction.rollback().await.map(|()| done),
    }
}

fn failed(path: &Path, action: &'static str, source: sqlx::Error) -> Error {
    Error::Store { action, log: path.display().to_string(), source: source.into() }
}
