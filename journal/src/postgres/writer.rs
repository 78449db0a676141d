//! The one task that writes, on one connection, for one service of several.
//!
//! Entries that wait are written in one transaction, in the order in which they came. Nobody is told of an entry before that commit.
//!
//! A connection is kept only while everything on it went well. The next transaction opens a new one, so that a server that comes back is
//! found at once. If a connection is lost between a commit and its answer, the entries are tried again as they are: by their ids, under the
//! lock, it shows whether they are in the log already. Their callers wait that long.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::address::Target;
use super::session::{Fault, Role, Session};
use super::statements::Ask;
use super::transaction::{self, Begun, End, Ended};
use super::{schema, table};
use crate::packing::codec::Codec;
use crate::packing::learning::{Learning, Lesson};
use crate::progress::Meter;
use crate::queue::{self, Append, Queue, TOGETHER, tell};
use crate::{Appended, Error};

/// How long entries wait before they are tried again.
const AGAIN: Duration = Duration::from_millis(100);

/// How long a server that did not answer is not asked again.
const PAUSE: Duration = Duration::from_millis(50);

type Job = queue::Job<Infallible>;

/// Opens the log for writing: makes the tables if there are none. The task ends when nobody can ask it any more.
pub(super) async fn open(target: Arc<Target>, codec: Arc<Codec>) -> Result<Queue<Infallible>, Error> {
    let failed = |fault| target.failed("open", fault);
    let mut session = Session::connect(&target, Role::Writes).await.map_err(failed)?;
    schema::prepare(&session, &target).await?;
    session.prepare(true).await.map_err(failed)?;
    table::prepare(&codec, &session).await.map_err(failed)?;
    let (queue, asked) = Queue::before(&target.place);
    let learning = Learning::new(queue.lessons());
    let task = Task {
        target,
        session: Some(session),
        known: None,
        again: Vec::new(),
        absent: None,
        codec,
        learning,
        meter: queue.meter(),
    };
    tokio::spawn(task.run(asked));
    Ok(queue)
}

/// What the task has.
struct Task {
    target: Arc<Target>,
    /// On which no transaction is open.
    session: Option<Session>,
    /// The last entry that was seen in the log.
    known: End,
    /// Entries of which it is not known whether they are in the log, in order.
    again: Vec<Append>,
    /// When the server was not there, and what that looked like.
    absent: Option<(Instant, Error)>,
    codec: Arc<Codec>,
    learning: Learning,
    meter: Arc<Meter>,
}

/// Why entries are not in the log, or may not be.
enum Failure {
    /// Nothing was written now. Of those that were tried before, no more is known.
    Before(Error),
    /// Nothing of it is in the log.
    Refused(Error),
    /// The same, because of a value of one of them.
    Value(Error),
    /// Nobody said.
    Unknown(Error),
}

impl Task {
    async fn run(mut self, mut asked: UnboundedReceiver<Job>) {
        let mut jobs = Vec::new();
        let mut appends = Vec::new();
        loop {
            tokio::select! {
                count = asked.recv_many(&mut jobs, TOGETHER) => if count == 0 { return },
                () = tokio::time::sleep(AGAIN), if !self.again.is_empty() => {}
            }
            for job in jobs.drain(..) {
                if let Job::Append(append) = job {
                    appends.push(append);
                    continue;
                }
                self.append(std::mem::take(&mut appends)).await;
                match job {
                    Job::Append(_) => {}
                    Job::TryOut(answer) => tell(answer, self.try_out().await),
                    Job::Learn(lesson) => self.learn(&lesson).await,
                    Job::Close(answer) => return tell(answer, self.close()),
                    Job::Other(never) => match never {},
                }
            }
            self.append(std::mem::take(&mut appends)).await;
        }
    }

    /// Writes entries in one transaction, those first that have to be tried again, and tells everybody what became of theirs.
    async fn append(&mut self, new: Vec<Append>) {
        let mut appends = std::mem::take(&mut self.again);
        // Whoever has gone away is not waited for.
        appends.retain(|append| !append.is_gone());
        let tried = appends.len();
        appends.extend(new.into_iter().filter(Append::begin));
        self.append_all(appends, tried).await;
    }

    async fn append_all(&mut self, mut appends: Vec<Append>, tried: usize) {
        if appends.is_empty() {
            return;
        }
        let begun = Instant::now();
        let written = self.written(&appends, tried).await;
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
            // Whose value it is shows if each is written by itself.
            Err(Failure::Value(_)) if appends.len() > 1 => {
                for (place, append) in appends.into_iter().enumerate() {
                    Box::pin(self.append_all(vec![append], usize::from(place < tried))).await;
                }
            }
            Err(Failure::Refused(error) | Failure::Value(error)) => {
                appends.into_iter().for_each(|append| append.tell(Err(error.clone())));
            }
            Err(Failure::Before(error)) => {
                let new = appends.split_off(tried);
                self.again.extend(appends);
                new.into_iter().for_each(|append| append.tell(Err(error.clone())));
            }
            Err(Failure::Unknown(error)) => {
                tracing::warn!(%error, entries = appends.len(), "whether entries are in the log is to be found out");
                self.again.extend(appends);
            }
        }
    }

    /// What became of entries, once that is durable. The first ones were tried before.
    async fn written(&mut self, appends: &[Append], tried: usize) -> Result<Vec<Appended>, Failure> {
        let failed = |target: &Target, fault| target.failed("append to", fault);
        let (session, begun) = self.begin(appends).await?;
        let plan =
            begun.plan(appends, tried).map_err(|fault| Failure::Refused(failed(&self.target, fault)))?;
        if plan.writes_nothing() {
            // What was found is found, whatever becomes of the connection.
            if session.batch("ROLLBACK").await.is_ok() {
                self.session = Some(session);
            }
        } else {
            plan.commit(&session, appends).await.map_err(|ended| match ended {
                Ended::Refused(fault) if fault.is_about_a_value() => {
                    Failure::Value(failed(&self.target, fault))
                }
                Ended::Refused(fault) => Failure::Refused(failed(&self.target, fault)),
                Ended::Unknown(fault) => Failure::Unknown(failed(&self.target, fault)),
            })?;
            self.session = Some(session);
        }
        self.known.clone_from(&plan.end);
        Ok(plan.appended)
    }

    /// Begins a transaction that nobody else writes in, with what decides about entries.
    async fn begin(&mut self, appends: &[Append]) -> Result<(Session, Begun), Failure> {
        loop {
            let kept = self.session.take().filter(|session| !session.is_closed());
            let (session, is_new) = match kept {
                Some(session) => (session, false),
                None => (self.connect().await.map_err(Failure::Before)?, true),
            };
            match transaction::begin(&session, &self.codec, &self.known, appends).await {
                Ok(begun) => return Ok((session, begun)),
                // The connection ended since it was used last, and nothing was written on it.
                Err(fault) if !is_new && !fault.is_refusal() && session.is_closed() => {}
                Err(fault) if fault.is_about_a_value() => {
                    return Err(Failure::Value(self.target.failed("append to", fault)));
                }
                Err(fault) => return Err(Failure::Before(self.target.failed("append to", fault))),
            }
        }
    }

    /// The same for what is no entry.
    async fn begin_alone(&mut self) -> Result<(Session, Begun), Error> {
        self.begin(&[]).await.map_err(|failure| match failure {
            Failure::Before(error)
            | Failure::Refused(error)
            | Failure::Value(error)
            | Failure::Unknown(error) => error,
        })
    }

    /// A new connection to the log, unless the server was not there a moment ago.
    async fn connect(&mut self) -> Result<Session, Error> {
        if let Some((at, error)) = &self.absent
            && at.elapsed() < PAUSE
        {
            return Err(error.clone());
        }
        let connected = schema::session(&self.target, Role::Writes).await;
        self.absent = connected.as_ref().err().map(|error| (Instant::now(), error.clone()));
        connected
    }

    /// Does all that an append does, but for the entry.
    async fn try_out(&mut self) -> Result<(), Error> {
        let (session, begun) = self.begin_alone().await?;
        let tried = async {
            let (tried, committed) =
                tokio::join!(biased; session.ask(Ask::TryOut, &[]), session.batch("COMMIT"));
            let may = tried?.first().map(|row| row.try_get(0)).transpose()?;
            committed?;
            match may {
                Some(true) => Ok(()),
                _ => Err(Fault::Unexpected("the role may not insert into it any more".to_owned())),
            }
        };
        tried.await.map_err(|fault: Fault| self.target.failed("append to", fault))?;
        self.session = Some(session);
        self.known = begun.end;
        Ok(())
    }

    /// Keeps a dictionary, and packs what is to come with it. One that cannot be kept is not used.
    async fn learn(&mut self, lesson: &Lesson) {
        if let Some(dictionary) = &lesson.dictionary {
            match self.keep(dictionary).await {
                Ok(number) => self.codec.learn(number, dictionary),
                Err(error) => tracing::warn!(%error, "no dictionary"),
            }
        }
        self.learning.learned(lesson);
    }

    async fn keep(&mut self, dictionary: &[u8]) -> Result<i64, Error> {
        let (session, _) = self.begin_alone().await?;
        let (kept, committed) =
            tokio::join!(biased; table::keep(&session, dictionary), session.batch("COMMIT"));
        let number = kept.and_then(|number| committed.map(|()| number));
        let number = number.map_err(|fault| self.target.failed("append to", fault))?;
        self.session = Some(session);
        Ok(number)
    }

    /// Says of entries that have to be tried again that nobody knows.
    fn close(self) -> Result<(), Error> {
        let unknown = "the connection was lost before the server said whether the entry was written";
        let unknown = self.target.failed("append to", unknown);
        self.again.into_iter().for_each(|append| append.tell(Err(unknown.clone())));
        Ok(())
    }
}
