//! One version of a file put in the place of another, so that a reader sees the old or the new one.
//! Where the disk cannot do that, it is done as the AWS CLI does it: written in place, without what
//! is missing. That is told once, with `-v`.

use std::fs::{File, Permissions};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::sync::Once;

use tempfile::NamedTempFile;

use super::{owner, temporary};

/// Whether a write has reached the disk before it counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Flushed to the disk: tokens, registrations, `~/.aws/*`, the trust list.
    Synced,
    /// May be lost in a power cut: caches.
    Cached,
}

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a temporary file beside `target` (0600, or of that mode) and renames it. A link at
/// `target` is replaced, not followed.
pub(super) fn with(
    target: &Path,
    bytes: &[u8],
    mode: Option<Permissions>,
    durability: Durability,
) -> io::Result<()> {
    let folder = folder_of(target);
    let mut file = match temporary::make(folder) {
        Ok(file) => file,
        // A file that was mounted into a folder of somebody else's.
        Err(error) if is_closed(&error) => {
            return in_place(target, bytes, durability).map_err(|_| error);
        }
        Err(error) => return Err(error),
    };
    file.write_all(bytes)?;
    owner::give(file.as_file(), folder);
    if let Some(mode) = mode {
        without_chmod(file.as_file().set_permissions(mode))?;
    }
    if durability == Durability::Synced {
        without_fsync(file.as_file().sync_all())?;
    }
    match file.persist(target) {
        Ok(_) => {}
        Err(error) if is_fixed(&error.error) => return in_place(target, bytes, durability),
        Err(error) => return Err(error.error),
    }
    if durability == Durability::Synced {
        sync_dir(folder);
    }
    Ok(())
}

/// Does all that [`with`] does, with two temporary files and no target.
pub(super) fn rehearse(mut file: NamedTempFile, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    without_fsync(file.as_file().sync_all())?;
    let other = temporary::make(folder_of(file.path()))?.into_temp_path();
    match file.persist(&other) {
        Err(error) if !is_fixed(&error.error) => Err(error.error),
        _ => Ok(()),
    }
}

/// Overwrites the file itself: first what is there, then its length, so that a full disk loses
/// nothing of the same size.
fn in_place(target: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    static TOLD: Once = Once::new();
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(target)?;
    tell(&TOLD, &format!("`{}` cannot be replaced: written in place", target.display()));
    file.write_all(bytes)?;
    let end = file.stream_position()?;
    file.set_len(end)?;
    if durability == Durability::Synced { without_fsync(file.sync_all()) } else { Ok(()) }
}

/// Flushes a folder's entries where the platform can; a failure changes nothing for the reader.
fn sync_dir(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        drop(folder.sync_all());
    }
}

/// A disk that has no modes keeps its own.
pub(super) fn without_chmod(done: io::Result<()>) -> io::Result<()> {
    static TOLD: Once = Once::new();
    unless_unable(done, &TOLD, "this disk keeps no file modes: going on without `chmod`")
}

fn without_fsync(done: io::Result<()>) -> io::Result<()> {
    static TOLD: Once = Once::new();
    unless_unable(done, &TOLD, "this disk cannot flush files: going on without `fsync`")
}

fn unless_unable(done: io::Result<()>, told: &'static Once, text: &str) -> io::Result<()> {
    match done {
        Err(error) if is_unable(&error) => {
            tell(told, &format!("{text} ({error})"));
            Ok(())
        }
        done => done,
    }
}

pub(super) fn tell(told: &'static Once, text: &str) {
    told.call_once(|| log::info!("{text}"));
}

/// The disk knows no such thing, and will not for any other file either.
#[cfg(unix)]
pub(super) fn is_unable(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let unable = [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOLCK, Errno::PERM];
    is_one_of(error, &unable)
}

/// A mount point, or a file that another file system lends.
#[cfg(unix)]
fn is_fixed(error: &io::Error) -> bool {
    use rustix::io::Errno;
    is_one_of(error, &[Errno::BUSY, Errno::XDEV])
}

#[cfg(unix)]
fn is_closed(error: &io::Error) -> bool {
    use rustix::io::Errno;
    is_one_of(error, &[Errno::ACCESS, Errno::PERM, Errno::ROFS])
}

#[cfg(unix)]
fn is_one_of(error: &io::Error, known: &[rustix::io::Errno]) -> bool {
    known.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

#[cfg(not(unix))]
pub(super) fn is_unable(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

#[cfg(not(unix))]
fn is_fixed(_: &io::Error) -> bool {
    false
}

#[cfg(not(unix))]
fn is_closed(_: &io::Error) -> bool {
    false
}
