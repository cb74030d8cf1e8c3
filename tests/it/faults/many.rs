//! Two hundred processes at once, of one command and of many.

use std::process::Stdio;
use std::time::Duration;

use identity_center::Operation;

use super::commands::{VERBS, Verb, ready};
use super::report::tried;
use super::{TOKEN_FILE, files, is_temporary, is_torn, token};
use crate::support::World;
use crate::support::run::Running;
use crate::support::world::Outcome;

const PROCESSES: usize = 200;

fn start(world: &World, words: &str) -> Running {
    let mut command = world.ssoenv(words.split_whitespace());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Running::start(&mut command)
}

/// Starts them all, then waits for them all: every one ends with 0 and the same output.
fn all_at_once(world: &World, words: &str) {
    let children: Vec<Running> = (0..PROCESSES).map(|_| start(world, words)).collect();
    let mut outputs = Vec::new();
    for child in children {
        let output = child.end();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        world.assert_no_secret(&String::from_utf8_lossy(&output.stderr));
        outputs.push(output.stdout);
    }
    outputs.dedup();
    assert_eq!(outputs.len(), 1, "all have the same keys");
}

fn whole(world: &World) {
    for (name, bytes) in files(world, ".aws") {
        assert!(!is_temporary(&name), "{name} was left behind");
        assert!(!is_torn(&name, &bytes), "{name} is torn");
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
    tried("together", "use", PROCESSES);
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
    tried("together", "login", PROCESSES);
}

#[test]
fn two_hundred_of_all_commands_do_their_work() {
    let world = ready();
    // Not those whose second run finds nothing to do, and no login or logout among the others.
    let apart = |verb: &&Verb| verb.once || verb.name.starts_with("log");
    let verbs: Vec<&Verb> = VERBS.iter().filter(|verb| !apart(verb)).collect();
    let start = |verb: &Verb| {
        let mut command = verb.command(&world, &[]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running::start(&mut command)
    };
    let children: Vec<_> =
        verbs.iter().cycle().take(PROCESSES).map(|verb| (verb, start(verb))).collect();
    for (verb, child) in children {
        let outcome = Outcome::from(&child.end());
        assert_eq!(outcome.code, 0, "`{}`: {outcome:?}", verb.words);
        world.assert_no_secret(&outcome.err);
        tried("together", verb.name, 1);
    }
    whole(&world);
    let config = world.read(".aws/config");
    for part in ["[profile chained]", "[profile new]", "[profile Acme-Dev-ReadOnly]"] {
        assert_eq!(config.matches(part).count(), 1, "{part} in {config}");
    }
    for verb in verbs {
        let outcome = Outcome::of(&mut verb.command(&world, &[]));
        assert_eq!(outcome.code, 0, "`{}` afterwards: {outcome:?}", verb.words);
    }
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
    let others: Vec<Running> = (0..20).map(|_| start(&world, "use prod")).collect();
    first.kill().expect("it lives");
    first.wait().expect("it ends");
    for other in others {
        let output = other.end();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    assert!(world.path(TOKEN_FILE).exists());
    assert!(world.browser_opened() <= 1);
    whole(&world);
}
