//! Console sign-in with credentials: a short-lived token, and the address that takes it.

use serde_json::{Value, json};

use crate::domain::console::Console;
use crate::domain::credentials::Credentials;
use crate::domain::percent;
use crate::domain::profile::Connection;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::wire::endpoint;
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::{self, Attempts, Rule};
use crate::io::App;
use crate::io::http::{Http, HttpSettings, Method, Request};

/// Seconds that a console session may be asked to last.
pub const DURATION: std::ops::RangeInclusive<u32> = 900..=43200;

/// Where a partition signs in: `AWS_ENDPOINT_URL_SIGNIN`, or its own host.
pub fn base(app: &App, console: &Console, region: Option<&str>) -> Result<String> {
    let ignored = endpoint::own(&app.env, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    let ignored = ignored.is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let variable = "AWS_ENDPOINT_URL_SIGNIN";
    match endpoint::own(&app.env, variable).filter(|url| !ignored && !url.is_empty()) {
        Some(url) => {
            endpoint::checked(variable, &url)?;
            Ok(url.trim_end_matches('/').to_owned())
        }
        None => Ok(format!("https://{}", console.signin_host(region))),
    }
}

/// A sign-in token for temporary credentials. A duration that the service does not take for them is
/// left out.
pub fn signin_token(
    app: &App,
    connection: &Connection,
    base: &str,
    credentials: &Credentials,
    duration: Option<u32>,
) -> Result<Secret> {
    let Some(session_token) = &credentials.session_token else {
        return Err(Error::config("long-term keys cannot sign in to the console")
            .cause("AWS gives sign-in tokens for roles only")
            .hint("use a profile with a role: `ssoenv list` shows them"));
    };
    let session = Secret::new(
        json!({
            "sessionId": credentials.access_key_id,
            "sessionKey": credentials.secret_access_key.expose(),
            "sessionToken": session_token.expose(),
        })
        .to_string(),
    );
    let net = app.net(&HttpSettings { ca_bundle: connection.ca_bundle.clone() })?;
    let attempts = Attempts::new(&app.env, connection);
    let answer = net.run(async {
        let answer = get(&net.http, attempts, base, &session, duration).await;
        let refused = answer.as_ref().err().and_then(Failure::service);
        if duration.is_some() && refused.is_some_and(|error| error.status == 400) {
            app.term.warn("the console session has the length of the role's own session");
            return Ok(get(&net.http, attempts, base, &session, None).await);
        }
        Ok(answer)
    })?;
    answer.map_err(|failure| match failure.service() {
        Some(error) if error.status == 400 => {
            Error::denied("the sign-in service does not accept the credentials")
                .cause(error.describe())
                .hint("get new ones: run `ssoenv use PROFILE --fresh`")
        }
        _ => failure.into_error(),
    })
}

async fn get(
    http: &Http,
    attempts: Attempts,
    base: &str,
    session: &Secret,
    duration: Option<u32>,
) -> CallResult<Secret> {
    let operation = "getSigninToken";
    let duration = duration.map(|seconds| format!("&SessionDuration={seconds}"));
    let url = format!(
        "{base}/federation?Action={operation}{}&Session={}",
        duration.unwrap_or_default(),
        percent::component(session.expose())
    );
    let request = Request::new(Method::Get, url);
    let answer = retry::call(http, attempts, operation, Rule::Idempotent, request).await?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let token = body.get("SigninToken").and_then(Value::as_str).filter(|token| !token.is_empty());
    token
        .map(Secret::new)
        .ok_or_else(|| Failure::foreign(operation, &retry::host_of(base), &answer))
}

/// The address that signs a browser in, once. Holds the token.
pub fn login_url(base: &str, issuer: &str, destination: &str, token: &Secret) -> Secret {
    Secret::new(format!(
        "{base}/federation?Action=login&Issuer={}&Destination={}&SigninToken={}",
        percent::component(issuer),
        percent::component(destination),
        percent::component(token.expose())
    ))
}

/// The address that ends the browser's console session first.
pub fn logout_url(base: &str, next: &Secret) -> Secret {
    Secret::new(format!(
        "{base}/oauth?Action=logout&redirect_uri={}",
        percent::component(next.expose())
    ))
}
