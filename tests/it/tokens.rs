//! Tokens and role credentials: which cache serves, when something is refreshed, and what happens
//! when that fails.

use std::time::Duration;

use identity_center::{Lifetimes, Operation, Reply};
use serde_json::Value;
use ssoenv::identity::wire::json::{object, spaced};

use crate::support::run::Running;
use crate::support::world::{CONFIG, Outcome, from_now};
use crate::support::{TOKEN, World, skip};

/// `use prod` for a POSIX shell: needs credentials of `Admin` in `111122223333`.
const USE: &str = "use prod --shell sh";

fn role_file(world: &World) -> std::path::PathBuf {
    let files = std::fs::read_dir(world.path(".aws/cli/cache")).expect("the role cache");
    let mut files: Vec<_> = files.flatten().map(|entry| entry.path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

/// Changes a JSON file below the home folder.
fn edit(path: &std::path::Path, change: impl FnOnce(&mut Value)) {
    let text = std::fs::read_to_string(path).expect("a JSON file");
    let mut fields: Value = serde_json::from_str(&text).expect("JSON");
    change(&mut fields);
    std::fs::write(path, fields.to_string()).expect("written");
}

fn set_token(world: &World, field: &str, value: &str) {
    world.change_token(|token| token[field] = value.into());
}

fn drop_role(world: &World) {
    std::fs::remove_file(role_file(world)).expect("a role file");
}

#[test]
fn one_login_serves_until_the_credentials_end() {
    let world = World::new();
    world.ok(USE);
    let counts =
        || [Operation::CreateToken, Operation::GetRoleCredentials].map(|op| world.ic.count(op));
    assert_eq!(counts(), [1, 1]);
    world.ok(USE);
    assert_eq!(counts(), [1, 1]);
    world.ok(&format!("{USE} --fresh"));
    assert_eq!(counts(), [1, 2]);
    edit(&role_file(&world), |file| file["Credentials"]["Expiration"] = from_now(899).into());
    world.ok(USE);
    assert_eq!(counts(), [1, 3]);
    let text = std::fs::read_to_string(role_file(&world)).expect("the file");
    assert!(
        text.starts_with("{\"ProviderType\": \"sso\", \"Credentials\": {\"AccessKeyId\": \"ASIA"),
        "{text}"
    );
    assert!(text.ends_with("Z\", \"AccountId\": \"111122223333\"}}"), "{text}");
}

#[test]
fn half_of_a_short_life_is_enough() {
    let world = World::new();
    let short = Duration::from_mins(10);
    world.ic.lifetimes(Lifetimes {
        role_credentials: short,
        access_token: short,
        ..Lifetimes::default()
    });
    world.ok(USE);
    world.ok(USE);
    world.ok("use dev --shell sh");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 2);
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn stale_credentials_are_used_with_a_warning_when_new_ones_cannot_be_had() {
    let world = World::new();
    world.ok(USE);
    edit(&role_file(&world), |file| file["Credentials"]["Expiration"] = from_now(330).into());
    let run = |words: &str| {
        let mut command = world.ssoenv(words.split(' '));
        command.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1").env("AWS_MAX_ATTEMPTS", "1");
        Outcome::of(&mut command)
    };
    let outcome = run(USE);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says(
        "tokens/stale_credentials_are_used_with_a_warning_when_new_ones_cannot_be_had",
        &outcome,
    );
    let outcome = run(&format!("{USE} --fresh"));
    assert_eq!((outcome.code, outcome.out.as_str()), (5, ""), "{outcome:?}");
}

#[test]
fn caches_work_without_a_login_and_without_a_network() {
    let world = World::new();
    world.ok(USE);
    std::fs::remove_file(world.path(TOKEN)).expect("logged in");
    let mut command = world.ssoenv(USE.split(' '));
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    for service in ["SSO", "SSO_OIDC", "STS"] {
        command.env(format!("AWS_ENDPOINT_URL_{service}"), "http://127.0.0.1:1");
    }
    assert_eq!(Outcome::of(&mut command).code, 0);
}

#[test]
fn a_corrupt_role_file_is_a_miss_and_other_fields_stay() {
    let world = World::new();
    world.ok(USE);
    std::fs::write(role_file(&world), "{\"ProviderType\": \"s").expect("written");
    world.ok(USE);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 2);
    edit(&role_file(&world), |file| {
        file["extra"] = 1.into();
        file["Credentials"]["Expiration"] = from_now(0).into();
    });
    world.ok(USE);
    let text = std::fs::read_to_string(role_file(&world)).expect("the file");
    assert!(text.contains("\"extra\": 1"), "{text}");
}

/// Case 10: the session's start URL has changed.
#[test]
fn case_10_a_token_of_another_portal_does_not_count() {
    let world = World::new();
    world.ok("login");
    set_token(&world, "startUrl", "https://other.awsapps.com/start");
    let outcome = world.run(&format!("{USE} --no-login"));
    assert_eq!(outcome.code, 3, "{outcome:?}");
    world.says("tokens/case_10_a_token_of_another_portal_does_not_count", &outcome);
    assert!(world.path(TOKEN).exists(), "the file stays until a login succeeds");
    world.ok(USE);
    assert_eq!(world.browser_opened(), 2);
}

/// Case 11: a legacy start URL with a slash more.
#[test]
fn case_11_another_spelling_of_a_start_url_is_explained() {
    let world = World::empty();
    let profile = |tail: &str| {
        format!(
            "[profile old]\nsso_start_url = https://example.awsapps.com/start{tail}\n\
             sso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = Admin\n"
        )
    };
    world.write(".aws/config", &profile(""));
    world.ok("login old");
    world.write(".aws/config", &profile("/"));
    let outcome = world.run("use old --shell sh --no-login");
    assert_eq!(outcome.code, 3, "{outcome:?}");
    world.says("tokens/case_11_another_spelling_of_a_start_url_is_explained", &outcome);
}

/// Case 12: 14 minutes left, and the refresh is refused.
#[test]
fn case_12_a_refused_refresh_leaves_a_living_token_in_use() {
    let world = World::new();
    world.ok("login");
    set_token(&world, "expiresAt", &from_now(840));
    world.ic.script(Operation::CreateToken, [Reply::InvalidGrant]);
    let outcome = world.run(USE);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("tokens/case_12_a_refused_refresh_leaves_a_living_token_in_use", &outcome);
    // A refresh token is never sent twice.
    drop_role(&world);
    world.ok(USE);
    assert_eq!(world.ic.count(Operation::CreateToken), 2);
}

/// Case 13: 14 minutes left, and no network to the token endpoint.
#[test]
fn case_13_no_network_leaves_a_living_token_in_use() {
    let world = World::new();
    world.ok("login");
    set_token(&world, "expiresAt", &from_now(840));
    let mut command = world.ssoenv(USE.split(' '));
    command.env("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:1").env("AWS_MAX_ATTEMPTS", "1");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // Nothing was sent, so it may be sent now.
    drop_role(&world);
    world.ok(USE);
    assert_eq!(world.ic.count(Operation::CreateToken), 2);
}

/// Case 14: the portal refuses a token before its end.
#[test]
fn case_14_a_refused_token_is_refreshed_once() {
    let world = World::new();
    world.ok("login");
    world.ic.revoke_tokens();
    world.ok(&format!("{USE} --no-login"));
    assert_eq!(world.ic.count(Operation::CreateToken), 2);
    // And where no refresh helps, a login is needed; the file stays.
    drop_role(&world);
    world.ic.revoke_tokens();
    world.ic.revoke_refresh_tokens();
    let outcome = world.run(&format!("{USE} --no-login"));
    assert_eq!(outcome.code, 3, "{outcome:?}");
    world.says("tokens/case_14_a_refused_token_is_refreshed_once", &outcome);
    assert!(world.path(TOKEN).exists());
    world.ok(USE);
    assert_eq!(world.browser_opened(), 2);
}

/// Case 15: the role is not granted.
#[test]
fn case_15_a_role_that_is_not_granted_is_4_and_the_token_stays() {
    let world = World::empty();
    world.write(".aws/config", &CONFIG.replace("= Admin", "= Admn"));
    let outcome = world.run(USE);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    world.says("tokens/case_15_a_role_that_is_not_granted_is_4_and_the_token_stays", &outcome);
    assert!(world.path(TOKEN).exists());
    world.write(".aws/config", &CONFIG.replace("= 111122223333", "= 999999999999"));
    let outcome = world.run(USE);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    world.says("tokens/case_15_a_role_that_is_not_granted_is_4_and_the_token_stays-2", &outcome);
}

/// Case 16: the registration has ended before the token.
#[test]
fn case_16_an_expired_registration_is_never_sent() {
    let world = World::new();
    world.ok("login");
    set_token(&world, "registrationExpiresAt", &from_now(-60));
    set_token(&world, "expiresAt", &from_now(600));
    world.ok(USE);
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
    set_token(&world, "expiresAt", &from_now(-600));
    drop_role(&world);
    let outcome = world.run(&format!("{USE} --no-login"));
    assert_eq!(outcome.code, 3, "{outcome:?}");
    world.says("tokens/case_16_an_expired_registration_is_never_sent", &outcome);
}

/// Case 17: a token file cut off in the middle.
#[test]
fn case_17_a_truncated_token_file_is_no_login() {
    let world = World::new();
    world.ok("login");
    for text in ["", "{\"startUrl\": \"https://exam", "[]", "{\"accessToken\": \"x\"}"] {
        world.write(TOKEN, text);
        let outcome = world.run(&format!("{USE} --no-login"));
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert!(outcome.err.contains("ee0bfd2552fbd840"), "the file is named: {outcome:?}");
    }
    world.ok("login");
    world.ok(USE);
}

/// Case 18: another tool refreshed between our reading and our sending.
#[test]
fn case_18_after_invalid_grant_the_file_is_read_again() {
    let world = World::new();
    world.ok("login");
    let good = world.read(TOKEN);
    set_token(&world, "expiresAt", &from_now(-60));
    let stale = world.read(TOKEN);
    // While the refresh is under way, another tool writes the token that it got.
    world.ic.script(
        Operation::CreateToken,
        [Reply::Delay(Duration::from_millis(1500), Some(Box::new(Reply::InvalidGrant)))],
    );
    let mut command = world.ssoenv(["use", "prod", "--shell", "sh", "--no-login"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = Running::start(&mut command);
    let started = std::time::Instant::now();
    while world.ic.count(Operation::CreateToken) < 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "no refresh was sent");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(world.read(TOKEN), stale);
    world.write(TOKEN, &good);
    let outcome = Outcome::from(&child.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// Case 19: old and foreign forms of times.
#[test]
fn case_19_times_without_a_zone_or_with_utc_are_read() {
    let world = World::new();
    world.ok("login");
    let bare = from_now(3600).trim_end_matches('Z').to_owned();
    for text in
        [format!("{bare}UTC"), bare.clone(), format!("{bare}.5084119Z"), format!("{bare}+00:00")]
    {
        set_token(&world, "expiresAt", &text);
        world.ok("login");
    }
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

/// Case 20: a proxy strips `x-amzn-ErrorType`.
#[test]
fn case_20_oauth_words_do_where_the_header_is_missing() {
    let world = World::new();
    world.ic.script(
        Operation::CreateToken,
        [Reply::NoErrorTypeHeader(Box::new(Reply::Pending)), Reply::Normal],
    );
    world.ok("login --device-code");
}

#[test]
fn a_lost_answer_is_never_repeated() {
    for reply in [Reply::LostAnswer, Reply::ResetMidBody, Reply::Garbage, Reply::Drop] {
        let world = World::new();
        world.ok("login");
        set_token(&world, "expiresAt", &from_now(-60));
        world.ic.script(Operation::CreateToken, [reply]);
        let outcome = world.run(&format!("{USE} --no-login"));
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert!(outcome.err.contains("is not repeated"), "{outcome:?}");
        assert_eq!(world.run(&format!("{USE} --no-login")).code, 3);
        assert_eq!(world.ic.count(Operation::CreateToken), 2);
        world.ok(USE);
    }
}

#[test]
fn complete_refusals_of_a_refresh_are_repeated() {
    let world = World::new();
    world.ok("login");
    set_token(&world, "expiresAt", &from_now(-60));
    world.ic.script(Operation::CreateToken, [Reply::Status(500), Reply::Status(429)]);
    world.ok(&format!("{USE} --no-login"));
    // And one that does not end is the service's fault: later the same token may be sent.
    set_token(&world, "expiresAt", &from_now(-60));
    drop_role(&world);
    world.ic.script(Operation::CreateToken, vec![Reply::Status(503); 3]);
    let outcome = world.run(&format!("{USE} --no-login"));
    assert_eq!(outcome.code, 5, "{outcome:?}");
    world.ok(&format!("{USE} --no-login"));
}

#[test]
fn not_logged_in_and_not_allowed_is_3_with_the_command() {
    let world = World::new();
    let outcome = world.run(&format!("{USE} --no-login"));
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{outcome:?}");
    assert_eq!(
        outcome.err,
        "error: not logged in to `corp`\nhint: run `ssoenv login --sso-session corp`\n"
    );
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn verbose_output_says_what_is_done_and_no_secret() {
    let world = World::new();
    let outcome = world.run(&format!("-vv {USE}"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    for words in
        ["cache miss", "RegisterClient", "CreateToken", "GetRoleCredentials", "answered 200"]
    {
        assert!(outcome.err.contains(words), "{words}: {outcome:?}");
    }
    world.assert_no_secret(&outcome.err);
}

#[test]
fn retries_of_the_portal_and_their_end() {
    let world = World::new();
    world.ok("login");
    world.ic.script(
        Operation::GetRoleCredentials,
        [Reply::Status(500), Reply::StatusRetryAfter(429, 1), Reply::Drop],
    );
    let outcome = world.run(USE);
    // 500, 429, dropped: the third attempt was the last.
    assert_eq!(outcome.code, 5, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 3);
    world.ok(USE);
}

#[cfg(unix)]
#[test]
fn files_are_private_and_whole() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.ok(USE);
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).expect("there").permissions().mode() & 0o777
    };
    assert_eq!(mode(&role_file(&world)), 0o600);
    for folder in [".aws/sso/cache", ".aws/cli/cache", ".local/state/ssoenv/locks"] {
        assert_eq!(mode(&world.path(folder)), 0o700, "{folder}");
        for entry in std::fs::read_dir(world.path(folder)).expect("a folder").flatten() {
            assert_eq!(mode(&entry.path()), 0o600, "{entry:?}");
        }
    }
    // A link in the place of a lock is refused.
    let locks = world.path(".local/state/ssoenv/locks");
    for entry in std::fs::read_dir(&locks).expect("locks").flatten() {
        std::fs::remove_file(entry.path()).expect("removed");
        std::os::unix::fs::symlink("/dev/null", entry.path()).expect("a link");
    }
    assert_eq!(world.run(&format!("{USE} --fresh")).code, 6);
}

/// Whoever may write to the folder could put a lock or a stamp in its place.
#[cfg(unix)]
#[test]
fn folders_of_locks_that_others_may_change_are_refused() {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    let state = ".local/state/ssoenv";
    let refused = |world: &World, why: &str| {
        let outcome = world.run(&format!("{USE} --fresh"));
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
        assert!(outcome.err.contains(why) && outcome.err.contains("hint: "), "{outcome:?}");
        let report = world.run("doctor --json --offline");
        assert!(report.out.contains(why), "{report:?}");
    };
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    };
    let world = World::new();
    world.ok(USE);
    for open in [0o777, 0o770] {
        mode(&world.path(&format!("{state}/locks")), open);
        refused(&world, "is a folder that others may write to");
        mode(&world.path(&format!("{state}/locks")), 0o700);
    }
    // On another disk, by the user's own link: the folder behind it counts.
    let elsewhere = world.path("disk/state");
    std::fs::create_dir_all(&elsewhere).expect("a folder");
    std::fs::rename(world.path(state), elsewhere.join("ssoenv")).expect("moved");
    std::fs::remove_dir(world.path(".local/state")).expect("empty");
    symlink(&elsewhere, world.path(".local/state")).expect("a link");
    world.ok(&format!("{USE} --fresh"));
    // A link to a folder that somebody else prepared.
    let locks = world.path(&format!("{state}/locks"));
    std::fs::remove_dir_all(&locks).expect("removed");
    let trap = world.path("trap");
    std::fs::create_dir(&trap).expect("a folder");
    symlink(&trap, &locks).expect("a link");
    if chown(&trap, Some(65534), None).is_ok() {
        refused(&world, "is another user's folder");
    } else {
        skip("this user may give nothing away");
    }
    assert!(std::fs::read_dir(&trap).expect("the trap").next().is_none(), "nothing is put there");
}

#[test]
fn a_client_that_the_service_has_forgotten_is_registered_anew_after_a_refused_refresh() {
    let world = World::new();
    world.ok("login");
    set_token(&world, "expiresAt", &from_now(-60));
    world.ic.script(Operation::CreateToken, [Reply::InvalidClient]);
    world.ok(USE);
    assert_eq!(world.ic.count(Operation::RegisterClient), 2);
    assert_eq!(world.browser_opened(), 2);
}

/// Fields of other tools are written back with the numbers that they had.
#[test]
fn numbers_of_other_tools_stay() {
    let text = format!("{{\"future\": [1{}, 0.1, -1e-300, 18446744073709551615]}}", "5".repeat(60));
    let read = object(text.as_bytes()).expect("an object");
    let written = spaced(&read.clone().into());
    assert_eq!(object(written.as_bytes()), Some(read), "{written}");
}
