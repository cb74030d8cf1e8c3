//! Caches shared with clients that others wrote: the AWS CLI 2 (through the intercepting proxy,
//! because older ones read no endpoint variables) and boto3.

use std::path::PathBuf;
use std::process::Command;

use identity_center::{Operation, Proxy};

use crate::support::World;
use crate::support::python::{boto3, missing};
use crate::support::run;
use crate::support::world::{Outcome, path};

/// An AWS CLI of version 2.
fn aws() -> Option<PathBuf> {
    let all = std::env::split_paths(&path()).map(|dir| dir.join("aws")).collect::<Vec<_>>();
    let found = all.into_iter().filter(|p| p.is_file()).find(|program| {
        let version = run::try_output(Command::new(program).arg("--version"));
        version.is_some_and(|output| output.stdout.starts_with(b"aws-cli/2"))
    });
    if found.is_none() {
        missing("aws");
    }
    found
}

fn through(world: &World, proxy: &Proxy, program: &PathBuf, words: &str) -> Outcome {
    let mut command = world.command(program);
    for (name, _) in world.ic.env() {
        command.env_remove(name);
    }
    command.args(words.split(' ')).envs(proxy.env()).env("AWS_PAGER", "").env("BROWSER", "true");
    Outcome::of(&mut command)
}

const WHO: &str = "import boto3, sys\n\
    session = boto3.Session(profile_name=sys.argv[1], region_name='us-east-1')\n\
    print(session.client('sts').get_caller_identity()['Arn'])\n";

#[test]
fn after_our_login_the_aws_cli_needs_none() {
    let Some(aws) = aws() else { return };
    let world = World::new();
    let proxy = world.ic.proxy();
    world.ok("login");
    let outcome = through(&world, &proxy, &aws, "sts get-caller-identity --profile prod");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains("AWSReservedSSO_Admin"), "{outcome:?}");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn after_our_login_boto3_needs_none() {
    let Some(python) = boto3() else { return };
    let world = World::new();
    world.ok("login");
    let mut command = world.command(python);
    let outcome = Outcome::of(command.args(["-c", WHO, "prod"]));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains("AWSReservedSSO_Admin"), "{outcome:?}");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn boto3_refreshes_our_token_and_we_go_on_with_what_it_wrote() {
    let Some(python) = boto3() else { return };
    let world = World::new();
    world.ok("login");
    world.expire();
    let mut command = world.command(python);
    let outcome = Outcome::of(command.args(["-c", WHO, "prod"]));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.ok("use dev --shell sh --no-login");
    assert_eq!(world.ic.count(Operation::CreateToken), 2);
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn after_the_aws_clis_login_we_need_none() {
    let Some(aws) = aws() else { return };
    let world = World::new();
    let proxy = world.ic.proxy();
    let outcome = through(&world, &proxy, &aws, "sso login --profile prod");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.ok("use prod --shell sh --no-login");
    assert_eq!(world.browser_opened(), 0);
}

#[test]
fn role_credentials_of_one_serve_the_other_with_every_endpoint_closed() {
    let Some(aws) = aws() else { return };
    let key = |text: &str| {
        let start = text.find("ASIA").expect("a key");
        text[start..start + 20].to_owned()
    };
    let closed = |world: &World, program: &PathBuf, words: &str| {
        let mut command = world.command(program);
        for service in ["", "_SSO", "_SSO_OIDC", "_STS"] {
            command.env(format!("AWS_ENDPOINT_URL{service}"), "http://127.0.0.1:1");
        }
        command.env("HTTPS_PROXY", "http://127.0.0.1:1").env("AWS_MAX_ATTEMPTS", "1");
        Outcome::of(command.args(words.split(' ')))
    };
    let ssoenv = PathBuf::from(env!("CARGO_BIN_EXE_ssoenv"));
    let export = "configure export-credentials --profile prod --format env";
    // Ours first.
    let world = World::new();
    let ours = key(&world.ok("use prod --shell sh"));
    let theirs = closed(&world, &aws, export);
    assert_eq!(theirs.code, 0, "{theirs:?}");
    assert_eq!(key(&theirs.out), ours);
    // Theirs first.
    let world = World::new();
    let proxy = world.ic.proxy();
    world.ok("login");
    let theirs = through(&world, &proxy, &aws, export);
    assert_eq!(theirs.code, 0, "{theirs:?}");
    let ours = closed(&world, &ssoenv, "use prod --shell sh --no-login");
    assert_eq!(ours.code, 0, "{ours:?}");
    assert_eq!(key(&ours.out), key(&theirs.out));
}

/// CLIs before 2.22 know device code alone, and take any registration that they find.
#[test]
fn an_old_aws_cli_logs_in_with_the_registration_of_our_code_flow() {
    let Some(aws) = aws() else { return };
    let world = World::new();
    let proxy = world.ic.proxy();
    world.ok("login");
    let outcome = through(&world, &proxy, &aws, "sso login --profile prod");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.ok("use prod --shell sh --no-login");
}

#[test]
fn the_aws_cli_logs_in_and_out_beside_us() {
    let Some(aws) = aws() else { return };
    let world = World::new();
    let proxy = world.ic.proxy();
    // Device code of both: the registration is shared.
    world.ok("login --device-code");
    let outcome = through(&world, &proxy, &aws, "sso login --profile prod");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::RegisterClient), 1);
    world.ok("use prod --shell sh --no-login");
    let outcome = through(&world, &proxy, &aws, "sso logout");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.run("use prod --shell sh --no-login").code, 3);
}
