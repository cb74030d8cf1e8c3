//! Every command × every answer that a network or a service in trouble can give.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use identity_center::{Operation, Reply};

use super::commands::{Files, VERBS, Verb, ready, renew, snapshot};
use super::report::tried;
use super::service::{FAULTS, Fault};
use super::{is_temporary, is_torn};
use crate::serve::Server;
use crate::support::World;
use crate::support::world::Outcome;

/// A wait that nobody sits through, asked for by the service.
const ABSURD: [Fault; 2] = [
    Fault::new("429, Retry-After: 99999", || Reply::StatusRetryAfter(429, 99_999)),
    Fault::new("503, Retry-After: 99999", || Reply::StatusRetryAfter(503, 99_999)),
];

/// How a command ends in trouble: the right code, no data, words and a way out, nothing lost.
fn assert_survived(world: &World, verb: &Verb, before: &Files, outcome: &Outcome, about: &str) {
    let about = format!("`{}`, {about}: {outcome:?}", verb.words);
    assert_eq!((outcome.code, outcome.out.as_str()), (verb.in_trouble, ""), "{about}");
    let told = if verb.in_trouble == 0 { "warning: " } else { "error: " };
    assert!(outcome.err.lines().any(|line| line.starts_with(told)), "{about}");
    assert!(verb.in_trouble == 0 || outcome.err.contains("\nhint: "), "{about}");
    world.assert_no_secret(&outcome.err);
    assert_kept(verb, before, &snapshot(world), &about);
}

/// The user's files are as they were; what is new is whole, and no temporary file is left.
fn assert_kept(verb: &Verb, before: &Files, after: &Files, about: &str) {
    for (name, bytes) in before {
        let goes = verb.name == "logout" || name.contains("/.local/") || name.contains("/.cache/");
        assert!(goes || after.get(name) == Some(bytes), "{name} changed, {about}");
    }
    for (name, bytes) in after {
        assert!(!is_temporary(name), "{name} is left, {about}");
        assert!(!is_torn(name, bytes), "{name} is torn, {about}");
    }
}

/// Listings go on for most of a minute while the service refuses, at the pace that it asks for;
/// and a logout has no answer that could be cut.
fn is_waited_out(operation: Operation, fault: &Fault) -> bool {
    match operation {
        Operation::ListAccounts | Operation::ListAccountRoles => {
            ["429", "429, Retry-After"].contains(&fault.name)
        }
        Operation::Logout => fault.name == "half the JSON",
        _ => false,
    }
}

/// Every command that asks something, with each of its calls in each of these troubles; then it
/// works.
fn all_commands_in(faults: &[&Fault]) {
    thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || all_commands_in_one(fault));
        }
    });
}

fn all_commands_in_one(fault: &Fault) {
    let world = ready();
    let clean = snapshot(&world);
    for verb in &VERBS {
        for operation in verb.asks {
            if is_waited_out(*operation, fault) {
                continue;
            }
            let before = renew(&world, &clean);
            world.ic.always(*operation, Some((fault.reply)()));
            let start = Instant::now();
            let outcome = Outcome::of(&mut verb.command(&world, &[]));
            let about = format!("{operation:?}: {}", fault.name);
            assert_survived(&world, verb, &before, &outcome, &about);
            assert!(outcome.err.contains(fault.says), "`{}`, {about}: {outcome:?}", verb.words);
            assert!(start.elapsed() < Duration::from_secs(30), "`{}`, {about}", verb.words);
            world.ic.always(*operation, None);
            let outcome = Outcome::of(&mut verb.command(&world, &[]));
            assert_eq!(outcome.code, 0, "`{}` after {about}: {outcome:?}", verb.words);
            tried("answers", verb.name, 1);
        }
    }
}

#[test]
fn the_table_works_without_faults() {
    let world = ready();
    let before = snapshot(&world);
    for verb in &VERBS {
        renew(&world, &before);
        world.ic.clear_requests();
        let outcome = Outcome::of(&mut verb.command(&world, &[]));
        assert_eq!(outcome.code, 0, "`{}`: {outcome:?}", verb.words);
        for operation in verb.asks {
            assert!(world.ic.count(*operation) > 0, "`{}` asks {operation:?}", verb.words);
        }
        let again = Outcome::of(&mut verb.command(&world, &[]));
        let expected = if verb.once { [2, 6] } else { [0, 0] };
        assert!(expected.contains(&again.code), "`{}` again: {again:?}", verb.words);
    }
}

#[test]
fn broken_connections_end_every_command_well() {
    all_commands_in(&FAULTS[..3].iter().collect::<Vec<_>>());
}

#[test]
fn errors_of_the_service_end_every_command_well() {
    all_commands_in(&FAULTS[3..8].iter().chain(&ABSURD).collect::<Vec<_>>());
}

#[test]
fn answers_of_something_else_end_every_command_well() {
    all_commands_in(&FAULTS[8..].iter().collect::<Vec<_>>());
}

#[test]
fn a_server_does_not_start_in_trouble() {
    let verb = Verb { name: "serve", words: "serve prod", ..VERBS[0] };
    let world = ready();
    let clean = snapshot(&world);
    for fault in FAULTS.iter().chain(&ABSURD) {
        let before = renew(&world, &clean);
        world.ic.always(Operation::GetRoleCredentials, Some((fault.reply)()));
        let outcome = Outcome::of(&mut verb.command(&world, &[]));
        assert_survived(&world, &verb, &before, &outcome, fault.name);
        world.ic.always(Operation::GetRoleCredentials, None);
        let server = Server::start(&world, &["prod"]);
        assert_eq!(server.ask(0).0, 200, "{}", fault.name);
        tried("answers", verb.name, 1);
    }
}

/// A command whose calls all go to this address.
fn elsewhere(world: &World, verb: &Verb, address: &str) -> Outcome {
    let mut command = verb.command(world, &[]);
    for (name, _) in world.ic.env() {
        if name.starts_with("AWS_ENDPOINT_URL") {
            command.env(name, format!("http://{address}"));
        }
    }
    Outcome::of(&mut command)
}

#[test]
fn a_port_that_refuses_ends_every_command_well() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = closed.local_addr().expect("bound").to_string();
    drop(closed);
    let world = ready();
    let clean = snapshot(&world);
    for verb in VERBS.iter().filter(|verb| !verb.asks.is_empty()) {
        let before = renew(&world, &clean);
        let outcome = elsewhere(&world, verb, &address);
        assert_survived(&world, verb, &before, &outcome, "connection refused");
        assert!(outcome.err.contains("cannot connect"), "`{}`: {outcome:?}", verb.words);
        tried("silence", verb.name, 1);
    }
}

/// All at once, each in a world of its own: the waits pass together.
#[test]
fn silence_and_answers_that_trickle_for_ever_have_a_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("bound").to_string();
    thread::scope(|scope| {
        for verb in VERBS.iter().filter(|verb| !verb.asks.is_empty()) {
            let address = &address;
            scope.spawn(move || {
                in_time(verb, "no answer", LONGEST, |world| elsewhere(world, verb, address));
            });
            // The answer to a logout has no body.
            for operation in verb.asks.iter().filter(|asked| **asked != Operation::Logout) {
                // What works once is waited for longer: 50 s.
                let once = *operation == Operation::CreateToken;
                let longest = if once { LONGEST + Duration::from_secs(10) } else { LONGEST };
                scope.spawn(move || {
                    in_time(verb, "slow loris", longest, |world| {
                        let slow = Reply::SlowLoris(Duration::from_millis(500));
                        world.ic.always(*operation, Some(slow));
                        let outcome = Outcome::of(&mut verb.command(world, &[]));
                        world.ic.always(*operation, None);
                        outcome
                    });
                });
            }
        }
    });
}

/// What a command may take, with all its calls.
const LONGEST: Duration = Duration::from_secs(50);

fn in_time(verb: &Verb, about: &str, longest: Duration, run: impl FnOnce(&World) -> Outcome) {
    let world = ready();
    let before = snapshot(&world);
    let start = Instant::now();
    let outcome = run(&world);
    assert!(start.elapsed() < longest, "`{}`, {about}", verb.words);
    assert_survived(&world, verb, &before, &outcome, about);
    assert!(outcome.err.contains("in time"), "`{}`, {about}: {outcome:?}", verb.words);
    let outcome = Outcome::of(&mut verb.command(&world, &[]));
    assert_eq!(outcome.code, 0, "`{}` after {about}: {outcome:?}", verb.words);
    tried("silence", verb.name, 1);
}
