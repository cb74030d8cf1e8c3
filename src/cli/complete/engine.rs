//! Commands, options and their fixed values, from clap's completion engine. Where it meets a name
//! that only the user's files know, it answers with a note of what is asked for.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::candidates::Candidate;
use crate::cli::args::Cli;
use crate::commands::shared::Completes;

/// What may stand at the cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A word of the command line itself.
    Word(Candidate),
    /// Names of a kind, behind what is joined to them (`--account=`).
    Names {
        kind: Completes,
        /// What stands before the name in the same word.
        joined: String,
        /// What has been typed of the name.
        typed: String,
    },
}

/// Stands in a candidate of the engine between the parts of a note; no typed word holds it.
const NOTE: char = '\u{1}';

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
    let Some(&kind) = argument.get::<Completes>() else { return argument };
    argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
        let (kind, typed) = (kind as u8, typed.to_string_lossy());
        vec![CompletionCandidate::new(format!("{NOTE}{kind}{NOTE}{typed}"))]
    }))
}

fn read(found: &CompletionCandidate) -> Option<Found> {
    let value = found.get_value().to_str()?;
    let mut parts = value.splitn(3, NOTE);
    let (joined, kind, typed) = (parts.next()?, parts.next(), parts.next());
    if let (Some(kind), Some(typed)) = (kind, typed) {
        let kind = Completes::ALL.into_iter().find(|one| (*one as u8).to_string() == kind)?;
        return Some(Found::Names { kind, joined: joined.to_owned(), typed: typed.to_owned() });
    }
    let help = found.get_help().map(ToString::to_string).unwrap_or_default();
    Candidate::new(value, help.lines().next().unwrap_or_default()).map(Found::Word)
}

#[cfg(test)]
mod tests {
    use super::{Found, find};
    use crate::commands::shared::Completes;

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
            ("ssoenv use --no-login pr", names(Completes::Word, "", "pr")),
            ("ssoenv use --account=1", names(Completes::Account, "--account=", "1")),
            ("ssoenv use --account x --role A", names(Completes::Role, "", "A")),
            ("ssoenv login --sso-session c", names(Completes::Session, "", "c")),
            ("ssoenv console --service s", names(Completes::Service, "", "s")),
            ("ssoenv configure --sso-region eu", names(Completes::Region, "", "eu")),
            ("ssoenv roles 1", names(Completes::Account, "", "1")),
            ("ssoenv profile show p", names(Completes::Profile, "", "p")),
            ("ssoenv serve a b c", names(Completes::Profile, "", "c")),
            ("ssoenv settings set mo", names(Completes::Setting, "", "mo")),
            ("ssoenv settings set mode k", names(Completes::SettingValue, "", "k")),
        ] {
            assert!(find(&words(line)).contains(&expected), "{line}: {:?}", find(&words(line)));
        }
    }
}
