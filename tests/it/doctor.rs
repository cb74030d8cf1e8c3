//! `doctor`: every check provoked and silent, mended where that is safe, and the report.

use identity_center::{IdentityCenter, Operation, Reply};
use serde_json::Value;

use crate::support::messages::compare;
use crate::support::shells::{have, no_start_files, script};
use crate::support::world::{CONFIG, Outcome};
use crate::support::{TOKEN, World};

/// Regions for every profile of `CONFIG`, so that nothing is to be found.
fn healthy_config() -> String {
    CONFIG.replace("= Developer\n", "= Developer\nregion = eu-west-1\n")
}

fn healthy() -> World {
    let world = World::empty();
    world.write(".aws/config", &healthy_config());
    world
}

fn rows(outcome: &Outcome) -> Vec<Value> {
    let value: Value =
        serde_json::from_str(&outcome.out).unwrap_or_else(|error| panic!("{error}: {outcome:?}"));
    value.as_array().expect("a list").clone()
}

fn doctor(world: &World, words: &str, env: &[(&str, &str)]) -> Outcome {
    let mut command =
        world.ssoenv(["doctor", "--json"].into_iter().chain(words.split_whitespace()));
    Outcome::of(command.env("PATH", path(world)).envs(env.iter().copied()))
}

fn give_mode(world: &World, file: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(world.path(file), mode).expect("a mode");
}

/// The search path with an AWS CLI that is new enough before the machine's.
fn path(world: &World) -> String {
    let folder = "aws-cli/v2/2.99.0/dist";
    world.write(&format!("{folder}/aws"), "");
    give_mode(world, &format!("{folder}/aws"), 0o755);
    format!("{}:{}", world.path(folder).display(), crate::support::world::path())
}

/// Rows of a check that are not ok.
fn found(outcome: &Outcome, check: &str) -> Vec<Value> {
    let all = rows(outcome);
    assert!(all.iter().any(|row| row["check"] == check), "{check}: {outcome:?}");
    all.into_iter().filter(|row| row["check"] == check && is_bad(row)).collect()
}

fn is_bad(row: &Value) -> bool {
    row["status"] == "warn" || row["status"] == "fail"
}

/// Checks that did not look, and why.
fn skipped(outcome: &Outcome) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = rows(outcome).into_iter().filter(|row| row["status"] == "skipped");
    rows.map(|row| (text(&row["check"]), text(&row["why"]))).collect()
}

#[test]
fn a_healthy_machine_gets_only_ok() {
    let world = healthy();
    world.ok("login");
    world.ok("roles");
    let outcome = doctor(&world, "", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let bad: Vec<_> = rows(&outcome).into_iter().filter(|row| row["status"] != "ok").collect();
    // A test is no shell.
    assert!(bad.iter().all(|row| row["check"] == "hook"), "{bad:#?}");
    let keys = ["check", "status", "what", "why", "fix", "file", "line"];
    for row in rows(&outcome) {
        assert_eq!(row.as_object().expect("an object").keys().collect::<Vec<_>>(), keys);
    }
    world.reports("doctor/healthy", &[]);
    let all = world.ok("doctor --all");
    assert!(all.contains("\nok  network: "), "{all}");
}

impl World {
    /// Compares the whole report, as bash with the hook gets it, with a file.
    fn reports(&self, name: &str, env: &[(&str, &str)]) {
        if !self.path(".bashrc").exists() {
            self.write(".bashrc", "eval \"$(ssoenv init bash)\"\n");
        }
        let line = format!("{} doctor; code=$?; exit $code", env!("CARGO_BIN_EXE_ssoenv"));
        let mut command = self.command("bash");
        command.env("PATH", path(self));
        command.args(["--norc", "-c", &line]).envs(env.iter().copied());
        let outcome = Outcome::of(&mut command);
        compare(name, &format!("[{}]\n{}{}", outcome.code, self.named(&outcome.out), outcome.err));
    }
}

/// What is asked about most, as people read it.
#[test]
fn the_commonest_faults() {
    let healthy = healthy_config();
    let profiles: String = (1..=147)
        .map(|n| {
            format!(
                "\n[profile team-{n}]\nsso_session = corp\nsso_account_id = 111122223333\n\
                 sso_role_name = Admin\n"
            )
        })
        .collect();
    let files = [
        ("doctor/no_region", format!("{healthy}{profiles}")),
        ("doctor/start_url", healthy.replace("com/start\n", "com/start/#/\n")),
        (
            "doctor/launcher",
            healthy.replace("example.awsapps.com/start", "myapplications.microsoft.com/"),
        ),
        ("doctor/profile_default", format!("{healthy}\n[profile default]\nregion = eu-west-1\n")),
        ("doctor/prefix", format!("{healthy}\n[stage]\nregion = eu-west-1\n")),
        ("doctor/session_name", healthy.replacen("sso_session = corp", "sso_session = crop", 1)),
        ("doctor/duplicate", format!("{healthy}\n[profile prod]\nregion = eu-west-1\n")),
    ];
    for (name, config) in files {
        let world = World::empty();
        world.write(".aws/config", &healthy);
        world.ok("login");
        world.ok("roles");
        world.write(".aws/config", &config);
        world.reports(name, &[]);
    }
    let world = World::empty();
    world.reports("doctor/nothing_configured", &[]);
    world.write(".aws/config", &healthy);
    world.reports("doctor/not_logged_in", &[]);
    world.ok("login");
    world.ok("roles");
    world.write(".aws/credentials", STATIC_KEYS);
    give_mode(&world, ".aws/credentials", 0o600);
    world.reports("doctor/static_keys", &[]);
    world.write(
        ".aws/credentials",
        "[old]\naws_access_key_id = AKIAEXAMPLE\n\
                aws_secret_access_key = x\nregion = eu-west-1\n",
    );
    let shadow =
        [("AWS_PROFILE", "prod"), ("AWS_ACCESS_KEY_ID", "A"), ("AWS_SECRET_ACCESS_KEY", "x")];
    world.reports("doctor/shadowed", &shadow);
    let dead = "http://127.0.0.1:1";
    let dead = [("AWS_ENDPOINT_URL_SSO", dead), ("AWS_ENDPOINT_URL_SSO_OIDC", dead)];
    world.reports("doctor/no_network", &dead);
}

/// A fix is what the reader's own shell takes.
#[test]
fn fixes_are_typed_in_the_readers_shell() {
    let world = healthy();
    world.ok("login");
    let posix = ["unset AWS_SECURITY_TOKEN", "export AWS_PROFILE=prod"];
    let fish = ["set -e AWS_SECURITY_TOKEN", "set -gx AWS_PROFILE prod"];
    for (shell, fixes) in [("bash", posix), ("zsh", posix), ("fish", fish)] {
        if !have(shell) {
            continue;
        }
        let line = format!("{} doctor --offline; true", env!("CARGO_BIN_EXE_ssoenv"));
        let mut command = script(&world, shell, no_start_files(shell), &line);
        let outcome =
            Outcome::of(command.env("AWS_SECURITY_TOKEN", "x").env("AWS_PROFILE", "prdo"));
        for fix in fixes {
            assert!(outcome.out.contains(fix), "{shell}: {fix}: {outcome:?}");
        }
        assert!(!outcome.out.contains("run `ssoenv doctor"), "{outcome:?}");
    }
}

/// Credentials of `use` are given back as a whole, by what works with the hook and without it.
#[test]
fn expired_credentials_of_use_are_cleared() {
    let world = healthy();
    world.ok("login");
    let program = env!("CARGO_BIN_EXE_ssoenv");
    for (rc, fix) in [
        ("eval \"$(ssoenv init bash)\"\n", "fix: ssoenv use prod\n"),
        ("", "fix: eval \"$(ssoenv use prod)\"\n"),
    ] {
        world.write(".bashrc", rc);
        let line = format!(
            "eval \"$({program} use prod)\"; export AWS_CREDENTIAL_EXPIRATION=2020-01-01T00:00:00Z; \
             {program} doctor --offline; true"
        );
        let outcome = Outcome::of(world.command("bash").args(["--norc", "-c", &line]));
        assert!(outcome.out.contains(fix), "{fix}: {outcome:?}");
    }
}

/// `status` and `doctor` say the same of who wins.
#[test]
fn status_and_doctor_agree_on_who_wins() {
    let world = healthy();
    world.ok("login");
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let keys = "export AWS_ACCESS_KEY_ID=A AWS_SECRET_ACCESS_KEY=x";
    let used = |mode: &str| format!("eval \"$({program} use prod --mode {mode})\"");
    let mut said = Vec::new();
    for script in [
        "true".to_owned(),
        format!("export AWS_PROFILE=prod; {keys}"),
        used("keys"),
        format!("{}; {keys}", used("keys")),
        format!("{}; export AWS_PROFILE=dev", used("keys")),
        format!("{}; {keys}", used("profile")),
        format!("{}; export AWS_PROFILE=dev", used("profile")),
        format!("{}; unset AWS_PROFILE", used("profile")),
    ] {
        let line = format!("{script}\n{program} status; {program} doctor --offline");
        let mut command = world.command("bash");
        let outcome = Outcome::of(command.env("PATH", path(&world)).args(["--norc", "-c", &line]));
        let kept = |line: &&str| {
            !line.starts_with("session ") && !line.starts_with("skipped") && !line.is_empty()
        };
        // How long it is valid depends on when that is asked.
        let whole = |line| match line {
            line if str::starts_with(line, "active: ") => {
                line.rsplit_once(", ").map_or(line, |l| l.0)
            }
            line => line,
        };
        let report: Vec<_> = outcome.out.lines().filter(kept).map(whole).collect();
        let script = script.replace(program, "ssoenv");
        said.push(format!("$ {script}\n{}\n", world.named(&report.join("\n"))));
    }
    compare("doctor/who_wins", &said.join("\n"));
}

/// An AWS CLI that cannot do what the configuration asks for.
#[cfg(unix)]
#[test]
fn an_aws_cli_that_is_too_old() {
    use std::os::unix::fs::symlink;
    let world = healthy();
    let at = |version: &str, words: &str| {
        let folder = format!("aws-cli/v2/{version}/dist");
        let text = format!("#!/bin/sh\necho aws-cli/{version} Python/3\n");
        let program = world.program(&format!("{folder}/aws"), &text);
        let link = world.path("aws");
        drop(std::fs::remove_file(&link));
        if words.is_empty() {
            // Nothing of the version in the path: it is asked.
            world.copy_of(&program, "aws");
        } else {
            symlink(&program, &link).expect("a link");
        }
        let path = format!("{}:/bin:/usr/bin", world.home().display());
        found(&doctor(&world, words, &[("PATH", &path)]), "aws-cli")
    };
    for words in ["--offline", ""] {
        for (version, said) in [("2.8.1", "2.9"), ("1.44.2", "version 2"), ("2.15.0", "2.22")] {
            let rows = at(version, words);
            assert_eq!(rows.len(), 1, "{version}");
            assert!(rows[0]["why"].as_str().is_some_and(|why| why.contains(said)), "{rows:#?}");
        }
        assert!(at("2.22.0", words).is_empty());
    }
}

/// A check that finds nothing on a healthy machine (see above) has to find something on a sick one.
#[test]
fn every_check_is_provoked() {
    let world = healthy();
    world.ok("login");
    let mut names: Vec<String> = rows(&doctor(&world, "", &[]))
        .iter()
        .map(|row| row["check"].as_str().expect("a name").to_owned())
        .collect();
    names.dedup();
    assert!(names.len() >= 28, "{names:?}");
    for name in names {
        assert!(!found(&provoke(&name), &name).is_empty(), "`{name}` found nothing");
    }
}

/// A machine on which the check has something to say.
fn provoke(check: &str) -> Outcome {
    if let Some(case) = CASES.iter().find(|case| case.check == check) {
        let world = World::empty();
        world.write(".aws/config", &(case.config)(healthy_config()));
        return doctor(&world, "--offline", case.env);
    }
    let world = healthy();
    match check {
        "static-keys" => world.write(".aws/credentials", STATIC_KEYS),
        "long-lived-keys" => {
            world.write(".aws/credentials", &STATIC_KEYS.replace("prod", "old"));
        }
        "aws-cli" => {
            world.write("awscli-2.8.1/aws", "");
            let path = world.path("awscli-2.8.1").display().to_string();
            return doctor(&world, "--offline", &[("PATH", &path)]);
        }
        "settings" => world.write(".config/ssoenv/config.ini", "[ssoenv]\nmodee = keys\n"),
        "audit" => {
            world.write(".config/ssoenv/config.ini", "[ssoenv]\naudit = ~/.aws/config/log\n");
        }
        "storage" => {
            // Nobody answers there; and a build without the feature knows no keyring at all.
            world.write(".config/ssoenv/config.ini", "[ssoenv]\nstorage = keyring\n");
            let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")];
            return doctor(&world, "--offline", &nowhere);
        }
        "permissions" => {
            open_to_others(&world);
            let outcome = doctor(&world, "", &[]);
            world.ok("doctor --offline --fix --yes");
            return outcome;
        }
        "account-role" | "assignment" => {
            world.ok("roles");
            world.write(".aws/config", &healthy_config().replace("= Admin", "= Adnin"));
        }
        "hook" => return under_bash(&world),
        "coding-agent" => return doctor(&world, "--offline", &[("CLAUDECODE", "1")]),
        "registration" => end_registration(&world),
        "network" => {
            return doctor(&world, "", &[("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:1")]);
        }
        "sso-region-online" => {
            world.ic.always(Operation::RegisterClient, Some(Reply::InvalidRequestEmpty));
        }
        "clock" => world.ic.clock_skew(600),
        other => panic!("nothing provokes `{other}`"),
    }
    doctor(&world, "", &[])
}

const STATIC_KEYS: &str = "[prod]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n";

fn open_to_others(world: &World) {
    world.ok("login");
    give_mode(world, TOKEN, 0o644);
}

/// The registration with which the token is refreshed has ended.
fn end_registration(world: &World) {
    world.ok("login");
    world.change_token(|token| token["registrationExpiresAt"] = "2020-01-01T00:00:00Z".into());
}

/// The report that a bash gets which starts the program.
fn under_bash(world: &World) -> Outcome {
    let line = format!("{} doctor --json --offline; true", env!("CARGO_BIN_EXE_ssoenv"));
    Outcome::of(world.command("bash").args(["--norc", "-c", &line]))
}

/// What is written in front of, or in the place of, something in the healthy configuration.
struct Case {
    check: &'static str,
    status: &'static str,
    /// Changes the configuration.
    config: fn(String) -> String,
    env: &'static [(&'static str, &'static str)],
    /// Words that must be in what, why or fix.
    says: &'static str,
}

const fn case(
    check: &'static str,
    status: &'static str,
    config: fn(String) -> String,
    says: &'static str,
) -> Case {
    Case { check, status, config, env: &[], says }
}

const fn environment(
    check: &'static str,
    status: &'static str,
    env: &'static [(&'static str, &'static str)],
    says: &'static str,
) -> Case {
    Case { check, status, config: |config| config, env, says }
}

const CONSOLE: &str = "\n[profile con]\nregion = us-east-1\n\
                       login_session = arn:aws:iam::111122223333:user/jane\n";
const ON_TOP: &str = "\n[profile top]\nrole_arn = arn:aws:iam::777788889999:role/Deploy\n\
                      source_profile = con\nregion = eu-west-1\n";

const CASES: &[Case] = &[
    case(
        "config-file",
        "fail",
        |c| c.replace("region = eu-west-1\n", "region = eu-west-1\nregion = x\n"),
        "region",
    ),
    case("config-file", "fail", |c| format!("{c}\n[profile prod]\nregion = x\n"), "prod"),
    case("config-file", "fail", |c| format!("\u{feff}{c}"), "byte order mark"),
    case(
        "profile-default",
        "warn",
        |c| format!("{c}\n[profile default]\nregion = eu-west-1\n"),
        "`[default]`",
    ),
    case(
        "section-prefix",
        "warn",
        |c| format!("{c}\n[stage]\nregion = eu-west-1\n"),
        "write `[profile stage]`",
    ),
    case(
        "dropped-section",
        "warn",
        |c| format!("{c}\n[profile my dev]\nregion = eu-west-1\n"),
        "one word",
    ),
    case("names", "warn", |c| format!("{c}\n[profile 'my dev']\nregion = eu-west-1\n"), "my dev"),
    case(
        "inline-comment",
        "warn",
        |c| c.replace("= us-west-2", "= us-west-2 # tools"),
        "write `region = us-west-2`",
    ),
    case(
        "syntax",
        "warn",
        |c| c.replace("region = us-west-2", "region: us-west-2"),
        "SDKs refuse the file",
    ),
    case(
        "session-keys",
        "warn",
        |c| c.replace("sso_role_name = Admin", "sso_role_name = Admin\nsso_region = us-east-1"),
        "remove `sso_region` from",
    ),
    case(
        "session-keys",
        "fail",
        |c| c.replace("sso_role_name = Admin", "sso_role_name = Admin\nsso_region = eu-west-1"),
        "the session says `us-east-1`",
    ),
    case(
        "scopes",
        "warn",
        |c| c.replace("= sso:account:access", "= codewhisperer:completions"),
        "sso:account:access",
    ),
    case(
        "profile",
        "fail",
        |c| {
            c.replace(
                "sso_session = corp\nsso_account_id = 1",
                "sso_session = crop\nsso_account_id = 1",
            )
        },
        "did you mean `corp`",
    ),
    case("profile", "fail", |c| c.replace("sso_role_name = Admin\n", ""), "sso_role_name"),
    case("profile", "fail", |c| c.replace("sso_region = us-east-1\n", ""), "sso_region"),
    case(
        "region",
        "warn",
        |c| c.replace("region = us-west-2\n", ""),
        "add `region = REGION` to `[profile tools]`",
    ),
    case(
        "region",
        "warn",
        |c| c.replace("us-west-2", "us-wset-2"),
        "did you mean `region = us-west-2`?",
    ),
    case(
        "region",
        "fail",
        |c| c.replace("us-west-2", "oregon"),
        "did you mean `region = us-west-2`?",
    ),
    case("region", "fail", |c| c.replace("us-west-2", "bogus"), "is not a Region"),
    case("region", "warn", |c| c.replace("us-west-2", "us-farwest-7"), "does not know that Region"),
    case(
        "region",
        "fail",
        |c| c.replace("us-west-2", "US-WEST-2"),
        "did you mean `region = us-west-2`?",
    ),
    case(
        "region",
        "fail",
        |c| c.replace("us-west-2", "us-west-2b"),
        "did you mean `region = us-west-2`?",
    ),
    case(
        "start-url",
        "warn",
        |c| c.replace("com/start\n", "com/start/#/\n"),
        "set `sso_start_url = https://example.awsapps.com/start`",
    ),
    case(
        "start-url",
        "fail",
        |c| c.replace("example.awsapps.com/start", "myapplications.microsoft.com/"),
        "identity provider",
    ),
    case(
        "sso-region",
        "warn",
        |c| c.replace("sso_region = us-east-1", "sso_region = us-esat-1"),
        "did you mean `sso_region = us-east-1`?",
    ),
    case(
        "sso-region",
        "warn",
        |c| c.replace("sso_region = us-east-1", "sso_region = eu-central-99"),
        "did you mean `sso_region = eu-central-1`?",
    ),
    case(
        "sso-region",
        "fail",
        |c| c.replace("sso_region = us-east-1", "sso_region = virginia"),
        "is not a Region",
    ),
    case(
        "role-duration",
        "warn",
        |c| {
            format!(
                "{c}\n[profile short]\nrole_arn = arn:aws:iam::777788889999:role/Deploy\n\
                 source_profile = prod\nduration_seconds = 900\nregion = eu-west-1\n"
            )
        },
        "set `duration_seconds = 3600` in the profile `short`",
    ),
    case(
        "console-login",
        "warn",
        |c| format!("{c}{CONSOLE}{ON_TOP}"),
        "profile `top` needs the login too\",\"fix\":\"ssoenv login con\"",
    ),
    case(
        "console-login",
        "fail",
        |c| format!("{c}{CONSOLE}").replace("arn:aws:iam", "jane"),
        "ssoenv configure --console",
    ),
    case(
        "login-source",
        "warn",
        |c| format!("{c}{CONSOLE}credential_process = x\n"),
        "keep one of the two in the profile `con`",
    ),
    case("login", "warn", |c| c, "ssoenv login --sso-session corp"),
    case("login", "warn", |_| String::new(), "ssoenv configure"),
    environment("active-profile", "fail", &[("AWS_PROFILE", "prdo")], "did you mean `prod`?"),
    environment("active-profile", "fail", &[("AWS_PROFILE", "")], "unset AWS_PROFILE"),
    environment(
        "environment",
        "warn",
        &[("AWS_PROFILE", "prod"), ("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SECRET_ACCESS_KEY", "x")],
        "most AWS SDKs use these credentials",
    ),
    environment("environment", "warn", &[("AWS_SECURITY_TOKEN", "x")], "AWS_SECURITY_TOKEN"),
    environment(
        "environment",
        "warn",
        &[("AWS_BEARER_TOKEN_BEDROCK", "x")],
        "calls to BEDROCK use this token",
    ),
    environment(
        "environment",
        "warn",
        &[("AWS_PROFILE", "prod"), ("AWS_DEFAULT_PROFILE", "dev")],
        "boto3",
    ),
    environment(
        "credentials-env",
        "fail",
        &[("AWS_ACCESS_KEY_ID", "AKIAX")],
        "one without the other",
    ),
    environment(
        "credentials-env",
        "fail",
        &[
            ("AWS_ACCESS_KEY_ID", "A"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
        ],
        "expired at",
    ),
];

#[test]
fn every_offline_check_finds_what_it_looks_for() {
    for case in CASES {
        let world = World::empty();
        world.write(".aws/config", &(case.config)(healthy_config()));
        let outcome = doctor(&world, "--offline", case.env);
        let rows = found(&outcome, case.check);
        assert!(!rows.is_empty(), "{}: {outcome:?}", case.check);
        let fitting = rows.iter().find(|row| {
            row["status"] == case.status
                && row.to_string().replace("\\\"", "\"").contains(case.says)
        });
        assert!(fitting.is_some(), "{} {}: {rows:#?}", case.check, case.says);
        let fails = self::rows(&outcome).iter().any(|row| row["status"] == "fail");
        assert_eq!(outcome.code, i32::from(fails), "{outcome:?}");
        assert_eq!(world.ic.requests().len(), 0);
    }
}

/// Other makers name their Regions as they like, wherever their address is written.
#[test]
fn regions_of_other_makers() {
    let bogus = healthy_config().replace("us-west-2", "bogus");
    let services = "[services minio]\ns3 =\n  endpoint_url = https://s3.example\n";
    for (key, count) in [("", 1), ("endpoint_url = https://s3.example", 0), ("services = minio", 0)]
    {
        let world = World::empty();
        let text = bogus.replace("region = bogus", &format!("region = bogus\n{key}"));
        world.write(".aws/config", &format!("{text}\n{services}"));
        let rows = found(&doctor(&world, "--offline", &[]), "region");
        assert_eq!(rows.len(), count, "{key}: {rows:#?}");
    }
}

/// An empty variable is not the one that names the profile.
#[test]
fn the_variable_that_shadows_is_named() {
    let world = healthy();
    world.ok("login");
    let program = env!("CARGO_BIN_EXE_ssoenv");
    for (first, name) in [("dev", "AWS_PROFILE"), ("", "AWS_DEFAULT_PROFILE")] {
        let line = format!(
            "eval \"$({program} use prod)\"; export AWS_PROFILE={first} AWS_DEFAULT_PROFILE=dev; \
             {program} doctor --offline --json; true"
        );
        let outcome = Outcome::of(world.command("bash").args(["--norc", "-c", &line]));
        let rows = found(&outcome, "environment");
        let why =
            |row: &&Value| row["why"].to_string().contains("JavaScript uses the profile `dev`");
        let row = rows.iter().find(why).unwrap_or_else(|| panic!("{outcome:?}"));
        assert_eq!(row["what"], format!("`{name}` is set"));
    }
}

/// A profile with a session and neither account nor role: each thing that is missing is named.
#[test]
fn a_session_without_account_and_role() {
    for (session, status) in [("nope", "fail"), ("corp", "warn")] {
        let world = World::empty();
        let text = format!(
            "{}\n[profile b]\nsso_session = {session}\nregion = eu-west-1\n",
            healthy_config()
        );
        world.write(".aws/config", &text);
        let rows = found(&doctor(&world, "--offline", &[]), "profile");
        assert_eq!(rows.len(), 1, "{rows:#?}");
        assert_eq!(rows[0]["status"], status);
        assert_eq!(rows[0]["line"], healthy_config().lines().count() + 2);
        let used = world.run("use b --shell bash --no-login");
        assert_eq!((used.code, used.out.as_str()), (6, ""), "{used:?}");
        for said in [rows[0].to_string(), used.err] {
            for key in ["`sso_account_id`", "`sso_role_name`"] {
                assert!(said.contains(key), "{key}: {said}");
            }
            assert_eq!(said.contains("`[sso-session nope]`"), session == "nope", "{said}");
        }
    }
}

/// The line of the key is named; and of a launcher's address the Regions are not blamed.
#[test]
fn a_bad_session_is_told_once_and_where() {
    let launcher = "https://myapplications.microsoft.com/";
    for (key, value, check) in
        [("sso_start_url", launcher, "start-url"), ("sso_region", "virginia", "sso-region")]
    {
        let line = healthy_config().lines().position(|line| line.starts_with(key)).expect("a key");
        let text = healthy_config();
        let mut lines: Vec<&str> = text.lines().collect();
        let wrong = format!("{key} = {value}");
        lines[line] = &wrong;
        let world = World::empty();
        world.write(".aws/config", &lines.join("\n"));
        world.ic.always(Operation::RegisterClient, Some(Reply::InvalidRequestEmpty));
        let outcome = doctor(&world, if value == launcher { "" } else { "--offline" }, &[]);
        assert_eq!(found(&outcome, check)[0]["line"], line + 1, "{outcome:?}");
        if value == launcher {
            assert!(!world.ic.requests().is_empty(), "the network was asked: {outcome:?}");
            assert!(found(&outcome, "sso-region-online").is_empty(), "{outcome:?}");
        }
    }
}

#[test]
fn static_keys_beside_a_profile() {
    let world = healthy();
    world.write(".aws/credentials", STATIC_KEYS);
    let rows = found(&doctor(&world, "--offline", &[]), "static-keys");
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!(rows[0]["line"], 2);
    assert!(!rows[0].to_string().contains("AKIAEXAMPLE"));
}

#[test]
fn unknown_settings() {
    let world = healthy();
    world.write(".config/ssoenv/config.ini", "[ssoenv]\nmodee = keys\n");
    let rows = found(&doctor(&world, "--offline", &[]), "settings");
    assert!(rows[0].to_string().contains("mode"), "{rows:#?}");
}

#[test]
fn roles_that_the_directory_or_the_portal_does_not_have() {
    let world = healthy();
    world.ok("roles");
    world.write(".aws/config", &healthy_config().replace("= Admin", "= Adnin"));
    let outcome = doctor(&world, "", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    for check in ["account-role", "assignment"] {
        let rows = found(&outcome, check);
        assert!(rows[0].to_string().contains("did you mean `sso_role_name = Admin`?"), "{rows:#?}");
    }
    // Taken away since the list was made.
    world.write(".aws/config", &healthy_config());
    world.ic.remove_role("111122223333", "Admin");
    let outcome = doctor(&world, "", &[]);
    assert!(found(&outcome, "account-role").is_empty());
    assert_eq!(found(&outcome, "assignment").len(), 1, "{outcome:?}");
}

#[test]
fn roles_on_later_pages_are_granted_too() {
    let world = healthy();
    world.ok("login");
    world.ic.page_size(1);
    world.write(".aws/config", &healthy_config().replace("= Admin", "= ReadOnly"));
    assert!(found(&doctor(&world, "", &[]), "assignment").is_empty());
    // Nothing is said of a role by a list that is not whole.
    world.ic.always(
        Operation::ListAccountRoles,
        Some(Reply::json(r#"{"roleList": [], "nextToken": "A"}"#)),
    );
    let rows = found(&doctor(&world, "", &[]), "assignment");
    assert!(!rows.is_empty(), "{rows:#?}");
    for row in rows {
        assert_eq!(row["status"], "warn", "{row:#?}");
        assert!(row.to_string().contains("pages that repeat"), "{row:#?}");
    }
}

#[test]
fn registrations_that_ended() {
    let world = healthy();
    end_registration(&world);
    assert_eq!(found(&doctor(&world, "--offline", &[]), "registration").len(), 1);
}

#[test]
fn a_network_that_does_not_work() {
    let world = healthy();
    let closed = [("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:1")];
    let outcome = doctor(&world, "", &closed);
    let rows = found(&outcome, "network");
    assert!(rows[0].to_string().contains("cannot connect to `127.0.0.1:1`"), "{rows:#?}");
    assert!(found(&doctor(&world, "", &[]), "network").is_empty());
    let missing = [("AWS_CA_BUNDLE", "/nowhere/ca.pem")];
    let rows = found(&doctor(&world, "", &missing), "network");
    assert!(rows[0].to_string().contains("/nowhere/ca.pem"), "{rows:#?}");
}

#[test]
fn a_clock_that_is_wrong() {
    let world = healthy();
    world.ic.clock_skew(600);
    let rows = found(&doctor(&world, "", &[]), "clock");
    assert!(rows[0].to_string().contains("seconds behind"), "{rows:#?}");
}

#[test]
fn the_hook_of_the_shell() {
    let world = healthy();
    for (line, count) in [
        ("", 1),
        ("eval \"$(ssoenv init bash)\"\n", 0),
        ("have ssoenv && load ssoenv init\n", 0),
        ("\t# eval \"$(ssoenv init bash)\"\n", 1),
        ("#have ssoenv && load ssoenv init\n", 1),
    ] {
        world.write(".bashrc", line);
        let outcome = under_bash(&world);
        assert_eq!(found(&outcome, "hook").len(), count, "{outcome:?}");
    }
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_closed() {
    use std::os::unix::fs::PermissionsExt;
    let world = healthy();
    open_to_others(&world);
    let file = world.path(TOKEN);
    assert_eq!(found(&doctor(&world, "--offline", &[]), "permissions").len(), 1);
    let outcome = doctor(&world, "--offline --fix --yes", &[]);
    assert!(found(&outcome, "permissions").is_empty(), "{outcome:?}");
    world.says("doctor/files_that_others_can_read_are_closed", &outcome);
    let mode = std::fs::metadata(&file).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_safe_is_mended_after_it_was_shown() {
    let world = World::empty();
    let broken = format!(
        "\u{feff}# kept\n{}\n[stage]\nregion = eu-west-1 \n\n[profile default]\nregion = eu-west-1\n",
        healthy_config()
            .replace("com/start\n", "com/start/\n")
            .replace("= sso:account:access", "= codewhisperer:completions")
            .replace("sso_role_name = Admin", "sso_role_name = Admin\nsso_region = us-east-1")
    );
    world.write(".aws/config", &broken);
    let refused = doctor(&world, "--offline --fix", &[]);
    assert_eq!(refused.code, 2, "no terminal to ask: {refused:?}");
    assert_eq!(world.read(".aws/config"), broken);
    let outcome = doctor(&world, "--offline --fix --yes", &[]);
    let left: Vec<_> =
        rows(&outcome).into_iter().filter(|row| is_bad(row) && row["check"] != "login").collect();
    assert!(left.is_empty(), "{left:#?}");
    let expected = format!(
        "# kept\n{}\n[profile stage]\nregion = eu-west-1 \n\n[default]\nregion = eu-west-1\n",
        healthy_config()
            .replace("= sso:account:access", "= codewhisperer:completions,sso:account:access")
    );
    assert_eq!(world.read(".aws/config"), expected);
    assert!(outcome.err.contains("+[default]"), "the diff is shown: {outcome:?}");
    assert!(world.path(".aws/config.ssoenv.bak").exists());
}

/// Of two default sections none goes that has a key which the other has not, or has otherwise.
#[test]
fn a_default_profile_is_never_mended_away() {
    let full = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
                region = eu-west-1\n";
    let pairs = [
        ("[profile default]", full, "[default]", "output = json\n", Some("`sso_session`")),
        ("[default]", full, "[profile default]", "output = json\n", Some("`sso_role_name`")),
        (
            "[profile default]",
            "region = eu-west-1\n",
            "[default]",
            "region = x\n",
            Some("`region`"),
        ),
        ("[profile default]", "region = eu-west-1\n", "[default]", full, None),
    ];
    for (first, keys, second, others, lost) in pairs {
        let world = World::empty();
        let text = format!("{}\n{first}\n{keys}\n{second}\n{others}", healthy_config());
        world.write(".aws/config", &text);
        let outcome = doctor(&world, "--offline --fix --yes", &[]);
        let rows = found(&outcome, "profile-default");
        let Some(lost) = lost else {
            assert!(rows.is_empty(), "{rows:#?}");
            let expected = format!("{}\n[default]\n{others}", healthy_config());
            assert_eq!(world.read(".aws/config"), expected);
            continue;
        };
        assert_eq!(world.read(".aws/config"), text, "{outcome:?}");
        assert!(!rows.is_empty(), "{outcome:?}");
        for row in rows {
            let fix = row["fix"].as_str().expect("a fix");
            assert!(fix.contains("by hand") && fix.contains(lost), "{fix}");
        }
    }
}

/// Through a proxy that ends TLS with a private CA, on the real host names.
#[test]
fn a_wrong_region_is_mended_and_the_login_works() {
    for wrong in ["us-east-1", "ap-suoth-1", "eu-central-99", "mumbai"] {
        let world = World::with(IdentityCenter::builder().region("ap-south-1").build());
        // What is not changed stays as it is: comments, line ends, spaces.
        let config = |region: &str| {
            let key = format!("sso_region = {region}\r\n");
            format!("# kept ; all\r\n\n{}\n\n  # end", healthy_config())
                .replace("sso_region = us-east-1\n", &key)
        };
        world.write(".aws/config", &config(wrong));
        let proxy = world.ic.proxy();
        let run = |words: &str| super::endpoints::run(&world, &proxy, words);
        let failed = run("login --device-code");
        assert_eq!(failed.code, 6, "{failed:?}");
        let right = format!("belongs to `ap-south-1`, not `{wrong}`");
        assert!(failed.err.contains(&right), "{failed:?}");
        let hint = "hint: set `sso_region = ap-south-1` in `[sso-session corp]`: run `ssoenv \
                    doctor --fix`";
        assert!(failed.err.contains(hint), "{failed:?}");
        let outcome = run("doctor --fix --yes");
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let changed = |sign| {
            let lines = outcome.err.lines().filter(|l| l.starts_with(sign));
            lines.filter(|l| !l.starts_with("+++") && !l.starts_with("---")).count()
        };
        assert_eq!((changed('+'), changed('-')), (1, 1), "{outcome:?}");
        assert_eq!(world.read(".aws/config"), config("ap-south-1"));
        assert_eq!(world.read(".aws/config.ssoenv.bak"), config(wrong));
        assert_eq!(run("login --device-code").code, 0);
    }
}

/// Profiles that have the portal's keys in themselves are mended each.
#[test]
fn a_wrong_region_of_old_profiles_is_mended_too() {
    let world = World::with(IdentityCenter::builder().region("ap-south-1").build());
    let config = |region: &str| {
        let profile = |name: &str| {
            format!(
                "[profile {name}]\nsso_start_url = https://example.awsapps.com/start\n\
                 sso_region = {region}\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
                 region = eu-west-1\n"
            )
        };
        profile("old") + &profile("older")
    };
    world.write(".aws/config", &config("us-east-1"));
    let proxy = world.ic.proxy();
    let run = |words: &str| super::endpoints::run(&world, &proxy, words);
    let failed = run("login old");
    assert_eq!(failed.code, 6, "{failed:?}");
    let hint = "set `sso_region = ap-south-1` in the profile `old`: run `ssoenv doctor --fix`";
    assert!(failed.err.contains(hint), "{failed:?}");
    assert_eq!(run("doctor --fix --yes").code, 0);
    assert_eq!(world.read(".aws/config"), config("ap-south-1"));
    assert_eq!(run("login old").code, 0);
}

#[test]
fn without_a_home_each_thing_is_said_once() {
    let world = healthy();
    let mut command = world.ssoenv(["doctor", "--json"]);
    let outcome = Outcome::of(command.env_remove("HOME"));
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let bad: Vec<_> = rows(&outcome).into_iter().filter(is_bad).collect();
    assert_eq!(bad.len(), 1, "{bad:#?}");
    assert!(bad[0]["what"].as_str().is_some_and(|what| what.contains("`HOME` is not set")));
    assert_eq!(bad[0]["fix"], "set `HOME` to your home folder");
}

/// A service that takes the connection and says nothing.
#[test]
fn a_black_hole_costs_no_more_than_the_deadline() {
    let hole = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", hole.local_addr().expect("an address"));
    let world = healthy();
    world.ok("login");
    let more = (0..5).map(|n| {
        format!("\n[sso-session s{n}]\nsso_start_url = https://s{n}.awsapps.com/start\nsso_region = us-east-1\n")
    });
    world.write(".aws/config", &(healthy_config() + &more.collect::<String>()));
    let started = std::time::Instant::now();
    let env = [("AWS_ENDPOINT_URL_SSO", &*url), ("AWS_ENDPOINT_URL_SSO_OIDC", &*url)];
    let outcome = doctor(&world, "", &env);
    let took = started.elapsed();
    // All are asked beside each other, six seconds each.
    assert!(took < std::time::Duration::from_secs(9), "{took:?}");
    assert_eq!(found(&outcome, "network").len(), 1, "said once: {outcome:?}");
    let skipped = skipped(&outcome);
    for check in ["assignment", "clock", "sso-region-online"] {
        assert!(found(&outcome, check).is_empty(), "{outcome:?}");
        let skipped = skipped.iter().any(|(name, why)| name == check && why.contains("no answer"));
        assert!(skipped, "what was not answered is not called good: {outcome:?}");
    }
}

#[test]
fn the_bundle_names_nobody() {
    let world = healthy();
    world.ok("login");
    world.ok("roles");
    let mut command = world.ssoenv(["doctor", "--bundle", "report.txt"]);
    command.env("AWS_PROFILE", "prdo").env("AWS_SECRET_ACCESS_KEY", "hunter2");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let report = world.read("report.txt");
    for word in ["111122223333", "example.awsapps.com", "hunter2", "Acme", "@", "`corp`", "/tmp/"] {
        assert!(!report.contains(word), "{word}: {report}");
    }
    world.assert_no_secret(&report);
    for word in ["active-profile", "AWS_SECRET_ACCESS_KEY (set)", "3 profiles, 1 sso-sessions"] {
        assert!(report.contains(word), "{word}: {report}");
    }
}

/// Whatever a problem quotes: nothing that stands in the files is in the report, also where the
/// files cannot be read.
#[test]
fn the_bundle_quotes_no_file() {
    let sick = healthy_config()
        .replace("region = us-west-2", "region = us-west-2 # Geheim 555-1234")
        .replacen("sso_session = corp", "sso_session = corp # Geheim", 1)
        .replace("= Admin", "= ReadOnly # Geheim")
        + "\n[profile Geheim one]\nregion = x\n[Geheim]\nregion = geheim\nGeheim: x\n\
           [profile tick]\nsso_session = a`Geheim b\nsso_account_id = Geheim\n\
           [profile loop]\nrole_arn = Geheim\nsource_profile = Geheim(x)\nregion = Geheim\n";
    let unread = [
        format!("{sick}[profile Geheim\n"),
        format!("{sick}[profile tick]\nregion = x\n"),
        format!("{sick}Geheim = 1\nGeheim = 2\n"),
    ];
    for text in [sick].into_iter().chain(unread) {
        let world = World::empty();
        world.write(".aws/config", &text);
        world.write(".config/ssoenv/config.ini", "[ssoenv]\nGeheim = 1\nmode = Geheim\n");
        let shown = Outcome::of(&mut world.ssoenv(["doctor", "--offline"]));
        assert!(shown.out.contains("Geheim"), "{shown:?}");
        let mut command = world.ssoenv(["doctor", "--offline", "--bundle", "-"]);
        let report = Outcome::of(command.env("AWS_REGION", "geheim"));
        assert!(report.out.contains("\nenvironment\n"), "{report:?}");
        for word in ["geheim", "555", "readonly", "corp", "tick", "acme"] {
            assert!(!report.out.to_lowercase().contains(word), "{word}: {}", report.out);
        }
        assert!(!world.path("-").exists());
    }
}

#[test]
fn the_bundle_makes_no_folder_and_replaces_nothing_unasked() {
    let world = healthy();
    let bundle = |words: &[&str]| {
        Outcome::of(&mut world.ssoenv(["doctor", "--offline", "--bundle"].iter().chain(words)))
    };
    assert_eq!(bundle(&["none/report.txt"]).code, 6);
    assert!(!world.path("none").exists());
    world.write("report.txt", "mine");
    let refused = bundle(&["report.txt"]);
    assert_eq!((refused.code, world.read("report.txt").as_str()), (2, "mine"), "{refused:?}");
    assert_eq!(bundle(&["report.txt", "--yes"]).code, 0);
    assert!(world.read("report.txt").contains("checks"));
    assert_eq!(bundle(&["-", "--json"]).code, 2);
}

#[test]
fn offline_checks_are_quick() {
    let world = healthy();
    let quickest = (0..5)
        .map(|_| {
            let started = std::time::Instant::now();
            doctor(&world, "--offline", &[]);
            started.elapsed()
        })
        .min()
        .expect("five runs");
    // 50 ms is the budget of the shipped build; this one is not optimized.
    assert!(quickest < std::time::Duration::from_millis(250), "{quickest:?}");
}

/// A profile for each role of a large organization, all of it in the directory.
#[test]
fn offline_checks_are_quick_with_many_profiles_too() {
    let world = World::empty();
    for number in 0..300 {
        let (id, name) = (format!("500000000{number:03}"), format!("Account {number}"));
        world.ic.add_account(&id, &name, "", &["A", "B", "C"]);
    }
    world.write(".aws/config", &healthy_config());
    world.ok("login");
    world.ok("roles");
    let profiles = (0..900).map(|number| {
        format!(
            "\n[profile p{number}]\nsso_session = corp\nsso_account_id = 500000000{:03}\n\
             sso_role_name = {}\nregion = eu-west-1\n",
            number / 3,
            ["A", "B", "C"][number % 3]
        )
    });
    world.write(".aws/config", &(healthy_config() + &profiles.collect::<String>()));
    let started = std::time::Instant::now();
    let outcome = doctor(&world, "--offline", &[]);
    let took = started.elapsed();
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // The directory is read once: for each profile it would take this build ten seconds.
    assert!(took < std::time::Duration::from_secs(2), "{took:?}");
}
