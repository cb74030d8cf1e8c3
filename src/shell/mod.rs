//! The shells: how each quotes, sets and removes variables, and its hook.

pub mod dialects;
pub mod hooks;
pub mod powershell_hook;
pub mod start_file;

use crate::domain::env_delta::EnvDelta;
use crate::domain::{Error, Result};
use crate::io::env::Env;
use crate::io::process;

/// The first line of everything that a hook may evaluate.
pub const MARKER: &str = "#ssoenv/1\n";

/// A family of shells that reads the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// bash 3.2 and newer.
    Bash,
    /// zsh 5 and newer.
    Zsh,
    /// POSIX sh: dash, busybox, mksh, ksh.
    Sh,
    /// fish 3.4 and newer.
    Fish,
    /// PowerShell 5.1 and 7.
    PowerShell,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 5] = [Self::Bash, Self::Zsh, Self::Sh, Self::Fish, Self::PowerShell];

    /// The word in `--shell` and `SSOENV_SHELL`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Sh => "sh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
        }
    }

    /// The dialect of that word, or of a program of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "pwsh" | "pwsh.exe" | "powershell.exe" => Some(Self::PowerShell),
            _ => Self::ALL.into_iter().find(|dialect| dialect.name() == name),
        }
    }

    /// Quotes one value so that the shell reads back exactly that.
    pub fn quote(self, value: &str) -> String {
        match self {
            Self::Bash | Self::Zsh => dialects::quote_ansi_c(value),
            Self::Sh => dialects::quote_posix(value),
            Self::Fish => dialects::quote_fish(value),
            Self::PowerShell => dialects::quote_powershell(value),
        }
    }
}

/// The dialect to print for: the one asked for, the hook's, the parent process's, else POSIX sh (on
/// Windows PowerShell).
pub fn detect(env: &Env, asked: Option<Dialect>) -> Dialect {
    asked
        .or_else(|| wrapper(env))
        .or_else(|| Dialect::from_name(process::parent_name()?.trim_start_matches('-')))
        .unwrap_or(if cfg!(windows) { Dialect::PowerShell } else { Dialect::Sh })
}

/// Whether a runspace without the hook made this call, in a PowerShell process that has it: of a
/// thread job, or `ForEach-Object -Parallel`. The environment there is the whole process's.
pub fn is_bare_runspace(env: &Env, asked: Option<Dialect>) -> bool {
    let Some(hook) = env.get("SSOENV_HOOK_PID") else { return false };
    asked.is_none()
        && wrapper(env).is_none()
        && process::parent_id().is_some_and(|parent| hook == parent.to_string())
}

/// Whether the hook made this call and evaluates the text: not where the user asked for a shell.
pub fn is_wrapped(env: &Env, asked: Option<Dialect>) -> bool {
    asked.is_none() && wrapper(env).is_some()
}

fn wrapper(env: &Env) -> Option<Dialect> {
    Dialect::from_name(&env.get("SSOENV_SHELL")?)
}

/// The text that makes the changes in a shell; with the marker where the hook reads it.
pub fn render(dialect: Dialect, delta: &EnvDelta, wrapped: bool) -> Result<String> {
    let changes = delta.changes();
    if changes.is_empty() {
        return Ok(String::new());
    }
    for (name, value) in changes {
        if value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err(Error::config(format!(
                "the value of `{name}` holds a NUL byte, which no environment can carry"
            )));
        }
    }
    let text = match dialect {
        Dialect::Bash | Dialect::Zsh => dialects::chain(changes),
        Dialect::Sh => dialects::chain_posix(changes),
        Dialect::Fish => dialects::fish(changes),
        Dialect::PowerShell if wrapped => dialects::powershell_message(changes),
        Dialect::PowerShell => dialects::powershell(changes),
    };
    Ok(if wrapped { format!("{MARKER}{text}") } else { text })
}
