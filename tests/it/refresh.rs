//! The background refresh, and shells that take what others have fetched.

use std::time::{Duration, Instant};

use identity_center::{Operation, Reply};

use crate::support::world::{Outcome, sh};
use crate::support::{World, wait_until};

/// A shell that uses `prod` and then runs `script`.
fn in_prod(world: &World, script: &str) -> Outcome {
    sh(world, &format!("eval \"$(ssoenv use prod)\"\n{script}"))
}

#[test]
fn many_shells_refresh_once_and_none_waits() {
    let world = World::new();
    world.ic.latency_of(Operation::GetRoleCredentials, Duration::from_millis(300));
    let outcome = in_prod(
        &world,
        "for n in 1 2 3 4 5 6; do ssoenv refresh & done; wait\n\
         while [ \"$(cut -d' ' -f1 \"$SSOENV_STAMP\")\" = \"$SSOENV_GEN\" ]; do sleep 0.05; done\n\
         before=$AWS_ACCESS_KEY_ID; eval \"$(ssoenv use --from-cache)\"\n\
         [ \"$before\" != \"$AWS_ACCESS_KEY_ID\" ] && echo new $SSOENV_PROFILE",
    );
    assert_eq!(outcome.out, "new prod\n", "{outcome:?}");
    // The others wait for the lock, and find that it was done.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 2);
}

#[test]
fn the_refresh_lets_go_of_the_shell_at_once() {
    let world = World::new();
    world.ok("use prod");
    world.ic.latency_of(Operation::GetRoleCredentials, Duration::from_secs(3));
    // A child that kept standard output open would hold up the `$(…)`.
    let start = Instant::now();
    let outcome = in_prod(&world, "x=$(ssoenv refresh); echo done");
    assert_eq!(outcome.out, "done\n", "{outcome:?}");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_failed_refresh_is_not_tried_again_at_once() {
    let world = World::new();
    world.ok("use prod");
    world.ic.always(Operation::GetRoleCredentials, Some(Reply::Status(500)));
    let before = world.ic.count(Operation::GetRoleCredentials);
    in_prod(&world, "ssoenv refresh");
    let notes = world.path(".local/state/ssoenv/refresh");
    wait_until("note of the failure", || {
        std::fs::read_dir(&notes).is_ok_and(|mut dir| dir.any(|e| e.is_ok()))
    });
    let tried = world.ic.count(Operation::GetRoleCredentials);
    assert!(tried > before);
    in_prod(&world, "ssoenv refresh; ssoenv refresh");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), tried);
}

#[test]
fn a_refresh_never_opens_a_browser() {
    let world = World::new();
    world.ok("use prod");
    world.ic.revoke_tokens();
    world.ic.revoke_refresh_tokens();
    in_prod(&world, "ssoenv refresh --foreground");
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn what_was_removed_elsewhere_is_dropped_here() {
    let world = World::new();
    let outcome = in_prod(
        &world,
        "ssoenv logout 2>/dev/null; eval \"$(ssoenv use --from-cache)\"\n\
         echo \"${AWS_ACCESS_KEY_ID-none} ${AWS_PROFILE-none} $SSOENV_MODE\"\n\
         eval \"$(ssoenv clear)\"; echo \"${AWS_PROFILE-none}\"",
    );
    assert_eq!(outcome.out, "none prod profile\nnone\n", "{outcome:?}");
    // True in the shell that logged out as in others.
    let line = "\nthe credentials of `prod` were removed: run `ssoenv use prod`\n";
    assert!(outcome.err.ends_with(line), "{outcome:?}");
}

#[test]
fn from_cache_never_asks_the_network() {
    let world = World::new();
    world.ok("use prod");
    world.ic.clear_requests();
    let outcome = in_prod(&world, "ssoenv use --from-cache | grep -c AWS_ACCESS_KEY_ID");
    assert_eq!(outcome.out, "1\n", "{outcome:?}");
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn without_a_use_the_hook_s_commands_do_nothing() {
    let world = World::new();
    for words in ["refresh", "refresh --foreground", "use --from-cache"] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, outcome.out.as_str(), outcome.err.as_str()), (0, "", ""));
    }
}
