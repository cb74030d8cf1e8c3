//! Kernel locks that die with their holder, each on a file of its own that is never renamed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::files;

/// A held lock; dropping it, or dying, frees it.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held, never read")] File);

/// How often a waiter looks again.
const POLL: Duration = Duration::from_millis(20);
/// A wait longer than this is told.
const TELL_AFTER: Duration = Duration::from_secs(1);

impl Lock {
    /// Takes the lock if nobody holds it.
    pub fn try_acquire(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Waits for the lock; `tell` is called once when that takes more than a second.
    pub fn acquire(path: &Path, tell: impl FnOnce()) -> io::Result<Self> {
        let start = Instant::now();
        let mut tell = Some(tell);
        loop {
            if let Some(lock) = Self::try_acquire(path)? {
                return Ok(lock);
            }
            if start.elapsed() >= TELL_AFTER
                && let Some(tell) = tell.take()
            {
                tell();
            }
            sleep(POLL);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    files::private_dir(path.parent().unwrap_or(Path::new(".")))?;
    if let Ok(meta) = std::fs::symlink_metadata(path) {
        files::check_own(path, &meta)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
