//! STS: who signed, and roles assumed. Query protocol: a signed form in, XML out.

use url::Url;

use crate::domain::arn;
use crate::domain::credentials::Credentials;
use crate::domain::names::AccountId;
use crate::domain::partition;
use crate::domain::percent;
use crate::domain::profile::Connection;
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::identity::wire::answer::is_credential;
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::refusal::{CallResult, Failure, ServiceError};
use crate::identity::wire::retry::{self, Attempts, Rule};
use crate::identity::wire::sigv4::{self, Form};
use crate::identity::wire::xml::Xml;
use crate::io::App;
use crate::io::http::{HttpSettings, Method, Request, Response};
use crate::io::runtime::Net;

const VERSION: &str = "2011-06-15";

/// A pseudo-Region: the global endpoint, signed for us-east-1.
const GLOBAL: &str = "aws-global";

/// A clock that is off by more than this cannot sign.
const TOLERATED_SKEW: i64 = 5 * 60;

/// STS in one Region.
#[derive(Debug)]
pub struct Sts<'a> {
    app: &'a App,
    net: Net,
    endpoint: Url,
    region: String,
    attempts: Attempts,
}

/// The answer of `GetCallerIdentity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    pub account_id: AccountId,
    pub arn: String,
    /// `UserId`.
    pub user_id: String,
}

/// The parameters of `AssumeRole`.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRole<'a> {
    /// `RoleArn`.
    pub role_arn: &'a str,
    /// `RoleSessionName`.
    pub session_name: &'a str,
    /// `DurationSeconds`.
    pub duration_seconds: Option<u32>,
    /// `ExternalId`.
    pub external_id: Option<&'a str>,
    pub policy: Option<&'a str>,
    /// `PolicyArns`.
    pub policy_arns: &'a [String],
    /// `SerialNumber` and `TokenCode`.
    pub mfa: Option<(&'a str, &'a Secret)>,
}

/// The parameters of `AssumeRoleWithWebIdentity`.
#[derive(Clone, Copy, Debug)]
pub struct WebIdentity<'a> {
    /// `RoleArn`.
    pub role_arn: &'a str,
    /// `RoleSessionName`.
    pub session_name: &'a str,
    /// `WebIdentityToken`.
    pub token: &'a Secret,
}

impl<'a> Sts<'a> {
    /// The client for a Region, by the rules for endpoints.
    pub fn new(app: &'a App, connection: &Connection, region: &str) -> Result<Self> {
        let url = if region == GLOBAL && !is_configured(app, connection)? {
            format!("https://sts.{}", partition::AWS.dns_suffix)
        } else {
            endpoint::base(&app.env, connection, Service::Sts, region)?
        };
        let endpoint = endpoint::checked("AWS_ENDPOINT_URL_STS", &url)?;
        let region = if region == GLOBAL { partition::AWS.global_region } else { region };
        let net = app.net(&HttpSettings { ca_bundle: connection.ca_bundle.clone() })?;
        let attempts = Attempts::new(&app.env, connection);
        Ok(Self { app, net, endpoint, region: region.to_owned(), attempts })
    }

    /// `GetCallerIdentity`; any credentials that work may call it.
    pub fn get_caller_identity(
        &self,
        credentials: &Credentials,
    ) -> Result<CallResult<CallerIdentity>> {
        let operation = "GetCallerIdentity";
        let answer = self.call(operation, Rule::Idempotent, &[], Some(credentials))?;
        Ok(answer.and_then(|answer| {
            caller_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))
        }))
    }

    /// `AssumeRole`, signed with the source's credentials.
    pub fn assume_role(
        &self,
        source: &Credentials,
        role: &AssumeRole,
    ) -> Result<CallResult<Credentials>> {
        let operation = "AssumeRole";
        let duration = role.duration_seconds.map(|seconds| seconds.to_string());
        let mut form = vec![("RoleArn", role.role_arn), ("RoleSessionName", role.session_name)];
        form.extend(duration.as_deref().map(|seconds| ("DurationSeconds", seconds)));
        form.extend(role.external_id.map(|id| ("ExternalId", id)));
        form.extend(role.policy.map(|policy| ("Policy", policy)));
        let names = (1..=role.policy_arns.len()).map(|n| format!("PolicyArns.member.{n}.arn"));
        let names: Vec<String> = names.collect();
        form.extend(
            names.iter().map(|name| &**name).zip(role.policy_arns.iter().map(|arn| &**arn)),
        );
        if let Some((serial, code)) = role.mfa {
            form.extend([("SerialNumber", serial), ("TokenCode", code.expose())]);
        }
        // A code of an MFA device works once.
        let once = if role.mfa.is_some() { Rule::SingleUse } else { Rule::Idempotent };
        let answer = self.call(operation, once, &form, Some(source))?;
        Ok(answer.and_then(|answer| {
            credentials_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))
        }))
    }

    /// `AssumeRoleWithWebIdentity`, which is not signed.
    pub fn assume_role_with_web_identity(
        &self,
        role: &WebIdentity,
    ) -> Result<CallResult<Credentials>> {
        let operation = "AssumeRoleWithWebIdentity";
        let form = [
            ("RoleArn", role.role_arn),
            ("RoleSessionName", role.session_name),
            ("WebIdentityToken", role.token.expose()),
        ];
        let answer = self.call(operation, Rule::Idempotent, &form, None)?;
        Ok(answer.and_then(|answer| {
            credentials_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))
        }))
    }

    fn call(
        &self,
        operation: &'static str,
        rule: Rule,
        form: &[(&str, &str)],
        credentials: Option<&Credentials>,
    ) -> Result<CallResult<Response>> {
        let mut body = format!("Action={operation}&Version={VERSION}");
        for (name, value) in form {
            body.extend(["&", name, "=", &percent::component(value)]);
        }
        let mut request = Request::new(Method::Post, self.endpoint.as_str());
        request.headers = match credentials {
            Some(credentials) => {
                let form = Form { url: &self.endpoint, region: &self.region, body: &body };
                sigv4::headers(&form, credentials, self.app.clock.now())
            }
            None => vec![("content-type", sigv4::CONTENT_TYPE.to_owned())],
        };
        let request = request.body(body);
        let http = &self.net.http;
        self.net.run(async { Ok(retry::call(http, self.attempts, operation, rule, request).await) })
    }

    fn foreign(&self, operation: &'static str, answer: &Response) -> Failure {
        Failure::foreign(operation, &retry::host_of(self.endpoint.as_str()), answer)
    }

    /// The error for a call that failed, where the caller has no better words.
    pub fn error(&self, failure: Failure) -> Error {
        let Some(error) = failure.service() else { return failure.into_error() };
        if let Some(skewed) = skewed(error, self.app.clock.now()) {
            return skewed;
        }
        let described = error.describe();
        let config = |what: &str| Error::config(what).cause(&described);
        match error.code.as_str() {
            "ExpiredToken" | "ExpiredTokenException" => {
                Error::login_required("AWS says that the credentials have expired")
                    .cause(described)
                    .hint("get new ones: run `ssoenv use PROFILE --fresh`")
            }
            "InvalidClientTokenId" | "UnrecognizedClientException" => {
                config("AWS does not know the access key")
                    .hint("it may be deleted, or of another partition: check the keys and `region`")
            }
            "SignatureDoesNotMatch" if error.message.contains("scoped to a valid region") => {
                config(&format!("STS in `{}` does not accept the Region", self.region))
                    .hint("set a Region such as `eu-central-1` in the profile or in `AWS_REGION`")
            }
            "SignatureDoesNotMatch" => config("the secret key does not fit the access key")
                .hint("copy both keys again; a blank or a line end may have crept in"),
            "RegionDisabledException" => {
                config(&format!("STS is not active in `{}` for this account", self.region))
                    .hint("let an administrator activate it, or set another `region`")
            }
            "InvalidIdentityToken" | "IDPRejectedClaim" | "IDPCommunicationError" => {
                config("STS does not accept the web identity token")
                    .hint("get a new token into the `web_identity_token_file`")
            }
            // Policies come from the call alone.
            "MalformedPolicyDocument"
            | "MalformedPolicyDocumentException"
            | "PackedPolicyTooLarge"
            | "PackedPolicyTooLargeException" => config("STS refuses the session policies")
                .hint("correct `--policy` and `--policy-arn`"),
            "ValidationError" => config(&format!("STS refuses what {} asks for", error.operation))
                .hint("correct the profile: `ssoenv profile show NAME` shows it"),
            "AccessDenied" | "AccessDeniedException" => {
                Error::denied(format!("{} is not allowed", error.operation)).cause(described)
            }
            _ => failure.into_error(),
        }
    }
}

/// Whether a custom endpoint is set: it wins over the global one too.
fn is_configured(app: &App, connection: &Connection) -> Result<bool> {
    let plain = Connection { fips: Some(false), dual_stack: Some(false), ..connection.clone() };
    let url = endpoint::base(&app.env, &plain, Service::Sts, partition::AWS.global_region)?;
    Ok(!url.ends_with(partition::AWS.dns_suffix))
}

/// The error for a signature that was refused because the clock is wrong here.
fn skewed(error: &ServiceError, now: Timestamp) -> Option<Error> {
    let about_time = error.is(&[
        "SignatureDoesNotMatch",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "InvalidSignatureException",
    ]);
    error.skewed(now, TOLERATED_SKEW).filter(|_| about_time)
}

/// The answer of `GetCallerIdentity`; `None` where that is not what it is.
pub fn caller_of(body: &[u8]) -> Option<CallerIdentity> {
    let xml = Xml::parse(body)?;
    Some(CallerIdentity {
        account_id: AccountId::new(xml.text("Account")?),
        arn: xml.text("Arn")?.to_owned(),
        user_id: xml.text("UserId")?.to_owned(),
    })
}

/// The answer of `AssumeRole` and its like; `None` where that is not what it is.
pub fn credentials_of(body: &[u8]) -> Option<Credentials> {
    let xml = Xml::parse(body)?;
    let arn = xml.text("Arn");
    let text = |name: &str| xml.text(name).filter(|text| is_credential(text));
    Some(Credentials {
        access_key_id: text("AccessKeyId")?.to_owned(),
        secret_access_key: Secret::new(text("SecretAccessKey")?),
        session_token: Some(Secret::new(text("SessionToken")?)),
        expiration: Some(Timestamp::parse(xml.text("Expiration")?)?),
        account_id: arn.and_then(arn::account).map(AccountId::from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assumed_credentials_are_read() {
        let body = b"<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
            <AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId>\
            <Arn>arn:aws:sts::123456789012:assumed-role/Deploy/me</Arn></AssumedRoleUser>\
            <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>S</SecretAccessKey>\
            <SessionToken>T==</SessionToken><Expiration>2025-01-02T03:04:05Z</Expiration>\
            </Credentials></AssumeRoleResult></AssumeRoleResponse>";
        let credentials = credentials_of(body).expect("credentials");
        assert_eq!(credentials.expiration, Some(Timestamp::from_seconds(1_735_787_045)));
        assert_eq!(credentials.account_id, Some("123456789012".into()));
        assert_eq!(credentials.session_token, Some(Secret::new("T==")));
    }

    #[test]
    fn a_wrong_clock_is_told_by_how_much() {
        let error = |code: &str, date: i64| ServiceError {
            operation: "GetCallerIdentity",
            host: "h".to_owned(),
            status: 403,
            code: code.to_owned(),
            message: String::new(),
            retry_after: None,
            date: Some(Timestamp::from_seconds(date)),
        };
        let now = Timestamp::from_seconds(100_000);
        let told = |code: &str, date| skewed(&error(code, date), now).map(|e| e.what);
        let behind = "the clock of this machine is 16 minutes behind".to_owned();
        assert_eq!(told("SignatureDoesNotMatch", 101_000), Some(behind));
        assert!(told("RequestExpired", 90_000).is_some_and(|what| what.ends_with("ahead")));
        assert_eq!(told("SignatureDoesNotMatch", 100_100), None);
        assert_eq!(told("AccessDenied", 0), None);
    }
}
