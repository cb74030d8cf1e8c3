//! Paths as people write them: `~`, `~user`, `$NAME`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::env::Env;

/// `$NAME` and `${NAME}`, then `~`, as Python's `expandvars` and `expanduser` do one after the
/// other: a variable may hold a `~`. Unknown names and users stay as they are.
pub fn path(value: &str, env: &Env) -> PathBuf {
    user(&variables(value, env), env)
}

/// A leading `~` or `~user` alone (Python's `expanduser`).
pub fn user(value: &str, env: &Env) -> PathBuf {
    let Some(rest) = value.strip_prefix('~') else { return PathBuf::from(value) };
    let (name, below) = rest.split_at(rest.find(is_separator).unwrap_or(rest.len()));
    let home = if name.is_empty() { home(env) } else { home_of(name) };
    match home {
        Some(home) => {
            let mut path = home.into_os_string();
            path.push(below);
            PathBuf::from(path)
        }
        None => PathBuf::from(value),
    }
}

/// The home folder, in whatever bytes.
pub fn home(env: &Env) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) { &["USERPROFILE", "HOME"] } else { &["HOME"] };
    let set = |name: &&str| env.get_os(name).filter(|value: &OsString| !value.is_empty());
    names.iter().find_map(set).map(PathBuf::from)
}

fn is_separator(c: char) -> bool {
    c == '/' || (cfg!(windows) && c == '\\')
}

/// Another user's home, from the file of accounts; directories of accounts elsewhere are not asked.
fn home_of(name: &str) -> Option<PathBuf> {
    let accounts = super::files::read(Path::new("/etc/passwd")).ok()??;
    let accounts = String::from_utf8_lossy(&accounts).into_owned();
    let mut fields = accounts.lines().map(|line| line.split(':'));
    let mut fields = fields.find_map(|mut fields| (fields.next()? == name).then_some(fields))?;
    fields.nth(4).filter(|home| !home.is_empty()).map(PathBuf::from)
}

fn variables(value: &str, env: &Env) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let (name, after) = variable(&rest[at + 1..]);
        match name.and_then(|name| env.get(name)) {
            Some(text) => out.push_str(&text),
            None => out.push_str(&rest[at..rest.len() - after.len()]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Splits `NAME…` or `{NAME}…` behind a dollar sign into the name and what follows.
fn variable(text: &str) -> (Option<&str>, &str) {
    if let Some(braced) = text.strip_prefix('{') {
        return match braced.split_once('}') {
            Some((name, after)) => (Some(name), after),
            None => (None, text),
        };
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    ((end > 0).then_some(&text[..end]), &text[end..])
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{path, user};
    use crate::io::env::Env;

    #[test]
    fn expands_as_the_aws_cli() {
        let env = Env::fixed([("HOME", "/h"), ("X", "x y"), ("T", "~/t")]);
        for (value, expected) in [
            ("~/c", "/h/c"),
            ("~", "/h"),
            ("~no-such-user/c", "~no-such-user/c"),
            ("$T/c", "/h/t/c"),
            ("a/$T", "a/~/t"),
            ("$X/c", "x y/c"),
            ("${X}c/$NONE/$", "x yc/$NONE/$"),
            ("${X", "${X"),
        ] {
            assert_eq!(path(value, &env), PathBuf::from(expected), "{value}");
        }
        assert_eq!(user("$X/~", &env), PathBuf::from("$X/~"));
        if cfg!(target_os = "linux") {
            assert_eq!(path("~root/c", &env), PathBuf::from("/root/c"));
        }
    }
}
