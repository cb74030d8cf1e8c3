//! A process that holds tokens leaves no core dump, and what it runs is dumped as ever.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use crate::support::run::{self, Running};
use crate::support::world::Outcome;
use crate::support::{World, can_trace, skip, wait_until};

/// `command` with core dumps allowed, in a folder of the world.
fn dumping(world: &World, command: &Command) -> Command {
    let mut shell = world.command("/bin/sh");
    shell.args(["-c", "ulimit -c unlimited && exec \"$0\" \"$@\""]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.current_dir(world.home()).stdin(Stdio::null());
    shell.stdout(Stdio::null());
    shell
}

/// Starts the command, waits until it is the program of that name and sleeps, and kills it as a
/// crash would.
fn crash(name: &str, command: &mut Command) -> ExitStatus {
    let mut child = Running::start(command);
    let proc = format!("/proc/{}", child.id());
    wait_until(name, || {
        let stat = std::fs::read_to_string(format!("{proc}/stat")).unwrap_or_default();
        stat.contains(&format!("({name}) S"))
    });
    let pid = child.id().to_string();
    let killed = run::output(Command::new("/bin/kill").args(["-ABRT", &pid]));
    assert!(killed.status.success());
    child.wait().expect("it ends")
}

#[test]
fn tokens_are_not_dumped() {
    let world = World::new();
    world.ok("use prod");
    let mut sleep = world.command("/bin/sleep");
    let plain = crash("sleep", &mut dumping(&world, sleep.arg("60")));
    if !plain.core_dumped() {
        skip("nothing leaves a core dump here");
        return;
    }
    let server = world.ssoenv(["serve", "prod"]);
    let status = crash("ssoenv", &mut dumping(&world, &server));
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false), "serve");
    let command = world.ssoenv(["exec", "prod", "--", "/bin/sleep", "60"]);
    let status = crash("sleep", &mut dumping(&world, &command));
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), true), "the command of exec");
    // The limit is nobody's but the user's.
    let limit = world.ssoenv(["exec", "prod", "--", "/bin/sh", "-c", "ulimit -c"]);
    let output = run::output(dumping(&world, &limit).stdout(Stdio::piped()));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "unlimited");
}

/// Also where nothing leaves a core dump.
#[test]
fn the_kernel_is_told_to_dump_nothing() {
    let world = World::new();
    world.ok("login");
    if !can_trace(&world) {
        return;
    }
    for words in ["login --force", "credentials prod", "console prod --federate --print"] {
        let log = world.path("calls");
        let mut command = world.command("strace");
        command
            .args(["-qq", "-e", "trace=prctl", "-o"])
            .arg(&log)
            .arg(env!("CARGO_BIN_EXE_ssoenv"));
        assert_eq!(Outcome::of(command.args(words.split(' '))).code, 0, "{words}");
        let calls = std::fs::read_to_string(log).expect("the trace");
        assert!(calls.contains("PR_SET_DUMPABLE, SUID_DUMP_DISABLE"), "`{words}`: {calls}");
    }
}
