//! Calls that need the network: a cold `use`, and a listing at the service's rate limit.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use identity_center::{IdentityCenter, Operation, Session};

use crate::stage::Home;

/// A cold `use`: what it took, and what the network alone takes.
pub struct Cold {
    pub over: &'static str,
    /// Medians in milliseconds.
    pub total: f64,
    pub network: f64,
}

/// A listing of all roles while the service answers so many requests a second.
pub struct Listing {
    /// How it went.
    pub how: &'static str,
    pub accounts: usize,
    pub per_second: f64,
    pub seconds: f64,
    /// The shortest time that the limit allows.
    pub allowed: f64,
    pub rows: usize,
}

/// A home that is logged in to a simulated Identity Center.
struct Online {
    ic: IdentityCenter,
    home: Home,
    session: Session,
}

impl Online {
    fn new(accounts: usize) -> Self {
        let ic = IdentityCenter::start();
        for number in 0..accounts {
            let id = format!("{:012}", 100_000_000_000 + number);
            let roles = ["Admin", "Developer", "ReadOnly"];
            ic.add_account(&id, &format!("Account {number}"), "a@example.com", &roles);
        }
        let session = ic.session();
        let home = Home::new(10).with_env(ic.env());
        // Here the list of accounts is what is asked for.
        let kept = home.path().join(".cache/ssoenv/directory");
        std::fs::remove_dir_all(kept).expect("a folder with the list");
        home.log_in(
            &session.access_token,
            session.refresh_token.as_deref().unwrap_or_default(),
            (&session.client_id, &session.client_secret),
        );
        Self { ic, home, session }
    }
}

fn milliseconds(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

/// `use --fresh` with a valid token: one connection, one call. Beside it the same request by curl,
/// whose own clock counts connect, TLS and answer, but not its start.
pub fn cold(binary: &Path, rounds: usize) -> Result<Vec<Cold>, String> {
    let online = Online::new(10);
    let mut found = vec![one_cold(binary, &online, rounds, "HTTP, loopback", &[], &[])?];
    let proxy = online.ic.proxy();
    // The system's own certificates and the simulator's: all of them are read, as at home.
    let system = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    let ca = std::fs::read_to_string(&proxy.ca_pem_path).map_err(|error| error.to_string())?;
    let bundle = online.home.write("ca.pem", &format!("{system}\n{ca}"));
    let mut env = proxy.env();
    env.retain(|(name, _)| !name.contains("CA_BUNDLE") && !name.starts_with("AWS_ENDPOINT"));
    env.push(("SSL_CERT_FILE".into(), bundle.display().to_string()));

    // A small bundle for curl: reading the large one is its start, not the network.
    let authority = proxy.ca_pem_path.display().to_string();
    let curl = ["--proxy", &proxy.url, "--cacert", &authority];
    found.push(one_cold(binary, &online, rounds, "HTTPS, through a proxy", &env, &curl)?);
    Ok(found)
}

fn one_cold(
    binary: &Path,
    online: &Online,
    rounds: usize,
    over: &'static str,
    env: &[(String, String)],
    curl: &[&str],
) -> Result<Cold, String> {
    let base = if curl.is_empty() {
        online.ic.url()
    } else {
        "https://portal.sso.us-east-1.amazonaws.com".to_owned()
    };
    let url = format!("{base}/assignment/accounts?max_result=100");
    let mut fresh = online.home.command(binary, &["use", "p00003", "--fresh", "--shell", "bash"]);
    if !curl.is_empty() {
        for (name, _) in online.ic.env() {
            fresh.env_remove(name);
        }
    }
    fresh.envs(env.iter().map(|(name, value)| (name, value))).stdout(Stdio::null());
    let mut request = Command::new("curl");
    request
        .args(["--silent", "--output", "/dev/null", "--write-out", "%{time_total}"])
        .args(curl)
        .args([
            "--header",
            &format!("x-amz-sso_bearer_token: {}", online.session.access_token),
            &url,
        ]);
    let (mut total, mut network) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let start = Instant::now();
        let status = fresh.status().map_err(|error| error.to_string())?;
        total.push(start.elapsed());
        if !status.success() {
            return Err(format!("`use --fresh` over {over}: {status}"));
        }
        if let Ok(output) = request.output() {
            let text = String::from_utf8_lossy(&output.stdout).replace(',', ".");
            network.extend(text.trim().parse().ok().map(Duration::from_secs_f64));
        }
    }
    Ok(Cold { over, total: milliseconds(total), network: milliseconds(network) })
}

/// `roles` over 1,000 accounts, one request for each: at 100 requests a second, and at 20 with one
/// in twenty refused at random, stopped by Ctrl-C at half and started again.
pub fn listings(binary: &Path) -> Vec<Result<Listing, String>> {
    vec![listing(binary, 1_000, 100.0), interrupted(binary, 1_000, 20.0)]
}

fn listing(binary: &Path, accounts: usize, per_second: f64) -> Result<Listing, String> {
    let online = Online::new(accounts);
    online.ic.rate_limit(Some(per_second), false);
    let start = Instant::now();
    let rows = rows(&mut online.home.command(binary, &["roles", "--refresh", "--json"]))?;
    let seconds = start.elapsed().as_secs_f64();
    let allowed = allowed(accounts, per_second);
    Ok(Listing { how: "at once", accounts, per_second, seconds, allowed, rows })
}

fn interrupted(binary: &Path, accounts: usize, per_second: f64) -> Result<Listing, String> {
    let online = Online::new(accounts);
    online.ic.rate_limit(Some(per_second), false);
    online.ic.refuse_at_random(50, 1);
    let answered = || {
        let log = online.ic.requests();
        log.iter().filter(|l| l.op == Operation::ListAccountRoles && l.status == 200).count()
    };
    let start = Instant::now();
    let mut command = online.home.command(binary, &["roles", "--json"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    while answered() < accounts / 2 {
        if child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return Err("it ended before the half".to_owned());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT)
        .map_err(|error| error.to_string())?;
    child.wait().map_err(|error| error.to_string())?;
    let rows = rows(&mut online.home.command(binary, &["roles", "--json"]))?;
    let seconds = start.elapsed().as_secs_f64();
    // Answers under way at the interruption are lost: one per connection.
    let twice = answered() - accounts;
    if twice > 8 {
        return Err(format!("{twice} accounts were asked twice"));
    }
    let allowed = allowed(accounts, per_second);
    Ok(Listing { how: "stopped at half, resumed", accounts, per_second, seconds, allowed, rows })
}

/// The roles that a listing prints.
fn rows(command: &mut Command) -> Result<usize, String> {
    let output = command.stderr(Stdio::piped()).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).matches("\"role\"").count())
}

/// The shortest time: one request for each account and for each page of 100, of which a second's
/// worth is given at once.
fn allowed(accounts: usize, per_second: f64) -> f64 {
    let requests = accounts + accounts.div_ceil(100);
    #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
    let requests = requests as f64;
    requests / per_second - 1.0
}
