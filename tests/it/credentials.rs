//! `credentials`: formats, `credential_process`, the way into `~/.aws/credentials` and out again.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use identity_center::Operation;

use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, json};

fn logged_in() -> World {
    let world = World::new();
    world.ok("login --sso-session corp");
    world
}

#[test]
fn json_for_credential_process_and_for_scripts() {
    let world = logged_in();
    let text = world.ok("credentials prod");
    let lines: Vec<_> = text.lines().map(|line| line.split(':').next().unwrap_or(line)).collect();
    assert_eq!(
        lines,
        [
            "{",
            "  \"Version\"",
            "  \"AccessKeyId\"",
            "  \"SecretAccessKey\"",
            "  \"SessionToken\"",
            "  \"Expiration\"",
            "  \"AccountId\"",
            "}"
        ]
    );
    let fields = json(&text);
    assert_eq!(fields["Version"], 1);
    assert!(fields["Expiration"].as_str().is_some_and(|time| time.ends_with('Z')));
    let fields = world.json("credentials prod --format json");
    let keys: Vec<_> = fields.as_object().expect("a map").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "profile",
            "account_id",
            "account_name",
            "role",
            "region",
            "access_key_id",
            "secret_access_key",
            "session_token",
            "expires_at"
        ]
    );
    assert_eq!(fields["account_id"], "111122223333");
    assert_eq!(fields["region"], "eu-west-1");
    assert_eq!(world.json("credentials --account 012345678901 --role ReadOnly")["Version"], 1);
}

#[test]
fn cached_ones_come_without_network_and_the_same_from_both_paths() {
    let world = logged_in();
    world.ok("credentials prod");
    world.ic.clear_requests();
    // With `-v` the fast path is not taken.
    for format in ["process", "env", "env-no-export", "fish", "powershell", "windows-cmd", "json"] {
        let fast = world.ok(&format!("credentials prod --format {format}"));
        let slow =
            Outcome::of(&mut world.ssoenv(["-v", "credentials", "prod", "--format", format]));
        assert_eq!((slow.code, &slow.out), (0, &fast), "{format}");
        world.assert_no_secret(&slow.err);
    }
    let mut command = world.ssoenv(["credentials", "prod"]);
    for (name, _) in world.ic.env() {
        command.env(name, "http://127.0.0.1:9");
    }
    assert_eq!(Outcome::of(&mut command).code, 0);
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn shells_read_back_what_was_printed() {
    let world = logged_in();
    let expected = world.json("credentials prod --format json");
    let token = expected["session_token"].as_str().expect("a token");
    for (format, shell, ending) in [
        ("env", "sh", "printf %s \"$AWS_SESSION_TOKEN\""),
        ("env-no-export", "bash", "printf %s \"$AWS_SESSION_TOKEN\""),
        ("fish", "fish", "printf %s \"$AWS_SESSION_TOKEN\""),
    ] {
        let Some(shell) = crate::support::find(shell, "SSOENV_TEST_SHELLS") else { continue };
        let text = world.ok(&format!("credentials prod --format {format}"));
        let mut command = world.command(shell);
        let outcome = Outcome::of(command.args(["-c", &format!("{text}{ending}")]));
        assert_eq!(outcome.out, token, "{format}: {outcome:?}");
    }
}

#[test]
fn never_a_browser_unless_asked_for() {
    let world = World::new();
    let outcome = world.run("credentials prod");
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""));
    world.says("credentials/never_a_browser_unless_asked_for", &outcome);
    assert_eq!(world.browser_opened(), 0);
    assert_eq!(world.json("credentials prod --login")["Version"], 1);
    assert_eq!(world.browser_opened(), 1);
    let outcome = world.run("credentials nope");
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""));
}

#[test]
fn a_terminal_sees_secrets_only_in_a_format_that_was_named() {
    let world = logged_in();
    let Some(script) = crate::support::find("script", "SSOENV_TEST_CLIENTS") else { return };
    let on_terminal = |line: &str| {
        let line = format!("{} {line}", env!("CARGO_BIN_EXE_ssoenv"));
        let mut command = world.command(&script);
        Outcome::of(command.args(["-qec", &line, "/dev/null"]).env("TERM", "dumb"))
    };
    let outcome = on_terminal("credentials prod");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.out.contains("this is a terminal"), "{outcome:?}");
    world.assert_no_secret(&outcome.out);
    let outcome = on_terminal("credentials prod --format process");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains("SecretAccessKey"));
}

#[test]
fn keys_go_into_the_credentials_file_and_out_again() {
    let world = logged_in();
    let before = "# mine\r\n[other]\r\naws_access_key_id = AKIA\r\naws_secret_access_key = S\r\n";
    world.write(".aws/credentials", before);
    world.ok("credentials prod --write old-tool");
    let text = world.read(".aws/credentials");
    assert!(text.starts_with(before), "{text}");
    let keys = world.json("credentials prod");
    let end = keys["Expiration"].as_str().expect("a time");
    assert!(
        text.contains(&format!(
            "[old-tool]\r\n# expires {end}, written by ssoenv\r\naws_access_key_id = "
        )),
        "{text}"
    );
    assert!(text.contains(keys["SessionToken"].as_str().expect("a token")));
    let mode = fs::metadata(world.path(".aws/credentials")).expect("file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "a file that gets a secret is closed to others");

    // Ours are renewed without a question, others not without an answer.
    world.ok("credentials dev --write old-tool");
    assert_eq!(world.read(".aws/credentials").matches("# expires").count(), 1);
    let outcome = world.run("credentials prod --write other");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    let refused = world.run("credentials --write other --remove");
    world.says("credentials/remove_what_is_not_ours", &refused);
    let absent = world.run("credentials --write nosuch --remove");
    world.says("credentials/remove_what_is_not_there", &absent);
    assert!(world.read(".aws/credentials").starts_with(before));

    world.ok("credentials --write old-tool --remove");
    assert_eq!(world.read(".aws/credentials"), before);
    assert!(
        !world.path(".aws/credentials.ssoenv.bak").exists() || {
            let backup = world.read(".aws/credentials.ssoenv.bak");
            world.assert_no_secret(&backup);
            true
        }
    );

    world.ok("credentials prod --write other --yes");
    let text = world.read(".aws/credentials");
    assert!(
        !text.contains("AKIA") && text.starts_with("# mine\r\n[other]\r\n# expires "),
        "{text}"
    );
}

#[test]
fn a_process_is_run_as_botocore_runs_it() {
    let world = World::new();
    let keys = r#"{"Version": 1, "AccessKeyId": "ASIAPROC", "SecretAccessKey": "S '$x", "SessionToken": "T",
        "Expiration": "2999-01-02T03:04:05+00:00"}"#;
    world.write("my tools/keys.json", keys);
    world.write("fails", "");
    let home = world.home().display().to_string();
    let config = format!(
        "{CONFIG}
[profile good]
credential_process = cat \"{home}/my tools/keys.json\"
region = eu-west-3
[profile literal]
credential_process = echo $HOME ~ *
[profile quiet]
credential_process = false
[profile loud]
credential_process = sh -c \"echo no luck >&2; exit 3\"
[profile none]
credential_process = {home}/nowhere
[profile open]
credential_process = cat \"x
[profile dead]
credential_process = echo '{{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"B\",\"Expiration\":\"2001-01-01T00:00:00Z\"}}'
[profile text]
credential_process = echo '{{\"Version\":\"1\",\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"B\"}}'
[profile forever]
credential_process = echo '{{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"B\"}}'
"
    );
    world.write(".aws/config", &config);
    let fields = world.json("credentials good --format json");
    assert_eq!(fields["access_key_id"], "ASIAPROC");
    assert_eq!(fields["secret_access_key"], "S '$x");
    assert_eq!(fields["expires_at"], "2999-01-02T03:04:05Z");
    assert_eq!(fields["region"], "eu-west-3");
    let outcome = world.run("exec good -- printenv AWS_SECRET_ACCESS_KEY");
    assert_eq!((outcome.code, outcome.out.as_str()), (0, "S '$x\n"));
    assert!(!world.ok("credentials forever").contains("Expiration"));
    for (profile, words) in [
        ("literal", "standard output is not one JSON object"),
        ("quiet", "exit status: 1"),
        ("loud", "cause: no luck"),
        ("none", "cannot run"),
        ("open", "quotation mark"),
        ("dead", "have expired"),
        ("text", "`Version` is not the number 1"),
    ] {
        let outcome = world.run(&format!("credentials {profile}"));
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{profile}: {outcome:?}");
        assert!(outcome.err.contains(words), "{profile}: {outcome:?}");
    }
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn profiles_that_lead_back_to_themselves_are_refused() {
    let world = logged_in();
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let config = format!(
        "{CONFIG}
[profile through]
credential_process = {program} credentials prod
[profile a]
credential_process = {program} credentials b
[profile b]
credential_process = {program} credentials a
[profile self]
credential_process = {program} credentials self
"
    );
    world.write(".aws/config", &config);
    assert_eq!(world.ok("credentials through"), world.ok("credentials prod"));
    for profile in ["a", "self"] {
        let outcome = world.run(&format!("credentials {profile}"));
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
        assert!(outcome.err.contains("leads back to itself"), "{outcome:?}");
    }
    let mut command = world.ssoenv(["credentials", "prod"]);
    assert_eq!(Outcome::of(command.env("SSOENV_CHAIN", "dev,prod")).code, 6);
    let mut command = world.ssoenv(["credentials", "prod"]);
    assert_eq!(Outcome::of(command.env("SSOENV_CHAIN", "dev")).code, 0);
}

/// Without a profile there is no name for the section: that is known before anything is fetched.
#[test]
fn a_section_without_a_name_is_refused_before_anything_is_fetched() {
    let world = World::new();
    world.ok("login");
    let outcome = world.run("credentials --account 111122223333 --role ReadOnly --write");
    assert!(outcome.code == 2 && outcome.err.contains("needs a name"), "{outcome:?}");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 0);
}
