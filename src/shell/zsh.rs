//! zsh.

use super::entry::{Completion, Hook, Likeness, Prompt, Shell, StartFile, Text, Typed};
use super::{posix, start_file};
use crate::domain::speech;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &["rzsh"],
    quote: posix::quote_ansi_c,
    changes: posix::chain_zsh,
    message: posix::message_zsh,
    nothing: "",
    prompt: Prompt {
        open: "%{",
        close: "%}",
        // As in bash: nothing is escaped that would have to be read back, because zsh expands the
        // text only where `PROMPT_SUBST` is set.
        instead: &[('$', "$%{%}"), ('\\', "\\%{%}"), ('`', "'"), ('%', "%%")],
    },
    say: speech::POSIX,
    hook: Some(Hook {
        text: Text::Staged {
            idle: concat!(
                include_str!("../../shell/idle.zsh"),
                include_str!("../../completions/_ssoenv")
            ),
            whole: include_str!("../../shell/ssoenv.zsh"),
        },
        line: "eval \"$(ssoenv init zsh)\"",
        load_now: "exec zsh",
        other_start_files: |_| Vec::new(),
        earlier_lines: &[],
        start_file: StartFile::Line(|app| {
            Ok(start_file::folder(app, "ZDOTDIR", "")?.join(".zshrc"))
        }),
        removal: REMOVAL,
        removal_message: REMOVAL,
        completion: Completion {
            script: include_str!("../../completions/_ssoenv"),
            typed: Typed::Words,
            unquote: str::to_owned,
            insert: str::to_owned,
            likeness: &Likeness::ALL,
        },
    }),
};

const REMOVAL: &str = include_str!("../../shell/remove.zsh");
