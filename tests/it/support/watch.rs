//! Every output that tests see is searched for secrets here: nobody has to think of it.
//!
//! What the simulated services issue holds [`MARK`]. It may be on the standard output of the commands
//! that are there to give credentials out, and of a program that got them; in files that only the user
//! may read; and nowhere else.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output};

/// A part of every secret.
pub const MARK: &str = "SENTINEL";

/// Verbs whose standard output is, or may be, credentials.
const GIVING: [&str; 6] = ["use", "directory", "exec", "credentials", "console", "profile"];

fn holds_mark(bytes: &[u8]) -> bool {
    bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes())
}

/// Whether credentials may be on this command's standard output: it is one that gives them out, or
/// another program, which has them from there.
fn may_give(command: &Command) -> bool {
    if command.get_program() != env!("CARGO_BIN_EXE_ssoenv") {
        return true;
    }
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    let after_color = |at: usize| at > 0 && words[at - 1] == "--color";
    let mut verbs =
        words.iter().enumerate().filter(|(at, w)| !w.starts_with('-') && !after_color(*at));
    verbs.next().is_some_and(|(_, verb)| GIVING.contains(&&**verb))
}

/// What a command has put out.
pub fn output(command: &Command, output: &Output) {
    errors(&output.stderr);
    let told = holds_mark(&output.stdout) && !may_give(command);
    assert!(!told, "{command:?} told: {}", String::from_utf8_lossy(&output.stdout));
}

/// What stands on a standard error.
pub fn errors(bytes: &[u8]) {
    assert!(!holds_mark(bytes), "a secret in: {}", String::from_utf8_lossy(bytes));
}

/// What a terminal shows.
pub fn screen(text: &str) {
    errors(text.as_bytes());
}

/// The files of a home that is given up: one with a secret is closed to others, and none is a
/// temporary one. What shells have written beside the dotfiles for a test to see is not ours.
pub fn home(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            files(&entry.path());
        }
    }
}

fn files(path: &Path) {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let (path, Ok(meta)) = (entry.path(), entry.metadata()) else { continue };
        if meta.is_dir() {
            files(&path);
        } else if meta.is_file() && fs::read(&path).is_ok_and(|bytes| holds_mark(&bytes)) {
            let name = path.display().to_string();
            assert_eq!(meta.mode() & 0o077, 0, "{name} holds a secret and can be read by others");
            assert!(!name.contains("/.ssoenv.tmp.") && !name.contains("/.tmp"), "{name} was left");
        }
    }
}
