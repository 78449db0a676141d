//! One connection to the database, with the statements that are asked on it.
//!
//! Statements whose futures are waited for together are sent together, in the order in which they are first polled.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

use super::address::{Target, chain};
use super::statements::{Ask, Question, STATEMENTS};
use crate::packing::codec::Damaged;

/// How long the server may take for one thing.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every session sets. Questions are few and answered by indexes, whatever the server believes about the size of a table that was
/// empty when it planned them; a session that is held up in a transaction does not hold up others for ever; and what the server calls
/// committed is on its disk, and on those of standbys where it waits for them.
const SETTINGS: &str = "
SET enable_seqscan = off;
SET jit = off;
SET lock_timeout = '5s';
SET idle_in_transaction_session_timeout = '30s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply'";

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Reads,
    Writes,
}

/// A connection; closed when nobody has it any more.
#[derive(Debug)]
pub(super) struct Session {
    pub client: Client,
    statements: Vec<Statement>,
    /// What carries questions and answers.
    carrier: JoinHandle<()>,
}

/// What can go wrong with what the server is asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The server refused it, or is not there any more. Details are left out: they quote values.
    #[error("{}", told(.0))]
    Server(#[from] tokio_postgres::Error),
    /// It took too long.
    #[error("the server did not answer within {} s", PATIENCE.as_secs())]
    Late,
    /// The operating system gives no random bytes.
    #[error(transparent)]
    Random(#[from] getrandom::Error),
    /// What was to be erased is not what it was.
    #[error("{0}")]
    NotErased(crate::Error),
    /// What is read is not what was kept.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// What the server did is not what it was asked.
    #[error("{0}")]
    Unexpected(String),
}

impl Fault {
    /// Whether the server says itself that it did not do what it was asked, and is still there.
    pub fn is_refusal(&self) -> bool {
        let Self::Server(error) = self else { return false };
        error.as_db_error().is_some_and(|error| error.parsed_severity() == Some(Severity::Error))
    }

    /// Whether it is about a table that is not there.
    pub fn is_about_no_table(&self) -> bool {
        let Self::Server(error) = self else { return false };
        error.code() == Some(&SqlState::UNDEFINED_TABLE)
    }

    /// Whether it is about a value that the server cannot keep, such as a text with U+0000 or a key that is too long for an index.
    pub fn is_about_a_value(&self) -> bool {
        let Self::Server(error) = self else { return false };
        error.code().is_some_and(|code| code.code().starts_with("22") || code.code().starts_with("54"))
    }
}

fn told(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} (SQLSTATE {})", error.message(), error.code().code()),
        None => chain(error),
    }
}

impl Session {
    /// Connects; nothing is said of the log yet, which may not be there.
    pub async fn connect(target: &Target, role: Role) -> Result<Self, Fault> {
        within(Self::connected(target, role)).await
    }

    async fn connected(target: &Target, role: Role) -> Result<Self, Fault> {
        let mut config = target.config.clone();
        if role == Role::Writes {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let (client, carrier) = match &target.tls {
            None => {
                let (client, connection) = config.connect(NoTls).await?;
                (client, tokio::spawn(carried(connection)))
            }
            Some(tls) => {
                let (client, connection) = config.connect(tls.clone()).await?;
                (client, tokio::spawn(carried(connection)))
            }
        };
        let session = Self { client, statements: Vec::new(), carrier };
        session.batch(SETTINGS).await?;
        if role == Role::Reads {
            session.batch("SET default_transaction_read_only = on").await?;
        }
        Ok(session)
    }

    /// The same, to a log that is there: its statements are understood, but for those about the list of proposals where a log has none.
    pub async fn prepare(&mut self, has_list: bool) -> Result<(), Fault> {
        let n = if has_list { STATEMENTS.len() } else { Ask::List as usize };
        for sql in &STATEMENTS[..n] {
            let statement = within(async { Ok(self.client.prepare(sql).await?) }).await?;
            self.statements.push(statement);
        }
        Ok(())
    }

    /// Asks one of the prepared statements, or what a text says.
    pub async fn ask(
        &self,
        what: impl Into<Question<'_>>,
        bound: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Fault> {
        match what.into() {
            Question::Prepared(what) => {
                let statement = self.statement(what)?;
                within(async { Ok(self.client.query(statement, bound).await?) }).await
            }
            Question::Text(sql) => within(async { Ok(self.client.query(sql, bound).await?) }).await,
        }
    }

    /// Does what one of the prepared statements says; gives the number of rows.
    pub async fn execute(&self, what: Ask, bound: &[&(dyn ToSql + Sync)]) -> Result<u64, Fault> {
        let statement = self.statement(what)?;
        within(async { Ok(self.client.execute(statement, bound).await?) }).await
    }

    /// Does what a text says.
    pub async fn batch(&self, sql: &str) -> Result<(), Fault> {
        within(async { Ok(self.client.batch_execute(sql).await?) }).await
    }

    /// Does what a text says, however long that takes.
    pub async fn patiently(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Whether it is known to be of no use any more.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    fn statement(&self, what: Ask) -> Result<&Statement, Fault> {
        let unprepared = || Fault::Unexpected("the statements of the log are not prepared".to_owned());
        self.statements.get(what as usize).ok_or_else(unprepared)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Also where the server is silent: what it was asked last is of no interest any more.
        self.carrier.abort();
    }
}

/// Carries questions and answers until the connection ends. Whoever asked is told why; nobody else has to be.
async fn carried(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(error = told(&error), "connection of the log ended");
    }
}

/// What comes of something in time.
pub(super) async fn within<T>(asked: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(Fault::Late))
}
