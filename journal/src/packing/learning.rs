//! When a dictionary is trained: on the first bodies after a start, and again when bodies come that the newest one does not
//! know, as those of another version of a model. A dictionary holds nothing of a single case ([`common`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use zstd::bulk::Compressor;

use super::codec::LEVEL;
use super::common::common;
use crate::Entry;

/// Shorter bodies, such as those of confirmations, are not learned from.
pub(crate) const SHORTEST: usize = 1024;

/// Most bodies that are learned from at a time. Measured on proposals of 29 kB with answers drawn at random: 64, 128 and 200 samples give 4.9,
/// 4.8 and 4.7 kB, where bodies as they are would give 4.4: that is what it costs that a dictionary holds nothing of a single case.
pub(crate) const MOST: usize = 200;

/// Fewest.
const FEWEST: usize = 64;

/// Bodies that a new dictionary is tried on, before it is taken.
const HELD_OUT: usize = 16;

/// Bytes of a dictionary. Measured on the same proposals: 48 kB give 4.9 kB, 64 kB 4.9, 110 kB 5.1.
const SIZE: usize = 64 * 1024;

/// A new dictionary is taken if it makes bodies at least this much shorter.
const WORTH: f64 = 0.9;

/// Bodies after which it is seen whether they still pack as well.
const WINDOW: usize = 256;

/// So much longer than usual, and a new dictionary is tried.
const STRANGE: f64 = 1.25;

/// What came of training.
#[derive(Debug)]
pub(crate) struct Lesson {
    /// A dictionary that is worth it.
    pub dictionary: Option<Vec<u8>>,
    /// Length of a packed body, as a share of its own, to be expected from now on.
    usual: f64,
}

/// Follows what is written.
pub(crate) struct Learning {
    state: State,
    /// Takes a lesson to where dictionaries are kept, if anybody is still there.
    hand_in: Arc<dyn Fn(Lesson) + Send + Sync>,
}

#[derive(Debug)]
enum State {
    Collecting(Collected),
    /// A thread is at it.
    Training,
    Watching {
        usual: f64,
        seen: Sums,
    },
}

/// What is learned from: of each case one body, because only what several cases have in common is.
#[derive(Debug, Default)]
struct Collected {
    /// Bodies with the length that each was packed to.
    bodies: Vec<(Vec<u8>, usize)>,
    cases: BTreeSet<String>,
}

/// Bytes of bodies before and after packing.
#[derive(Debug, Default)]
struct Sums {
    bodies: usize,
    plain: usize,
    packed: usize,
}

impl Sums {
    fn add(&mut self, plain: usize, packed: usize) {
        self.bodies += 1;
        self.plain += plain;
        self.packed += packed;
    }

    fn share(&self) -> f64 {
        self.packed as f64 / self.plain as f64
    }
}

impl Learning {
    /// Lessons are handed in, from a thread of their own.
    pub fn new(hand_in: impl Fn(Lesson) + Send + Sync + 'static) -> Self {
        Self { state: State::Collecting(Collected::default()), hand_in: Arc::new(hand_in) }
    }

    /// Takes note of an entry that was written, and of the length its body was packed to.
    pub fn note(&mut self, entry: &Entry, packed: usize) {
        let Some(body) = entry.body.as_ref().filter(|body| body.len() >= SHORTEST) else { return };
        match &mut self.state {
            State::Collecting(Collected { bodies, cases }) => {
                if entry.case_id.as_ref().is_some_and(|case| !cases.insert(case.clone())) {
                    return;
                }
                bodies.push((body.as_bytes().to_vec(), packed));
                if bodies.len() == FEWEST + HELD_OUT {
                    let bodies = std::mem::take(bodies);
                    self.state = State::Training;
                    self.train(bodies);
                }
            }
            State::Training => {}
            State::Watching { usual, seen } => {
                seen.add(body.len(), packed);
                if seen.bodies == WINDOW {
                    let strange = seen.share() > STRANGE * *usual;
                    *seen = Sums::default();
                    if strange {
                        self.state = State::Collecting(Collected::default());
                    }
                }
            }
        }
    }

    /// A lesson has come.
    pub fn learned(&mut self, lesson: &Lesson) {
        self.state = State::Watching { usual: lesson.usual, seen: Sums::default() };
    }

    /// On a thread of its own: it takes a tenth of a second or more, and nobody waits for it.
    fn train(&self, bodies: Vec<(Vec<u8>, usize)>) {
        let hand_in = Arc::clone(&self.hand_in);
        let lesson = move || hand_in(Lesson::of(&bodies));
        if let Err(error) = std::thread::Builder::new().name("amparo-dictionary".to_owned()).spawn(lesson) {
            tracing::warn!(%error, "no dictionary");
        }
    }
}

impl Lesson {
    /// Trains on all but some of the bodies, and tries on these.
    fn of(bodies: &[(Vec<u8>, usize)]) -> Self {
        let (held_out, samples): (Vec<_>, Vec<_>) =
            bodies.iter().enumerate().partition(|(place, _)| place % (bodies.len() / HELD_OUT) == 0);
        let samples: Vec<&[u8]> = samples.iter().map(|(_, (body, _))| body.as_slice()).collect();
        let (mut now, mut then) = (Sums::default(), Sums::default());
        let trained = train(&samples).filter(|dictionary| {
            let Ok(mut compressor) = Compressor::with_dictionary(LEVEL, dictionary) else { return false };
            held_out.iter().all(|(_, (body, packed))| {
                now.add(body.len(), *packed);
                compressor.compress(body).is_ok_and(|frame| {
                    then.add(body.len(), frame.len());
                    true
                })
            })
        });
        match trained.filter(|_| then.share() <= WORTH * now.share()) {
            Some(dictionary) => Self { dictionary: Some(dictionary), usual: then.share() },
            None => {
                let mut all = Sums::default();
                bodies.iter().for_each(|(body, packed)| all.add(body.len(), *packed));
                Self { dictionary: None, usual: all.share() }
            }
        }
    }
}

/// A dictionary of what bodies have in common; nothing if their cases are too few or they are too different.
pub(crate) fn train(samples: &[impl AsRef<[u8]>]) -> Option<Vec<u8>> {
    let samples = common(samples)?;
    if samples.len() < FEWEST {
        return None;
    }
    zstd::dict::from_samples(&samples, SIZE).ok()
}
