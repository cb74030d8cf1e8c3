//! The directory tree that this shell is in: which `.ssoenv` file rules there, and what it took the
//! place of.
//!
//! `SSOENV_DIRECTORY` is the file of the tree that this shell is in. `SSOENV_OUTSIDE` is what it
//! used before that file switched it; a `use` by hand takes it away, and then nothing is restored.

use std::path::{Path, PathBuf};

use crate::domain::active::{Active, Mode, Recall};
use crate::domain::env_delta::EnvDelta;
use crate::domain::saved::Saved;
use crate::io::App;

/// The tree's file.
pub const DIRECTORY: &str = "SSOENV_DIRECTORY";
/// What was used outside, as [`Outside`] writes it.
pub const OUTSIDE: &str = "SSOENV_OUTSIDE";

/// Where this shell stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The file of the tree that it is in.
    pub tree: Option<PathBuf>,
    /// What that file took the place of; `None` where the tree's file switched nothing, or the
    /// user has since.
    pub outside: Option<Outside>,
}

/// What the shell used before a tree's file switched it: `MODE REGION NAME`, `-` for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    Nothing,
    Used { mode: Mode, region: Option<String>, recall: Recall },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All is as it should be.
    Nothing,
    /// The user's own choice stays, and the tree is no longer named.
    Forget,
    /// Back to what was before the tree.
    Leave,
    /// To what the file asks for, if it may.
    Enter,
}

impl Standing {
    /// From the variables of this shell.
    pub fn read(app: &App) -> Self {
        let active = Active::read(|name| app.env.get(name)).is_some();
        let get = |name: &str| app.env.non_empty(name).filter(|_| active);
        let tree = get(DIRECTORY).map(PathBuf::from);
        let outside = get(OUTSIDE).filter(|_| tree.is_some()).map(|text| Outside::parse(&text));
        Self { tree, outside }
    }

    /// What is to be done where the hook found that file.
    pub fn step(&self, found: Option<&Path>) -> Step {
        let by_hand = self.outside.is_none();
        match (found, &self.tree) {
            (None, None) => Step::Nothing,
            (None, Some(_)) if by_hand => Step::Forget,
            (None, Some(_)) => Step::Leave,
            // A file further down does not end the tree in which the user chose.
            (Some(found), Some(tree)) if by_hand && is_below(found, tree) => Step::Nothing,
            (Some(_), _) => Step::Enter,
        }
    }
}

/// Whether the first file's folder is the second's, or below it.
fn is_below(file: &Path, tree: &Path) -> bool {
    file.parent().zip(tree.parent()).is_some_and(|(file, tree)| file.starts_with(tree))
}

impl Outside {
    /// What is used now.
    pub fn now(app: &App) -> Self {
        let get = |name: &str| app.env.get(name);
        let Some((active, recall)) =
            Active::read(get).and_then(|active| Some((active.clone(), active.recall()?)))
        else {
            return Self::Nothing;
        };
        let region = app.env.non_empty("AWS_REGION");
        let own = Saved::capture(get);
        let region = match active.mode {
            Mode::Keys => region,
            // Set by `--region` alone; otherwise it is the user's own.
            Mode::Profile => region.filter(|now| own.original("AWS_REGION") != Some(now)),
        };
        Self::Used { mode: active.mode, region, recall }
    }

    fn parse(text: &str) -> Self {
        let used = || {
            let mut words = text.splitn(3, ' ');
            let mode = Mode::from_name(words.next()?)?;
            let region = words.next()?;
            let recall = Recall::parse(words.next()?);
            let region = (region != "-").then(|| region.to_owned());
            Some(Self::Used { mode, region, recall })
        };
        used().unwrap_or(Self::Nothing)
    }

    /// As the variable holds it.
    pub fn text(&self) -> String {
        match self {
            Self::Nothing => "-".to_owned(),
            Self::Used { mode, region, recall } => {
                let region = region.as_deref().filter(|region| !region.contains(' '));
                format!("{} {} {}", mode.name(), region.unwrap_or("-"), recall.text())
            }
        }
    }
}

/// What of the tree stays after a `use` by hand: the shell is still in it, and what the user chose
/// wins there.
pub fn stay(app: &App, delta: &mut EnvDelta) {
    if let Some(tree) = Standing::read(app).tree.as_deref().and_then(Path::to_str) {
        delta.set(DIRECTORY, tree);
    }
}

/// What of the tree stays where only credentials are replaced: all.
pub fn keep(app: &App, delta: &mut EnvDelta) {
    stay(app, delta);
    if let Some(outside) = Standing::read(app).outside {
        delta.set(OUTSIDE, outside.text());
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Outside, Standing, Step};

    fn standing(tree: Option<&str>, by_hand: bool) -> Standing {
        Standing {
            tree: tree.map(PathBuf::from),
            outside: (tree.is_some() && !by_hand).then_some(Outside::Nothing),
        }
    }

    #[test]
    fn steps() {
        let (outer, inner, other) = ("/a/.ssoenv", "/a/b/.ssoenv", "/ab/.ssoenv");
        for (tree, by_hand, found, step) in [
            (None, true, None, Step::Nothing),
            (None, true, Some(outer), Step::Enter),
            (Some(outer), false, None, Step::Leave),
            (Some(outer), false, Some(inner), Step::Enter),
            (Some(outer), false, Some(outer), Step::Enter),
            (Some(inner), false, Some(outer), Step::Enter),
            (Some(outer), true, None, Step::Forget),
            (Some(outer), true, Some(outer), Step::Nothing),
            (Some(outer), true, Some(inner), Step::Nothing),
            (Some(inner), true, Some(outer), Step::Enter),
            (Some(outer), true, Some(other), Step::Enter),
        ] {
            let now = standing(tree, by_hand).step(found.map(Path::new));
            assert_eq!(now, step, "{tree:?} {by_hand} {found:?}");
        }
    }

    #[test]
    fn what_was_used_outside_comes_back() {
        for text in
            ["-", "keys eu-west-1 prod", "profile - a b", "keys - //123456789012/Admin/corp"]
        {
            assert_eq!(Outside::parse(text).text(), text);
        }
        for text in ["", "x", "keys", "keys -", "other - prod"] {
            assert_eq!(Outside::parse(text), Outside::Nothing);
        }
    }
}
