//! Whose files are trusted, and whose they become: the user's own and root's. Root in another
//! user's home counts as that user, and gives what it makes there to them.

use std::fs::{File, Metadata};
use std::path::Path;

/// Whether the file belongs to the current user or to root.
#[cfg(unix)]
pub fn is_own(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let user = rustix::process::geteuid();
    meta.uid() == 0 || meta.uid() == user.as_raw() || (user.is_root() && is_of_home(meta.uid()))
}

/// Windows folders of the user are closed to others by their own access lists.
#[cfg(not(unix))]
pub fn is_own(_: &Metadata) -> bool {
    true
}

#[cfg(unix)]
fn is_of_home(uid: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    let home = super::env::Env::process().get_os("HOME");
    home.and_then(|home| std::fs::metadata(home).ok()).is_some_and(|home| home.uid() == uid)
}

/// The owner and group that root's files in this folder get.
#[cfg(unix)]
fn heir(folder: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let meta = std::fs::metadata(folder).ok()?;
    (meta.uid() != 0).then_some((meta.uid(), meta.gid()))
}

/// Gives a file that was made in a folder to the folder's owner.
pub(super) fn give(file: &File, folder: &Path) {
    #[cfg(unix)]
    if let Some((user, group)) = heir(folder) {
        // A disk without owners (FAT) leaves it as it is.
        drop(std::os::unix::fs::fchown(file, Some(user), Some(group)));
    }
    #[cfg(not(unix))]
    let _ = (file, folder);
}

/// Gives a folder that was made to the owner of the folder above.
pub(super) fn give_folder(made: &Path, above: &Path) {
    #[cfg(unix)]
    if let Some((user, group)) = heir(above) {
        drop(std::os::unix::fs::lchown(made, Some(user), Some(group)));
    }
    #[cfg(not(unix))]
    let _ = (made, above);
}
