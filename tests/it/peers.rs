//! Other users of the machine: what they read of a browser's arguments, and what they get with it.

use std::process::{Command, Stdio};
use std::time::Duration;

use identity_center::{IdentityCenter, browser};

use crate::support::run::{self, Running};
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, find, skip, wait_for};

const CONSOLE: &str = "\n[profile con]\nlogin_session = arn:aws:iam::111122223333:user/team/jane\n";

/// A command under way whose browser has only noted its arguments; and those.
fn started(world: &World, words: &str) -> (Running, String) {
    let noted = world.path("words");
    drop(std::fs::remove_file(&noted));
    let mut command = world.ssoenv(words.split(' '));
    let script = format!("sh -c 'echo \"$*\" >{}' browser", noted.display());
    let running = Running::start(command.env("BROWSER", script).stdout(Stdio::piped()));
    let text = wait_for("the browser", || {
        std::fs::read_to_string(&noted).ok().filter(|text| text.ends_with('\n'))
    });
    (running, text.trim_end().to_owned())
}

fn world() -> World {
    let world = World::new();
    world.write(".aws/config", &format!("{CONFIG}{CONSOLE}"));
    world.ok("login");
    world
}

fn get(url: &str) -> browser::Page {
    browser::request("GET", url, &[], None).expect("an answer")
}

/// Every way to a browser, and how the printed URL starts where one is printed.
const WAYS: [(&str, Option<&str>); 4] = [
    ("login --force", Some("http")),
    ("login --force --device-code", Some("Or open http")),
    ("login con", Some("http")),
    ("console prod --federate", None),
];

/// To a browser elsewhere no port of this machine is open.
#[test]
fn a_browser_elsewhere_is_told_the_page_and_no_code() {
    const WITHOUT_PORTS: &str = "exec strace -f -qq -e trace=bind \
                                 -e inject=bind:error=EADDRNOTAVAIL -o /dev/null -- \"$@\"";
    let ways = [
        (&[("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")][..], "exec \"$@\""),
        (&[("CODESPACES", "true")], "exec \"$@\""),
        (&[], WITHOUT_PORTS),
    ];
    for (env, script) in ways {
        if script == WITHOUT_PORTS && find("strace", "SSOENV_TEST_CLIENTS").is_none() {
            continue;
        }
        let world = World::with(IdentityCenter::builder().auto_approve(false).build());
        world.write(".aws/config", CONFIG);
        let mut command = world.command("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_ssoenv")]);
        command.args(["login", "--device-code"]).envs(env.iter().copied());
        let told = world.path("told");
        let line = format!("sh -c 'printf \"%s\\n\" \"$1\" >{}' sh", told.display());
        let running = Running::start(command.env("BROWSER", line).stdout(Stdio::piped()));
        let code = wait_for("user code", || world.ic.open_user_codes().pop());
        let url = wait_for("URL", || {
            std::fs::read_to_string(&told).ok().filter(|text| text.ends_with('\n'))
        });
        assert!(url.contains("/device") && !url.contains(&code), "{env:?}: {url}");
        running.wait_for_line(&format!("    {code}"));
        world.ic.approve(&code);
        assert_eq!(Outcome::from(&running.end()).code, 0, "{env:?}");
    }
}

#[test]
fn the_browser_is_told_a_short_address_that_leads_on_once() {
    let world = world();
    for (words, printed) in WAYS {
        let (running, told) = started(&world, words);
        let (_, name) = told.split_once("/open/").expect("a door");
        assert!(told.starts_with("http://127.0.0.1:"), "{words}: {told}");
        assert!(name.len() == 22 && told.len() < 60, "{words}: {told}");
        let page = get(&told);
        assert_eq!(page.status, 303, "{words}: {page:?}");
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let url = page.header("location").expect("a way on").to_owned();
        let Some(start) = printed else {
            // It was for the one who has it now.
            assert!(url.contains("SigninToken="), "{words}");
            assert_eq!(Outcome::from(&running.end()).code, 0);
            continue;
        };
        let line = running.wait_for_line(start);
        assert!(line.split(' ').any(|word| word == url), "{words}: {url} {line}");
        // The device flow's own port is closed, the redirect's goes on.
        let again = browser::request("GET", &told, &[], None);
        assert!(again.is_err() || again.is_ok_and(|page| page.status == 410), "{words}");
        browser::open(&url, Some(&world.ic.url())).expect("the person goes on");
        let outcome = Outcome::from(&running.end());
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
    }
}

/// What another user of the machine gets for a request; `None` where there is no other.
fn as_another_user(world: &World, url: &str, more: &str) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        skip("only root can be another user");
        return None;
    }
    let (host, path) = url["http://".len()..].split_once('/').expect("a path");
    let script = format!(
        "exec 3<>/dev/tcp/{} && printf 'GET /{path} HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n' >&3 && {more}",
        host.replace(':', "/")
    );
    let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", &script];
    let mut command = Command::new("setpriv");
    let command = command.args(words).env_clear().env("PATH", crate::support::world::path());
    let Some(output) = run::try_output(command.current_dir("/").stdin(Stdio::null())) else {
        skip("setpriv is not installed");
        return None;
    };
    assert!(world.path("words").exists());
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_refused(answer: &str, more: &str) -> bool {
    match more {
        "true" => answer.is_empty(),
        _ => answer.starts_with("HTTP/1.1 403 ") && answer.ends_with("This is for another user.\n"),
    }
}

#[test]
fn other_users_are_refused_and_end_nothing() {
    let world = world();
    for (words, printed) in WAYS {
        let (running, told) = started(&world, words);
        // One that waits for the answer, one that is gone before it could come.
        for more in ["timeout 10 cat <&3", "true"] {
            let Some(answer) = as_another_user(&world, &told, more) else { return };
            assert!(is_refused(&answer, more), "{words}, {more}: {answer}");
        }
        // They know the state from elsewhere, and end the login with words of their own.
        if let Some(start) = printed.filter(|start| *start == "http") {
            let line = running.wait_for_line(start);
            let url = url::Url::parse(&line).expect("a URL");
            let value =
                |name| url.query_pairs().find(|(key, _)| key == name).expect("it is there").1;
            let ended = format!(
                "{}?error=access_denied&error_description=ha&state={}",
                value("redirect_uri"),
                value("state")
            );
            for more in ["timeout 10 cat <&3", "true"] {
                let answer = as_another_user(&world, &ended, more).unwrap_or_default();
                assert!(is_refused(&answer, more), "{words}, {more}: {answer}");
            }
        }
        std::thread::sleep(Duration::from_millis(50));
        let page = get(&told);
        assert_eq!(page.status, 303, "{words}: {page:?}");
        let url = page.header("location").expect("a way on");
        if printed.is_some() {
            browser::open(url, Some(&world.ic.url())).expect("the person goes on");
        }
        let outcome = Outcome::from(&running.end());
        assert_eq!(outcome.code, 0, "{words}: {outcome:?}");
    }
}

/// The administrator can do anything anyway: somebody's browser that root serves is one.
#[test]
fn root_is_answered() {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can start a program as another user");
    }
    let world = world();
    let mut chown = Command::new("chown");
    let changed = Outcome::of(chown.args(["-R", "65534:65534"]).arg(world.home()));
    assert_eq!(changed.code, 0, "{changed:?}");
    let script = format!("sh -c 'echo \"$*\" >{}' browser", world.path("words").display());
    let mut command = world.command("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    command.args([env!("CARGO_BIN_EXE_ssoenv"), "login", "--force"]).env("BROWSER", script);
    let running = Running::start(command.stdout(Stdio::piped()));
    let told = wait_for("the browser", || {
        std::fs::read_to_string(world.path("words")).ok().filter(|text| text.ends_with('\n'))
    });
    browser::open(told.trim_end(), Some(&world.ic.url())).expect("it is answered");
    let outcome = Outcome::from(&running.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
}
