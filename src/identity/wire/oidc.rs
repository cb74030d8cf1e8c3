//! The OIDC service of IAM Identity Center: registrations, device codes, tokens. Unsigned
//! REST-JSON over POST.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};
use url::Url;

use crate::domain::Result;
use crate::domain::profile::Connection;
use crate::domain::secret::Secret;
use crate::domain::token::ClientRegistration;
use crate::identity::wire::answer::{is_credential, moment};
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::json::object;
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::{self, Attempts, Rule};
use crate::io::env::Env;
use crate::io::http::{Http, Method, Request, Response, is_loopback};

/// The scope that is asked for where the session names none.
pub const DEFAULT_SCOPE: &str = "sso:account:access";
/// What is registered; the real redirect address adds a port (RFC 8252 §7.3).
pub const REGISTERED_REDIRECT: &str = "http://127.0.0.1/oauth/callback";
/// The path of the redirect address.
pub const REDIRECT_PATH: &str = "/oauth/callback";
/// The grants of the code flow, as registration files of the AWS CLI name them.
const CODE_GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];
const GRANT_DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A client for one OIDC endpoint.
#[derive(Clone, Debug)]
pub struct Oidc<'a> {
    /// The HTTP client.
    pub http: &'a Http,
    /// Base URL without a slash at the end.
    pub endpoint: String,
    /// How often a call is tried.
    pub attempts: Attempts,
}

/// What a client is registered for.
#[derive(Clone, Copy, Debug)]
pub enum Registration<'a> {
    /// Device code; scopes as configured, none if none are.
    Device(Option<&'a [String]>),
    /// Authorization code with PKCE, for the portal with this (resolved) start URL.
    Code {
        /// `issuerUrl`.
        issuer: &'a str,
        /// At least one.
        scopes: &'a [String],
    },
}

/// `StartDeviceAuthorization`'s answer.
#[derive(Clone, Debug)]
pub struct DeviceAuthorization {
    /// Sent with every poll.
    pub device_code: Secret,
    /// What the person compares or types.
    pub user_code: String,
    /// Where to type it.
    pub verification_uri: String,
    /// The same with the code in it.
    pub verification_uri_complete: String,
    /// Seconds.
    pub expires_in: u64,
    /// Seconds between polls; 5 where the service names none.
    pub interval: u64,
}

/// `CreateToken`'s answer.
#[derive(Clone, Debug)]
pub struct Token {
    /// The bearer token.
    pub access_token: Secret,
    /// Seconds from now.
    pub expires_in: i64,
    /// The next refresh token, if the service gave one.
    pub refresh_token: Option<Secret>,
}

/// One of `CreateToken`'s grants.
#[derive(Clone, Copy, Debug)]
pub enum Grant<'a> {
    /// Polled until the person has decided.
    DeviceCode(&'a Secret),
    /// Works once.
    AuthorizationCode {
        /// From the redirect.
        code: &'a Secret,
        /// The same text as in the authorize URL.
        redirect_uri: &'a str,
        /// The secret behind the challenge.
        verifier: &'a Secret,
    },
    /// Works once.
    RefreshToken(&'a Secret),
}

impl<'a> Oidc<'a> {
    /// A client for the Region's endpoint.
    pub fn new(env: &Env, http: &'a Http, connection: &Connection, region: &str) -> Result<Self> {
        let endpoint = endpoint::base(env, connection, Service::Oidc, region)?;
        Ok(Self { http, endpoint, attempts: Attempts::new(env, connection) })
    }
}

impl Oidc<'_> {
    /// `RegisterClient`.
    pub async fn register_client(
        &self,
        name: &str,
        registration: Registration<'_>,
    ) -> CallResult<ClientRegistration> {
        let operation = "RegisterClient";
        let (answer, grant_types, scopes) = match registration {
            Registration::Device(scopes) => {
                let body = registration_body(name, scopes, None);
                let path = "/client/register";
                let answer = self.post(path, operation, Rule::Idempotent, body).await?;
                (answer, Vec::new(), scopes.map(<[String]>::to_vec))
            }
            Registration::Code { issuer, scopes } => {
                let answer = self.register_for_code(name, issuer, scopes).await?;
                let grants = CODE_GRANTS.map(ToOwned::to_owned).to_vec();
                (answer, grants, Some(scopes.to_vec()))
            }
        };
        let client = client_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))?;
        Ok(ClientRegistration { grant_types, scopes, ..client })
    }

    /// Registers for the code flow, and for device code too if the service has it: AWS CLIs older
    /// than 2.22 find this registration under the name of theirs and use it for their device flow.
    async fn register_for_code(
        &self,
        name: &str,
        issuer: &str,
        scopes: &[String],
    ) -> CallResult<Response> {
        let (operation, path) = ("RegisterClient", "/client/register");
        let grants = [CODE_GRANTS[0], CODE_GRANTS[1], GRANT_DEVICE];
        let body = registration_body(name, Some(scopes), Some((issuer, &grants)));
        match self.post(path, operation, Rule::Idempotent, body).await {
            Err(Failure::Service(error)) if error.status == 400 && !error.is_throttling() => {
                let body = registration_body(name, Some(scopes), Some((issuer, &CODE_GRANTS)));
                self.post(path, operation, Rule::Idempotent, body).await
            }
            answer => answer,
        }
    }

    /// `StartDeviceAuthorization`.
    pub async fn start_device_authorization(
        &self,
        client: &ClientRegistration,
        start_url: &str,
    ) -> CallResult<DeviceAuthorization> {
        let mut body = credentials(client);
        body.insert("startUrl".into(), start_url.into());
        let operation = "StartDeviceAuthorization";
        let answer = self.post("/device_authorization", operation, Rule::Idempotent, body).await?;
        device_authorization_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))
    }

    /// `CreateToken`.
    pub async fn create_token(
        &self,
        client: &ClientRegistration,
        grant: Grant<'_>,
    ) -> CallResult<Token> {
        let mut body = Map::new();
        let mut fields = credentials(client);
        let rule = match grant {
            Grant::DeviceCode(code) => {
                body.insert("grantType".into(), GRANT_DEVICE.into());
                fields.insert("deviceCode".into(), code.expose().into());
                Rule::Poll
            }
            Grant::AuthorizationCode { code, redirect_uri, verifier } => {
                body.insert("grantType".into(), "authorization_code".into());
                fields.insert("redirectUri".into(), redirect_uri.into());
                fields.insert("codeVerifier".into(), verifier.expose().into());
                fields.insert("code".into(), code.expose().into());
                Rule::SingleUse
            }
            Grant::RefreshToken(token) => {
                body.insert("grantType".into(), "refresh_token".into());
                fields.insert("refreshToken".into(), token.expose().into());
                Rule::SingleUse
            }
        };
        body.append(&mut fields);
        let operation = "CreateToken";
        let answer = self.post("/token", operation, rule, body).await?;
        token_of(&answer.body).ok_or_else(|| self.foreign(operation, &answer))
    }

    async fn post(
        &self,
        path: &str,
        operation: &'static str,
        rule: Rule,
        body: Map<String, Value>,
    ) -> CallResult<Response> {
        let request = Request::new(Method::Post, format!("{}{path}", self.endpoint))
            .header("content-type", "application/json")
            .body(Value::Object(body).to_string());
        retry::call(self.http, self.attempts, operation, rule, request).await
    }

    fn foreign(&self, operation: &'static str, answer: &Response) -> Failure {
        Failure::foreign(operation, &retry::host_of(&self.endpoint), answer)
    }
}

/// Seconds that a token may live: no session of AWS lasts a year.
const LIFE: RangeInclusive<i64> = 0..=366 * 24 * 60 * 60;

/// Whether a browser may be given this: `https`, or `http` to this machine, and nothing that an
/// opener could take for an option or another scheme.
fn is_web_address(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_graphic());
    plain
        && Url::parse(text).is_ok_and(|url| match url.scheme() {
            "https" => url.has_host(),
            "http" => is_loopback(&url),
            _ => false,
        })
}

/// The answer of `RegisterClient`, which does not say what for; `None` where it is something else.
pub fn client_of(body: &[u8]) -> Option<ClientRegistration> {
    let fields = object(body)?;
    Some(ClientRegistration {
        client_id: fields.get("clientId")?.as_str().filter(|text| is_credential(text))?.to_owned(),
        client_secret: Secret::new(
            fields.get("clientSecret")?.as_str().filter(|text| is_credential(text))?,
        ),
        expires_at: Some(moment(fields.get("clientSecretExpiresAt")?.as_i64()?)?),
        grant_types: Vec::new(),
        scopes: None,
    })
}

/// The answer of `StartDeviceAuthorization`; `None` where that is not what it is.
pub fn device_authorization_of(body: &[u8]) -> Option<DeviceAuthorization> {
    let fields = object(body)?;
    let text = |name: &str| Some(fields.get(name)?.as_str()?.to_owned());
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    let verification_uri = text("verificationUri").filter(|text| is_web_address(text))?;
    Some(DeviceAuthorization {
        device_code: Secret::new(text("deviceCode")?),
        user_code: text("userCode").filter(|text| is_credential(text))?,
        verification_uri_complete: text("verificationUriComplete")
            .filter(|text| is_web_address(text))
            .unwrap_or_else(|| verification_uri.clone()),
        verification_uri,
        expires_in: number("expiresIn").unwrap_or(600),
        interval: number("interval").unwrap_or(5),
    })
}

/// The answer of `CreateToken`; `None` where that is not what it is.
pub fn token_of(body: &[u8]) -> Option<Token> {
    let fields = object(body)?;
    let refresh = fields.get("refreshToken").and_then(Value::as_str);
    Some(Token {
        access_token: Secret::new(
            fields.get("accessToken")?.as_str().filter(|text| is_credential(text))?,
        ),
        expires_in: fields.get("expiresIn")?.as_i64().filter(|seconds| LIFE.contains(seconds))?,
        refresh_token: refresh.filter(|text| !text.is_empty()).map(Secret::new),
    })
}

fn registration_body(
    name: &str,
    scopes: Option<&[String]>,
    code: Option<(&str, &[&str])>,
) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("clientName".into(), name.into());
    body.insert("clientType".into(), "public".into());
    if let Some((issuer, grants)) = code {
        body.insert("grantTypes".into(), json!(grants));
        body.insert("redirectUris".into(), json!([REGISTERED_REDIRECT]));
        body.insert("issuerUrl".into(), issuer.into());
    }
    if let Some(scopes) = scopes {
        body.insert("scopes".into(), json!(scopes));
    }
    body
}

fn credentials(client: &ClientRegistration) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("clientId".into(), client.client_id.clone().into());
    body.insert("clientSecret".into(), client.client_secret.expose().into());
    body
}
