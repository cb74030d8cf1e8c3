//! The main job: `eval "$(ssoenv use prod)"` in a POSIX shell, and the way back.

use std::collections::BTreeMap;

use identity_center::{Lifetimes, Operation, Reply};

use crate::support::World;
use crate::support::world::{Outcome, sh};

/// The environment that `env -0` printed, less what every shell has.
fn variables(text: &str) -> BTreeMap<String, String> {
    text.split('\0')
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| {
            let tests = name.starts_with("SSOENV_TEST_") || *name == "SSOENV_LOGIN";
            (name.starts_with("AWS_") && !name.starts_with("AWS_ENDPOINT"))
                || (name.starts_with("SSOENV_") && !tests)
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn names(variables: &BTreeMap<String, String>) -> Vec<&str> {
    variables.keys().map(String::as_str).collect()
}

#[test]
fn use_logs_in_and_gives_a_child_exactly_the_variables() {
    let world = World::new();
    let outcome = sh(&world, r#"code=$(ssoenv use prod) && eval "$code" && env -0"#);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let seen = variables(&outcome.out);
    assert_eq!(
        names(&seen),
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_ACCOUNT_ID",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_DEFAULT_REGION",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_SSO_PROFILE",
            "SSOENV_ACCOUNT_ID",
            "SSOENV_ACCOUNT_NAME",
            "SSOENV_EXPIRES_AT",
            "SSOENV_GEN",
            "SSOENV_KEY_ID",
            "SSOENV_LABEL",
            "SSOENV_LABEL_60",
            "SSOENV_MODE",
            "SSOENV_PROFILE",
            "SSOENV_REFRESH_AT",
            "SSOENV_ROLE",
            "SSOENV_SAVED",
            "SSOENV_SESSION",
            "SSOENV_STAMP",
            "SSOENV_WARN_AT",
        ]
    );
    assert_eq!(seen["AWS_REGION"], "eu-west-1");
    assert_eq!(seen["SSOENV_ACCOUNT_ID"], "111122223333");
    assert_eq!(
        (&*seen["SSOENV_ACCOUNT_NAME"], &*seen["SSOENV_LABEL"]),
        ("Acme Prod", "Acme Prod Admin")
    );
    assert!(seen["AWS_ACCESS_KEY_ID"].starts_with("ASIA"));
    world.assert_no_secret(&outcome.err);
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn a_second_use_asks_nobody_and_prints_the_same_lines() {
    let world = World::new();
    let first = world.ok("use prod --shell bash");
    world.ic.clear_requests();
    assert_eq!(world.ok("use prod --shell bash"), first);
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn use_works_from_the_cache_when_nothing_answers() {
    let world = World::new();
    let first = world.ok("use prod --shell fish");
    let mut command = world.ssoenv(["use", "prod", "--shell", "fish"]);
    for (name, _) in world.ic.env() {
        command.env(name, "http://127.0.0.1:9");
    }
    let outcome = Outcome::of(&mut command);
    assert_eq!((outcome.code, outcome.out), (0, first));
}

#[test]
fn a_failing_use_prints_nothing_and_keeps_its_exit_code() {
    let world = World::new();
    let script = r#"AWS_PROFILE=mine; export AWS_PROFILE
        eval "$(ssoenv use nope)"; code=$(ssoenv use nope 2>/dev/null); echo "$? [$code] $AWS_PROFILE""#;
    let outcome = sh(&world, script);
    assert_eq!(outcome.out, "6 [] mine\n", "{outcome:?}");
}

#[test]
fn clear_gives_back_what_the_user_had() {
    let world = World::new();
    let outcome = sh(
        &world,
        r#"export AWS_PROFILE='my $(touch x)' AWS_REGION=us-gov-west-1 AWS_SECURITY_TOKEN=old
           eval "$(ssoenv use prod)"; eval "$(ssoenv use dev)"
           eval "$(ssoenv clear)"; env -0; test ! -e x"#,
    );
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let expected = [
        ("AWS_PROFILE", "my $(touch x)"),
        ("AWS_REGION", "us-gov-west-1"),
        ("AWS_SECURITY_TOKEN", "old"),
    ];
    let seen = variables(&outcome.out);
    let seen: Vec<_> = seen.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(seen, expected);
}

#[test]
fn clear_leaves_and_names_what_was_changed_since() {
    let world = World::new();
    let outcome = sh(
        &world,
        r#"eval "$(ssoenv use prod)"; export AWS_REGION=mine; eval "$(ssoenv clear)"; env -0"#,
    );
    assert_eq!(names(&variables(&outcome.out)), ["AWS_REGION"], "{outcome:?}");
    world.says("main_job/clear_leaves_and_names_what_was_changed_since", &outcome);
}

#[test]
fn clear_without_use_is_silent() {
    let world = World::new();
    let outcome = world.run("clear");
    assert_eq!((outcome.code, outcome.out.as_str(), outcome.err.as_str()), (0, "", ""));
}

#[test]
fn the_region_is_never_that_of_an_earlier_use() {
    let world = World::new();
    // `prod` has a region, `dev` has none.
    let outcome = sh(
        &world,
        r#"eval "$(ssoenv use prod)"; eval "$(ssoenv use dev)"; echo "${AWS_REGION-unset}"
           eval "$(ssoenv clear)"; export AWS_DEFAULT_REGION=mine
           eval "$(ssoenv use prod)"; eval "$(ssoenv use dev)"; echo "$AWS_REGION"
           eval "$(ssoenv use dev --region ap-south-1)"; echo "$AWS_REGION $AWS_DEFAULT_REGION""#,
    );
    assert_eq!(outcome.out, "unset\nmine\nap-south-1 ap-south-1\n", "{outcome:?}");
}

#[test]
fn profile_mode_exports_the_name_and_removes_what_would_win() {
    let world = World::new();
    let outcome = sh(
        &world,
        r#"export AWS_ACCESS_KEY_ID=stale AWS_SECRET_ACCESS_KEY=stale
           eval "$(ssoenv use prod --mode profile)"; env -0"#,
    );
    let seen = variables(&outcome.out);
    assert_eq!(seen["AWS_PROFILE"], "prod", "{outcome:?}");
    assert!(!seen.contains_key("AWS_ACCESS_KEY_ID") && !seen.contains_key("AWS_REGION"));
    assert_eq!(seen["SSOENV_MODE"], "profile");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 0);
}

#[test]
fn profile_mode_warns_of_a_region_that_wins() {
    let world = World::new();
    let outcome = sh(
        &world,
        r#"export AWS_REGION=mine; eval "$(ssoenv use prod --mode profile)"; echo "$AWS_REGION""#,
    );
    assert_eq!(outcome.out, "mine\n");
    world.says("main_job/profile_mode_warns_of_a_region_that_wins", &outcome);
}

#[test]
fn use_dash_goes_back_and_forth() {
    let world = World::new();
    let outcome = sh(
        &world,
        r#"for p in prod dev - -; do eval "$(ssoenv use $p)"; echo "$SSOENV_PROFILE"; done"#,
    );
    assert_eq!(outcome.out, "prod\ndev\nprod\ndev\n", "{outcome:?}");
    assert_eq!(world.run("use -").code, 2);
}

#[test]
fn account_and_role_stand_in_for_a_profile() {
    let world = World::new();
    let outcome = sh(
        &world,
        r#"eval "$(ssoenv use --account 111122223333 --role Admin)"; echo "$SSOENV_PROFILE $AWS_SSO_PROFILE"
           eval "$(ssoenv use --account 'acme prod' --role ReadOnly)"
           echo "${SSOENV_PROFILE-none} ${AWS_SSO_PROFILE-none} $SSOENV_ACCOUNT_NAME $SSOENV_ROLE"
           eval "$(ssoenv use prod)"; eval "$(ssoenv use -)"; echo "$SSOENV_ROLE""#,
    );
    assert_eq!(outcome.out, "prod prod\nnone none Acme Prod ReadOnly\nReadOnly\n", "{outcome:?}");
    let both = world.run("use prod --account 111122223333 --role Admin");
    assert_eq!(both.code, 2, "{both:?}");
    let profile_mode = world.run("use --account 111122223333 --role ReadOnly --mode profile");
    assert_eq!(profile_mode.code, 2, "{profile_mode:?}");
}

#[test]
fn hostile_account_names_are_only_names() {
    let world = World::new();
    let hostile = "$(touch canary)`touch canary`'\"\\;\u{1b}]52;c;eA==\u{7}%n\u{202e}x";
    world.ic.add_account("111122223333", hostile, "x@example.com", &["Admin"]);
    world.ok("login");
    world.ok("accounts");
    let outcome = sh(&world, r#"eval "$(ssoenv use prod)"; eval $(ssoenv use prod); env -0"#);
    let seen = variables(&outcome.out);
    assert_eq!(seen["SSOENV_ACCOUNT_NAME"], hostile, "{outcome:?}");
    assert!(!seen["SSOENV_LABEL"].contains(['\u{1b}', '\u{7}', '\u{202e}']), "{seen:?}");
    assert!(!world.path("canary").exists());
}

#[test]
fn bad_input_has_an_exit_code_and_a_hint() {
    let world = World::new();
    world.write(
        ".aws/config",
        &format!(
            "{}\n[profile lost]\nsso_session = nowhere\nsso_account_id = 111122223333\n\
             sso_role_name = Admin\n[profile half]\nsso_session = corp\nsso_account_id = 111122223333\n\
             [profile denied]\nsso_session = corp\nsso_account_id = 111122223333\n\
             sso_role_name = Amdin\n",
            crate::support::world::CONFIG
        ),
    );
    world.ok("login");
    for (words, code, hint) in [
        ("use prdo", 6, "prod"),
        ("use lost", 6, "nowhere"),
        ("use half", 6, "sso_role_name"),
        ("use denied", 4, "Admin"),
        ("use --account 111122223333", 2, "--role"),
        ("use prod --mode nothing", 2, "keys"),
        ("use", 2, "ssoenv"),
        ("nothing", 2, "ssoenv"),
    ] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{words}: {outcome:?}");
        assert!(outcome.err.contains(hint), "{words}: {outcome:?}");
        world.assert_no_secret(&outcome.err);
    }
}

#[test]
fn no_home_is_a_configuration_error() {
    let world = World::new();
    let outcome = Outcome::of(world.ssoenv(["use", "prod"]).env_remove("HOME"));
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
    world.says("main_job/no_home_is_a_configuration_error", &outcome);
}

#[test]
fn a_closed_endpoint_is_5_and_no_login_is_3() {
    let world = World::new();
    let mut command = world.ssoenv(["use", "prod"]);
    for (name, _) in world.ic.env() {
        command.env(name, "http://127.0.0.1:9");
    }
    assert_eq!(Outcome::of(&mut command).code, 5);
    let outcome = world.run("use prod --no-login");
    assert_eq!(outcome.code, 3, "{outcome:?}");
    world.says("main_job/a_closed_endpoint_is_5_and_no_login_is_3", &outcome);
}

#[test]
fn an_expired_token_is_refreshed_without_a_browser() {
    let world = World::new();
    world.ic.lifetimes(Lifetimes {
        access_token: std::time::Duration::from_secs(1),
        ..Lifetimes::default()
    });
    world.ok("login");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    world.ok("use prod");
    assert_eq!(world.browser_opened(), 1);
    let grants: Vec<_> = world
        .ic
        .requests()
        .iter()
        .filter(|r| r.op == Operation::CreateToken)
        .map(|r| r.json()["grantType"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(grants, ["authorization_code", "refresh_token"]);
}

#[test]
fn a_login_that_is_denied_in_the_browser_is_1() {
    let world = World::new();
    world.ic.script(Operation::Authorize, [Reply::Denied]);
    let outcome = world.run("use prod");
    assert_eq!((outcome.code, outcome.out.as_str()), (1, ""), "{outcome:?}");
}

#[test]
fn a_corrupt_cache_is_no_error() {
    let world = World::new();
    world.ok("use prod");
    for folder in [".aws/sso/cache", ".aws/cli/cache"] {
        for entry in std::fs::read_dir(world.path(folder)).expect("a cache").flatten() {
            std::fs::write(entry.path(), "{\"half\": ").expect("a torn file");
        }
    }
    world.ok("use prod");
    assert_eq!(world.browser_opened(), 2);
}

#[test]
fn status_tells_what_is_active_and_every_session() {
    let world = World::new();
    let before = world.json("status --json");
    assert_eq!(before["active"], serde_json::Value::Null);
    assert_eq!(before["sessions"][0]["name"], "corp");
    assert_eq!(before["sessions"][0]["logged_in"], false);
    let outcome = sh(&world, r#"eval "$(ssoenv use prod)"; ssoenv status --json"#);
    let after: serde_json::Value = serde_json::from_str(&outcome.out).expect("one JSON document");
    assert_eq!(after["active"]["profile"], "prod");
    assert_eq!(after["active"]["region"], "eu-west-1");
    assert_eq!(after["sessions"][0]["refreshable"], true);
    let text = sh(&world, r#"eval "$(ssoenv use prod)"; ssoenv status"#).out;
    assert!(text.contains("profile prod") && text.contains("logged in"), "{text}");
    world.assert_no_secret(&text);
}
