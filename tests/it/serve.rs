//! `serve`: the container-credentials endpoint under load, abuse and the passing of time.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use identity_center::{Lifetimes, Operation};
use serde_json::Value;

use crate::support::World;
use crate::support::http::{self, get, send};
use crate::support::run::{self, Running};
use crate::support::tty::Tty;
use crate::support::world::{Outcome, sh};

/// A server under test.
pub struct Server {
    child: Running,
    uris: Vec<String>,
    token: String,
    port: u16,
}

impl Server {
    /// Starts it, and reads what it prints.
    pub fn start(world: &World, words: &[&str]) -> Self {
        let mut command = world.ssoenv(["serve"].iter().chain(words));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Running::start(&mut command);
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut uris = Vec::new();
        let token = loop {
            let line = lines.next().expect("a line").expect("text");
            let (name, value) = line.split_once('=').expect("NAME=VALUE");
            match name {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI" => uris.push(value.to_owned()),
                "AWS_CONTAINER_AUTHORIZATION_TOKEN" => break value.to_owned(),
                other => panic!("{other}"),
            }
        };
        let port = uris[0].split(['/', ':']).nth(4).and_then(|port| port.parse().ok());
        Self { child, uris, token, port: port.expect("a port") }
    }

    fn path(&self, index: usize) -> &str {
        let uri = self.uris[index].strip_prefix("http://127.0.0.1:").expect("loopback");
        &uri[uri.find('/').expect("a path")..]
    }

    /// What it answers for the profile of that number.
    pub fn ask(&self, index: usize) -> (u16, Value) {
        let answer = get(self.port, self.path(index), &[("Authorization", &self.token)]);
        let json = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"));
        (answer.status, json)
    }

    fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    fn code(mut self) -> i32 {
        let status = self.child.wait().expect("it ends");
        status.code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a signal.
pub fn signal(pid: u32, name: &str) {
    let mut kill = std::process::Command::new("kill");
    assert!(run::output(kill.args(["-s", name, &pid.to_string()])).status.success());
}

fn logged_in() -> World {
    let world = World::new();
    world.ok("login --sso-session corp");
    world
}

#[test]
fn sdks_find_the_four_fields_under_each_path() {
    let world = logged_in();
    let server = Server::start(&world, &["prod", "dev"]);
    assert_eq!(server.path(0), "/credentials/prod");
    for (index, account) in [(0, "111122223333"), (1, "444455556666")] {
        let (status, json) = server.ask(index);
        assert_eq!(status, 200);
        assert_eq!(json["AccountId"], account);
        assert_eq!(json["Code"], "Success");
        assert!(json["AccessKeyId"].as_str().is_some_and(|id| id.starts_with("ASIA")));
        assert!(json["SecretAccessKey"].is_string() && json["Token"].is_string());
        assert!(json["Expiration"].as_str().is_some_and(|time| time.ends_with('Z')));
    }
    server.signal("TERM");
    assert_eq!(server.code(), 0);
}

#[test]
fn who_does_not_belong_here_is_refused() {
    let world = logged_in();
    let server = Server::start(&world, &["prod"]);
    let (port, path, token) = (server.port, server.path(0), &*server.token);
    let raw = |text: &str| send(port, text.as_bytes()).expect("an answer");
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let auth = format!("Authorization: {token}\r\n");
    let half = &token[..token.len() - 1];
    for (what, text, status, code) in [
        ("no token", format!("GET {path} HTTP/1.1\r\n{host}\r\n"), 401, "MissingToken"),
        (
            "wrong token",
            format!("GET {path} HTTP/1.1\r\n{host}Authorization: x\r\n\r\n"),
            403,
            "InvalidToken",
        ),
        (
            "part of the token",
            format!("GET {path} HTTP/1.1\r\n{host}Authorization: {half}\r\n\r\n"),
            403,
            "InvalidToken",
        ),
        (
            "two tokens",
            format!("GET {path} HTTP/1.1\r\n{host}{auth}{auth}\r\n"),
            401,
            "MissingToken",
        ),
        (
            "another host",
            format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n{auth}\r\n"),
            400,
            "InvalidHost",
        ),
        (
            "another port",
            format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:1\r\n{auth}\r\n"),
            400,
            "InvalidHost",
        ),
        (
            "an unknown path",
            format!("GET /credentials/nope HTTP/1.1\r\n{host}{auth}\r\n"),
            404,
            "NotFound",
        ),
        (
            "an unknown path without token",
            format!("GET /credentials/nope HTTP/1.1\r\n{host}\r\n"),
            401,
            "MissingToken",
        ),
        ("POST", format!("POST {path} HTTP/1.1\r\n{host}{auth}\r\n"), 405, "MethodNotAllowed"),
        (
            "a body",
            format!(
                "GET {path} HTTP/1.1\r\n{host}{auth}Content-Length: 100000\r\n\r\n{}",
                "x".repeat(100_000)
            ),
            413,
            "RequestTooLarge",
        ),
    ] {
        let answer = raw(&text);
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        let json: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(json["code"], code, "{what}");
        assert!(json["message"].is_string(), "{what}");
        assert!(answer.head.to_lowercase().contains("content-type: application/json"), "{what}");
        world.assert_no_secret(&answer.body);
    }
    let long = format!("GET {path} HTTP/1.1\r\n{host}{auth}X-Long: {}\r\n\r\n", "x".repeat(60_000));
    assert_eq!(raw(&long).status, 431);
    let many = format!("GET {path} HTTP/1.1\r\n{host}{auth}{}\r\n", "X-Many: y\r\n".repeat(500));
    assert_eq!(raw(&many).status, 431);
    assert_eq!(raw("nonsense\r\n\r\n").status, 400);
    // Only loopback is listened on.
    let table = fs::read_to_string("/proc/net/tcp").expect("a table");
    let line = table.lines().find(|line| line.contains(&format!(":{port:04X} 00000000:0000 0A")));
    assert!(line.expect("it listens").contains("0100007F:"), "{table}");
    assert_eq!(server.ask(0).0, 200);
}

#[test]
fn slow_clients_delay_nobody_and_are_cut_off() {
    let world = logged_in();
    let server = Server::start(&world, &["prod"]);
    let start = Instant::now();
    // More than are served at once.
    let mut slow: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("open");
            stream.write_all(b"GET /credentials/prod HTTP/1.1\r\nHost: ").expect("a part");
            stream
        })
        .collect();
    assert_eq!(server.ask(0).0, 200);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
        assert!(http::read(stream).is_none_or(|answer| answer.status == 408));
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(server.ask(0).0, 200);
}

fn resident_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

#[test]
fn a_thousand_requests_at_fifty_at_once() {
    let world = logged_in();
    let server = Server::start(&world, &["prod"]);
    let round = || {
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    while next.fetch_add(1, Ordering::Relaxed) < 1000 {
                        assert_eq!(server.ask(0).0, 200);
                    }
                });
            }
        });
    };
    round();
    let before = resident_kib(server.child.id());
    round();
    round();
    let after = resident_kib(server.child.id());
    assert!(after < before + 4096, "{before} KiB, then {after} KiB");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn credentials_are_renewed_before_they_end_by_one_call_each() {
    let world = World::new();
    world
        .ic
        .lifetimes(Lifetimes { role_credentials: Duration::from_secs(6), ..Lifetimes::default() });
    world.ok("login --sso-session corp");
    let server = Server::start(&world, &["prod"]);
    let end = Instant::now() + Duration::from_secs(15);
    let seen = std::sync::Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while Instant::now() < end {
                    let (status, json) = server.ask(0);
                    assert_eq!(status, 200, "{json}");
                    let expires = json["Expiration"].as_str().expect("a time");
                    let expires: jiff::Timestamp = expires.parse().expect("a time");
                    assert!(expires > jiff::Timestamp::now() - Duration::from_secs(1), "{expires}");
                    let id = json["AccessKeyId"].as_str().expect("a key").to_owned();
                    seen.lock().expect("a set").insert(id);
                    thread::sleep(Duration::from_millis(20));
                }
            });
        }
    });
    let keys = seen.into_inner().expect("a set").len();
    assert!((3..=8).contains(&keys), "{keys} different keys in 15 s");
    // One more may be on its way.
    assert!(world.ic.count(Operation::GetRoleCredentials) <= keys + 1);
}

#[test]
fn an_ended_session_is_told_and_never_opens_a_browser() {
    let world = World::new();
    world.ic.lifetimes(Lifetimes {
        role_credentials: Duration::from_secs(2),
        refresh_token: None,
        ..Lifetimes::default()
    });
    world.ok("login --sso-session corp");
    let opened = world.browser_opened();
    let server = Server::start(&world, &["prod"]);
    assert_eq!(server.ask(0).0, 200);
    world.ic.revoke_tokens();
    thread::sleep(Duration::from_millis(3500));
    let (status, json) = server.ask(0);
    assert_eq!((status, &json["code"]), (403, &"LoginRequired".into()), "{json}");
    assert!(json["message"].as_str().is_some_and(|m| m.contains("ssoenv login")), "{json}");
    assert_eq!(world.browser_opened(), opened);
    world.ok("login --sso-session corp --force");
    let until = Instant::now() + Duration::from_secs(10);
    while server.ask(0).0 != 200 {
        assert!(Instant::now() < until, "a new login heals it");
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn it_does_not_start_without_what_it_needs() {
    let world = World::new();
    let outcome = world.run("serve prod");
    assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{outcome:?}");
    assert_eq!(world.browser_opened(), 0);
    world.write(".aws/credentials", "[keys]\naws_access_key_id = A\naws_secret_access_key = S\n");
    let outcome = world.run("serve keys");
    assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{outcome:?}");
    world.ok("login --sso-session corp");
    let server = Server::start(&world, &["prod"]);
    let outcome = world.run(&format!("serve prod --port {}", server.port));
    assert_eq!((outcome.code, outcome.out.as_str()), (1, ""), "{outcome:?}");
    server.signal("INT");
    assert_eq!(server.code(), 130);
}

#[test]
fn on_a_terminal_the_token_stays_in_a_file() {
    let world = logged_in();
    let line = format!("{} serve prod", env!("CARGO_BIN_EXE_ssoenv"));
    let Some(mut tty) = Tty::start(&world, &line) else { return };
    tty.wait_for("AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:");
    tty.wait_for("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=");
    tty.wait_for("Ctrl-C ends it");
    let folder = world.path(".local/state/ssoenv/serve");
    let file =
        fs::read_dir(&folder).expect("folder").next().expect("a file").expect("a file").path();
    assert_eq!(fs::metadata(&file).expect("file").permissions().mode() & 0o777, 0o600);
    let token = fs::read_to_string(&file).expect("token");
    assert!(token.len() >= 40 && !token.contains(char::is_whitespace), "no line end");
    let port =
        file.file_stem().and_then(|s| s.to_str()).and_then(|s| s.parse().ok()).expect("a port");
    assert_eq!(get(port, "/credentials/prod", &[("Authorization", &token)]).status, 200);
    tty.type_in("\x03");
    let (code, rest) = tty.end();
    assert_eq!(code, 130, "{rest}");
    assert!(!rest.contains(&token));
    assert!(!file.exists(), "the token file goes with the server");
}

#[test]
fn docker_gets_a_mounted_token() {
    let world = logged_in();
    let mut command = world.ssoenv(["serve", "prod", "--docker"]);
    let mut child = Running::start(command.stdout(Stdio::piped()));
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[..3], ["--network", "host", "--volume"], "{line}");
    let file = words[3].strip_suffix(":/run/ssoenv-token:ro").expect("a mount");
    let token = fs::read_to_string(file).expect("the token");
    assert!(!line.contains(&token));
    signal(child.id(), "TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

/// `docker run $(cat FILE)` takes the words as they are: quotes would be a part of them.
#[test]
fn the_words_for_docker_have_no_quotes() {
    let world = logged_in();
    let odd = world.path("with=equals,comma@at");
    let mut command = world.ssoenv(["serve", "prod", "--docker", "--write", "docker.words"]);
    let mut child = Running::start(command.env("XDG_STATE_HOME", &odd));
    child.wait_for_line("serving 1 profile on port");
    let script = "set -- $(cat docker.words); printf '%s\\n' \"$@\"";
    let words = sh(&world, script).out;
    let words: Vec<_> = words.lines().collect();
    let [_, _, "--volume", mount, "--env", uri, "--env", file] = words[..] else {
        panic!("{words:?}")
    };
    assert!(mount.starts_with(&*odd.to_string_lossy()), "{mount}");
    assert!(uri.starts_with("AWS_CONTAINER_CREDENTIALS_FULL_URI=http://"), "{uri}");
    assert!(!uri.contains(['\'', '"', '\\']) && !file.contains(['\'', '"', '\\']), "{words:?}");
    signal(child.id(), "TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    // A path that cannot be one word is told.
    let mut command = world.ssoenv(["serve", "prod", "--docker"]);
    let outcome = Outcome::of(command.env("XDG_STATE_HOME", world.path("my state")));
    assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
    assert!(outcome.err.contains("set `XDG_STATE_HOME`"), "{outcome:?}");
}

#[test]
fn write_puts_the_lines_into_a_private_file_for_as_long_as_it_serves() {
    let world = logged_in();
    let file = world.path("run/prod.env");
    // What a killed server has left is replaced.
    world.write("run/prod.env", "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1/old\n");
    for (end, code) in [("TERM", 0), ("INT", 130), ("HUP", 0)] {
        let mut command = world.ssoenv(["serve", "prod", "--write"]);
        let mut child = Running::start(command.arg(&file).stdout(Stdio::piped()));
        child.wait_for_line("serving 1 profile on port");
        assert_eq!(fs::metadata(&file).expect("file").permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&file).expect("lines");
        let values: Vec<_> = text.lines().filter_map(|line| line.split_once('=')).collect();
        let [("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri), (name, token)] = values[..] else {
            panic!("{text}")
        };
        assert_eq!(name, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
        let port = uri.split(['/', ':']).nth(4).and_then(|port| port.parse().ok());
        let answer = get(port.expect("a port"), "/credentials/prod", &[("Authorization", token)]);
        assert_eq!(answer.status, 200);
        signal(child.id(), end);
        assert_eq!(child.wait().expect("it ends").code(), Some(code), "{end}");
        assert!(!file.exists(), "{end}");
        let mut out = String::new();
        child.stdout.take().expect("piped").read_to_string(&mut out).expect("text");
        assert_eq!(out, "");
    }
}

#[test]
fn write_replaces_nothing_of_anybody_else() {
    let world = logged_in();
    world.write("notes", "mine\n");
    fs::create_dir_all(world.path("folder")).expect("a folder");
    for name in ["notes", "folder", "/dev/null"] {
        let outcome = world.run(&format!("serve prod --write {name}"));
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
        let told = format!(
            "error: `{name}` exists and is not from `ssoenv serve`\n\
             hint: remove it, or name another file\n"
        );
        assert_eq!(outcome.err, told);
    }
    assert_eq!(world.read("notes"), "mine\n");
}
