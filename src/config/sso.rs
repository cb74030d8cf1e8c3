//! SSO keys of profiles and `[sso-session]` sections, read as the AWS CLI's three readers do.

use std::collections::HashSet;

use super::header::profile_section;
use super::profiles::Config;
use super::syntax::stray_comment;
use super::values::Values;
use crate::domain::names::{AccountId, ProfileName, RoleName, SessionName};
use crate::domain::profile::{SsoRole, SsoSession};
use crate::domain::speech;
use crate::domain::{Error, Result};

impl Config {
    /// A named session as `aws sso login --sso-session` reads it: from its own section alone.
    pub fn session(&self, name: &SessionName) -> Result<SsoSession> {
        let values =
            self.session_values(name.as_str()).ok_or_else(|| self.no_session(name.as_str()))?;
        let missing: Vec<&str> = ["sso_start_url", "sso_region"]
            .into_iter()
            .filter(|key| !values.contains(key))
            .collect();
        if !missing.is_empty() {
            return Err(self.incomplete(name, &missing));
        }
        session_from(values, Some(name.clone()), &format!("session `{name}`"))
    }

    /// All named sessions; those that are incomplete as their errors.
    pub fn sessions(&self) -> Vec<Result<SsoSession>> {
        self.session_names().iter().map(|name| self.session(name)).collect()
    }

    /// The distinct portals that profiles name by themselves, in the order of the file.
    pub fn legacy_sessions(&self) -> Vec<SsoSession> {
        let (mut found, mut known) = (Vec::new(), HashSet::new());
        for (name, values) in self.each() {
            if let Ok(Some(session)) = self.legacy(name, values)
                && known.insert(session.clone())
            {
                found.push(session);
            }
        }
        found
    }

    /// The session in which a profile's chain ends: its own, or that of the profile whose credentials
    /// its roles are taken with; `None` where there is none.
    pub fn session_of(&self, name: &ProfileName) -> Result<Option<SsoSession>> {
        self.own_session(&self.chain_end(name)?)
    }

    /// The session that `aws sso login --profile` logs in to; `None` for a profile without one.
    pub fn own_session(&self, name: &ProfileName) -> Result<Option<SsoSession>> {
        let values = self.values(name.as_str()).ok_or_else(|| self.not_found(name.as_str()))?;
        match values.text("sso_session").filter(|session| !session.is_empty()) {
            Some(session) => self.session(&SessionName::new(session)).map(Some),
            None => self.legacy(name, values),
        }
    }

    /// The profiles that give this role of this account, in this session if one is named.
    pub fn profiles_for(
        &self,
        account: &str,
        role: &str,
        session: Option<&str>,
    ) -> Vec<ProfileName> {
        self.each()
            .filter(|(name, values)| {
                values.text("sso_account_id") == Some(account)
                    && values.text("sso_role_name") == Some(role)
                    && session.is_none_or(|session| values.text("sso_session") == Some(session))
                    && !values.contains("role_arn")
                    && self.has_profile(name.as_str())
            })
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// What names the role of an SSO profile, right or wrong: account, role, session, start URL.
    pub fn role_words<'a>(&'a self, values: Values<'a>) -> Option<[Option<&'a str>; 4]> {
        let other = ["role_arn", "web_identity_token_file"].iter().any(|key| values.contains(key));
        if other || !names_role(values) {
            return None;
        }
        let session = values.text("sso_session");
        let section = session.and_then(|session| self.session_values(session));
        let find = |key| values.text(key).or_else(|| section.and_then(|section| section.text(key)));
        Some([find("sso_account_id"), find("sso_role_name"), session, find("sso_start_url")])
    }

    /// The role of an SSO profile as the AWS CLI's credential and token readers see it together;
    /// `None` for a profile that names neither account nor role.
    pub(super) fn sso_role(&self, name: &ProfileName, values: Values) -> Result<Option<SsoRole>> {
        if !names_role(values) {
            return Ok(None);
        }
        let session = match values.text("sso_session") {
            None => None,
            Some(session) => Some((
                session,
                self.session_values(session).ok_or_else(|| self.no_session_of(name, session))?,
            )),
        };
        if let Some((session, section)) = &session {
            self.agree(name, values, session, *section)?;
        }
        let find = |key: &str| {
            values.text(key).or_else(|| session.as_ref().and_then(|(_, s)| s.text(key)))
        };
        let required = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"];
        let missing: Vec<&str> = required.into_iter().filter(|key| find(key).is_none()).collect();
        if !missing.is_empty() {
            return Err(self.missing(name, &missing, session.as_ref().map(|(s, _)| *s)));
        }
        let sso = match &session {
            Some((session, section)) => {
                self.only_in_profile(name, session, *section)?;
                let label = format!("session `{session}`");
                session_from(*section, Some(SessionName::new(*session)), &label)?
            }
            None => session_from(values, None, &format!("profile `{name}`"))?,
        };
        let account = find("sso_account_id").unwrap_or_default();
        let role = find("sso_role_name").unwrap_or_default();
        Ok(Some(SsoRole {
            session: sso,
            account_id: self.account(name, values, account)?,
            role_name: RoleName::new(role),
        }))
    }

    /// What is missing of a profile that names a session, and neither account nor role. AWS tools
    /// take it for one without SSO.
    pub(super) fn session_without_role(&self, name: &ProfileName, values: Values) -> Option<Error> {
        const LACKING: [&str; 2] = ["sso_account_id", "sso_role_name"];
        let session = values.text("sso_session").filter(|_| !names_role(values))?;
        if self.session_values(session).is_some() {
            return Some(self.missing(name, &LACKING, Some(session)));
        }
        let keys = list(&LACKING);
        let error = self.no_session_of(name, session);
        let error = error.cause(format!("the profile lacks {keys} as well"));
        Some(error.hint(format!("add {keys} to `[{}]`", profile_section(name.as_str()))))
    }

    fn legacy(&self, name: &ProfileName, values: Values) -> Result<Option<SsoSession>> {
        let keys = ["sso_start_url", "sso_region"];
        if values.text("sso_session").is_some_and(|session| !session.is_empty())
            || !(names_role(values) || keys.iter().any(|key| values.contains(key)))
        {
            return Ok(None);
        }
        let missing: Vec<&str> = keys.into_iter().filter(|key| !values.contains(key)).collect();
        if !missing.is_empty() {
            return Err(self.missing(name, &missing, None));
        }
        session_from(values, None, &format!("profile `{name}`")).map(Some)
    }

    /// A key in both places must have the same value: text against text, whatever the key.
    fn agree(
        &self,
        name: &ProfileName,
        values: Values,
        session: &str,
        section: Values,
    ) -> Result<()> {
        for (key, theirs) in section.list() {
            let Some(ours) = values.get(key).filter(|ours| *ours != theirs) else { continue };
            let show = |value: &super::values::Value| match value {
                super::values::Value::Text(text) if !super::syntax::is_secret(key) => {
                    (*text).to_owned()
                }
                _ => "…".to_owned(),
            };
            let place =
                values.place(key).map(|(file, line)| format!("{}:{line}", file.path.display()));
            let error =
                self.wrong(name, &format!("contradicts its session `{session}`")).cause(format!(
                    "the value for {key} is inconsistent between profile ({}) and sso-session ({})",
                    show(&ours),
                    show(&theirs)
                ));
            return Err(match place {
                Some(place) => error.hint(format!("remove `{key}` from the profile: `{place}`")),
                None => error,
            });
        }
        Ok(())
    }

    /// The AWS CLI's credential reader takes these keys from the profile too, its token reader
    /// does not: no command works.
    fn only_in_profile(&self, name: &ProfileName, session: &str, section: Values) -> Result<()> {
        let lacking: Vec<&str> = ["sso_start_url", "sso_region"]
            .into_iter()
            .filter(|key| !section.contains(key))
            .collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let keys = list(&lacking);
        Err(self
            .wrong(name, &format!("has {keys} itself, and its session `{session}` has not"))
            .cause(format!(
                "missing the following required SSO configuration values in the session: {}",
                lacking.join(", ")
            ))
            .hint(format!(
                "move {keys} from `[{}]` to `[sso-session {session}]`",
                profile_section(name.as_str())
            )))
    }

    fn account(&self, name: &ProfileName, values: Values, text: &str) -> Result<AccountId> {
        if AccountId::is_valid(text) {
            return Ok(AccountId::new(text));
        }
        let error = self.wrong(name, &format!("has an `sso_account_id` that is none: `{text}`"));
        let place = values
            .place("sso_account_id")
            .map_or_else(String::new, |(file, line)| format!("{}:{line}", file.path.display()));
        Err(match stray_comment(text) {
            Some(id) => error.hint(format!(
                "edit `{place}`: write `sso_account_id = {id}`, and the comment on a line of its own"
            )),
            None => error.hint(format!("edit `{place}`: write the twelve digits of the account")),
        })
    }

    fn missing(&self, name: &ProfileName, missing: &[&str], session: Option<&str>) -> Error {
        let error = self.wrong(name, &format!("lacks {}", list(missing))).cause(format!(
            "it is configured to use SSO but is missing required configuration: {}",
            missing.join(", ")
        ));
        let of_session: Vec<&str> = missing
            .iter()
            .copied()
            .filter(|key| matches!(*key, "sso_start_url" | "sso_region"))
            .collect();
        match session {
            Some(session) if !of_session.is_empty() => {
                error.hint(format!("add {} to `[sso-session {session}]`", list(&of_session)))
            }
            _ => error.hint(format!(
                "add {} to the profile, or run `ssoenv configure --profile {}`",
                list(missing),
                speech::word(name.as_str())
            )),
        }
    }

    fn incomplete(&self, name: &SessionName, missing: &[&str]) -> Error {
        let error =
            Error::config(format!("the session `{name}` lacks {}", list(missing))).cause(format!(
                "missing the following required SSO configuration values: {}",
                missing.join(", ")
            ));
        let error = match self.session_line(name.as_str()) {
            Some((path, line)) => error.cause(format!("see {}:{line}", path.display())),
            None => error,
        };
        error.hint(format!(
            "add {} to `[sso-session {name}]`, or run `ssoenv configure --sso-session {}`",
            list(missing),
            speech::word(name.as_str())
        ))
    }

    fn no_session_of(&self, name: &ProfileName, session: &str) -> Error {
        let mut error = self.no_session(session);
        error.what =
            format!("the profile `{name}` names the session `{session}`, which does not exist");
        match self.source_line(name.as_str()) {
            Some((path, line)) => error.cause(format!("see {}:{line}", path.display())),
            None => error,
        }
    }
}

fn session_from(values: Values, name: Option<SessionName>, owner: &str) -> Result<SsoSession> {
    let start_url = values.text("sso_start_url").unwrap_or_default().to_owned();
    let region = values.text("sso_region").unwrap_or_default();
    let region = super::region_key::of_session(owner, values, region)?;
    // Legacy profiles have no scopes for the AWS CLI.
    let scopes = match name {
        Some(_) => values.text("sso_registration_scopes").map(scopes),
        None => None,
    };
    Ok(SsoSession { name, start_url, region, scopes })
}

/// Whether the profile names an account or a role: what makes it an SSO profile.
pub(super) fn names_role(values: Values) -> bool {
    values.contains("sso_account_id") || values.contains("sso_role_name")
}

/// `sso_registration_scopes`: split at commas, trimmed, empty ones left out, order kept.
pub fn scopes(raw: &str) -> Vec<String> {
    raw.split(',')
        .map(super::syntax::strip)
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect()
}

fn list(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
