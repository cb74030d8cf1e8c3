//! The current time, read here and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::timestamp::Timestamp;

/// The system clock, or a fixed time in tests.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Option<Timestamp>);

impl Clock {
    /// The system clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// Always `time`.
    pub const fn fixed(time: Timestamp) -> Self {
        Self(Some(time))
    }

    /// Now, in nanoseconds of the epoch, to compare with time stamps of files.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now_nanoseconds(&self) -> i128 {
        match self.0 {
            Some(time) => i128::from(time.seconds()) * 1_000_000_000,
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i128::try_from(since.as_nanos()).ok())
                .unwrap_or_default(),
        }
    }

    /// Now, in whole seconds.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now(&self) -> Timestamp {
        self.0.unwrap_or_else(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
        })
    }
}
