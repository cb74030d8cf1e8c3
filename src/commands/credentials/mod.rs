//! `credentials`: printed for `credential_process` and scripts, or written for tools that read
//! only `~/.aws/credentials`.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

mod format;
mod write;

pub use format::{Format, Printed};

use crate::commands::shared::after_login;
use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::credentials::Credentials;
use crate::domain::names::ProfileName;
use crate::domain::plan::Plan;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::{LoginPolicy, Policy};
use crate::io::App;

use crate::commands::shared::choice::Choice;
use crate::commands::shared::guard::{self, Consent};
use crate::commands::shared::login::{self, Redirect, Wish};
use crate::commands::shared::plan::{self, Sources};
use crate::commands::shared::{on_top, switch, target, word};

/// Print credentials for `credential_process` and scripts
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv credentials prod                Print JSON for `credential_process`
  ssoenv credentials prod --format env   Print assignments for a script
  ssoenv credentials prod --write        Write them to ~/.aws/credentials")]
#[command(mut_arg("port", |port| port.requires("login")))]
pub struct Words {
    /// Whose.
    #[command(flatten)]
    choice: Choice,
    /// What is laid on top.
    #[command(flatten)]
    on_top: on_top::Laid,
    /// Output format; `process` when left out
    #[arg(long, value_parser = word::<Format>())]
    format: Option<Format>,
    /// Log in if needed
    #[arg(long)]
    login: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
    /// Code of the MFA device for an assumed role
    #[arg(long, value_name = "CODE")]
    mfa_token: Option<String>,
    /// Put the keys into ~/.aws/credentials, for tools that read only that
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", conflicts_with = "format")]
    write: Option<String>,
    /// Take out what --write put in
    #[arg(long, conflicts_with_all = ["format", "login"])]
    remove: bool,
}

/// Prints or writes the credentials, or takes out what was written.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    if words.remove {
        return write::remove(app, &removed(app, words)?);
    }
    if words.write.is_none() && words.format.is_none() {
        refuse_terminal(app)?;
    }
    let sources = Sources::look(app)?;
    let config = Config::load(app)?;
    // A warning would be shown by the tool that calls this, each time.
    let settings = Settings::load(app)?;
    let wish = Wish::Told.unless(!words.login);
    let login = words.redirect.of(login::policy(app, &settings, wish)?);
    let choice = words.choice.clone().with(words.on_top.read(app)?)?;
    let target = target::required(app, &config, &settings, &choice, &login)?;
    let profile = target.profile.as_ref();
    let section = words.write.as_deref().map(|name| section(words, name, profile)).transpose()?;
    let mfa_token = words.mfa_token.clone().map(Secret::new);
    let policy = Policy { mfa_token, ..Policy::new(login) };
    let mut permit = guard::permit(app, &settings, target, Consent::Asked, Some("credentials"))?;
    let credentials = after_login::credentials(app, &mut permit, &policy)?;
    plan::keep(app, &sources, &settings, permit.plan());
    if let Some(section) = section {
        return write::write(app, &section, &credentials);
    }
    print(app, words.format.unwrap_or_default(), permit.plan(), &credentials)
}

/// Prints in one format; the fast path comes here too.
pub fn print(app: &App, format: Format, plan: &Plan, credentials: &Credentials) -> Result<u8> {
    // Only shown: one that is wrong is none.
    let region = switch::region(app, plan, None).ok().flatten();
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

/// The section in `~/.aws/credentials`: the one named, else that of the profile which was named or is
/// used by this shell.
fn section(words: &Words, name: &str, used: Option<&ProfileName>) -> Result<String> {
    let used = used.filter(|_| words.choice.is_empty()).map(ProfileName::as_str);
    let given = Some(name).filter(|name| !name.is_empty());
    given.or(words.choice.profile.as_deref()).or(used).map(str::to_owned).ok_or_else(|| {
        Error::usage("the section in `~/.aws/credentials` needs a name").hint("add `--write NAME`")
    })
}

/// The section that `--remove` takes out.
fn removed(app: &App, words: &Words) -> Result<String> {
    let name = words.write.as_deref().unwrap_or_default();
    let used = if name.is_empty() && words.choice.is_empty() {
        let config = Config::load(app)?;
        target::required(app, &config, &Settings::load(app)?, &words.choice, &LoginPolicy::never())?
            .profile
    } else {
        None
    };
    section(words, name, used.as_ref())
}
