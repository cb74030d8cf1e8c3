//! `configure`: a session and a profile, step by step, in the order of `aws configure sso`.
//!
//! Nothing is written to the AWS files before the last answer. Answers are kept when a step fails,
//! so that the next run goes on there; an interrupted run leaves nothing.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

mod answers;
mod ask;
pub mod checks;
mod next;
mod portal;
mod session;
mod write;

use answers::{Answers, Complete};

use clap::Args;

use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::nearest::nearest;
use crate::domain::profile::OUTPUT_FORMATS;
use crate::domain::profile::SsoSession;
use crate::domain::region::is_region;
use crate::domain::{Error, Kind, Result};
use crate::identity::session::request::SessionRequest;
use crate::identity::{LoginPolicy, accounts};
use crate::io::{self, App};

use crate::commands::shared::profile_name::{self, Fields, Template};
use crate::commands::shared::{region, switch};
use ask::Line;
use portal::Assigned;

/// Questions behind the login, each with the flag that answers it.
const REGION: (&str, &str) = ("default client Region", "--region REGION");
const OUTPUT: (&str, &str) = ("CLI default output format", "--output FORMAT");
const PROFILE: (&str, &str) = ("profile name", "--profile NAME");

/// Set up a session and a profile, step by step
#[derive(Args, Clone, Debug)]
pub struct Words {
    /// Answers given as flags.
    #[command(flatten)]
    answers: Answers,
    /// Log in with a code
    #[arg(long)]
    device_code: bool,
    /// Log in without opening a browser
    #[arg(long)]
    no_browser: bool,
    /// Print the diff, change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Asks, logs in, lists, writes.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    let settings = Settings::load_warning(app)?;
    let kept = earlier(app)?;
    let mut answers = words.answers.clone().or(kept);
    let policy = LoginPolicy {
        device_code: words.device_code,
        no_browser: words.no_browser,
        ..switch::login_policy(&settings)
    };
    match steps(app, &config, &settings, &policy, &mut answers) {
        Ok(complete) => {
            write::write(app, &complete, words.dry_run)?;
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
    judge_the_last(config, answers)?;
    let (session, scopes) = session::session(app, config, answers)?;
    let connection = config.connection(None)?;
    let request =
        SessionRequest { session: &session, connection: &connection, policy, profile: None };
    let mut portal = Assigned::log_in(app, request)?;
    let (account, account_name) = account(app, &portal, answers)?;
    let role = role(app, &mut portal, &account, answers)?;
    let existing = answers.profile.as_deref().and_then(|name| config.values(name));
    let present = |key: &str| existing.and_then(|values| values.text(key)).map(str::to_owned);
    let region = ask::optional(
        app,
        REGION,
        present("region").or_else(|| usual_region(app, config, settings)),
        crate::domain::region_list::known_regions().map(str::to_owned).collect(),
        checks::optional_region,
        &mut answers.region,
    )?;
    if let Some(region) = &region {
        region::warn_of_unknown(app, region);
    }
    let output = ask::optional(
        app,
        OUTPUT,
        present("output"),
        OUTPUT_FORMATS.map(str::to_owned).to_vec(),
        checks::output,
        &mut answers.output,
    )?;
    let label = account_name.unwrap_or_default();
    let fields = Fields {
        account_name: &label,
        account_id: account.as_str(),
        role: role.as_str(),
        ..Fields::default()
    };
    let proposed = Template::default().name(&fields);
    let profile = profile(app, config, &proposed, (&session, &account, &role), answers)?;
    Ok(Complete { session, scopes, account, role, region, output, profile })
}

/// What is asked behind the login is judged before it where it is given. As in every step, an answer
/// that is refused is not kept for the next run: it is taken out before it is judged.
fn judge_the_last(config: &Config, answers: &mut Answers) -> Result<()> {
    let name: ask::Judge = checks::name;
    for ((text, flag), judge, slot) in [
        (REGION, checks::optional_region as ask::Judge, &mut answers.region),
        (OUTPUT, checks::output, &mut answers.output),
        (PROFILE, name, &mut answers.profile),
    ] {
        let Some(given) = slot.take() else { continue };
        // An existing profile keeps its name, whatever it is.
        if text != PROFILE.0 || !config.has_profile(&given) {
            ask::judged(text, flag, judge, &given)?;
        }
        *slot = Some(given);
    }
    Ok(())
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
            naming(error.cause(why), &rows).hint("pass one of these: `--account ID`")
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
            naming(error, &rows).hint("pass one of these: `--role ROLE`")
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
        return Err(naming(error, rows).hint(format!("pass `{flag}`")));
    }
    io::ask::select(app, what, rows, flag)
}

/// How many rows an error names. Nothing else may list them: the session is not written yet.
const NAMED: usize = 20;

fn naming(mut error: Error, rows: &[String]) -> Error {
    for row in rows.iter().take(NAMED) {
        error = error.cause(row);
    }
    match rows.len().saturating_sub(NAMED) {
        0 => error,
        more => error.cause(format!("and {more} more")),
    }
}

fn row((id, name): &(AccountId, Option<String>)) -> String {
    match name {
        Some(name) => format!("{name}  {id}"),
        None => id.to_string(),
    }
}

/// The Region to propose: the setting, the user's own variable, or the one that most profiles have.
fn usual_region(app: &App, config: &Config, settings: &Settings) -> Option<String> {
    let set = settings.default_region.as_ref().map(ToString::to_string);
    let saved = crate::domain::saved::Saved::capture(|name| app.env.get(name));
    let own = || crate::domain::switch::own_region(&saved).map(str::to_owned);
    let usual = || {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for region in config.summaries().filter_map(|s| s.region).filter(|r| is_region(r)) {
            match counts.iter_mut().find(|(known, _)| *known == region) {
                Some((_, count)) => *count += 1,
                None => counts.push((region, 1)),
            }
        }
        counts.into_iter().max_by_key(|&(_, count)| count).map(|(region, _)| region.to_owned())
    };
    set.or_else(own).or_else(usual)
}

/// A name that is free, or whose profile the user lets be changed. A profile that some variable
/// names is none of these by itself.
fn profile(
    app: &App,
    config: &Config,
    proposed: &str,
    (session, account, role): (&SsoSession, &AccountId, &RoleName),
    answers: &mut Answers,
) -> Result<String> {
    let session_name = session.name.as_ref().map(AsRef::as_ref);
    let same = config.profiles_for(account.as_str(), role.as_str(), session_name);
    let is_same = |name: &str| same.iter().any(|profile| profile.as_str() == name);
    let free = |name: &str| !config.has_profile(name) || is_same(name);
    let mut taken = config.names().map(|name| name.as_str().to_lowercase()).collect();
    let default = match same.first() {
        Some(same) => same.to_string(),
        None => profile_name::unique(proposed, account.as_str(), &mut taken),
    };
    loop {
        let line = Line {
            text: PROFILE.0,
            flag: PROFILE.1,
            default: Some(default.clone()),
            help: None,
            suggestions: Vec::new(),
            judge: checks::name,
        };
        let name = match answers.profile.take() {
            // An existing profile keeps its name, whatever it is.
            Some(name) if config.has_profile(&name) => name,
            given => line.answer(app, given.as_deref())?,
        };
        let question = format!("The profile `{name}` is there already: change it?");
        if free(&name) || io::ask::confirm(app, &question, false)? {
            answers.profile = Some(name.clone());
            return Ok(name);
        }
        if !app.term.can_ask() {
            return Err(Error::failed(format!("the profile `{name}` is left as it is")));
        }
    }
}
