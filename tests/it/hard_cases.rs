//! The hard cases of the environment and of short lives, each with what the user reads; and that
//! every hard case has a test of its name.

use std::fs;
use std::path::Path;
use std::time::Duration;

use identity_center::{Lifetimes, Operation, Trust};
use serde_json::Value;

use crate::support::world::{CONFIG, Outcome, sh};
use crate::support::{World, json};

/// Keys of somebody else that the shell still has.
const STALE: &str =
    "export AWS_ACCESS_KEY_ID=AKIASTALE AWS_SECRET_ACCESS_KEY=stale AWS_SESSION_TOKEN=old\n";

/// Rows of `doctor` about a check that are not ok.
fn rows(report: &str, check: &str) -> Vec<Value> {
    let all = json(report).as_array().expect("a list").clone();
    all.into_iter().filter(|row| row["check"] == check && row["status"] != "ok").collect()
}

/// Case 21: most AWS tools take the keys, JavaScript's the profile.
#[test]
fn case_21_stale_keys_beside_a_profile() {
    let world = World::new();
    world.ok("login");
    let conflict = "export AWS_PROFILE=dev\n";
    let report = sh(&world, &format!("{STALE}{conflict}ssoenv doctor --json --offline"));
    let found = rows(&report.out, "environment");
    let fix = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";
    assert!(found.iter().any(|row| row["fix"] == fix), "{found:#?}");
    let who = sh(&world, &format!("{STALE}{conflict}ssoenv whoami --json"));
    assert!(who.code != 0 && who.err.contains("AWS_ACCESS_KEY_ID"), "{who:?}");
    let used = sh(
        &world,
        &format!(
            "{STALE}eval \"$(ssoenv use dev --mode profile)\"\n\
             env | grep -c -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY= -e AWS_SESSION_TOKEN\n\
             echo \"$AWS_PROFILE\"; ssoenv doctor --json --offline"
        ),
    );
    let (head, report) = used.out.split_once('[').expect("a report");
    assert_eq!(head, "0\ndev\n", "{used:?}");
    assert!(rows(&format!("[{report}"), "environment").is_empty(), "{used:?}");
    // In keys mode it is the profile that goes.
    let used = sh(
        &world,
        "export AWS_PROFILE=dev\neval \"$(ssoenv use prod)\"\n\
         echo \"${AWS_PROFILE-none}\"; ssoenv whoami --json",
    );
    let (head, who) = used.out.split_once('\n').expect("two lines");
    assert_eq!((head, &json(who)["shadowed"]), ("none", &Value::Array(Vec::new())), "{used:?}");
}

/// Case 22: the AWS CLI refuses them without asking AWS.
#[test]
fn case_22_expired_keys_stay_and_the_command_is_named() {
    let world = World::new();
    let lives = |role_credentials| {
        world.ic.lifetimes(Lifetimes { role_credentials, ..Lifetimes::default() });
    };
    lives(Duration::from_secs(3));
    let expired = sh(
        &world,
        "eval \"$(ssoenv use prod)\"; key=$AWS_ACCESS_KEY_ID; sleep 3.2\n\
         eval \"$(ssoenv use --from-cache)\"; [ \"$AWS_ACCESS_KEY_ID\" = \"$key\" ] && echo kept\n\
         ssoenv prompt; echo; ssoenv doctor --json --offline",
    );
    let (head, report) = expired.out.split_once('[').expect("a report");
    assert!(head.starts_with("kept\n") && head.contains("expired"), "{expired:?}");
    let found = rows(&format!("[{report}"), "credentials-env");
    assert_eq!(found[0]["fix"], "eval \"$(ssoenv use prod)\"", "{found:#?}");
    // Refreshed before that moment, as long as the session lives.
    lives(Duration::from_hours(1));
    let before = world.ic.count(Operation::GetRoleCredentials);
    world.ok("use prod --no-login --shell sh");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), before + 1);
    // And after it, the login.
    world.ok("logout");
    let outcome = world.run("use prod --no-login --shell sh");
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{outcome:?}");
    world.says("hard_cases/case_22_expired_keys_stay_and_the_command_is_named", &outcome);
}

/// Case 23: never cached by the AWS CLI, because 15 minutes are within its margin.
#[test]
fn case_23_a_role_of_fifteen_minutes_is_cached_and_warned_about() {
    let world = World::empty();
    world.ic.add_iam_role("arn:aws:iam::777788889999:role/Deploy", Trust::anyone());
    let role = "\n[profile short]\nrole_arn = arn:aws:iam::777788889999:role/Deploy\n\
                source_profile = prod\nduration_seconds = 900\nregion = eu-west-1\n";
    world.write(".aws/config", &format!("{CONFIG}{role}"));
    world.ok("login");
    let first = world.ok("credentials short");
    assert_eq!(world.ok("credentials short"), first);
    assert_eq!(world.ic.count(Operation::AssumeRole), 1);
    let folder = fs::read_dir(world.path(".cache/ssoenv/roles")).expect("its own store");
    assert_eq!(folder.count(), 1);
    let report = Outcome::of(&mut world.ssoenv(["doctor", "--json", "--offline"]));
    let found = rows(&report.out, "role-duration");
    assert_eq!(found.len(), 1, "{report:?}");
    assert!(found[0]["why"].as_str().is_some_and(|why| why.contains("15 minutes")), "{found:?}");
}

#[test]
fn all_twenty_five_have_a_test_of_their_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let files = fs::read_dir(folder).expect("the tests").flatten();
    let text: String = files.filter_map(|file| fs::read_to_string(file.path()).ok()).collect();
    for case in 1..=25 {
        let count = text.matches(&format!("\nfn case_{case}_")).count();
        assert_eq!(count, 1, "tests named case_{case}_…");
    }
}
