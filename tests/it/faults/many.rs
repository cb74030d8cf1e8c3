//! Two hundred processes at once.

use std::process::{Child, Stdio};
use std::time::Duration;

use identity_center::Operation;

use super::{TOKEN_FILE, files, token};
use crate::support::World;

const PROCESSES: usize = 200;

fn start(world: &World, words: &str) -> Child {
    let mut command = world.ssoenv(words.split_whitespace());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// Starts them all, then waits for them all: every one ends with 0 and the same output.
fn all_at_once(world: &World, words: &str) {
    let children: Vec<Child> = (0..PROCESSES).map(|_| start(world, words)).collect();
    let mut outputs = Vec::new();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        world.assert_no_secret(&String::from_utf8_lossy(&output.stderr));
        outputs.push(output.stdout);
    }
    outputs.dedup();
    assert_eq!(outputs.len(), 1, "all have the same keys");
}

fn whole(world: &World) {
    for (name, bytes) in files(world, ".aws") {
        assert!(!name.contains("/.ssoenv-"), "{name} was left behind");
        if std::path::Path::new(&name).extension().is_some_and(|e| e == "json") {
            let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&bytes);
            assert!(parsed.is_ok(), "{name} is torn");
        }
    }
}

#[test]
fn one_refresh_and_one_fetch_serve_two_hundred() {
    let world = World::new();
    token(&world, &world.ic.session(), Duration::ZERO);
    all_at_once(&world, "use prod --no-login --shell sh");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    whole(&world);
}

#[test]
fn one_login_serves_two_hundred() {
    let world = World::new();
    // Known before: otherwise those that come while the login asks for it print no name yet.
    world.write(".cache/ssoenv/account-names", r#"{"111122223333":"Acme Prod"}"#);
    all_at_once(&world, "use prod --shell sh");
    assert_eq!(world.browser_opened(), 1);
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    whole(&world);
}

#[test]
fn the_death_of_the_one_that_refreshes_stops_nobody() {
    let world = World::new();
    token(&world, &world.ic.session(), Duration::ZERO);
    world.ic.latency_of(Operation::CreateToken, Duration::from_millis(700));
    let mut first = start(&world, "use prod --no-login");
    while world.ic.count(Operation::CreateToken) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let others: Vec<Child> = (0..20).map(|_| start(&world, "use prod")).collect();
    first.kill().expect("it lives");
    first.wait().expect("it ends");
    for other in others {
        let output = other.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    assert!(world.path(TOKEN_FILE).exists());
    assert!(world.browser_opened() <= 1);
    whole(&world);
}
