//! Where a profile's credentials come from: the AWS CLI's order and its refusals.

use super::header::profile_section;
use super::profiles::Config;
use super::region_key;
use super::sso;
use super::values::Values;
use crate::domain::config_keys::{self, Key};
use crate::domain::login_session::LoginSession;
use crate::domain::names::ProfileName;
use crate::domain::profile::{AssumeRole, MOST_STEPS, Metadata, Source, Target};
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};

impl Config {
    /// What the credentials of a profile are made of. The environment does not count, as with the
    /// AWS CLI's `--profile`.
    pub fn target(&self, name: &ProfileName) -> Result<Target> {
        let values = self.values(name.as_str()).ok_or_else(|| self.not_found(name.as_str()))?;
        let source = self.source(name, values)?;
        let region = region_key::of_profile(name, values);
        let connection = self.connection(Some(name.as_str()))?;
        Ok(Target { profile: Some(name.clone()), source, region, connection, on_top: None })
    }

    fn source(&self, name: &ProfileName, values: Values) -> Result<Source> {
        if assumes_role(values) {
            let mut visited = vec![name.clone()];
            return self.assumed(name, values, &mut visited);
        }
        Ok(self.own(name, values)?.unwrap_or_else(|| {
            Source::Other(self.session_without_role(name, values).map(Box::new))
        }))
    }

    /// What the profile itself holds, roles on top of other profiles left aside.
    fn own(&self, name: &ProfileName, values: Values) -> Result<Option<Source>> {
        let text = |key: &str| values.text(key).map(str::to_owned);
        if let Some(token_file) = text("web_identity_token_file") {
            let role_arn = text("role_arn").ok_or_else(|| {
                self.wrong(name, "has `web_identity_token_file` but no `role_arn`")
                    .hint(format!("add `role_arn` to the profile `{name}`"))
            })?;
            let role_session_name = text("role_session_name");
            return Ok(Some(Source::WebIdentity { token_file, role_arn, role_session_name }));
        }
        if let Some(role) = self.sso_role(name, values)? {
            return Ok(Some(Source::Sso(role)));
        }
        if let Some(keys) = self.keys(name, values.credentials_only())? {
            return Ok(Some(keys));
        }
        if let Some(arn) = text("login_session") {
            let region = region_key::of_profile(name, values);
            return Ok(Some(Source::Login(LoginSession { arn, region })));
        }
        if let Some(command) = text("credential_process") {
            return Ok(Some(Source::Process(command)));
        }
        self.keys(name, values.config_only())
    }

    /// Static keys of one of the files.
    fn keys(&self, name: &ProfileName, file: Option<Values>) -> Result<Option<Source>> {
        let Some(values) = file else { return Ok(None) };
        let Some(access_key_id) = values.text("aws_access_key_id") else { return Ok(None) };
        let secret = values.text("aws_secret_access_key").ok_or_else(|| {
            self.wrong(name, "has `aws_access_key_id` but no `aws_secret_access_key`")
                .cause("partial credentials found")
                .hint("add the secret key beside the key ID, or remove the key ID")
        })?;
        let token = values.text("aws_security_token").or_else(|| values.text("aws_session_token"));
        Ok(Some(Source::Static {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Secret::new(secret),
            session_token: token.map(Secret::new),
        }))
    }

    fn assumed(
        &self,
        name: &ProfileName,
        values: Values,
        visited: &mut Vec<ProfileName>,
    ) -> Result<Source> {
        let text = |key: &str| values.text(key).map(str::to_owned);
        let source_profile = values.text("source_profile").map(ProfileName::new);
        let source = match (&source_profile, values.text("credential_source")) {
            (Some(_), Some(_)) => {
                return Err(self
                    .wrong(name, "contains both `source_profile` and `credential_source`")
                    .hint("remove one of the two keys"));
            }
            (None, None) => {
                let error = self
                    .wrong(name, "has `role_arn` but no `source_profile` or `credential_source`")
                    .cause("partial credentials found in assume-role, missing: source_profile or credential_source");
                return Err(if sso::names_role(values) {
                    error.hint("move the `sso_*` keys to a profile of their own, and name it in `source_profile`")
                } else {
                    error.hint("add `source_profile = PROFILE` that may assume the role")
                });
            }
            (None, Some(word)) => named_source(word, values).ok_or_else(|| {
                self.wrong(name, &format!("has the credential source `{word}`, which is not valid"))
                    .hint("write `Environment`, `Ec2InstanceMetadata` or `EcsContainer`")
            })?,
            (Some(source), None) => self.source_of(name, source, visited)?,
        };
        Ok(Source::AssumeRole(Box::new(AssumeRole {
            role_arn: values.text("role_arn").unwrap_or_default().to_owned(),
            source_profile,
            source: Box::new(source),
            external_id: text("external_id"),
            role_session_name: text("role_session_name"),
            // A value that is no number is ignored by the AWS CLI too.
            duration_seconds: values.text("duration_seconds").and_then(|v| v.trim().parse().ok()),
            mfa_serial: text("mfa_serial"),
            policy: None,
            policy_arns: Vec::new(),
        })))
    }

    fn source_of(
        &self,
        name: &ProfileName,
        source: &ProfileName,
        visited: &mut Vec<ProfileName>,
    ) -> Result<Source> {
        let values = self.values(source.as_str()).ok_or_else(|| {
            let error = self
                .wrong(name, &format!("has the `source_profile` `{source}`, which does not exist"));
            match self.nearest_profile(source.as_str()) {
                Some(near) => error.hint(format!("did you mean `source_profile = {near}`?")),
                None => error.hint(format!(
                    "add `[{}]`, or name another profile",
                    profile_section(source.as_str())
                )),
            }
        })?;
        let static_keys = has_static_keys(values);
        // A profile may stand on itself only for keys of its own.
        if visited.contains(source) && (source != name || !static_keys) {
            return Err(self.looping(source, visited));
        }
        if visited.len() > MOST_STEPS {
            return Err(self.too_long(visited));
        }
        visited.push(source.clone());
        if assumes_role(values) && !static_keys {
            return self.assumed(source, values, visited);
        }
        self.own(source, values)?.ok_or_else(|| {
            self.wrong(source, "is a `source_profile` and has no credentials")
                .cause(format!("the source profile \"{source}\" must have credentials"))
                .hint(format!(
                    "add keys or `sso_*` keys to `{source}`, or name another profile in `{name}`"
                ))
        })
    }

    fn too_long(&self, visited: &[ProfileName]) -> Error {
        let (first, last) = (&visited[0], &visited[MOST_STEPS]);
        let error = self
            .wrong(first, &format!("follows more than {MOST_STEPS} `source_profile` steps"))
            .cause(format!("`{last}` is the profile at which this ends, and names another one"));
        error.hint(format!("name a profile with credentials of its own in `{first}`"))
    }

    fn looping(&self, again: &ProfileName, visited: &[ProfileName]) -> Error {
        let chain: Vec<_> = visited.iter().chain([again]).map(|name| format!("`{name}`")).collect();
        let first = &visited[0];
        let error = self
            .wrong(first, &format!("leads back to itself: {}", chain.join(" → ")))
            .cause("infinite loop in credential configuration detected");
        if visited.last() == Some(again) {
            error.hint(format!("`{again}` names itself as `source_profile`: move its own credentials to another profile"))
        } else {
            error.hint(format!(
                "change `source_profile` in one of these profiles: {}",
                chain.join(", ")
            ))
        }
    }

    /// An error about a profile, with the place where it stands.
    pub(super) fn wrong(&self, name: &ProfileName, what: &str) -> Error {
        let error = Error::config(format!("the profile `{name}` {what}"));
        match self.source_line(name.as_str()) {
            Some((path, line)) => error.cause(format!("see {}:{line}", path.display())),
            None => error,
        }
    }
}

pub(super) fn assumes_role(values: Values) -> bool {
    values.contains("role_arn") && !values.contains("web_identity_token_file")
}

pub(super) fn has_static_keys(values: Values) -> bool {
    values.contains("aws_access_key_id") || values.contains("aws_secret_access_key")
}

/// The spelling counts, as for the AWS CLI.
fn named_source(word: &str, values: Values) -> Option<Source> {
    let text = |key: Key| values.text(key.name).filter(|t| !t.is_empty()).map(str::to_owned);
    match word {
        "Environment" => Some(Source::Environment),
        "Ec2InstanceMetadata" => Some(Source::InstanceMetadata(Metadata {
            endpoint: text(config_keys::METADATA_ENDPOINT),
            mode: text(config_keys::METADATA_MODE),
            ipv6: text(config_keys::METADATA_IPV6),
            timeout: text(config_keys::METADATA_TIMEOUT),
            attempts: text(config_keys::METADATA_ATTEMPTS),
        })),
        "EcsContainer" => Some(Source::Container),
        _ => None,
    }
}
