//! `console`: which address goes to the browser, and what does not.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use identity_center::{Operation, Reply, Trust};

use crate::support::tty::Tty;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, wait_until};

const DEPLOY: &str = "arn:aws:iam::777788889999:role/Deploy";

fn world() -> World {
    let world = World::new();
    let roles = "\n[profile deploy]\nrole_arn = arn:aws:iam::777788889999:role/Deploy\n\
         source_profile = prod\n[profile keys]\naws_access_key_id = AKIDEXAMPLE\n\
         aws_secret_access_key = SECRET\n";
    world.write(".aws/config", &format!("{CONFIG}{roles}"));
    world.ic.add_iam_role(DEPLOY, Trust::anyone());
    world
}

/// A browser that notes its arguments, and hands the address on to the person's.
fn noted(world: &World, command: &mut Command) -> PathBuf {
    let arguments = world.path("arguments");
    let home = world.home().display();
    world.write(
        "noting.sh",
        &format!(
            "printf '%s\\n' \"$@\" >> '{home}/arguments'\nexec /bin/sh '{home}/browser.sh' \"$1\"\n"
        ),
    );
    command.env("BROWSER", format!("/bin/sh {home}/noting.sh"));
    arguments
}

fn wait_for_login(world: &World) {
    wait_until("sign-in at the console", || world.ic.count(Operation::ConsoleLogin) > 0);
}

#[test]
fn the_portals_shortcut_needs_no_login_and_no_secret() {
    let world = world();
    assert_eq!(
        world.ok("console dev --print"),
        "https://example.awsapps.com/start/#/console?account_id=444455556666&role_name=Developer\n"
    );
    let shortcut = world.ok("console prod --print --service ec2");
    assert!(shortcut.starts_with(
        "https://example.awsapps.com/start/#/console?account_id=111122223333&role_name=Admin&destination="
    ));
    assert!(shortcut.trim_end().ends_with(
        "https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fec2%2Fhome%3Fregion%3Deu-west-1"
    ));
    let other = world.ok("console prod --print --service iam --region us-east-2");
    assert!(other.contains("https%3A%2F%2Fconsole.aws.amazon.com%2Fiam%2Fhome\n"), "{other}");
    assert_eq!(world.ic.requests().len(), 0);
    world.ok("console --account 012345678901 --role ReadOnly");
    let end = Instant::now() + Duration::from_secs(10);
    while world.browser_opened() == 0 {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn federation_hands_the_address_over_loopback() {
    let world = world();
    world.ok("login --sso-session corp");
    let mut command = world.ssoenv(["console", "prod", "--federate", "--duration", "12h"]);
    let arguments = noted(&world, &mut command);
    let outcome = Outcome::of(&mut command);
    assert_eq!((outcome.code, outcome.out.as_str()), (0, ""), "{outcome:?}");
    wait_for_login(&world);
    let asked = world.ic.requests();
    let request = |op| asked.iter().find(|request| request.op == op).expect("it came");
    let token = format!("{:?}", request(Operation::GetSigninToken));
    assert!(token.contains("43200"), "{token}");
    let login = format!("{:?}", request(Operation::ConsoleLogin));
    assert!(login.contains("eu-west-1.console.aws.amazon.com"), "{login}");
    let words = fs::read_to_string(arguments).expect("arguments");
    assert!(words.starts_with("http://127.0.0.1:") && words.contains("/open/"), "{words}");
    world.assert_no_secret(&words);
    world.assert_no_secret(&outcome.err);
    assert!(!outcome.err.contains("/open/"), "{outcome:?}");
    // Once, and no more.
    let port = words.split(['/', ':']).nth(4).and_then(|port| port.parse::<u16>().ok());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port.expect("a port"))).is_err());
}

#[test]
fn roles_on_top_of_roles_are_always_federated_and_take_no_duration() {
    let world = world();
    world.ok("login --sso-session corp");
    let outcome = world.run("console deploy --print --duration 1h");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("console/roles_on_top_of_roles_are_always_federated_and_take_no_duration", &outcome);
    let url = outcome.out.trim_end();
    assert!(
        url.contains("/federation?Action=login&Issuer=https%3A%2F%2Fexample.awsapps.com%2Fstart&")
    );
    let page = world.ic.browse(url);
    assert_eq!(page.status, 302, "{page:?}");
    assert_eq!(page.header("location"), Some("https://console.aws.amazon.com/console/home"));
}

#[test]
fn a_duration_that_is_refused_is_left_out_once() {
    let world = world();
    world.ok("login --sso-session corp");
    let refusal = Reply::Raw { status: 400, content_type: "text/plain".into(), body: "no".into() };
    world.ic.script(Operation::GetSigninToken, [refusal.clone()]);
    let outcome = world.run("console prod --federate --print --duration 2h");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("console/a_duration_that_is_refused_is_left_out_once", &outcome);
    assert_eq!(world.ic.count(Operation::GetSigninToken), 2);
    world.ic.script(Operation::GetSigninToken, [refusal]);
    let outcome = world.run("console prod --federate --print");
    assert_eq!((outcome.code, outcome.out.as_str()), (4, ""), "{outcome:?}");
    world.ic.script(Operation::GetSigninToken, [Reply::Garbage]);
    assert_eq!(world.run("console prod --federate --print").code, 5);
}

#[test]
fn wrong_wishes_are_refused_before_anything_happens() {
    let world = world();
    for (words, code) in [
        ("console prod --destination https://evil.example/", 2),
        ("console prod --destination https://console.aws.amazon.com.evil.example/", 2),
        ("console prod --destination http://console.aws.amazon.com/", 2),
        ("console prod --service nope", 2),
        ("console prod --region cn-north-1", 2),
        ("console prod --region x/y", 2),
        ("console prod --federate --duration 10m", 2),
        ("console prod --federate --duration 13h", 2),
        ("console nope", 6),
        ("console keys", 6),
        ("console", 2),
    ] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{words}: {outcome:?}");
    }
    assert_eq!((world.browser_opened(), world.ic.requests().len()), (0, 0));
}

#[test]
fn a_sign_in_address_is_kept_from_terminals() {
    let world = world();
    world.ok("login --sso-session corp");
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let line = format!("{program} console prod --federate --print");
    let Some(tty) = Tty::start(&world, &line) else { return };
    let (code, said) = tty.end();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("add `--yes`"), "{said}");
    assert_eq!(world.ic.count(Operation::GetSigninToken), 0);
    let tty = Tty::start(&world, &format!("{line} --yes")).expect("script").giving();
    let (code, said) = tty.end();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("/federation?Action=login"), "{said}");
}

#[test]
fn the_template_chooses_the_browser() {
    let world = world();
    let home = world.home().display().to_string();
    world.write("firefox.sh", "printf '%s\\n' \"$@\" > \"$(dirname \"$0\")/words.tmp\"; mv \"$(dirname \"$0\")/words.tmp\" \"$(dirname \"$0\")/words\"\n");
    world.write(
        ".config/ssoenv/config.ini",
        &format!(
            "[ssoenv]\nbrowser_command = /bin/sh {home}/firefox.sh \
             'ext+container:name={{profile_encoded}}&url={{url_encoded}}' --role={{role}} {{account_id}}\n"
        ),
    );
    world.ok("console dev");
    let end = Instant::now() + Duration::from_secs(10);
    while !world.path("words").exists() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(5));
    }
    let words = world.read("words");
    let words: Vec<_> = words.lines().collect();
    assert!(
        words[0].starts_with("ext+container:name=dev&url=https%3A%2F%2Fexample%2Eawsapps%2Ecom")
    );
    assert_eq!(words[1..], ["--role=Developer", "444455556666"]);
}

#[test]
fn the_old_session_is_ended_first_on_wish() {
    let world = world();
    world.ok("login --sso-session corp");
    let url = world.ok("console dev --print --logout-first");
    assert!(
        url.contains("/oauth?Action=logout&redirect_uri=https%3A%2F%2Fexample.awsapps.com"),
        "{url}"
    );
    let url = world.ok("console prod --federate --print --logout-first");
    assert!(url.contains("/oauth?Action=logout&redirect_uri=http%3A%2F%2F127.0.0.1"), "{url}");
    assert!(url.contains("Action%3Dlogin"), "{url}");
}
