//! Every secret that the simulated services issue holds a marker. It is looked for wherever it must
//! not be: in words, logs, arguments, environments and in files that others can read.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use identity_center::{Operation, Reply, Trust};

use crate::support::World;
use crate::support::find;
use crate::support::world::{CONFIG, Outcome};

const MARK: &str = "SENTINEL";

/// Commands, and whether their standard output is there to hold secrets.
const COMMANDS: [(&str, bool); 38] = [
    ("status", false),
    ("status --json", false),
    ("list --json", false),
    ("login", false),
    ("login --force", false),
    ("login --device-code --force", false),
    ("login --sso-session nobody", false),
    ("use prod --shell bash", true),
    ("use prod --shell fish", true),
    ("use prod --shell powershell", true),
    ("use prod --mode profile", false),
    ("use nobody", false),
    ("use --account 111122223333 --role Nobody", false),
    ("use chained --shell sh", true),
    ("use denied", false),
    ("clear", false),
    ("accounts --refresh", false),
    ("accounts --json", false),
    ("roles --refresh --json", false),
    ("roles 111122223333", false),
    ("credentials prod", true),
    ("credentials prod --format json", true),
    ("credentials nobody", false),
    ("exec prod -- true", false),
    ("exec prod -- false", false),
    ("exec prod -- /nonexistent", false),
    ("exec prod -- env", true),
    ("whoami prod", false),
    ("whoami prod --json", false),
    ("console prod --print", false),
    ("profile show prod --json", false),
    ("profile show static --json", true),
    ("settings list --json", false),
    ("sync --sso-session corp --dry-run", false),
    ("doctor", false),
    ("doctor --json", false),
    ("prompt", false),
    ("logout", false),
];

fn world() -> World {
    let world = World::new();
    world.ic.add_iam_role("arn:aws:iam::111122223333:role/Deploy", Trust::anyone());
    world.write(
        ".aws/config",
        &format!(
            "{CONFIG}\n[profile chained]\nrole_arn = arn:aws:iam::111122223333:role/Deploy\n\
             source_profile = prod\nregion = us-east-1\n\n\
             [profile denied]\nrole_arn = arn:aws:iam::111122223333:role/Nobody\n\
             source_profile = prod\n\n[profile static]\naws_access_key_id = AKIASENTINEL\n\
             aws_secret_access_key = {MARK}/static\n"
        ),
    );
    world
}

fn check(outcome: &Outcome, secret_output: bool, about: &str) {
    assert!(!outcome.err.contains(MARK), "`{about}`: {}", outcome.err);
    assert!(secret_output || !outcome.out.contains(MARK), "`{about}`: {}", outcome.out);
    assert!(outcome.code != 101 && outcome.code != -1, "`{about}` panicked: {outcome:?}");
}

#[test]
fn no_command_tells_a_secret_however_loud() {
    let world = world();
    world.ic.always(Operation::DevicePage, None);
    for loud in ["", "-v ", "-vv "] {
        for (words, secret_output) in COMMANDS {
            let words = format!("{loud}{words}");
            let mut command = world.ssoenv(words.split_whitespace());
            command.env("RUST_BACKTRACE", "1").env("RUST_LOG", "trace");
            check(&Outcome::of(&mut command), secret_output, &words);
        }
    }
}

#[test]
fn no_fault_tells_a_secret() {
    let faults: [fn() -> Reply; 8] = [
        || Reply::ResetMidBody,
        || Reply::Truncated,
        || Reply::Garbage,
        || Reply::CaptivePortal,
        || Reply::Status(401),
        || Reply::Status(403),
        || Reply::Status(500),
        || Reply::InvalidClient,
    ];
    for fault in faults {
        for operation in
            [Operation::RegisterClient, Operation::CreateToken, Operation::GetRoleCredentials]
        {
            let world = world();
            world.ic.always(operation, Some(fault()));
            for words in ["-vv login", "-vv use prod", "-vv use prod --device-code", "-vv status"] {
                let mut command = world.ssoenv(words.split_whitespace());
                let outcome = Outcome::of(command.env("AWS_MAX_ATTEMPTS", "1"));
                check(&outcome, words.contains("use") && outcome.code == 0, words);
            }
        }
    }
}

#[test]
fn a_panic_or_closed_streams_tell_no_secret() {
    let world = world();
    world.ok("use prod");
    for redirect in
        [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-", "> /dev/full", "2> /dev/full"]
    {
        for words in
            ["use prod --shell sh", "credentials prod", "list", "status --json", "-vv use prod"]
        {
            let mut command = world.command("sh");
            let script = format!("\"$SSOENV\" {words} {redirect}");
            command.args(["-c", &script]).env("SSOENV", env!("CARGO_BIN_EXE_ssoenv"));
            let outcome = Outcome::of(command.env("RUST_BACKTRACE", "full"));
            let about = format!("{words} {redirect}");
            check(&outcome, true, &about);
            assert!([0, 1].contains(&outcome.code), "{about}: {outcome:?}");
        }
    }
}

/// Arguments and environment of a process and its children, as any process of the user (the
/// arguments: of anybody) can read them.
fn visible(child: &Child) -> String {
    let mut text = String::new();
    let mut open = vec![child.id()];
    while let Some(id) = open.pop() {
        for file in ["cmdline", "environ"] {
            let bytes = fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(&bytes));
            text.push('\n');
        }
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        open.extend(children.unwrap_or_default().split_whitespace().flat_map(str::parse::<u32>));
    }
    text
}

#[test]
#[cfg(target_os = "linux")]
fn arguments_and_environment_hold_no_secret_while_it_works() {
    let world = world();
    world.ic.latency(Duration::from_millis(60));
    for words in [
        "login",
        "login --device-code --force",
        "use prod",
        "use chained",
        "use prod --fresh",
        "accounts --refresh",
        "console prod --federate",
        "whoami prod",
        "logout",
    ] {
        let mut command = world.ssoenv(words.split_whitespace());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut seen = 0;
        while child.try_wait().expect("a child").is_none() {
            let text = visible(&child);
            assert!(!text.contains(MARK), "`{words}`: {text}");
            seen += usize::from(text.contains("ssoenv"));
            thread::sleep(Duration::from_millis(3));
        }
        assert!(seen > 0, "`{words}` was never seen");
    }
}

#[test]
fn every_file_is_made_with_its_final_mode() {
    let world = world();
    if find("strace", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    for (words, at_least) in [
        ("use prod", 4),
        ("login --force", 2),
        ("accounts --refresh", 1),
        ("settings set mode keys", 1),
        ("use chained", 1),
    ] {
        let log = world.path("trace");
        let mut command = world.command("sh");
        let script = "umask 000; exec strace -f -qq -y -o \"$LOG\" -s 300 \
                      -e trace=open,openat,creat,mkdir,mkdirat,chmod,fchmod,fchmodat \
                      \"$SSOENV\" $WORDS >/dev/null 2>&1";
        command
            .args(["-c", script])
            .env("SSOENV", env!("CARGO_BIN_EXE_ssoenv"))
            .env("LOG", &log)
            .env("WORDS", words);
        let outcome = Outcome::of(&mut command);
        if outcome.code != 0 && !log.exists() {
            eprintln!("skipped: strace is not allowed here");
            return;
        }
        let text = fs::read_to_string(&log).expect("the trace");
        let home = world.home().display().to_string();
        // Not what the browser writes.
        let ours = text.lines().filter(|line| line.contains(&home) && !line.contains("/opened"));
        let mut made = 0;
        for line in ours {
            if line.contains("O_CREAT") && !line.contains(" = -1") {
                made += 1;
                assert!(line.contains(", 0600)"), "`{words}`: {line}");
            }
            if line.contains("mkdir") && !line.contains(" = -1") {
                assert!(line.contains(", 0700)"), "`{words}`: {line}");
            }
        }
        assert!(made >= at_least, "`{words}` made {made} files: {text}");
    }
    let mode = fs::metadata(world.path(".aws/sso/cache")).expect("the cache").mode() & 0o777;
    assert_eq!(mode, 0o700);
}
