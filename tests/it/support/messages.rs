//! Whole messages against files in `tests/it/messages`: one place to read all that the program says.
//! `UPDATE_EXPECT=1 cargo test --test it` writes them anew.

use std::collections::HashSet;
use std::path::Path;

use expect_test::expect_file;

use super::World;
use super::world::Outcome;

impl World {
    /// Compares exit code and standard error with the file of that name (`login/denied`). Paths, ports
    /// and times, which differ from run to run, have names.
    #[track_caller]
    pub fn says(&self, name: &str, outcome: &Outcome) {
        compare(name, &format!("[{}]\n{}", outcome.code, self.named(&outcome.err)));
    }

    /// A message in which what differs from run to run has a name.
    pub fn named(&self, message: &str) -> String {
        let home = self.home().display().to_string();
        let text = message.replace(&home, "HOME").replace(&super::shells::path(), "PATH");
        let text = numbers_behind(&text, "127.0.0.1:", "PORT");
        let text = numbers_behind(&text, "localhost:", "PORT");
        let text = queries(&text);
        let program = Path::new(env!("CARGO_BIN_EXE_ssoenv")).parent().expect("a folder");
        times(&text.replace(&program.display().to_string(), "BIN"))
    }
}

/// Compares a text with a file of `tests/it/messages`.
#[track_caller]
pub fn compare(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/messages");
    let file = folder.join(name).with_extension("txt");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder for messages");
    expect_file![file].assert_eq(text);
}

fn numbers_behind(text: &str, mark: &str, name: &str) -> String {
    let mut parts = text.split(mark);
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let name = if rest.len() < part.len() { name } else { "" };
        named.extend([mark, name, rest]);
    }
    named
}

/// What an authorize URL asks for is new each time.
fn queries(text: &str) -> String {
    let mut parts = text.split("/authorize?");
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        named.push_str("/authorize?QUERY");
        named.push_str(&part[part.find(char::is_whitespace).unwrap_or(part.len())..]);
    }
    named
}

/// Times and user codes: `#` is a digit, `@` a capital letter.
const FORMS: [(&str, &str); 5] = [
    ("####-##-##T##:##:##Z", "TIME"),
    ("########T######Z", "TIME"),
    ("####-##-##", "DATE"),
    ("##:##", "TIME"),
    ("@@@@-@@@@", "CODE"),
];

fn times(text: &str) -> String {
    let is = |(form, byte): (u8, u8)| match form {
        b'#' => byte.is_ascii_digit(),
        b'@' => byte.is_ascii_uppercase(),
        other => byte == other,
    };
    let starts = |text: &str, form: &str| {
        text.len() >= form.len() && form.bytes().zip(text.bytes()).all(is) && {
            !text[form.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':')
        }
    };
    let mut named = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let begins = !named.ends_with(|c: char| c.is_ascii_alphanumeric() || ":-.".contains(c));
        let form = FORMS.iter().find(|(form, _)| begins && starts(rest, form));
        let length = form.map_or(next.len_utf8(), |(form, _)| form.len());
        named.push_str(form.map_or(&rest[..length], |(_, name)| name));
        rest = &rest[length..];
    }
    named
}

#[test]
fn no_message_is_left_over() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let sources = super::imports::rust_files(&tests).into_iter();
    let text: String = sources.map(|file| std::fs::read_to_string(file).expect("a test")).collect();
    let whole: HashSet<&str> = text.split('"').collect();
    // Tests of several cases put the end of the name together.
    let begun: HashSet<&str> =
        whole.iter().filter_map(|part| Some(part.split_once('{')?.0)).collect();
    let mut folders = vec![tests.join("messages")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("messages").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(tests.join("messages")).expect("below").with_extension("");
            let name = name.to_string_lossy();
            let mut starts = name.char_indices().map(|(at, _)| &name[..at]);
            let made = starts.any(|start| start.contains('/') && begun.contains(start));
            assert!(made || whole.contains(&*name), "no test compares {name}: remove it");
        }
    }
}
