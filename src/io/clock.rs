//! The current time, and waiting for a later one: here and nowhere else.
//!
//! In debug builds the file that `SSOENV_TEST_CLOCK` names moves the clock: it holds milliseconds to
//! add, and may be replaced while the program runs. So tests let hours pass without waiting.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::env::Env;
use crate::domain::timestamp::Timestamp;

/// How often a wait looks at a clock that somebody moves.
const LOOK: Duration = Duration::from_millis(5);

/// The system's clock, or one that tests set.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's.
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
            Self::System => system(),
            Self::Moved(file) => system() + shift(file),
            Self::Fixed(time) => return i128::from(time.seconds()) * 1_000_000_000,
        };
        i128::try_from(since.as_nanos()).unwrap_or_default()
    }

    /// Now, in whole seconds.
    pub fn now(&self) -> Timestamp {
        let seconds = self.now_nanoseconds() / 1_000_000_000;
        Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// Waits.
    pub async fn sleep(&self, time: Duration) {
        if !matches!(self, Self::Moved(_)) {
            return tokio::time::sleep(time).await;
        }
        let end = self.now_nanoseconds() + i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
        while self.now_nanoseconds() < end {
            tokio::time::sleep(LOOK.min(time)).await;
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn system() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn shift(file: &Path) -> Duration {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    Duration::from_millis(text.trim().parse().unwrap_or_default())
}
