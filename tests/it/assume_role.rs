//! Roles on top of other credentials: chains, conditions, ssoenv's own cache.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use identity_center::{Operation, Reply, Trust};
use serde_json::Value;

use crate::support::run::Running;
use crate::support::tty::Tty;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, json, wait_until};

const DEPLOY: &str = "arn:aws:iam::777788889999:role/ci/Deploy";
const AUDIT: &str = "arn:aws:iam::888899990000:role/Audit";
const SERIAL: &str = "arn:aws:iam::777788889999:mfa/jane";

const ROLES: &str = "
[profile deploy]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
source_profile = prod
region = eu-central-1

[profile deploy-by-dev]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
source_profile = dev

[profile long]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
source_profile = prod
duration_seconds = 7200
external_id = ext-1
role_session_name = me@example.com

[profile short]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
source_profile = prod
duration_seconds = 900

[profile audit]
role_arn = arn:aws:iam::888899990000:role/Audit
source_profile = deploy

[profile keys]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG

[profile with-mfa]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
source_profile = keys
mfa_serial = arn:aws:iam::777788889999:mfa/jane

[profile from-env]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
credential_source = Environment

[profile from-container]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
credential_source = EcsContainer

[profile web]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
web_identity_token_file = token.jwt

[profile loop-a]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
source_profile = loop-b

[profile loop-b]
role_arn = arn:aws:iam::777788889999:role/ci/Deploy
source_profile = loop-a
";

fn world() -> World {
    let world = World::new();
    let home = world.home().display().to_string();
    let roles = ROLES.replace("token.jwt", &format!("{home}/token.jwt"));
    world.write(".aws/config", &format!("{CONFIG}{roles}"));
    world.ic.add_static_keys(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI/K7MDENG",
        "arn:aws:iam::777788889999:user/jane",
    );
    world.ic.add_iam_role(DEPLOY, Trust::anyone());
    world.ic.add_iam_role(AUDIT, Trust::anyone().role("Deploy"));
    world.ok("login --sso-session corp");
    world
}

fn arn(world: &World, profile: &str) -> String {
    let who = world.json(&format!("whoami {profile} --json"));
    who["arn"].as_str().expect("an ARN").to_owned()
}

fn entries(world: &World) -> Vec<std::path::PathBuf> {
    let folder = fs::read_dir(world.path(".cache/ssoenv/roles"));
    let mut paths: Vec<_> = folder.into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    paths
}

#[test]
fn a_role_over_sso_works_everywhere() {
    let world = world();
    let fields = world.json("credentials deploy --format json");
    assert_eq!(fields["account_id"], "777788889999");
    assert_eq!(fields["role"], "Deploy");
    assert_eq!(fields["region"], "eu-central-1");
    assert!(
        arn(&world, "deploy")
            .starts_with("arn:aws:sts::777788889999:assumed-role/Deploy/ssoenv-session-")
    );
    let shell = world.ok("use deploy --shell sh");
    assert!(shell.contains(&format!("'{}'", fields["access_key_id"].as_str().expect("a key"))));
    let outcome = world.run("exec deploy -- printenv SSOENV_ROLE AWS_REGION");
    assert_eq!(outcome.out, "Deploy\neu-central-1\n", "{outcome:?}");
    assert_eq!(world.ic.count(Operation::AssumeRole), 1, "one call serves all");
    // Without any network, by the fast path.
    let mut command = world.ssoenv(["use", "deploy", "--shell", "sh"]);
    for (name, _) in world.ic.env() {
        command.env(name, "http://127.0.0.1:9");
    }
    assert_eq!(Outcome::of(&mut command).out, shell);
    assert_eq!(world.json("whoami audit --json")["account_id"], "888899990000");
    assert_eq!(world.ic.count(Operation::AssumeRole), 2, "the chain uses the cache");
}

#[test]
fn the_cache_is_private_and_knows_the_source() {
    let world = world();
    let by_prod = world.json("credentials deploy");
    let by_dev = world.json("credentials deploy-by-dev");
    assert_ne!(by_prod["AccessKeyId"], by_dev["AccessKeyId"]);
    let paths = entries(&world);
    assert_eq!(paths.len(), 2);
    for path in &paths {
        assert_eq!(fs::metadata(path).expect("file").permissions().mode() & 0o777, 0o600);
    }
    let folder = fs::metadata(world.path(".cache/ssoenv/roles")).expect("folder");
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    assert!(!world.path(".aws/cli/cache/b02bdd7dd245291a7cd3ee342e096edb75551c36.json").exists());

    // Torn: fetched again. A link: refused, by the fast path too.
    for path in &paths {
        fs::write(path, "{\"Credentials\": {").expect("torn");
    }
    world.ok("credentials deploy");
    assert_eq!(world.ic.count(Operation::AssumeRole), 3);
    let stolen = world.path("elsewhere.json");
    for path in &paths {
        fs::rename(path, &stolen).expect("moved");
        symlink(&stolen, path).expect("link");
    }
    for words in ["credentials deploy", "use deploy --shell sh"] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{words}: {outcome:?}");
        assert!(outcome.err.contains("is a symbolic link"), "{outcome:?}");
    }
}

#[test]
fn conditions_are_met_or_told() {
    let world = world();
    world.ic.add_iam_role(DEPLOY, Trust::anyone().external_id("ext-1"));
    let outcome = world.run("credentials deploy");
    assert_eq!((outcome.code, outcome.out.as_str()), (4, ""), "{outcome:?}");
    assert!(outcome.err.contains(&format!("the role `{DEPLOY}` may not be assumed with `prod`")));
    world.says("assume_role/conditions_are_met_or_told", &outcome);
    world.assert_no_secret(&outcome.err);
    let outcome = world.run("credentials long");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("assume_role/conditions_are_met_or_told-2", &outcome);
    assert!(arn(&world, "long").ends_with("assumed-role/Deploy/me@example.com"));
}

#[test]
fn a_code_is_given_or_asked_for_on_a_terminal_alone() {
    let world = world();
    world.ic.add_iam_role(DEPLOY, Trust::anyone().mfa(SERIAL, "123456"));
    let outcome = world.run("credentials with-mfa");
    assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
    world.says("assume_role/a_code_is_given_or_asked_for_on_a_terminal_alone", &outcome);
    assert_eq!(world.run("use with-mfa --no-login --shell sh").code, 3);
    assert_eq!(world.run("credentials with-mfa --mfa-token 12345").code, 2);
    let outcome = world.run("credentials with-mfa --mfa-token 000000");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    world.says("assume_role/a_code_is_given_or_asked_for_on_a_terminal_alone-2", &outcome);
    assert_eq!(world.ic.count(Operation::AssumeRole), 1, "a code is not sent twice");
    world.ok("credentials with-mfa --mfa-token 123456");
    world.ok("credentials with-mfa");
    assert_eq!(world.run("exec with-mfa -- true").code, 0);
    assert_eq!(world.ic.count(Operation::AssumeRole), 2);
}

/// A code is its shell's own: those who wait have codes too.
#[test]
fn a_wrong_code_fails_no_other_shell() {
    let world = world();
    world.ic.add_iam_role(DEPLOY, Trust::anyone().mfa(SERIAL, "123456"));
    world.ok("use prod");
    world.ic.latency_of(Operation::AssumeRole, Duration::from_secs(2));
    let start = |code| {
        let words = ["credentials", "with-mfa", "--mfa-token", code];
        Running::start(world.ssoenv(words).stdout(Stdio::piped()))
    };
    let wrong = start("000000");
    wait_until("the call", || world.ic.count(Operation::AssumeRole) == 1);
    let waiting = start("123456");
    waiting.wait_for_line("waiting for another ssoenv that fetches");
    assert_eq!(wrong.end().status.code(), Some(4));
    let outcome = Outcome::from(&waiting.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // What the network does is the same for all.
    world.ic.always(Operation::AssumeRole, Some(Reply::StatusRetryAfter(503, 60)));
    drop(std::fs::remove_dir_all(world.path(".cache/ssoenv/roles")));
    let before = world.ic.count(Operation::AssumeRole);
    let first = start("123456");
    wait_until("the call", || world.ic.count(Operation::AssumeRole) == before + 1);
    let second = start("123456");
    second.wait_for_line("waiting for another ssoenv that fetches");
    for shell in [first, second] {
        assert_eq!(shell.end().status.code(), Some(5));
    }
    assert_eq!(world.ic.count(Operation::AssumeRole), before + 1);
}

#[test]
fn a_person_types_the_code() {
    let world = world();
    world.ic.add_iam_role(DEPLOY, Trust::anyone().mfa(SERIAL, "123456"));
    let line = format!("{} exec with-mfa -- printenv SSOENV_ROLE", env!("CARGO_BIN_EXE_ssoenv"));
    let Some(mut tty) = Tty::start(&world, &line) else { return };
    tty.wait_for(&format!("MFA code for {SERIAL}"));
    tty.type_in("12x\r");
    tty.wait_for("six digits");
    tty.type_in("\x7f\x7f\x7f123456\r");
    let (code, said) = tty.end();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Deploy"), "{said}");
}

#[test]
fn shells_are_kept_fresh_with_assumed_roles_too() {
    let world = world();
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let script = format!(
        "eval \"$({program} use deploy)\"; first=$AWS_ACCESS_KEY_ID
         test -n \"$SSOENV_REFRESH_AT\" && test -e \"$SSOENV_STAMP\" || exit 9
         {program} refresh --foreground || exit 8
         read generation rest < \"$SSOENV_STAMP\"; test $generation != $SSOENV_GEN || exit 7
         eval \"$({program} use --from-cache)\"
         test $generation = $SSOENV_GEN && test $AWS_ACCESS_KEY_ID != $first || exit 6
         {program} logout 2>/dev/null
         eval \"$({program} use --from-cache)\"; echo \"${{AWS_ACCESS_KEY_ID-gone}} $AWS_PROFILE\""
    );
    let outcome = Outcome::of(world.command("/bin/sh").args(["-c", &script]));
    assert_eq!((outcome.code, outcome.out.as_str()), (0, "gone deploy\n"), "{outcome:?}");
    assert_eq!(world.ic.count(Operation::AssumeRole), 2);
}

#[test]
fn static_keys_and_the_environment_are_sources_too() {
    let world = world();
    assert_eq!(arn(&world, "keys"), "arn:aws:iam::777788889999:user/jane");
    assert!(!world.ok("credentials keys").contains("SessionToken"));
    assert!(world.ok("use keys --shell sh").contains("export AWS_ACCESS_KEY_ID='AKIDEXAMPLE'"));
    let outcome = world.run("credentials from-env");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    let with_keys = |words: &[&str]| {
        let mut command = world.ssoenv(words);
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        command.env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG");
        Outcome::of(&mut command)
    };
    let outcome = with_keys(&["credentials", "from-env"]);
    assert_eq!(json(&outcome.out)["Version"], 1, "{outcome:?}");
    // Without them the same profile is nobody, whatever the cache and the fast path know.
    assert_eq!(world.run("credentials from-env").code, 6);
    // Keys that `use` has exported are not the user's.
    let line =
        format!("eval \"$({0} use prod)\"; {0} credentials from-env", env!("CARGO_BIN_EXE_ssoenv"));
    assert_eq!(Outcome::of(world.command("/bin/sh").args(["-c", &line])).code, 6);
}

#[test]
fn a_containers_endpoint_is_a_source() {
    let world = world();
    assert_eq!(world.run("credentials from-container").code, 6);
    // Our own server will do as one.
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let line = format!("{program} credentials from-container --format json");
    let with = |changes: &str| {
        let words = ["exec", "prod", "--serve", "--", "sh", "-c", &format!("{changes} {line}")];
        Outcome::of(&mut world.ssoenv(words))
    };
    let outcome = with("");
    assert_eq!(json(&outcome.out)["account_id"], "777788889999", "{outcome:?}");
    let outcome = with("AWS_CONTAINER_CREDENTIALS_FULL_URI=http://example.com/");
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
    let outcome = with("AWS_CONTAINER_AUTHORIZATION_TOKEN=wrong");
    assert_eq!((outcome.code, outcome.out.as_str()), (4, ""), "{outcome:?}");
    world.write("token", "with a line end\n");
    let outcome = with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("assume_role/a_containers_endpoint_is_a_source", &outcome);
}

/// The second version of the metadata service: a token first, then a role, then its keys.
fn instance(keys: &Value) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let keys = serde_json::json!({
        "Code": "Success",
        "AccessKeyId": keys["access_key_id"],
        "SecretAccessKey": keys["secret_access_key"],
        "Token": keys["session_token"],
        "Expiration": keys["expires_at"],
    });
    let server = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut head = String::new();
            while !head.contains("\r\n\r\n") {
                let mut bytes = [0; 1024];
                let size = std::io::Read::read(&mut stream, &mut bytes).expect("a request");
                head.push_str(&String::from_utf8_lossy(&bytes[..size]));
            }
            let line = head.lines().next().expect("a line").to_owned();
            let token = head.to_lowercase().contains("x-aws-ec2-metadata-token: secret-token");
            let body = match &*line {
                "PUT /latest/api/token HTTP/1.1" => "secret-token".to_owned(),
                "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1" if token => {
                    "web-server".to_owned()
                }
                "GET /latest/meta-data/iam/security-credentials/web-server HTTP/1.1" if token => {
                    keys.to_string()
                }
                other => panic!("{other}: {head}"),
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            std::io::Write::write_all(&mut stream, answer.as_bytes()).expect("an answer");
            seen.push(line);
        }
        seen
    });
    (url, server)
}

#[test]
fn an_instances_role_is_a_source() {
    let world = world();
    let config = world.read(".aws/config");
    let profile = format!(
        "{config}\n[profile from-instance]\nrole_arn = {DEPLOY}\n\
         credential_source = Ec2InstanceMetadata\n"
    );
    world.write(".aws/config", &profile);
    let (url, server) = instance(&world.json("credentials prod --format json"));
    let mut command = world.ssoenv(["credentials", "from-instance", "--format", "json"]);
    let outcome = Outcome::of(command.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url));
    assert_eq!(json(&outcome.out)["account_id"], "777788889999", "{outcome:?}");
    assert_eq!(server.join().expect("it ends").len(), 3);
    let mut command = world.ssoenv(["credentials", "from-instance"]);
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    let outcome = Outcome::of(&mut command);
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
    let mut command = world.ssoenv(["credentials", "from-instance"]);
    command.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9");
    let outcome = Outcome::of(&mut command);
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
    world.says("assume_role/an_instances_role_is_a_source", &outcome);
}

/// A service that is there and never answers: what the profile says of patience counts, and the
/// variable before it.
#[test]
fn an_instances_metadata_are_asked_for_as_the_profile_says() {
    let world = world();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    let config = world.read(".aws/config");
    let profile = format!(
        "{config}\n[profile from-instance]\nrole_arn = {DEPLOY}\n\
         credential_source = Ec2InstanceMetadata\nmetadata_service_num_attempts = 3\n\
         ec2_metadata_service_endpoint = {url}\n"
    );
    world.write(".aws/config", &profile);
    for (variable, expected) in [(None, 3), (Some("2"), 2)] {
        asked.store(0, Ordering::SeqCst);
        let mut command = world.ssoenv(["credentials", "from-instance"]);
        command.envs(variable.map(|number| ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", number)));
        assert_eq!(Outcome::of(&mut command).code, 6);
        assert_eq!(asked.load(Ordering::SeqCst), expected, "{variable:?}");
    }
}

#[test]
fn a_web_identity_is_exchanged() {
    let world = world();
    let outcome = world.run("credentials web");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("assume_role/a_web_identity_is_exchanged", &outcome);
    world.write("token.jwt", "aaaa.bbbb.cccc\n");
    let fields = world.json("credentials web --format json");
    assert_eq!(fields["account_id"], "777788889999");
    world.ok("credentials web");
    assert_eq!(world.ic.count(Operation::AssumeRoleWithWebIdentity), 1);
    world.write("token.jwt", "aaaa.dddd.cccc");
    world.ok("credentials web");
    assert_eq!(
        world.ic.count(Operation::AssumeRoleWithWebIdentity),
        2,
        "another token, another session"
    );
    world.write("token.jwt", "no token");
    let outcome = world.run("credentials web");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("assume_role/a_web_identity_is_exchanged-2", &outcome);
    world.assert_no_secret(&outcome.err);
}

#[test]
fn many_processes_make_one_call() {
    let world = world();
    world.ic.latency_of(Operation::AssumeRole, Duration::from_millis(300));
    let children: Vec<_> = (0..12)
        .map(|_| {
            let mut command = world.ssoenv(["credentials", "deploy"]);
            Running::start(command.stdout(std::process::Stdio::piped()))
        })
        .collect();
    let texts: Vec<_> = children.into_iter().map(|child| child.end().stdout).collect();
    assert!(texts.iter().all(|text| *text == texts[0] && !text.is_empty()));
    assert_eq!(world.ic.count(Operation::AssumeRole), 1);
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn short_lives_are_cached_for_half_of_them() {
    let world = world();
    let first = world.ok("credentials short");
    assert_eq!(world.ok("credentials short"), first);
    assert_eq!(world.ic.count(Operation::AssumeRole), 1, "15 minutes are not too short to cache");
}

#[test]
fn what_lives_is_used_when_nothing_new_can_be_had() {
    let world = world();
    world.ok("credentials short");
    // Made to look old: less than half is left.
    let path = entries(&world).remove(0);
    let text = fs::read_to_string(&path).expect("entry");
    let mut entry = json(&text);
    let now = std::time::SystemTime::now() + Duration::from_mins(5);
    let end =
        jiff::Timestamp::try_from(now).expect("a time").strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    entry["Credentials"]["Expiration"] = end.clone().into();
    fs::write(&path, entry.to_string()).expect("entry");
    world.ic.always(Operation::AssumeRole, Some(Reply::Status(500)));
    let outcome = world.run("credentials short");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(json(&outcome.out)["Expiration"], end.as_str());
    world.says("assume_role/what_lives_is_used_when_nothing_new_can_be_had", &outcome);
    world.ic.always(Operation::AssumeRole, None);
    assert_ne!(world.json("credentials short")["Expiration"], end.as_str());
}

#[test]
fn refusals_of_sts_are_told_with_what_to_do() {
    let world = world();
    let refused = |code: &str, message: &str, status| {
        let reply = Reply::Error { status, code: code.into(), message: message.into() };
        world.ic.script(Operation::AssumeRole, [reply]);
        let outcome = world.run("credentials deploy");
        assert!(outcome.out.is_empty(), "{outcome:?}");
        world.assert_no_secret(&outcome.err);
        (outcome.code, outcome.err)
    };
    let (code, err) = refused("RegionDisabledException", "STS is not activated", 403);
    assert!(code == 6 && err.contains("not active in `eu-central-1`"), "{code} {err}");
    let (code, err) = refused("ValidationError", "1 validation error detected", 400);
    assert!(code == 6 && err.contains("1 validation error detected"), "{code} {err}");
    let (code, err) = refused("PackedPolicyTooLarge", "too large", 400);
    assert!(code == 6 && err.contains("PackedPolicyTooLarge"), "{code} {err}");
    let (code, err) = refused("InvalidClientTokenId", "invalid", 403);
    assert!(code == 6 && err.contains("does not know the access key"), "{code} {err}");
    // Credentials that AWS has given up are fetched again, once.
    let reply =
        Reply::Error { status: 403, code: "ExpiredToken".into(), message: "expired".into() };
    world.ic.script(Operation::AssumeRole, [reply]);
    world.ic.clear_requests();
    world.ok("credentials deploy");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn a_wrong_clock_is_said() {
    let world = world();
    world.ic.clock_skew(3600);
    let outcome = world.run("whoami keys");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    world.says("assume_role/a_wrong_clock_is_said", &outcome);
    // The message has both times.
    world.ic.hide_date();
    for skew in [3600, -3600] {
        world.ic.clock_skew(skew);
        let outcome = world.run("whoami keys");
        let way = if skew > 0 { "behind" } else { "ahead" };
        assert!(outcome.err.contains(&format!("60 minutes {way}")), "{outcome:?}");
    }
}

#[test]
fn loops_are_configuration_errors() {
    let world = world();
    let outcome = world.run("credentials loop-a");
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
    world.says("assume_role/loops_are_configuration_errors", &outcome);
}

#[test]
fn logout_takes_the_roles_of_its_session_along() {
    let world = world();
    for profile in ["deploy", "deploy-by-dev", "audit", "short"] {
        world.ok(&format!("credentials {profile}"));
    }
    let mut command = world.ssoenv(["credentials", "from-env"]);
    command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    command.env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG");
    assert_eq!(Outcome::of(&mut command).code, 0);
    assert_eq!(entries(&world).len(), 5);
    // The profile is gone, its role is not.
    world.write(
        ".aws/config",
        &format!(
            "{CONFIG}{}",
            ROLES.replace("[profile short]", "[profile renamed]").replace("900", "901")
        ),
    );
    world.ok("logout");
    assert_eq!(entries(&world).len(), 1, "only what another source has made is left");
    assert_eq!(world.run("credentials deploy").code, 3);
}
