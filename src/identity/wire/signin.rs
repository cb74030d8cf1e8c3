//! AWS Sign-In, as `aws login` uses it: the page that a browser opens, and `CreateOAuth2Token`,
//! which gives short-lived console credentials and a refresh token that is bound to a key.

use serde_json::{Value, json};
use url::Url;

use crate::domain::profile::Connection;
use crate::domain::secret::Secret;
use crate::domain::{Result, percent};
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::json::object;
use crate::identity::wire::proof::ProofKey;
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::{self, Attempts, Rule};
use crate::io::App;
use crate::io::http::{Http, Method, Request};

/// The client of a login whose browser is on this machine. Nothing is registered for it.
pub const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
/// The client of a login whose code a person carries here.
pub const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
/// The page that shows such a code.
const CONFIRMATION: &str = "/v1/sessions/confirmation";
const OPERATION: &str = "CreateOAuth2Token";

/// AWS Sign-In in one Region.
pub struct SignIn<'a> {
    app: &'a App,
    http: &'a Http,
    endpoint: String,
    attempts: Attempts,
}

/// What credentials are given for. Each works once.
#[derive(Clone, Copy, Debug)]
pub enum Grant<'a> {
    /// The end of a login.
    AuthorizationCode {
        /// From the redirect, or pasted.
        code: &'a Secret,
        /// The same text as in the authorize URL.
        redirect_uri: &'a str,
        /// The secret behind the challenge.
        verifier: &'a Secret,
    },
    /// From the answer before.
    RefreshToken(&'a Secret),
}

/// The answer of `CreateOAuth2Token`.
#[derive(Clone, Debug)]
pub struct Token {
    /// `accessKeyId`.
    pub access_key_id: String,
    /// `secretAccessKey`.
    pub secret_access_key: Secret,
    /// `sessionToken`.
    pub session_token: Secret,
    /// As it came: AWS writes more than one name for the same.
    pub token_type: String,
    /// Seconds from now.
    pub expires_in: i64,
    /// To be sent the next time, instead of the one before.
    pub refresh_token: Secret,
    /// Only at a login: who signed in.
    pub id_token: Option<Secret>,
}

/// What the browser is sent to.
#[derive(Clone, Copy, Debug)]
pub struct Authorize<'a> {
    /// [`SAME_DEVICE`] or [`CROSS_DEVICE`].
    pub client_id: &'a str,
    /// Where the answer goes.
    pub redirect_uri: &'a str,
    /// Random, compared when the answer comes.
    pub state: &'a str,
    /// Base64url of the verifier's SHA-256.
    pub code_challenge: &'a str,
}

impl<'a> SignIn<'a> {
    /// The client for a Region, by the rules for endpoints.
    pub fn new(
        app: &'a App,
        http: &'a Http,
        connection: &Connection,
        region: &str,
    ) -> Result<Self> {
        let endpoint = endpoint::base(&app.env, connection, Service::SignIn, region)?;
        Ok(Self { app, http, endpoint, attempts: Attempts::new(&app.env, connection) })
    }

    /// The redirect address of a login on another device.
    pub fn confirmation(&self) -> String {
        format!("{}{CONFIRMATION}", self.origin())
    }

    /// The address for the browser, its parameters in the AWS CLI's order.
    pub fn authorize_url(&self, authorize: Authorize) -> String {
        let encode = percent::component;
        format!(
            "{}/v1/authorize?response_type=code&client_id={}&state={}\
             &code_challenge_method=SHA-256&scope=openid&redirect_uri={}&code_challenge={}",
            self.origin(),
            encode(authorize.client_id),
            encode(authorize.state),
            encode(authorize.redirect_uri),
            encode(authorize.code_challenge),
        )
    }

    /// Scheme and host: as in the AWS CLI, the path of a custom endpoint does not count.
    fn origin(&self) -> String {
        Url::parse(&self.endpoint)
            .map_or_else(|_| self.endpoint.clone(), |url| url.origin().ascii_serialization())
    }

    /// `CreateOAuth2Token`. Each attempt has a proof of its own.
    pub async fn create_token(
        &self,
        client_id: &str,
        key: &ProofKey,
        grant: Grant<'_>,
    ) -> CallResult<Token> {
        let url = format!("{}/v1/token", self.origin());
        let body = match grant {
            Grant::AuthorizationCode { code, redirect_uri, verifier } => json!({
                "clientId": client_id,
                "grantType": "authorization_code",
                "code": code.expose(),
                "codeVerifier": verifier.expose(),
                "redirectUri": redirect_uri,
            }),
            Grant::RefreshToken(token) => json!({
                "clientId": client_id,
                "grantType": "refresh_token",
                "refreshToken": token.expose(),
            }),
        };
        let body = body.to_string();
        let request = || {
            Request::new(Method::Post, &url)
                .header("content-type", "application/json")
                .header("dpop", key.sign(&url, self.app.clock.now()))
                .body(body.clone())
        };
        let answer = retry::each(self.http, self.attempts, OPERATION, Rule::SingleUse, request);
        let answer = answer.await?;
        token_of(&answer.body)
            .ok_or_else(|| Failure::foreign(OPERATION, &retry::host_of(&url), &answer))
    }
}

fn token_of(body: &[u8]) -> Option<Token> {
    let fields = object(body)?;
    let keys = fields.get("accessToken")?;
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Some(Token {
        access_key_id: text(keys.get("accessKeyId"))?,
        secret_access_key: text(keys.get("secretAccessKey")).map(Secret::new)?,
        session_token: text(keys.get("sessionToken")).map(Secret::new)?,
        token_type: text(fields.get("tokenType"))?,
        expires_in: fields.get("expiresIn")?.as_i64().filter(|seconds| *seconds > 0)?,
        refresh_token: text(fields.get("refreshToken")).map(Secret::new)?,
        id_token: text(fields.get("idToken")).map(Secret::new),
    })
}

#[cfg(test)]
mod tests {
    use super::token_of;

    #[test]
    fn answers_have_keys_and_a_refresh_token() {
        let body = r#"{"accessToken": {"accessKeyId": "ASIA", "secretAccessKey": "S",
            "sessionToken": "T"}, "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "R"}"#;
        let token = token_of(body.as_bytes()).expect("a token");
        assert_eq!((token.expires_in, token.id_token), (900, None));
        for (from, to) in [
            ("\"T\"", "\"\""),
            ("900", "0"),
            ("900", "\"900\""),
            ("refreshToken", "refresh_token"),
            ("accessToken", "access_token"),
        ] {
            assert!(token_of(body.replace(from, to).as_bytes()).is_none(), "{from} {to}");
        }
    }
}
