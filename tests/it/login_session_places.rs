//! Every place that knows profiles knows those of a console login: doctor, completion, picker,
//! prompt, profile mode, keyring.

use identity_center::Operation;
use serde_json::Value;

use crate::support::secret_service::SecretService;
use crate::support::shells::{path, script};
use crate::support::tmux::Terminal;
use crate::support::world::Outcome;
use crate::support::{World, find};

const JANE: &str = "arn:aws:iam::111122223333:user/team/jane";

fn without_login() -> World {
    let world = World::empty();
    world.ic.add_iam_role(
        "arn:aws:iam::111122223333:role/Deploy",
        identity_center::Trust::anyone().account("111122223333"),
    );
    let config = format!(
        "[profile con]\nlogin_session = {JANE}\nregion = us-east-1\n\n\
         [profile deploy]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\n\
         source_profile = con\nregion = us-east-1\n"
    );
    world.write(".aws/config", &config);
    world
}

/// A login whose credentials look as if so many seconds were left.
fn world(left: i64) -> World {
    let world = without_login();
    let session = world.ic.console_session(JANE, "us-east-1", left);
    world.write(&format!(".aws/login/cache/{}", session.file_name), &session.text());
    world
}

fn hash(world: &World) -> String {
    let name = world.ic.console_session(JANE, "us-east-1", 0).file_name;
    name.trim_end_matches(".json").to_owned()
}

/// The row of doctor's check.
fn checked(world: &World) -> Value {
    let outcome = world.run("doctor --json --offline");
    let rows: Value = serde_json::from_str(&outcome.out).expect("JSON");
    let rows = rows.as_array().expect("rows");
    rows.iter().find(|row| row["check"] == "console-login").expect("the check").clone()
}

#[test]
fn doctor_looks_at_the_cache() {
    let hours = 60 * 60;
    for left in [800, -60, -11 * hours] {
        assert_eq!(checked(&world(left))["status"], "ok", "{left}");
    }
    let long_ago = checked(&world(-13 * hours));
    assert_eq!(long_ago["status"], "warn");
    assert!(long_ago["why"].as_str().is_some_and(|why| why.contains("lasts 12 hours")));
    let absent = checked(&without_login());
    assert_eq!(absent["status"], "warn");
    assert_eq!(absent["why"], "profile `deploy` needs the login too");
    assert_eq!((&absent["fix"], &absent["line"]), (&"ssoenv login con".into(), &1.into()));

    let world = world(-60);
    world.ic.end_console_sessions();
    assert_eq!(world.run("credentials con").code, 3);
    let refused = checked(&world);
    assert_eq!(refused["why"], "its refresh token was refused or lost");
    world.write(&format!(".aws/login/cache/{}.json", hash(&world)), "{\"accessToken\": ");
    let corrupt = checked(&world);
    assert!(corrupt["why"].as_str().is_some_and(|why| why.contains("is not valid JSON")));
    // What it says helps.
    world.ok("login con");
    assert_eq!(checked(&world)["status"], "ok");
}

#[test]
fn completion_and_picker_offer_it() {
    let world = world(800);
    let complete =
        |words: &[&str]| Outcome::of(world.ssoenv(words).env("SSOENV_COMPLETE", "fish")).out;
    for command in ["use", "login", "logout", "exec", "credentials"] {
        assert!(complete(&["ssoenv", command, "co"]).contains("con"), "{command}");
    }
    assert!(complete(&["ssoenv", "configure", "--con"]).contains("--console"));
    let Some(_) = find("tmux", "SSOENV_TEST_CLIENTS") else { return };
    let line = "text=$(ssoenv use); eval \"$text\"; echo \"profile=$SSOENV_PROFILE \
                account=$AWS_ACCOUNT_ID\"; sleep 600";
    let terminal = Terminal::start(&world, [("PATH", path())], &["sh", "-c", line]);
    terminal.wait("the list", |screen| screen.contains("enter to choose"));
    terminal.text("1111 con");
    let screen = terminal.wait("the profile", |screen| screen.contains("> con"));
    assert!(screen.contains("111122223333"), "{screen}");
    terminal.keys(&["Enter"]);
    terminal.wait("the end", |screen| screen.contains("profile=con account=111122223333"));
}

#[test]
fn the_prompt_shows_it_in_both_modes() {
    let world = world(800);
    let shown = |words: &str| {
        let line = format!("eval \"$(ssoenv use con {words})\"; ssoenv prompt");
        Outcome::of(&mut script(&world, "bash", &[], &line))
    };
    let outcome = shown("");
    assert_eq!(outcome.out.trim_end(), "con 13m", "{outcome:?}");
    let outcome = shown("--mode profile");
    assert_eq!(outcome.out.trim_end(), "con", "{outcome:?}");
}

#[test]
fn profile_mode_makes_sure_of_the_login() {
    let world = world(-60);
    let used = world.ok("use con --mode profile --shell sh");
    assert!(used.contains("AWS_PROFILE='con'") && !used.contains("SENTINEL"), "{used}");
    assert_eq!(world.ic.count(Operation::CreateOAuth2Token), 1);
    // For a role on top too; who may not log in is told what is needed.
    let world = without_login();
    let outcome = world.run("use deploy --mode profile --shell sh --no-login");
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{outcome:?}");
    world.ok("use deploy --mode profile --shell sh");
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn the_keyring_keeps_it() {
    let world = without_login();
    let Some(service) = SecretService::start(&world) else { return };
    service.ok(&world, "settings set storage keyring");
    service.ok(&world, "login con");
    let entry = service.entry(&world, &hash(&world)).expect("the login is an entry");
    let login: Value = serde_json::from_str(&entry).expect("JSON");
    assert!(login["refreshToken"].is_string() && login["dpopKey"].is_string());
    assert!(!world.path(&format!(".aws/login/cache/{}.json", hash(&world))).exists());
    service.ok(&world, "credentials deploy");
    service.ok(&world, "credentials con");
    assert_eq!(world.ic.count(Operation::CreateOAuth2Token), 1);
    let outcome = service.run(&world, "logout con");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(service.entry(&world, &hash(&world)), None);
    assert_eq!(service.run(&world, "credentials deploy").code, 3);
}
