//! Where operational lines go: to whoever reads them, without ever waiting for that reader.
//!
//! A collector that stands still would otherwise stop the service with its first full pipe, and one that went away would end
//! every request. Lines wait in a bounded queue for a thread of their own. When the queue is full, a line is dropped, and
//! how many were is told in the next one that gets through.

use std::io::{Result, Write};
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Lines that may wait; about 300 bytes each.
const WAITING: usize = 4096;

/// How long lines gather before the next are written: waking a thread for each costs a busy service more than writing it.
const PAUSE: Duration = Duration::from_millis(5);

/// Lines that nobody was there to take, of all writers of the process.
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// A writer that never blocks and never fails. Clones write to the same place.
///
/// ```
/// use std::io::Write;
/// use amparo_serving::Lines;
///
/// let mut lines = Lines::to(std::io::sink())?;
/// lines.write_all(b"{\"message\":\"answered\"}\n")?;
/// assert!(lines.finish(std::time::Duration::from_secs(1)));
/// assert_eq!(lines.dropped(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lines {
    queue: SyncSender<Said>,
    dropped: Arc<AtomicU64>,
}

enum Said {
    Line(Vec<u8>),
    /// Everything before this has been written.
    End(SyncSender<()>),
}

impl Lines {
    /// Starts the thread that writes to `out`.
    ///
    /// # Errors
    /// What keeps a thread from being started.
    pub fn to(out: impl Write + Send + 'static) -> Result<Self> {
        let (queue, said) = sync_channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        thread::Builder::new()
            .name("amparo-lines".to_owned())
            .spawn(move || write_out(&said, out, &counted))?;
        Ok(Self { queue, dropped })
    }

    /// Lines that nobody was there to take, so far.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// The same, of all writers of the process together.
    pub fn dropped_by_all() -> u64 {
        DROPPED.load(Ordering::Relaxed)
    }

    /// Waits until what was said is written, and no longer than `patience`; gives whether it is.
    pub fn finish(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let (end, ended) = sync_channel(1);
        let mut end = Said::End(end);
        loop {
            match self.queue.try_send(end) {
                Ok(()) => return ended.recv_timeout(until.saturating_duration_since(Instant::now())).is_ok(),
                Err(TrySendError::Full(back)) if Instant::now() < until => end = back,
                Err(_) => return false,
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Write for Lines {
    /// One call is one line.
    fn write(&mut self, line: &[u8]) -> Result<usize> {
        if self.queue.try_send(Said::Line(line.to_vec())).is_err() {
            drop_one(&self.dropped);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

fn drop_one(dropped: &AtomicU64) {
    dropped.fetch_add(1, Ordering::Relaxed);
    DROPPED.fetch_add(1, Ordering::Relaxed);
}

fn write_out(said: &Receiver<Said>, mut out: impl Write, dropped: &AtomicU64) {
    let mut told = 0;
    while let Ok(first) = said.recv() {
        for said in iter::once(first).chain(said.try_iter()) {
            let now = dropped.load(Ordering::Relaxed);
            if now > told && out.write_all(about(now - told).as_bytes()).is_ok() {
                told = now;
            }
            match said {
                Said::Line(line) => {
                    // Nobody is there to be told that nobody is there; the next line that gets through says it.
                    if out.write_all(&line).is_err() {
                        drop_one(dropped);
                    }
                }
                Said::End(end) => {
                    let _flushed = out.flush();
                    let _gone = end.send(());
                }
            }
        }
        thread::sleep(PAUSE);
    }
}

/// The line that says how many are missing, as the others are written.
fn about(dropped: u64) -> String {
    let now = Timestamp::now();
    format!(
        r#"{{"timestamp":"{now:.6}","level":"WARN","fields":{{"message":"lines were dropped that nobody read in time","dropped":{dropped}}},"target":"{}"}}{}"#,
        module_path!(),
        '\n',
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// A reader that takes a line each time it is let.
    struct Slow {
        taken: Sender<Vec<u8>>,
        let_go: Receiver<bool>,
    }

    impl Write for Slow {
        fn write(&mut self, line: &[u8]) -> Result<usize> {
            // Whether the line is taken; for ever once nobody holds it up any more.
            if self.let_go.recv().unwrap_or(true) {
                self.taken.send(line.to_vec()).unwrap();
                Ok(line.len())
            } else {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Lines, Receiver<Vec<u8>>, Sender<bool>) {
        let (taken, lines) = channel();
        let (go, let_go) = channel();
        (Lines::to(Slow { taken, let_go }).unwrap(), lines, go)
    }

    #[test]
    fn a_reader_that_stands_still_holds_nobody_up_and_learns_how_many_it_missed() {
        let (mut lines, taken, go) = slow();
        let began = Instant::now();
        for k in 0..WAITING + 100 {
            lines.write_all(format!("{k}\n").as_bytes()).unwrap();
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert!(!lines.finish(Duration::from_millis(50)));
        // One line may be in the reader's hands beside those that wait.
        let dropped = lines.dropped();
        assert!((99..=100).contains(&dropped), "{dropped}");
        drop(go);
        assert!(lines.finish(Duration::from_secs(10)));
        let taken: Vec<String> = taken.try_iter().map(|line| String::from_utf8(line).unwrap()).collect();
        let told: Vec<&String> = taken.iter().filter(|line| line.contains("dropped")).collect();
        assert_eq!(told.len(), 1);
        assert!(
            told[0].contains(&format!(r#""dropped":{dropped}}}"#)) && told[0].ends_with("}\n"),
            "{}",
            told[0]
        );
        assert_eq!(taken.len() as u64 - 1 + dropped, WAITING as u64 + 100);
        assert!(taken.iter().any(|line| line == "0\n"));
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure_and_its_lines_are_counted() {
        let (mut lines, taken, go) = slow();
        for _ in 0..3 {
            go.send(false).unwrap();
        }
        for line in [b"0\n", b"1\n", b"2\n"] {
            lines.write_all(line).unwrap();
        }
        // It may be held up once more: what it is told of what it missed is refused as well.
        lines.finish(Duration::from_millis(100));
        assert!(lines.dropped() >= 1);
        drop(go);
        lines.write_all(b"back\n").unwrap();
        assert!(lines.finish(Duration::from_secs(10)));
        let taken: Vec<Vec<u8>> = taken.try_iter().collect();
        assert_eq!(taken.last().unwrap(), b"back\n");
        assert!(String::from_utf8_lossy(&taken[0]).contains("lines were dropped"), "{taken:?}");
    }
}
