//! `whoami`: who AWS says the credentials are, and what is in their way.

use identity_center::{Operation, Reply};
use serde_json::{Value, json};

use crate::support::World;
use crate::support::world::Outcome;

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_variable_that_names_no_profile_is_named() {
    let world = World::new();
    for (name, cause) in [
        ("nope", "cause: `AWS_PROFILE` names it\n"),
        ("", "cause: `AWS_PROFILE` is set, and empty\n"),
    ] {
        let outcome = Outcome::of(world.ssoenv(["whoami"]).env("AWS_PROFILE", name));
        assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
        assert!(outcome.err.contains(cause), "{outcome:?}");
    }
    let outcome = world.run("whoami nope");
    assert!(!outcome.err.contains("AWS_PROFILE"), "{outcome:?}");
}

#[test]
fn sts_says_who_and_the_directory_says_where() {
    let world = World::new();
    world.ok("login --sso-session corp");
    world.ok("accounts");
    let who = parse(&world.ok("whoami prod --json"));
    let keys: Vec<_> = who.as_object().expect("a map").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "account_id",
            "account_name",
            "arn",
            "user_id",
            "profile",
            "role",
            "expires_at",
            "source",
            "shadowed"
        ]
    );
    assert_eq!(who["account_id"], "111122223333");
    assert_eq!(who["account_name"], "Acme Prod");
    assert_eq!(who["arn"], world.ic.role_arn("111122223333", "Admin").as_str());
    assert_eq!(who["role"], "Admin");
    assert_eq!(who["source"], "sso");
    assert_eq!(who["shadowed"], json!([]));
    assert!(who["expires_at"].as_str().is_some_and(|time| time.ends_with('Z')));
    let words = world.ok("whoami prod");
    assert!(words.contains("account   111122223333 Acme Prod\n"), "{words}");
    world.assert_no_secret(&words);
}

/// Who wins in a shell, by what `whoami` says of it.
#[test]
fn what_wins_over_the_profile_is_told() {
    let world = World::new();
    world.ok("login --sso-session corp");
    world.ic.add_static_keys("AKIDEXAMPLE", "SECRET", "arn:aws:iam::777788889999:user/jane");
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let who = |script: &str, words: &str| {
        let line = format!("{script}\n{program} whoami {words} --json");
        let outcome = Outcome::of(world.command("/bin/sh").args(["-c", &line]));
        assert_eq!(outcome.code, 0, "{script}: {outcome:?}");
        let who = parse(&outcome.out);
        (who["profile"].clone(), who["shadowed"].clone())
    };
    let active = format!("eval \"$({program} use prod)\"");
    let by_profile = format!("eval \"$({program} use prod --mode profile)\"");
    let own = "export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=SECRET";
    for (script, words, profile, shadowed) in [
        (&*active, "", json!("prod"), json!([])),
        (&format!("{active}; {own}"), "", Value::Null, json!([])),
        (&format!("{active}; export AWS_PROFILE=dev"), "", json!("prod"), json!([])),
        (&by_profile, "", json!("prod"), json!([])),
        (&format!("{by_profile}; {own}"), "", Value::Null, json!([])),
        (&format!("{by_profile}; export AWS_PROFILE=dev"), "", json!("dev"), json!([])),
        (&format!("export AWS_PROFILE=dev; {own}"), "", Value::Null, json!([])),
        (own, "prod", json!("prod"), json!(["AWS_ACCESS_KEY_ID"])),
        (&active, "dev", json!("dev"), json!(["AWS_ACCESS_KEY_ID"])),
        ("export AWS_PROFILE=dev", "prod", json!("prod"), json!(["AWS_PROFILE"])),
        (
            "export AWS_PROFILE=dev AWS_WEB_IDENTITY_TOKEN_FILE=/x",
            "",
            json!("dev"),
            json!(["AWS_WEB_IDENTITY_TOKEN_FILE"]),
        ),
    ] {
        assert_eq!(who(script, words), (profile, shadowed), "{script}: {words}");
    }
}

#[test]
fn without_a_profile_the_users_own_keys_are_asked_about() {
    let world = World::new();
    let outcome = world.run("whoami");
    assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
    world.ic.add_static_keys("AKIDEXAMPLE", "SECRET", "arn:aws:iam::777788889999:user/jane");
    let mut command = world.ssoenv(["whoami", "--json"]);
    command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "SECRET");
    let who = parse(&Outcome::of(&mut command).out);
    assert_eq!(who["arn"], "arn:aws:iam::777788889999:user/jane");
    assert_eq!((&who["profile"], &who["source"]), (&Value::Null, &json!("environment")));
    assert_eq!(who["expires_at"], Value::Null);
}

#[test]
fn failures_have_their_codes() {
    let world = World::new();
    world.write(
        ".aws/credentials",
        "[wrong]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = typo\n\
         [unknown]\naws_access_key_id = AKIDUNKNOWN\naws_secret_access_key = x\n",
    );
    world.ic.add_static_keys("AKIDEXAMPLE", "SECRET", "arn:aws:iam::777788889999:user/jane");
    let outcome = world.run("whoami wrong");
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
    world.says("whoami/failures_have_their_codes", &outcome);
    world.ic.expect_violation("the signature does not match");
    assert_eq!(world.run("whoami unknown").code, 6);
    world.ok("login --sso-session corp");
    world.ic.always(Operation::GetCallerIdentity, Some(Reply::Status(503)));
    let mut command = world.ssoenv(["whoami", "prod"]);
    assert_eq!(Outcome::of(command.env("AWS_MAX_ATTEMPTS", "1")).code, 5);
    world.ic.always(Operation::GetCallerIdentity, Some(Reply::CaptivePortal));
    assert_eq!(world.run("whoami prod").code, 5);
    world.ic.always(Operation::GetCallerIdentity, None);
    let mut command = world.ssoenv(["whoami", "prod"]);
    assert_eq!(Outcome::of(command.env("AWS_ENDPOINT_URL_STS", "http://sts.example.com")).code, 6);
}
