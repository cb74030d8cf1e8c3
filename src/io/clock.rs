//! The current time, and waiting for a later one: here and nowhere else.
//!
//! In debug builds the file that `SSOENV_TEST_CLOCK` names moves the clock: it holds milliseconds to
//! add, and may be replaced while the program runs. So tests let hours pass without waiting.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::env::Env;
use crate::domain::timestamp::Timestamp;

/// How often a wait looks at a clock that somebody moves.
const LOOK: Duration = Duration::from_millis(5);

/// The system's clock, or one that tests set.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// The system's, moved by what a file holds.
    Moved(Arc<Path>),
    /// One that stands still.
    Fixed(Timestamp),
}

impl Clock {
    /// The system's clock, unless this is a debug build and a test moves it.
    pub fn new(env: &Env) -> Self {
        let file = if cfg!(debug_assertions) { env.get_os("SSOENV_TEST_CLOCK") } else { None };
        file.map_or(Self::System, |file| Self::Moved(Path::new(&file).into()))
    }

    /// Now, in nanoseconds of the epoch, to compare with time stamps of files.
    pub fn now_nanoseconds(&self) -> i128 {
        let since = match self {
            Self::System | Self::Moved(_) => system() + self.shift(),
            Self::Fixed(time) => return i128::from(time.seconds()) * 1_000_000_000,
        };
        i128::try_from(since.as_nanos()).unwrap_or_default()
    }

    /// Now, in whole seconds.
    pub fn now(&self) -> Timestamp {
        let seconds = self.now_nanoseconds() / 1_000_000_000;
        Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// Now, to measure spans with: nobody sets it.
    pub fn instant(&self) -> Instant {
        Instant::now() + self.shift()
    }

    /// The end of a wait that begins now.
    pub fn deadline(&self, patience: Duration) -> Deadline {
        Deadline { clock: self.clone(), started: Instant::now(), shift: self.shift(), patience }
    }

    /// Waits.
    pub async fn sleep(&self, time: Duration) {
        if !matches!(self, Self::Moved(_)) {
            return tokio::time::sleep(time).await;
        }
        let end = self.deadline(time);
        while !end.has_passed() {
            tokio::time::sleep(LOOK.min(time)).await;
        }
    }

    /// How far a test has moved it.
    fn shift(&self) -> Duration {
        let Self::Moved(file) = self else { return Duration::ZERO };
        let text = std::fs::read_to_string(file).unwrap_or_default();
        Duration::from_millis(text.trim().parse().unwrap_or_default())
    }
}

/// The end of a wait. It is measured with the monotonic clock: whoever sets the system's clock, or
/// a machine that finds out the time after its start, neither ends the wait early nor prolongs it.
#[derive(Debug)]
pub struct Deadline {
    clock: Clock,
    started: Instant,
    shift: Duration,
    patience: Duration,
}

impl Deadline {
    /// What is left; zero once it has passed.
    pub fn left(&self) -> Duration {
        let moved = self.clock.shift().saturating_sub(self.shift);
        self.patience.saturating_sub(self.started.elapsed().saturating_add(moved))
    }

    pub fn has_passed(&self) -> bool {
        self.left().is_zero()
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn system() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test that sets its own clock")]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_counts_from_where_a_moved_clock_stood() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("clock");
        let set = |milliseconds| std::fs::write(&file, milliseconds).expect("written");
        set("5000");
        let clock = Clock::Moved(file.as_path().into());
        let deadline = clock.deadline(Duration::from_secs(3600));
        assert!(deadline.left() > Duration::from_secs(3500));
        set("1805000");
        assert!(deadline.left() <= Duration::from_secs(1800) && !deadline.has_passed());
        set("3605000");
        assert!(deadline.has_passed());
    }
}
