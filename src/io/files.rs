//! Files read whole, and written so that a reader sees the old or the new text, never a part.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::temporary;

/// Whether a write has reached the disk before it counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Flushed to the disk: tokens, registrations, `~/.aws/*`, the trust list.
    Synced,
    /// May be lost in a power cut: caches.
    Cached,
}

/// The file's bytes; `None` where there is no such file, or a folder in its place.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the error says that there is no file (also: a folder, or a file in place of a folder).
pub fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory
    )
}

/// Writes a file that only the user may read: a temporary file in the same folder (0600 from the
/// first byte), renamed over the old one. An existing file's mode is not kept: it becomes 0600.
/// Missing folders are made 0700; existing ones keep their mode.
pub fn write_private(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    private_dir(folder)?;
    // A link that the user made (dotfiles) is written through, not replaced.
    let target = resolve_link(path);
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = temporary::make(folder)?;
    file.write_all(bytes)?;
    if durability == Durability::Synced {
        file.as_file().sync_all()?;
    }
    file.persist(&target)?;
    if durability == Durability::Synced {
        sync_dir(folder);
    }
    Ok(())
}

/// Tries whether [`write_private`] would have room and permission for so many bytes: before
/// something is spent that can only be made good by writing what comes back for it.
pub fn try_write(path: &Path, bytes: usize) -> io::Result<()> {
    private_dir(path.parent().unwrap_or(Path::new(".")))?;
    let target = resolve_link(path);
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = temporary::make(folder)?;
    file.write_all(&vec![b' '; bytes])
}

/// Writes a file of the user's own: a temporary file beside it (0600 from the first byte), flushed
/// to the disk, renamed over the old one. An existing file keeps its mode, a link stays one; a new
/// file is 0600. Missing folders are made 0700.
pub fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = resolve_link(path);
    let folder = target.parent().unwrap_or(Path::new("."));
    private_dir(folder)?;
    let mode = match File::options().append(true).open(&target) {
        // Renaming would get around the protection of a file that may not be written.
        Ok(file) => Some(file.metadata()?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut file = temporary::make(folder)?;
    file.write_all(bytes)?;
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode)?;
    }
    file.as_file().sync_all()?;
    file.persist(&target)?;
    sync_dir(folder);
    Ok(())
}

/// [`write_private`] in a folder of state: one of the program's own, or a cache that it shares with
/// the AWS CLI. What killed processes have left there goes; in all others it is the user's to see.
pub fn write_state(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    temporary::sweep(path.parent().unwrap_or(Path::new(".")));
    write_private(path, bytes, durability)
}

/// Closes a file to everybody but its owner.
pub fn close(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    {
        fs::metadata(path).map(drop)
    }
}

/// Makes `folder` and what is missing above it, each 0700.
pub fn private_dir(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes a file; whether there was one.
pub fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if is_absent(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads a file that is used for trust, locks, stamps or own secrets: a link, a special file,
/// somebody else's file, or one in a folder that others may change is refused (`PermissionDenied`).
pub fn read_own(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let Some(mut file) = open_own(path)? else { return Ok(None) };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Adds a line to a file that only the user may read; whole lines of several writers do not mix.
/// What [`read_own`] refuses is refused here too.
pub fn append_own(path: &Path, line: &str) -> io::Result<()> {
    let mut file = super::guarded::make(path, File::options().append(true))?;
    file.write_all(format!("{line}\n").as_bytes())
}

/// The files of a folder, in the order of their names; none where there is no folder.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = loop {
        match fs::read_dir(folder) {
            Ok(entries) => break entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            // The standard library repeats what opens a file, and not what opens a folder.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    };
    let mut paths: Vec<_> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    Ok(paths)
}

fn open_own(path: &Path) -> io::Result<Option<File>> {
    match fs::symlink_metadata(path) {
        Ok(meta) => check_own(path, &meta)?,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    check_own_folder(path.parent().unwrap_or(Path::new(".")))?;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    // Once more on what was opened: it may have been changed in between.
    check_own(path, &file.metadata()?)?;
    Ok(Some(file))
}

/// Refuses what is not a regular file of this user (or of root).
pub fn check_own(path: &Path, meta: &fs::Metadata) -> io::Result<()> {
    let refuse = |why: &str| {
        let text = format!("`{}` is {why}", path.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, text))
    };
    if meta.file_type().is_symlink() {
        return refuse("a symbolic link");
    }
    if !meta.is_file() {
        return refuse("not a regular file");
    }
    if !is_own(meta) {
        return refuse("another user's file");
    }
    Ok(())
}

/// Refuses a folder in which somebody else could put files in the place of ours. Where a link leads
/// to it, it is the folder behind that counts: the user may keep it on another disk.
pub fn check_own_folder(folder: &Path) -> io::Result<()> {
    let meta = fs::metadata(folder)?;
    let refuse = |why: &str| {
        let text = format!("`{}` {why}", folder.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, text))
    };
    if !is_own(&meta) {
        return refuse("is another user's folder");
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&meta) & 0o022 != 0 {
        return refuse("is a folder that others may write to: chmod go-w");
    }
    Ok(())
}

/// Whether the file belongs to the current user or to root.
#[cfg(unix)]
pub fn is_own(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.uid() == 0 || meta.uid() == rustix::process::geteuid().as_raw()
}

/// Windows folders of the user are closed to others by their own access lists.
#[cfg(not(unix))]
pub fn is_own(_: &fs::Metadata) -> bool {
    true
}

/// What tells one version of a file from another without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// Device and inode; 0 where the platform has none.
    pub id: (u64, u64),
    /// Bytes.
    pub size: u64,
    /// Modification time in nanoseconds of the epoch.
    pub modified: i128,
    /// Change time in nanoseconds of the epoch; 0 where the platform has none.
    pub changed: i128,
}

/// A file that was changed this short a time ago, in nanoseconds, may change again without another
/// stamp: file times stand still for some milliseconds.
const UNSETTLED: i128 = 50_000_000;

/// Whether files that were looked at then had been left alone for long enough that their stamps tell
/// every later version from this one.
pub fn are_settled(stamps: &[Option<Stamp>], looked: i128) -> bool {
    let latest = stamps.iter().flatten().map(|stamp| stamp.changed.max(stamp.modified)).max();
    latest.is_none_or(|latest| latest < looked - UNSETTLED)
}

/// The file's stamp; `None` where there is no file.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let meta = fs::metadata(path).ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let nanos = |s: i64, n: i64| i128::from(s) * 1_000_000_000 + i128::from(n);
        Some(Stamp {
            id: (meta.dev(), meta.ino()),
            size: meta.len(),
            modified: nanos(meta.mtime(), meta.mtime_nsec()),
            changed: nanos(meta.ctime(), meta.ctime_nsec()),
        })
    }
    #[cfg(not(unix))]
    {
        let since = meta.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        let modified = i128::try_from(since.as_nanos()).unwrap_or(i128::MAX);
        Some(Stamp { id: (0, 0), size: meta.len(), modified, changed: 0 })
    }
}

/// Where a chain of links ends; the path itself if it is no link or leads nowhere.
pub fn resolve_link(path: &Path) -> PathBuf {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.file_type().is_symlink() => {
            fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
        }
        _ => path.to_owned(),
    }
}

/// Flushes a folder's entries where the platform can; a failure changes nothing for the reader.
pub fn sync_dir(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        drop(folder.sync_all());
    }
}
