//! Where a shell looks when it starts, and the one line that loads the hook there.

use std::path::PathBuf;

use super::Dialect;
use crate::domain::{Error, Result};
use crate::io::App;

/// The line that loads the hook; `None` for shells without one.
pub const fn line(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Bash => Some("eval \"$(ssoenv init bash)\""),
        Dialect::Zsh => Some("eval \"$(ssoenv init zsh)\""),
        Dialect::Fish => Some("ssoenv init fish | source"),
        Dialect::PowerShell => Some("Invoke-Expression (& ssoenv init powershell)"),
        Dialect::Sh => None,
    }
}

/// Lines that earlier versions have written.
const fn earlier_lines(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::PowerShell => &["Invoke-Expression (& ssoenv init powershell | Out-String)"],
        _ => &[],
    }
}

/// Whether a line of a start file is one that `setup` has written.
pub fn is_own(dialect: Dialect, text: &str) -> bool {
    let text = text.trim_start_matches(BOM).trim();
    line(dialect) == Some(text) || earlier_lines(dialect).contains(&text)
}

/// The mark at the start of a text that some editors write.
pub const BOM: char = '\u{feff}';

/// Whether a line of a start file loads the hook, with whatever options and path.
pub fn loads(dialect: Dialect, text: &str) -> bool {
    let text = text.trim_start_matches(BOM).trim();
    let text = text.replace(['\'', '"'], "").replace("ssoenv.exe ", "ssoenv ");
    let names: &[&str] = match dialect {
        Dialect::PowerShell => &["powershell", "pwsh"],
        _ => &[dialect.name()],
    };
    !text.starts_with('#')
        && names.iter().any(|name| {
            text.split_once(&format!("ssoenv init {name}"))
                .is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_alphanumeric()))
        })
}

/// The file that an interactive shell of the user reads.
pub fn path(app: &App, dialect: Dialect) -> Result<PathBuf> {
    let home = app.paths.home()?;
    let folder = |name: &str, below: &str| match app.env.non_empty(name).map(PathBuf::from) {
        Some(path) if path.is_absolute() => path,
        _ => home.join(below),
    };
    Ok(match dialect {
        Dialect::Bash => {
            // Terminals of macOS start login shells, which read no .bashrc.
            let login = home.join(".bash_profile");
            let usual = home.join(".bashrc");
            if cfg!(target_os = "macos") && login.exists() && !usual.exists() {
                login
            } else {
                usual
            }
        }
        Dialect::Zsh => folder("ZDOTDIR", "").join(".zshrc"),
        Dialect::Fish => folder("XDG_CONFIG_HOME", ".config").join("fish").join("config.fish"),
        Dialect::PowerShell => {
            let folder = match app.paths.documents() {
                Some(documents) if cfg!(windows) => documents.join("PowerShell"),
                _ => folder("XDG_CONFIG_HOME", ".config").join("powershell"),
            };
            folder.join("Microsoft.PowerShell_profile.ps1")
        }
        Dialect::Sh => {
            return Err(Error::usage("POSIX sh has no hook")
                .hint("run `eval \"$(ssoenv use PROFILE)\"`: it needs none"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Dialect, line, loads};

    #[test]
    fn lines_are_known_again() {
        for dialect in Dialect::ALL {
            let Some(line) = line(dialect) else { continue };
            assert!(loads(dialect, line) && loads(dialect, &format!("  {line} # mine")));
            assert!(!loads(dialect, &format!("# {line}")));
            assert_eq!(Dialect::ALL.iter().filter(|other| loads(**other, line)).count(), 1);
        }
        assert!(loads(Dialect::Bash, "eval \"$(/opt/bin/ssoenv init bash --no-prompt)\""));
        assert!(!loads(Dialect::Bash, "ssoenv init bashful"));
        for form in [
            "\u{feff}Invoke-Expression (& ssoenv init powershell | Out-String)",
            "iex (&'C:\\Program Files\\ssoenv.exe' init pwsh --no-prompt)",
            "ssoenv.exe init powershell | Invoke-Expression",
        ] {
            assert!(loads(Dialect::PowerShell, form), "{form}");
        }
    }
}
