//! Clocks that disagree or jump.

use std::fs;
use std::time::Duration;

use identity_center::{IdentityCenter, Operation};

use super::{files, is_torn, logged_in, token};
use crate::support::find;
use crate::support::run::Running;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, wait_until};

/// `ssoenv WORDS` with its clock moved (`+10m`, `-10m`).
fn moved(world: &World, by: &str, words: &str) -> Option<Outcome> {
    find("faketime", "SSOENV_TEST_CLIENTS")?;
    let mut command = world.command("faketime");
    command.args(["-f", by]).arg(env!("CARGO_BIN_EXE_ssoenv")).args(words.split_whitespace());
    Some(Outcome::of(&mut command))
}

#[test]
fn ten_minutes_between_here_and_the_service_stop_nothing() {
    for seconds in [-600, 600] {
        let world = World::new();
        world.ic.clock_skew(seconds);
        world.ok("use prod");
        world.ic.clear_requests();
        world.ok("use prod --no-login");
        assert_eq!(world.ic.requests().len(), 0, "the cache serves, {seconds} s off");
        world.ok("use prod --no-login --fresh");
        assert_eq!(world.browser_opened(), 1);
    }
}

#[test]
fn a_clock_that_jumps_back_and_forth_loses_nothing() {
    let world = logged_in();
    for by in ["+10m", "-10m", "+50m", "-50m", "+0m", "+10d", "-10d", "+0m"] {
        let Some(outcome) = moved(&world, by, "use prod") else { return };
        assert_eq!(outcome.code, 0, "{by}: {outcome:?}");
        world.assert_no_secret(&outcome.err);
        for (name, bytes) in files(&world, ".aws/sso") {
            assert!(!is_torn(&name, &bytes), "{by}: {name}");
        }
    }
    world.ok("use prod --no-login");
}

#[test]
fn keys_that_look_expired_at_once_are_given_with_a_word_about_the_clock() {
    let world = World::new();
    token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
    let Some(outcome) = moved(&world, "+2h", "use prod --shell sh") else { return };
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says(
        "faults/clock/keys_that_look_expired_at_once_are_given_with_a_word_about_the_clock",
        &outcome,
    );
}

/// A login with a code at which nobody is yet, and which has asked once. Its wall clock is what the
/// file says; its monotonic clock goes on.
fn waiting(world: &World, wall: &str) -> Option<Running> {
    find("faketime", "SSOENV_TEST_CLIENTS")?;
    world.write(wall, "+0");
    let mut command = world.command("faketime");
    command.args(["--exclude-monotonic", "-f", "+0", "env", "-u", "FAKETIME"]);
    command.arg(format!("FAKETIME_TIMESTAMP_FILE={}", world.path(wall).display()));
    command.arg("FAKETIME_NO_CACHE=1").arg("SSOENV_LOGIN_TIMEOUT=60");
    command.args([env!("CARGO_BIN_EXE_ssoenv"), "login", "--device-code", "--no-browser"]);
    let login = Running::start(&mut command);
    wait_until("the first poll", || world.ic.count(Operation::CreateToken) > 0);
    Some(login)
}

/// A world where nobody confirms a code before the test does.
fn nobody_there() -> World {
    let world = World::with(IdentityCenter::builder().auto_approve(false).build());
    world.write(".aws/config", CONFIG);
    world
}

#[test]
fn a_clock_that_is_put_forward_does_not_end_a_login() {
    let world = nobody_there();
    let outcome = world.hurry(|| {
        let login = waiting(&world, "wall")?;
        set(&world, "wall", "+1h");
        world.ic.approve(&world.ic.open_user_codes().pop().expect("a code"));
        Some(Outcome::from(&login.end()))
    });
    let Some(outcome) = outcome else { return };
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn a_clock_that_is_put_back_does_not_prolong_a_login() {
    let world = nobody_there();
    let outcome = world.hurry(|| {
        let login = waiting(&world, "wall")?;
        set(&world, "wall", "-1h");
        Some(Outcome::from(&login.end()))
    });
    let Some(outcome) = outcome else { return };
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.err.contains("in time"), "{outcome:?}");
    // One a second; the code itself lives ten times as long as the person may take.
    let polls = world.ic.count(Operation::CreateToken);
    assert!((1..=60).contains(&polls), "{polls} polls in a minute");
}

/// Replaced in one go: the program may look at any time.
fn set(world: &World, wall: &str, by: &str) {
    world.write("wall.next", by);
    fs::rename(world.path("wall.next"), world.path(wall)).expect("the clock can be set");
}
