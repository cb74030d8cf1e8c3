//! What the network and the services can do to a call.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use identity_center::{Lifetimes, Operation, Reply};

use super::{files, logged_in, refreshable, token};
use crate::support::run::{self, Running};
use crate::support::world::Outcome;
use crate::support::{World, wait_until};

/// A fault of the answer.
pub struct Fault {
    pub name: &'static str,
    pub reply: fn() -> Reply,
    /// A call that may be repeated survives it once.
    repeated: bool,
    /// A single-use token was certainly not used up.
    unused: bool,
    /// What the user must be told.
    pub says: &'static str,
}

impl Fault {
    /// One of which only name and answer count.
    pub const fn new(name: &'static str, reply: fn() -> Reply) -> Self {
        fault(name, reply, (true, true), "")
    }
}

const fn fault(
    name: &'static str,
    reply: fn() -> Reply,
    (repeated, unused): (bool, bool),
    says: &'static str,
) -> Fault {
    Fault { name, reply, repeated, unused, says }
}

/// Broken connections, then errors of the service, then answers of something else.
pub const FAULTS: [Fault; 13] = [
    fault("closed without an answer", || Reply::Drop, (true, false), "broke"),
    fault("answer lost", || Reply::LostAnswer, (true, false), "broke"),
    fault("reset in the body", || Reply::ResetMidBody, (true, false), "broke"),
    fault("429", || Reply::Status(429), (true, true), "slow down"),
    fault("429, Retry-After", || Reply::StatusRetryAfter(429, 1), (true, true), "slow down"),
    fault("500", || Reply::Status(500), (true, true), "has trouble"),
    fault("503", || Reply::Status(503), (true, true), "has trouble"),
    fault("503, Retry-After", || Reply::StatusRetryAfter(503, 1), (true, true), "has trouble"),
    fault("no JSON", || Reply::Garbage, (false, false), "as AWS does"),
    fault("half the JSON", || Reply::Truncated, (false, false), "as AWS does"),
    fault("a sign-in page", || Reply::CaptivePortal, (false, false), "sign-in page"),
    fault(
        "a redirect",
        || Reply::Redirect("http://127.0.0.1:9/elsewhere".into()),
        (false, false),
        "as AWS does",
    ),
    fault(
        "5 MiB",
        || Reply::json(&format!("{{\"x\": \"{}\"}}", "x".repeat(5 << 20))),
        (false, false),
        "longer than 4 MiB",
    ),
];

fn run(world: &World, words: &str) -> Outcome {
    let mut command = world.ssoenv(words.split_whitespace());
    Outcome::of(command.env("AWS_MAX_ATTEMPTS", "2"))
}

/// Failed as it should: code, nothing on standard output, words and a way out on standard error.
fn assert_failed(world: &World, outcome: &Outcome, code: i32, says: &str, about: &str) {
    assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{about}: {outcome:?}");
    assert!(outcome.err.lines().any(|l| l.starts_with("error: ")), "{about}: {outcome:?}");
    assert!(outcome.err.contains("\nhint: "), "{about}: {outcome:?}");
    assert!(outcome.err.contains(says), "{about}: {outcome:?}");
    world.assert_no_secret(&outcome.err);
}

#[test]
fn a_single_fault_is_survived_where_a_call_may_be_repeated() {
    for fault in &FAULTS {
        let world = logged_in();
        world.ic.script(Operation::GetRoleCredentials, [(fault.reply)()]);
        let outcome = run(&world, "use prod");
        assert_eq!(outcome.code, if fault.repeated { 0 } else { 5 }, "{}: {outcome:?}", fault.name);
        world.ok("use prod");
    }
}

#[test]
fn credentials_that_live_are_used_while_the_portal_is_in_trouble() {
    for fault in &FAULTS {
        let world = logged_in();
        world.ic.lifetimes(Lifetimes {
            role_credentials: Duration::from_secs(600),
            ..Lifetimes::default()
        });
        let first = world.ok("use prod --shell sh");
        // As another tool would have cached them, with no record of when they came.
        std::fs::remove_dir_all(world.path(".local/state/ssoenv/stamps")).expect("the stamps");
        world.ic.always(Operation::GetRoleCredentials, Some((fault.reply)()));
        let outcome = run(&world, "use prod --shell sh");
        assert_eq!(outcome.code, 0, "{}: {outcome:?}", fault.name);
        assert!(outcome.err.contains("warning: "), "{}: {outcome:?}", fault.name);
        let key = |text: &str| {
            let at = text.find("AWS_ACCESS_KEY_ID=").expect("a key");
            text[at..at + 42].to_owned()
        };
        assert_eq!(key(&outcome.out), key(&first), "{}", fault.name);
        world.assert_no_secret(&outcome.err);
    }
}

#[test]
fn a_refresh_in_trouble_is_5_or_3_and_is_never_sent_twice_in_doubt() {
    for fault in &FAULTS {
        let world = World::new();
        let session = world.ic.session();
        token(&world, &session, Duration::ZERO);
        let before = files(&world, ".aws");
        world.ic.always(Operation::CreateToken, Some((fault.reply)()));
        let outcome = run(&world, "use prod --no-login");
        let code = if fault.unused { 5 } else { 3 };
        assert_failed(&world, &outcome, code, "", fault.name);
        assert_eq!(files(&world, ".aws"), before, "{}", fault.name);
        let sent = world.ic.count(Operation::CreateToken);
        assert_eq!(sent, if fault.unused { 2 } else { 1 }, "{}", fault.name);
        world.ic.always(Operation::CreateToken, None);
        let outcome = run(&world, "use prod --no-login");
        if fault.unused {
            assert_eq!(outcome.code, 0, "{}: {outcome:?}", fault.name);
        } else {
            // It may have been used up: sending it again would look like theft to the service.
            assert_failed(&world, &outcome, 3, "ssoenv login", fault.name);
            assert_eq!(world.ic.count(Operation::CreateToken), sent, "{}", fault.name);
        }
        world.ok("use prod");
        assert_eq!(world.browser_opened(), usize::from(!fault.unused), "{}", fault.name);
    }
}

/// `use prod` that has sent its refresh token and has no answer yet; the access token lives.
fn refreshing(world: &World) -> Running {
    world.ic.latency_of(Operation::CreateToken, Duration::from_secs(2));
    let child = Running::start(&mut world.ssoenv(["use", "prod", "--shell", "sh", "--no-login"]));
    wait_until("the refresh", || world.ic.count(Operation::CreateToken) == 1);
    child
}

#[test]
fn a_refresh_token_whose_sender_has_died_is_not_sent_again() {
    for signal in ["INT", "TERM", "HUP", "KILL"] {
        let world = refreshable();
        let child = refreshing(&world);
        let id = child.id().to_string();
        assert!(run::output(world.command("kill").args(["-s", signal, &id])).status.success());
        assert!(!child.end().status.success(), "{signal}");
        // What lives is used; then only a person can help.
        world.ok("use prod --no-login");
        world.expire();
        let outcome = run(&world, "use prod --no-login --fresh");
        assert_failed(&world, &outcome, 3, "ssoenv login", signal);
        assert_eq!(world.ic.count(Operation::CreateToken), 1, "{signal}");
    }
}

#[test]
fn a_refresh_token_is_sent_once_though_the_locks_are_removed_meanwhile() {
    let world = refreshable();
    let child = refreshing(&world);
    std::fs::remove_dir_all(world.path(".local/state/ssoenv/locks")).expect("the locks");
    world.ok("use prod --no-login");
    assert_eq!(child.end().status.code(), Some(0));
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    // The answer has come: its successor is no different from any other.
    world.ic.latency_of(Operation::CreateToken, Duration::ZERO);
    world.expire();
    world.ok("use prod --no-login --fresh");
    assert_eq!(world.ic.count(Operation::CreateToken), 2);
}

#[test]
fn a_token_that_lives_is_used_while_its_refresh_is_in_trouble() {
    for fault in &FAULTS {
        let world = refreshable();
        world.ic.always(Operation::CreateToken, Some((fault.reply)()));
        let outcome = run(&world, "use prod --no-login");
        assert_eq!(outcome.code, 0, "{}: {outcome:?}", fault.name);
        assert!(outcome.err.contains("warning: "), "{}: {outcome:?}", fault.name);
        world.assert_no_secret(&outcome.err);
    }
}

#[test]
fn a_login_in_trouble_writes_no_token_and_the_next_one_works() {
    for operation in [Operation::RegisterClient, Operation::CreateToken] {
        for fault in &FAULTS {
            let about = format!("{operation:?}, {}", fault.name);
            let world = World::new();
            world.ic.always(operation, Some((fault.reply)()));
            let outcome = run(&world, "login");
            assert!([1, 5].contains(&outcome.code), "{about}: {outcome:?}");
            assert_failed(&world, &outcome, outcome.code, "", &about);
            assert!(!world.path(super::TOKEN_FILE).exists(), "{about}");
            world.ic.always(operation, None);
            world.ok("login");
            world.ok("use prod --no-login");
        }
    }
}

#[test]
fn a_process_that_is_stopped_and_continued_goes_on() {
    let world = logged_in();
    world.ic.latency(Duration::from_millis(600));
    let mut command = world.ssoenv(["use", "prod"]);
    let mut child = Running::start(command.stdout(Stdio::piped()));
    for signal in ["-STOP", "-CONT"].repeat(5) {
        thread::sleep(Duration::from_millis(40));
        let id = child.id().to_string();
        assert!(run::output(Command::new("kill").args([signal, &id])).status.success());
    }
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_revoked_token_is_refreshed_once_then_3() {
    let world = logged_in();
    world.ic.revoke_tokens();
    world.ok("use prod --no-login");
    world.ic.revoke_tokens();
    world.ic.revoke_refresh_tokens();
    let outcome = run(&world, "use prod --no-login --fresh");
    assert_failed(&world, &outcome, 3, "ssoenv login", "revoked");
    // Dead by the service's word, not by the clock: the file stays for other tools to see.
    assert!(world.path(super::TOKEN_FILE).exists());
    world.ok("use prod --fresh");
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn an_expired_registration_is_not_sent() {
    let world = World::new();
    let mut session = world.ic.session();
    session.registration_expires = SystemTime::now() - Duration::from_secs(60);
    token(&world, &session, Duration::ZERO);
    let outcome = run(&world, "use prod --no-login");
    assert_failed(&world, &outcome, 3, "registration", "expired registration");
    assert_eq!(world.ic.count(Operation::CreateToken), 0);
    world.ok("use prod");
}
