//! Elvish.

use std::path::PathBuf;

use super::entry::{Completion, Hook, Likeness, Prompt, Shell, StartFile, Text, Typed};
use super::{json, start_file};
use crate::domain::Result;
use crate::domain::speech::Say;
use crate::io::App;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &[],
    quote,
    changes: json::object,
    message: json::object,
    // Nothing in: `from-json` gives nothing for nothing, and `keys` wants a map.
    nothing: "{}\n",
    prompt: Prompt::PLAIN,
    say: Say {
        evaluate: |command| {
            format!(
                "{command} --shell elvish | from-json | each {{|c| keys $c | each {{|k| \
                 if (eq $c[$k] $nil) {{ unset-env $k }} else {{ set-env $k $c[$k] }} }} }}"
            )
        },
        set: |name, value| format!("set-env {name} {}", quote(value)),
        unset: |names| {
            let each: Vec<_> = names.iter().map(|name| format!("unset-env {name}")).collect();
            each.join("; ")
        },
        word,
        own_command: None,
    },
    hook: Some(Hook {
        text: Text::Plain(include_str!("../../shell/ssoenv.elvish")),
        line: "eval (ssoenv init elvish | slurp)",
        load_now: "eval (ssoenv init elvish | slurp)",
        other_start_files: |_| Vec::new(),
        earlier_lines: &[],
        start_file: StartFile::Line(start_file),
        removal: "if (has-key $edit:completion:arg-completer __ssoenv_unload) { \
                  nop ($edit:completion:arg-completer[__ssoenv_unload]) }\n",
        // The hook takes no code, and knows what it was asked.
        removal_message: "{}\n",
        completion: Completion {
            script: include_str!("../../completions/ssoenv.elvish"),
            typed: Typed::Words,
            unquote: str::to_owned,
            insert: str::to_owned,
            likeness: &[Likeness::Prefix, Likeness::Folded],
        },
    }),
};

/// `rc.elv`, which interactive shells read.
fn start_file(app: &App) -> Result<PathBuf> {
    let config = if cfg!(windows) {
        start_file::folder(app, "AppData", "AppData/Roaming")?
    } else {
        start_file::config(app)?
    };
    Ok(config.join("elvish").join("rc.elv"))
}

/// `'…'`, in which only a quote means something, doubled.
fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A word as a person would type it.
fn word(word: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_./:@%+,-".contains(c);
    let plain = !word.is_empty() && word.chars().all(bare);
    if plain { word.to_owned() } else { quote(word) }
}

#[cfg(test)]
mod tests {
    use super::{quote, word};

    #[test]
    fn quotes() {
        assert_eq!(quote("it's\n$x"), "'it''s\n$x'");
        assert_eq!((word("team/prod").as_str(), word("a $b").as_str()), ("team/prod", "'a $b'"));
        assert_eq!((word("").as_str(), word("~x").as_str()), ("''", "'~x'"));
    }
}
