//! What the hook calls at the prompt: `refresh`, which leaves at once and fetches in the
//! background, and `use --from-cache`, which brings a shell up to date without any network.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::PathBuf;

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::{Active, Mode};
use crate::domain::credentials::Freshness;
use crate::domain::on_top::OnTop;
use crate::domain::profile::Target;
use crate::domain::saved::Saved;
use crate::domain::speech;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result, switch as variables};
use crate::identity::store::{keyring, stamps};
use crate::identity::{LoginPolicy, Policy, sources};
use crate::io::files::{self, Durability};
use crate::io::own;
use crate::io::{App, process};
use crate::shell::{self, Dialect};

use super::shared::choice::Choice;
use super::shared::guard::{self, Consent, Permit};
use super::shared::{after_login, plan, shell_code, switch, target, tree};

/// Seconds until the next try after the first, the second, and every further failure.
const BACKOFF: [i64; 3] = [60, 5 * 60, 15 * 60];

/// Whether this shell has the name of a profile until there are keys ([`switch::awaiting`]).
fn awaits_keys(app: &App, active: &Active) -> bool {
    active.mode == Mode::Profile && app.env.non_empty("SSOENV_STAMP").is_some()
}

/// What this shell uses, when that is a role with a cache entry, in keys mode; and the entry's hash.
fn active_role(app: &App) -> Result<Option<(Target, String)>> {
    let Some(active) = Active::read(|name| app.env.get(name)) else { return Ok(None) };
    let is_ours = !active.is_shadowed(|name| app.env.get(name));
    let has_keys = is_ours && (active.mode == Mode::Keys || awaits_keys(app, &active));
    let Some(recall) = active.recall().filter(|_| has_keys) else { return Ok(None) };
    let config = Config::load(app)?;
    let Some(target) =
        target::resolve(app, &config, &Choice::recalled(&recall), &LoginPolicy::never())?
    else {
        return Ok(None);
    };
    let hash = sources::key_hash(app, &target.source);
    Ok(hash.map(|hash| (target, hash)))
}

/// Refresh this shell's credentials in the background (called by the hook)
#[derive(Args, Clone, Debug)]
#[command(hide = true)]
pub struct Words {
    /// Do the work in this process instead of a detached one
    #[arg(long, hide = true)]
    foreground: bool,
}

/// Starts the refresh, or does it.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    if words.foreground { work(app) } else { start(app) }
}

/// `refresh`: starts the background refresh, unless one failed a short time ago.
fn start(app: &App) -> Result<u8> {
    let Some((target, hash)) = active_role(app)? else { return Ok(0) };
    if Failures::load(app, &hash)?.retry_at > app.clock.now() {
        return Ok(0);
    }
    let failed = |error| Error::failed("the background refresh did not start").cause(error);
    let mut command = process::command(process::current_exe().map_err(failed)?);
    command.args(["refresh", "--foreground"]);
    if target.source.sso_root().is_some() || target.source.login_root().is_some() {
        // Other sources may have something of their own in the environment.
        process::without_secrets(&mut command);
    }
    process::detach(command).map_err(failed)?;
    Ok(0)
}

/// `refresh --foreground`: new credentials into the cache, if no other process was faster. Never
/// asks a person for anything.
fn work(app: &App) -> Result<u8> {
    let Some((target, hash)) = active_role(app)? else { return Ok(0) };
    let settings = Settings::load(app)?;
    let Some(permit) = kept(app, &settings, target) else { return Ok(0) };
    let failures = Failures::load(app, &hash)?;
    match renew(app, permit) {
        Ok(()) => failures.forget(app, &hash).map(|()| 0),
        Err(error) => {
            failures.note(app, &hash)?;
            Err(error)
        }
    }
}

/// The guard's leave to renew what this shell uses. It may have changed its mind; nobody is asked.
fn kept<'a>(app: &App, settings: &'a Settings, target: Target) -> Option<Permit<'a>> {
    let permit = guard::permit(app, settings, target, Consent::Kept, None);
    permit.inspect_err(|error| log::info!("nothing is renewed: {error}")).ok()
}

fn renew(app: &App, mut permit: Permit) -> Result<()> {
    let known = app.env.get("SSOENV_GEN").unwrap_or_default();
    if let Some(cached) = sources::cached(app, &permit.target().source)?
        && cached.freshness == Freshness::Fresh
        && stamps::generation(&cached.credentials).to_string() != known
    {
        return Ok(());
    }
    let policy = Policy { fresh: true, ..Policy::new(LoginPolicy::never()).silent() };
    after_login::credentials(app, &mut permit, &policy).map(drop)
}

/// `use --from-cache`: the cached credentials of what this shell uses. Credentials that were
/// removed, by whatever shell, are dropped here, and nothing else takes their place unseen: the profile's
/// name does, or nothing. What merely expired stays: it fails closed.
pub fn from_cache(app: &App, shell: Option<Dialect>) -> Result<u8> {
    shell_code::check_reader(app, "use", shell)?;
    let Some((target, hash)) = active_role(app)? else { return Ok(0) };
    let settings = Settings::load(app)?;
    let plan = plan::make(app, &settings, &target, None);
    let dialect = shell::detect(&app.env, shell)?;
    let wrapped = shell::is_wrapped(&app.env, shell);
    let cached = match sources::cached(app, &target.source) {
        // A keyring that is locked says nothing about what it holds, and this comes at each prompt.
        Err(error) if keyring::is_chosen(app)? => {
            log::info!("this shell keeps what it has: {error}");
            return Ok(0);
        }
        cached => cached?,
    };
    match cached {
        Some(cached) if cached.freshness == Freshness::Expired => Ok(0),
        Some(_) if kept(app, &settings, target.clone()).is_none() => Ok(0),
        Some(cached) => {
            // The stamp may be gone while the file is there, written by another tool.
            stamps::write(&stamps::path_of_key(app, &hash)?, &cached.credentials)?;
            // At a prompt nothing is said of a region that has become wrong.
            let region = app.env.non_empty("AWS_REGION");
            let region = switch::region(app, &plan, region.as_deref()).ok().flatten();
            let mut delta = switch::keys(app, &plan, region, &cached.credentials);
            tree::keep(app, &mut delta);
            variables::remember(&mut delta, saved(app), previous(app).as_ref());
            app.term.out(&shell::render(dialect, &delta, wrapped)?)?;
            Ok(0)
        }
        None if Active::read(|name| app.env.get(name)).is_some_and(|it| awaits_keys(app, &it)) => {
            Ok(0)
        }
        None => {
            app.term.say(&format!(
                "the credentials of `{}` were removed: run `ssoenv use {}{}`",
                target.label(),
                speech::word(&target.label()),
                target.on_top.as_ref().map(OnTop::options).unwrap_or_default(),
            ));
            // The profile's name alone would be more than what was used.
            let delta = if target.profile.is_some() && target.on_top.is_none() {
                let mut delta = switch::name_only(app, &plan);
                tree::keep(app, &mut delta);
                variables::remember(&mut delta, saved(app), previous(app).as_ref());
                delta
            } else {
                Saved::restoration(|name| app.env.get(name)).unwrap_or_default().delta
            };
            app.term.out(&shell::render(dialect, &delta, wrapped)?)?;
            Ok(0)
        }
    }
}

fn saved(app: &App) -> Saved {
    Saved::capture(|name| app.env.get(name))
}

fn previous(app: &App) -> Option<crate::domain::active::Recall> {
    Some(crate::domain::active::Recall::parse(&app.env.non_empty("SSOENV_PREV")?))
}

/// Failed background refreshes of one role, so that fifty shells do not try all the time.
struct Failures {
    count: usize,
    retry_at: Timestamp,
}

impl Failures {
    fn path(app: &App, hash: &str) -> Result<PathBuf> {
        Ok(app.paths.state_dir()?.join("refresh").join(hash))
    }

    fn load(app: &App, hash: &str) -> Result<Self> {
        let bytes = own::read(&Self::path(app, hash)?).ok().flatten().unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let mut numbers = text.split_whitespace().map(str::parse::<i64>);
        let mut next = || numbers.next().and_then(std::result::Result::ok).unwrap_or(0);
        let (count, retry_at) = (next(), next());
        Ok(Self {
            count: usize::try_from(count).unwrap_or(0),
            retry_at: Timestamp::from_seconds(retry_at),
        })
    }

    fn note(&self, app: &App, hash: &str) -> Result<()> {
        let wait = BACKOFF[self.count.min(BACKOFF.len() - 1)];
        let text = format!("{} {}\n", self.count + 1, app.clock.now().plus(wait).seconds());
        own::write(&Self::path(app, hash)?, text.as_bytes(), Durability::Cached)
            .map_err(|error| Error::config("the failed refresh cannot be noted").cause(error))
    }

    fn forget(&self, app: &App, hash: &str) -> Result<()> {
        if self.count > 0 {
            files::remove(&Self::path(app, hash)?)
                .map_err(|error| Error::config("the failed refresh is still noted").cause(error))?;
        }
        Ok(())
    }
}
