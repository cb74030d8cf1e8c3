//! `use`: this shell switched to a profile, or to an account and role.
//!
//! Three steps: a [`Plan`] (what the name means), the credentials (cache first), the variables. The
//! fast path takes the plan from a file and the credentials from the cache, and shares the rest.

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::active::{Mode, Recall};
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::io::App;
use crate::shell::Dialect;

use super::shared::choice::Choice;
use super::shared::plan::{self, Sources};
use super::shared::switch::{self, Request};
use super::shared::{guard, pick, region, shell_code, target};

/// The words of `use`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// PROFILE, or account and role; empty for the picker.
    pub choice: Choice,
    /// `-`: the one before.
    pub previous: bool,
    /// `--mode`.
    pub mode: Option<Mode>,
    /// `--region`.
    pub region: Option<String>,
    /// `--no-login`.
    pub no_login: bool,
    /// `--device-code`.
    pub device_code: bool,
    /// `--no-browser`.
    pub no_browser: bool,
    /// `--fresh`.
    pub fresh: bool,
    /// `--shell`.
    pub shell: Option<Dialect>,
}

/// Prints the lines that switch the shell.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    shell_code::refuse_runspace(app, "use", options.shell)?;
    shell_code::refuse_terminal(app, "use")?;
    region::check(app, options.region.as_deref())?;
    let sources = Sources::look(app)?;
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let choice = chosen(app, &config, &settings, options)?;
    let policy = LoginPolicy {
        allow_login: !options.no_login,
        device_code: options.device_code,
        no_browser: options.no_browser,
        ..switch::login_policy(&settings)
    };
    let target = target::required(app, &config, &choice, &policy)?;
    let mut plan = plan::make(app, &settings, &target);
    guard::check(app, &plan, &target.label())?;
    let mut fresh = options.fresh;
    let delta = loop {
        let mode = options.mode.unwrap_or(plan.mode);
        let region = options.region.as_deref();
        let request = Request { mode, region, fresh, policy: &policy };
        let delta = switch::delta(app, &target, &plan, &request)?;
        // A login teaches the account's name, and settings may go by it: a question, a color.
        let now = plan::make(app, &settings, &target);
        if now == plan {
            break delta;
        }
        if !plan.confirm {
            guard::check(app, &now, &target.label())?;
        }
        (plan, fresh) = (now, false);
    };
    plan::keep(app, &sources, &settings, &plan);
    shell_code::finish(app, &plan, delta, options.shell)
}

/// What the words choose: `-`, a name, or a row of the picker.
fn chosen(app: &App, config: &Config, settings: &Settings, options: &Options) -> Result<Choice> {
    if options.previous {
        let previous = app.env.non_empty("SSOENV_PREV").ok_or_else(|| {
            Error::usage("there is no previous profile in this shell")
                .hint("run `ssoenv use PROFILE`; `ssoenv list` shows them")
        })?;
        return Ok(Choice::recalled(&Recall::parse(&previous)));
    }
    if options.choice.is_empty() {
        return pick::choose(app, config, settings, options.choice.session.as_deref());
    }
    Ok(options.choice.clone())
}
