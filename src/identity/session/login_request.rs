//! What every step towards a console login needs to know, and what a refusal of AWS Sign-In means.

use crate::domain::login_session::{LoginSession, login_command};
use crate::domain::names::ProfileName;
use crate::domain::profile::Connection;
use crate::domain::saved::Saved;
use crate::domain::switch::needed_own_region;
use crate::domain::{Error, Result, arn, partition};
use crate::identity::policy::LoginPolicy;
use crate::identity::wire::refusal::Failure;
use crate::io::{App, browser};

/// Seconds that a proof may be off; the service does not say how many it takes.
const TOLERATED_SKEW: i64 = 60;

/// Whose console login is wanted, and on which terms.
#[derive(Clone, Copy, Debug)]
pub struct LoginRequest<'a> {
    pub session: &'a LoginSession,
    /// How AWS is reached.
    pub connection: &'a Connection,
    /// What is allowed of a login.
    pub policy: &'a LoginPolicy,
    /// The profile that led to it, for hints.
    pub profile: Option<&'a ProfileName>,
    /// `--region` of a login.
    pub region: Option<&'a str>,
}

/// How a person can be reached from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A browser on this machine comes back by itself.
    Browser,
    /// The person opens the URL elsewhere and pastes the code that its page shows.
    Paste,
}

impl LoginRequest<'_> {
    /// How the person is reached: a device code is the other device's way.
    pub fn way(&self, app: &App) -> Result<Way> {
        let policy = self.policy;
        let elsewhere = policy.no_browser || policy.device_code;
        if !elsewhere && browser::is_available(app, policy.browser.as_deref()) {
            return Ok(Way::Browser);
        }
        if app.term.can_ask() { Ok(Way::Paste) } else { Err(self.nobody_here()) }
    }

    /// The error where a login is needed, and there is nobody to be asked.
    pub fn nobody_here(&self) -> Error {
        let arn = &self.session.arn;
        let whose = if arn.is_empty() { String::new() } else { format!(" as `{arn}`") };
        Error::login_required(format!("a console login{whose} is needed"))
            .cause("there is neither a terminal nor a browser here")
            .hint(format!("{} in a terminal, then run this again", self.run_login()))
    }

    /// Where a login is made, as with the AWS CLI: `--region`, the user's own variables, the
    /// profile's Region; else one that every account of the partition has.
    pub fn region_of_login(&self, app: &App) -> Result<String> {
        if let Some(asked) = self.region {
            return Ok(asked.to_owned());
        }
        let saved = Saved::capture(|name| app.env.get(name));
        let region = match needed_own_region(&saved)? {
            Some(own) => Some(own),
            None => self.session.region.needed()?,
        };
        let default = || arn::partition(&self.session.arn).unwrap_or(&partition::AWS).global_region;
        Ok(region.unwrap_or_else(default).to_owned())
    }

    /// The hint that ends most of what can go wrong.
    pub fn run_login(&self) -> String {
        if self.session.arn.is_empty() {
            return "run `ssoenv configure --console`".to_owned();
        }
        format!("run `{}`", login_command(self.profile))
    }

    /// The session is over.
    pub fn ended(&self) -> Error {
        Error::login_required(format!("the console session of `{}` has ended", self.session.arn))
            .hint(self.run_login())
    }

    /// Somebody else is signed in to the console.
    pub fn another_identity(&self, found: &str) -> Error {
        Error::failed(format!("the browser is signed in as `{found}`"))
            .cause(format!("the profile is of `{}`; nothing was kept", self.session.arn))
            .hint("sign out of the console or choose the other session there, then try again")
            .hint(format!("to change the profile's identity, {}", self.run_login()))
    }

    /// The error for a call that AWS Sign-In refused.
    pub fn refused(&self, app: &App, region: &str, failure: Failure) -> Error {
        let Some(error) = failure.service() else { return failure.into_error() };
        if let Some(skewed) = error.skewed(app.clock.now(), TOLERATED_SKEW) {
            return skewed;
        }
        let described = error.describe();
        let arn = &self.session.arn;
        let who = if arn.is_empty() { "whoever signed in".to_owned() } else { format!("`{arn}`") };
        match error.code.as_str() {
            "TOKEN_EXPIRED" => self.ended().cause(described),
            "AUTHCODE_EXPIRED" => Error::failed("the code of the login has expired")
                .cause(described)
                .hint(format!("{} again, and finish it sooner", self.run_login())),
            "USER_CREDENTIALS_CHANGED" => {
                Error::login_required(format!("the password of {who} has changed since the login"))
                    .cause(described)
                    .hint(self.run_login())
            }
            "INSUFFICIENT_PERMISSIONS" => {
                Error::denied(format!("{who} is not allowed to use console credentials here"))
                    .cause(described)
                    .hint(
                        "ask an administrator for the managed policy \
                         `SignInLocalDevelopmentAccess` (`signin:AuthorizeOAuth2Access` and \
                         `signin:CreateOAuth2Token`)",
                    )
            }
            _ if error.status < 500 && !error.is_throttling() => Error::login_required(format!(
                "AWS Sign-In in `{region}` does not accept the login of {who}"
            ))
            .cause(described)
            .hint(self.run_login()),
            _ => failure.into_error(),
        }
    }

    /// The person said no.
    pub fn denied(&self, cause: &str) -> Error {
        Error::failed("the console login was denied in the browser")
            .cause(cause)
            .hint(format!("{} and allow the request", self.run_login()))
    }

    /// Nobody came.
    pub fn too_late(&self) -> Error {
        Error::failed("nobody finished the console login in time")
            .hint(format!("{} again", self.run_login()))
    }
}
