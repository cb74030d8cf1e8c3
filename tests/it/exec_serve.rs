//! `exec --serve`, signals and job control: the command has the terminal as if it were alone.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::serve::signal;
use crate::support::http::get;
use crate::support::run::Running;
use crate::support::tty::Tty;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, wait_until};

fn ready() -> World {
    let world = World::new();
    world.ok("use prod --shell sh");
    world
}

fn served<const N: usize>(world: &World, words: [&str; N]) -> Command {
    world.ssoenv(["exec", "prod", "--serve", "--"].into_iter().chain(words))
}

/// Waits for a file that a command under test makes.
fn wait_for(world: &World, name: &str) -> String {
    wait_until(name, || world.path(name).exists());
    world.read(name)
}

#[test]
fn the_endpoint_lives_as_long_as_the_command() {
    let world = ready();
    let line = "env > env.tmp; mv env.tmp env.txt; while test ! -e go; do sleep 0.05; done; exit 7";
    let mut child = Running::start(&mut served(&world, ["sh", "-c", line]));
    let env = wait_for(&world, "env.txt");
    let value = |name: &str| {
        let lines = env.lines().filter_map(|line| line.split_once('='));
        lines.filter(|(known, _)| *known == name).map(|(_, value)| value).next_back()
    };
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        assert_eq!(value(name), None, "{name}");
    }
    assert_eq!(value("SSOENV_PROFILE"), Some("prod"));
    assert_eq!(value("AWS_REGION"), Some("eu-west-1"));
    assert_eq!(value("AWS_CONFIG_FILE"), None);
    let uri = value("AWS_CONTAINER_CREDENTIALS_FULL_URI").expect("an address");
    let token = value("AWS_CONTAINER_AUTHORIZATION_TOKEN").expect("a token");
    let port = uri.split(['/', ':']).nth(4).and_then(|port| port.parse().ok()).expect("a port");
    let answer = get(port, "/credentials/prod", &[("Authorization", token)]);
    assert_eq!(answer.status, 200);
    world.write("go", "");
    assert_eq!(child.wait().expect("it ends").code(), Some(7));
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "nobody listens any more");
}

/// The endpoint has connections of its own, which end while the command's end is waited for.
#[test]
fn an_endpoint_that_has_fetched_by_itself_ends_well() {
    let world = ready();
    fs::remove_dir_all(world.path(".aws/cli")).expect("the cache");
    world.write(".aws/cli", "a file where a folder should be: nothing can be cached");
    for _ in 0..20 {
        let outcome = Outcome::of(&mut served(&world, ["sh", "-c", "exit 7"]));
        assert_eq!(outcome.code, 7, "{outcome:?}");
        assert!(outcome.err.contains("were not cached"), "{outcome:?}");
    }
}

#[test]
fn codes_and_deaths_come_from_the_child() {
    let world = ready();
    for code in [0, 1, 2, 126, 127, 128, 255] {
        let outcome = Outcome::of(&mut served(&world, ["sh", "-c", &format!("exit {code}")]));
        assert_eq!((outcome.code, outcome.err.as_str()), (code, ""));
    }
    for (name, number) in [("KILL", 9), ("TERM", 15), ("INT", 2), ("HUP", 1), ("SEGV", 11)] {
        let outcome = Outcome::of(&mut served(&world, ["sh", "-c", &format!("kill -{name} $$")]));
        assert_eq!((outcome.code, outcome.err.as_str()), (128 + number, ""), "{name}");
    }
    assert_eq!(Outcome::of(&mut served(&world, ["no-such-command"])).code, 127);
    world.write("data", "x");
    assert_eq!(Outcome::of(&mut served(&world, ["./data"])).code, 126);
    world.write("input", "a\0\u{1b}\n");
    let input = fs::File::open(world.path("input")).expect("input");
    assert_eq!(Outcome::of(served(&world, ["cat"]).stdin(input)).out, "a\0\u{1b}\n");
}

/// Starts a command that notes each signal, and waits until it does.
fn noting(world: &World, mut command: Command) -> Running {
    let _ = fs::remove_file(world.path("ready"));
    let child = Running::start(command.stdout(Stdio::piped()));
    wait_for(world, "ready");
    child
}

const NOTING: &str = "for s in HUP INT TERM USR1 USR2; do trap \"echo $s; exit 5\" $s; done; \
     : > ready; while :; do sleep 0.05; done";

#[test]
fn signals_reach_the_child_once() {
    let world = ready();
    for serve in [false, true] {
        for name in ["HUP", "INT", "TERM", "USR1", "USR2"] {
            let mut words = vec!["exec", "prod"];
            words.extend(serve.then_some("--serve"));
            words.extend(["--", "sh", "-c", NOTING]);
            let child = noting(&world, world.ssoenv(words));
            signal(child.id(), name);
            let output = child.end();
            assert_eq!(output.status.code(), Some(5), "{name} {serve}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{name}\n"));
        }
    }
}

#[test]
fn without_serve_the_process_is_the_command() {
    let world = ready();
    let child = noting(
        &world,
        world.ssoenv([
            "exec",
            "prod",
            "sh",
            "-c",
            "echo $$ > it && mv it ready; while :; do sleep 0.05; done",
        ]),
    );
    assert_eq!(wait_for(&world, "ready").trim(), child.id().to_string());
    signal(child.id(), "KILL");
    let status = child.end().status;
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
}

fn state(pid: u32) -> char {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let behind = stat.rsplit(')').next().expect("behind the name");
    behind.trim_start().chars().next().expect("a state")
}

fn wait_for_state(pid: u32, stopped: bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while (state(pid) == 'T') != stopped {
        assert!(Instant::now() < end, "{pid} is {}", state(pid));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_child_that_stops_stops_the_job() {
    let world = ready();
    let line = "trap 'echo again; exit 3' CONT; echo $$ > pid; : > ready; kill -STOP $$; sleep 5";
    let child = noting(&world, served(&world, ["sh", "-c", line]));
    let inner: u32 = wait_for(&world, "pid").trim().parse().expect("a number");
    wait_for_state(inner, true);
    wait_for_state(child.id(), true);
    signal(child.id(), "CONT");
    let output = child.end();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"again\n");
}

#[test]
fn ignored_signals_stay_ignored() {
    let world = World::new();
    world.ok("login --sso-session corp");
    let mask = |words: &str| {
        let line = format!(
            "trap '' INT HUP; {} exec prod {words} grep SigIgn /proc/self/status",
            env!("CARGO_BIN_EXE_ssoenv")
        );
        let outcome = Outcome::of(world.command("/bin/sh").args(["-c", &line]));
        let text = outcome.out.trim().rsplit('\t').next().expect("a mask").to_owned();
        u64::from_str_radix(&text, 16).unwrap_or_else(|error| panic!("{error}: {outcome:?}")) & 0b11
    };
    // The first has to fetch the credentials.
    for words in ["--", "--", "--serve --"] {
        assert_eq!(mask(words), 0b11, "{words}");
    }
}

#[test]
fn ctrl_c_on_a_terminal_is_the_commands() {
    let world = ready();
    for serve in ["", "--serve"] {
        let line = format!(
            "{} exec prod {serve} -- sh -c 'trap \"echo caught; exit 9\" INT; echo rea\"\"dy; \
             while :; do sleep 0.05; done'",
            env!("CARGO_BIN_EXE_ssoenv")
        );
        let Some(mut tty) = Tty::start(&world, &line) else { return };
        tty.wait_for("ready");
        tty.type_in("\x03");
        let (code, rest) = tty.end();
        assert_eq!(code, 9, "{serve} {rest}");
        assert_eq!(rest.matches("caught").count(), 1, "{serve} {rest}");
    }
}

#[test]
fn ctrl_z_and_fg_work_as_for_any_job() {
    let world = ready();
    for serve in ["", "--serve"] {
        let Some(mut tty) = Tty::start(&world, "bash --norc --noprofile -i") else { return };
        tty.type_in("PS1='p''s> '\n");
        tty.wait_for("ps> ");
        let program = env!("CARGO_BIN_EXE_ssoenv");
        tty.type_in(&format!(
            "{program} exec prod {serve} -- sh -c 'echo rea\"\"dy; read x; echo \"got:$x\"; exit 4'\n"
        ));
        tty.wait_for("ready");
        tty.type_in("\x1a");
        tty.wait_for("Stopped");
        tty.wait_for("ps> ");
        tty.type_in("fg >/dev/null\n");
        thread::sleep(Duration::from_millis(200));
        tty.type_in("hello\n");
        tty.wait_for("got:hello");
        tty.wait_for("ps> ");
        tty.type_in("echo code:$?:\n");
        tty.wait_for("code:4:");
        tty.type_in("exit 0\n");
        let (code, rest) = tty.end();
        assert_eq!(code, 0, "{serve} {rest}");
    }
}

#[test]
fn a_default_profile_does_not_win_over_the_endpoint() {
    let world = ready();
    world.write(
        ".aws/config",
        &format!("{CONFIG}\n[default]\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Developer\n"),
    );
    let outcome = Outcome::of(&mut served(
        &world,
        ["printenv", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"],
    ));
    assert_eq!(outcome.out, "/dev/null\n/dev/null\n", "{outcome:?}");
}
