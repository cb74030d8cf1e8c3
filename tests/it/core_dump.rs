//! A process that holds tokens leaves no core dump, and what it runs is dumped as ever.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::World;

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
    shell.stdout(Stdio::null()).stderr(Stdio::null());
    shell
}

/// Kills the process as a crash would.
fn crash(mut child: Child) -> ExitStatus {
    thread::sleep(Duration::from_secs(1));
    let pid = child.id().to_string();
    let killed = Command::new("/bin/kill").args(["-ABRT", &pid]).status();
    assert!(killed.expect("kill").success());
    child.wait().expect("it ends")
}

#[test]
fn tokens_are_not_dumped() {
    let world = World::new();
    world.ok("use prod");
    let mut sleep = world.command("/bin/sleep");
    let plain = crash(dumping(&world, sleep.arg("60")).spawn().expect("it starts"));
    if !plain.core_dumped() {
        eprintln!("skipped: nothing leaves a core dump here");
        return;
    }
    let server = world.ssoenv(["serve", "prod"]);
    let status = crash(dumping(&world, &server).spawn().expect("it starts"));
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false), "serve");
    let command = world.ssoenv(["exec", "prod", "--", "/bin/sleep", "60"]);
    let status = crash(dumping(&world, &command).spawn().expect("it starts"));
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), true), "the command of exec");
    // The limit is nobody's but the user's.
    let limit = world.ssoenv(["exec", "prod", "--", "/bin/sh", "-c", "ulimit -c"]);
    let output = dumping(&world, &limit).stdout(Stdio::piped()).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "unlimited");
}
