//! What a section's name means to the AWS CLI.
//!
//! botocore looks at the first letters, splits the rest by Python's `shlex` and wants exactly two
//! words. `shell-words` is not that grammar: it knows comments and other escapes.

use std::borrow::Cow;

use super::syntax::DEFAULTS;

/// What a section of the config file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Header<'a> {
    /// `[default]`, `[profile NAME]`, and lookalikes such as `[profiles NAME]`.
    Profile(Cow<'a, str>),
    /// `[sso-session NAME]`.
    Session(Cow<'a, str>),
    /// `[services NAME]`.
    Services(Cow<'a, str>),
    /// `[DEFAULT]`: defaults of all sections.
    Defaults,
    /// A section that starts like one of the above and that the AWS CLI drops without a word.
    Dropped,
    /// Any other section.
    Other,
}

/// Classifies a section of the config file.
pub fn classify(name: &str) -> Header<'_> {
    let second = second_word(name);
    if name.starts_with("profile") {
        second.map_or(Header::Dropped, Header::Profile)
    } else if name.starts_with("sso-session") {
        second.map_or(Header::Dropped, Header::Session)
    } else if name.starts_with("services") {
        second.map_or(Header::Dropped, Header::Services)
    } else if name == "default" {
        Header::Profile(Cow::Borrowed(name))
    } else if name == DEFAULTS {
        Header::Defaults
    } else {
        Header::Other
    }
}

/// The second of exactly two words.
fn second_word(name: &str) -> Option<Cow<'_, str>> {
    if !name.contains(['"', '\'', '\\']) {
        let mut words = name.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
        let (_, second) = (words.next()?, words.next()?);
        return words.next().is_none().then_some(Cow::Borrowed(second));
    }
    match shlex(name)?.as_mut_slice() {
        [_, second] => Some(Cow::Owned(std::mem::take(second))),
        _ => None,
    }
}

/// `shlex.split` of Python in its POSIX mode; `None` where it raises.
pub fn shlex(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(chars.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// Whether every AWS tool reads a section of this name (the SDKs' alphabet).
pub fn is_portable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&b))
}

/// A section's name as it is written: `default` bare, everything else behind its prefix, quoted
/// as the AWS CLI quotes it where the name has blanks, quotes or backslashes.
pub fn profile_section(name: &str) -> String {
    if name == "default" { name.to_owned() } else { format!("profile {}", quote(name)) }
}

/// The name of an `[sso-session]` section.
pub fn session_section(name: &str) -> String {
    format!("sso-session {}", quote(name))
}

fn quote(name: &str) -> String {
    let plain = |c: char| !matches!(c, ' ' | '\t' | '\'' | '"' | '\\');
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        // Python's `shlex.quote`.
        format!("'{}'", name.replace('\'', "'\"'\"'"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Header, classify, profile_section, session_section, shlex};

    #[test]
    fn names_as_the_aws_cli_reads_them() {
        let profile = |name: &'static str| Header::Profile(name.into());
        for (section, expected) in [
            ("default", profile("default")),
            ("profile dev", profile("dev")),
            ("profile\tdev ", profile("dev")),
            ("profiles dev", profile("dev")),
            ("profile \"my dev\"", profile("my dev")),
            ("profile 'my dev'", profile("my dev")),
            ("profile my\\ dev", profile("my dev")),
            ("profile corp\\dev", profile("corpdev")),
            ("profile \"a\\$b\"", profile("a\\$b")),
            ("profile #x", profile("#x")),
            ("profile a]b", profile("a]b")),
            ("profile my dev", Header::Dropped),
            ("profile", Header::Dropped),
            ("profiledev", Header::Dropped),
            ("profile \"dev", Header::Dropped),
            ("profile dev\\", Header::Dropped),
            ("sso-sessions corp", Header::Session("corp".into())),
            ("sso_session corp", Header::Other),
            ("Default", Header::Other),
            ("DEFAULT", Header::Defaults),
            (" default ", Header::Other),
        ] {
            assert_eq!(classify(section), expected, "{section}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for name in ["dev", "my dev", "o'brien x", "a\"b", "c\\d", "dév", "a/b@c", "#x", ""] {
            for section in [profile_section(name), session_section(name)] {
                assert_eq!(shlex(&section).and_then(|mut w| w.pop()), Some(name.to_owned()));
            }
        }
        assert_eq!(profile_section("default"), "default");
        assert_eq!(session_section("default"), "sso-session default");
        assert_eq!(profile_section("o'brien x"), "profile 'o'\"'\"'brien x'");
    }
}
