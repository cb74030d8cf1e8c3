//! Which signals this process was started to ignore: `nohup` does that, and a shell script for what
//! it puts in the background. They stay ignored, here and in the commands that are run.

use std::sync::atomic::{AtomicBool, Ordering};

/// `SIGINT`.
pub const INTERRUPT: u32 = 2;

/// Whether somebody in this process hears the signals that end it, and ends it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// From now on the caller hears them.
pub fn take() {
    TAKEN.store(true, Ordering::Relaxed);
}

/// Whether they have been taken.
pub fn is_someone_elses() -> bool {
    TAKEN.load(Ordering::Relaxed)
}

/// Whether the signal of that number is ignored. Where the system does not tell, it is not.
pub fn is_ignored(number: u32) -> bool {
    if !cfg!(target_os = "linux") {
        return false;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|text| u64::from_str_radix(text.trim(), 16).ok()).unwrap_or(0);
    mask >> (number - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::{INTERRUPT, is_ignored};

    #[test]
    fn of_a_test_only_broken_pipes_are_ignored() {
        assert!(!is_ignored(INTERRUPT));
        // Rust programs ignore SIGPIPE.
        assert_eq!(is_ignored(13), cfg!(target_os = "linux"));
    }
}
