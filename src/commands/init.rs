//! `init`: the hook of a shell as text, and the text that takes it out again.

use crate::domain::Result;
use crate::io::{App, process};
use crate::shell::powershell_hook::{self, Parts};
use crate::shell::{self, Dialect, MARKER};

use super::completions;

/// The words of `init`.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Not `--no-prompt`.
    pub prompt: bool,
    /// Not `--no-completions`.
    pub completions: bool,
    /// `--remove`.
    pub remove: bool,
}

/// Prints the hook. It is static text: nothing but PowerShell's script file is looked at.
pub fn run(app: &App, shell: Dialect, options: Options) -> Result<u8> {
    let text = if options.remove { removal(app, shell) } else { hook(app, shell, options) };
    app.term.out(&text)?;
    Ok(0)
}

fn hook(app: &App, shell: Dialect, options: Options) -> String {
    let (hook, show) = match shell {
        Dialect::PowerShell => return powershell(app, options),
        Dialect::Zsh => {
            (include_str!("../../shell/ssoenv.zsh"), "\\builtin typeset -g __ssoenv_show=1\n")
        }
        Dialect::Fish => (include_str!("../../shell/ssoenv.fish"), "set -g __ssoenv_show 1\n"),
        Dialect::Bash | Dialect::Sh => {
            (include_str!("../../shell/ssoenv.bash"), "__ssoenv_show=1\n")
        }
    };
    let mut text = hook.to_owned();
    if options.prompt {
        text.push_str(show);
    }
    if options.completions {
        text.push_str(completions::script(shell));
    }
    text
}

fn powershell(app: &App, options: Options) -> String {
    let command = match app.paths.state_dir().map(|state| powershell_hook::install(&state)) {
        Ok(Ok(script)) => powershell_hook::Command::Script(script),
        Ok(Err(error)) => {
            log::info!("the command script cannot be written, a function stands in: {error}");
            powershell_hook::Command::Function
        }
        Err(_) => powershell_hook::Command::Function,
    };
    let program = process::invoked_path(&app.env).unwrap_or_default();
    let parts = Parts { prompt: options.prompt, completions: options.completions };
    powershell_hook::hook(&program.to_string_lossy(), &command, parts)
}

fn removal(app: &App, shell: Dialect) -> String {
    let wrapped = shell::is_wrapped(&app.env, None);
    let text = match shell {
        Dialect::Bash => "declare -F __ssoenv_remove >/dev/null && __ssoenv_remove\n",
        Dialect::Zsh => "(( ${+functions[__ssoenv_remove]} )) && __ssoenv_remove\n",
        Dialect::Fish => "functions -q __ssoenv_remove; and __ssoenv_remove\n",
        Dialect::PowerShell if wrapped => powershell_hook::REMOVE_MESSAGE,
        Dialect::PowerShell => powershell_hook::REMOVE,
        Dialect::Sh => "",
    };
    let marker = if wrapped { MARKER } else { "" };
    format!("{marker}{text}")
}
