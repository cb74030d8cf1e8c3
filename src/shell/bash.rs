//! bash.

use super::entry::{Completion, Hook, Likeness, Prompt, Shell, StartFile, Text, Typed};
use super::posix;
use crate::domain::Result;
use crate::domain::speech;
use crate::io::{App, files};
use std::path::{Path, PathBuf};

/// What interactive shells read that are no login shells.
const USUAL: &str = ".bashrc";

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &["rbash"],
    quote: posix::quote_ansi_c,
    changes: posix::chain_bash,
    message: posix::message_bash,
    nothing: "",
    prompt: Prompt {
        open: "\u{1}",
        close: "\u{2}",
        // Marks without width part a character from what it would expand. For a backtick there is
        // no such thing.
        instead: &[('$', "$\u{1}\u{2}"), ('\\', "\\\u{1}\u{2}"), ('`', "'")],
    },
    say: speech::POSIX,
    hook: Some(Hook {
        text: Text::Staged {
            idle: include_str!("../../shell/idle.bash"),
            whole: include_str!("../../shell/ssoenv.bash"),
        },
        line: "eval \"$(ssoenv init bash)\"",
        load_now: if cfg!(target_os = "macos") { "exec bash -l" } else { "exec bash" },
        other_start_files: |_| Vec::new(),
        earlier_lines: &[],
        start_file: StartFile::Line(start_file),
        removal: REMOVAL,
        removal_message: REMOVAL,
        completion: Completion {
            script: include_str!("../../completions/ssoenv.bash"),
            typed: Typed::Line,
            unquote: str::to_owned,
            insert: str::to_owned,
            // readline puts what all candidates have in common in place of the word.
            likeness: &[Likeness::Prefix, Likeness::Folded],
        },
    }),
};

const REMOVAL: &str = include_str!("../../shell/remove.bash");

fn start_file(app: &App) -> Result<PathBuf> {
    let home = app.paths.home()?;
    let name = if cfg!(target_os = "macos") { of_login_shell(home) } else { USUAL };
    Ok(home.join(name))
}

/// Terminals of macOS start login shells. Those read the first of these that is there, and the usual
/// file only where that one says so.
fn of_login_shell(home: &Path) -> &'static str {
    let names = [".bash_profile", ".bash_login", ".profile"];
    let name = names.into_iter().find(|name| home.join(name).exists()).unwrap_or(names[0]);
    let text = files::read(&home.join(name)).ok().flatten().unwrap_or_default();
    let says = String::from_utf8_lossy(&text)
        .lines()
        .any(|line| !line.trim_start().starts_with('#') && line.contains("bashrc"));
    if says { USUAL } else { name }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::of_login_shell;

    #[allow(clippy::disallowed_methods, reason = "a start file of the user, who minds no modes")]
    #[test]
    fn a_login_shell_reads_the_first_of_its_files_and_what_that_names() {
        for (files, wanted) in [
            (&[][..], ".bash_profile"),
            (&[(".bashrc", "")], ".bash_profile"),
            (&[(".profile", "PATH=$PATH:x")], ".profile"),
            (&[(".bash_login", ""), (".profile", ". ~/.bashrc")], ".bash_login"),
            (&[(".bash_profile", "# no bashrc"), (".bashrc", "")], ".bash_profile"),
            (&[(".bash_profile", "[ -r ~/.bashrc ] && . ~/.bashrc")], ".bashrc"),
        ] {
            let home = tempfile::tempdir().expect("a folder");
            for (name, text) in files {
                fs::write(home.path().join(name), text).expect("a file");
            }
            assert_eq!(of_login_shell(home.path()), wanted, "{files:?}");
        }
    }
}
