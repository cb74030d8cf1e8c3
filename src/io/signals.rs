//! Which signals this process was started to ignore: `nohup` does that, and a shell script for what
//! it puts in the background. They stay ignored, here and in the commands that are run.

use std::sync::atomic::{AtomicU64, Ordering};

/// `SIGINT`.
const INTERRUPT: u32 = 2;

/// Ctrl-C, heard from the moment that this is made: what starts afterwards cannot miss it.
#[derive(Debug)]
pub struct Interrupt(Option<Heard>);

#[cfg(unix)]
type Heard = tokio::signal::unix::Signal;

#[cfg(not(unix))]
type Heard = tokio::signal::windows::CtrlC;

impl Interrupt {
    /// Starts to listen; for use within the runtime. One that is ignored stays so, for the commands
    /// that are run later too. Where the system lets nobody listen, Ctrl-C ends this process.
    pub fn listen() -> Self {
        if is_ignored(INTERRUPT) {
            return Self(None);
        }
        #[cfg(unix)]
        let heard = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt());
        #[cfg(not(unix))]
        let heard = tokio::signal::windows::ctrl_c();
        Self(heard.ok())
    }

    /// Waits for the next one; for ever where there is none to hear.
    pub async fn recv(&mut self) {
        match &mut self.0 {
            Some(heard) => drop(heard.recv().await),
            None => std::future::pending().await,
        }
    }
}

/// The signals, one bit each, that somebody in this process hears, who decides whether it ends.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// From now on the caller hears the signal of that number.
pub fn take(number: u32) {
    TAKEN.fetch_or(bit(number), Ordering::Relaxed);
}

/// Whether the signal of that number has been taken.
pub fn is_someone_elses(number: u32) -> bool {
    TAKEN.load(Ordering::Relaxed) & bit(number) != 0
}

fn bit(number: u32) -> u64 {
    1 << (number - 1)
}

/// Whether the signal of that number is ignored. Where the system does not tell, it is not.
pub fn is_ignored(number: u32) -> bool {
    if !cfg!(target_os = "linux") {
        return false;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|text| u64::from_str_radix(text.trim(), 16).ok()).unwrap_or(0);
    mask & bit(number) != 0
}

#[cfg(test)]
mod tests {
    use super::{INTERRUPT, is_ignored, is_someone_elses, take};

    #[test]
    fn each_signal_is_taken_by_itself() {
        take(INTERRUPT);
        assert!(is_someone_elses(INTERRUPT));
        // SIGQUIT and SIGTERM stay what they were.
        assert!(!is_someone_elses(3) && !is_someone_elses(15));
    }

    #[test]
    fn of_a_test_only_broken_pipes_are_ignored() {
        assert!(!is_ignored(INTERRUPT));
        // Rust programs ignore SIGPIPE.
        assert_eq!(is_ignored(13), cfg!(target_os = "linux"));
    }
}
