//! The hook of PowerShell as text, and the script behind its alias as a file.
//!
//! In PowerShell `ssoenv` is an alias to a script: only the `exit` of a script gives `$?`, `&&` and
//! `||` the exit code of the program, a function is always a success. The script is a file, so
//! `init powershell` writes it; where it cannot, a function does the same less well.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::text::quote;
use crate::io::files::{self, Durability};
use crate::io::own;
#[cfg(unix)]
use crate::io::owner;
use crate::shell::entry::Parts;

const WORDS: &str = include_str!("../../../shell/ssoenv-words.ps1");
const RUN: &str = include_str!("../../../shell/ssoenv-run.ps1");
const HOOK: &str = include_str!("../../../shell/ssoenv.ps1");
const PROMPT: &str = include_str!("../../../shell/ssoenv-prompt.ps1");
const COMMAND: &str = include_str!("../../../shell/ssoenv-command.ps1");
/// Completion alone, as packagers install it.
pub const COMPLETIONS: &str = include_str!("../../../completions/ssoenv.ps1");

/// What `init powershell --remove` prints: one whole statement on one line.
pub const REMOVE: &str = "if (Microsoft.PowerShell.Management\\Test-Path Function:__ssoenv_remove) { __ssoenv_remove }\n";

/// What the name `ssoenv` stands for in the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// An alias to this script.
    Script(PathBuf),
    /// A function, after which `$?` is always true.
    Function,
}

/// The hook, for `Invoke-Expression`. `program` is this program's path.
pub fn hook(program: &str, command: &Command, parts: Parts) -> String {
    let script = match command {
        Command::Script(path) => quote(&path.to_string_lossy()),
        Command::Function => "''".to_owned(),
    };
    let prompt = if parts.prompt { "$true" } else { "$false" };
    let hook = HOOK
        .replace("@EXE@", &quote(program))
        .replace("@PROMPT@", prompt)
        .replace("@CMD@", &quote(parts.cmd.unwrap_or_default()))
        .replace("@SCRIPT@", &script)
        .replace("@FUNCTION@\n", &function());
    let completions = if parts.completions { COMPLETIONS } else { "" };
    format!("{WORDS}\n{RUN}\n{hook}\n{PROMPT}\n{completions}")
}

/// One line that loads the hook: whatever way its reader takes to evaluate what a program prints,
/// a single line arrives whole.
pub fn loader(program: &str, parts: Parts) -> String {
    let program = quote(program);
    let prompt = if parts.prompt { "" } else { " --no-prompt" };
    let completions = if parts.completions { "" } else { " --no-completions" };
    let cmd = parts.cmd.map(|name| format!(" --cmd {name}")).unwrap_or_default();
    format!(
        "Invoke-Expression ((& {program} init powershell --full{prompt}{completions}{cmd}) -join \"`n\")\n"
    )
}

/// The script as the body of a function: without `exit`, which would end the shell.
fn function() -> String {
    COMMAND
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains("exit "))
        .flat_map(|line| ["        ", line, "\n"])
        .collect()
}

/// Writes the script behind the alias unless it is there already: 0600, in a 0700 folder of its own
/// below the state folder, by rename.
///
/// # Errors
/// What the system says, and `PermissionDenied` where somebody else could change what the shell
/// would run: a link, another user's file, a folder that others may write to.
pub fn install(state: &Path) -> io::Result<PathBuf> {
    let folder = state.join("powershell");
    let path = folder.join("ssoenv.ps1");
    files::private_dir(&folder)?;
    check_folder(&folder)?;
    if path.to_str().is_none() {
        let why = format!("PowerShell cannot be given the path `{}`", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let current = own::read(&path)?;
    if current.as_deref() != Some(COMMAND.as_bytes()) || !is_private(&path)? {
        own::write(&path, COMMAND.as_bytes(), Durability::Cached)?;
    }
    Ok(path)
}

#[cfg(unix)]
fn check_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let meta = fs::symlink_metadata(folder)?;
    if !meta.is_dir() || !owner::is_own(&meta) || meta.permissions().mode() & 0o022 != 0 {
        let why = format!("`{}` is not the user's own folder", folder.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(())
}

#[cfg(unix)]
fn is_private(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o7777 == 0o600)
}

/// Windows closes the user's folders by their own access lists.
#[cfg(not(unix))]
fn check_folder(folder: &Path) -> io::Result<()> {
    fs::read_dir(folder).map(drop)
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> io::Result<bool> {
    fs::metadata(path).map(|_| true)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{COMMAND, Command, Parts, hook, install};

    const ALL: Parts<'static> = Parts { prompt: true, completions: true, full: true, cmd: None };

    #[test]
    fn the_hook_is_ascii_evaluates_no_text_and_has_no_token_left() {
        for command in [Command::Script(PathBuf::from("/st\u{e4}te/ssoenv.ps1")), Command::Function]
        {
            let text = hook("/b\u{2019}n/ssoenv", &command, ALL);
            assert!(text.is_ascii());
            for token in ["@EXE@", "@PROMPT@", "@SCRIPT@", "@FUNCTION@", "@CMD@"] {
                assert_eq!(super::HOOK.matches(token).count(), 1, "{token}");
            }
            for word in [
                "Invoke-Expression",
                "iex ",
                "@EXE@",
                "@PROMPT@",
                "@SCRIPT@",
                "@FUNCTION@",
                "@CMD@",
            ] {
                assert!(!text.contains(word), "{word}");
            }
            for word in ["\t", "\r"] {
                assert!(!text.contains(word), "{word}");
            }
        }
        assert!(COMMAND.is_ascii());
    }

    #[test]
    fn the_function_never_ends_the_shell() {
        let text = hook("ssoenv", &Command::Function, ALL);
        assert!(text.lines().all(|line| !line.trim_start().starts_with("exit")));
        assert!(text.contains("function global:ssoenv {"));
    }

    #[test]
    fn parts_can_be_left_out() {
        let parts = Parts { prompt: false, completions: false, full: true, cmd: None };
        let text = hook("ssoenv", &Command::Function, parts);
        assert!(text.contains("$global:__ssoenv_show = $false"));
        assert!(!text.contains("Register-ArgumentCompleter"));
    }

    #[cfg(unix)]
    #[test]
    fn the_script_is_private_and_written_only_when_it_differs() {
        use std::fs;
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let state = tempfile::tempdir().expect("a folder");
        let path = install(state.path()).expect("written");
        let inode = fs::metadata(&path).expect("there").ino();
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let folder = path.parent().expect("a folder");
        assert_eq!(fs::metadata(folder).expect("there").permissions().mode() & 0o777, 0o700);
        install(state.path()).expect("unchanged");
        assert_eq!(fs::metadata(&path).expect("there").ino(), inode);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("mode");
        install(state.path()).expect("written again");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);

        fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).expect("mode");
        assert!(install(state.path()).is_err());
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).expect("mode");
        fs::remove_file(&path).expect("removed");
        std::os::unix::fs::symlink("/dev/null", &path).expect("link");
        assert!(install(state.path()).is_err());
    }
}
