//! The one way to read and write ssoenv's own files: used for trust, locks, stamps, secrets and
//! records. A link, a special file, somebody else's file, or one in a folder that others may change
//! is refused (`PermissionDenied`), and what was judged is what is read: a file is opened once.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::files::{self, Durability, folder_of, is_absent};
use super::owner::is_own;
use super::{owner, replace, temporary};

/// Bytes that are made room for at once.
const MAX_ROOM: u64 = 1 << 20;

/// Reads an own file in a folder of ours; `None` where there is none.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let Some((file, size)) = open(path)? else { return Ok(None) };
    check_folder(folder_of(path))?;
    contents(&file, size, u64::MAX).map(Some)
}

/// Writes an own file in a folder of ours, 0600 from the first byte. What killed processes have left
/// there goes.
pub fn write(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let folder = folder_of(path);
    files::private_dir(folder)?;
    check_folder(folder)?;
    temporary::sweep(folder);
    write_beside(path, bytes, durability)
}

/// Removes the files of a folder of ours that were not written for so long: all, or those whose
/// names end in `.extension`.
pub fn remove_older(folder: &Path, age: Duration, extension: Option<&str>) {
    let named = |name: &OsStr| {
        extension.is_none_or(|extension| Path::new(name).extension() == Some(extension.as_ref()))
    };
    temporary::remove_older(folder, age, named);
}

/// Writes an own file beside files of the user, or where the user wants it, 0600 from the first
/// byte: the folder may be open to others, as `/tmp` is, and must not be theirs.
pub fn write_beside(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let folder = folder_of(path);
    check_owner(folder)?;
    if let Ok(meta) = fs::symlink_metadata(path) {
        check(path, &meta)?;
    }
    replace::with(path, bytes, None, durability)
}

/// Reads a regular file of this user or of root whose size is at most `limit` bytes; `None` where
/// there is none. Links, pipes, devices and larger files are refused without being read, and
/// nothing blocks. What was judged is what is read: the file is opened once.
pub fn read_limited(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let Some((file, size)) = open(path)? else { return Ok(None) };
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let bytes = contents(&file, size, limit.saturating_add(1))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        let text = format!("`{}` has more than {limit} bytes", path.display());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(Some(bytes))
}

/// The last bytes of an own file, at most `limit`; `None` where there is none.
pub fn tail(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let Some((mut file, size)) = open(path)? else { return Ok(None) };
    if size > limit {
        file.seek(SeekFrom::Start(size - limit))?;
    }
    contents(&file, size.min(limit), limit).map(Some)
}

/// Adds bytes to the end of an own file, made 0600 where there is none; its size then.
pub fn append(path: &Path, bytes: &[u8]) -> io::Result<u64> {
    let file = make(path, OpenOptions::new().append(true))?;
    (&file).write_all(bytes)?;
    Ok(file.metadata()?.len())
}

/// Adds a line to an own file; whole lines of several writers do not mix.
pub fn append_line(path: &Path, line: &str) -> io::Result<()> {
    append(path, format!("{line}\n").as_bytes()).map(drop)
}

/// Adds bytes to the end of an own file with one write: those of several writers do not mix. The file
/// is made 0600 where there is none; its folder may be open to others, as for [`write_beside`].
pub fn append_once(path: &Path, bytes: &[u8]) -> io::Result<()> {
    check_owner(folder_of(path))?;
    let mut file = open_or_make(path, OpenOptions::new().append(true))?;
    match file.write(bytes)? {
        written if written == bytes.len() => Ok(()),
        _ => Err(io::ErrorKind::StorageFull.into()),
    }
}

/// Tries whether [`append_once`] would do, and makes nothing for it.
pub fn try_append(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) => {
            check(path, &meta)?;
            return open_checked(path, OpenOptions::new().append(true)).map(drop);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    // A bare name is one in the current folder.
    let here = Path::new(".");
    let folders = path.ancestors().skip(1).filter(|folder| *folder != Path::new(""));
    let folder = folders.chain([here]).find(|folder| folder.exists()).unwrap_or(here);
    check_owner(folder)?;
    #[cfg(unix)]
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK)?;
    Ok(())
}

/// Opens an own file in a folder of ours; both are made where they are missing, closed to others.
pub fn make(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let folder = folder_of(path);
    files::private_dir(folder)?;
    check_folder(folder)?;
    open_or_make(path, options)
}

fn open_or_make(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    // Before it is opened: the answer names what stands there.
    let known = fs::symlink_metadata(path);
    if let Ok(meta) = &known {
        check(path, meta)?;
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let (file, _) = open_checked(path, options.create(true))?;
    if known.is_err() {
        owner::give(&file, folder_of(path));
    }
    Ok(file)
}

/// The file to be read, and its size.
fn open(path: &Path) -> io::Result<Option<(File, u64)>> {
    match fs::symlink_metadata(path) {
        // Before it is opened: opening a device can do things.
        Ok(meta) => check(path, &meta)?,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    match open_checked(path, OpenOptions::new().read(true)) {
        Err(error) if is_absent(&error) => Ok(None),
        opened => opened.map(Some),
    }
}

/// The rest of a file, at most `limit` bytes. Its size is known: nobody asks for it again.
fn contents(file: &File, size: u64, limit: u64) -> io::Result<Vec<u8>> {
    // One byte more, so that the end is found without growing. A sparse file may claim any size.
    let room = size.min(limit).min(MAX_ROOM) + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens without following a link and without waiting, and judges what was opened.
fn open_checked(path: &Path, options: &mut OpenOptions) -> io::Result<(File, u64)> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        let flags = i32::try_from(flags).unwrap_or_default();
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags);
    }
    let file = options.open(path)?;
    let meta = file.metadata()?;
    check(path, &meta)?;
    Ok((file, meta.len()))
}

/// Refuses what is not a regular file of this user (or of root).
fn check(path: &Path, meta: &fs::Metadata) -> io::Result<()> {
    if meta.file_type().is_symlink() {
        return Err(refused(path, "is a symbolic link"));
    }
    if !meta.is_file() {
        return Err(refused(path, "is not a regular file"));
    }
    if !is_own(meta) {
        return Err(refused(path, "is another user's file"));
    }
    Ok(())
}

/// Refuses another user's folder; one that is missing is made.
fn check_owner(folder: &Path) -> io::Result<()> {
    files::private_dir(folder)?;
    if is_own(&fs::metadata(folder)?) {
        return Ok(());
    }
    Err(refused(folder, "is another user's folder"))
}

/// Refuses a folder in which somebody else could put files in the place of ours. Where a link leads
/// to it, it is the folder behind that counts: the user may keep it on another disk.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    let meta = fs::metadata(folder)?;
    if !is_own(&meta) {
        return Err(refused(folder, "is another user's folder"));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&meta) & 0o022 != 0 {
        return Err(refused(folder, "is a folder that others may write to: chmod go-w"));
    }
    Ok(())
}

fn refused(path: &Path, why: &str) -> io::Error {
    let text = format!("`{}` {why}", path.display());
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make the files")]
mod tests {
    use std::fs;

    use super::{append, read_limited, tail, try_append};

    #[test]
    fn limits_and_appends() {
        let dir = tempfile::tempdir().expect("temp folder");
        let path = dir.path().join("a/b");
        assert_eq!(read_limited(&path, 9).expect("no error"), None);
        assert_eq!(tail(&path, 9).expect("no error"), None);
        assert_eq!(append(&path, b"12345").expect("appended"), 5);
        assert_eq!(append(&path, b"6789").expect("appended"), 9);
        assert_eq!(read_limited(&path, 9).expect("read").as_deref(), Some(&b"123456789"[..]));
        assert!(read_limited(&path, 8).is_err());
        assert_eq!(tail(&path, 3).expect("read").as_deref(), Some(&b"789"[..]));
        assert_eq!(tail(&path, 30).expect("read").as_deref(), Some(&b"123456789"[..]));
        assert!(read_limited(dir.path(), 9).is_err());
    }

    #[test]
    fn trying_makes_nothing() {
        let name = std::path::Path::new("no-such-name.log");
        for path in [name, &std::path::Path::new("no-such-folder").join(name)] {
            try_append(path).expect("the current folder can be written");
            assert!(!path.exists() && !std::path::Path::new("no-such-folder").exists());
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_devices_are_refused() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().expect("temp folder");
        let (file, link, pipe) =
            (dir.path().join("file"), dir.path().join("link"), dir.path().join("pipe"));
        append(&file, b"x").expect("appended");
        let mode = fs::metadata(&file).expect("there").permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        symlink(&file, &link).expect("a link");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0)
            .expect("a pipe");
        for path in [&link, &pipe, &"/dev/zero".into()] {
            assert!(read_limited(path, 9).is_err(), "{}", path.display());
            assert!(tail(path, 9).is_err(), "{}", path.display());
        }
        assert!(append(&link, b"y").is_err());
        assert_eq!(fs::read(&file).expect("there"), b"x");
    }
}
