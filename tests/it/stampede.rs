//! Many processes at once: one refresh, one login, one fetch; and a holder that dies.

use std::process::Stdio;
use std::time::Duration;

use identity_center::Operation;

use crate::support::run::Running;
use crate::support::world::Outcome;
use crate::support::{World, wait_until};

/// How many processes start at once.
const MANY: usize = 50;
/// What one says that waits for another.
const WAITING: &str = "waiting for another ssoenv";

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
        let key =
            outcome.out.split("AWS_SECRET_ACCESS_KEY='").nth(1).expect("a key")[..20].to_owned();
        assert_eq!(*first.get_or_insert(key.clone()), key);
    }
}

#[test]
fn fifty_processes_refresh_once_and_fetch_once() {
    let world = World::new();
    world.ok("login");
    world.expire();
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
    world.expire();
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
    world.expire();
    world.ic.clear_requests();
    world.ic.latency_of(Operation::CreateToken, Duration::from_secs(3));
    let mut holder = start(&world, "use prod --shell sh --no-login");
    wait_until("refresh", || world.ic.count(Operation::CreateToken) == 1);
    let waiters: Vec<_> = (0..5).map(|_| start(&world, "use prod --shell sh --no-login")).collect();
    for waiter in &waiters {
        waiter.wait_for_line(WAITING);
    }
    holder.kill().expect("killed");
    holder.wait().expect("gone");
    world.ic.latency_of(Operation::CreateToken, Duration::ZERO);
    // The refresh token may be used up, and is not sent again: only a person can help.
    for child in waiters {
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert!(outcome.err.contains("hint: run `ssoenv login"), "{outcome:?}");
    }
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    world.ok("use prod --shell sh");
    assert_eq!(world.browser_opened(), 2);
}

#[test]
fn a_killed_login_is_taken_over() {
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    command.env("BROWSER", "true").stderr(Stdio::piped());
    let mut holder = Running::start(&mut command);
    wait_until("registration", || world.ic.count(Operation::RegisterClient) == 1);
    let waiter = start(&world, "login");
    waiter.wait_for_line(WAITING);
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
    wait_until("registration", || world.ic.count(Operation::RegisterClient) == 1);
    let waiter = start(&world, "login");
    waiter.wait_for_line(WAITING);
    for (child, what) in [(waiter, "waiter"), (holder, "holder")] {
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("signalled");
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 130, "{what}: {outcome:?}");
    }
}
