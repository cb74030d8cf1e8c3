//! `init SHELL`: the hook, or what takes it out again.

use crate::domain::Result;
use crate::io::App;
use crate::shell::entry::Parts;
use crate::shell::{self, Dialect, MARKER};

/// The words of `init`.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// SHELL.
    pub shell: Dialect,
    /// What of the hook is wanted.
    pub parts: Parts,
    /// `--remove`.
    pub remove: bool,
}

/// Prints the hook.
pub fn run(app: &App, options: Options) -> Result<u8> {
    let hook = options.shell.required_hook()?;
    let text = match options.remove {
        false => hook.text(app, options.parts)?,
        true if shell::is_wrapped(&app.env, None) => format!("{MARKER}{}", hook.removal_message),
        true => hook.removal.to_owned(),
    };
    app.term.out(&text)?;
    Ok(0)
}
