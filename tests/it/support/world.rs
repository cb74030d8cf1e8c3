//! A world for one test: a home folder, a simulated Identity Center, and a person who signs in.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use identity_center::{IdentityCenter, Trust, browser};
use serde_json::Value;
use tempfile::TempDir;

use super::{json, run, watch};

/// The start URL of every simulated instance.
pub const START_URL: &str = "https://example.awsapps.com/start";

/// The token file of the session `corp`: `sha1("corp").json`.
pub const TOKEN: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

/// The file with the time that has passed for a world.
const CLOCK: &str = "clock";

/// The system's settings of a world.
pub const SYSTEM: &str = "system/config.ini";

/// A session `corp` with the profiles `prod`, `dev` and `tools`.
pub const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile prod]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1

[profile dev]
sso_session = corp
sso_account_id = 444455556666
sso_role_name = Developer

[profile tools]
sso_session = corp
sso_account_id = 012345678901
sso_role_name = ReadOnly
region = us-west-2
";

/// Home, Identity Center and browser of one test.
pub struct World {
    pub ic: IdentityCenter,
    home: TempDir,
    browser: Option<Person>,
    passed: Mutex<Duration>,
}

/// Says at its end that something is done.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Person {
    stop: Arc<AtomicBool>,
    opened: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// What a command did.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    /// An instance with three accounts, `CONFIG` in place, and a person who approves.
    pub fn new() -> Self {
        let world = Self::empty();
        world.write(".aws/config", CONFIG);
        world
    }

    /// [`Self::new`] with a role on top, which the profile `chained` takes with `prod`, and with `more` in
    /// the configuration.
    pub fn chained(more: &str) -> Self {
        let world = Self::empty();
        world.ic.add_iam_role("arn:aws:iam::111122223333:role/Deploy", Trust::anyone());
        let chained = "[profile chained]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\n\
                       source_profile = prod\nregion = us-east-1\n";
        world.write(".aws/config", &format!("{CONFIG}\n{chained}\n{more}"));
        world
    }

    /// An instance with three accounts, without any file.
    pub fn empty() -> Self {
        Self::with(IdentityCenter::start())
    }

    /// Around an Identity Center made by the test.
    pub fn with(ic: IdentityCenter) -> Self {
        ic.add_account("111122223333", "Acme Prod", "prod@example.com", &["Admin", "ReadOnly"]);
        ic.add_account("444455556666", "Acme Dev", "dev@example.com", &["Developer", "ReadOnly"]);
        ic.add_account("012345678901", "Tools", "tools@example.com", &["ReadOnly"]);
        let home = tempfile::Builder::new().prefix("ssoenv-test-").tempdir().expect("temp home");
        fs::create_dir_all(home.path().join("opened")).expect("folder for opened URLs");
        let script = "dir=$(dirname \"$0\")/opened\n\
                      printf '%s' \"$1\" > \"$dir/$$.tmp\" && mv \"$dir/$$.tmp\" \"$dir/$$.url\"\n";
        fs::write(home.path().join("browser.sh"), script).expect("browser script");
        let browser = Some(Person::start(home.path().join("opened"), ic.url()));
        Self { ic, home, browser, passed: Mutex::default() }
    }

    /// Home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A path below the home folder.
    pub fn path(&self, below: &str) -> PathBuf {
        self.home().join(below)
    }

    /// Writes a file below the home folder, with its folders.
    pub fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("below home")).expect("folders");
        fs::write(&path, text).expect("file below home");
        if text.contains(watch::MARK) {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("a mode");
        }
    }

    /// Writes a program below the home folder. Another process does: what a test beside this one starts
    /// at that moment would have the file open for writing as well, and such a file cannot be run.
    pub fn program(&self, below: &str, text: &str) -> PathBuf {
        let path = self.path(below);
        fs::create_dir_all(path.parent().expect("below home")).expect("folders");
        let mut write = Command::new("sh");
        write.args(["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh"]).arg(&path);
        let mut write = write.stdin(Stdio::piped()).spawn().expect("a shell");
        let mut to = write.stdin.take().expect("piped");
        to.write_all(text.as_bytes()).expect("text");
        drop(to);
        assert!(write.wait().expect("it ends").success());
        path
    }

    /// Copies a program to a place below the home folder, for the same reason by another process.
    pub fn copy_of(&self, program: impl AsRef<OsStr>, below: &str) -> PathBuf {
        let path = self.path(below);
        let mut copy = Command::new("cp");
        assert!(run::output(copy.arg(program.as_ref()).arg(&path)).status.success());
        path
    }

    /// Reads a file below the home folder.
    pub fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_else(|e| panic!("{below}: {e}"))
    }

    /// How many URLs the browser was asked to open.
    pub fn browser_opened(&self) -> usize {
        self.browser.as_ref().map_or(0, |person| person.opened.load(Ordering::SeqCst))
    }

    /// The environment of every command: nothing of the outside but `PATH`.
    pub fn env(&self) -> Vec<(String, String)> {
        let mut env = self.ic.env();
        let home = self.home().display().to_string();
        env.push(("BROWSER".into(), format!("/bin/sh {home}/browser.sh")));
        if self.path(CLOCK).exists() {
            env.push(("SSOENV_TEST_CLOCK".into(), format!("{home}/{CLOCK}")));
        }
        env.push(("SSOENV_TEST_SYSTEM".into(), format!("{home}/{SYSTEM}")));
        env.push(("HOME".into(), home));
        // The person at the browser is there, though programs run without a terminal.
        env.push(("SSOENV_LOGIN".into(), "always".into()));
        env.push(("LANG".into(), "C.UTF-8".into()));
        env.push(("PATH".into(), path()));
        env
    }

    /// Any program in this world.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env()).current_dir(self.home()).stdin(Stdio::null());
        command
    }

    /// The built program in this world.
    pub fn ssoenv<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_ssoenv"));
        command.args(args);
        command
    }

    /// Runs `ssoenv WORDS` (split at blanks) to its end.
    pub fn run(&self, words: &str) -> Outcome {
        Outcome::of(&mut self.ssoenv(words.split_whitespace()))
    }

    /// Runs `ssoenv WORDS`, which must end with 0, and gives its standard output.
    pub fn ok(&self, words: &str) -> String {
        let outcome = self.run(words);
        assert_eq!(outcome.code, 0, "ssoenv {words}: {outcome:?}");
        outcome.out
    }

    /// The fields of the token file of the session `corp`.
    pub fn token(&self) -> Value {
        json(&self.read(TOKEN))
    }

    /// Changes fields of that file.
    pub fn change_token(&self, change: impl FnOnce(&mut Value)) {
        let mut token = self.token();
        change(&mut token);
        self.write(TOKEN, &token.to_string());
    }

    /// Lets the token of the session `corp` look expired three days ago; a refresh still works.
    pub fn expire(&self) {
        self.change_token(|token| token["expiresAt"] = from_now(-3 * 86_400).into());
    }

    /// The JSON document that `ssoenv WORDS` prints.
    pub fn json(&self, words: &str) -> Value {
        json(&self.ok(words))
    }

    /// Lets time pass for the services and for all that is started after the first call: their clock
    /// is ahead from then on.
    pub fn pass(&self, time: Duration) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = self.ic.pass(time);
        // Replaced in one go: a program may look at any time.
        let next = self.path("clock.next");
        fs::write(&next, passed.as_millis().to_string()).expect("the clock can be set");
        fs::rename(next, self.path(CLOCK)).expect("the clock can be set");
    }

    /// Lets minutes pass in a second, until `work` has ended; programs that wait need not wait long.
    pub fn hurry<T>(&self, work: impl FnOnce() -> T) -> T {
        self.pass(Duration::ZERO);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    // Less than what a poll may come too early.
                    self.pass(Duration::from_millis(100));
                    thread::sleep(Duration::from_millis(2));
                }
            });
            // Said when `work` panics too.
            let _end = Done(&done);
            work()
        })
    }

    /// Panics if any secret that was ever issued stands in `text`.
    pub fn assert_no_secret(&self, text: &str) {
        for secret in self.ic.issued_secrets() {
            assert!(!text.contains(&secret), "a secret in: {text}");
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.ic.assert_clean();
            watch::home(self.home());
        }
    }
}

impl Outcome {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        Self::from(&run::output(command))
    }
}

impl From<&Output> for Outcome {
    fn from(output: &Output) -> Self {
        // Said where the machine is busy, and else not.
        let said = |line: &&str| !line.starts_with("waiting for an answer from ");
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr)
                .split_inclusive('\n')
                .filter(said)
                .collect(),
        }
    }
}

impl Person {
    fn start(folder: PathBuf, simulator: String) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let opened = Arc::new(AtomicUsize::new(0));
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&opened));
        let thread = thread::spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                    let path = entry.path();
                    if path.extension().is_some_and(|e| e == "url") {
                        let url = fs::read_to_string(&path).unwrap_or_default();
                        drop(fs::remove_file(&path));
                        count.fetch_add(1, Ordering::SeqCst);
                        // A page that is gone is the program's to notice.
                        drop(browser::open(&url, Some(&simulator)));
                    }
                }
                thread::sleep(Duration::from_millis(5));
            }
        });
        Self { stop, opened, thread: Some(thread) }
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// `2026-11-21T05:14:54Z`, so many seconds from now: a message may say how long ago that was.
pub fn from_now(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let at = i64::try_from(now).expect("this millennium") + seconds;
    ssoenv::domain::timestamp::Timestamp::from_seconds(at).to_rfc3339()
}

/// Runs a script in `sh` with `ssoenv` on its path.
pub fn sh(world: &World, script: &str) -> Outcome {
    Outcome::of(&mut sh_command(world, script))
}

/// What [`sh`] runs.
pub fn sh_command(world: &World, script: &str) -> Command {
    let bin = Path::new(env!("CARGO_BIN_EXE_ssoenv")).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), path());
    let mut command = world.command("/bin/sh");
    command.args(["-c", script]).env("PATH", path);
    command
}

/// The search path of the test run.
pub fn path() -> String {
    std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into())
}
