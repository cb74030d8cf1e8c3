//! Answers that no service gives: judged before any file or variable changes.

use identity_center::{Operation, Reply};
use serde_json::json;

use crate::support::World;
use crate::support::world::{Outcome, TOKEN};

/// Roles whose keys, token or end cannot be.
fn role_credentials() -> Vec<String> {
    let good = json!({
        "accessKeyId": "ASIAEXAMPLEEXAMPLE00", "secretAccessKey": "s", "sessionToken": "t",
        "expiration": 1_900_000_000_000_i64,
    });
    let bad = [
        ("accessKeyId", json!("")),
        ("secretAccessKey", json!("")),
        ("sessionToken", json!("")),
        ("accessKeyId", json!("A\nB")),
        ("sessionToken", json!("t\0")),
        ("secretAccessKey", json!("s s")),
        ("expiration", json!(-1)),
        ("expiration", json!(253_402_300_800_000_i64)),
        ("expiration", json!("soon")),
        ("accessKeyId", json!(null)),
    ];
    let bodies = bad.into_iter().map(|(key, value)| {
        let mut keys = good.clone();
        keys[key] = value;
        json!({ "roleCredentials": keys }).to_string()
    });
    bodies.collect()
}

#[test]
fn impossible_role_credentials_change_nothing() {
    let world = World::new();
    world.ok("login");
    let token = world.read(TOKEN);
    for body in role_credentials() {
        world.ic.always(Operation::GetRoleCredentials, Some(Reply::json(&body)));
        for line in ["use dev --shell sh", "credentials dev", "exec dev -- true"] {
            let outcome = world.run(line);
            assert_eq!((outcome.code, &*outcome.out), (5, ""), "{line}: {body}: {outcome:?}");
        }
        assert_eq!(world.read(TOKEN), token);
        assert!(!world.path(".aws/cli/cache").exists(), "{body}");
    }
    world.ic.always(Operation::GetRoleCredentials, None);
    world.ok("use dev --shell sh");
}

/// What lives stays, and is used.
#[test]
fn an_impossible_token_takes_no_living_ones_place() {
    let world = World::new();
    world.ok("login");
    let soon = world.ic.pass(std::time::Duration::ZERO);
    assert!(soon.is_zero());
    for (body, code) in [
        (json!({ "accessToken": "", "expiresIn": 28_800, "tokenType": "Bearer" }), 3),
        (json!({ "accessToken": "t", "expiresIn": 1_000_000_000_000_000_i64 }), 3),
        (json!({ "accessToken": "t", "expiresIn": -1 }), 3),
        (json!({ "accessToken": "t\r\nx: y", "expiresIn": 28_800 }), 3),
        (json!({ "expiresIn": 28_800 }), 3),
    ] {
        world.expire();
        let token = world.token();
        world.ic.always(Operation::CreateToken, Some(Reply::json(&body.to_string())));
        let outcome = world.run("use dev --shell sh --no-login");
        assert_eq!((outcome.code, &*outcome.out), (code, ""), "{body}: {outcome:?}");
        for key in ["accessToken", "expiresAt"] {
            assert_eq!(world.token()[key], token[key], "{body}");
        }
        world.ic.always(Operation::CreateToken, None);
        world.ok("login --force");
    }
}

#[test]
fn names_of_accounts_are_cut_and_have_no_nul() {
    let world = World::new();
    world.ic.add_account("777788889999", &"n".repeat(150_000), "n@example.com", &["Admin"]);
    world.ic.add_account("888899990000", "nul\0inside", "n@example.com", &["Admin"]);
    world.ok("login");
    for account in ["777788889999", "888899990000"] {
        let words = format!("--account {account} --role Admin");
        world.ok("accounts --refresh");
        world.ok(&format!("use {words} --shell sh"));
        world.ok(&format!("exec {words} -- true"));
        let script = format!(
            "eval \"$(ssoenv use {words} --shell sh)\" && ssoenv status >/dev/null && \
             eval \"$(ssoenv clear --shell sh)\" && echo done"
        );
        let outcome: Outcome = crate::support::world::sh(&world, &script);
        assert_eq!(outcome.out, "done\n", "{outcome:?}");
    }
}
