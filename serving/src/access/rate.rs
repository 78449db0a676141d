//! How often each caller may ask.
//!
//! A leaky bucket for each caller (GCRA): it is full after as many requests at once as may be, and empties at the stated rate. A crate for it would bring a
//! dozen others, for one comparison of times.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::api_error::ApiError;

/// A number of requests a minute, and of requests at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests a minute, over any longer time.
    pub per_minute: NonZeroU32,
    /// Requests that may come at once.
    pub burst: NonZeroU32,
}

/// Most callers that are told apart. Others share one rate, so that nobody fills the memory by being many.
const MOST: usize = 65_536;

/// Who has asked how much.
#[derive(Debug)]
pub(crate) struct Limiter {
    rate: Rate,
    /// When the bucket of each will be empty.
    empty_at: Mutex<HashMap<String, Instant>>,
}

impl Limiter {
    pub fn new(rate: Rate) -> Self {
        Self { rate, empty_at: Mutex::default() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`ApiError::TooManyRequests`] if it is one too many; it is not counted then.
    pub fn count(&self, who: &str, now: Instant) -> Result<(), ApiError> {
        let each = Duration::from_mins(1) / self.rate.per_minute.get();
        let whole = each.saturating_mul(self.rate.burst.get());
        let mut empty_at = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        if empty_at.len() >= MOST && !empty_at.contains_key(who) {
            // An empty bucket is as good as none.
            empty_at.retain(|_, at| *at > now);
        }
        let who = if empty_at.len() >= MOST && !empty_at.contains_key(who) { "" } else { who };
        let at = empty_at.get(who).map_or(now, |at| (*at).max(now)) + each;
        match at.duration_since(now).checked_sub(whole) {
            None | Some(Duration::ZERO) => {
                empty_at.insert(who.to_owned(), at);
                Ok(())
            }
            Some(wait) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Err(ApiError::TooManyRequests { seconds: seconds.max(1) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_minute: u32, burst: u32) -> Limiter {
        let number = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Limiter::new(Rate { per_minute: number(per_minute), burst: number(burst) })
    }

    #[test]
    fn as_many_at_once_as_may_and_then_one_at_a_time() {
        let (limiter, start) = (limiter(60, 3), Instant::now());
        let asked = |seconds: f64| limiter.count("a", start + Duration::from_secs_f64(seconds));
        for _ in 0..3 {
            assert_eq!(asked(0.0), Ok(()));
        }
        assert_eq!(asked(0.0), Err(ApiError::TooManyRequests { seconds: 1 }));
        assert_eq!(asked(0.9), Err(ApiError::TooManyRequests { seconds: 1 }));
        assert_eq!((asked(1.0), asked(1.5).is_err(), asked(2.0)), (Ok(()), true, Ok(())));
        // Another has a rate of its own.
        assert_eq!(limiter.count("b", start), Ok(()));
        assert_eq!(
            (asked(100.0), asked(100.0), asked(100.0), asked(100.0).is_err()),
            (Ok(()), Ok(()), Ok(()), true)
        );
    }

    #[test]
    fn over_a_long_time_no_more_than_the_rate_and_the_burst_pass() {
        let (limiter, start) = (limiter(7, 4), Instant::now());
        let asked = |k: u64| limiter.count("a", start + Duration::from_millis(k * 37)).is_ok();
        // Ten minutes.
        let passed = (0..16_216).filter(|k| asked(*k)).count();
        assert!((70..=74).contains(&passed), "{passed}");
    }

    #[test]
    fn whoever_waits_as_long_as_told_is_let_in() {
        let (limiter, start) = (limiter(4, 1), Instant::now());
        assert_eq!(limiter.count("a", start), Ok(()));
        assert_eq!(limiter.count("a", start), Err(ApiError::TooManyRequests { seconds: 15 }));
        assert!(limiter.count("a", start + Duration::from_secs(14)).is_err());
        assert_eq!(limiter.count("a", start + Duration::from_secs(15)), Ok(()));
    }

    #[test]
    fn the_memory_has_an_end() {
        let (limiter, start) = (limiter(1, 1), Instant::now());
        for k in 0..MOST + 10 {
            let _one_of_many = limiter.count(&k.to_string(), start);
        }
        let kept = limiter.empty_at.lock().map(|kept| kept.len());
        assert!(kept.is_ok_and(|kept| kept <= MOST + 1));
        assert!(limiter.count("late", start).is_err(), "the others share one rate");
        assert_eq!(limiter.count("late", start + Duration::from_mins(2)), Ok(()));
    }
}
