//! Processes: others started, detached, or put in this one's place, and this one's memory.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::env::Env;
use crate::domain::env_delta::SECRET_VARIABLES;

/// A command; the one way to make one.
#[allow(clippy::disallowed_methods, reason = "the one place that starts processes")]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// Takes the secrets of this shell out of the environment of a command that needs none.
pub fn without_secrets(command: &mut Command) -> &mut Command {
    for name in SECRET_VARIABLES {
        command.env_remove(name);
    }
    command
}

/// Keeps this process's memory out of core dumps and from other processes of the user, where the
/// kernel can (Linux). Not by a limit, which commands would inherit: for a program that is started
/// from here, or in this one's place, all is as it was before.
pub fn hide_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A kernel that refuses leaves things as they were.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Starts a command that lives on by itself: no stream of ours is left open in it, it is in a
/// process group of its own, and nobody waits for it.
pub fn detach(command: Command) -> io::Result<()> {
    spawn_detached(command).map(drop)
}

fn spawn_detached(mut command: Command) -> io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    alone(command).spawn()
}

/// A command that no key at this terminal ends.
pub fn alone(mut command: Command) -> Command {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    {
        const DETACHED_PROCESS: u32 = 0x0000_0008;
        const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
        std::os::windows::process::CommandExt::creation_flags(
            &mut command,
            DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP,
        );
    }
    command
}

/// Puts a command in this process's place; comes back only with the reason why it could not. Where
/// the platform has no such thing, waits for the command and gives its exit code.
pub fn replace(mut command: Command) -> io::Result<u8> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        let error = command.exec();
        // A script without a first line is one for `sh`, as every shell and `execvp` of glibc have
        // it; musl's has not.
        if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error())
            && let Some(script) = script(&command)
        {
            let mut shell = self::command("/bin/sh");
            shell.arg(script).args(command.get_args());
            for (name, value) in command.get_envs() {
                match value {
                    Some(value) => shell.env(name, value),
                    None => shell.env_remove(name),
                };
            }
            return Err(shell.exec());
        }
        Err(error)
    }
    #[cfg(not(unix))]
    {
        let code = command.status()?.code().unwrap_or(1);
        Ok(u8::try_from(code & 0xff).unwrap_or(1))
    }
}

/// The command's file, if it is text: no NUL in its first line, which is how shells tell.
#[cfg(unix)]
fn script(command: &Command) -> Option<PathBuf> {
    use std::io::Read;

    let path = find(&Env::process(), command.get_program())?;
    let mut start = Vec::new();
    std::fs::File::open(&path).ok()?.take(256).read_to_end(&mut start).ok()?;
    let first = start.split(|byte| *byte == b'\n').next()?;
    (!first.contains(&0)).then_some(path)
}

/// Whether a program of that name can be started at all, as far as that can be told without trying.
pub fn check_program(env: &Env, name: &OsStr) -> io::Result<()> {
    let Some(path) = find(env, name) else {
        return if cfg!(unix) { Err(io::ErrorKind::NotFound.into()) } else { Ok(()) };
    };
    // `sh` would run it.
    if is_powershell_script(name) && !starts_with(&path, b"#!") {
        return Err(io::Error::other("it is a script for PowerShell"));
    }
    Ok(())
}

fn starts_with(path: &Path, start: &[u8]) -> bool {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map(|file| file.take(start.len() as u64));
    file.is_ok_and(|mut file| file.read_to_end(&mut bytes).is_ok()) && bytes == start
}

/// Whether a command's name is one of a script for PowerShell, whatever is in it.
pub fn is_powershell_script(name: &OsStr) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ps1"))
}

/// The file that a command's name leads to: the name itself if it has a slash, else the first of
/// that name in a folder of `PATH`, one that may be run before others.
pub fn find(env: &Env, name: &OsStr) -> Option<PathBuf> {
    let path = PathBuf::from(name);
    if name.as_encoded_bytes().contains(&b'/') {
        return path.exists().then_some(path);
    }
    let folders = env.get_os("PATH").unwrap_or_else(|| "/usr/local/bin:/bin:/usr/bin".into());
    let files: Vec<_> = std::env::split_paths(&folders)
        .map(|folder| folder.join(&path))
        .filter(|file| !name.is_empty() && file.is_file())
        .collect();
    let best = files.iter().find(|file| may_run(file)).or(files.first());
    best.cloned()
}

fn may_run(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        file.is_file()
    }
}

/// [`detach`] without this shell's secrets, with a look at how it goes: whether it runs on, or has
/// ended well, after `patience`.
pub fn detach_watched(mut command: Command, patience: Duration) -> io::Result<bool> {
    without_secrets(&mut command);
    let mut child = spawn_detached(command)?;
    let end = Instant::now() + patience;
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(status.success()),
            None if Instant::now() >= end => return Ok(true),
            None => sleep(Duration::from_millis(5)),
        }
    }
}

/// This program's own path.
pub fn current_exe() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// The path that this program was called by: what PATH names, which outlives an upgrade where the
/// file behind a link does not.
pub fn invoked_path(env: &Env) -> io::Result<PathBuf> {
    let Some(name) = std::env::args_os().next().map(PathBuf::from) else { return current_exe() };
    if name.components().count() > 1 {
        return std::path::absolute(name);
    }
    let name =
        if cfg!(windows) && name.extension().is_none() { name.with_extension("exe") } else { name };
    let folders = env.get_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&name));
    candidates.find(|path| path.is_file()).map_or_else(current_exe, Ok)
}

/// The process that started this one.
pub fn parent_id() -> Option<u32> {
    #[cfg(unix)]
    {
        Some(std::os::unix::process::parent_id())
    }
    #[cfg(windows)]
    {
        windows::parent().map(|(id, _)| id)
    }
}

/// The name of the program that started this one (`bash`, `-zsh`), where the platform tells. What
/// `dotnet` runs as PowerShell is `pwsh`.
pub fn parent_name() -> Option<String> {
    #[cfg(target_os = "linux")]
    {
        let parent = std::os::unix::process::parent_id();
        let name = std::fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
        let name = name.trim_end();
        if name == DOTNET
            && let Ok(line) = std::fs::read(format!("/proc/{parent}/cmdline"))
            && runs_powershell(line.split(|byte| *byte == 0))
        {
            return Some("pwsh".to_owned());
        }
        Some(name.to_owned())
    }
    #[cfg(all(unix, not(target_os = "linux")))]
    {
        let parent = std::os::unix::process::parent_id().to_string();
        let ask = |column: &str| {
            let output = command("ps").args(["-o", column, "-p", &parent]).output().ok()?;
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let name = ask("comm=")?.rsplit('/').next()?.to_owned();
        if name == DOTNET
            && let Some(line) = ask("args=")
            && runs_powershell(line.split(' ').map(str::as_bytes))
        {
            return Some("pwsh".to_owned());
        }
        Some(name)
    }
    #[cfg(windows)]
    {
        windows::parent().map(|(_, name)| name)
    }
}

/// The name of the file that the program which started this one runs from, where the platform tells
/// more by it than by [`parent_name`]: `fish` for a script of fish.
pub fn parent_program() -> Option<String> {
    #[cfg(target_os = "linux")]
    {
        let parent = std::os::unix::process::parent_id();
        let path = std::fs::read_link(format!("/proc/{parent}/exe")).ok()?;
        Some(path.file_name()?.to_string_lossy().into_owned())
    }
    #[cfg(not(target_os = "linux"))]
    {
        None
    }
}

/// The program that runs a .NET tool.
#[cfg(unix)]
const DOTNET: &str = "dotnet";

/// Whether these words of `dotnet` run PowerShell.
#[cfg(unix)]
fn runs_powershell<'a>(mut words: impl Iterator<Item = &'a [u8]>) -> bool {
    words.any(|word| word == b"pwsh.dll" || word.ends_with(b"/pwsh.dll"))
}

#[cfg(windows)]
mod windows {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    /// The parent's id and name, from the system's list of processes.
    pub fn parent() -> Option<(u32, String)> {
        let mut system = System::new();
        let mut look = |id: Pid| {
            let ids = [id];
            let which = ProcessesToUpdate::Some(&ids);
            system.refresh_processes_specifics(which, false, ProcessRefreshKind::nothing());
            let process = system.process(id)?;
            Some((process.parent(), process.name().to_string_lossy().to_lowercase()))
        };
        let parent = look(Pid::from_u32(std::process::id()))?.0?;
        // An ended parent's number may be somebody else's by now: an unknown name, no harm.
        Some((parent.as_u32(), look(parent)?.1))
    }
}
