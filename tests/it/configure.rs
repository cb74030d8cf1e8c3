//! `configure` with its answers as flags.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;

use identity_center::IdentityCenter;
use serde_json::Value as Json;

use crate::support::World;
use crate::support::world::{CONFIG, Outcome, START_URL};

const SESSION: &str =
    "--sso-session corp --start-url https://example.awsapps.com/start --sso-region us-east-1";

fn configure(world: &World, words: &str) -> Outcome {
    world.run(&format!("--yes configure {words}"))
}

fn done(world: &World, words: &str) -> Outcome {
    let outcome = configure(world, words);
    assert_eq!((outcome.code, &*outcome.out), (0, ""), "{words}: {outcome:?}");
    outcome
}

#[test]
fn a_new_user_with_every_answer_given() {
    let world = World::empty();
    let outcome = done(
        &world,
        &format!(
            "{SESSION} --account 111122223333 --role ReadOnly --region eu-west-1 --output json --profile prod"
        ),
    );
    let expected = "\
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile prod]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-west-1
output = json
";
    assert_eq!(world.read(".aws/config"), expected);
    // The lines written, and what to type next.
    for line in expected.lines().chain(["  ssoenv use prod"]) {
        assert!(outcome.err.contains(line), "{line} in {outcome:?}");
    }
    let mode = |path: &str| {
        std::fs::metadata(world.path(path)).expect("it is there").permissions().mode() & 0o777
    };
    assert_eq!((mode(".aws"), mode(".aws/config")), (0o700, 0o600));
    assert!(!world.path(".aws/config.ssoenv.bak").exists());
    world.ok("use prod --shell sh");
    assert_eq!(world.browser_opened(), 1);
    // Once more changes nothing, and opens no browser.
    done(&world, "--profile prod --account 111122223333 --role ReadOnly");
    assert_eq!(world.read(".aws/config"), expected);
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn what_is_recorded_of_the_aws_cli_is_written() {
    let all: Json =
        serde_json::from_str(include_str!("../data/config_vectors.json")).expect("JSON");
    let mut seen = 0;
    for vector in all["configure_sso"].as_array().expect("vectors") {
        let answers = &vector["answers"];
        // Portable names and sessions only are made here.
        let session = answers["SSO session name"].as_str().unwrap_or_default();
        if session.is_empty() || session.contains(' ') {
            continue;
        }
        let world = World::empty();
        world.ic.add_account("999988887777", "Other", "o@example.com", &["Dev"]);
        let mut words = format!("--sso-session {session} --account 999988887777 --role Dev");
        for (question, flag) in [
            ("SSO start URL", "--start-url"),
            ("SSO region", "--sso-region"),
            ("Default client Region", "--region"),
            ("CLI default output format (json if not specified)", "--output"),
        ] {
            if let Some(answer) = answers[question].as_str() {
                write!(words, " {flag} {answer}").expect("a string");
            }
        }
        words.push_str(" --profile p");
        done(&world, &words);
        let theirs = vector["config_after"].as_str().expect("text");
        let given = vector["profile_argument"].as_str().unwrap_or("Dev-111122223333");
        let theirs = theirs.replace(given, "p").replace("111122223333", "999988887777");
        let sorted = |text: &str| {
            let mut lines: Vec<_> =
                text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let ours = world.read(".aws/config");
        assert_eq!(sorted(&ours), sorted(&theirs), "{}", vector["about"]);
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn a_single_account_and_role_are_taken_and_said() {
    let world = World::empty();
    for id in ["444455556666", "012345678901"] {
        world.ic.remove_account(id);
    }
    world.ic.remove_role("111122223333", "Admin");
    let outcome =
        done(&world, "--start-url https://example.awsapps.com/start/#/ --sso-region us-east-1");
    world.says("configure/a_single_account_and_role_are_taken_and_said", &outcome);
    let config = world.read(".aws/config");
    assert!(config.contains("[profile Acme-Prod-ReadOnly]\n"), "{config}");
    assert!(config.contains(&format!("sso_start_url = {START_URL}\n")), "{config}");
}

#[test]
fn several_accounts_need_a_flag() {
    let world = World::empty();
    let outcome = configure(&world, SESSION);
    assert_eq!((outcome.code, &*outcome.out), (2, ""), "{outcome:?}");
    world.says("configure/several_accounts_need_a_flag", &outcome);
    // Nothing else lists them before there is a session.
    let outcome = configure(&world, &format!("{SESSION} --account 999999999999"));
    assert_eq!(outcome.code, 4);
    world.says("configure/several_accounts_need_a_flag-2", &outcome);
    // What was refused is not gone on with.
    assert!(configure(&world, "").err.contains("accounts to choose from"));
    let outcome = configure(&world, "--account 111122223333");
    assert_eq!(outcome.code, 2);
    world.says("configure/several_accounts_need_a_flag-3", &outcome);
    // Without a terminal and without `--yes` nothing is guessed.
    let outcome = world.run("configure");
    assert_eq!((outcome.code, &*outcome.out), (2, ""));
    world.says("configure/several_accounts_need_a_flag-4", &outcome);
    assert!(!world.path(".aws/config").exists());
}

#[test]
fn wrong_answers_are_named_with_what_was_probably_meant() {
    let world = World::empty();
    for (words, code, hint) in [
        ("--sso-region us-east1 --start-url d-1", 2, "did you mean `us-east-1`?"),
        (&format!("{SESSION} --scopes sso:account:acces"), 2, "did you mean `sso:account:access`?"),
        (&format!("{SESSION} --account 11112222333"), 4, "did you mean `111122223333`?"),
        (&format!("{SESSION} --account Acme-Dev"), 4, "did you mean `Acme Dev`?"),
        (
            &format!("{SESSION} --account 111122223333 --role readonly"),
            4,
            "did you mean `ReadOnly`?",
        ),
        (
            &format!("{SESSION} --account 111122223333 --role Admin --region Ireland"),
            2,
            "did you mean `eu-west-1`?",
        ),
        (
            &format!("{SESSION} --account 111122223333 --role Admin --output jsno"),
            2,
            "did you mean `json`?",
        ),
        (&format!("{SESSION} --account 111122223333 --role Admin --profile a[b"), 2, "letters"),
        ("--start-url https://example.okta.com/app --sso-session x", 2, "access portal"),
    ] {
        let outcome = configure(&world, words);
        assert_eq!((outcome.code, &*outcome.out), (code, ""), "{words}: {outcome:?}");
        assert!(outcome.err.contains(hint), "{words}: {outcome:?}");
        drop(std::fs::remove_dir_all(world.path(".local")));
    }
    assert!(!world.path(".aws/config").exists());
}

#[test]
fn answers_survive_a_failed_step() {
    let world = World::empty();
    for id in ["111122223333", "444455556666", "012345678901"] {
        world.ic.remove_account(id);
    }
    let outcome = configure(&world, &format!("{SESSION} --region eu-west-1 --profile mine"));
    assert_eq!((outcome.code, &*outcome.out), (4, ""), "{outcome:?}");
    world.says("configure/answers_survive_a_failed_step", &outcome);
    assert!(!world.path(".aws/config").exists());
    world.ic.add_account("111122223333", "Acme Prod", "prod@example.com", &["ReadOnly"]);
    done(&world, "");
    let config = world.read(".aws/config");
    assert!(config.contains("[profile mine]") && config.contains("region = eu-west-1"), "{config}");
    assert_eq!(world.browser_opened(), 1, "the token of the first run was good");
    // Nothing is kept after success.
    assert!(!world.path(".local/state/ssoenv/configure.json").exists());
}

#[test]
fn refused_answers_are_not_kept_and_cost_no_login() {
    let world = World::empty();
    let rest = "--account 111122223333 --role Admin";
    for (flag, wrong) in [
        ("--sso-session", "q]x"),
        ("--start-url", "https://example.okta.com/app"),
        ("--sso-region", "us-east-1a"),
        ("--scopes", "sso:account:acces"),
        ("--region", "us-east1"),
        ("--output", "jsno"),
        ("--profile", "q]x"),
    ] {
        // Each flag once.
        let given: String = SESSION
            .split("--")
            .filter(|words| {
                !words.is_empty() && !format!("--{words}").starts_with(&format!("{flag} "))
            })
            .map(|words| format!("--{} ", words.trim()))
            .collect();
        let outcome = configure(&world, &format!("{given}{rest} {flag} {wrong}"));
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{flag}: {outcome:?}");
        assert!(outcome.err.contains(&format!("pass another `{flag}`")), "{flag}: {outcome:?}");
        let kept = world.read(".local/state/ssoenv/configure.json");
        assert!(!kept.contains(wrong), "{flag}: {kept}");
        assert!(kept.contains("111122223333"), "{flag}: {kept}");
    }
    assert_eq!(world.browser_opened(), 0);
    done(&world, SESSION);
    assert!(world.read(".aws/config").contains("sso_role_name = Admin"));
}

#[test]
fn it_says_why_the_region_cannot_be_found() {
    let world = World::empty();
    for yes in ["--yes ", ""] {
        let outcome =
            world.run(&format!("{yes}configure --sso-session corp --start-url {START_URL}"));
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{outcome:?}");
        let cause = "\ncause: one configured endpoint, `AWS_ENDPOINT_URL_SSO_OIDC`, stands for all";
        assert!(outcome.err.contains(cause), "{outcome:?}");
        assert!(outcome.err.contains("pass `--sso-region REGION`"), "{outcome:?}");
    }
}

#[test]
fn an_existing_session_is_used_and_repaired() {
    let world = World::new();
    world.ok("use dev --shell sh");
    done(&world, "--account 012345678901 --role ReadOnly --profile t2");
    assert_eq!(world.browser_opened(), 1);
    let added = "\n[profile t2]\nsso_session = corp\nsso_account_id = 012345678901\nsso_role_name = ReadOnly\n";
    let config = world.read(".aws/config");
    assert!(config.starts_with(&format!("{CONFIG}{added}")), "{config}");
    world.write(".aws/config", &CONFIG.replace("sso_region = us-east-1\n", ""));
    let outcome = configure(&world, "--account 012345678901 --role ReadOnly --profile t2");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    world.says("configure/an_existing_session_is_used_and_repaired", &outcome);
    done(&world, "--sso-region us-east-1 --account 012345678901 --role ReadOnly --profile t2");
    let config = world.read(".aws/config");
    assert!(
        config.contains("sso_registration_scopes = sso:account:access\nsso_region = us-east-1\n"),
        "{config}"
    );
}

#[test]
fn a_legacy_profile_is_converted() {
    let world = World::empty();
    let legacy = "# mine\n[profile dev]\nsso_start_url = https://example.awsapps.com/start/\nsso_region = us-east-1\nsso_account_id = 444455556666\nsso_role_name = Developer\noutput = text\n";
    world.write(".aws/config", legacy);
    done(&world, "--sso-session corp --profile dev --account 444455556666 --role Developer");
    let expected = "\
# mine
[profile dev]
sso_account_id = 444455556666
sso_role_name = Developer
output = text
sso_session = corp

[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";
    assert_eq!(world.read(".aws/config"), expected);
    assert_eq!(world.read(".aws/config.ssoenv.bak"), legacy);
    world.ok("use dev --shell sh");
}

#[test]
fn an_exported_profile_is_not_overwritten() {
    let world = World::new();
    let mut command =
        world.ssoenv(["--yes", "configure", "--account", "012345678901", "--role", "ReadOnly"]);
    let outcome = Outcome::of(command.env("AWS_PROFILE", "dev"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // `tools` is this account and role already: it is kept.
    assert_eq!(world.read(".aws/config"), CONFIG);
    let mut command =
        world.ssoenv(["--yes", "configure", "--account", "444455556666", "--role", "ReadOnly"]);
    let outcome = Outcome::of(command.env("AWS_PROFILE", "dev"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let config = world.read(".aws/config");
    assert!(
        config.starts_with(CONFIG) && config.contains("[profile Acme-Dev-ReadOnly]"),
        "{config}"
    );
}

#[test]
fn there_is_one_default_section() {
    let world = World::empty();
    world.write(".aws/config", "[profile default]\noutput = json\n");
    done(&world, &format!("{SESSION} --account 012345678901 --role ReadOnly --profile default"));
    let config = world.read(".aws/config");
    assert!(config.starts_with("[default]\noutput = json\nsso_session = corp\n"), "{config}");
    assert!(!config.contains("profile default"), "{config}");
}

#[test]
fn the_region_of_the_instance_is_found() {
    let world = World::with(IdentityCenter::builder().region("ap-south-1").build());
    let proxy = world.ic.proxy();
    let words = "--yes configure --sso-session corp --start-url https://example.awsapps.com/start \
                 --account 111122223333 --role Admin --profile prod --device-code";
    let mut command = world.ssoenv(words.split_whitespace());
    for (name, _) in world.ic.env() {
        command.env_remove(name);
    }
    let outcome = Outcome::of(command.envs(proxy.env()));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("configure/the_region_of_the_instance_is_found", &outcome);
    assert!(world.read(".aws/config").contains("sso_region = ap-south-1\n"));
}

/// AWS adds Regions: the service knows them all, a list does not.
#[test]
fn a_region_that_this_build_does_not_know_is_taken_with_a_warning() {
    let world = World::with(IdentityCenter::builder().region("sa-north-3").build());
    let session = SESSION.replace("us-east-1", "sa-north-3");
    for (region, message) in [
        ("sa-west-1", "configure/a_region_that_is_not_known-sa-west-1"),
        ("eu-west-9", "configure/a_region_that_is_not_known-eu-west-9"),
    ] {
        let rest = "--account 111122223333 --role Admin --device-code --profile";
        let words = format!("{session} {rest} {region} --region {region}");
        let outcome = configure(&world, &words);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        world.says(message, &outcome);
    }
    let config = world.read(".aws/config");
    assert!(config.contains("sso_region = sa-north-3\n"), "{config}");
    assert!(config.contains("region = sa-west-1\n") && config.contains("region = eu-west-9\n"));
    let outcome = world.run("sync --region eu-west-9 --dry-run");
    assert!(outcome.err.contains("this version knows no Region `eu-west-9`"), "{outcome:?}");
}

/// The newest Regions are asked too when the instance is looked for.
#[test]
fn an_instance_in_a_new_region_is_found() {
    let world = World::with(IdentityCenter::builder().region("sa-west-1").build());
    let proxy = world.ic.proxy();
    let words = "--yes configure --sso-session corp --start-url https://example.awsapps.com/start \
                 --account 111122223333 --role Admin --profile prod --device-code";
    let mut command = world.ssoenv(words.split_whitespace());
    for (name, _) in world.ic.env() {
        command.env_remove(name);
    }
    let outcome = Outcome::of(command.envs(proxy.env()));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(world.read(".aws/config").contains("sso_region = sa-west-1\n"));
}

#[test]
fn a_dry_run_shows_the_change_and_makes_none() {
    let world = World::new();
    let outcome =
        configure(&world, "--account 444455556666 --role ReadOnly --profile ro --dry-run");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains("+[profile ro]\n+sso_session = corp\n"), "{outcome:?}");
    assert_eq!(world.read(".aws/config"), CONFIG);
}
