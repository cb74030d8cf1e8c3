//! What may stand at the cursor: values and descriptions, filtered and made fit for a terminal.

use crate::domain::label::{label, sanitize};
use crate::shell::entry::Likeness;

/// Cells that a description may take.
const HELP_CELLS: usize = 80;

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is inserted, raw.
    pub value: String,
    /// What is shown beside it.
    pub help: String,
}

impl Candidate {
    /// A candidate, or nothing: a name that would steer the terminal, or that does not fit on a
    /// line, cannot be offered.
    pub fn new(value: impl Into<String>, help: &str) -> Option<Self> {
        let value = value.into();
        if value.is_empty() || sanitize(&value) != value {
            return None;
        }
        Some(Self { value, help: label(help, HELP_CELLS) })
    }
}

/// The values that are most like `typed`, of those likenesses that the shell can make use of.
pub fn most_like(candidates: Vec<Candidate>, typed: &str, allowed: &[Likeness]) -> Vec<Candidate> {
    for likeness in allowed {
        if candidates.iter().any(|one| likeness.fits(&one.value, typed)) {
            return candidates.into_iter().filter(|one| likeness.fits(&one.value, typed)).collect();
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Likeness, most_like};

    #[test]
    fn names_that_steer_a_terminal_are_not_offered() {
        for name in ["a\tb", "a\nb", "a\x1b[31mb", "a\u{202e}b", "a\u{200b}b", "", "\u{9b}x"] {
            assert_eq!(Candidate::new(name, ""), None, "{name:?}");
        }
        let one = Candidate::new("\u{fc}n\u{ef} $(x)", "a\x1b]52;c;x\x07\tb").expect("printable");
        assert_eq!((one.value.as_str(), one.help.as_str()), ("\u{fc}n\u{ef} $(x)", "a]52;c;x b"));
    }

    #[test]
    fn the_nearest_likeness_counts() {
        let all = || {
            ["prod", "Prod-web", "team:prod", "p-r-o-d"]
                .map(|v| Candidate::new(v, "").expect("fits"))
                .to_vec()
        };
        let found = |typed, allowed: &[Likeness]| -> Vec<String> {
            most_like(all(), typed, allowed).into_iter().map(|one| one.value).collect()
        };
        assert_eq!(found("prod", &Likeness::ALL), ["prod"]);
        assert_eq!(found("PROD", &Likeness::ALL), ["prod", "Prod-web"]);
        assert_eq!(found("m:p", &Likeness::ALL), ["team:prod"]);
        assert_eq!(found("p-d", &Likeness::ALL), ["p-r-o-d"]);
        assert_eq!(found("m:p", &Likeness::ALL[..2]), Vec::<String>::new());
    }
}
