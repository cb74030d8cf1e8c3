//! `clear`: this shell as it was before `use`.

use crate::domain::Result;
use crate::domain::saved::Saved;
use crate::io::App;
use crate::shell::{self, Dialect};

use super::shared::shell_code::{refuse_runspace, refuse_terminal};

/// Prints the lines that give the shell back what it had; nothing where nothing is active.
pub fn run(app: &App, shell: Option<Dialect>) -> Result<u8> {
    refuse_runspace(app, "clear", shell)?;
    let Some(back) = Saved::restoration(|name| app.env.get(name)) else { return Ok(0) };
    refuse_terminal(app, "clear")?;
    for name in &back.changed {
        app.term.say(&format!("`{name}` was changed since `ssoenv use`: it stays as it is"));
    }
    let dialect = shell::detect(&app.env, shell);
    app.term.out(&shell::render(dialect, &back.delta, shell::is_wrapped(&app.env, shell))?)?;
    Ok(0)
}
