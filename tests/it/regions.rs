//! Regions: mistyped ones are told where they are needed, before anything is done with them, and only
//! there.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::support::python::boto3;
use crate::support::run;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, json, skip};

#[test]
fn what_is_no_region_is_refused_before_a_login() {
    let world = World::new();
    for (line, hint) in [
        ("use dev --shell sh --region bogus", "a Region such as"),
        ("use dev --shell sh --region us-east1", "did you mean `us-east-1`?"),
        ("exec dev --region us-east-1;x -- true", "did you mean `us-east-1`?"),
        ("exec --all * --region bogus -- true", "a Region such as"),
        ("console prod --print --region bogus", "a Region such as"),
        ("console prod --print --region EU-WEST-1", "did you mean `eu-west-1`?"),
        ("settings set default_region us-esat1", "did you mean `us-east-1`?"),
    ] {
        let outcome = world.run(line);
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{line}: {outcome:?}");
        assert!(outcome.err.contains("is not valid"), "{line}: {outcome:?}");
        assert!(outcome.err.contains(hint), "{line}: {outcome:?}");
    }
    assert_eq!(world.browser_opened(), 0);
    assert_eq!(world.ok("settings get default_region"), "\n");
}

/// AWS adds Regions: one that has the form counts, and a near known one is named.
#[test]
fn a_region_that_is_not_known_is_taken_with_a_warning() {
    let world = World::new();
    for (line, meant) in [
        ("use dev --shell sh --region us-esat-1", ": did you mean `us-east-1`?"),
        ("exec dev --region us-esat-1 -- true", ": did you mean `us-east-1`?"),
        ("console prod --print --region us-farwest-12", ""),
        ("settings set default_region us-esat-1", ": did you mean `us-east-1`?"),
    ] {
        let outcome = world.run(line);
        assert_eq!(outcome.code, 0, "{line}: {outcome:?}");
        let region = line.split(' ').find(|word| word.starts_with("us-")).expect("it is there");
        let warning = format!("warning: this version knows no Region `{region}`{meant}\n");
        assert!(outcome.err.contains(&warning), "{line}: {outcome:?}");
    }
    assert_eq!(world.ok("settings get default_region"), "us-esat-1\n");
    let known = world.run("use dev --shell sh --region eu-central-1");
    assert!(!known.err.contains("warning"), "{known:?}");
}

/// What the profile `dev` may have as its `region`, and what the error says.
const WRONG: [(&str, &str, &str); 8] = [
    ("", "`region` of profile `dev` is empty", "write a Region such as"),
    ("\"us-east-1\"", "is not valid: `\"us-east-1\"`", "did you mean `region = us-east-1`?"),
    ("us-east-1 # home", "is not valid: `us-east-1 # home`", "write `region = us-east-1`"),
    ("US-EAST-1", "is not valid: `US-EAST-1`", "did you mean `region = us-east-1`?"),
    ("us-east-1a", "is not valid: `us-east-1a`", "did you mean `region = us-east-1`?"),
    ("Ireland", "is not valid: `Ireland`", "did you mean `region = eu-west-1`?"),
    ("us-east1", "is not valid: `us-east1`", "did you mean `region = us-east-1`?"),
    ("x.evil.example/#", "is not valid: `x.evil.example/#`", "write a Region such as"),
];

fn with_region(config: &str, region: &str) -> String {
    config.replace("= Developer\n", &format!("= Developer\nregion = {region}\n"))
}

#[test]
fn a_wrong_region_of_a_profile_is_an_error_only_where_it_is_needed() {
    let world = World::new();
    world.ok("login");
    let opened = world.browser_opened();
    for (region, what, hint) in WRONG {
        world.write(".aws/config", &with_region(CONFIG, region));
        for line in [
            "use dev --shell sh",
            "exec dev -- true",
            "exec --serve dev -- true",
            "whoami dev",
            "console dev --print",
        ] {
            let outcome = world.run(line);
            assert_eq!((outcome.code, &*outcome.out), (6, ""), "{region}: {line}: {outcome:?}");
            assert!(outcome.err.contains(what) && outcome.err.contains(hint), "{outcome:?}");
            assert!(outcome.err.contains(".aws/config:16"), "{outcome:?}");
        }
        for line in [
            "credentials dev",
            "credentials dev --format json",
            "credentials dev --write kept --yes",
            "use dev --shell sh --region eu-west-3",
            "use dev --shell sh --mode profile",
            "exec dev --region eu-west-3 -- true",
            "exec --serve dev --region eu-west-3 -- true",
            "console dev --print --region eu-west-3",
            "login dev",
            "status",
            "list",
            "roles",
            "profile show dev",
            "use prod --shell sh",
            "logout",
            "login",
        ] {
            let outcome = world.run(line);
            assert_eq!(outcome.code, 0, "{region}: {line}: {outcome:?}");
            assert!(!outcome.err.contains(what), "{region}: {line}: {outcome:?}");
        }
        // The user's own variable wins where ssoenv makes a call, as with the AWS CLI.
        let mut whoami = world.ssoenv(["whoami", "dev"]);
        assert_eq!(Outcome::of(whoami.env("AWS_REGION", "eu-west-1")).code, 0);
        let shown = world.json("credentials dev --format json");
        assert!(shown["region"].is_null(), "{shown}");
        fs::remove_file(world.path(".aws/credentials")).expect("kept keys");
    }
    assert_eq!(world.browser_opened(), opened + WRONG.len());
    let outcome = world.run("whoami dev");
    world.says("regions/a_wrong_region_of_a_profile", &outcome);
}

/// It stands in the credentials file too, where it wins over the other.
#[test]
fn an_empty_region_in_the_credentials_file() {
    let world = World::new();
    world.write(".aws/config", &with_region(CONFIG, "eu-west-1"));
    world.write(".aws/credentials", "[dev]\nregion =\n");
    world.ok("login");
    world.ok("credentials dev");
    world.ok("exec dev --region us-east-1 -- true");
    let outcome = world.run("exec dev -- true");
    world.says("regions/an_empty_region_in_the_credentials_file", &outcome);
}

#[test]
fn nobody_logs_in_for_a_wrong_region() {
    let world = World::new();
    world.write(".aws/config", &with_region(CONFIG, "US-EAST-1"));
    for line in ["use dev --shell sh", "exec dev -- true", "whoami dev"] {
        assert_eq!(world.run(line).code, 6, "{line}");
    }
    assert_eq!(world.browser_opened(), 0);
}

/// A plan that was kept says the same as the configuration.
#[test]
fn a_wrong_region_is_told_each_time() {
    let world = World::new();
    world.ok("login");
    world.write(".aws/config", &with_region(CONFIG, "US-EAST-1"));
    std::thread::sleep(Duration::from_millis(60));
    for _ in 0..3 {
        world.ok("credentials dev");
        assert_eq!(world.run("use dev").code, 6);
    }
}

#[test]
fn a_wrong_region_of_the_users_own() {
    let world = World::new();
    world.ok("login");
    for (variable, region) in [("AWS_REGION", "US-EAST-1"), ("AWS_DEFAULT_REGION", "us-east-1a")] {
        let mut whoami = world.ssoenv(["whoami", "prod"]);
        let outcome = Outcome::of(whoami.env(variable, region));
        assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
        assert!(outcome.err.contains(&format!("`{variable}` is not valid: `{region}`")));
        assert!(outcome.err.contains("did you mean `us-east-1`?"), "{outcome:?}");
    }
    world.write(".config/ssoenv/config.ini", "[match \"dev\"]\nregion = us-east-1a\n");
    let outcome = world.run("use dev --shell sh");
    world.says("regions/a_wrong_region_of_a_setting", &outcome);
    assert_eq!(outcome.code, 6);
    // It does not concern the others, nor who asks for another one.
    world.ok("use prod --shell sh");
    world.ok("credentials dev");
    world.ok("exec dev --region eu-west-1 -- true");
}

/// Other makers' services have Regions of their own; `aws-global` is AWS's.
#[test]
fn regions_of_other_makers_are_taken() {
    let world = World::new();
    world.ok("login");
    for region in ["local", "aws-global", "us-farwest-12"] {
        world.write(".aws/config", &with_region(CONFIG, region));
        let said = world.ok("use dev --shell sh");
        assert!(said.contains(&format!("AWS_REGION='{region}'")), "{said}");
    }
    for region in ["us-east1", "GRA", "fr-par"] {
        let elsewhere = format!("{region}\nendpoint_url = {}", world.ic.url());
        world.write(".aws/config", &with_region(CONFIG, &elsewhere));
        let said = world.ok("use dev --shell sh");
        assert!(said.contains(&format!("AWS_REGION='{region}'")), "{said}");
        let checks = json(&world.run("doctor --offline --json").out);
        let checks = checks.as_array().expect("a list");
        let told = checks.iter().any(|check| {
            check["check"] == "region" && check["what"].to_string().contains("profile `dev`")
        });
        assert!(!told, "{checks:#?}");
    }
    world.write(".aws/config", &with_region(CONFIG, "aws-global"));
    let checks = json(&world.run("doctor --offline --json").out);
    let told = |check: &serde_json::Value| check["what"].to_string().contains("aws-global");
    assert!(!checks.as_array().expect("a list").iter().any(told), "{checks:#}");
    assert!(!world.ok("console dev --print").contains("aws-global"));
}

/// The list is the one that the script makes; another botocore may have more.
#[test]
fn the_list_of_regions_is_botocores() {
    let Some(python) = boto3() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join("release/regions");
    let made = run::output(Command::new(python).arg(script).arg("--print"));
    let made = String::from_utf8_lossy(&made.stdout);
    let list = fs::read_to_string(root.join("src/domain/regions.txt")).expect("a list");
    let version = |text: &str| {
        text.lines().find(|line| line.contains("botocore")).unwrap_or_default().to_owned()
    };
    if version(&made) != version(&list) {
        skip("the list of Regions was made from another botocore than the one here");
        return;
    }
    assert_eq!(made, list);
}
