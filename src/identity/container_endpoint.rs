//! The AWS container-credentials endpoint: credentials of several targets over loopback HTTP, kept
//! fresh, for whoever knows the token. Nobody is ever asked to log in here.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, json};
use tokio::sync::{Mutex as Turn, oneshot};
use tokio::task::{JoinSet, spawn_blocking};

use crate::domain::credentials::{Credentials, FRESH_SECONDS, Freshness, freshness};
use crate::domain::percent;
use crate::domain::profile::Target;
use crate::domain::secret::Secret;
use crate::domain::speech;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Kind, Result};
use crate::identity::policy::Policy;
use crate::identity::sources;
use crate::io::server::{Listener, LocalRequest, LocalResponse};
use crate::io::{App, random};

/// How often the wall clock is looked at: a machine that slept wakes to old credentials.
const LOOK: i64 = 15;
/// The longest pause after a refresh that gave nothing new.
const RETRY: i64 = 30;

/// What is served: some targets, each under its own path, behind one token.
#[derive(Debug)]
pub struct ContainerEndpoint {
    app: App,
    token: Secret,
    host: String,
    shelves: Vec<Shelf>,
}

/// One target with its credentials.
#[derive(Debug)]
struct Shelf {
    path: String,
    target: Target,
    policy: Policy,
    note: Note,
    stock: Mutex<Stock>,
    /// Held by the one that fetches.
    turn: Turn<()>,
}

#[derive(Clone, Debug)]
struct Stock {
    credentials: Credentials,
    since: Timestamp,
    /// No refresh before this.
    rest_until: Timestamp,
    /// Why the last refresh gave nothing.
    failed: Option<Error>,
}

/// A target, and on which terms its first credentials are got.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Whose credentials.
    pub target: Target,
    /// Allows what may be asked at the start; later nobody is asked.
    pub policy: Policy,
    /// Comes before each answer with credentials.
    pub note: Note,
}

type Noting = dyn Fn(&App, &Credentials) -> Result<()> + Send + Sync;

/// What is done before credentials are given, and may fail: then they are not.
#[derive(Clone)]
pub struct Note(pub Arc<Noting>);

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Note")
    }
}

impl ContainerEndpoint {
    /// Gets the first credentials of each target, and makes the token.
    ///
    /// # Errors
    /// Those of [`sources::credentials`], and kind `Config` for credentials without an end, which
    /// no SDK accepts from an endpoint.
    pub fn new(app: App, port: u16, offers: Vec<Offer>) -> Result<Self> {
        let shelves = offers.into_iter().map(|offer| shelf(&app, offer));
        let shelves = shelves.collect::<Result<_>>()?;
        let token = Secret::new(URL_SAFE_NO_PAD.encode(random::bytes::<32>()?));
        Ok(Self { app, token, host: format!("127.0.0.1:{port}"), shelves })
    }

    /// The token that each request must have.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// The address of each target, in order.
    pub fn uris(&self) -> Vec<String> {
        self.shelves.iter().map(|shelf| format!("http://{}{}", self.host, shelf.path)).collect()
    }

    /// Keeps all credentials fresh, for ever.
    async fn keep_fresh(self: Arc<Self>) -> Infallible {
        let mut keepers = JoinSet::new();
        for index in 0..self.shelves.len() {
            let endpoint = Arc::clone(&self);
            keepers.spawn(async move { endpoint.keep(index).await });
        }
        while keepers.join_next().await.is_some() {}
        std::future::pending().await
    }

    async fn keep(self: Arc<Self>, index: usize) {
        loop {
            let (stock, now) = (self.shelves[index].stock(), self.app.clock.now());
            let due = stock.due().max(stock.rest_until).seconds() - now.seconds();
            if due <= 0 {
                // What it gives is on the shelf; what it lacks, the next request is told.
                let _ = Arc::clone(&self).renewed(index).await;
            }
            self.app.clock.sleep(Duration::from_secs(due.clamp(1, LOOK).unsigned_abs())).await;
        }
    }

    /// The answer to a request. Host and token come first: who lacks them learns nothing.
    async fn answer(self: Arc<Self>, request: LocalRequest) -> LocalResponse {
        if request.header("host") != Some(&*self.host) {
            return refusal(400, "InvalidHost", "this endpoint is for 127.0.0.1 alone");
        }
        match request.header("authorization") {
            None => return refusal(401, "MissingToken", "the authorization token is missing"),
            Some(token) if !self.token.matches(token) => {
                return refusal(403, "InvalidToken", "the authorization token is wrong");
            }
            Some(_) => {}
        }
        let Some(index) = self.shelves.iter().position(|shelf| shelf.path == request.path) else {
            return refusal(404, "NotFound", "no profile is served under this path");
        };
        if request.method != "GET" {
            let mut answer = refusal(405, "MethodNotAllowed", "only GET is answered here");
            answer.headers.push(("allow", "GET".to_owned()));
            return answer;
        }
        if request.header("content-length").is_some_and(|length| length != "0")
            || request.header("transfer-encoding").is_some()
        {
            return refusal(413, "RequestTooLarge", "a request has no body here");
        }
        let stock = self.shelves[index].stock();
        let now = self.app.clock.now();
        let credentials = if stock.freshness(now) == Freshness::Expired {
            Arc::clone(&self).renewed(index).await
        } else {
            // What is to be renewed soon is good now, and a slow service delays nobody.
            Ok(stock.credentials)
        };
        let Shelf { target, note, .. } = &self.shelves[index];
        let noted = credentials
            .and_then(|credentials| (note.0)(&self.app, &credentials).map(|()| credentials));
        match noted {
            Ok(credentials) => success(target, &credentials),
            Err(error) => failure(&error),
        }
    }

    /// Fresh credentials: those on the shelf if somebody else was faster, else new ones.
    async fn renewed(self: Arc<Self>, index: usize) -> Result<Credentials> {
        let one = &self.shelves[index];
        let _turn = one.turn.lock().await;
        let (before, now) = (one.stock(), self.app.clock.now());
        if before.freshness(now) == Freshness::Fresh {
            return Ok(before.credentials);
        }
        if let Some(error) = before.failed.clone().filter(|_| now < before.rest_until) {
            return Err(error);
        }
        let endpoint = Arc::clone(&self);
        let fetched = spawn_blocking(move || {
            let Shelf { target, policy, .. } = &endpoint.shelves[index];
            // Nobody logs in here.
            sources::credentials(&endpoint.app, target, &policy.clone().silent()).0
        });
        let fetched = fetched.await.unwrap_or_else(|_| Err(Error::service("the refresh broke")));
        let now = self.app.clock.now();
        match fetched {
            Ok(credentials) if credentials != before.credentials => {
                log::info!("{}: renewed", one.path);
                one.put(Stock::new(credentials.clone(), now));
                Ok(credentials)
            }
            nothing_new => {
                let pause = before.left(now).clamp(4, RETRY * 4) / 4;
                let failed = nothing_new.as_ref().err().cloned();
                if let Some(error) = failed.as_ref().filter(|e| e.kind != Kind::Interrupted) {
                    self.app.term.report(error);
                }
                one.put(Stock { rest_until: now.plus(pause), failed, ..before });
                nothing_new
            }
        }
    }
}

/// Serves, and keeps fresh what is served, until `end`, whose value it gives.
pub async fn serve<T>(
    listener: &Listener,
    endpoint: Arc<ContainerEndpoint>,
    end: impl Future<Output = T>,
) -> Result<T> {
    let answering = Arc::clone(&endpoint);
    let answer = move |request: LocalRequest| Arc::clone(&answering).answer(request);
    let (ended, told) = oneshot::channel::<()>();
    let end = async {
        let value = end.await;
        drop(ended);
        value
    };
    let served = listener.serve(answer, async { drop(told.await) });
    let (value, served) = tokio::select! {
        both = async { tokio::join!(end, served) } => both,
        never = endpoint.keep_fresh() => match never {},
    };
    served.map_err(|error| Error::failed("the endpoint broke").cause(error))?;
    Ok(value)
}

fn shelf(app: &App, offer: Offer) -> Result<Shelf> {
    let (credentials, _) = sources::credentials(app, &offer.target, &offer.policy);
    let credentials = credentials?;
    if credentials.expiration.is_none() || credentials.session_token.is_none() {
        let label = offer.target.label();
        return Err(Error::config(format!("the keys of `{label}` cannot be served"))
            .cause("they have no end, and AWS SDKs accept only temporary ones from an endpoint")
            .hint(format!("run `ssoenv exec {} -- COMMAND`", speech::word(&label))));
    }
    let now = app.clock.now();
    let path = match (&offer.target.profile, offer.target.source.sso_root()) {
        (None, Some(role)) => {
            format!("{}/{}", role.account_id, percent::component(role.role_name.as_str()))
        }
        (profile, _) => {
            profile.as_ref().map_or_else(String::new, |name| percent::component(name.as_str()))
        }
    };
    Ok(Shelf {
        path: format!("/credentials/{path}"),
        target: offer.target,
        policy: offer.policy,
        note: offer.note,
        stock: Mutex::new(Stock::new(credentials, now)),
        turn: Turn::new(()),
    })
}

impl Shelf {
    fn stock(&self) -> Stock {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, stock: Stock) {
        *self.stock.lock().unwrap_or_else(PoisonError::into_inner) = stock;
    }
}

impl Stock {
    fn new(credentials: Credentials, now: Timestamp) -> Self {
        Self { credentials, since: now, rest_until: now, failed: None }
    }

    fn end(&self) -> Timestamp {
        self.credentials.expiration.unwrap_or(Timestamp::from_seconds(0))
    }

    fn left(&self, now: Timestamp) -> i64 {
        self.end().seconds() - now.seconds()
    }

    fn freshness(&self, now: Timestamp) -> Freshness {
        freshness(self.end(), Some(self.since), now)
    }

    /// When they stop being fresh.
    fn due(&self) -> Timestamp {
        let life = (self.end().seconds() - self.since.seconds()).max(0);
        self.end().plus(1 - FRESH_SECONDS.min(life / 2))
    }
}

fn success(target: &Target, credentials: &Credentials) -> LocalResponse {
    let mut fields = Map::new();
    let mut put = |name: &str, value: &str| fields.insert(name.to_owned(), value.into());
    put("AccessKeyId", &credentials.access_key_id);
    put("SecretAccessKey", credentials.secret_access_key.expose());
    put("Token", credentials.session_token.as_ref().map_or("", Secret::expose));
    put("Expiration", &credentials.expiration.map(Timestamp::to_rfc3339).unwrap_or_default());
    let account = credentials.account_id.clone().or_else(|| target.account_id());
    if let Some(account) = account {
        put("AccountId", account.as_str());
    }
    put("Code", "Success");
    response(200, &json!(fields))
}

/// Statuses of 500 and more are tried again by SDKs, the others not.
fn failure(error: &Error) -> LocalResponse {
    let (status, code) = match error.kind {
        Kind::LoginRequired => (403, "LoginRequired"),
        Kind::Denied => (403, "AccessDenied"),
        Kind::Service | Kind::Interrupted => (502, "ServiceUnavailable"),
        Kind::Failed | Kind::Usage | Kind::Config => (500, "CredentialsUnavailable"),
    };
    let hint = error.hints.first().map_or_else(String::new, |hint| format!("; {hint}"));
    refusal(status, code, &format!("{}{hint}", error.what))
}

fn refusal(status: u16, code: &str, message: &str) -> LocalResponse {
    response(status, &json!({ "code": code, "message": message }))
}

fn response(status: u16, body: &serde_json::Value) -> LocalResponse {
    LocalResponse {
        status,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ],
        body: body.to_string().into_bytes(),
    }
}
