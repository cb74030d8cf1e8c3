//! `ssoenv login` in each of its ways, and how it ends when something is wrong.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use identity_center::{IdentityCenter, Lifetimes, Logged, Operation, Reply, browser};
use serde_json::Value;

use crate::support::run::Running;
use crate::support::world::{CONFIG, Outcome, from_now};
use crate::support::{TOKEN, World, wait_for};

fn token_file(world: &World) -> String {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(world.path(".aws/sso/cache")).expect("the cache").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("a cache file");
        if text.contains("accessToken") {
            found.push(text);
        }
    }
    assert_eq!(found.len(), 1, "one token file");
    found.remove(0)
}

/// A world whose person never opens a URL by itself: the test does.
fn without_browser(command: &mut Command) -> &mut Command {
    command.env_remove("BROWSER").env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
}

#[test]
fn pkce_opens_the_browser_once_and_writes_what_the_aws_cli_writes() {
    let world = World::new();
    let outcome = world.run("login");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(outcome.out, "");
    world.says("login/pkce_opens_the_browser_once_and_writes_what_the_aws_cli_writes", &outcome);
    assert!(outcome.err.contains("/authorize?response_type=code&client_id="), "the URL is said");
    assert_eq!(world.browser_opened(), 1);
    let text = token_file(&world);
    let token: Value = serde_json::from_str(&text).expect("JSON");
    let keys: Vec<_> = token.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "startUrl",
            "region",
            "accessToken",
            "expiresAt",
            "clientId",
            "clientSecret",
            "registrationExpiresAt",
            "refreshToken"
        ]
    );
    assert!(text.starts_with("{\"startUrl\": \"https://example.awsapps.com/start\", \"region\": "));
    world.assert_no_secret(&outcome.err);
}

#[test]
fn a_good_token_is_kept_and_force_replaces_it() {
    let world = World::new();
    world.ok("login");
    let first = token_file(&world);
    let again = world.run("login");
    world.says("login/a_good_token_is_kept_and_force_replaces_it", &again);
    assert_eq!(world.browser_opened(), 1);
    world.ok("login --force");
    assert_eq!(world.browser_opened(), 2);
    assert_ne!(token_file(&world), first);
    // The registration is used again.
    assert_eq!(world.ic.count(Operation::RegisterClient), 1);
}

#[test]
fn a_refreshable_token_needs_no_browser() {
    let world = World::new();
    world.ok("login");
    world.expire();
    let outcome = world.run("login");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("login/a_refreshable_token_needs_no_browser", &outcome);
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn device_code_shows_the_code_and_waits_for_the_person() {
    let world = World::with(IdentityCenter::builder().auto_approve(false).build());
    world.write(".aws/config", CONFIG);
    let mut command = world.ssoenv(["login", "--device-code"]);
    let child = Running::start(without_browser(&mut command));
    let code = wait_for("user code", || world.ic.open_user_codes().pop());
    world.ic.approve(&code);
    let outcome = Outcome::from(&child.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.err.contains(&code), "{outcome:?}");
    world.says("login/device_code_shows_the_code_and_waits_for_the_person", &outcome);
}

#[test]
fn device_code_pending_and_slow_down_go_on() {
    let world = World::new();
    world.ic.script(
        Operation::CreateToken,
        [Reply::Pending, Reply::NoErrorTypeHeader(Box::new(Reply::Pending)), Reply::SlowDown],
    );
    let outcome = world.hurry(|| world.run("login --device-code"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // 3 polls a second apart, then one with 5 s more.
    let calls = world.ic.requests();
    let polls: Vec<_> = calls.iter().filter(|call| call.op == Operation::CreateToken).collect();
    let pause = |two: &[&Logged]| two[1].started.duration_since(two[0].started).expect("in turn");
    let pauses: Vec<_> = polls.windows(2).map(pause).collect();
    let [first, second, third] = pauses[..] else { panic!("{} polls", polls.len()) };
    assert!(first < second * 2 && third >= Duration::from_secs(6), "{pauses:?}");
}

#[test]
fn device_code_denied_and_expired() {
    for (reply, words) in [
        (Reply::Denied, "was denied in the browser"),
        (Reply::Expired, "nobody finished the login to `corp` in time"),
    ] {
        let world = World::new();
        world.ic.script(Operation::CreateToken, [reply]);
        let outcome = world.hurry(|| world.run("login --device-code"));
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert!(outcome.err.contains(words), "{outcome:?}");
        assert!(outcome.err.contains("hint: run `ssoenv login --sso-session corp`"), "{outcome:?}");
    }
}

#[test]
fn device_code_ends_in_time_however_long_the_service_asks_to_wait() {
    let interval = Duration::from_secs(1_000_000_000);
    let lifetimes = Lifetimes { interval, ..Lifetimes::default() };
    let world = World::new();
    world.ic.lifetimes(lifetimes);
    let outcome = world.hurry(|| {
        let mut command = world.ssoenv(["login", "--device-code"]);
        Outcome::of(command.env("SSOENV_LOGIN_TIMEOUT", "60"))
    });
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.err.contains("nobody finished the login to `corp` in time"), "{outcome:?}");
    assert_eq!(world.ic.count(Operation::CreateToken), 0, "never sooner than it asks");
}

#[test]
fn legacy_profiles_use_device_code() {
    let world = World::empty();
    world.write(
        ".aws/config",
        "[profile old]\nsso_start_url = https://example.awsapps.com/start\n\
         sso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = Admin\n",
    );
    let outcome = world.hurry(|| world.run("login old"));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::StartDeviceAuthorization), 1);
    assert!(world.path(".aws/sso/cache/e8be5486177c5b5392bd9aa76563515b29358e6e.json").exists());
}

#[test]
fn no_terminal_and_no_browser_is_3_at_once() {
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    command.env_remove("BROWSER").env("CI", "true").env("container", "podman");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 3, "{outcome:?}");
    world.says("login/no_terminal_and_no_browser_is_3_at_once", &outcome);
    assert_eq!(world.ic.requests().len(), 0);
}

#[test]
fn a_browser_that_denies_is_1() {
    let world = World::with(IdentityCenter::builder().auto_approve(false).build());
    world.write(".aws/config", CONFIG);
    let url = world.path("url");
    let mut command = world.ssoenv(["login"]);
    command.env("BROWSER", format!("sh -c 'echo \"$1\" > {}' browser", url.display()));
    let child = Running::start(command.stderr(Stdio::piped()).stdout(Stdio::piped()));
    let authorize = opened(&url);
    let redirect = query(&authorize, "redirect_uri");
    let state = query(&authorize, "state");
    let denied = format!(
        "{redirect}?error=access_denied&error_description=%3Cb%3ENo%3C%2Fb%3E&state={state}"
    );
    let page = browser::request("GET", &denied, &[], None).expect("the listener answers");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("&lt;b&gt;No&lt;/b&gt;"), "{}", page.body);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let outcome = Outcome::from(&child.end());
    assert_eq!(outcome.code, 1, "{outcome:?}");
    world.says("login/a_browser_that_denies_is_1", &outcome);
}

/// Case 24: favicons, scanners, forged errors and states are refused, and the login goes on.
#[test]
fn case_24_what_does_not_fit_is_ignored_by_the_listener() {
    let world = World::new();
    let url = world.path("url");
    let mut command = world.ssoenv(["login"]);
    command.env("BROWSER", format!("sh -c 'echo \"$1\" > {}' browser", url.display()));
    let child = Running::start(command.stderr(Stdio::piped()).stdout(Stdio::piped()));
    let authorize = opened(&url);
    let redirect = query(&authorize, "redirect_uri");
    let origin = redirect.strip_suffix("/oauth/callback").expect("the path");
    // A connection that says nothing must not keep the others waiting.
    let _idle = std::net::TcpStream::connect(origin.strip_prefix("http://").expect("http"));
    for (method, target, headers, status) in [
        ("GET", format!("{origin}/favicon.ico"), vec![], 404),
        ("GET", format!("{redirect}?error=access_denied"), vec![], 400),
        (
            "GET",
            format!("{redirect}?code=x&state=00000000-0000-4000-8000-000000000000"),
            vec![],
            400,
        ),
        ("POST", redirect.clone(), vec![], 405),
        ("GET", redirect.clone(), vec![("Host", "evil.example")], 400),
    ] {
        let page = browser::request(method, &target, &headers, None).expect("an answer");
        assert_eq!(page.status, status, "{method} {target}");
    }
    browser::open(&authorize, Some(&world.ic.url())).expect("the real browser comes back");
    let outcome = Outcome::from(&child.end());
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn a_browser_that_never_comes_back_meets_the_deadline() {
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    command.env("BROWSER", "true").env("SSOENV_LOGIN_TIMEOUT", "1");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    world.says("login/a_browser_that_never_comes_back_meets_the_deadline", &outcome);
}

#[test]
fn a_taken_port_is_1_before_any_page_opens() {
    let world = World::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let outcome = world.run(&format!("login --port {port}"));
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.err.contains(&format!("port {port} of 127.0.0.1")), "{outcome:?}");
    assert_eq!((world.browser_opened(), world.ic.requests().len()), (0, 0));
}

#[test]
fn every_command_that_may_log_in_has_the_port() {
    let world = World::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    for call in [
        "use prod --port PORT",
        "exec --port PORT prod -- true",
        "credentials prod --login --port PORT",
        "console prod --federate --print --port PORT",
        "whoami prod --port PORT",
        "accounts --port PORT",
        "roles --port PORT",
        "sync --port PORT",
        "configure --sso-session corp --profile new --port PORT",
        "login --port PORT",
    ] {
        let call = call.replace("PORT", &port.to_string());
        let words: Vec<&str> = call.split(' ').collect();
        let outcome = Outcome::of(world.ssoenv(&words).env("SSOENV_LOGIN", "always"));
        assert_eq!(outcome.code, 1, "{call}: {outcome:?}");
        assert!(outcome.err.contains(&format!("port {port} of 127.0.0.1")), "{call}: {outcome:?}");
        assert_eq!((world.browser_opened(), &*outcome.out), (0, ""), "{call}");
    }
    // Without `--login` nothing listens.
    assert_eq!(world.run("credentials prod --format env --port 8400").code, 2);
}

/// Three sessions, of which the one in the middle has no start URL.
const THREE: &str = "
[sso-session broken]
sso_region = us-east-1

[sso-session other]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

#[test]
fn all_sessions_are_logged_in_to_whatever_becomes_of_one() {
    let world = World::new();
    world.write(".aws/config", &format!("{CONFIG}{THREE}"));
    let outcome = world.run("login --all");
    assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
    world.says("login/all_sessions_are_logged_in_to_whatever_becomes_of_one", &outcome);
    let status = world.json("status --json");
    let logged_in = status["sessions"].as_array().expect("a list").iter();
    assert_eq!(logged_in.filter(|session| session["logged_in"] == true).count(), 2, "{status}");
    // What is good stays, and the first failure of several does not end it.
    let opened = world.browser_opened();
    assert_eq!(world.run("login --all").code, 6);
    assert_eq!(world.browser_opened(), opened);
    world.write(".aws/config", CONFIG);
    let outcome = world.run("login --all --force");
    assert_eq!((outcome.code, world.browser_opened()), (0, opened + 1), "{outcome:?}");
    for words in ["login --all prod", "login --all --sso-session corp"] {
        assert_eq!(world.run(words).code, 2, "{words}");
    }
    world.write(".aws/config", "[profile x]\nregion = us-east-1\n");
    assert_eq!(world.run("login --all").code, 6);
}

#[test]
fn a_client_that_the_service_forgot_is_registered_anew() {
    let world = World::new();
    world.ok("login");
    world.ic.script(Operation::CreateToken, [Reply::InvalidClient]);
    let outcome = world.run("login --force");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::RegisterClient), 2);
}

#[test]
fn the_code_exchange_is_repeated_only_after_a_complete_answer() {
    let world = World::new();
    world.ic.script(Operation::CreateToken, [Reply::Status(500), Reply::Status(429)]);
    world.ok("login");
    assert_eq!(world.ic.count(Operation::CreateToken), 3);
    world.ic.clear_requests();
    world.ic.script(Operation::CreateToken, [Reply::LostAnswer]);
    let outcome = world.run("login --force");
    assert_eq!(outcome.code, 5, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn a_wrong_region_says_where_to_look() {
    let world = World::with(IdentityCenter::builder().region("ap-south-1").build());
    world.write(".aws/config", CONFIG);
    world.ic.always(Operation::RegisterClient, Some(Reply::InvalidRequestEmpty));
    let outcome = world.run("login");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("login/a_wrong_region_says_where_to_look", &outcome);
    // One endpoint stands for all Regions: there is nobody to ask but it, with the device grant
    // and without.
    assert_eq!(world.ic.count(Operation::RegisterClient), 2);
}

#[test]
fn bad_start_urls_are_6() {
    for url in ["http://example.awsapps.com/start", "example.awsapps.com/start"] {
        let world = World::empty();
        world.write(".aws/config", &CONFIG.replace("https://example.awsapps.com/start", url));
        let outcome = world.run("login");
        assert_eq!(outcome.code, 6, "{outcome:?}");
        assert_eq!(world.ic.requests().len(), 0);
    }
}

#[test]
fn garbage_and_sign_in_pages_are_5() {
    for reply in [Reply::Garbage, Reply::CaptivePortal, Reply::Status(503)] {
        let world = World::new();
        world.ic.always(Operation::RegisterClient, Some(reply));
        let mut command = world.ssoenv(["login"]);
        command.env("AWS_MAX_ATTEMPTS", "2");
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 5, "{outcome:?}");
        assert!(outcome.err.contains("hint: "), "{outcome:?}");
    }
}

#[test]
fn closed_endpoints_are_5() {
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    command.env("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:1").env("AWS_MAX_ATTEMPTS", "1");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 5, "{outcome:?}");
    world.says("login/closed_endpoints_are_5", &outcome);
}

#[test]
fn an_http_endpoint_elsewhere_is_6() {
    let world = World::new();
    let mut command = world.ssoenv(["login"]);
    command.env("AWS_ENDPOINT_URL_SSO_OIDC", "http://192.0.2.1:8080");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("login/an_http_endpoint_elsewhere_is_6", &outcome);
}

#[test]
fn a_vanity_host_is_resolved() {
    let world = World::empty();
    world.write(
        ".aws/config",
        &CONFIG.replace("https://example.awsapps.com/start", &world.ic.vanity_url()),
    );
    world.ok("login");
    assert!(world.ic.count(Operation::Vanity) >= 1);
    assert!(token_file(&world).contains(&format!("\"startUrl\": \"{}\"", world.ic.vanity_url())));
}

#[test]
fn several_sessions_without_a_terminal_are_2() {
    let world = World::empty();
    let second = "\n[sso-session other]\nsso_start_url = https://other.awsapps.com/start\n\
                  sso_region = us-east-1\n";
    world.write(".aws/config", &format!("{CONFIG}{second}"));
    let outcome = world.run("login");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    world.says("login/several_sessions_without_a_terminal_are_2", &outcome);
    // A profile, or the one that this shell uses, decides.
    world.ok("login prod");
    let mut command = world.ssoenv(["login"]);
    assert_eq!(Outcome::of(command.env("AWS_PROFILE", "dev")).code, 0);
}

#[test]
fn short_tokens_are_not_refreshed_each_time() {
    let world = World::new();
    world.ic.lifetimes(Lifetimes { access_token: Duration::from_mins(10), ..Lifetimes::default() });
    world.ok("login");
    world.ok("login");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn logout_removes_the_files_first_and_a_dead_portal_is_a_warning() {
    let world = World::new();
    world.ok("login");
    let outcome = world.run("logout");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("login/logout_removes_the_files_first_and_a_dead_portal_is_a_warning", &outcome);
    assert_eq!(world.ic.count(Operation::Logout), 1);
    assert!(!world.path(TOKEN).exists());
    world.ok("login");
    let mut command = world.ssoenv(["logout"]);
    command.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1");
    let outcome = Outcome::of(&mut command);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("login/logout_removes_the_files_first_and_a_dead_portal_is_a_warning-2", &outcome);
    let left: Vec<_> = std::fs::read_dir(world.path(".aws/sso/cache"))
        .expect("the cache")
        .flatten()
        .filter(|e| std::fs::read_to_string(e.path()).is_ok_and(|t| t.contains("accessToken")))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(world.run("logout").err, "Not logged in.\n");
}

#[test]
fn logout_leaves_the_tokens_of_other_tools_unless_told() {
    let world = World::new();
    world.ok("login");
    let other = ".aws/sso/cache/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json";
    let list = ".aws/cli/cache/list.json";
    let token = serde_json::json!({"accessToken": "x", "expiresAt": from_now(3600)});
    world.write(other, &token.to_string());
    world.write(list, "[1, 2]");
    world.write(".aws/cli/cache/a.json", r#"{"ProviderType": "sso", "Credentials": {}}"#);
    world.write(".aws/cli/cache/b.json", r#"{"Credentials": {}}"#);
    world.ok("logout");
    assert!(world.path(other).exists());
    assert!(world.path(".aws/cli/cache/a.json").exists());
    world.ok("logout --all");
    assert!(!world.path(other).exists());
    assert!(!world.path(".aws/cli/cache/a.json").exists());
    assert!(world.path(".aws/cli/cache/b.json").exists() && world.path(list).exists());
}

/// The URL that the browser script wrote down.
fn opened(file: &std::path::Path) -> String {
    let text =
        wait_for("URL", || std::fs::read_to_string(file).ok().filter(|text| text.ends_with('\n')));
    let door = browser::request("GET", text.trim_end(), &[], None).expect("an answer");
    door.header("location").expect("a way on").to_owned()
}

/// The value of a query parameter of a URL, percent-decoded.
fn query(url: &str, name: &str) -> String {
    let start = url.find(&format!("{name}=")).expect("the parameter") + name.len() + 1;
    let value = url[start..].split('&').next().unwrap_or_default();
    value.replace("%3A", ":").replace("%2F", "/")
}
