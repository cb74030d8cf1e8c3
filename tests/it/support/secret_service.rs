//! A Secret Service of a test's own: a private bus, and gnome-keyring on it in the world's home.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::DirBuilderExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{World, find, skip};
use crate::support::world::Outcome;

/// The programs, each of which must be there.
const PROGRAMS: [&str; 4] = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"];

/// A bus that starts nothing by itself.
const BUS: &str = "<busconfig><type>session</type><listen>unix:dir=RUN</listen>\
<auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";

const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// The daemons of one world; they end with it.
pub struct SecretService {
    env: Vec<(&'static str, String)>,
    bus: Child,
    keyring: Child,
    prompter: Option<Child>,
}

/// What a person does with the keyring's dialog.
#[derive(Clone, Copy)]
pub struct Person {
    /// How long they take.
    pub after: Duration,
    /// Whether they give the password.
    pub agrees: bool,
}

impl SecretService {
    /// Starts both, unlocked, without anything that shows dialogs; `None` with a printed line where
    /// that cannot be.
    pub fn start(world: &World) -> Option<Self> {
        Self::with(world, None)
    }

    /// The same with a person, who sees one dialog.
    pub fn with_person(world: &World, person: Person) -> Option<Self> {
        find("python3", "SSOENV_TEST_CLIENTS")?;
        Self::with(world, Some(person))
    }

    fn with(world: &World, person: Option<Person>) -> Option<Self> {
        if !ssoenv::io::keyring::BUILT {
            skip("this build is without the feature `keyring`");
            return None;
        }
        for program in PROGRAMS {
            find(program, "SSOENV_TEST_CLIENTS")?;
        }
        let run = world.path("run");
        fs::DirBuilder::new().mode(0o700).create(&run).expect("a folder for sockets");
        let run = run.display().to_string();
        world.write("bus.conf", &BUS.replace("RUN", &run));
        let mut bus = world
            .command("dbus-daemon")
            .args(["--nofork", "--print-address=1", "--config-file"])
            .arg(world.path("bus.conf"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the bus starts");
        let mut address = String::new();
        let out = bus.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut address).expect("an address");
        let mut env = vec![
            ("DBUS_SESSION_BUS_ADDRESS", address.trim_end().to_owned()),
            ("XDG_RUNTIME_DIR", run),
        ];
        let mut prompter = None;
        if let Some(person) = person {
            let (child, name) = start_prompter(world, &env, person);
            env.push(("GNOME_KEYRING_TEST_PROMPTER", name));
            prompter = Some(child);
        }
        let keyring = daemon(world, &env);
        let service = Self { env, bus, keyring, prompter };
        service.wait(world);
        Some(service)
    }

    fn wait(&self, world: &World) {
        let started = Instant::now();
        let unlocked = || self.send(world, &["Get", LOGIN]).contains("boolean false");
        while !unlocked() {
            assert!(started.elapsed() < Duration::from_secs(30), "no keyring in 30 s");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Any program in the world and on the bus.
    pub fn command(&self, world: &World, program: &str) -> Command {
        let mut command = world.command(program);
        command.envs(self.env.clone());
        command
    }

    /// `ssoenv WORDS`, to be run.
    pub fn ssoenv(&self, world: &World, words: &str) -> Command {
        let mut command = world.ssoenv(words.split_whitespace());
        command.envs(self.env.clone());
        command
    }

    /// Runs `ssoenv WORDS` to its end.
    pub fn run(&self, world: &World, words: &str) -> Outcome {
        Outcome::of(&mut self.ssoenv(world, words))
    }

    /// Runs `ssoenv WORDS`, which must end with 0; what it printed.
    pub fn ok(&self, world: &World, words: &str) -> String {
        let outcome = self.run(world, words);
        assert_eq!(outcome.code, 0, "ssoenv {words}: {outcome:?}");
        outcome.out
    }

    /// The secret of an entry of ssoenv, by another program.
    pub fn entry(&self, world: &World, name: &str) -> Option<String> {
        let mut command = self.command(world, "secret-tool");
        command.args(["lookup", "service", "ssoenv", "username", name]);
        let outcome = Outcome::of(&mut command);
        (outcome.code == 0).then_some(outcome.out)
    }

    /// How many entries ssoenv has.
    pub fn entries(&self, world: &World) -> usize {
        let mut command = self.command(world, "secret-tool");
        command.args(["search", "--all", "service", "ssoenv"]);
        Outcome::of(&mut command).out.matches("secret = ").count()
    }

    /// Replaces the secret of an entry, by another program.
    pub fn replace(&self, world: &World, name: &str, secret: &str) {
        let mut clear = self.command(world, "secret-tool");
        clear.args(["clear", "service", "ssoenv", "username", name]);
        assert_eq!(Outcome::of(&mut clear).code, 0);
        self.add(world, name, secret);
    }

    /// Adds an entry of ssoenv, by another program.
    pub fn add(&self, world: &World, name: &str, secret: &str) {
        let mut store = self.command(world, "secret-tool");
        store.args(["store", "--label=x", "service", "ssoenv", "username", name]);
        let mut child = store.stdin(Stdio::piped()).spawn().expect("secret-tool starts");
        child.stdin.take().expect("piped").write_all(secret.as_bytes()).expect("it reads");
        assert!(child.wait().expect("it ends").success());
    }

    /// Locks it.
    pub fn lock(&self, world: &World) {
        self.send(world, &["Lock", LOGIN]);
        assert!(self.send(world, &["Get", LOGIN]).contains("boolean true"), "it is locked");
    }

    /// Unlocks it, as a new session of the desktop does.
    pub fn unlock(&mut self, world: &World) {
        self.kill();
        self.keyring = daemon(world, &self.env);
        self.wait(world);
    }

    /// Kills the keyring; the bus stays.
    pub fn kill(&mut self) {
        end(&mut self.keyring);
    }

    /// Stops the keyring as a debugger would, or lets it go on.
    pub fn pause(&self, paused: bool) {
        let id = i32::try_from(self.keyring.id()).expect("an id");
        let pid = rustix::process::Pid::from_raw(id).expect("an id");
        let signal =
            if paused { rustix::process::Signal::STOP } else { rustix::process::Signal::CONT };
        rustix::process::kill_process(pid, signal).expect("signalled");
    }

    fn send(&self, world: &World, call: &[&str]) -> String {
        let mut command = self.command(world, "dbus-send");
        command.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"]);
        match call {
            ["Lock", path] => command.args([
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.Lock",
                &format!("array:objpath:{path}"),
            ]),
            [method, path] => command.args([
                path,
                &*format!("org.freedesktop.DBus.Properties.{method}"),
                "string:org.freedesktop.Secret.Collection",
                "string:Locked",
            ]),
            _ => panic!("{call:?}"),
        };
        Outcome::of(&mut command).out
    }
}

fn start_prompter(
    world: &World,
    env: &[(&'static str, String)],
    person: Person,
) -> (Child, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/keyring_prompter.py");
    let mut child = world
        .command("python3")
        .envs(env.to_vec())
        .args([script, &person.after.as_millis().to_string()])
        .arg(if person.agrees { "ok" } else { "cancel" })
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the prompter starts");
    let mut name = String::new();
    let out = child.stdout.take().expect("piped");
    BufReader::new(out).read_line(&mut name).expect("a name");
    (child, name.trim_end().to_owned())
}

fn daemon(world: &World, env: &[(&'static str, String)]) -> Child {
    let mut child = world
        .command("gnome-keyring-daemon")
        .envs(env.to_vec())
        .args(["--unlock", "--components=secrets", "--foreground"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the keyring starts");
    child.stdin.take().expect("piped").write_all(b"password").expect("it reads");
    child
}

fn end(child: &mut Child) {
    drop(child.kill());
    drop(child.wait());
}

impl Drop for SecretService {
    fn drop(&mut self) {
        end(&mut self.keyring);
        self.prompter.iter_mut().for_each(end);
        end(&mut self.bus);
    }
}
