//! Getting a token from a person: which flow, and what both flows share.

pub mod callback;
mod device;
mod page;
pub mod paste;
mod pkce;
mod refused;

use std::cell::Cell;
use std::time::Duration;

use crate::domain::names::ProfileName;
use crate::domain::profile::{Connection, SsoSession};
use crate::domain::token::{AccessToken, ClientRegistration};
use crate::domain::words::Flow;
use crate::domain::{Error, Result};
use crate::identity::instance::start_url::{self, Resolved};
use crate::identity::instance::wrong_region;
use crate::identity::store::tokens;
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::oidc::{Oidc, Registration, Token};
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::retry::Attempts;
use crate::io::http::HttpSettings;
use crate::io::runtime::Net;
use crate::io::{App, browser};

/// What the user allows and wants of a login.
#[derive(Clone, Debug)]
pub struct LoginPolicy {
    /// `false` for `--no-login`: a person is never asked.
    pub allow_login: bool,
    /// `--device-code`.
    pub device_code: bool,
    /// `--no-browser`.
    pub no_browser: bool,
    /// `--port` of the redirect listener.
    pub port: Option<u16>,
    /// `--force`: a good token does not count.
    pub force: bool,
    /// The setting `login_flow`.
    pub flow: Flow,
    /// The command of the settings that opens a browser.
    pub browser: Option<String>,
}

impl LoginPolicy {
    /// Whatever works here, by the rules alone.
    pub const fn allowed() -> Self {
        Self {
            allow_login: true,
            device_code: false,
            no_browser: false,
            port: None,
            force: false,
            flow: Flow::Auto,
            browser: None,
        }
    }

    /// Never a login.
    pub fn never() -> Self {
        Self { allow_login: false, ..Self::allowed() }
    }
}

/// How a person can be reached from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A browser on this machine comes back by itself.
    Browser,
    /// The person opens the URL elsewhere and pastes the address that it ends on.
    Paste,
    /// The person types a code, on any device.
    Device,
}

/// How long a person may take.
pub fn patience(app: &App) -> Duration {
    let seconds = app.env.digits("SSOENV_LOGIN_TIMEOUT").unwrap_or(TIMEOUT_SECONDS);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX).clamp(1, 86_400))
}

/// Everything that a login needs.
struct Context<'a> {
    app: &'a App,
    session: &'a SsoSession,
    policy: &'a LoginPolicy,
    profile: Option<&'a ProfileName>,
    wrong_place: &'a Cell<bool>,
    oidc: Oidc<'a>,
    resolved: Resolved,
}

/// The end of a flow: a token and the client that owns it; or the wish for the other flow.
enum Flown {
    Token(Token, ClientRegistration),
    Device,
}

/// The longest that a person may take, in seconds; `SSOENV_LOGIN_TIMEOUT` changes it.
const TIMEOUT_SECONDS: i64 = 10 * 60;

/// Logs in and gives the new token, which the caller writes. The session's lock is held.
///
/// # Errors
/// `LoginRequired` where nobody can be asked, `Failed` where the person refuses, takes too long or
/// pastes the answer of another login, `Config` for a wrong start URL or Region, `Service`.
pub fn log_in(
    app: &App,
    session: &SsoSession,
    connection: &Connection,
    policy: &LoginPolicy,
    profile: Option<&ProfileName>,
) -> Result<AccessToken> {
    let way = choose(app, session, policy, profile)?;
    // Nobody is asked for a login that cannot be kept.
    tokens::check_writable(app, session)?;
    let settings = HttpSettings { ca_bundle: connection.ca_bundle.clone() };
    let net = app.net(&settings)?;
    let wrong_place = Cell::new(false);
    let request = Asked { app, session, connection, policy, profile, wrong_place: &wrong_place };
    match net.run(run(&net, request, way)) {
        Err(error) if wrong_place.get() => {
            Err(wrong_region::explain(app, session, connection, profile, error)?)
        }
        result => result,
    }
}

/// Who wants to log in where, and how.
#[derive(Clone, Copy)]
struct Asked<'a> {
    app: &'a App,
    session: &'a SsoSession,
    connection: &'a Connection,
    policy: &'a LoginPolicy,
    profile: Option<&'a ProfileName>,
    /// Set when the service does not know the start URL, or the Region may be misspelt.
    wrong_place: &'a Cell<bool>,
}

async fn run(net: &Net, asked: Asked<'_>, way: Way) -> Result<AccessToken> {
    let Asked { app, session, connection, policy, profile, wrong_place } = asked;
    let resolved = start_url::resolve(&net.http, session).await?;
    let region = resolved.region.to_string();
    let context = Context {
        app,
        session,
        policy,
        profile,
        wrong_place,
        oidc: Oidc {
            http: &net.http,
            endpoint: endpoint::base(&app.env, connection, Service::Oidc, &region)?,
            attempts: Attempts::new(&app.env),
        },
        resolved,
    };
    let flown = match way {
        Way::Browser => pkce::run(&context, true).await?,
        Way::Paste => pkce::run(&context, false).await?,
        Way::Device => Flown::Device,
    };
    let (token, client) = match flown {
        Flown::Token(token, client) => (token, client),
        Flown::Device => device::run(&context).await?,
    };
    Ok(AccessToken {
        access_token: token.access_token,
        // Computed after the answer, so that the service's clock does not matter.
        expires_at: app.clock.now().plus(token.expires_in),
        refresh_token: token.refresh_token,
        client: Some(client),
        start_url: Some(session.start_url.clone()),
        region: Some(context.resolved.region.to_string()),
    })
}

/// Chooses how to reach a person.
fn choose(
    app: &App,
    session: &SsoSession,
    policy: &LoginPolicy,
    profile: Option<&ProfileName>,
) -> Result<Way> {
    let browser = !policy.no_browser && browser::is_available(app, policy.browser.as_deref());
    let terminal = app.term.can_ask();
    if policy.device_code {
        return Ok(Way::Device);
    }
    if !browser && !terminal {
        return Err(nobody_here(session, profile));
    }
    Ok(if policy.flow == Flow::Device || session.name.is_none() {
        Way::Device
    } else if browser {
        Way::Browser
    } else {
        Way::Paste
    })
}

fn nobody_here(session: &SsoSession, profile: Option<&ProfileName>) -> Error {
    let command = session.login_command(profile);
    Error::login_required(format!("a login to `{}` is needed", session.label()))
        .cause("there is neither a terminal nor a browser here")
        .hint(format!("run `{command}` in a terminal, then run this again"))
        .hint(format!("or run `{command} --device-code` and open its URL on any device"))
}

impl Context<'_> {
    fn deadline(&self) -> Duration {
        patience(self.app)
    }

    /// A client from the cache, or a new one.
    async fn client(&self, registration: Registration<'_>) -> Result<ClientRegistration> {
        let code = matches!(registration, Registration::Code { .. });
        if let Some(client) = tokens::load_registration(self.app, self.session, code)? {
            return Ok(client);
        }
        let name = match &self.session.name {
            Some(name) => format!("ssoenv-{name}"),
            None => "ssoenv".to_owned(),
        };
        let client = self
            .oidc
            .register_client(&name, registration)
            .await
            .map_err(|failure| self.refused(failure))?;
        tokens::save_registration(self.app, self.session, &client)?;
        Ok(client)
    }

    /// Drops a registration that the service does not know any more.
    fn forget_client(&self) -> Result<()> {
        log::info!("the service does not know the registered client: registering anew");
        tokens::remove_registration(self.app, self.session).map(drop)
    }

    fn command(&self) -> String {
        self.session.login_command(self.profile)
    }
}

/// Whether the service does not know, or no longer accepts, the client.
fn is_client_unknown(failure: &Failure) -> bool {
    failure
        .service()
        .is_some_and(|error| error.is(&["InvalidClientException", "UnauthorizedClientException"]))
}
