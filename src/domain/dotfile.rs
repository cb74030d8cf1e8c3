//! A `.ssoenv` file: which profile, or account and role, a directory asks for.
//!
//! It comes with a repository, so it is inert: it can name what the user has configured, and
//! nothing else. What is not understood to the last byte is refused with its line.

use super::label::sanitize;
use super::names::AccountId;
use super::nearest::nearest;
use super::{Error, Result};

pub const FILE_NAME: &str = ".ssoenv";

/// More bytes than this are not read.
pub const MAX_BYTES: usize = 4096;

const KEYS: [&str; 4] = ["profile", "account", "role", "sso_session"];

/// What the file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dotfile {
    /// `profile = NAME`.
    Profile(String),
    /// `account = ID` and `role = NAME`.
    Role {
        /// Twelve digits.
        account_id: String,
        role: String,
        /// `sso_session = NAME`.
        session: Option<String>,
    },
}

/// A line that is wrong, and how to mend it.
struct Wrong {
    line: usize,
    what: String,
    fix: String,
}

impl Dotfile {
    /// Reads the file's bytes; `place` is what errors call it.
    pub fn parse(bytes: &[u8], place: &str) -> Result<Self> {
        read(bytes).map_err(|wrong| {
            let place = format!("{place}:{}", wrong.line);
            Error::config(format!("{} in `{place}`", wrong.what))
                .hint(format!("edit `{place}`: {}", wrong.fix))
        })
    }

    /// What messages call it.
    pub fn label(&self) -> String {
        match self {
            Self::Profile(name) => name.clone(),
            Self::Role { account_id, role, .. } => format!("{account_id}/{role}"),
        }
    }
}

fn read(bytes: &[u8]) -> std::result::Result<Dotfile, Wrong> {
    let wrong = |line, what: &str, fix: &str| Wrong { line, what: what.into(), fix: fix.into() };
    if bytes.len() > MAX_BYTES {
        return Err(wrong(1, "more than 4 KiB", "keep only `profile = NAME`"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|&b| b == b'\n').count();
        wrong(line, "text that is not UTF-8", "save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut values: [Option<(String, usize)>; KEYS.len()] = Default::default();
    for (at, line) in text.split('\n').enumerate() {
        let line_number = at + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some((key, value)) = entry(line, line_number)? {
            if values[key].is_some() {
                let what = format!("`{}` for the second time", KEYS[key]);
                return Err(wrong(line_number, &what, "keep one of them"));
            }
            values[key] = Some((value, line_number));
        }
    }
    together(values)
}

/// One line: the place of its key in [`KEYS`], and its value; `None` for an empty one.
fn entry(line: &str, number: usize) -> std::result::Result<Option<(usize, String)>, Wrong> {
    let wrong = |what: String, fix: String| Wrong { line: number, what, fix };
    let line = line.trim_matches([' ', '\t']);
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let Some((key, value)) = line.split_once('=') else {
        return Err(wrong("a line without `=`".into(), "write `profile = NAME`".into()));
    };
    let key = key.trim_end_matches([' ', '\t']);
    let Some(place) = KEYS.iter().position(|known| *known == key) else {
        let fix = match nearest(key, KEYS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write `profile = NAME`, or `account = ID` and `role = NAME`".into(),
        };
        return Err(wrong(format!("the key `{key}`, which is not known"), fix));
    };
    let value = unquoted(value.trim_start_matches([' ', '\t']))
        .map_err(|fix| wrong(format!("a value of `{key}` that cannot be read"), fix.into()))?;
    if value.is_empty() {
        return Err(wrong(format!("no value of `{key}`"), format!("write `{key} = NAME`")));
    }
    if sanitize(value) != value {
        let what = format!("a character that cannot be shown in the value of `{key}`");
        return Err(wrong(what, "write the name with visible characters".into()));
    }
    if key == "account" && !AccountId::is_valid(value) {
        let what = format!("`account = {value}`, which is not an account ID");
        return Err(wrong(what, "write its twelve digits".into()));
    }
    Ok(Some((place, value.to_owned())))
}

/// The value less quotes and a comment behind it.
fn unquoted(text: &str) -> std::result::Result<&str, &'static str> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let Some((value, after)) = text[1..].split_once(quote) else {
            return Err("close the quotes");
        };
        let after = after.trim_matches([' ', '\t']);
        if !after.is_empty() && !after.starts_with('#') {
            return Err("put nothing behind the quotes");
        }
        return Ok(value);
    }
    let mut before = None;
    let comment = text.char_indices().find(|&(_, c)| {
        let starts = c == '#' && before.is_none_or(|b| matches!(b, ' ' | '\t'));
        before = Some(c);
        starts
    });
    Ok(text[..comment.map_or(text.len(), |(at, _)| at)].trim_end_matches([' ', '\t']))
}

fn together(
    [profile, account, role, session]: [Option<(String, usize)>; KEYS.len()],
) -> std::result::Result<Dotfile, Wrong> {
    let value = |entry: Option<(String, usize)>| entry.map(|(value, _)| value);
    match (profile, account, role) {
        (Some((name, _)), None, None) => match session {
            None => Ok(Dotfile::Profile(name)),
            Some((_, line)) => Err(Wrong {
                line,
                what: "`sso_session` beside `profile`".into(),
                fix: "remove it: the profile has its own session".into(),
            }),
        },
        (Some(_), account, role) => Err(Wrong {
            line: account.or(role).map_or(1, |(_, line)| line),
            what: "a profile and an account or role".into(),
            fix: "keep `profile`, or `account` and `role`".into(),
        }),
        (None, Some((account_id, _)), Some((role, _))) => {
            Ok(Dotfile::Role { account_id, role, session: value(session) })
        }
        (None, Some((_, line)), None) => Err(Wrong {
            line,
            what: "an account without a role".into(),
            fix: "add `role = NAME`".into(),
        }),
        (None, None, Some((_, line))) => Err(Wrong {
            line,
            what: "a role without an account".into(),
            fix: "add `account = ID`".into(),
        }),
        (None, None, None) => Err(Wrong {
            line: 1,
            what: "no profile".into(),
            fix: "write `profile = NAME`, or `account = ID` and `role = NAME`".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Dotfile, MAX_BYTES};

    fn parse(text: &str) -> Result<Dotfile, String> {
        Dotfile::parse(text.as_bytes(), "f").map_err(|error| error.what)
    }

    fn profile(name: &str) -> Dotfile {
        Dotfile::Profile(name.to_owned())
    }

    #[test]
    fn profiles() {
        for (text, name) in [
            ("profile = dev", "dev"),
            ("profile=dev\n", "dev"),
            ("\t profile\t=  dev \t\r\n", "dev"),
            ("\u{feff}# mine\n\nprofile = \"a b\" # c\n", "a b"),
            ("profile = 'a \"b\" # c'", "a \"b\" # c"),
            ("profile = a=b", "a=b"),
            ("profile = a#b # c", "a#b"),
            ("profile = $(touch x)", "$(touch x)"),
            ("profile = it's", "it's"),
        ] {
            assert_eq!(parse(text), Ok(profile(name)), "{text:?}");
        }
    }

    #[test]
    fn roles() {
        let role = |session: Option<&str>| {
            Ok(Dotfile::Role {
                account_id: "012345678901".into(),
                role: "Admin".into(),
                session: session.map(str::to_owned),
            })
        };
        assert_eq!(parse("account = 012345678901\nrole = Admin"), role(None));
        let text = "role=Admin\nsso_session = 'corp'\naccount=\"012345678901\"";
        assert_eq!(parse(text), role(Some("corp")));
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_line() {
        for (text, what) in [
            ("", "no profile in `f:1`"),
            ("# nothing\n", "no profile in `f:1`"),
            ("\nprofile dev", "a line without `=` in `f:2`"),
            ("[profile dev]", "a line without `=` in `f:1`"),
            ("profile =", "no value of `profile` in `f:1`"),
            ("profile = # c", "no value of `profile` in `f:1`"),
            ("profile = ''", "no value of `profile` in `f:1`"),
            ("profile = 'a", "a value of `profile` that cannot be read in `f:1`"),
            ("profile = 'a' b", "a value of `profile` that cannot be read in `f:1`"),
            ("profile = a\nprofile = a", "`profile` for the second time in `f:2`"),
            ("Profile = a", "the key `Profile`, which is not known in `f:1`"),
            ("sso_start_url = https://x", "the key `sso_start_url`, which is not known in `f:1`"),
            ("profile = a\nrole = b", "a profile and an account or role in `f:2`"),
            ("profile = a\nsso_session = b", "`sso_session` beside `profile` in `f:2`"),
            ("role = b", "a role without an account in `f:1`"),
            ("account = 012345678901", "an account without a role in `f:1`"),
            ("account = 12\nrole = b", "`account = 12`, which is not an account ID in `f:1`"),
            (
                "profile = a\rb",
                "a character that cannot be shown in the value of `profile` in `f:1`",
            ),
            (
                "profile = a\0",
                "a character that cannot be shown in the value of `profile` in `f:1`",
            ),
            ("x\n\nprofile = a\u{202e}b", "a line without `=` in `f:1`"),
            (
                "profile = \u{1b}]52;c;eA==\u{7}",
                "a character that cannot be shown in the value of `profile` in `f:1`",
            ),
        ] {
            assert_eq!(parse(text), Err(what.to_owned()), "{text:?}");
        }
        let latin = Dotfile::parse(b"# a\nprofile = \xe4", "f").map_err(|error| error.what);
        assert_eq!(latin, Err("text that is not UTF-8 in `f:2`".to_owned()));
        let long = format!("profile = a\n#{}", " ".repeat(MAX_BYTES));
        assert_eq!(parse(&long), Err("more than 4 KiB in `f:1`".to_owned()));
    }

    /// Whatever the bytes, the answer is an error with a place or names that can be shown.
    #[test]
    fn no_bytes_are_taken_for_more_than_they_say() {
        let parts: [&[u8]; 20] = [
            b"profile",
            b"account",
            b"role",
            b"sso_session",
            b"=",
            b" ",
            b"\t",
            b"\n",
            b"\r\n",
            b"#",
            b"\"",
            b"'",
            b"dev",
            b"012345678901",
            b"\0",
            b"\x1b[31m",
            b"\xff",
            b"\\",
            "\u{202e}".as_bytes(),
            "\u{feff}".as_bytes(),
        ];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |bound: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 16).expect("48 bits fit") % bound
        };
        let mut good = 0;
        for _ in 0..100_000 {
            let count = below(9) + 1;
            let start: &[u8] = if below(2) == 0 { b"profile=" } else { b"" };
            let parts = (0..count).flat_map(|_| parts[below(parts.len())].iter().copied());
            let bytes: Vec<u8> = start.iter().copied().chain(parts).collect();
            match Dotfile::parse(&bytes, "f") {
                Ok(Dotfile::Profile(name)) => {
                    good += 1;
                    assert!(!name.is_empty() && super::sanitize(&name) == name, "{bytes:?}");
                    let text = format!(
                        "profile = {}",
                        if name.contains('"') {
                            format!("'{name}'")
                        } else {
                            format!("\"{name}\"")
                        }
                    );
                    if !(name.contains('"') && name.contains('\'')) {
                        assert_eq!(parse(&text), Ok(profile(&name)));
                    }
                }
                Ok(Dotfile::Role { account_id, .. }) => assert_eq!(account_id, "012345678901"),
                Err(error) => assert!(error.what.contains("in `f:") && error.hints.len() == 1),
            }
        }
        assert!(good > 1000, "only {good} files were good");
    }
}
