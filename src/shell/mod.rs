//! The shells: one table, an entry a shell.
//!
//! An entry says all that the program knows of a shell, in a file of its own. Everything else goes
//! through [`Dialect::shell`] and has no case for any of them.

mod bash;
mod elvish;
pub mod entry;
mod fish;
mod foreign;
mod hook;
mod json;
pub mod loaded;
mod nu;
mod posix;
pub mod powershell;
mod sh;
pub mod start_file;
mod tcsh;
mod xonsh;
mod zsh;

use crate::domain::env_delta::EnvDelta;
use crate::domain::speech::Say;
use crate::domain::words::{Word, words};
use crate::domain::{Error, Result};
use crate::io::env::Env;
use crate::io::process;

use entry::{Hook, Shell};

/// The first line of everything that a hook may evaluate.
pub const MARKER: &str = "#ssoenv/1\n";

macro_rules! table {
    ($($dialect:ident = $name:literal $(| $alias:literal)*: $help:literal => $shell:path,)+) => {
        words! {
            /// A shell, or a family of shells that read the same text.
            pub enum Dialect {
                $($dialect = $name $(| $alias)*: $help,)+
            }
        }

        impl Dialect {
            /// What is known of it.
            pub const fn shell(self) -> &'static Shell {
                match self {
                    $(Self::$dialect => &const { $shell },)+
                }
            }
        }
    };
}

table! {
    Bash = "bash": "bash 3.2 and newer" => bash::SHELL,
    Zsh = "zsh": "zsh 5 and newer" => zsh::SHELL,
    Sh = "sh": "POSIX sh: dash, busybox, ksh, mksh, yash" => sh::SHELL,
    Fish = "fish": "fish 3.4 and newer" => fish::SHELL,
    PowerShell = "powershell" | "pwsh": "PowerShell 5.1 and newer" => powershell::SHELL,
    Nu = "nu" | "nushell": "Nushell 0.108 and newer" => nu::SHELL,
    Xonsh = "xonsh": "xonsh 0.19 and newer" => xonsh::SHELL,
    Elvish = "elvish": "Elvish 0.19 and newer" => elvish::SHELL,
    Tcsh = "tcsh": "tcsh, without a hook" => tcsh::SHELL,
}

impl Dialect {
    /// The shell that a program of this name is: `-zsh`, `pwsh.exe`, `bash-5.3`.
    pub fn of_program(name: &str) -> Option<Self> {
        let name = plain(name);
        let versioned = name.trim_end_matches(|c: char| c.is_ascii_digit() || "-.".contains(c));
        [name, versioned].into_iter().find_map(|name| {
            Self::from_name(name).or_else(|| {
                Self::ALL.iter().copied().find(|dialect| dialect.shell().programs.contains(&name))
            })
        })
    }

    /// Quotes one value so that the shell reads back exactly that.
    pub fn quote(self, value: &str) -> String {
        (self.shell().quote)(value)
    }

    /// The hook; `None` for a shell that gets text alone.
    pub fn hook(self) -> Option<&'static Hook> {
        self.shell().hook.as_ref()
    }

    /// The hook, or that there is none and what does without.
    pub fn required_hook(self) -> Result<&'static Hook> {
        self.hook().ok_or_else(|| {
            let by_hand = (self.shell().say.evaluate)("ssoenv use PROFILE");
            Error::usage(format!("there is no hook for `{}`", self.name()))
                .hint(format!("run `{by_hand}`: it needs no hook"))
        })
    }

    /// Whether a line of a start file loads the hook.
    pub fn loads(self, line: &str) -> bool {
        self.hook().is_some()
            && [self.name()].iter().chain(self.aliases()).any(|name| start_file::loads(name, line))
    }
}

/// A program's name without what a login or the system puts around it.
fn plain(name: &str) -> &str {
    let name = name.trim_start_matches('-');
    name.strip_suffix(".exe").unwrap_or(name)
}

/// The dialect to print for: the one asked for, the hook's, the parent process's, else POSIX sh (on
/// Windows PowerShell). A parent that is known to read none of them is refused.
pub fn detect(env: &Env, asked: Option<Dialect>) -> Result<Dialect> {
    if let Some(known) = asked.or_else(|| wrapper(env)).or_else(|| parent(env)) {
        return Ok(known);
    }
    let login = env.get("SHELL").unwrap_or_default();
    let program = process::parent_program().or_else(process::parent_name).unwrap_or_default();
    let program = plain(&program);
    if foreign::is_one(program, &login) {
        return Err(foreign::refusal(program));
    }
    Ok(OTHERS)
}

/// What a program reads that is not known as a shell, and starts one for what it is given.
const OTHERS: Dialect = if cfg!(windows) { Dialect::PowerShell } else { Dialect::Sh };

/// The shell that started this process, where it is known. A script has a name of its own: then the
/// program that reads it tells.
pub fn parent(env: &Env) -> Option<Dialect> {
    if has_hook_above(env) {
        return Some(Dialect::PowerShell);
    }
    let named = process::parent_name().and_then(|name| Dialect::of_program(&name));
    named.or_else(|| Dialect::of_program(&process::parent_program()?))
}

/// Whether a runspace without the hook made this call, in a PowerShell process that has it: of a
/// thread job, or `ForEach-Object -Parallel`. The environment there is the whole process's.
pub fn is_bare_runspace(env: &Env, asked: Option<Dialect>) -> bool {
    asked.is_none() && wrapper(env).is_none() && has_hook_above(env)
}

/// Whether the parent is a PowerShell that has loaded the hook.
pub fn has_hook_above(env: &Env) -> bool {
    let hook = env.get("SSOENV_HOOK_PID");
    hook.is_some_and(|hook| process::parent_id().is_some_and(|parent| hook == parent.to_string()))
}

/// The words of the shell in which a person reads what this process says.
pub fn reader() -> &'static Say {
    &detect(&Env::process(), None).unwrap_or(OTHERS).shell().say
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
    dialect.shell().render(delta, wrapped)
}

/// Without a way out in between, so that the compiler compares many bytes at once.
#[allow(clippy::needless_bitwise_bool, reason = "no branches, so that the compiler vectorizes")]
fn has_nul(value: &str) -> bool {
    value.bytes().fold(false, |found, byte| found | (byte == 0))
}

impl Shell {
    /// The text that makes the changes; with the marker where the hook reads it.
    pub fn render(&self, delta: &EnvDelta, wrapped: bool) -> Result<String> {
        let changes = delta.changes();
        if changes.is_empty() {
            return Ok(if wrapped { String::new() } else { self.nothing.to_owned() });
        }
        for (name, value) in changes {
            if value.as_ref().is_some_and(|value| has_nul(value)) {
                return Err(Error::config(format!(
                    "the value of `{name}` holds a NUL byte, which no environment can carry"
                )));
            }
        }
        Ok(if wrapped {
            format!("{MARKER}{}", (self.message)(changes))
        } else {
            (self.changes)(changes)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect;
    use super::entry::StartFile;

    #[test]
    fn programs_are_known() {
        for (program, dialect) in [
            ("-zsh", Some(Dialect::Zsh)),
            ("bash.exe", Some(Dialect::Bash)),
            ("pwsh", Some(Dialect::PowerShell)),
            ("powershell.exe", Some(Dialect::PowerShell)),
            ("ksh93", Some(Dialect::Sh)),
            ("bash-5.3", Some(Dialect::Bash)),
            ("rbash", Some(Dialect::Bash)),
            ("csh", Some(Dialect::Tcsh)),
            ("make", None),
        ] {
            assert_eq!(Dialect::of_program(program), dialect, "{program}");
        }
    }

    #[test]
    fn lines_are_known_again() {
        for dialect in Dialect::ALL {
            let Some(hook) = dialect.hook() else { continue };
            let line = hook.line;
            if matches!(hook.start_file, StartFile::Whole(_)) {
                continue;
            }
            assert!(dialect.loads(line) && dialect.loads(&format!("  {line} # mine")));
            assert!(!dialect.loads(&format!("# {line}")) && hook.is_own_line(line));
            assert_eq!(Dialect::ALL.iter().filter(|other| other.loads(line)).count(), 1);
        }
        assert!(Dialect::Bash.loads("eval \"$(/opt/bin/ssoenv init bash --no-prompt)\""));
        assert!(!Dialect::Bash.loads("ssoenv init bashful"));
        for form in [
            "\u{feff}Invoke-Expression (& ssoenv init powershell | Out-String)",
            "iex (&'C:\\Program Files\\ssoenv.exe' init pwsh --no-prompt)",
            "ssoenv.exe init powershell | Invoke-Expression",
        ] {
            assert!(Dialect::PowerShell.loads(form), "{form}");
        }
    }
}
