//! `completions SHELL`: the script that packagers install. `init` prints the same text.

use crate::domain::Result;
use crate::io::App;
use crate::shell::{Dialect, powershell_hook};

/// The script of a shell; nothing for POSIX sh, which completes no words.
pub const fn script(shell: Dialect) -> &'static str {
    match shell {
        Dialect::Bash => include_str!("../../completions/ssoenv.bash"),
        Dialect::Zsh => include_str!("../../completions/_ssoenv"),
        Dialect::Fish => include_str!("../../completions/ssoenv.fish"),
        Dialect::PowerShell => powershell_hook::COMPLETIONS,
        Dialect::Sh => "",
    }
}

/// Prints the script.
pub fn run(app: &App, shell: Dialect) -> Result<u8> {
    app.term.out(script(shell))?;
    Ok(0)
}
