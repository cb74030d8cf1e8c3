//! `configure`: a session and a profile, step by step, in the order of `aws configure sso`.
//!
//! Nothing is written to the AWS files before the last answer. Answers are kept when a step fails,
//! so that the next run goes on there; an interrupted run leaves nothing.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

mod answers;
mod ask;
mod console;
mod next;
mod portal;
mod questions;
mod session;
mod write;

use answers::{Answers, Complete};

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::nearest::nearest;
use crate::domain::{Error, Kind, Result};
use crate::identity::session::request::SessionRequest;
use crate::identity::{LoginPolicy, accounts};
use crate::io::{self, App};

use crate::commands::shared::checks;
use crate::commands::shared::login::{self, Redirect, Wish};
use crate::commands::shared::profile_name::{Fields, Template};
use portal::Assigned;

/// Set up a session and a profile, step by step
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv configure                               Answer a few questions
  ssoenv configure --profile prod --role Admin   Answer some of them in advance
  ssoenv configure --console                     Set up a console login profile")]
pub struct Words {
    /// Answers given as flags.
    #[command(flatten)]
    answers: Answers,
    /// Set up a profile of the console login instead (`aws login`)
    #[arg(long, conflicts_with_all = ["session", "start_url", "sso_region", "scopes", "account", "role"])]
    console: bool,
    /// Log in with a code
    #[arg(long)]
    device_code: bool,
    /// Log in without opening a browser
    #[arg(long)]
    no_browser: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
    /// Print the diff, change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Asks, logs in, lists, writes.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let wish = Wish::told_if(words.device_code || words.no_browser);
    let policy = LoginPolicy {
        device_code: words.device_code,
        no_browser: words.no_browser,
        ..words.redirect.of(login::policy(app, &settings, wish)?)
    };
    if words.console {
        return console::run(
            app,
            &config,
            &settings,
            &policy,
            words.answers.clone(),
            words.dry_run,
        );
    }
    let kept = earlier(app)?;
    let mut answers = words.answers.clone().or(kept);
    match steps(app, &config, &settings, &policy, &mut answers) {
        Ok(complete) => {
            write::role(app, &complete, words.dry_run)?;
            Answers::forget(app);
            if !words.dry_run {
                let known = accounts::load(app, &complete.session)?;
                next::offer(app, &complete, known.is_some_and(|known| known.accounts.len() > 1))?;
            }
            Ok(0)
        }
        Err(error) if error.kind == Kind::Interrupted => Err(error),
        Err(error) => {
            if error.kind == Kind::Config {
                // Most likely the Region: it is looked for again.
                answers.sso_region = None;
            }
            if answers == Answers::default() {
                return Err(error);
            }
            answers.save(app);
            Err(error
                .hint("run `ssoenv configure` again: it goes on with the answers given so far"))
        }
    }
}

/// The answers of an earlier run that failed, if the user wants to go on with them.
fn earlier(app: &App) -> Result<Answers> {
    let Some(kept) = Answers::load(app) else { return Ok(Answers::default()) };
    let question = format!("Go on with the answers of the last time ({})?", kept.words());
    if app.assume_yes || (app.term.can_ask() && io::ask::confirm(app, &question, true)?) {
        return Ok(kept);
    }
    Answers::forget(app);
    Ok(Answers::default())
}

fn steps(
    app: &App,
    config: &Config,
    settings: &Settings,
    policy: &LoginPolicy,
    answers: &mut Answers,
) -> Result<Complete> {
    questions::judge_the_last(config, answers)?;
    let (session, scopes) = session::session(app, config, answers)?;
    let connection = config.connection(None)?;
    let request =
        SessionRequest { session: &session, connection: &connection, policy, profile: None };
    let mut portal = Assigned::log_in(app, request)?;
    let (account, account_name) = account(app, &portal, answers)?;
    let role = role(app, &mut portal, &account, answers)?;
    let region = questions::region(app, config, settings, None, answers)?;
    let output = questions::output(app, config, answers)?;
    let label = account_name.unwrap_or_default();
    let fields = Fields {
        account_name: &label,
        account_id: account.as_str(),
        role: role.as_str(),
        ..Fields::default()
    };
    let proposed = Template::default().name(&fields);
    let session_name = session.name.as_ref().map(AsRef::as_ref);
    let same = config.profiles_for(account.as_str(), role.as_str(), session_name);
    let proposed = (proposed.as_str(), account.as_str());
    let profile = questions::profile(app, config, proposed, &same, answers)?;
    Ok(Complete { session, scopes, account, role, region, output, profile })
}

fn account(
    app: &App,
    portal: &Assigned,
    answers: &mut Answers,
) -> Result<(AccountId, Option<String>)> {
    let accounts = portal.accounts()?;
    let found = |id: &AccountId| {
        let name = accounts.iter().find(|(known, _)| known == id).and_then(|(_, n)| n.clone());
        (id.clone(), name)
    };
    // An answer that is refused is not kept for the next run.
    if let Some(wanted) = answers.account.take() {
        let id = checks::account(&wanted, &accounts).map_err(|why| {
            let error = Error::denied(format!("the account `{wanted}` is not assigned to you"));
            let rows: Vec<_> = accounts.iter().map(row).collect();
            error.cause(why).choices(&rows, NAMED).hint("pass one of these: `--account ID`")
        })?;
        answers.account = Some(wanted);
        return Ok(found(id));
    }
    let (id, name) = match accounts.as_slice() {
        [] => {
            return Err(Error::denied("no AWS account is assigned to you")
                .cause(format!("the portal of `{}` lists none", portal.label()))
                .hint("ask for access, then run `ssoenv configure` again"));
        }
        [only] => {
            let name = only.1.as_deref().map_or_else(String::new, |name| format!(" ({name})"));
            app.term.say(&format!("the only account is {}{name}: it is taken", only.0));
            only.clone()
        }
        several => {
            let rows: Vec<_> = several.iter().map(row).collect();
            let at = choose(app, "account", &rows, "--account ID")?;
            several[at].clone()
        }
    };
    answers.account = Some(id.to_string());
    Ok((id, name))
}

fn role(
    app: &App,
    portal: &mut Assigned,
    account: &AccountId,
    answers: &mut Answers,
) -> Result<RoleName> {
    let roles = portal.roles(account)?;
    if let Some(wanted) = answers.role.take() {
        let names = || roles.iter().map(RoleName::as_str);
        let role = roles.iter().find(|role| role.as_str() == wanted).cloned().ok_or_else(|| {
            let error =
                Error::denied(format!("the role `{wanted}` is not assigned to you in {account}"));
            if let Some(near) = nearest(&wanted, names()) {
                return error.hint(format!("did you mean `{near}`?"));
            }
            let rows: Vec<_> = names().map(str::to_owned).collect();
            error.choices(&rows, NAMED).hint("pass one of these: `--role ROLE`")
        })?;
        answers.role = Some(wanted);
        return Ok(role);
    }
    let role = match roles.as_slice() {
        [] => {
            return Err(Error::denied(format!("no role is assigned to you in {account}"))
                .hint("ask for access, then run `ssoenv configure` again"));
        }
        [only] => {
            app.term.say(&format!("the only role is {only}: it is taken"));
            only.clone()
        }
        several => {
            let rows: Vec<_> = several.iter().map(ToString::to_string).collect();
            several[choose(app, "role", &rows, "--role ROLE")?].clone()
        }
    };
    answers.role = Some(role.to_string());
    Ok(role)
}

fn choose(app: &App, what: &str, rows: &[String], flag: &str) -> Result<usize> {
    if app.assume_yes || !app.term.can_ask() {
        let error = Error::usage(format!("there are {} {what}s to choose from", rows.len()));
        return Err(error.choices(rows, NAMED).hint(format!("pass `{flag}`")));
    }
    io::ask::select(app, what, rows, flag)
}

/// How many rows an error names. Nothing else may list them: the session is not written yet.
const NAMED: usize = 20;

fn row((id, name): &(AccountId, Option<String>)) -> String {
    match name {
        Some(name) => format!("{name}  {id}"),
        None => id.to_string(),
    }
}
