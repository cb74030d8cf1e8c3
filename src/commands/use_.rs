//! `use`: this shell switched to a profile, or to an account and role.
//!
//! Three steps: a [`Plan`] (what the name means), the credentials (cache first), the variables. The
//! fast path takes the plan from a file and the credentials from the cache, and shares the rest.

use std::mem::ManuallyDrop;

use crate::config::settings::Settings;
use crate::config::{Config, history};
use crate::domain::active::{Active, Mode, Recall};
use crate::domain::env_delta::EnvDelta;
use crate::domain::plan::Plan;
use crate::domain::saved::Saved;
use crate::domain::{Error, Result, switch as variables};
use crate::identity::LoginPolicy;
use crate::io::App;
use crate::shell::{self, Dialect};

use super::plan::{self, Sources};
use super::switch::{self, Request};
use super::target::{self, Choice};
use super::{directory, guard, pick, region};

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
    refuse_runspace(app, "use", options.shell)?;
    refuse_terminal(app, "use")?;
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
    finish(app, &plan, delta, options.shell)
}

/// Ends a `use` by hand: it is noted, and wins in the tree that the shell is in.
pub fn finish(app: &App, plan: &Plan, mut delta: EnvDelta, shell: Option<Dialect>) -> Result<u8> {
    directory::stay(app, &mut delta);
    let code = emit(app, plan, delta, shell)?;
    if let Some(used) = plan.recall() {
        history::record(app, &used);
    }
    Ok(code)
}

/// Remembers the way back, and prints.
pub fn emit(app: &App, plan: &Plan, mut delta: EnvDelta, shell: Option<Dialect>) -> Result<u8> {
    let get = |name: &str| app.env.get(name);
    let now = plan.recall();
    let before = Active::read(get).and_then(|active| active.recall());
    let previous = match before {
        Some(before) if Some(&before) != now.as_ref() => Some(before),
        _ => app.env.non_empty("SSOENV_PREV").map(|text| Recall::parse(&text)),
    };
    variables::remember(&mut delta, Saved::capture(get), previous.as_ref());
    // The process is about to end: taking sixty variables apart would cost more than printing them.
    print(app, &ManuallyDrop::new(delta), shell)
}

/// Prints a change of variables for the shell.
pub fn print(app: &App, delta: &EnvDelta, shell: Option<Dialect>) -> Result<u8> {
    let dialect = shell::detect(&app.env, shell);
    app.term.out(&shell::render(dialect, delta, shell::is_wrapped(&app.env, shell))?)?;
    Ok(0)
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

/// Refuses a PowerShell runspace without the hook: what is printed there is shown, and not evaluated.
pub fn refuse_runspace(app: &App, verb: &str, shell: Option<Dialect>) -> Result<()> {
    if !shell::is_bare_runspace(&app.env, shell) {
        return Ok(());
    }
    Err(Error::usage(format!("this runspace has no hook for `ssoenv {verb}`"))
        .cause("the environment belongs to the whole process, not to one runspace")
        .hint("run one command with credentials: `ssoenv exec PROFILE -- COMMAND`")
        .hint("or ask for the text: `--shell powershell`"))
}

/// Refuses to print shell code to a terminal: it holds keys.
pub fn refuse_terminal(app: &App, verb: &str) -> Result<()> {
    if !app.term.stdout_is_terminal() {
        return Ok(());
    }
    Err(Error::usage(format!(
        "`ssoenv {verb}` prints shell code with secrets, and this is a terminal"
    ))
    .hint(format!("run `eval \"$(ssoenv {verb} …)\"`"))
    .hint("or load the hook once, and `ssoenv use` works by itself: `ssoenv init --help`"))
}
