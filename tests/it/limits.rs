//! What a configuration may ask for without an end: programs that never end or print for ever, and
//! profiles that stand on each other.

use std::fmt::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::support::run::Running;
use crate::support::world::Outcome;
use crate::support::{World, can_trace, run, wait_for, wait_until};

const JSON: &str = r#"{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"SECRET"}"#;

/// A world whose profile `dev` runs this script.
fn with_process(script: &str) -> World {
    let world = World::empty();
    world.write("json", JSON);
    world.write("script", script);
    world.write(".aws/config", "[profile dev]\ncredential_process = sh script\n");
    world
}

fn start(world: &World, env: &[(&str, &str)]) -> Running {
    let mut command = world.ssoenv(["credentials", "dev"]);
    Running::start(command.envs(env.iter().copied()).stdout(Stdio::piped()))
}

/// The process that a script has written down.
fn noted(world: &World) -> Pid {
    let text = wait_for("the process", || {
        std::fs::read_to_string(world.path("pid")).ok().filter(|text| text.ends_with('\n'))
    });
    Pid::from_raw(text.trim().parse().expect("a number")).expect("a process")
}

#[test]
fn a_process_that_does_not_end_is_ended() {
    for script in
        ["echo $$ >pid; exec sleep 1000", "trap '' TERM; echo $$ >pid; sleep 1000; sleep 1000"]
    {
        let world = with_process(script);
        world.pass(Duration::ZERO);
        let running = start(&world, &[("SSOENV_LOGIN_TIMEOUT", "60")]);
        running.wait_for_line("waiting for `sh`");
        let process = noted(&world);
        world.pass(Duration::from_secs(61));
        world.says("limits/late", &Outcome::from(&running.end()));
        assert!(test_kill_process(process).is_err(), "it runs on");
    }
}

#[test]
fn ctrl_c_ends_a_process_too() {
    let world = with_process("echo $$ >pid; exec sleep 1000");
    let running = start(&world, &[]);
    let process = noted(&world);
    kill_process(Pid::from_child(&running), Signal::INT).expect("signalled");
    let outcome = Outcome::from(&running.end());
    assert_eq!((outcome.code, outcome.out.as_str()), (130, ""), "{outcome:?}");
    // Dead at once, and gone when init has taken notice.
    wait_until("the end of the process", || test_kill_process(process).is_err());
}

#[test]
fn a_process_that_prints_without_an_end_is_ended() {
    for script in ["exec yes", "head -c 65537 /dev/zero", "cat json; exec yes ' '"] {
        let world = with_process(script);
        world.says("limits/too_much", &Outcome::from(&start(&world, &[]).end()));
    }
}

#[test]
fn what_a_process_says_besides_and_whoever_it_leaves_behind_is_no_matter() {
    for script in [
        "head -c 9000000 /dev/zero >&2; cat json",
        "sleep 60 & echo $! >pid; cat json",
        "head -c 60000 /dev/zero | tr '\\0' ' '; cat json",
        "exec 2>&-; cat json",
    ] {
        let world = with_process(script);
        let start = Instant::now();
        let outcome = world.run("credentials dev");
        assert_eq!(outcome.code, 0, "{script}: {outcome:?}");
        assert!(outcome.out.contains("AKIDEXAMPLE"), "{script}: {outcome:?}");
        assert!(start.elapsed() < Duration::from_secs(20), "{script}: {:?}", start.elapsed());
        if world.path("pid").exists() {
            let _ = kill_process(noted(&world), Signal::KILL);
        }
    }
}

/// A configuration in which each profile names the next one, and the last one holds keys; or names
/// the first.
fn chain(length: usize, is_loop: bool) -> World {
    let mut text = String::new();
    for at in 0..length {
        let source = match at + 1 {
            next if next < length => format!("p{next}"),
            _ if is_loop => "p0".to_owned(),
            _ => "base".to_owned(),
        };
        writeln!(
            text,
            "[profile p{at}]\nrole_arn = arn:aws:iam::111122223333:role/R{at}\nsource_profile = {source}\n\
             region = us-east-1"
        )
        .expect("text");
    }
    text += "[profile base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = SECRET\n";
    let world = World::empty();
    world.write(".aws/config", &text);
    world
}

#[test]
fn chains_have_a_limit_and_its_error_says_so() {
    let steps = "follows more than 32 `source_profile` steps";
    let outcome = chain(32, false).run("credentials p0");
    assert!(outcome.code != 0 && !outcome.err.contains(steps), "{outcome:?}");
    for length in [33, 10_000] {
        let world = chain(length, false);
        for words in ["credentials p0", "use p0 --shell sh", "whoami p0"] {
            let outcome = world.run(words);
            assert_eq!((outcome.code, outcome.out.as_str()), (6, ""), "{words}: {outcome:?}");
            assert!(outcome.err.contains(steps), "{words}: {outcome:?}");
        }
        world.says("limits/chain", &world.run("credentials p0"));
        for words in ["list --json", "status", "profile show p0"] {
            assert_eq!(world.run(words).code, 0, "{words}");
        }
        // The end of it is as good as ever.
        world.ok("credentials base");
    }
}

#[test]
fn a_short_loop_is_told_with_its_way() {
    let world = chain(3, true);
    let outcome = world.run("credentials p0");
    assert!(outcome.err.contains("leads back to itself: `p0` → `p1` → `p2` → `p0`"), "{outcome:?}");
}

#[test]
fn doctor_gets_through_a_loop_of_thousands() {
    let world = chain(3_000, true);
    let running = Running::start(world.ssoenv(["doctor", "--json"]).stdout(Stdio::piped()));
    let start = Instant::now();
    let outcome = Outcome::from(&running.end());
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    assert!(outcome.out.contains("follows more than 32"), "{}", outcome.err);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn status_looks_for_credentials_and_not_for_profiles() {
    let mut text = crate::support::world::CONFIG.to_owned();
    for at in 0..2_000 {
        writeln!(
            text,
            "[profile more{at}]\nsso_session = corp\nsso_account_id = {}\nsso_role_name = Admin",
            100_000_000_000_u64 + at
        )
        .expect("text");
    }
    let world = World::empty();
    world.write(".aws/config", &text);
    world.ok("login");
    world.ok("use prod --shell sh");
    if !can_trace(&world) {
        return;
    }
    let mut command = world.command("strace");
    command.args(["-f", "-o", "trace", "-e", "trace=openat,open", env!("CARGO_BIN_EXE_ssoenv")]);
    let outcome = Outcome::from(&run::output(command.arg("status")));
    assert!(outcome.out.contains("; credentials of 1 profile still live"), "{outcome:?}");
    let opened = world.read("trace").matches("cli/cache").count();
    assert!((1..20).contains(&opened), "{opened} files");
}
