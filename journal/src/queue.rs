//! What waits for whoever writes: entries in the order in which they came, and what else is asked in between.
//!
//! Entries that wait are written in one transaction and share its way to the disk, whatever the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::packing::codec::Packed;
use crate::packing::learning::Lesson;
use crate::{Appended, Error, Record, Summary};

/// How long an entry waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Most entries in one transaction: those behind them wait no longer than it takes.
pub(crate) const TOGETHER: usize = 256;

/// Where an answer is waited for.
pub(crate) type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// What whoever writes is asked; `O` is what one store is asked besides.
pub(crate) enum Job<O> {
    Append(Append),
    /// Whether an entry could be written.
    TryOut(Answer<()>),
    /// Maybe there is a dictionary for the entries to come.
    Learn(Lesson),
    Close(Answer<()>),
    #[cfg_attr(not(test), expect(dead_code, reason = "tests ask for more"))]
    Other(O),
}

/// An entry that waits.
pub(crate) struct Append {
    pub record: Record,
    pub packed: Packed,
    /// What it is listed by, if it is a proposal.
    pub summary: Option<Box<Summary>>,
    /// Set by whoever is first: the one who writes it, or the caller who waits no longer.
    begun: Arc<AtomicBool>,
    answer: Answer<Appended>,
}

impl Append {
    /// The proposal that it confirms, views or replaces.
    pub fn about(&self) -> Option<&str> {
        let replaces = self.summary.as_ref().and_then(|summary| summary.replaces.as_deref());
        self.record.about(replaces)
    }

    /// Begins with it, unless its caller has gone away. From here on, the caller waits for the answer however long it takes.
    pub fn begin(&self) -> bool {
        !self.is_gone() && !self.begun.swap(true, Ordering::AcqRel)
    }

    /// Whether its caller has gone away.
    pub fn is_gone(&self) -> bool {
        self.answer.is_closed()
    }

    /// Tells the caller what became of it.
    pub fn tell(self, what: Result<Appended, Error>) {
        tell(self.answer, what);
    }
}

/// Asks whoever writes. Cheap to clone; there is nothing more to wait for once nobody can ask any more.
pub(crate) struct Queue<O> {
    jobs: mpsc::UnboundedSender<Job<O>>,
    place: Arc<str>,
}

impl<O> std::fmt::Debug for Queue<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("place", &self.place).finish_non_exhaustive()
    }
}

impl<O> Clone for Queue<O> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone(), place: Arc::clone(&self.place) }
    }
}

impl<O: Send + 'static> Queue<O> {
    /// The two ends of a queue before the log at a place.
    pub fn before(place: &str) -> (Self, mpsc::UnboundedReceiver<Job<O>>) {
        let (jobs, asked) = mpsc::unbounded_channel();
        (Self { jobs, place: place.into() }, asked)
    }

    /// Where lessons are handed in, as long as somebody can ask.
    pub fn lessons(&self) -> impl Fn(Lesson) + Send + Sync + 'static + use<O> {
        let jobs = self.jobs.downgrade();
        move |lesson| {
            if let Some(jobs) = jobs.upgrade() {
                let _closed = jobs.send(Job::Learn(lesson));
            }
        }
    }

    /// Appends a record, whose body is packed already.
    pub async fn append(&self, record: Record, packed: Packed) -> Result<Appended, Error> {
        let begun = Arc::new(AtomicBool::new(false));
        let (answer, mut answered) = oneshot::channel();
        // Here, and not by the one who writes for all.
        let summary = Summary::of(record.kind, &record.body).map(Box::new);
        let job = Append { record, packed, summary, begun: Arc::clone(&begun), answer };
        self.send("append to", Job::Append(job))?;
        if let Ok(answer) = tokio::time::timeout(PATIENCE, &mut answered).await {
            return answer.unwrap_or_else(|_| Err(self.ended("append to")));
        }
        if begun.swap(true, Ordering::AcqRel) {
            // Too late to leave: it is being written, or was.
            return answered.await.unwrap_or_else(|_| Err(self.ended("append to")));
        }
        let waited = format!("the entry waited {} s behind others, and was not written", PATIENCE.as_secs());
        Err(self.failed("append to", waited))
    }

    /// Whether an entry could be written now.
    pub async fn try_out(&self) -> Result<(), Error> {
        self.ask("append to", Job::TryOut).await
    }

    /// Ends the work. Whatever is asked afterwards is an error.
    pub async fn close(&self) -> Result<(), Error> {
        self.ask("close", Job::Close).await
    }

    /// Asks something, and waits for the answer.
    pub async fn ask(
        &self,
        action: &'static str,
        job: impl FnOnce(Answer<()>) -> Job<O>,
    ) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        self.send(action, job(answer))?;
        let waited = tokio::time::timeout(PATIENCE, answered).await;
        let answer = waited.map_err(|_| self.failed(action, "it is busy"))?;
        answer.unwrap_or_else(|_| Err(self.ended(action)))
    }

    fn send(&self, action: &'static str, job: Job<O>) -> Result<(), Error> {
        self.jobs.send(job).map_err(|_| self.ended(action))
    }

    fn ended(&self, action: &'static str) -> Error {
        self.failed(action, "it is closed")
    }

    fn failed(
        &self,
        action: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error::store(action, &self.place, source)
    }
}

/// Tells whoever still waits.
pub(crate) fn tell<T>(answer: Answer<T>, what: Result<T, Error>) {
    let _gone = answer.send(what);
}
