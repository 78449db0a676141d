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
use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::mpsc;

use super::fault::Fault;
use super::file::Opening;
use super::same::Files;
use super::{dictionaries, schema, table};
use crate::packing::codec::Codec;
use crate::packing::learning::{Learning, Lesson};
use crate::progress::Meter;
use crate::queue::{self, Append, Queue, TOGETHER, tell};
use crate::{Appended, Error};

/// What the thread is asked besides: to do something in a transaction, as a test may.
#[cfg(test)]
pub(super) type Other = (Work, queue::Answer<()>);
#[cfg(not(test))]
pub(super) type Other = std::convert::Infallible;

#[cfg(test)]
type Work = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()> + Send>;

type Job = queue::Job<Other>;

/// How a transaction ends that did not fail.
enum End<T> {
    /// What was written stays.
    Commit(T),
    /// What was written is taken back.
    RollBack(T),
}

/// Opens the log for writing: makes what a new file lacks, and migrates an edition before. The thread ends when nobody can ask it any more.
pub(super) fn open(opening: Opening, codec: Arc<Codec>) -> Result<Queue<Other>, Error> {
    let failed = |source| opening.failed("open", source);
    opening.own().map_err(|source| opening.failed("open", source))?;
    let mut connection = opening.connect().map_err(failed)?;
    schema::prepare(&mut connection, &opening.path)?;
    dictionaries::prepare(&codec, &connection).map_err(|source| opening.failed("open", source))?;
    let files = Files::at(&opening.path);
    let (queue, asked) = Queue::before(&opening.path.display().to_string());
    let learning = Learning::new(queue.lessons());
    let opening = Arc::new(opening);
    let thread = Thread {
        opening: Arc::clone(&opening),
        files,
        connection: Some(connection),
        codec,
        learning,
        meter: queue.meter(),
    };
    let started = std::thread::Builder::new().name("amparo-log".to_owned()).spawn(|| thread.run(asked));
    started.map_err(|source| opening.failed("open", source))?;
    Ok(queue)
}

/// Does something in a transaction.
#[cfg(test)]
pub(super) async fn transact(
    queue: &Queue<Other>,
    work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
) -> Result<(), Error> {
    queue.ask("append to", |answer| Job::Other((Box::new(work), answer))).await
}

/// What the thread has.
struct Thread {
    opening: Arc<Opening>,
    files: Files,
    /// Of which it is known that no transaction is open.
    connection: Option<Connection>,
    codec: Arc<Codec>,
    learning: Learning,
    meter: Arc<Meter>,
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
                    Job::Other((work, answer)) => {
                        tell(answer, self.transact(|transaction| Ok(End::Commit(work(transaction)?))));
                    }
                    #[cfg(not(test))]
                    Job::Other(never) => match never {},
                }
            }
            self.append(std::mem::take(&mut appends));
        }
    }

    /// Writes entries in one transaction, and tells everybody what became of theirs.
    fn append(&mut self, mut appends: Vec<Append>) {
        // Whoever has gone away is not waited for.
        appends.retain(Append::begin);
        if appends.is_empty() {
            return;
        }
        let codec = Arc::clone(&self.codec);
        let begun = Instant::now();
        let written =
            self.transact(|transaction| table::append(transaction, &codec, &appends).map(End::Commit));
        self.meter.committed(begun);
        match written {
            Ok(appended) => {
                for (append, appended) in appends.into_iter().zip(appended) {
                    if let Appended::Written(entry) = &appended {
                        self.learning.note(entry, append.packed.len());
                    }
                    append.tell(Ok(appended));
                }
            }
            Err(error) => appends.into_iter().for_each(|append| append.tell(Err(error.clone()))),
        }
    }

    /// Keeps a dictionary, and packs what is to come with it. One that cannot be kept is not used.
    fn learn(&mut self, lesson: &Lesson) {
        if let Some(dictionary) = &lesson.dictionary {
            match self.transact(|transaction| Ok(End::Commit(dictionaries::keep(transaction, dictionary)?))) {
                Ok(number) => self.codec.learn(number, dictionary),
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
