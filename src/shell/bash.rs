//! bash.

use super::entry::{Completion, Hook, Likeness, Prompt, Shell, StartFile, Text, Typed};
use super::posix;
use crate::domain::Result;
use crate::domain::speech;
use crate::io::App;
use std::path::PathBuf;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &["rbash"],
    quote: posix::quote_ansi_c,
    changes: posix::chain_bash,
    message: posix::chain_bash,
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
        text: Text::Plain(include_str!("../../shell/ssoenv.bash")),
        line: "eval \"$(ssoenv init bash)\"",
        load_now: "exec bash",
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
    // Terminals of macOS start login shells, which read no .bashrc.
    let login = home.join(".bash_profile");
    let usual = home.join(".bashrc");
    let is_login = cfg!(target_os = "macos") && login.exists() && !usual.exists();
    Ok(if is_login { login } else { usual })
}
