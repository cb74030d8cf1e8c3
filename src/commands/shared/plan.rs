//! Plans made from the configuration, and kept so that the next call need not read it.
//!
//! A kept plan is good as long as every file that it was made from is the very same: the AWS
//! files, the settings, and the account directory. It is no answer of its own, only a saved one.

use std::path::PathBuf;

use crate::config::kept;
use crate::config::settings::{Names, Settings};
use crate::domain::active::{Mode, Recall};
use crate::domain::login_session;
use crate::domain::names::{AccountId, ProfileName, Region, RoleName};
use crate::domain::plan::Plan;
use crate::domain::profile::{Source, SsoSession, Target};
use crate::domain::region::Naming;
use crate::domain::words::Agents;
use crate::domain::{Error, Result, segment};
use crate::identity::{accounts, sources};
use crate::io::App;
use crate::io::files::{self, Stamp};
use crate::io::own;

use super::audit;

/// What a kept plan starts with: the number changes with its form, the version with its meaning.
const FORMAT: &str = concat!("ssoenv-plan 5 ", env!("CARGO_PKG_VERSION"), " ");

/// What the files looked like before they were read.
#[derive(Debug)]
pub struct Sources {
    stamps: [Option<Stamp>; 5],
    /// When they were looked at, in nanoseconds of the epoch.
    looked: i128,
}

impl Sources {
    /// Looks at the files; to be called before they are read.
    pub fn look(app: &App) -> Result<Self> {
        Ok(Self::of(app, &paths(app)?))
    }

    fn of(app: &App, paths: &[PathBuf; 5]) -> Self {
        let looked = app.clock.now_nanoseconds();
        Self { stamps: paths.each_ref().map(|path| files::stamp(path)), looked }
    }

    fn text(&self) -> String {
        let mut text = String::with_capacity(512);
        for stamp in &self.stamps {
            match stamp {
                Some(stamp) => stamp.add_to(&mut text),
                None => text.push('-'),
            }
            text.push(' ');
        }
        text
    }
}

/// Makes the plan of a target. `account` is what its credentials say, where the configuration says
/// nothing of their account.
pub fn make(app: &App, settings: &Settings, target: &Target, account: Option<AccountId>) -> Plan {
    let session = target.source.sso_root().map(|root| &root.session);
    let account_id = target.account_id().or(account);
    let names = accounts::names(app);
    let name_of = |id: Option<&AccountId>| id.and_then(|id| names.get(id.as_ref()));
    let role = target.role_name();
    let portal = session.map(SsoSession::label);
    let about = |profile: Option<&ProfileName>, id: Option<&AccountId>, role: Option<&RoleName>| {
        settings.rules(&Names {
            profile: profile.map(AsRef::as_ref),
            account_id: id.map(AsRef::as_ref),
            account_name: name_of(id).map(AsRef::as_ref),
            role: role.map(AsRef::as_ref),
            session: portal,
        })
    };
    let found = about(target.profile.as_ref(), account_id.as_ref(), role.as_ref());
    // Whoever takes a role with guarded credentials has used those.
    let below: Vec<_> = target
        .chain()
        .skip(1)
        .map(|(profile, source)| {
            about(profile, source.account_id().as_ref(), source.role_name().as_ref())
        })
        .collect();
    let way = || below.iter().chain([&found]);
    let confirm = way().any(|rules| rules.confirm);
    let is_denied = way().any(|rules| rules.agents == Agents::Deny);
    let denied_with = if is_denied { settings.agent_markers() } else { Vec::new() };
    let region = match target.region.needed() {
        Ok(Some(own)) => Ok(Some(own.to_owned())),
        Ok(None) => matched_region(found.region.as_ref()),
        Err(error) => Err(error),
    };
    Plan {
        wrong_region: region.as_ref().err().cloned(),
        region: region.ok().flatten(),
        profile: target.profile.as_ref().map(ToString::to_string),
        account_name: name_of(account_id.as_ref()).map(ToString::to_string),
        account_id: account_id.map(|id| id.to_string()),
        role: role.map(|role| role.to_string()),
        session: session.and_then(|s| s.name.as_ref()).map(ToString::to_string),
        settings: match target.profile {
            Some(_) => target.connection.variables.clone(),
            // What the default profile says, AWS tools read by themselves.
            None => Vec::new(),
        },
        // A profile's name alone would leave out what is on top.
        mode: match target.on_top {
            Some(_) => Mode::Keys,
            None => found.mode.unwrap_or(settings.general.mode),
        },
        on_top: on_top(target),
        prompt_format: settings.general.prompt_format.clone(),
        color: segment::color(found.color.as_deref(), found.class.as_deref()),
        class: found.class,
        confirm,
        denied_with,
        prompt_warn: at_most(settings.general.prompt_warn_minutes, &target.source, 4),
        refresh_lead: at_most(settings.general.refresh_lead_minutes, &target.source, 2),
        key: sources::key_hash(app, &target.source),
        cache: sources::cache(app, &target.source),
    }
}

/// How to find back to a target with something on top.
fn on_top(target: &Target) -> Option<Recall> {
    let on_top = target.on_top.clone()?;
    let root = target.source.sso_root();
    let of = Recall::new(
        target.profile.as_ref().map(AsRef::as_ref),
        root.map(|root| root.account_id.as_str()),
        root.map(|root| root.role_name.as_str()),
        root.and_then(|root| root.session.name.as_ref()).map(AsRef::as_ref),
    )?;
    Some(Recall::OnTop { of: Box::new(of), on_top })
}

/// The region of a `[match]` section.
fn matched_region(region: Option<&Region>) -> Result<Option<String>> {
    let Some(region) = region else { return Ok(None) };
    let Naming::Wrong(near) = Naming::of(region.as_str()) else {
        return Ok(Some(region.to_string()));
    };
    let error = Error::config(format!("`region = {region}` of a `[match]` section is not valid"));
    Err(match near {
        Some(near) => error.hint(format!("edit it: did you mean `region = {near}`?")),
        None => error.hint("edit it: write a Region such as `eu-central-1`"),
    }
    .hint("run `ssoenv settings path` to see the file"))
}

/// Minutes of a setting as seconds; of a console login's short life no more than this part.
fn at_most(minutes: u32, source: &Source, part: i64) -> i64 {
    let seconds = i64::from(minutes) * 60;
    match source {
        Source::Login(_) => seconds.min(login_session::LIFE_SECONDS / part),
        _ => seconds,
    }
}

/// The plan that was kept for a profile, if nothing has changed since.
pub fn load(app: &App, profile: &str) -> Option<Plan> {
    let paths = paths(app).ok()?;
    let bytes = own::read(&place(app, &paths, profile).ok()?).ok()??;
    let text = std::str::from_utf8(&bytes).ok()?.strip_prefix(FORMAT)?;
    let (sources, plan) = text.split_once('\n')?;
    if sources != Sources::of(app, &paths).text() {
        return None;
    }
    let plan: Plan = serde_json::from_str(plan).ok()?;
    (plan.profile.as_deref() == Some(profile)).then_some(plan)
}

/// Keeps a profile's plan, unless each call has something to do that the fast path does not: warn of
/// the settings or of a wrong Region, ask a person, write an audit log. Best effort: a failure to write
/// is ignored.
pub fn keep(app: &App, sources: &Sources, settings: &Settings, plan: &Plan) {
    let Some(profile) = &plan.profile else { return };
    let is_silent = settings.warnings.is_empty() && plan.wrong_region.is_none();
    let needs_slow_path = plan.confirm || plan.on_top.is_some() || audit::is_on(settings);
    if !is_silent || needs_slow_path || !files::are_settled(&sources.stamps, sources.looked) {
        return;
    }
    let place = paths(app).and_then(|paths| place(app, &paths, profile));
    if let (Ok(place), Ok(plan)) = (place, serde_json::to_string(plan)) {
        kept::write(&place, &format!("{FORMAT}{}\n{plan}", sources.text()));
    }
}

/// The files that a plan is made from.
fn paths(app: &App) -> Result<[PathBuf; 5]> {
    Ok([
        app.paths.aws_config()?,
        app.paths.aws_credentials()?,
        Settings::file(app)?,
        accounts::names_path(app)?,
        app.paths.system_config().to_owned(),
    ])
}

/// Where a profile's plan is kept.
fn place(app: &App, paths: &[PathBuf; 5], profile: &str) -> Result<PathBuf> {
    let [config, credentials, settings, ..] = paths;
    kept::path(app, "plans", &[config, credentials, settings], profile)
}
