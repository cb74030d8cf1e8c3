//! POSIX sh, and the shells that read it: text for `eval`, and no hook.

use super::entry::{Prompt, Shell};
use super::posix;
use crate::domain::speech;

/// The entry.
pub const SHELL: Shell = Shell {
    programs: &[
        "ash", "bosh", "busybox", "dash", "ksh", "lksh", "loksh", "mksh", "oksh", "osh", "pdksh",
        "posh", "yash",
    ],
    quote: posix::quote_posix,
    changes: posix::chain_posix,
    message: posix::chain_posix,
    nothing: "",
    prompt: Prompt::PLAIN,
    say: speech::POSIX,
    hook: None,
};
