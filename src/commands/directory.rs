//! `directory`: what the hook calls when a tree with a `.ssoenv` file was entered or left.
//!
//! Entering switches, leaving restores, and a `use` by hand stays. Nobody is asked anything here,
//! and no browser is opened: this runs before a prompt.
//!
//! `SSOENV_DIRECTORY` is the file of the tree that this shell is in. `SSOENV_OUTSIDE` is what it
//! used before that file switched it; a `use` by hand takes it away, and then nothing is restored.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::config::settings::Settings;
use crate::config::trust::{self, Verdict};
use crate::domain::active::{Active, Mode, Recall};
use crate::domain::env_delta::EnvDelta;
use crate::domain::saved::Saved;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::io::App;
use crate::shell::Dialect;

use super::allow::Asked;
use super::switch::{self, Request};
use super::target::{self, Choice};
use super::{clear, guard, plan, use_};

/// The tree's file.
pub const DIRECTORY: &str = "SSOENV_DIRECTORY";
/// What was used outside, as [`Outside`] writes it.
const OUTSIDE: &str = "SSOENV_OUTSIDE";

/// Where this shell stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    /// The file of the tree that it is in.
    tree: Option<PathBuf>,
    /// What that file took the place of; `None` where the tree's file switched nothing, or the
    /// user has since.
    outside: Option<Outside>,
}

/// What the shell used before a tree's file switched it: `MODE REGION NAME`, `-` for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outside {
    Nothing,
    Used { mode: Mode, region: Option<String>, recall: Recall },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// All is as it should be.
    Nothing,
    /// The user's own choice stays, and the tree is no longer named.
    Forget,
    /// Back to what was before the tree.
    Leave,
    /// To what the file asks for, if it may.
    Enter,
}

/// Prints the switch, or the way back, for the file that was found.
pub fn run(app: &App, file: Option<&Path>, shell: Option<Dialect>) -> Result<u8> {
    use_::refuse_terminal(app, "directory")?;
    let standing = Standing::read(app);
    match (standing.step(file), file) {
        (Step::Nothing, _) => Ok(0),
        (Step::Enter, Some(file)) => enter(app, &standing, file, shell),
        (Step::Forget, _) => forget(app, shell),
        (Step::Leave | Step::Enter, _) => leave(app, &standing, shell),
    }
}

impl Standing {
    fn read(app: &App) -> Self {
        let active = Active::read(|name| app.env.get(name)).is_some();
        let get = |name: &str| app.env.non_empty(name).filter(|_| active);
        let tree = get(DIRECTORY).map(PathBuf::from);
        let outside = get(OUTSIDE).filter(|_| tree.is_some()).map(|text| Outside::parse(&text));
        Self { tree, outside }
    }

    fn step(&self, found: Option<&Path>) -> Step {
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
    fn now(app: &App) -> Self {
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

    fn text(&self) -> String {
        match self {
            Self::Nothing => "-".to_owned(),
            Self::Used { mode, region, recall } => {
                let region = region.as_deref().filter(|region| !region.contains(' '));
                format!("{} {} {}", mode.name(), region.unwrap_or("-"), recall.text())
            }
        }
    }
}

fn enter(app: &App, standing: &Standing, file: &Path, shell: Option<Dialect>) -> Result<u8> {
    let error = match switch(app, standing, file, shell) {
        Ok(Some(code)) => return Ok(code),
        Ok(None) => None,
        Err(error) => Some(error),
    };
    // The other tree is left, whatever is wrong with this one's file.
    if standing.tree.is_none() {
        return error.map_or(Ok(0), Err);
    }
    if let Some(error) = error {
        app.term.report(&error);
    }
    match standing.step(None) {
        Step::Leave => leave(app, standing, shell),
        _ => forget(app, shell),
    }
}

/// Switches to what the file asks for; `None` where the user has denied it.
fn switch(
    app: &App,
    standing: &Standing,
    file: &Path,
    shell: Option<Dialect>,
) -> Result<Option<u8>> {
    let name = file.to_str().ok_or_else(|| {
        Error::config(format!("`{}` is not used", file.display()))
            .cause("its path is not UTF-8, so no variable can hold it")
    })?;
    let read = trust::read(file)?;
    let production = match trust::verdict(app, &read)? {
        Verdict::Allowed { production } => production,
        Verdict::Denied => return Ok(None),
        Verdict::Unknown => {
            return Err(Error::failed(format!("`{}` is not allowed", read.path.display()))
                .hint("look at it, then run `ssoenv allow`, or `ssoenv deny` to hear no more"));
        }
    };
    log::info!("{}: allowed", read.path.display());
    let asked = Asked::of(app, &read)?;
    if guard::is_guarded(&asked.plan) && !production {
        return Err(asked.needs_production(&read.path));
    }
    let outside = match &standing.outside {
        Some(outside) => outside.clone(),
        None => Outside::now(app),
    };
    let mode = asked.plan.mode;
    let policy = LoginPolicy::never();
    let request = Request { mode, region: None, fresh: false, policy: &policy };
    let mut delta = switch::delta(app, &asked.target, &asked.plan, &request)?;
    delta.set(DIRECTORY, name);
    delta.set(OUTSIDE, outside.text());
    use_::emit(app, &asked.plan, delta, shell).map(Some)
}

/// Gives the shell what it had outside: what was used there, or what the user had before all.
fn leave(app: &App, standing: &Standing, shell: Option<Dialect>) -> Result<u8> {
    let get = |name: &str| app.env.get(name);
    let changed = Active::read(get).is_some_and(|active| active.is_shadowed(get));
    // What the user has set since is theirs, so nothing is put in its place.
    if let Some(Outside::Used { mode, region, recall }) = standing.outside.as_ref()
        && !changed
    {
        match back(app, *mode, region.as_deref(), recall, shell) {
            Ok(code) => return Ok(code),
            Err(error) => app.term.report(&error),
        }
    }
    clear::run(app, shell)
}

fn back(
    app: &App,
    mode: Mode,
    region: Option<&str>,
    recall: &Recall,
    shell: Option<Dialect>,
) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load(app)?;
    let policy = LoginPolicy::never();
    let target = target::required(app, &config, &Choice::recalled(recall), &policy)?;
    let plan = plan::make(app, &settings, &target);
    let request = Request { mode, region, fresh: false, policy: &policy };
    let delta = switch::delta(app, &target, &plan, &request)?;
    use_::emit(app, &plan, delta, shell)
}

fn forget(app: &App, shell: Option<Dialect>) -> Result<u8> {
    let mut delta = EnvDelta::new();
    delta.unset(DIRECTORY);
    use_::print(app, &delta, shell)
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
