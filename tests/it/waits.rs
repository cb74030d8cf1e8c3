//! Nobody waits without an end, without a word, or one after the other: for locks whose holder was
//! stopped, and for services that are silent.

use std::collections::HashMap;
use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use identity_center::{Operation, Reply, browser};
use rustix::process::{Pid, Signal, kill_process};
use url::Url;

use crate::support::run::Running;
use crate::support::world::Outcome;
use crate::support::{World, wait_until};

/// What one says that waits for another.
const FETCHES: &str = "waiting for another ssoenv that fetches the same credentials";
const LOGS_IN: &str = "waiting for another ssoenv that logs in to `corp`";
const ANSWER: &str = "waiting for an answer from `127.0.0.1:";

fn start(world: &World, words: &str) -> Running {
    let mut command = world.ssoenv(words.split(' '));
    Running::start(command.stdout(Stdio::piped()))
}

fn logged_in() -> World {
    let world = World::new();
    world.ok("login");
    // All that is started from now on goes by this world's clock.
    world.pass(Duration::ZERO);
    world
}

fn never() -> Reply {
    Reply::Delay(Duration::from_secs(3600), None)
}

fn send(child: &Running, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("signalled");
}

/// A `use prod` that was stopped, as by Ctrl-Z, while it waited for that answer. One that is gone
/// frees its locks.
fn stopped(world: &World, operation: Operation) -> Running {
    let before = world.ic.count(operation);
    world.ic.always(operation, Some(never()));
    let holder = start(world, "use prod --shell sh --no-login");
    wait_until("the call", || world.ic.count(operation) > before);
    send(&holder, Signal::STOP);
    world.ic.always(operation, None);
    holder
}

/// Held by this process.
fn hold(world: &World, lock: &str) -> File {
    world.write(lock, "");
    let file = File::options().write(true).open(world.path(lock)).expect("a lock");
    file.lock().expect("nobody else has it");
    file
}

#[test]
fn credentials_are_fetched_though_another_one_that_does_was_stopped() {
    let world = logged_in();
    let _holder = stopped(&world, Operation::GetRoleCredentials);
    for words in
        ["use prod --shell sh --no-login --fresh", "credentials prod", "exec prod --no-login true"]
    {
        drop(std::fs::remove_dir_all(world.path(".aws/cli/cache")));
        let waiter = start(&world, words);
        waiter.wait_for_line(FETCHES);
        world.pass(Duration::from_secs(31));
        let outcome = Outcome::from(&waiter.end());
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
        assert_eq!(outcome.err.lines().count(), 1, "{words}: {outcome:?}");
    }
}

#[test]
fn the_background_refresh_does_not_wait_for_one_that_was_stopped() {
    let world = logged_in();
    let shell = world.ok("use prod --shell sh");
    let _holder = {
        drop(std::fs::remove_dir_all(world.path(".aws/cli/cache")));
        stopped(&world, Operation::GetRoleCredentials)
    };
    let exe = env!("CARGO_BIN_EXE_ssoenv");
    let script = format!("{shell}\nexec '{exe}' refresh --foreground");
    let refresh = Running::start(world.command("sh").args(["-c", &script]));
    refresh.wait_for_line(FETCHES);
    world.pass(Duration::from_secs(31));
    let outcome = Outcome::from(&refresh.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.ok("use prod --from-cache --shell sh");
}

#[test]
fn a_session_whose_refresh_was_stopped_is_used_while_it_lives() {
    let world = logged_in();
    world.pass(Duration::from_secs(3600 - 600));
    let _holder = stopped(&world, Operation::CreateToken);
    let waiter = start(&world, "use prod --shell sh --no-login");
    waiter.wait_for_line(LOGS_IN);
    world.pass(Duration::from_secs(31));
    let outcome = Outcome::from(&waiter.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("waits/session_that_lives", &outcome);
    world.pass(Duration::from_secs(1200));
    let waiter = start(&world, "use prod --shell sh --no-login --fresh");
    waiter.wait_for_line(LOGS_IN);
    world.pass(Duration::from_secs(31));
    let outcome = Outcome::from(&waiter.end());
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{outcome:?}");
    world.says("waits/session_that_has_ended", &outcome);
    // Nor does it keep anybody from logging out.
    let logout = start(&world, "logout");
    logout.wait_for_line(LOGS_IN);
    world.pass(Duration::from_secs(31));
    let outcome = Outcome::from(&logout.end());
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(!world.path(crate::support::TOKEN).exists());
}

#[test]
fn ctrl_c_ends_every_wait() {
    let world = logged_in();
    let holder = stopped(&world, Operation::GetRoleCredentials);
    let locks = ".local/state/ssoenv/locks";
    let _files = hold(&world, &format!("{locks}/aws-files.lock"));
    let _settings = hold(&world, &format!("{locks}/settings.lock"));
    for words in [
        "use prod --shell sh --no-login",
        "credentials prod",
        "profile default prod",
        "settings set mode profile",
    ] {
        let waiter = start(&world, words);
        waiter.wait_for_line("waiting for another ssoenv");
        send(&waiter, Signal::INT);
        let outcome = Outcome::from(&waiter.end());
        assert_eq!((outcome.code, outcome.out.as_str()), (130, ""), "{words}: {outcome:?}");
    }
    drop(holder);
    world.ic.always(Operation::GetRoleCredentials, Some(never()));
    let waiter = start(&world, "use prod --shell sh");
    waiter.wait_for_line(ANSWER);
    send(&waiter, Signal::INT);
    assert_eq!(Outcome::from(&waiter.end()).code, 130);
}

#[test]
fn writers_of_files_give_up_after_a_minute() {
    for (lock, words, name) in [
        ("aws-files", "profile default prod", "waits/aws_files"),
        ("settings", "settings set mode profile", "waits/settings"),
    ] {
        let world = logged_in();
        let _held = hold(&world, &format!(".local/state/ssoenv/locks/{lock}.lock"));
        let waiter = start(&world, words);
        waiter.wait_for_line("waiting for another ssoenv");
        world.pass(Duration::from_secs(61));
        world.says(name, &Outcome::from(&waiter.end()));
    }
}

#[test]
fn nobody_waits_for_records_that_nothing_depends_on() {
    let world = logged_in();
    let _history = hold(&world, ".local/state/ssoenv/history.lock");
    let _names = hold(&world, ".local/state/ssoenv/locks/account-names.lock");
    for words in
        ["use prod --shell sh", "use tools --shell sh", "accounts --refresh", "login --force"]
    {
        let outcome = world.run(words);
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
        assert!(!outcome.err.contains("waiting"), "{words}: {outcome:?}");
        assert!(!outcome.err.contains("warning"), "{words}: {outcome:?}");
    }
}

#[test]
fn a_silent_portal_is_told_after_a_second_and_has_one_deadline() {
    let world = logged_in();
    world.ic.always(Operation::GetRoleCredentials, Some(never()));
    let waiter = start(&world, "use prod --shell sh");
    waiter.wait_for_line(ANSWER);
    world.pass(Duration::from_secs(20));
    world.says("waits/silent_portal", &Outcome::from(&waiter.end()));
}

/// A refresh token that was sent, the code of a login and a device code that a person has approved
/// are not given up while their answer is under way.
#[test]
fn what_works_once_is_waited_for() {
    for words in ["use prod --shell sh --no-login", "login --force", "login --force --device-code"]
    {
        let world = logged_in();
        world.expire();
        world.ic.clear_requests();
        world.ic.latency_of(Operation::CreateToken, Duration::from_secs(3));
        let waiter = start(&world, words);
        if words.contains("device") {
            // The first poll is after five seconds.
            waiter.wait_for_line("    ");
            world.pass(Duration::from_secs(5));
        }
        wait_until("the call", || world.ic.count(Operation::CreateToken) == 1);
        world.pass(Duration::from_secs(45));
        let outcome = Outcome::from(&waiter.end());
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
        assert_eq!(world.ic.count(Operation::CreateToken), 1, "{words}");
    }
}

#[test]
fn a_service_that_asks_for_a_long_pause_is_taken_at_its_word() {
    let world = logged_in();
    for (status, name) in [(429, "waits/slow_down"), (503, "waits/trouble")] {
        let reply = Reply::StatusRetryAfter(status, 20);
        world.ic.always(Operation::GetRoleCredentials, Some(reply));
        world.ic.clear_requests();
        world.says(name, &world.run("use prod --shell sh"));
        assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
    }
}

#[test]
fn a_pause_that_is_asked_for_is_made_without_waiting_in_tests() {
    let world = logged_in();
    world.ic.script(Operation::GetRoleCredentials, [Reply::StatusRetryAfter(429, 15)]);
    let outcome = world.hurry(|| world.run("use prod --shell sh"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let calls = world.ic.requests();
    let calls: Vec<_> =
        calls.iter().filter(|call| call.op == Operation::GetRoleCredentials).collect();
    let pause = calls[1].started.duration_since(calls[0].started).expect("in turn");
    assert!(pause >= Duration::from_secs(15), "{pause:?}");
}

#[test]
fn who_waits_for_one_that_fails_fails_with_it() {
    let world = logged_in();
    world.ic.always(Operation::GetRoleCredentials, Some(never()));
    let shells: Vec<_> = (0..4).map(|_| start(&world, "use prod --shell sh")).collect();
    // One waits for the portal, three for the one.
    for shell in &shells {
        shell.wait_for_line("waiting for");
    }
    world.pass(Duration::from_secs(20));
    let ends: Vec<_> = shells.into_iter().map(|shell| Outcome::from(&shell.end())).collect();
    let without_waiting = |outcome: &Outcome| {
        let lines = outcome.err.lines().filter(|line| !line.starts_with("waiting for"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    for end in &ends {
        assert_eq!(end.code, 5, "{end:?}");
        assert_eq!(without_waiting(end), without_waiting(&ends[0]));
        world.assert_no_secret(&end.err);
    }
    assert_eq!(ends.iter().filter(|end| end.err.contains(FETCHES)).count(), 3, "{ends:?}");
    // Who comes later tries anew.
    world.ic.always(Operation::GetRoleCredentials, None);
    world.ok("use prod --shell sh");
}

/// A shell whose proxy or endpoint is silent says nothing of those that have another one.
#[test]
fn who_takes_another_way_does_not_fail_with_it() {
    let world = logged_in();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("bound"));
    let mut command = world.ssoenv(["use", "prod", "--shell", "sh"]);
    let first = Running::start(command.env("AWS_ENDPOINT_URL_SSO", url).stdout(Stdio::piped()));
    first.wait_for_line(ANSWER);
    let second = start(&world, "use prod --shell sh");
    second.wait_for_line(FETCHES);
    world.pass(Duration::from_secs(20));
    assert_eq!(Outcome::from(&first.end()).code, 5);
    let outcome = Outcome::from(&second.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// Notes of failures are for those who wait at that moment.
fn notes(world: &World) -> Vec<String> {
    let files = std::fs::read_dir(world.path(".local/state/ssoenv/locks")).expect("the locks");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".failed")).collect()
}

#[test]
fn what_is_noted_of_a_failure_goes() {
    let world = logged_in();
    let fail = || {
        world.ic.always(Operation::GetRoleCredentials, Some(Reply::Status(404)));
        assert_eq!(world.run("use prod --shell sh").code, 4);
        assert_eq!(notes(&world).len(), 1);
    };
    fail();
    world.ic.always(Operation::GetRoleCredentials, None);
    world.ok("use prod --shell sh");
    assert_eq!(notes(&world), [""; 0]);
    for words in ["logout", "logout --all"] {
        world.ok("login");
        drop(std::fs::remove_dir_all(world.path(".aws/cli/cache")));
        fail();
        world.ok(words);
        assert_eq!(notes(&world), [""; 0], "{words}");
    }
    // Those of roles that nobody asks for any more go with the next failure.
    world.ok("login");
    let old = ".local/state/ssoenv/locks/0000.failed";
    world.write(old, "[5, \"x\", [], []]");
    let file = File::options().write(true).open(world.path(old)).expect("the note");
    let day = Duration::from_secs(25 * 3600);
    file.set_modified(std::time::SystemTime::now() - day).expect("a time");
    fail();
    assert!(!world.path(old).exists());
}

#[test]
fn a_refresh_without_an_answer_is_one_for_all_who_wait() {
    let world = logged_in();
    world.pass(Duration::from_secs(3600 - 600));
    world.ic.clear_requests();
    world.ic.always(Operation::CreateToken, Some(Reply::StatusRetryAfter(503, 30)));
    world.ic.latency_of(Operation::CreateToken, Duration::from_secs(2));
    let shells: Vec<_> =
        (0..4).map(|_| start(&world, "use prod --shell sh --no-login --fresh")).collect();
    for shell in shells {
        let outcome = Outcome::from(&shell.end());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.err.contains("was not refreshed"), "{outcome:?}");
    }
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn a_login_that_is_denied_is_denied_to_all_who_wait() {
    let world = World::new();
    let start = || {
        let mut command = world.ssoenv(["use", "prod", "--shell", "sh"]);
        Running::start(command.env("BROWSER", "sh -c 'echo >>browsers'").stdout(Stdio::piped()))
    };
    let first = start();
    let url = Url::parse(&first.wait_for_line("http://")).expect("a URL");
    let others: Vec<_> = (0..3).map(|_| start()).collect();
    for other in &others {
        other.wait_for_line(LOGS_IN);
    }
    let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
    let (back, state) = (&asked["redirect_uri"], &asked["state"]);
    let answer = format!("{back}?error=access_denied&state={state}");
    assert_eq!(browser::request("GET", &answer, &[], None).expect("an answer").status, 200);
    for shell in others.into_iter().chain([first]) {
        let outcome = Outcome::from(&shell.end());
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert!(outcome.err.contains("was denied in the browser"), "{outcome:?}");
    }
    assert_eq!(world.read("browsers"), "\n");
    world.ok("use prod --shell sh");
}
