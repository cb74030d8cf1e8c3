//! Everything the simulator knows, behind one lock.

use crate::call::{Call, Logged};
use crate::config::{Lifetimes, Trust};
use crate::operation::Operation;
use crate::rate::{Bucket, Whim};
use crate::reply::Reply;
use crate::secrets::Secrets;
use crate::signin::Signin;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant, SystemTime};

/// An AWS account in the access portal.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub id: String,
    pub name: String,
    pub email: String,
    pub roles: Vec<String>,
}

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub id: String,
    pub secret: String,
    pub region: String,
    pub expires: SystemTime,
    pub grants: Vec<String>,
    pub redirect_uris: Vec<String>,
    pub issuer: Option<String>,
    pub scopes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Open,
    Approved,
    Denied,
}

/// A device authorization under way.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub code: String,
    pub user_code: String,
    pub client_id: String,
    pub expires: SystemTime,
    pub decision: Decision,
    pub polls: u32,
    pub last_poll: Option<SystemTime>,
    pub interval: Duration,
    pub told_to_slow_down: bool,
    pub used: bool,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub expires: SystemTime,
    pub used: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub region: String,
    pub expires: SystemTime,
    pub revoked: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub client_id: String,
    pub expires: SystemTime,
    pub used: bool,
    pub revoked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// A person's role from the portal.
    Sso,
    /// From `AssumeRole`.
    Assumed,
    /// From `AssumeRole` with temporary credentials.
    Chained,
    /// Long-term keys of an IAM user.
    User,
}

/// A key pair that STS accepts.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub access_key: String,
    pub secret: String,
    pub session_token: Option<String>,
    pub expires: Option<SystemTime>,
    pub arn: String,
    pub account: String,
    pub user_id: String,
    /// The permission set's or role's plain name.
    pub role: String,
    pub kind: KeyKind,
}

#[derive(Debug)]
pub(crate) struct State {
    pub region: String,
    pub start_url: String,
    pub url: String,
    pub user: String,
    pub auto_approve: bool,
    pub lifetimes: Lifetimes,
    pub page_size: usize,
    pub skew: i64,
    /// Whether answers have no `Date`.
    pub hides_date: bool,
    pub passed: Duration,
    pub latency: Duration,
    pub op_latency: HashMap<Operation, Duration>,
    pub rate: Option<Bucket>,
    pub whim: Option<Whim>,

    pub accounts: Vec<Account>,
    pub iam_roles: HashMap<String, Trust>,
    pub clients: HashMap<String, Client>,
    pub devices: Vec<Device>,
    pub codes: HashMap<String, Code>,
    pub access_tokens: HashMap<String, AccessToken>,
    pub refresh_tokens: HashMap<String, RefreshToken>,
    pub keys: HashMap<String, Keys>,
    pub signin_tokens: HashMap<String, SystemTime>,
    pub signin: Signin,
    pub vanity_hosts: BTreeSet<String>,
    /// Refresh tokens and codes sent in a request that got no complete, repeatable answer.
    pub sent_once: BTreeSet<String>,

    pub scripts: HashMap<Operation, VecDeque<Reply>>,
    pub always: HashMap<Operation, Reply>,
    pub log: Vec<Logged>,
    pub serial: u64,
    pub in_flight: usize,
    pub max_in_flight: usize,
    pub violations: Vec<String>,
    pub secrets: Secrets,
}

impl State {
    pub fn new(region: String, start_url: String, user: String, auto_approve: bool) -> Self {
        Self {
            region,
            start_url,
            url: String::new(),
            user,
            auto_approve,
            lifetimes: Lifetimes::default(),
            page_size: 100,
            skew: 0,
            hides_date: false,
            passed: Duration::ZERO,
            latency: Duration::ZERO,
            op_latency: HashMap::new(),
            rate: None,
            whim: None,
            accounts: Vec::new(),
            iam_roles: HashMap::new(),
            clients: HashMap::new(),
            devices: Vec::new(),
            codes: HashMap::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            keys: HashMap::new(),
            signin_tokens: HashMap::new(),
            signin: Signin::default(),
            vanity_hosts: BTreeSet::new(),
            sent_once: BTreeSet::new(),
            scripts: HashMap::new(),
            always: HashMap::new(),
            log: Vec::new(),
            serial: 0,
            in_flight: 0,
            max_in_flight: 0,
            violations: Vec::new(),
            secrets: Secrets::default(),
        }
    }

    /// Notes that a client broke a rule.
    pub fn violate(&mut self, call: &Call, what: impl AsRef<str>) {
        let text = format!("{:?}: {}", call.op, what.as_ref());
        self.violations.push(text);
    }

    /// Counts a request that is under way.
    pub fn arrived(&mut self) {
        self.in_flight += 1;
        self.max_in_flight = self.max_in_flight.max(self.in_flight);
    }

    /// The next reply ordered for an operation.
    pub fn ordered(&mut self, op: Operation) -> Reply {
        self.scripts
            .get_mut(&op)
            .and_then(VecDeque::pop_front)
            .or_else(|| self.always.get(&op).cloned())
            .unwrap_or(Reply::Normal)
    }

    /// Records a request and returns its serial number.
    pub fn record(&mut self, call: &Call) -> u64 {
        self.serial += 1;
        self.log.push(Logged {
            op: call.op,
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.raw_query.clone(),
            headers: call.headers.clone(),
            body: String::from_utf8_lossy(&call.body).into_owned(),
            status: 0,
            started: self.now(),
            at: Instant::now(),
            in_flight: self.in_flight,
            connection: call.via.connection,
            proxied_host: call.via.host.clone(),
            serial: self.serial,
        });
        self.serial
    }

    /// Fills in the status of a recorded request.
    pub fn answered(&mut self, serial: u64, status: u16) {
        if let Some(entry) = self.log.iter_mut().rev().find(|l| l.serial == serial) {
            entry.status = status;
        }
    }

    /// The ARN partition of the instance's region.
    pub fn partition(&self) -> &'static str {
        match self.region.as_str() {
            r if r.starts_with("cn-") => "aws-cn",
            r if r.starts_with("us-gov-") => "aws-us-gov",
            r if r.starts_with("eusc-") => "aws-eusc",
            _ => "aws",
        }
    }

    /// Now; tests let time pass.
    pub fn now(&self) -> SystemTime {
        SystemTime::now() + self.passed
    }

    /// A moment on the server's own clock, as it appears in answers.
    pub fn shown(&self, at: SystemTime) -> jiff::Timestamp {
        let stamp = jiff::Timestamp::try_from(at).expect("a time in this millennium");
        stamp + jiff::SignedDuration::from_secs(self.skew)
    }
}
