//! Shells that read neither sh nor any other text that is printed here. To print them something all
//! the same would be a heap of errors, or worse.

use crate::domain::Error;

/// Those that run on a system where an unknown parent is otherwise taken for one that reads the
/// system's own language.
const NAMES: &[&str] = if cfg!(windows) {
    &["cmd", "tcc", "yori"]
} else {
    &["cmd", "es", "hilbish", "ion", "murex", "ngs", "rc", "ysh"]
};

/// Whether a program is such a shell: by its name, or because it is the login shell of this user and
/// nothing is known of it.
pub fn is_one(program: &str, login_shell: &str) -> bool {
    let login = login_shell.rsplit(['/', '\\']).next().unwrap_or_default();
    NAMES.contains(&program) || (!login.is_empty() && program == login)
}

/// What works in such a shell.
pub fn refusal(program: &str) -> Error {
    let error =
        Error::usage(format!("ssoenv cannot change the variables of the shell `{program}`"))
            .cause("this shell reads none of the languages that ssoenv prints")
            .hint("run one command with credentials: `ssoenv exec PROFILE -- COMMAND`")
            .hint(format!("or a shell with credentials: `ssoenv exec PROFILE -- {program}`"));
    if program == "cmd" {
        return error.hint(
            "or run `for /f \"delims=\" %i in ('ssoenv credentials PROFILE --format windows-cmd') do @%i`",
        );
    }
    error.hint("or name a shell whose code it reads: `--shell sh`")
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn shells_are_told_from_programs() {
        assert!(is_one("cmd", "") && is_one("murmur", "/usr/bin/murmur"));
        assert!(!is_one("make", "/bin/bash") && !is_one("make", ""));
        assert!(!is_one("", "") && !is_one("", "/bin/bash") && !is_one("", "/bin/"));
    }
}
