//! Authorization code with PKCE: a browser here that comes back to a loopback listener, or one
//! elsewhere whose last address is pasted.

use super::callback::{self, Answer};
use super::context::{Context, Flown};
use super::paste::{self, Pasted};
use crate::domain::pkce::Pkce;
use crate::domain::secret::Secret;
use crate::domain::token::ClientRegistration;
use crate::domain::{Error, Result};
use crate::identity::wire::endpoint::Authorize;
use crate::identity::wire::oidc::{DEFAULT_SCOPE, Grant, REDIRECT_PATH, Registration};
use crate::io::door::Door;
use crate::io::server::Listener;
use crate::io::tty::HiddenLines;
use crate::io::{browser, random};

/// Runs the flow; with a client that the service no longer knows, once more with a new one.
pub async fn run(context: &Context<'_>, with_browser: bool) -> Result<Flown> {
    // Bound before anything else: a port that is taken is told before a page opens.
    let listener = callback::listen(context.request.policy.port, "--device-code")?;
    if let Some(flown) = attempt(context, &listener, with_browser).await? {
        return Ok(flown);
    }
    context.forget_client()?;
    attempt(context, &listener, with_browser).await?.ok_or_else(|| context.unknown_client())
}

/// One round; `None` where the service does not know the client.
async fn attempt(
    context: &Context<'_>,
    listener: &Listener,
    with_browser: bool,
) -> Result<Option<Flown>> {
    let scopes = match &context.request.session.scopes {
        Some(scopes) if !scopes.is_empty() => scopes.clone(),
        _ => vec![DEFAULT_SCOPE.to_owned()],
    };
    let issuer = &context.resolved.start_url;
    let client = context.client(Registration::Code { issuer, scopes: &scopes }).await?;
    let pkce = Pkce::new(&random::bytes()?);
    let state = Secret::new(random::uuid4()?);
    let redirect_uri = format!("http://127.0.0.1:{}{REDIRECT_PATH}", listener.port);
    let url = Authorize {
        oidc: &context.oidc.endpoint,
        client_id: &client.client_id,
        redirect_uri: &redirect_uri,
        state: state.expose(),
        scopes: &scopes,
        code_challenge: &pkce.challenge,
    }
    .url();
    let code = match answer(context, listener, &state, &url, with_browser).await? {
        Answer::Code(code) => code,
        Answer::Denied(words) => return Err(context.denied(&words)),
        Answer::Device => return Ok(Some(Flown::Device)),
    };
    exchange(context, client, &Granted { code, redirect_uri, verifier: pkce.verifier }).await
}

/// What the token is given for.
struct Granted {
    code: Secret,
    redirect_uri: String,
    verifier: Secret,
}

async fn exchange(
    context: &Context<'_>,
    client: ClientRegistration,
    given: &Granted,
) -> Result<Option<Flown>> {
    let grant = Grant::AuthorizationCode {
        code: &given.code,
        redirect_uri: &given.redirect_uri,
        verifier: &given.verifier,
    };
    match context.oidc.create_token(&client, grant).await {
        Ok(token) => Ok(Some(Flown::Token(token, client))),
        Err(failure) if failure.is_unknown_client() => Ok(None),
        Err(failure) => Err(context.refused(failure)),
    }
}

/// Shows the URL and waits for what comes back: at the listener, or at the terminal.
async fn answer(
    context: &Context<'_>,
    listener: &Listener,
    state: &Secret,
    url: &str,
    with_browser: bool,
) -> Result<Answer> {
    let app = context.app;
    let label = context.label();
    let door = Door::new(listener, Secret::new(url))?;
    let configured = context.request.policy.browser_of(context.request.session);
    let opened = with_browser && browser::open(app, configured.as_deref(), &door.address());
    let mut lines = None;
    if opened {
        app.term.say(&format!(
            "Logging in to `{label}` in the browser. If the browser does not open, visit:"
        ));
        app.term.say(url);
    } else {
        if with_browser && !app.term.can_ask() {
            return Err(context.request.nobody_here().cause("the browser could not be started"));
        }
        app.term.say(&format!("To log in to `{label}`, open this URL in any browser:"));
        app.term.say(url);
        app.term.say(
            "After you approve, the browser may show an error page for 127.0.0.1. Copy the address \
             from its address bar, paste it here (it stays hidden) and press Enter. For a code \
             instead, type d and press Enter:",
        );
        lines = HiddenLines::start();
    }
    let came_back = callback::wait(listener, opened.then_some(door), state);
    let pasted = pasted(context, lines.as_mut(), state, listener.port);
    tokio::select! {
        answer = came_back => answer,
        answer = pasted => answer,
        () = app.clock.sleep(context.deadline()) => Err(context.too_late()),
    }
}

/// How often something that is no answer may be pasted.
const TRIES: u32 = 5;

async fn pasted(
    context: &Context<'_>,
    lines: Option<&mut HiddenLines>,
    state: &Secret,
    port: u16,
) -> Result<Answer> {
    let Some(lines) = lines else { return std::future::pending().await };
    let mut tries = 0;
    while let Some(line) = lines.next().await? {
        match paste::read(&line, state, port) {
            Pasted::Answer(answer) => return Ok(answer),
            Pasted::Forged => {
                return Err(Error::failed("the pasted address belongs to another login")
                    .own()
                    .cause("its `state` is not the one of this login")
                    .hint(format!(
                        "run `{}` again and use its URL",
                        context.request.login_command()
                    )));
            }
            Pasted::Nothing => {}
            Pasted::Garbage => {
                tries += 1;
                if tries >= TRIES {
                    return Err(Error::failed("what was pasted is not the answer of a login")
                        .own()
                        .hint(format!("run `{}` again", context.request.login_command())));
                }
                context.app.term.say(
                    "That is not it. Paste the whole address that starts with \
                     http://127.0.0.1, or type d:",
                );
            }
        }
    }
    Err(Error::failed("nothing was pasted")
        .own()
        .cause("the input at the terminal has ended")
        .hint(format!("run `{}` again, or with `--device-code`", context.request.login_command())))
}
