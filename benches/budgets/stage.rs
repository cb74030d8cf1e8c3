//! Home folders whose caches are warm: hand-made files of the AWS CLI's shape, no network.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use sha1::{Digest, Sha1};
use ssoenv::domain::fingerprint::fingerprint;
use tempfile::TempDir;

/// The key in the cache, by which an answer is known.
pub const KEY_ID: &str = "ASIAEXAMPLEEXAMPLE00";
/// The session of every profile.
const SESSION: &str = "corp";
const START_URL: &str = "https://example.awsapps.com/start";

/// Accounts of a large organization, with three roles each.
const ACCOUNTS: usize = 1_000;

/// A home folder with a number of profiles, a token, and cached credentials of one of them.
pub struct Home {
    folder: TempDir,
    profiles: usize,
    env: Vec<(String, String)>,
}

impl Home {
    /// A profile with the portal in its own keys, as before named sessions.
    pub const LEGACY: &str = "legacy";

    /// Profiles `p00000` … of one session; the one in the middle of the file has credentials.
    pub fn new(profiles: usize) -> Self {
        let folder = tempfile::Builder::new().prefix("ssoenv-bench-").tempdir().expect("temp home");
        let home = Self { folder, profiles, env: Vec::new() };
        home.write(".aws/config", &config(profiles));
        home.write(
            &format!(".cache/ssoenv/directory/{}.json", name(SESSION)),
            &directory(profiles.min(ACCOUNTS)),
        );
        let (access, refresh) = ("a".repeat(360), "r".repeat(360));
        home.log_in(&access, &refresh, ("client", &"s".repeat(1700)));
        home.log_in_file(START_URL, &access, &refresh, ("client", "secret"));
        let portal = format!(
            r#"{{"accountId":"{}","roleName":"Admin","startUrl":"{START_URL}"}}"#,
            account(home.middle())
        );
        home.write(&format!(".aws/cli/cache/{}.json", name(&portal)), &credentials());
        home.write(&home.credentials_name(), &credentials());
        // As if ssoenv had fetched them: a hook looks at this before each prompt.
        let stamp = format!(".local/state/ssoenv/stamps/{}", home.key());
        home.write(&stamp, &format!("{} {}\n", fingerprint(KEY_ID) % 1_000_000_000_000, seconds()));
        home
    }

    /// The hash that names the role's files.
    fn key(&self) -> String {
        name(&format!(
            r#"{{"accountId":"{}","roleName":"Admin","sessionName":"{SESSION}"}}"#,
            account(self.middle())
        ))
    }

    fn credentials_name(&self) -> String {
        format!(".aws/cli/cache/{}.json", self.key())
    }

    /// The file with the cached credentials.
    pub fn credentials_file(&self) -> PathBuf {
        self.path().join(self.credentials_name())
    }

    /// The same with more variables for every command.
    pub fn with_env(mut self, env: Vec<(String, String)>) -> Self {
        self.env = env;
        self
    }

    /// Puts a token of the session into the cache: access and refresh token, client id and secret.
    pub fn log_in(&self, access: &str, refresh: &str, client: (&str, &str)) {
        self.log_in_file(SESSION, access, refresh, client);
    }

    fn log_in_file(&self, key: &str, access: &str, refresh: &str, (client, secret): (&str, &str)) {
        let later = later();
        let text = format!(
            r#"{{"startUrl": "{START_URL}", "region": "us-east-1", "accessToken": "{access}", "expiresAt": "{later}", "clientId": "{client}", "clientSecret": "{secret}", "registrationExpiresAt": "{later}", "refreshToken": "{refresh}"}}"#,
        );
        self.write(&format!(".aws/sso/cache/{}.json", name(key)), &text);
    }

    /// The number of the profile in the middle of the file.
    fn middle(&self) -> usize {
        self.profiles / 2
    }

    /// The profile whose credentials are cached.
    pub fn profile(&self) -> String {
        profile(self.middle())
    }

    /// A prefix that leaves at most ten profiles.
    pub fn prefix(&self) -> String {
        let mut name = self.profile();
        name.pop();
        name
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command in this home, with nothing else of the outside but the search path.
    pub fn command(&self, program: impl AsRef<Path>, words: &[&str]) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .args(words)
            .env_clear()
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Writes a file of mode 0600 below the home folder, with its folders.
    pub fn write(&self, below: &str, text: &str) -> PathBuf {
        let path = self.path().join(below);
        let folder = path.parent().expect("below home");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).expect("folders");
        let mut file = fs::OpenOptions::new();
        let mut file =
            file.write(true).create(true).truncate(true).mode(0o600).open(&path).expect("a file");
        std::io::Write::write_all(&mut file, text.as_bytes()).expect("text in a file");
        path
    }
}

fn profile(number: usize) -> String {
    format!("p{number:05}")
}

fn account(number: usize) -> String {
    format!("{:012}", 100_000_000_000 + number % ACCOUNTS)
}

/// The kept list of accounts and their roles.
fn directory(accounts: usize) -> String {
    let now = seconds() - 12 * 3600;
    let accounts = (0..accounts).map(|number| {
        format!(
            r#"{{"id":"{}","name":"Account {number}","email":"a{number}@example.com","roles":["Admin","Developer","ReadOnly"],"round":1}}"#,
            account(number)
        )
    });
    let accounts = accounts.collect::<Vec<_>>().join(",");
    format!(
        r#"{{"start_url":"{START_URL}","accounts_at":{now},"roles_at":{now},"round":1,"unfinished":false,"accounts":[{accounts}]}}"#
    )
}

fn config(profiles: usize) -> String {
    let mut text = format!(
        "[sso-session {SESSION}]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n"
    );
    for number in 0..profiles {
        write!(
            text,
            "\n[profile {}]\nsso_session = {SESSION}\nsso_account_id = {}\n\
             sso_role_name = Admin\nregion = eu-west-1\noutput = json\n",
            profile(number),
            account(number)
        )
        .expect("text grows");
    }
    write!(
        text,
        "\n[profile {}]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n\
         sso_account_id = {}\nsso_role_name = Admin\nregion = eu-west-1\n",
        Home::LEGACY,
        account(profiles / 2)
    )
    .expect("text grows");
    text
}

/// Twelve hours from the first call: longer than any run.
fn seconds() -> i64 {
    static LATER: LazyLock<i64> = LazyLock::new(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        i64::try_from(now).expect("before the year 292 billion") + 12 * 3600
    });
    *LATER
}

fn later() -> String {
    jiff::Timestamp::from_second(seconds()).expect("a near time").to_string()
}

fn credentials() -> String {
    format!(
        r#"{{"ProviderType": "sso", "Credentials": {{"AccessKeyId": "{KEY_ID}", "SecretAccessKey": "{}", "SessionToken": "{}", "Expiration": "{}", "AccountId": "100000000005"}}}}"#,
        "k/+0".repeat(10),
        "IQoJb3JpZ2luX2Vj".repeat(48),
        later()
    )
}

/// The AWS CLI's cache file names.
fn name(key: &str) -> String {
    let mut text = String::new();
    for byte in Sha1::digest(key.as_bytes()) {
        write!(text, "{byte:02x}").expect("text grows");
    }
    text
}
