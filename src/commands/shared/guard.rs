//! The one guard on every way to credentials. What hands them out wants a [`Permit`], and only this
//! file makes one: a new command cannot forget to ask.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::{audit, dotfile, plan};
use crate::config::settings::{Rules, Settings};
use crate::domain::active::Active;
use crate::domain::credentials::Credentials;
use crate::domain::names::AccountId;
use crate::domain::plan::Plan;
use crate::domain::profile::Target;
use crate::domain::words::{Agents, Class};
use crate::domain::{Error, Kind, Result};
use crate::identity::accounts::{self, Wanted};
use crate::identity::container_endpoint::{Note, Offer};
use crate::identity::session::request::SessionRequest;
use crate::identity::{LoginPolicy, Policy};
use crate::io::{App, ask};

/// How a person agrees where the settings want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent<'a> {
    /// By an answer, unless this shell uses the target already.
    Asked,
    /// By an answer in any case: what it leads to outlives this shell, or was found by parts of a name.
    Anew,
    /// By `allow --production`, or by an answer of earlier: what this shell used before.
    Given,
    /// By the plain `allow` of this file: for nothing that is guarded.
    Plain(&'a Path),
    /// Nobody is asked: only what this shell uses already may be renewed.
    Kept,
    /// Nothing leaves this process: no consent is needed.
    Inward,
}

/// The leave to hand out the credentials of a target.
#[derive(Clone, Debug)]
pub struct Permit<'a> {
    settings: &'a Settings,
    consent: Consent<'a>,
    command: Option<&'static str>,
    target: Target,
    plan: Plan,
    /// Whether guards might go by a name that is not known.
    is_unnamed: bool,
}

/// The leave for a target, if the settings or a person give it. `command` is what the audit log says
/// of it; `None` where nothing leaves, or only what the shell has already is renewed.
///
/// # Errors
/// `Failed` where the answer is no, `Usage` where nobody can be asked, `Interrupted`.
pub fn permit<'a>(
    app: &App,
    settings: &'a Settings,
    target: Target,
    consent: Consent<'a>,
    command: Option<&'static str>,
) -> Result<Permit<'a>> {
    let plan = plan::make(app, settings, &target, None);
    let mut permit = Permit { settings, consent, command, target, plan, is_unnamed: false };
    if permit.learn_names(app)? {
        permit.plan = plan::make(app, settings, &permit.target, None);
    }
    permit.refuse_agents(app)?;
    permit.agree(app)?;
    Ok(permit)
}

/// Whether [`permit`] may have to ask the portal for the names of accounts.
///
/// # Errors
/// Those of [`permit`] that need neither the portal nor a person.
pub fn may_wait(app: &App, settings: &Settings, target: &Target, consent: Consent) -> Result<bool> {
    let plan = plan::make(app, settings, target, None);
    let target = target.clone();
    let permit = Permit { settings, consent, command: None, target, plan, is_unnamed: false };
    if matches!(consent, Consent::Plain(_)) {
        permit.agree(app)?;
    }
    Ok(permit.lacks_names(app))
}

impl Permit<'_> {
    /// Whose credentials.
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// What the settings say about it.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The settings that it was given by.
    pub const fn settings(&self) -> &Settings {
        self.settings
    }

    /// Writes down that the credentials, or what leads to them, leave.
    pub fn note(&self, app: &App, credentials: Option<&Credentials>) -> Result<()> {
        let Some(command) = self.command else { return Ok(()) };
        let key = credentials.map(|credentials| &*credentials.access_key_id);
        audit::record(app, self.settings, &self.plan, command, key)
    }

    /// The same for an endpoint that goes on giving them out.
    pub fn offer(self, policy: Policy) -> Offer {
        let Permit { settings, command, plan, target, .. } = self;
        let settings = settings.clone();
        let note = move |app: &App, credentials: &Credentials| match command {
            Some(command) => {
                let key = Some(&*credentials.access_key_id);
                audit::record(app, &settings, &plan, command, key)
            }
            None => Ok(()),
        };
        Offer { target, policy, note: Note(Arc::new(note)) }
    }

    /// The target without the leave.
    pub fn into_target(self) -> Target {
        self.target
    }

    /// Looks again at what was learned since: a login teaches the names of accounts, and credentials
    /// say whose they are. Who has agreed once is not asked again.
    pub fn look_again(&mut self, app: &App, account: Option<AccountId>) -> Result<()> {
        let agreed = self.plan.confirm;
        self.learn_names(app)?;
        self.plan = plan::make(app, self.settings, &self.target, account);
        self.is_unnamed = self.lacks_names(app);
        if self.is_unnamed {
            // Sections that go by the name might match: nothing leaves unseen for want of it.
            let is_denied = |rules: &Rules| rules.agents == Agents::Deny;
            let wants_leave =
                |rules: &Rules| rules.confirm || self.forbids_class(rules.class.as_deref());
            self.plan.confirm |= self.settings.rules_by_name().any(wants_leave);
            if self.settings.rules_by_name().any(is_denied) {
                self.plan.denied_with = self.settings.agent_markers();
            }
        }
        self.refuse_agents(app)?;
        if agreed { Ok(()) } else { self.agree(app) }
    }

    /// Asks the portal for the names of accounts where guards go by them and they were never asked for;
    /// nobody logs in for it. Whether something was learned.
    fn learn_names(&self, app: &App) -> Result<bool> {
        let Some(root) = self.target.source.sso_root().filter(|_| self.lacks_names(app)) else {
            return Ok(false);
        };
        let request = SessionRequest {
            session: &root.session,
            connection: &self.target.connection,
            policy: &LoginPolicy::never(),
            profile: self.target.profile.as_ref(),
        };
        match accounts::list(app, Wanted::Accounts, request, false).error {
            Some(error) if error.kind == Kind::Interrupted => Err(error),
            Some(error) => {
                log::info!("the names of accounts are not known: {error}");
                Ok(false)
            }
            None => Ok(true),
        }
    }

    /// Whether guards may go by the name of an account on the way, and nobody has asked for it. What
    /// the hook renews waits for no portal.
    fn lacks_names(&self, app: &App) -> bool {
        let is_stricter = |rules: &Rules| {
            (rules.confirm && !self.plan.confirm)
                || (self.forbids_class(rules.class.as_deref())
                    && !self.forbids_class(self.plan.class.as_deref()))
                || (rules.agents == Agents::Deny && self.plan.denied_with.is_empty())
        };
        if !self.settings.rules_by_name().any(is_stricter)
            || self.consent == Consent::Inward
            || (self.consent == Consent::Kept && is_in_use(app, &self.plan))
        {
            return false;
        }
        let Some(root) = self.target.source.sso_root() else { return false };
        let mut ids = self.target.chain().filter_map(|(_, source)| source.account_id());
        let listed = || accounts::load(app, &root.session).ok().flatten();
        ids.any(|id| accounts::account_name(app, &id).is_none())
            && !listed().is_some_and(|known| known.has_accounts())
    }

    /// `--yes` does not help here: agents say it too.
    fn refuse_agents(&self, app: &App) -> Result<()> {
        let set = app.env.first_set(&self.plan.denied_with);
        let Some(marker) = set.filter(|_| self.consent != Consent::Inward) else {
            return Ok(());
        };
        let label = self.target.label();
        Err(Error::denied(format!("coding agents get no credentials of `{label}`"))
            .cause(format!(
                "`agents = deny` is set for it, and `{marker}` says that an agent runs this"
            ))
            .cause("this stops mistakes; it does not stop a process that reads `~/.aws` itself")
            .hint(format!("run it yourself, in a shell without `{marker}`")))
    }

    /// Whether the class alone wants more than the plain `allow` of a directory.
    fn forbids_class(&self, class: Option<&str>) -> bool {
        let production = Some(Class::Production.name());
        matches!(self.consent, Consent::Plain(_)) && class == production
    }

    fn agree(&self, app: &App) -> Result<()> {
        if !self.plan.confirm && !self.forbids_class(self.plan.class.as_deref()) {
            return Ok(());
        }
        match self.consent {
            Consent::Plain(file) => Err(self.not_allowed(file)),
            Consent::Given | Consent::Inward => Ok(()),
            Consent::Asked | Consent::Kept if is_in_use(app, &self.plan) => Ok(()),
            Consent::Kept => Err(self.unasked()),
            Consent::Asked | Consent::Anew => self.ask(app),
        }
    }

    fn ask(&self, app: &App) -> Result<()> {
        /// Several commands of one `exec` may learn at once that they have to ask.
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        if !app.assume_yes && !app.term.can_ask() {
            return Err(self.unasked());
        }
        let class = self.plan.class.as_deref();
        let class = class.map(|class| format!(" (class {class})")).unwrap_or_default();
        if ask::confirm(app, &format!("Use {}{class}?", self.name()), false)? {
            return Ok(());
        }
        Err(Error::failed(format!("`{}` was not confirmed", self.target.label())))
    }

    fn unasked(&self) -> Error {
        let why = if self.is_unnamed {
            "`confirm = true` may hold for it: the name of its account is not known"
        } else {
            "`confirm = true` is set for it"
        };
        Error::usage(format!("`{}` needs a confirmation", self.target.label()))
            .cause(format!("{why}, and there is no terminal to ask on"))
            .hint("if you mean it, add `--yes`")
    }

    fn not_allowed(&self, file: &Path) -> Error {
        let why = match &self.plan.class {
            Some(class) => format!("is of class `{class}`"),
            None if self.is_unnamed => {
                "may be guarded: the name of its account is not known".to_owned()
            }
            None => "needs a confirmation".to_owned(),
        };
        dotfile::needs_production(file, &self.target.label(), &why)
    }

    fn name(&self) -> String {
        let (plan, label) = (&self.plan, self.target.label());
        let account = plan.account_name.as_deref().or(plan.account_id.as_deref());
        match (account, plan.role.as_deref()) {
            (Some(account), Some(role)) => format!("`{label}`, {role} in {account}"),
            _ => format!("`{label}`"),
        }
    }
}

/// Whether this shell has what the plan gives: the same role of the same account, or the same
/// profile where the configuration does not say whose its credentials are.
fn is_in_use(app: &App, plan: &Plan) -> bool {
    let get = |name: &str| app.env.get(name);
    let Some(active) = Active::read(get).filter(|active| !active.is_shadowed(get)) else {
        return false;
    };
    // Without the policies that the shell's session has it is another one, and the other way round.
    if active.on_top.as_deref() != plan.on_top.as_ref() {
        return false;
    }
    let same = |now: Option<&str>, then: &Option<String>| now.is_some() && now == then.as_deref();
    if plan.account_id.is_some() && plan.role.is_some() {
        same(active.account_id.as_ref().map(AsRef::as_ref), &plan.account_id)
            && same(active.role.as_ref().map(AsRef::as_ref), &plan.role)
    } else {
        same(active.profile.as_ref().map(AsRef::as_ref), &plan.profile)
    }
}
