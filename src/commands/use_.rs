//! `use`: this shell switched to a profile, or to an account and role.
//!
//! Three steps: a plan (what the name means), the credentials (cache first), the variables. The
//! fast path takes the plan from a file and the credentials from the cache, and shares the rest.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::{Mode, Recall};
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::io::App;
use crate::shell::Dialect;

use super::refresh;
use super::shared::choice::Choice;
use super::shared::guard;
use super::shared::login::{self, Redirect, Wish};
use super::shared::plan::{self, Sources};
use super::shared::sought::{Found, Sought};
use super::shared::switch::{self, Request};
use super::shared::{Completes, on_top, pick, region, shell_code, target, word};

/// The PROFILE that stands for the one before.
const PREVIOUS: &str = "-";

/// Switch this shell to a profile, or to an account and role
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv use prod       Switch to the profile prod
  ssoenv use pay prod   Switch to the one that matches, or choose from those
  ssoenv use -          Switch to the previous one")]
#[command(mut_arg("words", |words| {
    words.help("Profile, or parts of names; `-` is the previous one; left out: choose from a list")
}))]
pub struct Words {
    /// What to switch to.
    #[command(flatten)]
    sought: Sought,
    /// What is laid on top of it.
    #[command(flatten)]
    on_top: on_top::Laid,
    /// What to export
    #[arg(long, value_parser = word::<Mode>())]
    mode: Option<Mode>,
    /// Region to export
    #[arg(long, add = Completes::Region)]
    region: Option<String>,
    /// Fail with exit code 3 rather than log in
    #[arg(long)]
    no_login: bool,
    /// Log in with a code
    #[arg(long)]
    device_code: bool,
    /// Log in without opening a browser
    #[arg(long)]
    no_browser: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
    /// Fetch new role credentials even if the cached ones are good
    #[arg(long)]
    fresh: bool,
    /// Shell to print for
    #[arg(long, value_parser = word::<Dialect>())]
    shell: Option<Dialect>,
    /// From the caches alone (called by the hook)
    #[arg(long, hide = true)]
    from_cache: bool,
}

/// Prints the lines that switch the shell.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    if words.from_cache {
        return refresh::from_cache(app, words.shell);
    }
    shell_code::check_reader(app, "use", words.shell)?;
    region::check(app, words.region.as_deref())?;
    let sources = Sources::look(app)?;
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let wish = Wish::told_if(words.device_code || words.no_browser).unless(words.no_login);
    let policy = LoginPolicy {
        device_code: words.device_code,
        no_browser: words.no_browser,
        ..words.redirect.of(login::policy(app, &settings, wish)?)
    };
    let on_top = words.on_top.read(app)?;
    let Found { choice, by_parts } = chosen(app, &config, &settings, &words.sought, &policy)?;
    let found = Found { choice: choice.with(on_top)?, by_parts };
    if found.choice.on_top.is_some() && words.mode == Some(Mode::Profile) {
        return Err(Error::usage("profile mode cannot hold a role or session policies on top")
            .hint("leave `--mode profile` out, or write a profile: `ssoenv profile add`"));
    }
    let target = target::required(app, &config, &settings, &found.choice, &policy)?;
    let mut permit = guard::permit(app, &settings, target, found.consent(), Some("use"))?;
    let mut fresh = words.fresh;
    let delta = loop {
        let mode = words.mode.unwrap_or(permit.plan().mode);
        let region = words.region.as_deref();
        let request = Request { mode, region, fresh, policy: &policy };
        let delta = switch::delta(app, &mut permit, &request)?;
        // A login teaches the account's name, and the mode may go by it.
        if words.mode.unwrap_or(permit.plan().mode) == mode {
            break delta;
        }
        fresh = false;
    };
    plan::keep(app, &sources, &settings, permit.plan());
    shell_code::finish(app, permit.plan(), delta, words.shell)
}

/// What the words choose: `-`, names or parts of them, or a row of the picker.
fn chosen(
    app: &App,
    config: &Config,
    settings: &Settings,
    sought: &Sought,
    policy: &LoginPolicy,
) -> Result<Found> {
    let exactly = |choice| Found { choice, by_parts: false };
    if sought.words == [PREVIOUS] {
        let previous = app.env.non_empty("SSOENV_PREV").ok_or_else(|| {
            Error::usage("there is no previous profile in this shell")
                .hint("run `ssoenv use PROFILE`; `ssoenv list` shows them")
        })?;
        return Ok(exactly(Choice::recalled(&Recall::parse(&previous))));
    }
    if sought.is_empty() {
        let session = sought.by_role.session.as_deref();
        return pick::choose(app, config, settings, session, policy).map(exactly);
    }
    sought.find(app, config, settings)
}
