//! PowerShell, Windows PowerShell too.

pub mod hook;
mod text;

use std::path::PathBuf;

use super::entry::{Completion, Hook, Likeness, Parts, Prompt, Shell, StartFile, Text, Typed};
use super::start_file;
use crate::domain::speech::Say;
use crate::domain::{Error, Result};
use crate::io::{App, process};

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &[],
    quote: text::quote,
    changes: text::changes,
    message: text::message,
    nothing: "",
    prompt: Prompt::PLAIN,
    say: Say {
        evaluate: |command| format!("{command} | Invoke-Expression"),
        set: |name, value| format!("$env:{name} = {}", text::quote(value)),
        unset: |names| {
            let all: Vec<_> = names.iter().map(|name| format!("Env:{name}")).collect();
            // One that is not set would be an error.
            let quiet = if names.len() > 1 { " -ErrorAction Ignore" } else { "" };
            format!("Remove-Item {}{quiet}", all.join(", "))
        },
        word: text::word,
        own_command: Some(|words| {
            let words: Vec<_> = words.iter().map(|word| text::word(word)).collect();
            // A word in quotes is called by `&`.
            let call = if words[0].starts_with('\'') { "& " } else { "" };
            format!("pwsh -c {{ {call}{} }}", words.join(" "))
        }),
    },
    hook: Some(Hook {
        text: Text::Made(made),
        line: "Invoke-Expression (& ssoenv init powershell)",
        load_now: ". $PROFILE",
        other_start_files: other_profiles,
        earlier_lines: &["Invoke-Expression (& ssoenv init powershell | Out-String)"],
        start_file: StartFile::Line(start_file),
        removal: hook::REMOVE,
        // The hook takes no code, and knows what it was asked.
        removal_message: text::MESSAGE_END,
        completion: Completion {
            script: hook::COMPLETIONS,
            // What PowerShell passes to a program is quoted and searched for file name patterns
            // first.
            typed: Typed::Variable,
            unquote: str::to_owned,
            insert: str::to_owned,
            likeness: &[Likeness::Prefix, Likeness::Folded, Likeness::Inside],
        },
    }),
};

/// The command is an alias to a script file; where none can be written, a function.
fn made(app: &App, parts: Parts) -> Result<String> {
    let program = process::invoked_path(&app.env)
        .map_err(|error| Error::failed("this program's own path is not known").cause(error))?;
    let program = program.to_string_lossy();
    if !parts.full {
        return Ok(hook::loader(&program, parts));
    }
    let installed = app.paths.state_dir().map(|state| hook::install(&state));
    let command = match installed {
        Ok(Ok(path)) => hook::Command::Script(path),
        Ok(Err(error)) => {
            log::info!("the command script cannot be written: {error}");
            hook::Command::Function
        }
        Err(error) => {
            log::info!("the command script cannot be written: {error}");
            hook::Command::Function
        }
    };
    Ok(hook::hook(&program, &command, parts))
}

/// The folder of profiles: of Windows PowerShell 5.1 where that runs this, else of PowerShell 7.
fn folder(app: &App) -> Result<PathBuf> {
    Ok(match app.paths.documents() {
        Some(documents) if cfg!(windows) => {
            let parent = process::parent_name().unwrap_or_default();
            let old = parent.eq_ignore_ascii_case("powershell.exe");
            documents.join(if old { "WindowsPowerShell" } else { "PowerShell" })
        }
        _ => start_file::config(app)?.join("powershell"),
    })
}

/// `$PROFILE`.
fn start_file(app: &App) -> Result<PathBuf> {
    Ok(folder(app)?.join("Microsoft.PowerShell_profile.ps1"))
}

/// The profiles of all hosts, and of VS Code.
fn other_profiles(app: &App) -> Vec<PathBuf> {
    let names = ["profile.ps1", "Microsoft.VSCode_profile.ps1"];
    folder(app).map(|folder| names.map(|name| folder.join(name)).to_vec()).unwrap_or_default()
}
