//! The one thread that writes, on one connection.
//!
//! Entries that wait are written in one transaction, in the order in which they came, and share its way to the disk. Nobody
//! is told of an entry before that commit.
//!
//! After a full disk, a failed read or write or a lack of memory (`SQLITE_FULL`, `SQLITE_IOERR`, `SQLITE_NOMEM`), SQLite
//! rolls back by itself, and what it does not say it may have done. A connection is therefore kept only if its transaction
//! is known to have ended. Any other is closed, and the next transaction opens a new one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::codec::{Codec, Fault, Packed};
use super::file::Opening;
use super::learning::{Learning, Lesson};
use super::same::Files;
use super::{schema, table};
use crate::{Appended, Error, Record};

/// How long an entry waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Most entries in one transaction: those behind them wait no longer than it takes.
const TOGETHER: usize = 256;

/// Asks the thread. Cheap to clone; the thread ends when nobody can ask it any more.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::UnboundedSender<Job>,
    opening: Arc<Opening>,
}

type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// What a test does in a transaction.
#[cfg(test)]
type Work = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()> + Send>;

/// What the thread is asked.
pub(super) enum Job {
    Append(Append),
    /// Whether an entry could be written.
    TryOut(Answer<()>),
    /// Maybe there is a dictionary for the entries to come.
    Learn(Lesson),
    Close(Answer<()>),
    #[cfg(test)]
    Do(Work, Answer<()>),
}

/// An entry that waits.
pub(super) struct Append {
    record: Record,
    packed: Packed,
    /// Set by whoever is first: the thread that writes it, or the caller who waits no longer.
    begun: Arc<AtomicBool>,
    answer: Answer<Appended>,
}

/// How a transaction ends that did not fail.
enum End<T> {
    /// What was written stays.
    Commit(T),
    /// What was written is taken back.
    RollBack(T),
}

impl Writer {
    /// Opens the log for writing: makes what a new file lacks, and migrates an edition before.
    pub fn open(opening: Opening, codec: Arc<Codec>) -> Result<Self, Error> {
        let failed = |source| opening.failed("open", source);
        opening.own().map_err(|source| opening.failed("open", source))?;
        let mut connection = opening.connect().map_err(failed)?;
        schema::prepare(&mut connection, &opening.path)?;
        codec.prepare(&connection).map_err(|source| opening.failed("open", source))?;
        let files = Files::at(&opening.path);
        let opening = Arc::new(opening);
        let (jobs, asked) = mpsc::unbounded_channel();
        let learning = Learning::new(jobs.downgrade());
        let thread =
            Thread { opening: Arc::clone(&opening), files, connection: Some(connection), codec, learning };
        let started = std::thread::Builder::new().name("amparo-log".to_owned()).spawn(|| thread.run(asked));
        started.map_err(|source| opening.failed("open", source))?;
        Ok(Self { jobs, opening })
    }

    /// Appends a record, whose body is packed already.
    pub async fn append(&self, record: Record, packed: Packed) -> Result<Appended, Error> {
        let begun = Arc::new(AtomicBool::new(false));
        let (answer, mut answered) = oneshot::channel();
        let job = Append { record, packed, begun: Arc::clone(&begun), answer };
        self.send("append to", Job::Append(job))?;
        if let Ok(answer) = tokio::time::timeout(PATIENCE, &mut answered).await {
            return answer.unwrap_or_else(|_| Err(self.ended("append to")));
        }
        if begun.swap(true, Ordering::AcqRel) {
            // Too late to leave: it is being written, or was.
            return answered.await.unwrap_or_else(|_| Err(self.ended("append to")));
        }
        let waited = format!("the entry waited {} s behind others, and was not written", PATIENCE.as_secs());
        Err(self.opening.failed("append to", waited))
    }

    /// Whether an entry could be written now.
    pub async fn try_out(&self) -> Result<(), Error> {
        self.ask("append to", Job::TryOut).await
    }

    /// Moves everything from the write-ahead file into the log, and closes. Whatever is asked afterwards is an error.
    pub async fn close(&self) -> Result<(), Error> {
        self.ask("close", Job::Close).await
    }

    async fn ask(&self, action: &'static str, job: impl FnOnce(Answer<()>) -> Job) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        self.send(action, job(answer))?;
        let waited = tokio::time::timeout(PATIENCE, answered).await;
        let answer = waited.map_err(|_| self.opening.failed(action, "it is busy"))?;
        answer.unwrap_or_else(|_| Err(self.ended(action)))
    }

    fn send(&self, action: &'static str, job: Job) -> Result<(), Error> {
        self.jobs.send(job).map_err(|_| self.ended(action))
    }

    fn ended(&self, action: &'static str) -> Error {
        self.opening.failed(action, "it is closed")
    }

    /// Does something in a transaction.
    #[cfg(test)]
    pub async fn transact(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), Error> {
        self.ask("append to", |answer| Job::Do(Box::new(work), answer)).await
    }
}

/// What the thread has.
struct Thread {
    opening: Arc<Opening>,
    files: Files,
    /// Of which it is known that no transaction is open.
    connection: Option<Connection>,
    codec: Arc<Codec>,
    learning: Learning,
}

impl Thread {
    fn run(mut self, mut asked: mpsc::UnboundedReceiver<Job>) {
        let mut jobs = Vec::new();
        let mut appends = Vec::new();
        while asked.blocking_recv_many(&mut jobs, TOGETHER) > 0 {
            for job in jobs.drain(..) {
                if let Job::Append(append) = job {
                    appends.push(append);
                    continue;
                }
                self.append(std::mem::take(&mut appends));
                match job {
                    Job::Append(_) => {}
                    Job::TryOut(answer) => tell(
                        answer,
                        self.transact(|transaction| Ok(End::RollBack(table::try_out(transaction)?))),
                    ),
                    Job::Learn(lesson) => self.learn(&lesson),
                    Job::Close(answer) => return tell(answer, self.close()),
                    #[cfg(test)]
                    Job::Do(work, answer) => {
                        tell(answer, self.transact(|transaction| Ok(End::Commit(work(transaction)?))));
                    }
                }
            }
            self.append(std::mem::take(&mut appends));
        }
    }

    /// Writes entries in one transaction, and tells everybody what became of theirs.
    fn append(&mut self, mut appends: Vec<Append>) {
        // Whoever has gone away is not waited for.
        appends.retain(|append| !append.answer.is_closed() && !append.begun.swap(true, Ordering::AcqRel));
        if appends.is_empty() {
            return;
        }
        let (answers, records): (Vec<_>, Vec<_>) =
            appends.into_iter().map(|append| (append.answer, (append.record, append.packed))).unzip();
        let codec = Arc::clone(&self.codec);
        match self.transact(|transaction| table::append(transaction, &codec, records).map(End::Commit)) {
            Ok(appended) => {
                for (answer, (appended, size)) in answers.into_iter().zip(appended) {
                    if let Appended::Written(entry) = &appended {
                        self.learning.note(&entry.body, size);
                    }
                    tell(answer, Ok(appended));
                }
            }
            Err(error) => {
                for answer in answers {
                    tell(answer, Err(error.clone()));
                }
            }
        }
    }

    /// Keeps a dictionary, and packs what is to come with it. One that cannot be kept is not used.
    fn learn(&mut self, lesson: &Lesson) {
        if let Some(dictionary) = &lesson.dictionary {
            match self.transact(|transaction| Ok(End::Commit(table::keep(transaction, dictionary)?))) {
                Ok(number) => drop(self.codec.learn(number, dictionary)),
                Err(error) => tracing::warn!(%error, "no dictionary"),
            }
        }
        self.learning.learned(lesson);
    }

    /// Does something in a transaction that nobody else writes in.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<End<T>, Fault>,
    ) -> Result<T, Error> {
        let mut connection = self.take()?;
        match catch_unwind(AssertUnwindSafe(|| transaction(&mut connection, work))) {
            Ok(Ok(done)) => {
                self.connection = Some(connection);
                Ok(done)
            }
            // Closed before the next transaction opens its own, so that no lock of this one is in its way.
            Ok(Err(source)) => {
                drop(connection);
                Err(self.opening.failed("append to", source))
            }
            Err(_) => {
                drop(connection);
                Err(self.opening.failed("append to", "writing it panicked"))
            }
        }
    }

    /// Takes the connection, or a new one, to the log that was opened and to no other.
    fn take(&mut self) -> Result<Connection, Error> {
        if let Some(changed) = self.files.changed(&self.opening.path) {
            return Err(self.opening.failed("append to", changed));
        }
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let connection = self.opening.connect().map_err(|source| self.opening.failed("open", source))?;
        schema::check(&connection, &self.opening.path)?;
        Ok(connection)
    }

    fn close(mut self) -> Result<(), Error> {
        let connection = self.take()?;
        let checkpoint = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        let closed = connection.close().map_err(|(_, source)| source);
        checkpoint.and(closed).map_err(|source| self.opening.failed("close", source))
    }
}

fn transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<End<T>, Fault>,
) -> Result<T, Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match work(&transaction)? {
        End::Commit(done) => {
            transaction.commit()?;
            Ok(done)
        }
        End::RollBack(done) => {
            transaction.rollback()?;
            Ok(done)
        }
    }
}

/// Tells whoever still waits.
fn tell<T>(answer: Answer<T>, what: Result<T, Error>) {
    let _gone = answer.send(what);
}
