//! Many processes at once: one refresh, one login, one fetch; and a holder that dies.

use std::process::Stdio;
use std::time::{Duration, Instant};

use identity_center::Operation;

use crate::support::World;
use crate::support::run::Running;
use crate::support::world::Outcome;

/// How many processes start at once.
const MANY: usize = 50;
/// `sha1("corp")`.
const TOKEN: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

fn start(world: &World, words: &str) -> Running {
    let mut command = world.ssoenv(words.split(' '));
    Running::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
}

/// Starts so many at once; all must end with 0, with the same output.
fn stampede(world: &World, count: usize, words: &str) {
    let children: Vec<_> = (0..count).map(|_| start(world, words)).collect();
    let mut first = None;
    for child in children {
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let key = outcome.out.split("AWS_SECRET_ACCESS_KEY='").nth(1).map(|t| t[..20].to_owned());
        assert_eq!(*first.get_or_insert(key.clone()), key);
    }
}

fn expire_token(world: &World) {
    let mut token: serde_json::Value = serde_json::from_str(&world.read(TOKEN)).expect("JSON");
    token["expiresAt"] = "2020-01-01T00:00:00Z".into();
    world.write(TOKEN, &token.to_string());
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let started = Instant::now();
    while !there() {
        assert!(started.elapsed() < Duration::from_secs(30), "no {what} in 30 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn fifty_processes_refresh_once_and_fetch_once() {
    let world = World::new();
    world.ok("login");
    expire_token(&world);
    world.ic.clear_requests();
    world.ic.latency_of(Operation::CreateToken, Duration::from_millis(200));
    stampede(&world, MANY, "use prod --shell sh --no-login");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn fifty_processes_open_one_browser() {
    let world = World::new();
    world.ic.latency_of(Operation::CreateToken, Duration::from_millis(200));
    stampede(&world, MANY, "use prod --shell sh");
    assert_eq!(world.browser_opened(), 1);
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    assert_eq!(world.ic.count(Operation::RegisterClient), 1);
}

#[test]
fn processes_of_several_roles_share_the_refresh() {
    let world = World::new();
    world.ok("login");
    expire_token(&world);
    world.ic.clear_requests();
    let children: Vec<_> = (0..12)
        .map(|n| {
            start(
                &world,
                ["use prod --shell sh", "use dev --shell sh", "use tools --shell sh"][n % 3],
            )
        })
        .collect();
    for child in children {
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 3);
}

#[test]
fn a_killed_holder_frees_those_who_wait() {
    let world = World::new();
    world.ok("login");
    expire_token(&world);
    world.ic.clear_requests();
    world.ic.latency_of(Operation::CreateToken, Duration::from_secs(3));
    let mut holder = start(&world, "use prod --shell sh --no-login");
    wait_for("refresh", || world.ic.count(Operation::CreateToken) == 1);
    let waiters: Vec<_> = (0..5).map(|_| start(&world, "use prod --shell sh --no-login")).collect();
    // Long enough for a waiter to say that it waits.
    std::thread::sleep(Duration::from_millis(1500));
    holder.kill().expect("killed");
    holder.wait().expect("gone");
    world.ic.latency_of(Operation::CreateToken, Duration::ZERO);
    for child in waiters {
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.err.contains("waiting for another ssoenv"), "{outcome:?}");
    }
    assert_eq!(world.ic.count(Operation::CreateToken), 2);
}

#[test]
fn a_killed_login_is_taken_over() {
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    command.env("BROWSER", "true").stderr(Stdio::piped());
    let mut holder = Running::start(&mut command);
    wait_for("registration", || world.ic.count(Operation::RegisterClient) == 1);
    let waiter = start(&world, "login");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(world.browser_opened(), 0);
    holder.kill().expect("killed");
    holder.wait().expect("gone");
    let outcome = Outcome::from(&waiter.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.browser_opened(), 1);
}

#[cfg(unix)]
#[test]
fn a_waiter_can_be_interrupted() {
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    command.env("BROWSER", "true").stderr(Stdio::piped());
    let holder = Running::start(&mut command);
    wait_for("registration", || world.ic.count(Operation::RegisterClient) == 1);
    let waiter = start(&world, "login");
    std::thread::sleep(Duration::from_millis(500));
    for (child, what) in [(waiter, "waiter"), (holder, "holder")] {
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signalled");
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 130, "{what}: {outcome:?}");
    }
}
