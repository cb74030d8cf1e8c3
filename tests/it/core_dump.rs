//! A process that holds tokens leaves no core dump, and what it runs is dumped as ever.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::World;
use crate::support::run::{self, Running};

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

/// Starts the command, and kills it as a crash would.
fn crash(command: &mut Command) -> ExitStatus {
    let mut child = Running::start(command);
    thread::sleep(Duration::from_secs(1));
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
    let plain = crash(&mut dumping(&world, sleep.arg("60")));
    if !plain.core_dumped() {
        eprintln!("skipped: nothing leaves a core dump here");
        return;
    }
    let server = world.ssoenv(["serve", "prod"]);
    let status = crash(&mut dumping(&world, &server));
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false), "serve");
    let command = world.ssoenv(["exec", "prod", "--", "/bin/sleep", "60"]);
    let status = crash(&mut dumping(&world, &command));
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), true), "the command of exec");
    // The limit is nobody's but the user's.
    let limit = world.ssoenv(["exec", "prod", "--", "/bin/sh", "-c", "ulimit -c"]);
    let output = run::output(dumping(&world, &limit).stdout(Stdio::piped()));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "unlimited");
}
