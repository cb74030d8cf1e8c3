//! The handle that a test holds.

use crate::arn;
use crate::builder::Builder;
use crate::call::Logged;
use crate::config::{Lifetimes, Trust};
use crate::operation::Operation;
use crate::proxy::Proxy;
use crate::rate::Bucket;
use crate::reply::Reply;
use crate::secrets::unique_id;
use crate::server::{self, Shared};
use crate::state::{Account, Decision, KeyKind, Keys, State};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// A simulated IAM Identity Center on 127.0.0.1. Dropping it shuts it down.
#[derive(Debug)]
pub struct IdentityCenter {
    shared: Arc<Shared>,
    runtime: tokio::runtime::Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

fn bind(port: u16) -> TcpListener {
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    listener.set_nonblocking(true).expect("a socket can be non-blocking");
    listener
}

fn url_of(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().expect("a bound socket has an address"))
}

impl IdentityCenter {
    /// Starts one in us-east-1 with the start URL `https://example.awsapps.com/start`, pages of 100, that
    /// approves by itself.
    pub fn start() -> Self {
        Self::builder().build()
    }

    /// Settings before the start.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn from_builder(builder: Builder) -> Self {
        let listener = bind(builder.port);
        let mut state = State::new(
            builder.region.clone(),
            builder.start_url,
            builder.user,
            builder.auto_approve,
        );
        state.url = url_of(&listener);
        let shared = Arc::new(Shared::new(state));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("identity-center".to_owned())
            .spawn(move || {
                let _ = runtime.block_on(stopped);
            })
            .expect("a thread");
        let center = Self { shared, runtime: handle, stop: Some(stop), thread: Some(thread) };
        center.listen(listener, builder.region);
        center
    }

    fn listen(&self, listener: TcpListener, region: String) {
        let shared = Arc::clone(&self.shared);
        self.runtime.spawn(async move {
            let listener =
                tokio::net::TcpListener::from_std(listener).expect("a socket for the runtime");
            server::accept(shared, listener, region).await;
        });
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        self.shared.state().url.clone()
    }

    /// The start URL that is accepted.
    pub fn start_url(&self) -> String {
        self.shared.state().start_url.clone()
    }

    /// The home region.
    pub fn region(&self) -> String {
        self.shared.state().region.clone()
    }

    /// Opens another endpoint that plays the services of another region, and returns its URL.
    pub fn region_url(&self, region: &str) -> String {
        let listener = bind(0);
        let url = url_of(&listener);
        self.listen(listener, region.to_owned());
        url
    }

    /// The variables that point clients here.
    pub fn env(&self) -> Vec<(String, String)> {
        ["SSO", "SSO_OIDC", "STS", "SIGNIN"]
            .map(|service| (format!("AWS_ENDPOINT_URL_{service}"), self.url()))
            .to_vec()
    }

    /// Starts an intercepting proxy in front of the simulator.
    pub fn proxy(&self) -> Proxy {
        Proxy::new(Arc::clone(&self.shared), bind(0), &self.runtime)
    }

    /// A host that, behind the proxy, only redirects to the start URL.
    pub fn add_vanity_host(&self, host: &str) {
        self.shared.state().vanity_hosts.insert(host.to_ascii_lowercase());
    }

    /// The plain address that redirects to the start URL.
    pub fn vanity_url(&self) -> String {
        format!("{}/vanity", self.url())
    }

    /// Adds an account, or replaces it. An empty name or e-mail address is left out of answers.
    pub fn add_account(&self, id: &str, name: &str, email: &str, roles: &[&str]) {
        let account = Account {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            roles: roles.iter().map(|&r| r.to_owned()).collect(),
        };
        let mut state = self.shared.state();
        match state.accounts.iter_mut().find(|a| a.id == id) {
            Some(old) => *old = account,
            None => state.accounts.push(account),
        }
    }

    /// Takes an account away.
    pub fn remove_account(&self, id: &str) {
        self.shared.state().accounts.retain(|a| a.id != id);
    }

    /// Takes a role away from the person.
    pub fn remove_role(&self, id: &str, role: &str) {
        for account in self.shared.state().accounts.iter_mut().filter(|a| a.id == id) {
            account.roles.retain(|r| r != role);
        }
    }

    /// The ARN that `GetCallerIdentity` answers for a role of the portal.
    pub fn role_arn(&self, account: &str, role: &str) -> String {
        let state = self.shared.state();
        arn::sso_session(state.partition(), account, role, &state.user)
    }

    /// Adds a role for `AssumeRole`.
    ///
    /// # Panics
    /// If this is not the ARN of an IAM role.
    pub fn add_iam_role(&self, arn: &str, trust: Trust) {
        assert!(arn::iam_role(arn).is_some(), "{arn} is not the ARN of a role");
        self.shared.state().iam_roles.insert(arn.to_owned(), trust);
    }

    /// Adds long-term keys of an IAM user.
    pub fn add_static_keys(&self, access_key: &str, secret: &str, arn: &str) {
        let keys = Keys {
            access_key: access_key.to_owned(),
            secret: secret.to_owned(),
            session_token: None,
            expires: None,
            arn: arn.to_owned(),
            account: arn::account(arn).to_owned(),
            user_id: unique_id("AIDA"),
            role: String::new(),
            kind: KeyKind::User,
        };
        self.shared.state().keys.insert(access_key.to_owned(), keys);
    }

    /// How long what is issued from now on is good for.
    pub fn lifetimes(&self, lifetimes: Lifetimes) {
        self.shared.state().lifetimes = lifetimes;
    }

    /// Rows per page at most.
    pub fn page_size(&self, rows: usize) {
        self.shared.state().page_size = rows;
    }

    /// Each request waits this long before it is answered.
    pub fn latency(&self, wait: Duration) {
        self.shared.state().latency = wait;
    }

    /// Requests of one operation wait this much more.
    pub fn latency_of(&self, op: Operation, wait: Duration) {
        self.shared.state().op_latency.insert(op, wait);
    }

    /// Limits portal requests per second (`None`: no limit); refused ones get 429, on wish with `Retry-After`.
    pub fn rate_limit(&self, per_second: Option<f64>, retry_after: bool) {
        self.shared.state().rate = per_second.map(|n| Bucket::new(n, retry_after));
    }

    /// Orders answers: one per request of the operation, in turn, before the normal behaviour.
    pub fn script(&self, op: Operation, replies: impl IntoIterator<Item = Reply>) {
        self.shared.state().scripts.entry(op).or_default().extend(replies);
    }

    /// Orders the answer to every request of the operation after its script; `None` ends that.
    pub fn always(&self, op: Operation, reply: Option<Reply>) {
        let mut state = self.shared.state();
        match reply {
            Some(reply) => state.always.insert(op, reply),
            None => state.always.remove(&op),
        };
    }

    /// The requests so far, in order of arrival.
    pub fn requests(&self) -> Vec<Logged> {
        self.shared.state().log.clone()
    }

    /// How many requests of an operation came.
    pub fn count(&self, op: Operation) -> usize {
        self.shared.state().log.iter().filter(|l| l.op == op).count()
    }

    /// Forgets the requests so far, and the greatest number under way.
    pub fn clear_requests(&self) {
        let mut state = self.shared.state();
        state.log.clear();
        state.max_in_flight = state.in_flight;
    }

    /// The greatest number of requests under way at once.
    pub fn max_in_flight(&self) -> usize {
        self.shared.state().max_in_flight
    }

    /// The rules that clients broke.
    pub fn violations(&self) -> Vec<String> {
        self.shared.state().violations.clone()
    }

    /// # Panics
    /// If a client broke a rule.
    pub fn assert_clean(&self) {
        let violations = self.violations();
        assert!(violations.is_empty(), "violations:\n  {}", violations.join("\n  "));
    }

    /// Takes violations that contain this text off the list.
    ///
    /// # Panics
    /// If there is none.
    pub fn expect_violation(&self, contains: &str) {
        let all = self.violations();
        self.shared.state().violations.retain(|v| !v.contains(contains));
        assert!(
            all.iter().any(|v| v.contains(contains)),
            "no violation contains {contains:?}; there are: {all:#?}"
        );
    }

    /// The portal refuses every access token issued so far; refreshing works.
    pub fn revoke_tokens(&self) {
        for token in self.shared.state().access_tokens.values_mut() {
            token.revoked = true;
        }
    }

    /// No refresh token issued so far is accepted.
    pub fn revoke_refresh_tokens(&self) {
        for token in self.shared.state().refresh_tokens.values_mut() {
            token.revoked = true;
        }
    }

    /// The person approves this user code.
    pub fn approve(&self, user_code: &str) {
        self.decide(user_code, Decision::Approved);
    }

    /// The person denies this user code.
    pub fn deny(&self, user_code: &str) {
        self.decide(user_code, Decision::Denied);
    }

    fn decide(&self, user_code: &str, decision: Decision) {
        let mut state = self.shared.state();
        let device = state.devices.iter_mut().find(|d| d.user_code == user_code);
        let known = device.map(|d| d.decision = decision).is_some();
        drop(state);
        assert!(known, "user code {user_code} was never issued");
    }

    /// User codes that wait for a decision.
    pub fn open_user_codes(&self) -> Vec<String> {
        let state = self.shared.state();
        let open = state.devices.iter().filter(|d| d.decision == Decision::Open);
        open.map(|d| d.user_code.clone()).collect()
    }

    /// The server's clock is ahead by this much (negative: behind).
    pub fn clock_skew(&self, seconds: i64) {
        self.shared.state().skew = seconds;
    }

    /// Every secret issued: tokens, client secrets, codes, keys.
    pub fn issued_secrets(&self) -> Vec<String> {
        self.shared.state().secrets.issued.clone()
    }
}

impl Drop for IdentityCenter {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
