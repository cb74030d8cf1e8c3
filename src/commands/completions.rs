//! `completions SHELL`: the script that packagers install. `init` prints the same text.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::shared::hooked;
use crate::domain::Result;
use crate::io::App;
use crate::shell::Dialect;

/// Print the completion script of a shell
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv completions bash   Print the script for bash
  ssoenv completions fish   Print the script for fish")]
pub struct Words {
    /// Shell
    #[arg(value_parser = hooked())]
    shell: Dialect,
}

/// Prints the script.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    app.term.out(words.shell.required_hook()?.completion.script)?;
    Ok(0)
}
