//! A file that decides for every user of the machine: it counts only if nobody but its administrator
//! can have written it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::files::is_absent;

/// What was found in its place.
#[derive(Debug)]
pub enum Found {
    Absent,
    /// Somebody else could have written it: how.
    Open(String),
    Text(Vec<u8>),
}

/// Reads the file. What was judged is what is read: the file is opened once.
pub fn read(path: &Path) -> io::Result<Found> {
    let mut file = match File::open(path) {
        Err(error) if is_absent(&error) => return Ok(Found::Absent),
        opened => opened?,
    };
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(Found::Absent);
    }
    #[cfg(unix)]
    if let Some(why) = roots::is_open(path, &meta)? {
        return Ok(Found::Open(why));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Found::Text(bytes))
}

/// Windows shows who may write a file to unsafe code only: there the folder's access list, which the
/// administrator sets, is all that protects it.
#[cfg(unix)]
mod roots {
    use std::fs::{self, Metadata};
    use std::io;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    const STICKY: u32 = 0o1000;

    /// Who but the administrator could write the file, or put another one in its place.
    pub(super) fn is_open(path: &Path, meta: &Metadata) -> io::Result<Option<String>> {
        if let Some(why) = judge(meta, false) {
            return Ok(Some(format!("it {why}")));
        }
        // The folders of the file that a link leads to, and the one with the link.
        let real = fs::canonicalize(path)?;
        for folder in real.ancestors().skip(1).chain(path.parent()) {
            if let Some(why) = judge(&fs::metadata(folder)?, true) {
                return Ok(Some(format!("`{}` {why}", folder.display())));
            }
        }
        Ok(None)
    }

    fn judge(meta: &Metadata, is_folder: bool) -> Option<&'static str> {
        let mode = meta.mode();
        // In a folder such as `/tmp` nobody replaces the files of others.
        let is_sticky = is_folder && mode & STICKY != 0;
        let by_group = mode & 0o020 != 0 && meta.gid() != 0;
        if !is_administrator(meta.uid()) {
            Some("is not root's")
        } else if !is_sticky && (by_group || mode & 0o002 != 0) {
            Some("can be written by others than root")
        } else {
            None
        }
    }

    /// Root; in debug builds whoever runs the tests as well.
    fn is_administrator(uid: u32) -> bool {
        uid == 0 || (cfg!(debug_assertions) && uid == rustix::process::geteuid().as_raw())
    }
}
