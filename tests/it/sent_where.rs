//! What ssoenv sends, and where: to AWS, and to nobody else.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::support::world::Outcome;
use crate::support::{World, find, skip};

/// Every command that has any reason to use the network, and some that have none.
const COMMANDS: &[&str] = &[
    "login --device-code --force",
    "use prod --fresh --shell sh",
    "use prod --shell sh",
    "credentials dev --login",
    "exec tools -- true",
    "accounts --refresh",
    "roles --refresh",
    "sync --dry-run",
    "whoami prod",
    "console prod --print",
    "console prod --federate --print",
    "status",
    "list",
    "prompt",
    "settings list",
    "doctor",
    "--version",
    "logout",
];

/// A proxy that refuses everything, and knows what it was asked for.
fn recorder() -> (u16, Arc<Mutex<BTreeSet<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let asked = Arc::new(Mutex::new(BTreeSet::new()));
    let kept = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            drop(BufReader::new(&stream).read_line(&mut line));
            kept.lock().unwrap_or_else(PoisonError::into_inner).insert(line.trim_end().to_owned());
            drop(stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
        }
    });
    (port, asked)
}

/// With the addresses of AWS as they are, all that leaves the machine goes through the proxy, and
/// every host that it is asked for is one of AWS.
#[test]
fn nothing_is_sent_but_to_aws() {
    if find("strace", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = World::new();
    world.ok("use prod --shell sh");
    let (port, asked) = recorder();
    let log = world.path("trace");
    let mut lines = String::new();
    for words in COMMANDS {
        let mut command = world.command("strace");
        command.args(["-f", "-qq", "-e", "trace=%network", "-o"]).arg(&log);
        command.arg(env!("CARGO_BIN_EXE_ssoenv")).args(words.split(' '));
        for (name, _) in world.env() {
            if name.starts_with("AWS_ENDPOINT") {
                command.env_remove(name);
            }
        }
        command.env("HTTPS_PROXY", format!("http://127.0.0.1:{port}")).env("AWS_MAX_ATTEMPTS", "1");
        let outcome = Outcome::of(&mut command);
        let Ok(trace) = fs::read_to_string(&log) else {
            return skip("strace cannot trace here");
        };
        assert!(!outcome.err.contains("ptrace"), "{outcome:?}");
        lines += &trace;
        fs::remove_file(&log).expect("it was there");
    }
    let connects: Vec<&str> = lines.lines().filter(|line| line.contains("connect(")).collect();
    assert!(connects.len() > 10, "{lines}");
    let own = |line: &str| line.contains("127.0.0.1") || line.contains("\"::1\"");
    let proxy = format!("htons({port}), sin_addr=inet_addr(\"127.0.0.1\")");
    for line in lines.lines().filter(|line| line.contains("sa_family=AF_INET")) {
        let listens = line.contains("bind(") || line.contains("getsockname(");
        assert!(line.contains(&proxy) || (listens && own(line)), "{line}");
    }
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let hosts: BTreeSet<&str> =
        asked.iter().filter_map(|line| line.strip_prefix("CONNECT ")?.split(':').next()).collect();
    assert_eq!(hosts.len(), asked.len(), "something else was asked for: {asked:?}");
    for known in [
        "oidc.us-east-1.amazonaws.com",
        "portal.sso.us-east-1.amazonaws.com",
        "sts.eu-west-1.amazonaws.com",
        "eu-west-1.signin.aws.amazon.com",
    ] {
        assert!(hosts.contains(known), "{known}: {hosts:?}");
    }
    for host in &hosts {
        let is_aws = [".amazonaws.com", ".aws.amazon.com", ".awsapps.com"];
        assert!(is_aws.iter().any(|domain| host.ends_with(domain)), "{host} is not AWS: {asked:?}");
    }
}
