//! Clocks that disagree or jump.

use std::time::Duration;

use super::{files, is_torn, logged_in, token};
use crate::support::World;
use crate::support::find;
use crate::support::world::Outcome;

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
