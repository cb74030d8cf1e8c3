//! `clear`: this shell as it was before `use`.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use crate::domain::Result;
use crate::domain::saved::Saved;
use crate::io::App;
use crate::shell::{self, Dialect};

use super::shared::shell_code::{check_reader, print, refuse_runspace};
use super::shared::word;

/// Restore the environment from before `use`
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv clear              Restore this shell
  ssoenv clear --shell sh   Print the lines that do so in a POSIX shell")]
pub struct Words {
    /// Shell to print for
    #[arg(long, value_parser = word::<Dialect>())]
    shell: Option<Dialect>,
}

/// Prints the lines that give the shell back what it had; nothing where nothing is active.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    give_back(app, words.shell)
}

/// `clear` for a shell.
pub fn give_back(app: &App, shell: Option<Dialect>) -> Result<u8> {
    refuse_runspace(app, "clear", shell)?;
    let Some(back) = Saved::restoration(|name| app.env.get(name)) else {
        if !app.term.stdout_is_terminal() && !shell::is_wrapped(&app.env, shell) {
            app.term.out(shell::detect(&app.env, shell)?.shell().nothing)?;
        }
        return Ok(0);
    };
    check_reader(app, "clear", shell)?;
    for name in &back.changed {
        app.term.say(&format!("`{name}` was changed since `ssoenv use`: it stays as it is"));
    }
    print(app, &back.delta, shell)
}
