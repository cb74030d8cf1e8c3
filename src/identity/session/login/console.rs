//! A console login (`aws login`): a browser here that comes back to a loopback listener, or one
//! elsewhere whose page shows a code for the person to paste.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use super::callback::{self, Answer};
use super::paste::{self, Pasted};
use crate::domain::login_session::LoginSession;
use crate::domain::pkce::Pkce;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::identity::policy::patience;
use crate::identity::session::login_request::{LoginRequest, Way};
use crate::identity::store::login_sessions::{self, Login, Made};
use crate::identity::wire::endpoint;
use crate::identity::wire::oidc::REDIRECT_PATH;
use crate::identity::wire::proof::ProofKey;
use crate::identity::wire::signin::{Authorize, CROSS_DEVICE, Grant, SAME_DEVICE, SignIn, Token};
use crate::io::door::Door;
use crate::io::server::Listener;
use crate::io::tty::HiddenLines;
use crate::io::{App, browser, random};

/// Somebody has signed in; nothing is written yet.
pub struct SignedIn {
    /// The ARN of whoever it was.
    pub identity: String,
    client_id: &'static str,
    region: String,
    key: ProofKey,
    token: Token,
}

impl SignedIn {
    /// Writes the login.
    pub fn keep(self, app: &App, session: &LoginSession) -> Result<Login> {
        let made = Made { client_id: self.client_id, key: self.key, region: &self.region };
        let login = Login::new(session, made, &self.token, app.clock.now());
        login.save(app, session)?;
        Ok(login)
    }

    /// When the first credentials end.
    pub fn seconds(&self) -> i64 {
        self.token.expires_in
    }
}

/// Lets a person sign in.
///
/// # Errors
/// `LoginRequired` where nobody can be asked, `Failed` where the person refuses, takes too long or
/// pastes the answer of another login, `Denied`, `Service`.
pub fn sign_in(app: &App, request: LoginRequest) -> Result<SignedIn> {
    let way = request.way(app)?;
    // Nobody is asked for a login that cannot be kept.
    login_sessions::check_writable(app, request.session)?;
    let net = app.net(&endpoint::http(request.connection))?;
    let region = request.region_of_login(app)?;
    net.run(async {
        let service = SignIn::new(app, &net.http, request.connection, &region)?;
        run(app, request, &service, way, &region).await
    })
}

async fn run(
    app: &App,
    request: LoginRequest<'_>,
    service: &SignIn<'_>,
    way: Way,
    region: &str,
) -> Result<SignedIn> {
    let pkce = Pkce::new(&random::bytes()?);
    let state = Secret::new(random::uuid4()?);
    let key = ProofKey::generate();
    // Bound before anything else: a port that is taken is told before a page opens.
    let listener = match way {
        Way::Browser => Some(callback::listen(request.policy.port, "--no-browser")?),
        Way::Paste => None,
    };
    let (client_id, redirect_uri) = match &listener {
        Some(listener) => {
            (SAME_DEVICE, format!("http://127.0.0.1:{}{REDIRECT_PATH}", listener.port))
        }
        None => (CROSS_DEVICE, service.confirmation()),
    };
    let url = service.authorize_url(Authorize {
        client_id,
        redirect_uri: &redirect_uri,
        state: state.expose(),
        code_challenge: &pkce.challenge,
    });
    let code = match answer(app, request, listener.as_ref(), &state, &url).await? {
        Answer::Code(code) => code,
        Answer::Denied(words) => return Err(request.denied(&words)),
        Answer::Device => return Err(request.too_late()),
    };
    let grant = Grant::AuthorizationCode {
        code: &code,
        redirect_uri: &redirect_uri,
        verifier: &pkce.verifier,
    };
    let token = service.create_token(client_id, &key, grant).await;
    let token = token.map_err(|failure| request.refused(app, region, failure))?;
    let identity = token.id_token.as_ref().and_then(subject).ok_or_else(|| {
        Error::service("AWS Sign-In did not say who signed in")
            .cause("the answer to the login has no `idToken` with a `sub`")
            .hint("run the command again later")
    })?;
    Ok(SignedIn { identity, client_id, region: region.to_owned(), key, token })
}

/// Shows the URL and waits for what comes back: at the listener, or at the terminal.
async fn answer(
    app: &App,
    request: LoginRequest<'_>,
    listener: Option<&Listener>,
    state: &Secret,
    url: &str,
) -> Result<Answer> {
    let answered = async {
        let Some(listener) = listener else { return pasted(app, request, state, url).await };
        let door = Door::new(listener, Secret::new(url))?;
        let opened = browser::open(app, request.policy.browser.as_deref(), &door.address());
        if !opened && !app.term.can_ask() {
            return Err(request.nobody_here().cause("the browser could not be started"));
        }
        app.term.say("Signing in to the AWS console in the browser. If it does not open, visit:");
        app.term.say(url);
        callback::wait(listener, opened.then_some(door), state).await
    };
    tokio::select! {
        answer = answered => answer,
        () = app.clock.sleep(patience(app)) => Err(request.too_late()),
    }
}

/// How often something that is no code may be pasted.
const TRIES: u32 = 5;

async fn pasted(app: &App, request: LoginRequest<'_>, state: &Secret, url: &str) -> Result<Answer> {
    app.term.say("To sign in to the AWS console, open this URL in any browser:");
    app.term.say(url);
    app.term.say("Then paste the verification code that the page shows here (it stays hidden):");
    let mut lines = HiddenLines::start().ok_or_else(|| request.nobody_here())?;
    let again = format!("{} again", request.run_login());
    let mut tries = 0;
    while let Some(line) = lines.next().await? {
        match read(&line, state) {
            Pasted::Answer(answer) => return Ok(answer),
            Pasted::Forged => {
                return Err(Error::failed("the pasted code belongs to another login")
                    .own()
                    .cause("its `state` is not the one of this login")
                    .hint(format!("{again} and use its URL")));
            }
            Pasted::Nothing => {}
            Pasted::Garbage => {
                tries += 1;
                if tries >= TRIES {
                    return Err(Error::failed("what was pasted is not the code of a login")
                        .own()
                        .hint(again));
                }
                app.term.say("That is not the code. Copy all of it from the page, and paste it:");
            }
        }
    }
    Err(Error::failed("nothing was pasted")
        .own()
        .cause("the input at the terminal has ended")
        .hint(again))
}

/// Reads a line: base64 of `state=…&code=…`, as the page shows it.
fn read(line: &str, state: &Secret) -> Pasted {
    let line = line.trim().trim_matches(['\'', '"']);
    if line.is_empty() {
        return Pasted::Nothing;
    }
    let decoded = BASE64_STANDARD.decode(line).ok().and_then(|b| String::from_utf8(b).ok());
    match decoded.filter(|text| text.contains("state=")) {
        Some(query) => paste::from_query(&query, state, true),
        None => Pasted::Garbage,
    }
}

/// The `sub` of an ID token. It came from the service itself: nothing is verified.
fn subject(token: &Secret) -> Option<String> {
    let claims = token.expose().split('.').nth(1)?.trim_end_matches('=');
    let claims: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    claims.get("sub")?.as_str().filter(|arn| arn.starts_with("arn:")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_are_pasted() {
        let state = Secret::new("STATE");
        let meaning = |line: &str| match read(line, &state) {
            Pasted::Answer(Answer::Code(code)) => format!("code {}", code.expose()),
            Pasted::Answer(_) => "no".to_owned(),
            Pasted::Forged => "forged".to_owned(),
            Pasted::Nothing => "nothing".to_owned(),
            Pasted::Garbage => "garbage".to_owned(),
        };
        let shown = |text: &str| BASE64_STANDARD.encode(text);
        assert_eq!(meaning(&format!(" {} ", shown("state=STATE&code=C"))), "code C");
        assert_eq!(meaning(&shown("state=OTHER&code=C")), "forged");
        assert_eq!(meaning(&shown("state=STATE")), "forged");
        assert_eq!(meaning(&shown("code=C")), "garbage");
        assert_eq!(meaning("C"), "garbage");
        assert_eq!(meaning(""), "nothing");
    }

    #[test]
    fn who_signed_in() {
        let token =
            |claims: &str| Secret::new(format!("x.{}.y", BASE64_URL_SAFE_NO_PAD.encode(claims)));
        let arn = "arn:aws:iam::111122223333:user/jane";
        let escaped = r#"{"sub": "arn:aws:iam::111122223333:user\/jane"}"#;
        assert_eq!(subject(&token(escaped)).as_deref(), Some(arn));
        for claims in ["{}", r#"{"sub": 1}"#, r#"{"sub": "jane"}"#, "x"] {
            assert_eq!(subject(&token(claims)), None, "{claims}");
        }
        assert_eq!(subject(&Secret::new("x")), None);
    }
}
