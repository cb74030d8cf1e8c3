//! The portal's request limit.

use std::time::Instant;

/// A token bucket that holds one second's worth.
#[derive(Debug)]
pub(crate) struct Bucket {
    per_second: f64,
    left: f64,
    filled: Instant,
    /// Does the refusal carry `Retry-After`?
    pub retry_after: bool,
}

impl Bucket {
    pub fn new(per_second: f64, retry_after: bool) -> Self {
        Self { per_second, left: per_second.max(1.0), filled: Instant::now(), retry_after }
    }

    /// Takes one; `Err` holds the seconds until there is one again.
    pub fn take(&mut self, now: Instant) -> Result<(), f64> {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * self.per_second;
        self.left = (self.left + gained).min(self.per_second.max(1.0));
        self.filled = now;
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err((1.0 - self.left) / self.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;
    use std::time::{Duration, Instant};

    #[test]
    fn gives_what_it_holds_then_refills() {
        let mut bucket = Bucket::new(2.0, false);
        let now = Instant::now();
        assert!(bucket.take(now).is_ok());
        assert!(bucket.take(now).is_ok());
        let wait = bucket.take(now).expect_err("empty");
        assert!((0.4..=0.5).contains(&wait), "{wait}");
        assert!(bucket.take(now + Duration::from_millis(500)).is_ok());
    }
}
