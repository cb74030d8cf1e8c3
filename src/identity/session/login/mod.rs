//! A token from a person: how the person can be reached, and the flow that follows from it.

pub mod callback;
pub mod console;
mod context;
mod device;
mod page;
pub mod paste;
mod pkce;
mod wrong_region;

use std::cell::Cell;

use self::context::{Context, Flown};
use crate::domain::Result;
use crate::domain::token::AccessToken;
use crate::domain::words::Flow;
use crate::identity::instance::start_url;
use crate::identity::session::request::SessionRequest;
use crate::identity::store::tokens;
use crate::identity::wire::endpoint;
use crate::identity::wire::oidc::Oidc;
use crate::io::http::Http;
use crate::io::{App, browser};

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

/// Logs in and gives the new token, which the caller writes. The session's lock is held.
///
/// # Errors
/// `LoginRequired` where nobody can be asked, `Failed` where the person refuses, takes too long or
/// pastes the answer of another login, `Config` for a wrong start URL or Region, `Service`.
pub fn log_in(app: &App, request: SessionRequest) -> Result<AccessToken> {
    let way = choose(app, request)?;
    // Nobody is asked for a login that cannot be kept.
    tokens::check_writable(app, request.session)?;
    let net = app.net(&endpoint::http(request.connection))?;
    let wrong_place = Cell::new(false);
    match net.run(run(app, &net.http, request, way, &wrong_place)) {
        Err(error) if wrong_place.get() => Err(wrong_region::explain(app, request, error)?),
        result => result,
    }
}

async fn run(
    app: &App,
    http: &Http,
    request: SessionRequest<'_>,
    way: Way,
    wrong_place: &Cell<bool>,
) -> Result<AccessToken> {
    let resolved = start_url::resolve(http, request.session).await?;
    let region = resolved.region.to_string();
    let oidc = Oidc::new(&app.env, http, request.connection, &region)?;
    let context = Context { app, request, wrong_place, oidc, resolved };
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
        start_url: Some(request.session.start_url.clone()),
        region: Some(region),
    })
}

fn choose(app: &App, request: SessionRequest) -> Result<Way> {
    let policy = request.policy;
    let configured = policy.browser_of(request.session);
    let browser = !policy.no_browser && browser::is_available(app, configured.as_deref());
    if policy.device_code {
        return Ok(Way::Device);
    }
    if !browser && !app.term.can_ask() {
        return Err(request.nobody_here());
    }
    Ok(if policy.flow == Flow::Device || request.session.name.is_none() {
        Way::Device
    } else if browser {
        Way::Browser
    } else {
        Way::Paste
    })
}
