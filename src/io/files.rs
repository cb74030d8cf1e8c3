//! Files read whole, and written so that a reader sees the old or the new text, never a part.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{owner, replace, temporary};

pub use super::replace::{Durability, folder_of};

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

/// Writes a file that is shared with the AWS CLI: 0600 from the first byte. An existing file's mode
/// is not kept; a link that the user made (dotfiles) is written through. Missing folders are made
/// 0700; existing ones keep their mode. What killed processes have left in the folder goes.
pub fn write_shared(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let target = target_of(path)?;
    temporary::sweep(folder_of(path));
    replace::with(&target, bytes, None, durability)
}

/// Tries whether [`write_shared`] would do for so many bytes: before something is spent that can
/// only be made good by writing what comes back for it.
pub fn try_write(path: &Path, bytes: usize) -> io::Result<()> {
    let target = target_of(path)?;
    match temporary::make(folder_of(&target)) {
        Ok(file) => replace::rehearse(file, &vec![b' '; bytes]),
        Err(error) => File::options().write(true).open(&target).map(drop).map_err(|_| error),
    }
}

/// Writes a file of the user's own: flushed to the disk. An existing file keeps its mode, a link
/// stays one; a new file is 0600. Missing folders are made 0700.
pub fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = target_of(path)?;
    let mode = match File::options().append(true).open(&target) {
        // Renaming would get around the protection of a file that may not be written.
        Ok(file) => Some(file.metadata()?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    replace::with(&target, bytes, mode, Durability::Synced)
}

/// Closes a file to everybody but its owner, where the disk can.
pub fn close(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        replace::without_chmod(fs::set_permissions(path, fs::Permissions::from_mode(0o600)))
    }
    #[cfg(not(unix))]
    {
        fs::metadata(path).map(drop)
    }
}

/// Where a file is to be written: at the end of a chain of links, with its folder there. A folder
/// behind a link is not made: the link may lead to a disk that is not mounted.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    let target = resolve_link(path);
    if target == path {
        private_dir(folder_of(path))?;
    } else if !folder_of(&target).is_dir() {
        let text = format!("it is a link to `{}`, whose folder does not exist", target.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    Ok(target)
}

/// Makes `folder` and what is missing above it, each 0700.
pub fn private_dir(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    private_dir(above)?;
    #[cfg_attr(not(unix), expect(unused_mut, reason = "folders have modes on Unix alone"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            owner::give_folder(folder, above);
            Ok(())
        }
    }
}

/// Removes a file; whether there was one.
pub fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if is_absent(&error) => Ok(false),
        Err(error) => Err(error),
    }
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

/// What tells one version of a file from another without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

impl Stamp {
    /// Adds it to a text: in hexadecimal digits, which cost the least.
    pub fn add_to(&self, text: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let Self { id: (device, inode), size, modified, changed } = *self;
        let small = [device, inode, size].map(i128::from);
        for number in small.into_iter().chain([modified, changed]) {
            for byte in number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0) {
                text.push(char::from(DIGITS[usize::from(byte >> 4)]));
                text.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
            text.push(':');
        }
    }
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

/// The file's stamp; `None` where there is no file. One that cannot be looked at has a stamp of its own.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if is_absent(&error) => return None,
        Err(_) => return Some(Stamp::default()),
    };
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

/// Where a chain of links ends, be there a file or not; the path itself if it is no link.
pub fn resolve_link(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    // As many as the kernel follows.
    for _ in 0..40 {
        let Ok(next) = fs::read_link(&target) else { return target };
        target = folder_of(&target).join(next);
    }
    path.to_owned()
}
