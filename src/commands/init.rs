//! `init SHELL`: the hook, or what takes it out again. Static text; only PowerShell needs a file.

use crate::domain::{Error, Result};
use crate::io::{App, process};
use crate::shell::powershell_hook::{self, Parts};
use crate::shell::{self, Dialect, MARKER, hooks};

/// The words of `init`.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// SHELL.
    pub shell: Dialect,
    /// What of the hook is wanted.
    pub parts: Parts,
    /// `--remove`.
    pub remove: bool,
    /// `--full`: PowerShell's hook itself, not the line that loads it.
    pub full: bool,
}

/// Prints the hook.
pub fn run(app: &App, options: Options) -> Result<u8> {
    let text = if options.remove { removal(app, options.shell) } else { hook(app, options)? };
    app.term.out(&text)?;
    Ok(0)
}

fn hook(app: &App, options: Options) -> Result<String> {
    if options.shell == Dialect::PowerShell {
        return powershell(app, options);
    }
    hooks::text(options.shell, options.parts).ok_or_else(|| {
        Error::usage(format!("there is no hook for `{}`", options.shell.name()))
            .hint("run `eval \"$(ssoenv use PROFILE)\"`: it needs no hook")
    })
}

/// PowerShell's command is an alias to a script file; where none can be written, a function.
fn powershell(app: &App, options: Options) -> Result<String> {
    let program = process::invoked_path(&app.env)
        .map_err(|error| Error::failed("this program's own path is not known").cause(error))?;
    let program = program.to_string_lossy();
    if !options.full {
        return Ok(powershell_hook::loader(&program, options.parts));
    }
    let installed = app.paths.state_dir().map(|state| powershell_hook::install(&state));
    let command = match installed {
        Ok(Ok(path)) => powershell_hook::Command::Script(path),
        Ok(Err(error)) => {
            log::info!("the command script cannot be written: {error}");
            powershell_hook::Command::Function
        }
        Err(error) => {
            log::info!("the command script cannot be written: {error}");
            powershell_hook::Command::Function
        }
    };
    Ok(powershell_hook::hook(&program, &command, options.parts))
}

fn removal(app: &App, shell: Dialect) -> String {
    if !shell::is_wrapped(&app.env, None) {
        return hooks::removal(shell).to_owned();
    }
    match shell {
        // Its hook takes no code, and knows what it was asked.
        Dialect::PowerShell => format!("{MARKER}{}", powershell_hook::REMOVE_MESSAGE),
        _ => format!("{MARKER}{}", hooks::removal(shell)),
    }
}
