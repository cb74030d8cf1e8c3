//! Real consumers: boto3, the AWS CLI, the SDKs for JavaScript and Rust, each with every way in which
//! ssoenv gives credentials.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use identity_center::{Lifetimes, Operation, Proxy, Trust};

use crate::support::python::{installed, on_path};
use crate::support::run;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, python};

const DEPLOY: &str = "arn:aws:iam::777788889999:role/Deploy";

/// A program that prints who it is: words, and the variables that it needs.
#[derive(Clone, Debug)]
struct Client {
    words: Vec<String>,
    env: Vec<(String, String)>,
    /// Options stand in front of the profile.
    profile: &'static [&'static str],
}

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name).display().to_string()
}

/// `None`, after saying so, or a failure where `SSOENV_TEST_CLIENTS` names the client.
fn missing(client: &str) -> Option<Client> {
    python::missing(client);
    None
}

fn succeeds(command: &mut Command) -> Option<Vec<u8>> {
    run::try_output(command).filter(|output| output.status.success()).map(|output| output.stdout)
}

/// With these modules beside it.
fn boto3_with(modules: &str) -> Option<Client> {
    let Some(python) = python::having(&format!("boto3{modules}")) else {
        return missing(if modules.is_empty() { "boto3" } else { "awscrt" });
    };
    let words = vec![python.display().to_string(), script("who.py")];
    Some(Client { words, env: Vec::new(), profile: &[] })
}

fn boto3() -> Option<Client> {
    boto3_with("")
}

fn javascript() -> Option<Client> {
    let modules = installed().join("node_modules");
    let node = on_path("node").into_iter().next();
    let Some(node) = node.filter(|_| modules.join("@aws-sdk/client-sts").is_dir()) else {
        return missing("js-sdk");
    };
    let words = vec![node.display().to_string(), script("who.js")];
    let env = vec![("NODE_PATH".to_owned(), modules.display().to_string())];
    Some(Client { words, env, profile: &[] })
}

fn rust() -> Option<Client> {
    let binary = Path::new(env!("CARGO_BIN_EXE_ssoenv")).with_file_name("sdk-rust");
    if !binary.is_file() {
        return missing("sdk-rust");
    }
    Some(Client { words: vec![binary.display().to_string()], env: Vec::new(), profile: &[] })
}

/// The AWS CLI, second version; its 2.9 of Debian knows no endpoint variables, so it goes through
/// the intercepting proxy.
fn aws_cli(proxy: &Proxy) -> Option<Client> {
    let version = |path: &PathBuf| succeeds(Command::new(path).arg("--version"));
    let second = |path: &PathBuf| version(path).is_some_and(|v| v.starts_with(b"aws-cli/2"));
    let Some(aws) = on_path("aws").into_iter().find(second) else { return missing("aws") };
    let words = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    let region = ["--region", "eu-west-1"];
    let words = [aws.display().to_string()]
        .into_iter()
        .chain(words.iter().chain(&region).map(ToString::to_string));
    Some(Client { words: words.collect(), env: proxy.env(), profile: &["--profile"] })
}

impl Client {
    /// The client in a world, with the words in front of it.
    fn command(&self, world: &World, before: &[&str], extra: &[&str]) -> Command {
        let words: Vec<&str> = before
            .iter()
            .copied()
            .chain(self.words.iter().map(|w| &**w))
            .chain(extra.iter().copied())
            .collect();
        let mut command = world.command(words[0]);
        command.args(&words[1..]).envs(self.env.clone());
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_PAGER", "");
        command
    }

    fn who(&self, world: &World, before: &[&str], profile: Option<&str>) -> String {
        let mut extra: Vec<&str> = Vec::new();
        if let Some(profile) = profile {
            extra.extend(self.profile);
            extra.push(profile);
        }
        let outcome = Outcome::of(&mut self.command(world, before, &extra));
        assert_eq!(outcome.code, 0, "{self:?} {before:?} {profile:?}: {outcome:?}");
        outcome.out.trim().to_owned()
    }
}

fn world() -> World {
    world_with(Lifetimes::default())
}

fn world_with(lifetimes: Lifetimes) -> World {
    let world = World::new();
    world.ic.lifetimes(lifetimes);
    let deploy = format!(
        "\n[profile deploy]\nrole_arn = {DEPLOY}\nsource_profile = prod\nrole_session_name = me\n\
         region = eu-west-1\n"
    );
    world.write(".aws/config", &format!("{CONFIG}{deploy}"));
    world.ic.add_iam_role(DEPLOY, Trust::anyone().role("Admin"));
    world.ok("login --sso-session corp");
    world.ok("profile use-process prod");
    world.ok("profile use-process deploy");
    world
}

/// Every way in which ssoenv gives credentials, to one client.
fn is_served(world: &World, client: &Client) {
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let (admin, deploy) = (
        world.ic.role_arn("111122223333", "Admin"),
        "arn:aws:sts::777788889999:assumed-role/Deploy/me",
    );
    let token = || {
        let folder = fs::read_dir(world.path(".aws/sso/cache")).expect("tokens");
        let mut texts: Vec<_> =
            folder.flatten().filter_map(|entry| fs::read_to_string(entry.path()).ok()).collect();
        texts.sort();
        texts
    };
    let before = token();
    // The SSO profile with the token of our login, and ours with what the client left.
    assert_eq!(client.who(world, &[], Some("prod")), admin, "{client:?}");
    assert_eq!(token(), before, "a good token is not touched");
    assert_eq!(client.who(world, &[], Some("prod-process")), admin, "{client:?}");
    assert_eq!(client.who(world, &[], Some("deploy-process")), deploy, "{client:?}");
    assert_eq!(client.who(world, &[program, "exec", "prod", "--"], None), admin, "{client:?}");
    assert_eq!(client.who(world, &[program, "exec", "deploy", "--"], None), deploy, "{client:?}");
    let serve = [program, "exec", "prod", "--serve", "--"];
    assert_eq!(client.who(world, &serve, None), admin, "{client:?}");
    let serve = [program, "exec", "deploy", "--serve", "--"];
    assert_eq!(client.who(world, &serve, None), deploy, "{client:?}");
    world.ok("credentials prod");
    world.ic.assert_clean();
}

/// Without a profile named, `whoami` asks about the credentials that AWS tools use.
#[test]
fn whoami_and_boto3_agree_on_who_wins() {
    let Some(client) = boto3() else { return };
    let world = world();
    let roles = "[default]\nsso_session = corp\nsso_account_id = 012345678901\n\
                 sso_role_name = ReadOnly\n";
    let config = world.read(".aws/config");
    world.write(".aws/config", &format!("{config}\n{roles}"));
    world.ic.add_static_keys("AKIDEXAMPLE", "SECRET", "arn:aws:iam::777788889999:user/jane");
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let python = client.words.join(" ");
    let active = format!("eval \"$({program} use prod)\"");
    let by_profile = format!("eval \"$({program} use prod --mode profile)\"");
    let own = "export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=SECRET; \
               unset AWS_SESSION_TOKEN";
    for script in [
        "true".to_owned(),
        own.to_owned(),
        active.clone(),
        format!("{active}; {own}"),
        format!("{active}; export AWS_PROFILE=dev"),
        by_profile.clone(),
        format!("{by_profile}; {own}"),
        format!("{by_profile}; export AWS_PROFILE=dev"),
        format!("export AWS_PROFILE=dev; {own}"),
        "export AWS_PROFILE=dev".to_owned(),
        "export AWS_PROFILE=dev AWS_ACCESS_KEY_ID=".to_owned(),
    ] {
        let run = |command: &str| {
            let line = format!("{script}\n{command}");
            let mut command = world.command("/bin/sh");
            command.args(["-c", &line]).env("AWS_EC2_METADATA_DISABLED", "true");
            let outcome = Outcome::of(&mut command);
            assert_eq!(outcome.code, 0, "{script}: {outcome:?}");
            outcome.out
        };
        let ours = crate::support::json(&run(&format!("{program} whoami --json")));
        assert_eq!(ours["arn"], run(&python).trim(), "{script}");
    }
}

#[test]
fn boto3_is_served() {
    let Some(client) = boto3() else { return };
    is_served(&world(), &client);
}

#[test]
fn the_javascript_sdk_is_served() {
    let Some(client) = javascript() else { return };
    is_served(&world(), &client);
}

#[test]
fn the_rust_sdk_is_served() {
    let Some(client) = rust() else { return };
    is_served(&world(), &client);
}

#[test]
fn the_aws_cli_is_served_and_shares_its_cache() {
    let world = world();
    let proxy = world.ic.proxy();
    let Some(client) = aws_cli(&proxy) else { return };
    is_served(&world, &client);
    // Both read the one file.
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
}

/// Thirty seconds of calls with credentials that live for twenty, from a token that lives for thirty:
/// with an endpoint or a process behind them no call fails, with plain keys one does.
fn outlives_its_credentials(client: &Client) {
    let world = world();
    world
        .ic
        .lifetimes(Lifetimes { role_credentials: Duration::from_secs(20), ..Lifetimes::default() });
    fs::remove_dir_all(world.path(".aws/cli")).ok();
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let run = |before: &[&str], profile: &[&str]| {
        let extra: Vec<_> = ["--for", "30"].iter().chain(profile).copied().collect();
        Outcome::of(&mut client.command(&world, before, &extra))
    };
    std::thread::scope(|scope| {
        let served = scope.spawn(|| run(&[program, "exec", "prod", "--serve", "--"], &[]));
        let process = scope.spawn(|| run(&[], &["prod-process"]));
        let plain = scope.spawn(|| run(&[program, "exec", "prod", "--"], &[]));
        let admin = format!("{}\n", world.ic.role_arn("111122223333", "Admin"));
        for (what, outcome) in [("serve", served.join()), ("process", process.join())] {
            let outcome = outcome.expect("it ends");
            assert_eq!((outcome.code, &outcome.out), (0, &admin), "{what}: {outcome:?}");
        }
        let outcome = plain.join().expect("it ends");
        assert_ne!(outcome.code, 0, "plain keys end: {outcome:?}");
    });
    assert_eq!(world.browser_opened(), 1, "nobody is asked again");
}

#[test]
fn long_jobs_of_boto3_outlive_their_credentials() {
    let Some(client) = boto3() else { return };
    outlives_its_credentials(&client);
}

#[test]
fn long_jobs_of_the_rust_sdk_outlive_their_credentials() {
    let Some(client) = rust() else { return };
    outlives_its_credentials(&client);
}

#[test]
fn long_jobs_of_the_javascript_sdk_outlive_their_credentials() {
    let Some(client) = javascript() else { return };
    outlives_its_credentials(&client);
}

const JANE: &str = "arn:aws:iam::111122223333:user/team/jane";

/// A console login goes back and forth between ssoenv and a client, which refreshes it too.
fn shares_console_logins(client: &Client) {
    let world = World::empty();
    world.ic.add_iam_role(DEPLOY, Trust::anyone().account("111122223333"));
    let config = format!(
        "[profile con]\nlogin_session = {JANE}\nregion = us-east-1\n\
         [profile deploy]\nrole_arn = {DEPLOY}\nsource_profile = con\nregion = us-east-1\n"
    );
    world.write(".aws/config", &config);
    let outcome = world.run("login con");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let name = world.ic.console_session(JANE, "us-east-1", 0).file_name;
    let file = format!(".aws/login/cache/{name}");
    let expire = || {
        let mut login: serde_json::Value =
            serde_json::from_str(&world.read(&file)).expect("a login");
        login["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
        fs::write(world.path(&file), login.to_string()).expect("the file");
    };
    let refreshes = || world.ic.count(Operation::CreateOAuth2Token);
    let by_client = |profile: &str| {
        let outcome = Outcome::of(&mut client.command(&world, &[], &[profile]));
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome.out.trim().to_owned()
    };
    expire();
    assert_eq!((by_client("con").as_str(), refreshes()), (JANE, 2));
    world.ok("credentials con");
    assert_eq!(refreshes(), 2, "what the client refreshed is taken");
    expire();
    world.ok("credentials con");
    assert_eq!((by_client("con").as_str(), refreshes()), (JANE, 3));
    expire();
    assert!(by_client("deploy").contains(":assumed-role/Deploy/"));
    world.ok("whoami deploy");
    assert_eq!(refreshes(), 4);
}

#[test]
fn boto3_shares_console_logins() {
    let Some(client) = boto3_with(", awscrt") else { return };
    shares_console_logins(&client);
}

#[test]
fn the_javascript_sdk_shares_console_logins() {
    let Some(client) = javascript() else { return };
    shares_console_logins(&client);
}

#[test]
fn the_rust_sdk_shares_console_logins() {
    let Some(client) = rust() else { return };
    shares_console_logins(&client);
}
