//! What is measured, and the budget that each has.

use std::path::Path;
use std::process::Command;

use crate::measure::Subject;
use crate::programs;
use crate::stage::{Home, KEY_ID};

/// What a figure is held against.
pub enum Budget {
    /// At most so many times the time of this row.
    Times(f64, &'static str),
    /// At least so many times faster than this row.
    Faster(f64, &'static str),
    /// At most so many milliseconds.
    Millis(f64),
}

/// The row that everything is compared with.
pub const TRUE: &str = "`/bin/true`";
/// The AWS CLI's cached export.
pub const AWS: &str = "AWS CLI `configure export-credentials`";
/// Rows that others are held against.
pub const USE_10: &str = "`use`, cached, 10 profiles";
pub const CREDENTIALS_10: &str = "`credentials`, cached, 10 profiles";

/// A command with cached credentials.
pub const EXEC: &str = "`exec` of `/bin/true`, cached, 10 profiles";
/// The same with many profiles.
const EXEC_10_000: &str = "`exec` of `/bin/true`, cached, 10,000 profiles";

/// A listing that has to read the files.
const LIST_FIRST: &str = "`list`, 10,000 profiles, files just changed";
/// The checks that need no network.
const DOCTOR: &str = "`doctor --offline`, 1,000 profiles";
/// What people read, with 10,000 profiles and 3,000 kept roles.
const READ: [(&str, &[&str], &str); 3] = [
    ("`status`, 10,000 profiles", &["status"], "corp"),
    ("`roles`, 3,000 roles", &["roles"], "ReadOnly"),
    ("`doctor --offline`, 10,000 profiles", &["doctor", "--offline"], "0 failed"),
];

/// Homes with 10, 1,000 and 10,000 profiles.
pub struct Homes {
    pub ten: Home,
    pub thousand: Home,
    pub ten_thousand: Home,
}

impl Homes {
    /// Makes them.
    pub fn new() -> Self {
        Self { ten: Home::new(10), thousand: Home::new(1_000), ten_thousand: Home::new(10_000) }
    }
}

/// The calls of ssoenv that must cost next to nothing.
pub fn fast(binary: &Path, homes: &Homes) -> Vec<Subject> {
    let cached_use = |home: &Home| switch(binary, home);
    let cached_credentials = |home: &Home| home.command(binary, &["credentials", &home.profile()]);
    let completion = |home: &Home| complete(binary, home);
    vec![
        Subject::new("`prompt`", prompt(binary, &homes.ten), "Acme"),
        Subject::new("`init bash`", homes.ten.command(binary, &["init", "bash"]), "ssoenv"),
        Subject::new(USE_10, cached_use(&homes.ten), KEY_ID),
        Subject::new("`use`, cached, 10,000 profiles", cached_use(&homes.ten_thousand), KEY_ID),
        Subject::new(CREDENTIALS_10, cached_credentials(&homes.ten), KEY_ID),
        Subject::new(
            "`credentials`, cached, 10,000 profiles",
            cached_credentials(&homes.ten_thousand),
            KEY_ID,
        ),
        Subject::new(EXEC, exec(binary, &homes.ten, "/bin/true"), ""),
        Subject::new(EXEC_10_000, exec(binary, &homes.ten_thousand, "/bin/true"), ""),
        Subject::new("completion, 10 profiles", completion(&homes.ten), &homes.ten.profile()),
        Subject::new(
            "completion, 1,000 profiles",
            completion(&homes.thousand),
            &homes.thousand.profile(),
        ),
        Subject::new(
            "completion, 10,000 profiles",
            completion(&homes.ten_thousand),
            &homes.ten_thousand.profile(),
        ),
    ]
}

/// What has to be as fast however many profiles there are.
pub fn cached(binary: &Path, home: &Home) -> Vec<Subject> {
    vec![
        Subject::new(USE_10, switch(binary, home), KEY_ID),
        Subject::new("completion", complete(binary, home), &home.profile()),
    ]
}

fn switch(binary: &Path, home: &Home) -> Command {
    home.command(binary, &["use", &home.profile(), "--shell", "bash"])
}

fn exec(binary: &Path, home: &Home, program: impl AsRef<Path>) -> Command {
    let mut command = home.command(binary, &["exec", &home.profile(), "--"]);
    command.arg(program.as_ref());
    command
}

/// The segment, as a prompt tool asks for it: all that it needs is in the environment.
fn prompt(binary: &Path, home: &Home) -> Command {
    let mut command = home.command(binary, &["prompt"]);
    command
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("SSOENV_PROFILE", "prod")
        .env("SSOENV_ACCOUNT_ID", "111122223333")
        .env("SSOENV_ACCOUNT_NAME", "Acme Production")
        .env("SSOENV_ROLE", "Admin")
        .env("SSOENV_MODE", "keys")
        .env("SSOENV_EXPIRES_AT", "4102444800")
        .env("SSOENV_KEY_ID", KEY_ID)
        .env("SSOENV_LABEL", "Acme Production Admin");
    command
}

/// `ssoenv use p0500<TAB>`, as the bash adapter asks.
fn complete(binary: &Path, home: &Home) -> Command {
    let mut command = home.command(binary, &[&format!("ssoenv use {}", home.prefix())]);
    command.env("SSOENV_COMPLETE", "bash");
    command
}

/// Listings: from the index, and, as after each change of a file, without one.
pub fn listings(binary: &Path, homes: &Homes) -> Vec<Subject> {
    let list = |home: &Home| home.command(binary, &["list"]);
    let mut first = list(&homes.ten_thousand);
    // A folder that cannot be made: the index is never there.
    first.env("XDG_CACHE_HOME", "/dev/null/none");
    let lists = [
        ("`list`, 10 profiles", &homes.ten, list(&homes.ten), 1),
        ("`list`, 1,000 profiles", &homes.thousand, list(&homes.thousand), 2),
        ("`list`, 10,000 profiles", &homes.ten_thousand, list(&homes.ten_thousand), 10),
        (LIST_FIRST, &homes.ten_thousand, first, 10),
    ]
    .map(|(name, home, command, every)| Subject::new(name, command, &home.profile()).every(every));
    let doctor = homes.thousand.command(binary, &["doctor", "--offline"]);
    let doctor = Subject::new(DOCTOR, doctor, "0 failed").every(10);
    let read = READ.map(|(name, words, expect)| {
        Subject::new(name, homes.ten_thousand.command(binary, words), expect).every(10)
    });
    lists.into_iter().chain([doctor]).chain(read).collect()
}

/// `/bin/true` and Rust programs that print one word.
pub fn floor(homes: &Homes, folder: &Path) -> Vec<Subject> {
    let mut subjects = vec![Subject::new(TRUE, homes.ten.command("/bin/true", &[]), "")];
    for (name, target) in [
        ("bare Rust program, musl static", "x86_64-unknown-linux-musl"),
        ("bare Rust program, glibc", "x86_64-unknown-linux-gnu"),
    ] {
        if let Some(program) = programs::bare(folder, target) {
            subjects.push(Subject::new(name, homes.ten.command(program, &[]), "bare"));
        } else {
            eprintln!("skipped: {name} (the target {target} is not installed)");
        }
    }
    subjects
}

/// boto3 with the AWS CLI's cache, as the AWS CLI itself resolves: no request is made.
const BOTO3: &str = "\
import os, sys, boto3, botocore.session
from botocore.utils import JSONFileCache
session = botocore.session.Session(profile=sys.argv[1])
cache = JSONFileCache(os.path.expanduser('~/.aws/cli/cache'))
session.get_component('credential_provider').get_provider('sso').cache = cache
print(boto3.Session(botocore_session=session).get_credentials().access_key)
";

/// What else gives out cached credentials.
pub fn peers(homes: &Homes) -> Vec<Subject> {
    let (home, key) = (&homes.ten, KEY_ID);
    let profile = home.profile();
    let mut subjects = Vec::new();
    if let Some(aws) = programs::aws_cli() {
        let words = ["configure", "export-credentials", "--profile", &profile];
        subjects.push(Subject::new(AWS, home.command(aws, &words), key).every(20));
    } else {
        eprintln!("skipped: AWS CLI version 2 is not installed");
    }
    if let Some(python) = programs::python() {
        let command = home.command(python, &["-c", BOTO3, &profile]);
        subjects.push(Subject::new("boto3, cached", command, key).every(20));
    } else {
        eprintln!("skipped: boto3 is not installed");
    }
    // Neither knows named sessions: one is given legacy keys, the other its cache by name.
    let cache = home.credentials_file().display().to_string();
    for (name, words) in [
        ("aws-sso-util", &["credential-process", "--profile", Home::LEGACY][..]),
        ("aws-export-credentials", &["--json", "--profile", &profile, "--cache-file", &cache][..]),
    ] {
        if let Some(program) = programs::peer(name) {
            subjects.push(Subject::new(name, home.command(program, words), key).every(20));
        } else {
            eprintln!("skipped: {name} is not installed");
        }
    }
    subjects
}

/// Registry packages for the same task that are not in the table, and why.
pub const NOT_MEASURED: [(&str, &str); 5] = [
    ("AWS CLI 1 (`awscli`, PyPI)", "has no `configure export-credentials`"),
    ("`aws2-wrap` (PyPI)", "runs the AWS CLI, and asks the portal at each call"),
    ("`yawsso` (PyPI)", "runs the AWS CLI 2, and asks the portal at each call"),
    ("`aws-sso-creds-helper` (npm)", "asks the portal at each call, writes static keys"),
    ("`@aws-sdk/credential-providers` (npm)", "`fromSSO` keeps no role credentials on disk"),
];

/// The contract's budget of a row.
pub fn budgets(row: &str) -> Vec<Budget> {
    match row {
        "`prompt`" => vec![Budget::Times(1.0, TRUE)],
        USE_10 | CREDENTIALS_10 => vec![Budget::Times(1.0, TRUE), Budget::Faster(300.0, AWS)],
        "`use`, cached, 10,000 profiles" => vec![Budget::Times(1.5, USE_10)],
        "`credentials`, cached, 10,000 profiles" => vec![Budget::Times(1.5, CREDENTIALS_10)],
        "completion, 10,000 profiles" => vec![Budget::Times(3.0, TRUE)],
        // Its own work, and that of the program that it becomes.
        EXEC => vec![Budget::Times(2.0, TRUE)],
        EXEC_10_000 => vec![Budget::Times(1.5, EXEC)],
        DOCTOR => vec![Budget::Millis(50.0)],
        "`list`, 10,000 profiles" | LIST_FIRST => vec![Budget::Millis(25.0)],
        row if READ.iter().any(|(name, ..)| *name == row) => vec![Budget::Millis(25.0)],
        _ => Vec::new(),
    }
}
