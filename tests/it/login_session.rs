//! Profiles of console logins (`login_session`, `aws login`): credentials from the cache that is
//! shared with the AWS CLI and the SDKs, and their refresh.

use std::process::Stdio;

use identity_center::{ConsoleSession, Operation, Reply, Trust};
use serde_json::{Value, json};

use crate::support::run::Running;
use crate::support::world::Outcome;
use crate::support::{World, wait_until};

const JANE: &str = "arn:aws:iam::111122223333:user/team/jane";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/Deploy";

fn config() -> String {
    format!(
        "[profile con]\nlogin_session = {JANE}\nregion = us-east-1\n\n\
         [profile deploy]\nrole_arn = {DEPLOY}\nsource_profile = con\nregion = us-east-1\n"
    )
}

/// A world with a login whose credentials look as if so many seconds were left.
fn world(left: i64) -> World {
    let world = World::empty();
    world.ic.add_iam_role(DEPLOY, Trust::anyone().account("111122223333"));
    world.write(".aws/config", &config());
    keep(&world, &world.ic.console_session(JANE, "us-east-1", left));
    world
}

fn file(session: &ConsoleSession) -> String {
    format!(".aws/login/cache/{}", session.file_name)
}

fn keep(world: &World, session: &ConsoleSession) {
    world.write(&file(session), &session.text());
}

/// The login as it is cached now.
fn cached(world: &World) -> Value {
    let name = world.ic.console_session(JANE, "us-east-1", 0);
    serde_json::from_str(&world.read(&file(&name))).expect("a login is JSON")
}

fn refreshes(world: &World) -> usize {
    world.ic.count(Operation::CreateOAuth2Token)
}

fn key_id(out: &str) -> String {
    let out: Value = serde_json::from_str(out).expect("credentials are JSON");
    out["AccessKeyId"].as_str().expect("a key").to_owned()
}

#[test]
fn cached_credentials_serve_until_half_of_their_life() {
    for (left, expected) in [(880, 0), (470, 0), (430, 1), (-60, 1)] {
        let world = world(left);
        let before = cached(&world);
        let out = world.ok("credentials con");
        assert_eq!(refreshes(&world), expected, "{left}");
        let now = cached(&world);
        assert_eq!(key_id(&out), now["accessToken"]["accessKeyId"].as_str().expect("a key"));
        assert_eq!(now == before, expected == 0, "{left}");
        // The second time, nothing is asked.
        assert_eq!(world.ok("credentials con"), out);
        assert_eq!(refreshes(&world), expected, "{left}");
        world.assert_no_secret(&world.run("credentials con -vv --format env").err);
    }
}

#[test]
fn a_refresh_keeps_what_other_tools_wrote() {
    let world = world(0);
    let session = world.ic.console_session(JANE, "us-east-1", -60);
    let mut session = session.with("signInRegion", "us-east-1").with("x-other", json!({"a": [1]}));
    session.fields["accessToken"]["x-inner"] = json!("y");
    keep(&world, &session);
    world.ok("credentials con");
    let now = cached(&world);
    for name in ["tokenType", "clientId", "idToken", "dpopKey", "signInRegion", "x-other"] {
        assert_eq!(now[name], session.fields[name], "{name}");
    }
    assert_eq!(now["accessToken"]["x-inner"], "y");
    assert_eq!(now["accessToken"]["accountId"], "111122223333");
    assert_ne!(now["refreshToken"], session.fields["refreshToken"]);
    let names: Vec<_> = now.as_object().expect("a map").keys().cloned().collect();
    let before: Vec<_> = session.fields.as_object().expect("a map").keys().cloned().collect();
    assert_eq!(names, before);
}

#[test]
fn a_role_on_top_is_assumed_and_kept() {
    let world = world(-60);
    let out = world.ok("whoami deploy --json");
    let who: Value = serde_json::from_str(&out).expect("JSON");
    assert!(who["arn"].as_str().is_some_and(|arn| arn.contains("assumed-role/Deploy")), "{out}");
    assert_eq!((who["source"].as_str(), refreshes(&world)), (Some("assume-role"), 1));
    world.ok("whoami deploy");
    assert_eq!(world.ic.count(Operation::AssumeRole), 1);
    let who: Value = serde_json::from_str(&world.ok("whoami con --json")).expect("JSON");
    assert_eq!(who["arn"], JANE);
    assert_eq!(who["account_id"], "111122223333");
    assert_eq!(who["source"], "login");
}

#[test]
fn it_is_listed_used_and_run_with() {
    let world = world(880);
    let list: Value = serde_json::from_str(&world.ok("list --json")).expect("JSON");
    assert_eq!(list[0]["source"], "login");
    assert_eq!(list[0]["account_id"], "111122223333");
    let used = world.ok("use con");
    let id = key_id(&world.ok("credentials con"));
    assert!(used.contains(&format!("AWS_ACCESS_KEY_ID='{id}'")), "{used}");
    assert!(used.contains("SSOENV_REFRESH_AT="), "{used}");
    let out = Outcome::of(&mut world.ssoenv([
        "exec",
        "con",
        "--",
        "sh",
        "-c",
        "echo $AWS_ACCESS_KEY_ID $SSOENV_PROFILE",
    ]));
    assert_eq!(out.out, format!("{id} con\n"));
    let mode = world.ok("use con --mode profile");
    assert!(mode.contains("AWS_PROFILE='con'") && !mode.contains("SSOENV_EXPIRES_AT="), "{mode}");
    assert_eq!(refreshes(&world), 0);
}

#[test]
fn eight_processes_make_one_refresh() {
    let world = world(-60);
    let mut children: Vec<_> = (0..8)
        .map(|_| {
            let mut command = world.ssoenv(["credentials", "con"]);
            Running::start(command.stdout(Stdio::piped()))
        })
        .collect();
    let outs: Vec<Outcome> = children.drain(..).map(|child| Outcome::from(&child.end())).collect();
    assert!(outs.iter().all(|outcome| outcome.code == 0 && outcome.out == outs[0].out), "{outs:?}");
    assert_eq!(refreshes(&world), 1);
}

#[test]
fn refusals_say_what_to_do() {
    for (status, code, exit, what, hint) in [
        (401, "TOKEN_EXPIRED", 3, "has ended", "run `ssoenv login con`"),
        (403, "USER_CREDENTIALS_CHANGED", 3, "the password of", "run `ssoenv login con`"),
        (403, "INSUFFICIENT_PERMISSIONS", 4, "is not allowed", "SignInLocalDevelopmentAccess"),
        (400, "INVALID_REQUEST", 3, "AWS Sign-In in `us-east-1`", "set `region` in its profile"),
    ] {
        let world = world(-60);
        let reply = Reply::Error { status, code: code.into(), message: "no".into() };
        world.ic.script(Operation::CreateOAuth2Token, [reply]);
        let before = cached(&world);
        let outcome = world.run("credentials con");
        assert_eq!(outcome.code, exit, "{outcome:?}");
        let Outcome { out, err, .. } = &outcome;
        assert!(err.contains(what) && err.contains(code) && err.contains(hint), "{outcome:?}");
        assert_eq!(out, "");
        assert_eq!(cached(&world), before);
        // A refresh token that was refused is not sent again.
        assert_eq!(world.run("credentials con").code, 3);
        assert_eq!(refreshes(&world), 1);
    }
}

#[test]
fn a_service_in_trouble_is_asked_again_and_living_credentials_are_used() {
    let world = world(200);
    world.ic.always(Operation::CreateOAuth2Token, Some(Reply::Status(500)));
    let outcome = world.run("credentials con");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(
        outcome.err.contains("warning:") && outcome.err.contains("end in 3 minutes"),
        "{outcome:?}"
    );
    assert_eq!(refreshes(&world), 3);
    let proofs: std::collections::BTreeSet<_> =
        world.ic.requests().iter().filter_map(|r| r.header("dpop").map(str::to_owned)).collect();
    assert_eq!(proofs.len(), 3, "each attempt has a proof of its own");
    world.ic.always(Operation::CreateOAuth2Token, None);
    assert_eq!(world.ok("credentials con"), world.ok("credentials con"));
    assert_eq!(refreshes(&world), 4);
}

#[test]
fn a_lost_answer_is_not_asked_for_again() {
    let world = world(-60);
    world.ic.script(Operation::CreateOAuth2Token, [Reply::LostAnswer]);
    let outcome = world.run("credentials con");
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(outcome.err.contains("the refresh got no answer"), "{outcome:?}");
    assert_eq!(world.run("credentials con").code, 3);
    assert_eq!(refreshes(&world), 1);
}

#[test]
fn a_refresh_token_whose_sender_has_died_is_not_sent_again() {
    let world = world(-60);
    world.ic.latency_of(Operation::CreateOAuth2Token, std::time::Duration::from_secs(2));
    let mut child = Running::start(&mut world.ssoenv(["credentials", "con"]));
    wait_until("the refresh", || refreshes(&world) == 1);
    child.kill().expect("it lives");
    assert!(!child.end().status.success());
    assert_eq!(world.run("credentials con").code, 3);
    assert_eq!(refreshes(&world), 1);
}

#[test]
fn what_another_tool_wrote_meanwhile_is_taken() {
    let world = world(-60);
    let other = world.ic.console_session(JANE, "us-east-1", 800);
    let reply = Reply::Error { status: 400, code: "INVALID_REQUEST".into(), message: "x".into() };
    let wait = std::time::Duration::from_millis(400);
    world.ic.script(Operation::CreateOAuth2Token, [Reply::Delay(wait, Some(Box::new(reply)))]);
    let mut command = world.ssoenv(["credentials", "con"]);
    let child = Running::start(command.stdout(Stdio::piped()));
    while refreshes(&world) == 0 {
        std::thread::yield_now();
    }
    keep(&world, &other);
    let outcome = Outcome::from(&child.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(key_id(&outcome.out), other.fields["accessToken"]["accessKeyId"].as_str().unwrap());
}

#[test]
fn a_login_is_refreshed_where_it_was_made() {
    let world = world(0);
    let session = world.ic.console_session(JANE, "eu-west-1", -60);
    let proxy = world.ic.proxy();
    let run = |session: &ConsoleSession, region: &str| {
        keep(&world, session);
        let mut command = world.ssoenv(["credentials", "con"]);
        for name in ["SSO", "SSO_OIDC", "STS", "SIGNIN"] {
            command.env_remove(format!("AWS_ENDPOINT_URL_{name}"));
        }
        Outcome::of(command.envs(proxy.env()).env("AWS_REGION", region))
    };
    // The profile is of us-east-1, and the shell of a third Region.
    let outcome = run(&session.clone().with("signInRegion", "eu-west-1"), "us-west-2");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let hosts: Vec<_> =
        world.ic.requests().iter().filter_map(|request| request.proxied_host.clone()).collect();
    assert_eq!(hosts, ["eu-west-1.signin.aws.amazon.com"]);
    let here = world.ic.console_session(JANE, "us-east-1", -60);
    assert_eq!(run(&here, "us-west-2").code, 0);
}

#[test]
fn a_file_that_cannot_be_used_needs_a_login() {
    let world = world(880);
    let session = world.ic.console_session(JANE, "us-east-1", 880);
    world.write(&file(&session), "{\"accessToken\": ");
    let outcome = world.run("credentials con");
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(outcome.err.contains("is not valid JSON"), "{outcome:?}");
    assert!(outcome.err.contains("hint: run `ssoenv login con`"), "{outcome:?}");
    let elsewhere = world.path("elsewhere");
    std::fs::create_dir(&elsewhere).expect("a folder");
    std::fs::write(elsewhere.join(&session.file_name), session.text()).expect("a login");
    let mut command = world.ssoenv(["credentials", "con"]);
    command.env("AWS_LOGIN_CACHE_DIRECTORY", "~/$PLACE").env("PLACE", "elsewhere");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    std::fs::remove_dir_all(elsewhere).expect("the folder was ours");
}

/// A world where nobody is logged in.
fn new() -> World {
    let world = World::empty();
    world.write(".aws/config", &config());
    world
}

#[test]
fn a_browser_login_serves_everybody() {
    let world = new();
    let outcome = world.run("login deploy");
    assert_eq!((outcome.code, outcome.out.as_str()), (0, ""), "{outcome:?}");
    assert!(
        outcome.err.contains(&format!("Logged in as `{JANE}`; credentials until ")),
        "{outcome:?}"
    );
    world.assert_no_secret(&outcome.err);
    let login = cached(&world);
    let names: Vec<_> = login.as_object().expect("a map").keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "accessToken",
            "tokenType",
            "clientId",
            "refreshToken",
            "idToken",
            "dpopKey",
            "signInRegion"
        ]
    );
    assert_eq!(login["signInRegion"], "us-east-1");
    assert_eq!(login["accessToken"]["accountId"], "111122223333");
    assert!(login["dpopKey"].as_str().is_some_and(|pem| pem.starts_with("-----BEGIN EC PRIVATE")));
    assert_eq!(world.browser_opened(), 1);
    // A good one is kept, and a refresh goes on with its key.
    assert!(world.run("login con").err.contains("Already logged in"));
    world.ok("use con --fresh");
    assert_eq!((world.browser_opened(), refreshes(&world)), (1, 2));
    assert_eq!(world.run("login con --force").code, 0);
    assert_eq!(world.browser_opened(), 2);
    let status = world.ok("status --json");
    let status: Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["sessions"][0]["name"], JANE);
    assert_eq!(status["sessions"][0]["logged_in"], true);
}

#[test]
fn without_a_person_a_login_is_needed() {
    let world = new();
    let outcome = world.run("credentials con");
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(outcome.err.contains("hint: run `ssoenv login con`"), "{outcome:?}");
    let mut command = world.ssoenv(["login", "con"]);
    let outcome = Outcome::of(command.env_remove("BROWSER").env("CI", "1"));
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert_eq!(world.ic.requests().len(), 0);
    // `use` logs in by itself.
    world.ok("use con");
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn another_identity_in_the_browser_needs_a_yes() {
    const JOE: &str = "arn:aws:iam::444455556666:user/joe";
    let world = new();
    world.ic.console_identity(JOE);
    for (words, code) in [("use con", 1), ("login con", 2)] {
        let outcome = world.run(words);
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert!(world.read(".aws/config").contains(JANE));
        assert!(!world.path(".aws/login/cache").join("x").exists());
        assert_eq!(world.run("credentials con").code, 3);
    }
    let outcome = world.run("--yes login deploy");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.err.contains("The profile `con` is now of"), "{outcome:?}");
    assert_eq!(world.read(".aws/config"), config().replace(JANE, JOE));
    assert_eq!(refreshes(&world), 3);
    world.ok("credentials con");
}

#[test]
fn a_login_that_is_denied_says_so() {
    let world = new();
    world.ic.script(Operation::SigninAuthorize, [Reply::Denied]);
    let outcome = world.run("login con");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.err.contains("was denied in the browser"), "{outcome:?}");
    let reply =
        Reply::Error { status: 401, code: "AUTHCODE_EXPIRED".into(), message: String::new() };
    world.ic.script(Operation::CreateOAuth2Token, [reply]);
    let outcome = world.run("login con");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.err.contains("the code of the login has expired"), "{outcome:?}");
}

#[test]
fn a_logout_removes_the_login_and_the_roles_on_top() {
    let world = world(880);
    world.ok("credentials deploy");
    world.ok("credentials deploy --policy {}");
    let name = file(&world.ic.console_session(JANE, "us-east-1", 0));
    let other = world.ic.console_session("arn:aws:iam::999988887777:root", "us-east-1", 60);
    keep(&world, &other);
    let outcome = world.run("logout con");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.err.contains(&format!("Logged out of `{JANE}`.")), "{outcome:?}");
    assert!(!world.path(&name).exists());
    assert_eq!(world.run("credentials deploy").code, 3);
    assert_eq!(world.run("credentials deploy --policy {}").code, 3);
    assert!(world.path(&file(&other)).exists());
    assert_eq!(world.run("logout con").err, "Not logged in.\n");
    assert_eq!(world.run("logout --all").code, 0);
    assert!(!world.path(&file(&other)).exists());
}
