//! The shells of the demo: the user's own with the hook loaded, or one that walks the tour.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

const TOUR: &str = include_str!("tour.sh");

/// The user's shell if `program` has a hook for it, else bash.
pub fn of_the_user(program: &Path) -> String {
    let shell = std::env::var("SHELL").unwrap_or_default();
    let name = shell.rsplit(['/', '\\']).next().unwrap_or_default();
    let hook = Command::new(program).args(["init", name]).output();
    match name {
        _ if hook.is_ok_and(|output| output.status.success()) => name.to_owned(),
        _ if cfg!(windows) => "powershell".to_owned(),
        _ => "bash".to_owned(),
    }
}

/// What the user is told before the shell starts.
pub fn welcome(shell: &str) -> String {
    format!(
        "\nThis is {shell} with ssoenv and a simulated Identity Center: three accounts, nothing of yours.\n\
         Try:  ssoenv list\n      ssoenv use prod        signs in, fetches credentials, sets them here\n      \
         ssoenv use <TAB>       profiles complete\n      ssoenv use -           back to the one before\n      \
         ssoenv status          what is active, and every session\n      ssoenv clear           all as it was\n\
         Leave with `exit`: everything here is removed.\n"
    )
}

/// The user's shell, started so that it reads nothing but the hook. `env` is the demo's world.
pub fn interactive(
    shell: &str,
    home: &Path,
    program: &Path,
    env: &[(String, String)],
) -> io::Result<Command> {
    // The file that `SHELL` names need not be on the path.
    let own = std::env::var("SHELL").unwrap_or_default();
    let named = own.rsplit(['/', '\\']).next() == Some(shell);
    let mut command = Command::new(if named { &own } else { shell });
    match shell {
        "zsh" => {
            fs::write(
                home.join(".zshrc"),
                "autoload -Uz compinit && compinit -u\nPROMPT='demo %# '\neval \"$(ssoenv init zsh)\"\n",
            )?;
            command.env("ZDOTDIR", home).arg("-i");
        }
        "fish" => {
            let folder = home.join(".config/fish");
            fs::create_dir_all(&folder)?;
            fs::write(
                folder.join("config.fish"),
                "set -g fish_greeting\nssoenv init fish | source\n",
            )?;
            command.arg("-i");
        }
        "pwsh" | "powershell" => {
            let hook = "Invoke-Expression (& ssoenv init powershell)";
            command.args(["-NoProfile", "-NoExit", "-Command", hook]);
        }
        "bash" => {
            let file = home.join(".bashrc");
            fs::write(&file, "PS1='demo \\$ '\neval \"$(ssoenv init bash)\"\n")?;
            command.arg("--rcfile").arg(&file).arg("-i");
        }
        _ => set_up(program, shell, env)?,
    }
    command.current_dir(home);
    Ok(command)
}

/// Puts the hook where the shell looks for it, which is below the demo's home.
fn set_up(program: &Path, shell: &str, env: &[(String, String)]) -> io::Result<()> {
    let mut command = Command::new(program);
    command.args(["setup", shell]).envs(env.iter().cloned());
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(io::Error::other(said)) }
}

/// A shell that walks the tour: bash with its hook, or any POSIX shell without.
pub fn tour(home: &Path) -> io::Result<Command> {
    let script = home.join("tour.sh");
    fs::write(&script, TOUR)?;
    let bash = Command::new("bash").args(["-c", "exit 0"]).status().is_ok_and(|s| s.success());
    let mut command = Command::new(if bash { "bash" } else { "sh" });
    command.arg(script).current_dir(home);
    Ok(command)
}
