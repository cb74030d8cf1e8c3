//! Device code (RFC 8628): a code that the person confirms on any device, while this polls.

use std::time::Duration;

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use super::context::Context;
use crate::domain::Result;
use crate::domain::secret::Secret;
use crate::domain::token::ClientRegistration;
use crate::identity::wire::oidc::{DeviceAuthorization, Grant, Registration, Token};
use crate::io::browser;
use crate::io::door::Door;
use crate::io::server::Listener;
use crate::io::term;

/// Seconds that `slow_down` adds to the interval, for the rest of the flow.
const SLOW_DOWN: u64 = 5;

/// Runs the flow; with a client that the service no longer knows, once more with a new one.
pub async fn run(context: &Context<'_>) -> Result<(Token, ClientRegistration)> {
    if let Some(done) = attempt(context).await? {
        return Ok(done);
    }
    context.forget_client()?;
    attempt(context).await?.ok_or_else(|| context.unknown_client())
}

/// One round; `None` where the service does not know the client.
async fn attempt(context: &Context<'_>) -> Result<Option<(Token, ClientRegistration)>> {
    let scopes = context.request.session.scopes.as_deref().filter(|scopes| !scopes.is_empty());
    let client = context.client(Registration::Device(scopes)).await?;
    let start_url = &context.resolved.start_url;
    let authorization = match context.oidc.start_device_authorization(&client, start_url).await {
        Ok(authorization) => authorization,
        Err(failure) if failure.is_unknown_client() => return Ok(None),
        Err(failure) => return Err(context.refused(failure)),
    };
    let browsed = show(context, &authorization);
    tokio::select! {
        done = poll(context, client, &authorization) => done,
        never = browsed => never,
    }
}

/// Asks for the token until the person has decided; `None` where the service does not know the
/// client.
async fn poll(
    context: &Context<'_>,
    client: ClientRegistration,
    authorization: &DeviceAuthorization,
) -> Result<Option<(Token, ClientRegistration)>> {
    let clock = &context.app.clock;
    let patience = context.deadline().min(Duration::from_secs(authorization.expires_in));
    let deadline = clock.deadline(patience);
    let mut interval = authorization.interval.max(1);
    loop {
        // However long the service asks to wait, the person's time ends first.
        clock.sleep(Duration::from_secs(interval).min(deadline.left())).await;
        if deadline.has_passed() {
            return Err(context.too_late());
        }
        let grant = Grant::DeviceCode(&authorization.device_code);
        let failure = match context.oidc.create_token(&client, grant).await {
            Ok(token) => return Ok(Some((token, client))),
            Err(failure) => failure,
        };
        match failure.service().map(|error| error.code.as_str()) {
            Some("AuthorizationPendingException") => {}
            Some("SlowDownException") => interval = interval.saturating_add(SLOW_DOWN),
            _ if failure.is_unknown_client() => return Ok(None),
            _ => return Err(context.refused(failure)),
        }
    }
}

/// Shows code and URL. What comes back leads the browser to the URL, and never ends.
fn show<T>(
    context: &Context<'_>,
    authorization: &DeviceAuthorization,
) -> impl Future<Output = T> + use<T> {
    let term = &context.app.term;
    let url = &authorization.verification_uri_complete;
    term.say(&format!(
        "To log in to `{}`, open {} on any device and enter this code:",
        context.label(),
        authorization.verification_uri
    ));
    term.say("");
    term.say(&format!("    {}", authorization.user_code));
    term.say("");
    if let Some(code) = qr(url).filter(|code| term.stderr_is_terminal() && fits(code)) {
        term.say_block(&code);
    }
    term.say(&format!("Or open {url} and compare the code there with this one."));
    let door = browse(context, authorization);
    async move {
        if let Some((listener, door)) = door
            && let Err(error) = door.pass(&listener).await
        {
            log::info!("the browser was not led to the login: {error}");
        }
        std::future::pending().await
    }
}

/// Opens the URL in a browser, if there is one, through a door on a port of its own. The URL is shown
/// in any case. A browser that no port of this machine is open to gets the page's URL itself, without
/// the code, which nobody else may read in its arguments.
fn browse(context: &Context<'_>, authorization: &DeviceAuthorization) -> Option<(Listener, Door)> {
    let (app, policy) = (context.app, context.request.policy);
    let configured = policy.browser_of(context.request.session);
    let configured = configured.as_deref();
    if policy.no_browser || !browser::is_available(app, configured) {
        return None;
    }
    let door = || {
        let listener = Listener::bind(None).ok()?;
        let to = Secret::new(&*authorization.verification_uri_complete);
        Door::new(&listener, to).ok().map(|door| (listener, door))
    };
    if !browser::may_be_elsewhere(&app.env)
        && let Some((listener, door)) = door()
    {
        let opened = browser::open(app, configured, &door.address());
        return opened.then_some((listener, door));
    }
    browser::open(app, configured, &authorization.verification_uri);
    None
}

/// Lines of words around the QR code, a long URL's second one, and the cursor's.
const WORDS: usize = 8;

/// Whether there is room for the QR code and the words around it: the code stays in sight.
fn fits(qr: &str) -> bool {
    let (columns, rows) = term::size();
    let width = qr.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    width <= columns && qr.lines().count() + WORDS <= rows
}

/// The URL as a QR code of half blocks, light on dark so that most terminals show it right.
fn qr(url: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(url, EcLevel::L).ok()?;
    let image = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Dark)
        .light_color(Dense1x2::Light)
        .quiet_zone(true)
        .build();
    Some(image + "\n\n")
}
