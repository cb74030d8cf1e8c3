//! Kernel locks that die with their holder, each on a file of its own that is never renamed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Once;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::unwritable::way_out;
use super::{own, replace};
use crate::domain::{Error, Result};

/// A held lock; dropping it, or dying, frees it.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held, never read")] File);

/// How often a waiter looks again.
const POLL: Duration = Duration::from_millis(20);
/// A wait longer than this is told.
const TELL_AFTER: Duration = Duration::from_secs(1);

impl Lock {
    /// Whether the lock's file can be there: not on a disk that is full or that cannot be written.
    pub fn can_be_made(path: &Path) -> bool {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        let kinds = [PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull];
        // A link or somebody else's file is refused by ourselves, not by the system.
        let by_system = |error: &io::Error| error.raw_os_error().is_some();
        !open(path).is_err_and(|error| by_system(&error) && kinds.contains(&error.kind()))
    }

    /// Takes the lock if nobody holds it.
    pub fn try_acquire(path: &Path) -> io::Result<Option<Self>> {
        static TOLD: Once = Once::new();
        let file = open(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self(file))),
                Err(TryLockError::WouldBlock) => return Ok(None),
                // On a network file system the question takes time, and a signal may come.
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                // As the AWS CLI, which knows no locks.
                Err(TryLockError::Error(error)) if replace::is_unable(&error) => {
                    let text = "this disk knows no locks: going on without";
                    replace::tell(&TOLD, &format!("{text} (`{}`: {error})", path.display()));
                    return Ok(Some(Self(file)));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// Waits for the lock; `tell` is called once when that takes more than a second.
    pub fn acquire(path: &Path, tell: impl FnOnce()) -> io::Result<Self> {
        let mut tell = Some(tell);
        let start = Instant::now();
        loop {
            if let Some(lock) = Self::try_acquire(path)? {
                return Ok(lock);
            }
            tell_late(start, &mut tell);
            sleep(POLL);
        }
    }

    /// [`Lock::acquire`] with another way to wait, which may end the wait with an error.
    pub fn acquire_with(
        path: &Path,
        tell: impl FnOnce(),
        pause: impl Fn(Duration) -> Result<()>,
    ) -> Result<Self> {
        let mut tell = Some(tell);
        let start = Instant::now();
        let failed = |error: io::Error| {
            Error::config(format!("the lock `{}` cannot be taken", path.display()))
                .cause(&error)
                .hint(way_out(path, &error))
        };
        loop {
            if let Some(lock) = Self::try_acquire(path).map_err(failed)? {
                return Ok(lock);
            }
            tell_late(start, &mut tell);
            pause(POLL)?;
        }
    }
}

fn tell_late(start: Instant, tell: &mut Option<impl FnOnce()>) {
    if start.elapsed() >= TELL_AFTER
        && let Some(tell) = tell.take()
    {
        tell();
    }
}

fn open(path: &Path) -> io::Result<File> {
    own::make(path, OpenOptions::new().read(true).write(true).truncate(false))
}
