//! How many descriptors the process may have: one for each connection, and some for log and registry.

use std::num::NonZeroUsize;

use rlimit::Resource;

use crate::Error;

/// Descriptors that are no connections: of the log, the registry, the runtime.
const OTHERS: usize = 64;

/// Connections below which a service is not worth starting.
const FEWEST: usize = 16;

/// Lets the process have as many descriptors as an administrator allows; gives how many connections these are enough for, at most as
/// many as are wanted.
///
/// # Errors
/// They are enough for next to none.
pub(crate) fn connections(wanted: NonZeroUsize) -> Result<NonZeroUsize, Error> {
    let failed =
        |source| Error::Serve { action: "find out how many descriptors the process may have", source };
    let (now, most) = Resource::NOFILE.get().map_err(failed)?;
    let needed = (wanted.get() + OTHERS) as u64;
    let allowed = if now < needed && now < most {
        let more = needed.min(most);
        Resource::NOFILE.set(more, most).map_err(failed)?;
        more
    } else {
        now
    };
    enough(wanted, allowed)
}

/// How many connections a number of descriptors is enough for.
fn enough(wanted: NonZeroUsize, allowed: u64) -> Result<NonZeroUsize, Error> {
    let left = usize::try_from(allowed).unwrap_or(usize::MAX).saturating_sub(OTHERS);
    if left >= wanted.get() {
        return Ok(wanted);
    }
    match NonZeroUsize::new(left).filter(|left| left.get() >= FEWEST) {
        Some(fewer) => {
            tracing::warn!(
                wanted,
                connections = fewer,
                descriptors = allowed,
                "the system allows fewer connections than were wanted"
            );
            Ok(fewer)
        }
        None => Err(Error::Serve {
            action: "serve",
            source: std::io::Error::other(format!(
                "the system allows the process {allowed} descriptors, expected at least {}",
                OTHERS + FEWEST
            )),
        }),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn connections_leave_descriptors_for_log_and_registry() {
        let wanted = NonZeroUsize::new(1000).unwrap();
        assert_eq!(enough(wanted, 1064).unwrap().get(), 1000);
        assert_eq!(enough(wanted, u64::MAX).unwrap().get(), 1000);
        assert_eq!(enough(wanted, 1063).unwrap().get(), 999);
        assert_eq!(enough(wanted, 80).unwrap().get(), 16);
        let error = enough(wanted, 79).unwrap_err().to_string();
        assert_eq!(error, "cannot serve: the system allows the process 79 descriptors, expected at least 80");
        assert_eq!(enough(NonZeroUsize::MIN, 65).unwrap().get(), 1);
    }
}
