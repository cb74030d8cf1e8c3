//! `completions SHELL`: the script that packagers install. `init` prints the same text.

use crate::domain::Result;
use crate::io::App;
use crate::shell::powershell_hook;

/// A shell with a completion script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// bash.
    Bash,
    /// zsh.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell.
    Powershell,
}

/// The script of a shell.
pub const fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("../../completions/ssoenv.bash"),
        Shell::Zsh => include_str!("../../completions/_ssoenv"),
        Shell::Fish => include_str!("../../completions/ssoenv.fish"),
        Shell::Powershell => powershell_hook::COMPLETIONS,
    }
}

/// Prints the script.
pub fn run(app: &App, shell: Shell) -> Result<u8> {
    app.term.out(script(shell))?;
    Ok(0)
}
