//! `configure --console`: a profile of whoever signs in to the console.

use identity_center::{Operation, Reply};
use serde_json::Value;

use crate::support::tmux::Terminal;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, find};

const JANE: &str = "arn:aws:iam::111122223333:user/team/jane";
const JOE: &str = "arn:aws:sts::444455556666:assumed-role/Ops/joe";

#[track_caller]
fn done(world: &World, words: &str) -> Outcome {
    let outcome = world.run(&format!("--yes configure --console {words}"));
    assert_eq!((outcome.code, &*outcome.out), (0, ""), "{words}: {outcome:?}");
    outcome
}

#[test]
fn a_new_user_signs_in_and_has_a_profile() {
    let world = World::empty();
    let outcome = done(&world, "--region eu-west-1 --output json --profile con");
    world.says("configure/console", &outcome);
    let expected =
        format!("[profile con]\nlogin_session = {JANE}\nregion = eu-west-1\noutput = json\n");
    assert_eq!(world.read(".aws/config"), expected);
    let name = world.ic.console_session(JANE, "eu-west-1", 0).file_name;
    let login: Value = serde_json::from_str(&world.read(&format!(".aws/login/cache/{name}")))
        .expect("a login is JSON");
    assert_eq!(login["signInRegion"], "eu-west-1");
    // The login serves at once, and nobody is asked again.
    let used = world.ok("use con --shell sh --no-login");
    assert!(used.contains("AWS_ACCOUNT_ID='111122223333'"), "{used}");
    assert_eq!(world.browser_opened(), 1);
    // The same again changes nothing.
    done(&world, "--profile con");
    assert_eq!(world.read(".aws/config"), expected);
}

#[test]
fn what_is_not_given_is_proposed() {
    let world = World::empty();
    world.write(".aws/config", CONFIG);
    done(&world, "");
    let jane = format!("\n[profile jane]\nlogin_session = {JANE}\nregion = us-west-2\n");
    assert_eq!(world.read(".aws/config"), format!("{CONFIG}{jane}"));
    // The profile of an identity stays the one.
    done(&world, "--region us-east-1");
    let jane = jane.replace("us-west-2", "us-east-1");
    assert_eq!(world.read(".aws/config"), format!("{CONFIG}{jane}"));
    world.ic.console_identity(JOE);
    done(&world, "--region us-east-1");
    assert!(world.read(".aws/config").contains(&format!("[profile Ops]\nlogin_session = {JOE}")));
    assert_eq!(world.ic.violations(), Vec::<String>::new());
}

#[test]
fn another_source_goes_with_a_yes() {
    let world = World::empty();
    world.write(".aws/config", CONFIG);
    let outcome = world.run("configure --console --profile prod --region us-east-1 --output json");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert_eq!(world.read(".aws/config"), CONFIG);
    let outcome = done(&world, "--profile prod --region us-east-1");
    assert!(outcome.err.contains("`sso_session` is removed from the profile"), "{outcome:?}");
    let who: Value = serde_json::from_str(&world.ok("list --json")).expect("JSON");
    let prod = who.as_array().expect("rows").iter().find(|row| row["profile"] == "prod");
    assert_eq!(prod.expect("the profile")["source"], "login");
    assert_eq!(world.run("doctor --offline").code, 0);
}

#[test]
fn nothing_is_written_when_the_login_fails() {
    let world = World::empty();
    world.ic.script(Operation::SigninAuthorize, [Reply::Denied]);
    let outcome = world.run("--yes configure --console --profile con --region us-east-1");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.err.contains("run `ssoenv configure --console`"), "{outcome:?}");
    let forbidden =
        Reply::Error { status: 403, code: "INSUFFICIENT_PERMISSIONS".into(), message: "no".into() };
    world.ic.script(Operation::CreateOAuth2Token, [forbidden]);
    let outcome = world.run("--yes configure --console --profile con --region us-east-1");
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.err.contains("whoever signed in is not allowed"), "{outcome:?}");
    let mut command = world.ssoenv(["--yes", "configure", "--console"]);
    let outcome = Outcome::of(command.env_remove("BROWSER").env("CI", "1"));
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(!world.path(".aws/config").exists());
    let cached = std::fs::read_dir(world.path(".aws/login/cache"));
    assert_eq!(cached.map_or(0, Iterator::count), 0);
    for words in ["--sso-session corp", "--account 1", "--role Admin", "--scopes x"] {
        assert_eq!(world.run(&format!("configure --console {words}")).code, 2, "{words}");
    }
}

#[test]
fn a_dry_run_shows_the_profile() {
    let world = World::empty();
    let outcome = world.run("--yes configure --console --profile con --region us-east-1 --dry-run");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains(&format!("+login_session = {JANE}")), "{outcome:?}");
    assert!(!world.path(".aws/config").exists());
}

#[test]
fn the_wizard_asks_what_is_not_given() {
    if find("tmux", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = World::empty();
    let line =
        format!("{} configure --console; echo \"end=$?\"; sleep 600", env!("CARGO_BIN_EXE_ssoenv"));
    let env = [("TERM", "screen".to_owned())];
    let terminal = Terminal::start(&world, env, &["sh", "-c", &line]);
    for (question, answer) in [
        ("default client Region", "eu-central-1"),
        ("output format", ""),
        ("profile name", "console"),
    ] {
        terminal.wait(question, |screen| {
            let last = screen.lines().rfind(|line| line.starts_with("? "));
            last.is_some_and(|line| line.contains(question))
        });
        terminal.text(answer);
        terminal.wait(answer, |screen| screen.contains(answer));
        terminal.keys(&["Enter"]);
    }
    terminal.wait("the end", |screen| screen.contains("end=0"));
    let expected = format!("[profile console]\nlogin_session = {JANE}\nregion = eu-central-1\n");
    assert_eq!(world.read(".aws/config"), expected);
    assert_eq!(world.browser_opened(), 1);
}
