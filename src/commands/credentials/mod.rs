//! `credentials`: printed for `credential_process` and scripts, or written for tools that read
//! only `~/.aws/credentials`.

mod format;
mod write;

pub use format::{Format, Printed};

use crate::commands::shared::after_login;
use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::credentials::Credentials;
use crate::domain::plan::Plan;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::{LoginPolicy, Policy};
use crate::io::App;

use crate::commands::shared::choice::Choice;
use crate::commands::shared::plan::{self, Sources};
use crate::commands::shared::{switch, target};

/// The words of `credentials`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// PROFILE, or account and role.
    pub choice: Choice,
    /// `--format`.
    pub format: Option<Format>,
    /// `--login`.
    pub login: bool,
    /// `--mfa-token`.
    pub mfa_token: Option<String>,
    /// `--write [NAME]`; empty for the profile's own name.
    pub write: Option<String>,
    /// `--remove`.
    pub remove: bool,
}

/// Prints or writes the credentials, or takes out what was written.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    if options.remove {
        return write::remove(app, &written_name(app, options)?);
    }
    if options.write.is_none() && options.format.is_none() {
        refuse_terminal(app)?;
    }
    let sources = Sources::look(app)?;
    let config = Config::load(app)?;
    // A warning would be shown by the tool that calls this, each time.
    let settings = Settings::load(app)?;
    let login = LoginPolicy { allow_login: options.login, ..switch::login_policy(&settings) };
    let target = target::required(app, &config, &options.choice, &login)?;
    let mfa_token = options.mfa_token.clone().map(Secret::new);
    let policy = Policy { mfa_token, ..Policy::new(login) };
    let credentials = after_login::credentials(app, &target, &policy)?;
    let plan = plan::make(app, &settings, &target);
    plan::keep(app, &sources, &settings, &plan);
    if options.write.is_some() {
        return write::write(app, &written_name(app, options)?, &credentials);
    }
    print(app, options.format.unwrap_or_default(), &plan, &credentials)
}

/// Prints in one format; the fast path comes here too.
pub fn print(app: &App, format: Format, plan: &Plan, credentials: &Credentials) -> Result<u8> {
    let region = switch::region(app, plan);
    app.term.out(&Printed { plan, credentials, region: region.as_deref() }.text(format)?)?;
    Ok(0)
}

/// Secrets reach a terminal only where a format was asked for by name.
fn refuse_terminal(app: &App) -> Result<()> {
    if !app.term.stdout_is_terminal() {
        return Ok(());
    }
    Err(Error::usage("`ssoenv credentials` prints secrets, and this is a terminal")
        .hint("run `ssoenv credentials PROFILE --format process` if you want to see them")
        .hint("run `ssoenv use PROFILE` to use them in this shell"))
}

/// The section in `~/.aws/credentials`: the one named, or that of the profile.
fn written_name(app: &App, options: &Options) -> Result<String> {
    if let Some(name) = options.write.as_ref().filter(|name| !name.is_empty()) {
        return Ok(name.clone());
    }
    if let Some(name) = &options.choice.profile {
        return Ok(name.clone());
    }
    let profile = if options.choice.is_empty() {
        let config = Config::load(app)?;
        let target = target::required(app, &config, &options.choice, &LoginPolicy::never())?;
        target.profile.map(|name| name.to_string())
    } else {
        None
    };
    profile.ok_or_else(|| {
        Error::usage("the section in `~/.aws/credentials` needs a name").hint("add `--write NAME`")
    })
}
