//! Kernel locks that die with their holder, each on a file of its own that is never renamed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use super::app::App;
use super::unwritable::way_out;
use super::{own, replace};
use crate::domain::{Error, Result};

/// A held lock; dropping it, or dying, frees it.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held, never read")] File);

/// How often a waiter looks again.
const POLL: Duration = Duration::from_millis(20);
/// How long somebody waits who writes what nobody depends on: longer than a write takes.
const MOMENT: Duration = Duration::from_millis(200);
/// How long somebody waits who has to have the lock. Its holder may be asking a person.
const LONG: Duration = Duration::from_secs(60);

impl Lock {
    /// Whether the lock's file can be there: not on a disk that is full or that cannot be written.
    fn can_be_made(path: &Path) -> bool {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        let kinds = [PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull];
        // A link or somebody else's file is refused by ourselves, not by the system.
        let by_system = |error: &io::Error| error.raw_os_error().is_some();
        !open(path).is_err_and(|error| by_system(&error) && kinds.contains(&error.kind()))
    }

    /// Takes the lock if nobody holds it.
    fn try_acquire(path: &Path) -> io::Result<Option<Self>> {
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

    fn attempt(path: &Path) -> Result<Option<Self>> {
        Self::try_acquire(path).map_err(|error| {
            Error::config(format!("the lock `{}` cannot be taken", path.display()))
                .cause(&error)
                .hint(way_out(path, &error))
        })
    }
}

impl App {
    /// Takes a lock; `None` where others hold it for longer than `patience`. After a second a line
    /// says that this process waits for `what`; Ctrl-C ends the wait.
    pub fn lock(&self, path: &Path, patience: Duration, what: &str) -> Result<Option<Lock>> {
        if let Some(lock) = Lock::attempt(path)? {
            return Ok(Some(lock));
        }
        let again = async {
            loop {
                self.clock.sleep(POLL).await;
                if let Some(lock) = Lock::attempt(path)? {
                    return Ok(lock);
                }
            }
        };
        self.run(async { self.patience.wait(patience, what, again).await.transpose() })
    }

    /// [`App::lock`] for what must not be done without it.
    pub fn lock_or_fail(&self, path: &Path, what: &str) -> Result<Lock> {
        self.lock(path, LONG, what)?.ok_or_else(|| {
            Error::failed(format!("gave up waiting for {what}"))
                .cause(format!("it has held `{}` for a minute", path.display()))
                .hint("answer what it asks, continue it with `fg`, or end it; then try again")
        })
    }

    /// [`App::lock`] where it only saves work: `None` also where nothing can be written, and nothing
    /// of what others do can be undone.
    pub fn lock_to_share(
        &self,
        path: &Path,
        patience: Duration,
        what: &str,
    ) -> Result<Option<Lock>> {
        if !Lock::can_be_made(path) {
            log::info!("`{}` cannot be written: going on without that lock", path.display());
            return Ok(None);
        }
        let lock = self.lock(path, patience, what)?;
        if lock.is_none() {
            log::info!("`{}` is held for too long: going on without it", path.display());
        }
        Ok(lock)
    }

    /// [`App::lock`] for a record that nobody depends on: no wait that anybody notices.
    pub fn lock_for_a_moment(&self, path: &Path) -> Result<Option<Lock>> {
        self.lock(path, MOMENT, "another ssoenv")
    }
}

fn open(path: &Path) -> io::Result<File> {
    own::make(path, OpenOptions::new().read(true).write(true).truncate(false))
}
