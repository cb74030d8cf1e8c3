//! What a profile of the AWS files means once resolved.

use std::iter::successors;

use super::arn;
use super::error::{Error, Result};
use super::login_session::{LoginSession, login_command};
use super::names::{AccountId, ProfileName, Region, RoleName, SessionName};
use super::on_top::OnTop;
use super::region::ProfileRegion;
use super::secret::Secret;
use super::speech;

/// How many `source_profile` steps are followed. AWS itself lets a role of a role live an hour, and
/// nobody has more than a few on top of each other.
pub const MOST_STEPS: usize = 32;

/// Output formats of the AWS CLI (`output`).
pub const OUTPUT_FORMATS: [&str; 6] = ["json", "yaml", "yaml-stream", "text", "table", "off"];

/// An `[sso-session]`, or the legacy keys of a profile (`name: None`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SsoSession {
    /// `None` for a legacy profile.
    pub name: Option<SessionName>,
    /// `sso_start_url`, exactly as written: cache names are hashes of it.
    pub start_url: String,
    /// `sso_region`: the home Region of the instance.
    pub region: Region,
    /// `sso_registration_scopes`; absent and empty are different registration keys.
    pub scopes: Option<Vec<String>>,
}

impl SsoSession {
    /// What the user knows it by: the session's name, or the start URL.
    pub fn label(&self) -> &str {
        self.name.as_ref().map_or(&self.start_url, SessionName::as_str)
    }

    /// The login command that mends an expired session, quoted for the reader's shell.
    pub fn login_command(&self, profile: Option<&ProfileName>) -> String {
        match &self.name {
            Some(name) => format!("ssoenv login --sso-session {}", speech::word(name.as_str())),
            None => login_command(profile),
        }
    }
}

/// One account and role of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoRole {
    /// Where the token comes from.
    pub session: SsoSession,
    /// `sso_account_id`.
    pub account_id: AccountId,
    /// `sso_role_name`.
    pub role_name: RoleName,
}

/// `role_arn` on top of another source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// `role_arn`.
    pub role_arn: String,
    /// The profile named by `source_profile`, for messages; `None` for `credential_source`.
    pub source_profile: Option<ProfileName>,
    /// What the role is assumed with.
    pub source: Box<Source>,
    /// `external_id`.
    pub external_id: Option<String>,
    /// `role_session_name`.
    pub role_session_name: Option<String>,
    /// `duration_seconds`, when it is a number.
    pub duration_seconds: Option<u32>,
    /// `mfa_serial`.
    pub mfa_serial: Option<String>,
    /// `--policy`.
    pub policy: Option<String>,
    /// `--policy-arn`.
    pub policy_arns: Vec<String>,
}

/// Where a profile's credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// IAM Identity Center.
    Sso(SsoRole),
    /// STS `AssumeRole`.
    AssumeRole(Box<AssumeRole>),
    /// STS `AssumeRoleWithWebIdentity`.
    WebIdentity {
        /// `web_identity_token_file`.
        token_file: String,
        /// `role_arn`.
        role_arn: String,
        /// `role_session_name`.
        role_session_name: Option<String>,
    },
    /// `login_session`: a console login.
    Login(LoginSession),
    /// `credential_process`: the command line.
    Process(String),
    /// Keys in one of the files.
    Static {
        /// `aws_access_key_id`.
        access_key_id: String,
        /// `aws_secret_access_key`.
        secret_access_key: Secret,
        /// `aws_session_token`.
        session_token: Option<Secret>,
    },
    /// `credential_source = Environment`.
    Environment,
    /// `credential_source = Ec2InstanceMetadata`.
    InstanceMetadata(Metadata),
    /// `credential_source = EcsContainer`.
    Container,
    /// The profile names no credentials (settings only); what they lack where
    /// something of them is there.
    Other(Option<Box<Error>>),
}

impl Source {
    /// The word of `list --json`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sso(role) if role.session.name.is_some() => "sso",
            Self::Sso(_) => "sso-legacy",
            Self::AssumeRole(_) | Self::WebIdentity { .. } => "assume-role",
            Self::Login(_) => "login",
            Self::Process(_) => "credential-process",
            Self::Static { .. } => "static",
            Self::Environment | Self::InstanceMetadata(_) | Self::Container | Self::Other(_) => {
                "other"
            }
        }
    }

    /// The account that the credentials will be of, where the configuration says it.
    pub fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::Sso(role) => Some(role.account_id.clone()),
            Self::Login(session) => session.account_id(),
            Self::AssumeRole(assume) => arn::account(&assume.role_arn).map(AccountId::from),
            Self::WebIdentity { role_arn, .. } => arn::account(role_arn).map(AccountId::from),
            _ => None,
        }
    }

    /// The role that the credentials will be of, where the configuration says it.
    pub fn role_name(&self) -> Option<RoleName> {
        match self {
            Self::Sso(role) => Some(role.role_name.clone()),
            Self::Login(session) => session.role_name(),
            Self::AssumeRole(assume) => arn::role(&assume.role_arn).map(RoleName::from),
            Self::WebIdentity { role_arn, .. } => arn::role(role_arn).map(RoleName::from),
            _ => None,
        }
    }

    /// The SSO role at the root of the chain, if there is one.
    pub fn sso_root(&self) -> Option<&SsoRole> {
        match self {
            Self::Sso(role) => Some(role),
            Self::AssumeRole(assume) => assume.source.sso_root(),
            _ => None,
        }
    }

    /// The console login at the root of the chain, if there is one.
    pub fn login_root(&self) -> Option<&LoginSession> {
        match self {
            Self::Login(session) => Some(session),
            Self::AssumeRole(assume) => assume.source.login_root(),
            _ => None,
        }
    }
}

/// What a profile says of an instance's metadata, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `ec2_metadata_service_endpoint`.
    pub endpoint: Option<String>,
    /// `ec2_metadata_service_endpoint_mode`.
    pub mode: Option<String>,
    /// `imds_use_ipv6`.
    pub ipv6: Option<String>,
    /// `metadata_service_timeout`.
    pub timeout: Option<String>,
    /// `metadata_service_num_attempts`.
    pub attempts: Option<String>,
}

/// Per-profile settings that change how AWS is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// `use_fips_endpoint`.
    pub fips: Option<bool>,
    /// `use_dualstack_endpoint`.
    pub dual_stack: Option<bool>,
    /// `ignore_configured_endpoint_urls`.
    pub ignore_configured: Option<bool>,
    /// `endpoint_url` of the profile.
    pub endpoint_url: Option<String>,
    /// `(service id, endpoint_url)` of the `[services]` section: `sso`, `sso_oidc`, `sts`.
    pub service_urls: Vec<(String, String)>,
    /// `ca_bundle`.
    pub ca_bundle: Option<String>,
    /// All that the profile says of where and how to call, as variables.
    pub variables: Vec<(String, String)>,
    /// `max_attempts`.
    pub max_attempts: Option<u32>,
}

/// A profile, or an account and role given by hand, ready to get credentials for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `None` for `--account … --role …` where not exactly one profile fits.
    pub profile: Option<ProfileName>,
    /// Where the credentials come from.
    pub source: Source,
    /// The profile's `region`; an error where that is no Region, for those who need one.
    pub region: ProfileRegion,
    /// How AWS is reached.
    pub connection: Connection,
    /// What the call lays on top; it is part of the source.
    pub on_top: Option<OnTop>,
}

impl Target {
    /// The account that the credentials will be of, where the configuration says it.
    pub fn account_id(&self) -> Option<AccountId> {
        self.source.account_id()
    }

    /// The role that the credentials will be of, where the configuration says it.
    pub fn role_name(&self) -> Option<RoleName> {
        self.source.role_name()
    }

    /// The same with a role or session policies on top.
    ///
    /// # Errors
    /// `Usage` where policies have no role to narrow, and where something is on top already.
    pub fn with(mut self, on_top: OnTop) -> Result<Self> {
        if self.on_top.is_some() {
            return Err(Error::usage(format!(
                "this shell uses a role or session policies on top of `{}` already",
                self.label()
            ))
            .hint("name the profile: what the options say is laid on top of it"));
        }
        let OnTop { role_arn, policy, policy_arns } = on_top.clone();
        self.source = match (role_arn, self.source) {
            (Some(role_arn), source) => Source::AssumeRole(Box::new(AssumeRole {
                role_arn,
                source_profile: self.profile.clone(),
                external_id: None,
                role_session_name: match &source {
                    Source::AssumeRole(assume) => assume.role_session_name.clone(),
                    _ => None,
                },
                duration_seconds: None,
                mfa_serial: None,
                policy,
                policy_arns,
                source: Box::new(source),
            })),
            (None, Source::AssumeRole(assume)) => {
                Source::AssumeRole(Box::new(AssumeRole { policy, policy_arns, ..*assume }))
            }
            (None, source) => {
                let label = Self { source, ..self }.label();
                return Err(Error::usage("a session policy needs a role to assume")
                    .cause(format!(
                        "`{label}` assumes none, and its own credentials take no policy"
                    ))
                    .hint("add `--role-arn ARN` with a role that it may assume"));
            }
        };
        self.on_top = Some(on_top);
        Ok(self)
    }

    /// Every step of the way to the credentials, the last one first, with the profile that it is of.
    pub fn chain(&self) -> impl Iterator<Item = (Option<&ProfileName>, &Source)> {
        successors(Some((self.profile.as_ref(), &self.source)), |(_, source)| match source {
            Source::AssumeRole(assume) => Some((assume.source_profile.as_ref(), &*assume.source)),
            _ => None,
        })
    }

    /// What errors call it.
    pub fn label(&self) -> String {
        match (&self.profile, self.source.sso_root()) {
            (Some(profile), _) => profile.to_string(),
            (None, Some(role)) => format!("{}/{}", role.account_id, role.role_name),
            (None, None) => "default".to_owned(),
        }
    }
}
