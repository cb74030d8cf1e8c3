//! Commands, options and their fixed values, from clap's completion engine. Where it meets a name
//! that only the user's files know, it answers with a note of what is asked for.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::candidates::Candidate;
use super::values::Kind;
use crate::cli::args::Cli;

/// What may stand at the cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A word of the command line itself.
    Word(Candidate),
    /// Names of a kind, behind what is joined to them (`--account=`).
    Names {
        /// The kind.
        kind: Kind,
        /// What stands before the name in the same word.
        joined: String,
        /// What has been typed of the name.
        typed: String,
    },
}

/// Stands in a candidate of the engine between the parts of a note; no typed word holds it.
const NOTE: char = '\u{1}';

/// Names of arguments in `args`, and what they take.
const KINDS: [(&str, Kind); 12] = [
    ("profile", Kind::Profile),
    ("profiles", Kind::Profile),
    ("name", Kind::Profile),
    ("account", Kind::Account),
    ("role", Kind::Role),
    ("sso_session", Kind::Session),
    ("region", Kind::Region),
    ("sso_region", Kind::Region),
    ("service", Kind::Service),
    ("output", Kind::Output),
    ("key", Kind::Setting),
    ("value", Kind::SettingValue),
];

/// Completes the last of `words`; the first is the program's name.
pub fn find(words: &[String]) -> Vec<Found> {
    if words.iter().any(|word| word.contains(NOTE)) {
        return Vec::new();
    }
    let mut cli = noted(Cli::command());
    let index = words.len() - 1;
    let words = words.iter().map(OsString::from).collect();
    // An error of the engine means that nothing fits.
    let found = complete(&mut cli, words, index, Some(Path::new("."))).unwrap_or_default();
    found.iter().filter(|one| !one.is_hide_set()).filter_map(read).collect()
}

fn noted(command: Command) -> Command {
    command.mut_args(noted_argument).mut_subcommands(noted)
}

fn noted_argument(argument: Arg) -> Arg {
    let id = argument.get_id().as_str();
    match KINDS.iter().find(|(name, _)| *name == id) {
        Some(&(name, _)) => argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
            vec![CompletionCandidate::new(format!("{NOTE}{name}{NOTE}{}", typed.to_string_lossy()))]
        })),
        None => argument,
    }
}

fn read(found: &CompletionCandidate) -> Option<Found> {
    let value = found.get_value().to_str()?;
    let mut parts = value.splitn(3, NOTE);
    let (joined, name, typed) = (parts.next()?, parts.next(), parts.next());
    if let (Some(name), Some(typed)) = (name, typed) {
        let &(_, kind) = KINDS.iter().find(|(known, _)| *known == name)?;
        return Some(Found::Names { kind, joined: joined.to_owned(), typed: typed.to_owned() });
    }
    let help = found.get_help().map(ToString::to_string).unwrap_or_default();
    Candidate::new(value, help.lines().next().unwrap_or_default()).map(Found::Word)
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::{Found, KINDS, find};
    use crate::cli::args::Cli;
    use crate::cli::complete::values::Kind;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    fn plain(line: &str) -> Vec<String> {
        let found = find(&words(line)).into_iter();
        found
            .filter_map(|one| if let Found::Word(word) = one { Some(word.value) } else { None })
            .collect()
    }

    #[test]
    fn commands_and_options_come_from_the_definition() {
        assert_eq!(plain("ssoenv cred"), ["credentials"]);
        assert_eq!(plain("ssoenv credentials --for"), ["--format"]);
        assert_eq!(plain("ssoenv credentials --format win"), ["windows-cmd"]);
        assert_eq!(plain("ssoenv credentials --format=win"), ["--format=windows-cmd"]);
        assert_eq!(plain("ssoenv -v --color al"), ["always"]);
        assert_eq!(plain("ssoenv use --shell po"), ["powershell"]);
        assert_eq!(plain("ssoenv refres"), Vec::<String>::new());
    }

    #[test]
    fn names_are_asked_for_with_what_is_joined() {
        let names = |kind, joined: &str, typed: &str| Found::Names {
            kind,
            joined: joined.to_owned(),
            typed: typed.to_owned(),
        };
        for (line, expected) in [
            ("ssoenv use --no-login pr", names(Kind::Profile, "", "pr")),
            ("ssoenv use --account=1", names(Kind::Account, "--account=", "1")),
            ("ssoenv use --account x --role A", names(Kind::Role, "", "A")),
            ("ssoenv login --sso-session c", names(Kind::Session, "", "c")),
            ("ssoenv console --service s", names(Kind::Service, "", "s")),
            ("ssoenv configure --sso-region eu", names(Kind::Region, "", "eu")),
            ("ssoenv roles 1", names(Kind::Account, "", "1")),
            ("ssoenv profile show p", names(Kind::Profile, "", "p")),
            ("ssoenv serve a b c", names(Kind::Profile, "", "c")),
            ("ssoenv settings set mo", names(Kind::Setting, "", "mo")),
            ("ssoenv settings set mode k", names(Kind::SettingValue, "", "k")),
        ] {
            assert!(find(&words(line)).contains(&expected), "{line}: {:?}", find(&words(line)));
        }
    }

    #[test]
    fn every_kind_is_an_argument() {
        fn ids(command: &Command, into: &mut Vec<String>) {
            into.extend(command.get_arguments().map(|a| a.get_id().to_string()));
            command.get_subcommands().for_each(|sub| ids(sub, into));
        }
        let mut known = Vec::new();
        ids(&Cli::command(), &mut known);
        for (name, _) in KINDS {
            assert!(known.iter().any(|id| id == name), "{name}");
        }
    }
}
