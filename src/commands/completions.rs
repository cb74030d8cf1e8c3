//! `completions SHELL`: the script that packagers install. `init` prints the same text.

use crate::domain::Result;
use crate::io::App;
use crate::shell::Dialect;

/// Prints the script.
pub fn run(app: &App, shell: Dialect) -> Result<u8> {
    app.term.out(shell.hook().map_or("", |hook| hook.completion.script))?;
    Ok(0)
}
