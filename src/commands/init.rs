//! `init SHELL`: the hook, or what takes it out again.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::shared::hooked;
use crate::domain;
use crate::io::App;
use crate::shell::entry::Parts;
use crate::shell::{self, Dialect, MARKER};

/// Print the hook for a shell; `ssoenv setup` loads it in every new one
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv init bash                Print the hook for bash
  ssoenv init zsh --cmd aws-use   Also define `aws-use` as a short `ssoenv use`
  ssoenv init fish --no-prompt    Print the hook without the prompt")]
pub struct Words {
    /// The shell to print the hook for
    #[arg(value_parser = hooked())]
    shell: Dialect,
    /// Leave the prompt alone
    #[arg(long)]
    no_prompt: bool,
    /// Leave completion alone
    #[arg(long)]
    no_completions: bool,
    /// Also define NAME as a short `ssoenv use`
    #[arg(long, value_name = "NAME", value_parser = short_name)]
    cmd: Option<String>,
    /// Print what takes the hook out of a running shell
    #[arg(long)]
    remove: bool,
    /// Print the hook itself where a line that loads it is printed (PowerShell)
    #[arg(long, hide = true)]
    full: bool,
}

impl Words {
    fn parts(&self) -> Parts<'_> {
        let (prompt, completions) = (!self.no_prompt, !self.no_completions);
        Parts { prompt, completions, full: self.full, cmd: self.cmd.as_deref() }
    }
}

/// What every shell takes for the name of a command, and is not one of ours.
fn short_name(text: &str) -> Result<String, String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(word)
        && text != "ssoenv"
    {
        return Ok(text.to_owned());
    }
    Err("it takes letters, digits, `-` and `_`, a letter first, and not `ssoenv`".to_owned())
}

/// Prints the hook.
pub fn run(app: &App, words: &Words) -> domain::Result<u8> {
    let hook = words.shell.required_hook()?;
    let text = match words.remove {
        false => hook.text(app, words.parts())?,
        true if shell::is_wrapped(&app.env, None) => format!("{MARKER}{}", hook.removal_message),
        true => hook.removal.to_owned(),
    };
    app.term.out(&text)?;
    Ok(0)
}
